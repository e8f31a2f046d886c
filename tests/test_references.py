"""References: the same as sphinxcontrib-bibtex's, never stale, listed where they are cited."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

import indexed_bibtex
from conftest import BIB, CONF, Build, Built, by_class, page

ALPHA, GAMMA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort"
SITE = {
    f"docs/{ALPHA}.md": page(body="Short. {cite}`alpha2020trial` See {cite}`gamma2021cohort,delta2019review`."),
    f"docs/{GAMMA}.md": page("gamma2021cohort", criteria="[]"),
    "docs/other.md": "---\norphan: true\n---\n\n# Other\n\n{cite:t}`delta2019review` {cite}`gamma2021cohort`\n",
    "atlas.toml": 'works-cited = ["evidence/*", "other"]\n',
}


def works(built: Built, docname: str) -> list[str]:
    """Return the works that a page lists, as text."""
    return [item.text_content() for listed in by_class(built, docname, "bibtex-works") for item in listed]


def test_a_page_lists_what_it_cites(build: Build):
    """The works stand at the end of the page, by author, each with a link to its own page where it has one."""
    built = build(SITE)
    assert built.warnings == []
    listed = works(built, ALPHA)
    assert [work.split(".")[0] for work in listed] == [
        "Alpha, Ann; Béta, Bob (2020)",
        "Gamma, Gus; et al",
        "The Delta Group (2019)",
    ]
    assert ["Its page in this atlas" in work for work in listed] == [False, True, False]
    assert works(built, "other")[0].startswith("Gamma, Gus; et al. (2021). A cohort of XMRV.")
    assert works(built, GAMMA) == []


@pytest.mark.parametrize("docname", [ALPHA, "other"])
def test_links_stay_on_the_page(build: Build, docname: str):
    """Every citation links to a target on its own page that is there."""
    html = build(SITE).html(docname)
    places = re.findall(r'href="[^"]*(#cite-[^"]*)"', html)
    assert len(places) == {ALPHA: 3, "other": 2}[docname]
    assert all(html.count(f'href="{place}"') and html.count(f'id="{place[1:]}"') == 1 for place in places)


def test_in_latex_the_lists_stand_where_they_were_written(build: Build):
    """In one document, each page keeps its own list, between its text and its disclosure, with working targets."""
    built = build(SITE | {"docs/index.md": "# Home\n\n```{toctree}\nother\n```\n"}, "latex")
    (tex,) = [path.read_text() for path in built.out.glob("*.tex")]
    assert tex.count("Reviews}") == 3 - 1
    assert tex.index("Works cited") < tex.index("medical advice")
    for target in ("cite.evidence/alpha-2020-rest:cite-delta2019review", "cite.other:cite-delta2019review"):
        assert tex.count(f"\\hypertarget{{{target}}}") == 1
        assert tex.count(f"\\hyperlink{{{target}}}") == 1


def test_letters_tell_works_apart_and_do_not_shift(build: Build):
    """The letter of the bibliography stands in label and list, and another work of that year changes neither."""
    twin = "@article{alpha2020other, author = {Alpha, Ann and Béta, Bob}, title = {Other}, journal = {J}, year = {2020}, year-suffix = {b}, doi = {10.5555/o}}\n"
    bib = BIB.replace("  year = {2020},\n", "  year = {2020},\n  year-suffix = {a},\n")
    body = "{cite}`alpha2020trial` {cite}`alpha2020other`"
    built = build({"references.bib": bib + twin, f"docs/{ALPHA}.md": page(body=body)})
    html = built.html(ALPHA)
    assert "Alpha and Béta, 2020a" in html
    assert "Alpha and Béta, 2020b" in html
    assert [work[:30] for work in works(built, ALPHA)] == [
        "Alpha, Ann; Béta, Bob (2020a).",
        "Alpha, Ann; Béta, Bob (2020b).",
    ]
    third = twin.replace("alpha2020other", "aaa2020").replace("{b}", "{c}")
    assert "Alpha and Béta, 2020a" in build(
        {"references.bib": third + bib + twin, f"docs/{ALPHA}.md": page(body=body)}, folder="b"
    ).html(ALPHA)


@pytest.mark.parametrize(
    ("old", "new", "read"),
    [
        ("Journal of Rest", "Rest Letters", {ALPHA}),  # its own page, which also cites it
        ("title = {What is known}", "title = {All}", {ALPHA, "other"}),  # no page of its own
        ("author = {Gamma, Gus and others}", "author = {Gamow, Gus}", {ALPHA, GAMMA, "other"}),
        ("@article{delta2019review", "@article{delta2019renamed", {ALPHA, "other"}),
    ],
)
def test_one_entry_edited(build: Build, old: str, new: str, read: set[str]):
    """An edited entry reads again exactly the pages of it and those that cite it, and the result is that of a clean build."""
    build(SITE)
    assert old in BIB
    bib = build().source.parent / "references.bib"
    bib.write_text(BIB.replace(old, new), encoding="utf-8")
    built = build()
    assert built.read == read
    clean = build(SITE | {"references.bib": BIB.replace(old, new)}, folder="clean")
    ours, theirs = built.files(), clean.files()
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if name != "searchindex.js" and ours[name] != theirs[name]] == []


def test_shared_bibliographies_are_not_stale_either(build: Build):
    """A page that cites through a bibliography elsewhere is written again when label or anchor change there."""
    files = {
        "docs/conf.py": 'extensions = ["indexed_bibtex", "myst_parser"]\nbibtex_bibfiles = ["../references.bib"]\n',
        "docs/citing.md": "---\norphan: true\n---\n\n# Citing\n\n{cite}`gamma2021cohort`\n",
        "docs/plain.md": "---\norphan: true\n---\n\n# Plain\n",
        "docs/works.md": "---\norphan: true\n---\n\n# Works\n\n```{bibliography}\n```\n",
    }
    build(files)
    again = build()
    assert again.written == set()
    (again.source.parent / "references.bib").write_text(BIB.replace("Gamma, Gus", "Gamow, Gus"), encoding="utf-8")
    built = build()
    assert built.written == {"citing", "works"}
    clean = build(files | {"references.bib": BIB.replace("Gamma, Gus", "Gamow, Gus")}, folder="clean")
    assert built.html("citing") == clean.html("citing")
    assert built.html("works") == clean.html("works")


def test_files_count_by_content(build: Build):
    """A file that is only touched has nothing read again; one that changed at the same time is seen."""
    built = build(SITE)
    path = built.source.parent / "references.bib"
    moment = path.stat()
    path.touch()
    assert build().read == set()
    path.write_text(path.read_text().replace("A cohort of XMRV", "Z cohort of XMRV"))
    os.utime(path, ns=(moment.st_atime_ns, moment.st_mtime_ns))
    again = build()
    assert ALPHA in again.read
    assert "Z cohort of XMRV" in again.html(ALPHA)


@pytest.mark.parametrize(("role", "shown"), [("cite", "[Gamma et al., 2021]"), ("cite:ps", "[Gamma, Ode, Tau, and Nu, 2021]")])
def test_names_that_a_citation_shows(build: Build, role: str, shown: str):
    """A citation of many authors names the first; the role that shows all names shows all."""
    bib = BIB.replace("Gamma, Gus and others", "Gamma, Gus and Ode, O. and Tau, T. and Nu, N.")
    built = build(
        SITE | {"references.bib": bib, "docs/other.md": f"---\norphan: true\n---\n\n# Other\n\n{{{role}}}`gamma2021cohort`\n"}
    )
    assert shown in built.resolved["other"].astext()


def test_an_unknown_key_is_said_in_every_build(build: Build):
    """A citation of nothing warns at its line, and again in the next build, until it is mended."""
    files = {f"docs/{ALPHA}.md": page(body="{cite}`nobody2020`")}
    first = build(files)
    assert [w.split("WARNING: ")[1] for w in first.warnings] == ['could not find bibtex key "nobody2020" [bibtex.key_not_found]']
    assert build().warnings == first.warnings


def test_a_broken_entry_loses_only_itself(build: Build):
    """An entry with unbalanced braces is named with its file and line in every build, and the others still work."""
    bib = (
        BIB
        + "\n@article{broken2020,\n  title = {Never {closed},\n  year = {2020}\n\n@article{after2020, author = {A, B}, title = {After}, journal = {J}, year = {2020}, doi = {10.5555/after}}\n"
    )
    files = {"references.bib": bib, f"docs/{ALPHA}.md": page(body="{cite}`after2020`")}
    line = bib[: bib.index("@article{broken")].count("\n") + 1
    for built in (build(files), build()):
        (warning,) = built.warnings
        assert line <= int(warning.split(":")[1]) <= line + 3
        assert "broken2020" in warning
    assert "B. After." not in built.html(ALPHA)
    assert works(build(files, folder="b"), ALPHA)[0].startswith("A, B (2020). After.")


def test_a_version_that_was_not_tested_is_left_alone(build: Build, monkeypatch: pytest.MonkeyPatch):
    """With another version of sphinxcontrib-bibtex its own domain stays, with one warning, and the build goes on."""
    monkeypatch.setattr(indexed_bibtex, "TESTED", ((1, 0), (1, 1)))
    built = build({f"docs/{ALPHA}.md": page()})
    assert len([w for w in built.warnings if "steps aside" in w]) == 1
    assert type(built.app.env.get_domain("cite")).__name__ == "BibtexDomain"
    assert "Does rest help?" in built.html(ALPHA)


def test_a_users_style_formats_the_works(build: Build):
    """A pybtex style that conf.py defines is used, and an edit of it is seen in the next build."""
    style = (
        "import pybtex.plugin\nfrom pybtex.style.formatting.unsrt import Style\n"
        "class Loud(Style):\n    def format_title(self, e, which_field, as_sentence=True):\n        return 'LOUD'\n"
        "pybtex.plugin.register_plugin('pybtex.style.formatting', 'loud', Loud, force=True)\nbibtex_default_style = 'loud'\n"
    )
    built = build({"docs/conf.py": CONF + style} | SITE)
    assert all("LOUD" in work for work in works(built, ALPHA))
    conf = built.source / "conf.py"
    conf.write_text(conf.read_text().replace("'LOUD'", "'QUIET'"))
    import os

    os.utime(conf)
    assert all("QUIET" in work for work in works(build(), ALPHA))


def test_references_by_year(build: Build):
    """The bibliography has a page for each year, linked from the directive, with links to papers' pages."""
    built = build(SITE | {"docs/refs.md": "---\norphan: true\n---\n\n# References\n\n```{evidence-references}\n```\n"})
    assert built.warnings == []
    assert 'href="2021/"' in built.html("refs")
    html = built.html("refs/2021")
    assert "A cohort of XMRV" in html
    assert 'href="../../evidence/gamma-2021-cohort/"' in html
    assert "What is known" not in html
    changed = built.out / "refs/2020/index.html"
    before = changed.stat().st_mtime_ns
    (built.source.parent / "references.bib").write_text(BIB.replace("A cohort of XMRV", "A cohort"), encoding="utf-8")
    again = build()
    assert "A cohort of XMRV" not in again.html("refs/2021")
    assert changed.stat().st_mtime_ns == before


def test_the_works_of_a_year_are_parted(build: Build, monkeypatch: pytest.MonkeyPatch):
    """A year with many works is on several pages; a work that is gone rewrites those, and leaves none that is empty."""
    monkeypatch.setattr("evidence_atlas.evidence_references.MOST_WORKS", 2)
    bib = "".join(f"@misc{{w{n}, author = {{Work, Will}}, title = {{Title {n}}}, year = {{1999}}}}\n" for n in range(3))
    refs = {"docs/refs.md": "---\norphan: true\n---\n\n# References\n\n```{evidence-references}\n```\n"}
    built = build(SITE | refs | {"references.bib": BIB + bib})
    assert built.warnings == []
    first, second = built.html("refs/1999"), built.html("refs/1999/2")
    assert [re.findall(r"Title \d", page) for page in (first, second)] == [["Title 0", "Title 1"], ["Title 2"]]
    assert 'Of 3 works: <strong>1 to 2</strong> · <a href="2/">3</a>' in first
    assert 'Of 3 works: <a href="../">1 to 2</a> · <strong>3</strong>' in second
    assert "<h1>Works of 1999, 3</h1>" in second
    (built.source.parent / "references.bib").write_text(BIB + bib.partition("@misc{w2")[0], encoding="utf-8")
    again = build()
    assert not (built.out / "refs/1999/2").exists()
    assert "atlas-way" not in again.html("refs/1999")


def test_a_year_without_end(build: Build):
    """A work whose year nobody could read is undated in lists, tables and citation files, and stops nothing."""
    parts = (
        "```{evidence-references}\n```\n\n```{evidence-browse}\n```\n\n```{evidence-table}\n```\n\n```{evidence-map} years\n```\n"
    )
    files = SITE | {
        "references.bib": BIB.replace("{2021}", f"{{{'9' * 5000}}}"),
        "docs/refs.md": f"---\norphan: true\n---\n\n# References\n\n{parts}",
    }
    built = build(files)
    assert built.warnings == []
    assert "A cohort of XMRV" in built.html("refs/undated")
    assert "issued" not in json.loads((built.out / "evidence/gamma-2021-cohort/paper.csl.json").read_text())[0]


def corpus(count: int, extension: str) -> dict[str, str]:
    """Return a project of many pages that cite through one shared bibliography, for either domain."""
    keys = [f"k{n}" for n in range(count)]
    bib = "".join(
        f"@article{{k{n}, author = {{Author{n % 40}, A and {{\\'E}}tude, B}}, title = {{Title {{N}}umber {n}?}}, journal = {{J}}, year = {{{1990 + n % 30}}}}}\n"
        for n in range(count)
    )
    files = {
        f"docs/p{n}.md": f"---\norphan: true\n---\n\n# Page {n}\n\nText {{cite}}`{keys[n]}` and {{cite:t}}`{keys[n * 7 % count]},{keys[n * 3 % count]}`.\n"
        for n in range(count)
    }
    conf = (
        f'project = "Corpus"\nauthor = "A"\nextensions = ["{extension}", "myst_parser"]\nbibtex_bibfiles = ["../references.bib"]\n'
        'bibtex_cite_id = "cite-{key}"\nbibtex_reference_style = "author_year"\nhtml_theme = "basic"\n'
    )
    tree = "\n".join(f"p{n}" for n in range(count))
    own = "# Own\n\n{cite}`k1` {cite}`k2`\n\n```{bibliography}\n:filter: docname in docnames\n:keyprefix: own-\n:labelprefix: O\n```\n"
    return files | {
        "docs/conf.py": conf,
        "references.bib": bib,
        "docs/works.md": "# Works\n\n```{bibliography}\n:cited:\n```\n",
        "docs/own.md": own.replace("`k", "`own-k"),
        "docs/index.md": f"# Home\n\n```{{toctree}}\nworks\nown\n{tree}\n```\n",
    }


@pytest.mark.parametrize("builder", ["html", "latex"])
@pytest.mark.parametrize("pages", [60, pytest.param(300, marks=pytest.mark.deep)])
def test_same_bytes_as_the_released_package(build: Build, builder: str, pages: int):
    """On pages that cite through a shared bibliography, every output file is that of sphinxcontrib-bibtex."""
    stock = build(corpus(pages, "sphinxcontrib.bibtex"), builder, folder="stock")
    ours = build(corpus(pages, "indexed_bibtex"), builder, folder="ours")
    assert ours.warnings == stock.warnings
    theirs = stock.files()
    assert ours.files().keys() == theirs.keys()
    assert [name for name, data in ours.files().items() if data != theirs[name]] == []


def test_formatted_entries_are_kept_between_builds(build: Build, tmp_path: Path):
    """What was formatted is not formatted again after the environment is gone, unless the entry changed."""
    built = build(SITE)
    cache = tmp_path / "a/doctrees/indexed-bibtex-texts.pickle"
    assert cache.is_file()
    stamp = cache.stat().st_mtime_ns
    (tmp_path / "a/doctrees/environment.pickle").unlink()
    assert build().warnings == []
    assert cache.stat().st_mtime_ns == stamp
    assert json.loads((built.out / ALPHA / "record.json").read_text())["reference"]["key"] == "alpha2020trial"
