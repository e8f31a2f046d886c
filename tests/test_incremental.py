"""What is built again after a change: what depends on it, and nothing else; and the result is that of a clean build."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from conftest import BIB, CONF, Build, page
from evidence_atlas.core import files
from evidence_atlas.core.files import remove, write_changed
from evidence_atlas.core.policy import BUILT_IN

POLICY = BUILT_IN.read_text(encoding="utf-8")
ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
FILES = {
    "policy.toml": POLICY,
    f"docs/{ALPHA}.md": page(),
    f"docs/{GAMMA}.md": page(
        "gamma2021cohort", criteria="[{id: fukuda-1994, role: inclusion}]", body="See {evidence}`alpha2020trial`."
    ),
    f"docs/{DELTA}.md": page("delta2019review", design="review", level="E3", criteria="[]", topics="[sleep]"),
    "docs/table.md": "---\norphan: true\n---\n\n# Table\n\n```{evidence-table}\n```\n",
    "docs/plain.md": "---\norphan: true\n---\n\n# Plain\n",
    "docs/works.md": "---\norphan: true\n---\n\n# Works\n\n```{bibliography}\n```\n",
}


def edit(built, name: str, old: str, new: str) -> None:
    path: Path = built.source.parent / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def same_as_clean(build: Build, built, tmp_path: Path) -> None:
    """Assert that an incremental build gave what a clean one gives."""
    root = built.source.parent
    files = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in {".md", ".bib", ".toml", ".py"} and "out" not in path.relative_to(root).parts
    }
    clean = build(files, folder="clean")
    ours, theirs = built.files(), clean.files()
    assert ours.keys() == theirs.keys()
    assert search_index(ours.pop("searchindex.js")) == search_index(theirs.pop("searchindex.js"))
    assert [name for name, data in ours.items() if data != theirs[name]] == []


def search_index(data: bytes) -> dict[str, object]:
    """Read Sphinx's index without the terms that no page holds any more, which Sphinx keeps as empty lists."""
    index = json.loads(data.decode().removeprefix("Search.setIndex(").removesuffix(")"))
    return index | {name: {term: pages for term, pages in index[name].items() if pages != []} for name in ("terms", "titleterms")}


def test_the_page_that_explains_the_badge_goes_and_comes(build: Build, tmp_path: Path):
    """Badges lose their link to a page that is deleted, and link to it when it is there again."""
    text, words = "---\norphan: true\n---\n\n# How\n", "How the badge works"
    built = build(FILES | {"docs/how.md": text, "atlas.toml": 'how-it-works = "how"\n'})
    assert words in built.html(ALPHA)
    (built.source / "how.md").unlink()
    gone = build()
    assert words not in gone.html(ALPHA)
    same_as_clean(build, gone, tmp_path)
    (built.source / "how.md").write_text(text, encoding="utf-8")
    assert words in build().html(ALPHA)


@pytest.mark.parametrize(
    ("before", "after"), [('works-cited = ["evidence/*"]', 'works-cited = ["table"]'), ('guard = ["evidence/*"]', "guard = []")]
)
def test_a_setting_by_which_documents_are_read(build: Build, tmp_path: Path, before: str, after: str):
    """What such a setting decides is decided anew for all documents."""
    table = FILES["docs/table.md"] + "\n{cite:t}`gamma2021cohort`\n"
    built = build(
        FILES | {"docs/table.md": table, f"docs/{ALPHA}.md": page(body="{cite:t}`gamma2021cohort`"), "atlas.toml": f"{before}\n"}
    )
    edit(built, "atlas.toml", before, after)
    again = build()
    assert ALPHA in again.read
    same_as_clean(build, again, tmp_path)


def test_a_name_that_a_document_had_from_the_start_is_free(build: Build, tmp_path: Path):
    """A list is made under its name as soon as no document has that name, however old all that it shows is."""
    browse = {"docs/browse.md": "---\norphan: true\n---\n\n# Browse\n\n```{evidence-browse}\n```\n"}
    built = build(FILES | browse | {"docs/browse/year.md": "---\norphan: true\n---\n\n# Mine\n"})
    assert "Mine" in built.html("browse/year")
    (built.source / "browse/year.md").unlink()
    same_as_clean(build, build(), tmp_path)


def test_another_folder_of_evidence(build: Build, tmp_path: Path):
    """Where pages of evidence are looked for elsewhere, no file of data stays beside the documents that were such pages."""
    built = build(FILES)
    assert (built.out / ALPHA / "record.json").is_file()
    other = {"docs/papers/alpha-2020-rest.md": page(), "atlas.toml": 'evidence = "papers"\n'}
    same_as_clean(build, build(other), tmp_path)


def test_nothing_changed_nothing_done(build: Build):
    """A second build reads and writes nothing."""
    build(FILES)
    again = build()
    assert (again.read, again.written, again.warnings) == (set(), set(), [])


@pytest.mark.parametrize(
    ("name", "old", "new", "read", "written"),
    [
        # one row of the policy: the pages that use it, those that show them, tables and policy pages
        ("policy.toml", 'label = "Fukuda 1994 (CDC)"', 'label = "Fukuda"', {GAMMA}, {GAMMA, "table"}),
        ("policy.toml", 'label = "CCC 2003"', 'label = "CCC"', {ALPHA}, {ALPHA, GAMMA, "table"}),
        ("policy.toml", 'label = "Holmes 1988 (CDC)"', 'label = "Holmes"', set(), {"table"}),
        ("policy.toml", 'sleep = "Sleep"', 'sleep = "Rest"', {DELTA}, {DELTA, "table"}),
        # the version stands in every badge
        ("policy.toml", 'version = "0.1"', 'version = "0.2"', {ALPHA, GAMMA, DELTA}, {ALPHA, GAMMA, DELTA, "table"}),
        # one reference (the list of works reads the whole bibliography)
        ("references.bib", "Journal of Rest", "Rest Letters", {ALPHA, "works"}, {ALPHA, GAMMA, "table", "works"}),
        ("references.bib", "title = {What is known}", "title = {All that is known}", {DELTA, "works"}, {DELTA, "table", "works"}),
        # one page: itself, those that show it, tables
        (f"docs/{ALPHA}.md", "# Rest made", "# Sleep made", {ALPHA}, {ALPHA, GAMMA, "table"}),
        ("docs/plain.md", "# Plain", "# Plainer", {"plain"}, {"plain"}),
    ],
)
def test_one_change(build: Build, tmp_path: Path, name: str, old: str, new: str, read: set[str], written: set[str]):
    """One changed row, entry or page is read and written again with what shows it, as in a clean build."""
    build(FILES)
    edit(build(), name, old, new)
    built = build()
    assert built.warnings == []
    assert built.read == read
    assert built.written == written
    same_as_clean(build, built, tmp_path)


def test_a_notice_is_written_where_the_paper_is_shown_or_cited(build: Build, tmp_path: Path):
    """A new notice touches the paper's page and those that show it, and reads nothing again."""
    build(FILES)
    (build().source.parent / "notices.toml").write_text('["10.5555/alpha.1"]\nnotices = [{ kind = "retraction" }]\n')
    built = build()
    assert built.read == set()
    assert built.written == {ALPHA, GAMMA, "table"}
    assert "Retracted" in built.html(GAMMA)
    same_as_clean(build, built, tmp_path)


def test_a_page_comes_and_goes(build: Build, tmp_path: Path):
    """A new page appears in tables; a deleted one leaves no file behind and its mentions say so."""
    files = {name: text for name, text in FILES.items() if name != f"docs/{DELTA}.md"}
    first = build(files)
    (first.source / f"{DELTA}.md").write_text(FILES[f"docs/{DELTA}.md"], encoding="utf-8")
    added = build()
    assert added.written >= {DELTA, "table"}
    same_as_clean(build, added, tmp_path)
    (added.source / f"{ALPHA}.md").unlink()
    removed = build()
    assert "has no page" in removed.html(GAMMA)
    assert not (removed.out / ALPHA).exists()
    assert [w.split("WARNING: ")[1] for w in removed.warnings] == [
        "The paper 'alpha2020trial' has no page. [atlas.unknown-paper]"
    ]


def test_a_second_page_of_a_paper_comes_and_goes(build: Build, tmp_path: Path):
    """A second page of a paper is listed with the first, and no longer once it is gone."""
    second = "docs/evidence/zeta-2020-second.md"
    built = build(FILES)
    assert "table" in build({second: page()}).written
    same_as_clean(build, built, tmp_path)
    (built.source.parent / second).unlink()
    assert "table" in build().written


def test_a_page_goes_that_was_half_written_or_half_deleted(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Wherever a build stops while it writes or deletes the files of a page, the next build finds what is left of a page that is gone."""
    name = "docs/evidence/zeta-2020-second.md"
    built = build(FILES)
    folder = built.out / "evidence/zeta-2020-second"

    def stop(file: Path, text: str) -> None:
        if file.parent == folder:
            raise RuntimeError
        write_changed(file, text)

    with monkeypatch.context() as patched:
        patched.setattr(files, "write_changed", stop)
        with pytest.raises(ExtensionError):
            build({name: page()})
    assert [path.name for path in folder.iterdir()] == ["record.json"]
    (built.source.parent / name).unlink()
    deleted: list[str] = []
    monkeypatch.setattr(files, "remove", lambda file, root: deleted.append(file.name) or remove(file, root))
    build()
    assert (folder.exists(), deleted[-1]) == (False, "record.json")


def test_sphinx_own_note_is_left_empty(build: Build):
    """A build that was killed while Sphinx wrote its note of the site does not stop the next one."""
    (build(FILES).out / ".buildinfo").write_bytes(b"")
    assert build().warnings == []


def test_the_list_of_works_goes(build: Build, tmp_path: Path):
    """The page that counts works leads to the page that lists them only as long as there is one."""
    listing = {"docs/years.md": "---\norphan: true\n---\n\n# Years\n\n```{evidence-references}\n```\n"}
    count = {"docs/count.md": "---\norphan: true\n---\n\n# Count\n\n```{evidence-coverage} references\n```\n"}
    built = build(FILES | listing | count)
    (built.source / "years.md").unlink()
    assert "count" in build().written
    same_as_clean(build, built, tmp_path)


def test_an_ordinary_page_goes(build: Build, tmp_path: Path):
    """A page about no paper leaves no file behind when it is deleted, and neither does a year whose last work is gone."""
    listing = {"docs/years.md": "---\norphan: true\n---\n\n# Years\n\n```{evidence-references}\n```\n"}
    first = build(FILES | listing)
    assert (first.out / "years/2019/index.html").is_file()
    for name in ("plain", DELTA):
        (first.source / f"{name}.md").unlink()
    edit(first, "references.bib", "year = {2019}", "year = {2018}")
    built = build()
    assert not (built.out / "plain").exists()
    assert not (built.out / "years/2019").exists()
    same_as_clean(build, built, tmp_path)


def test_works_without_a_page_are_counted(build: Build, tmp_path: Path):
    """An entry that no page is of changes the pages that count works, and those that show all papers with them."""
    pages = {"docs/years.md": "---\norphan: true\n---\n\n# Years\n\n```{evidence-references}\n```\n"}
    first = build({name: text for name, text in FILES.items() if name != "docs/works.md"} | pages)
    edit(
        first,
        "references.bib",
        "@article{gamma",
        "@misc{new, author = {New, N.}, title = {New}, year = {2001}}\n\n@article{gamma",
    )
    built = build()
    assert (built.read, built.written) == (set(), {"table", "years"})
    assert "4 works." in built.html("years")
    same_as_clean(build, built, tmp_path)


def test_every_page_of_our_theme_names_the_policy(build: Build, tmp_path: Path):
    """A new version of the policy, which stands at the foot of our theme, has every page written again."""
    own = {
        "docs/conf.py": CONF.replace("basic", "evidence_atlas"),
        "policy.toml": POLICY,
        "docs/plain.md": FILES["docs/plain.md"],
    }
    edit(build(own, atlas_pagefind=False), "policy.toml", 'version = "0.1"', 'version = "0.2"')
    built = build(atlas_pagefind=False)
    assert (built.read, built.written) == (set(), {"index", "plain"})
    assert "Policy v0.2" in built.html("plain")


def test_a_page_is_checked_again_when_the_policy_takes_its_row_away(build: Build):
    """A policy that drops a definition makes the pages that use it warn, in an incremental build too; and back."""
    build(FILES)
    edit(build(), "policy.toml", "[definition.fukuda-1994]", "[definition.fukuda-1995]")
    built = build()
    assert built.read == {GAMMA}
    (warning,) = built.warnings
    assert "'criteria[1].id' cannot be 'fukuda-1994' (did you mean 'fukuda-1995'?)" in warning
    edit(built, "policy.toml", "[definition.fukuda-1995]", "[definition.fukuda-1994]")
    mended = build()
    assert (mended.read, mended.warnings) == ({GAMMA}, [])


def test_an_entry_that_loses_its_authors_warns(build: Build):
    """A reference that becomes incomplete is reported on the page of it, in an incremental build too."""
    build(FILES)
    edit(build(), "references.bib", "  author = {Alpha, Ann and Béta, Bob},\n", "")
    built = build()
    assert f"docs/{ALPHA}.md:3: WARNING: The entry 'alpha2020trial' has no author. [atlas.incomplete-reference]" in built.warnings


def many(count: int) -> dict[str, str]:
    bib = "".join(
        f"@article{{p{n}, author = {{Author, N}}, title = {{Paper {n}}}, journal = {{J}}, year = {{2020}}, doi = {{10.5555/p.{n}}}}}\n"
        for n in range(count)
    )
    files = {
        f"docs/evidence/author-2020-paper-{n}.md": page(f"p{n}", body=f"See {{evidence}}`p{(n + 1) % count}`.")
        for n in range(count)
    }
    wrong = {
        "docs/evidence/author-2020-copy-a.md": page("p3"),
        "docs/evidence/author-2020-copy-b.md": page("p3"),
        "docs/evidence/author-2020-bad.md": page("p4", design="kohort"),
        "docs/evidence/author-2020-html.md": page("p5", body="<b>x</b>"),
    }
    return {"references.bib": bib, "docs/index.md": "# Home\n\n```{evidence-table}\n```\n"} | files | wrong


def test_serial_equals_parallel(build: Build):
    """Reading and writing in two processes gives the same files and the same warnings as in one."""
    serial = build(many(24), folder="serial")
    parallel = build(many(24), folder="parallel", parallel=2)
    assert len(serial.warnings) >= 4
    assert sorted(serial.warnings) == sorted(parallel.warnings)
    ours, theirs = serial.files(), parallel.files()
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_two_pages_of_one_paper_warn_in_order(build: Build):
    """Duplicates name the first page, whichever was read first."""
    built = build(many(3) | {"docs/evidence/author-2020-bad.md": page("p0"), "docs/evidence/author-2020-html.md": page("p1")})
    duplicates = [w for w in built.warnings if "duplicate-paper" in w]
    assert [w.split(":")[0].removeprefix("docs/evidence/") for w in duplicates] == [
        "author-2020-copy-b.md",
        "author-2020-paper-0.md",
        "author-2020-paper-1.md",
    ]


def test_environment_survives_a_changed_configuration(build: Build):
    """A setting in conf.py wins, and only what shows it is written again."""
    build(FILES)
    built = build({"docs/conf.py": f'{CONF}\natlas_name = "Another atlas"\n'} | FILES | {"references.bib": BIB})
    assert "Another atlas. Rest made no difference." in built.html(ALPHA)


def test_a_page_whose_record_cannot_be_used_any_more_stays(build: Build) -> None:
    """A page that an edit breaks stays on the site and says what is wrong; the files that tell of its record go."""
    name = "evidence/alpha-2020-rest"
    built = build({f"docs/{name}.md": page()})
    (built.source / f"{name}.md").write_text(page(design="kohort"), encoding="utf-8")
    again = build()
    assert (again.out / name / "index.html").is_file()
    assert not (again.out / name / "record.json").exists()


def test_a_file_is_written_where_it_is_new_or_says_something_else(tmp_path: Path) -> None:
    """A file that holds the text already keeps its time, by which servers and exports tell what changed."""
    file = tmp_path / "paper.bib"
    write_changed(file, "é")
    os.utime(file, (1, 1))
    write_changed(file, "é")
    assert (file.read_text(encoding="utf-8"), file.stat().st_mtime) == ("é", 1)
    write_changed(file, "e")
    assert (file.read_text(encoding="utf-8"), file.stat().st_mtime > 1) == ("e", True)


def test_nothing_is_looked_through_at_the_exit(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build has all that is left frozen when Python ends."""
    at_exit: list[object] = []
    monkeypatch.setattr("atexit.register", at_exit.append)
    build(FILES)
    assert gc.freeze in at_exit


def test_a_written_page_is_let_go(build: Build):
    """No node of a written page leads up any more, nor what stood for its citations; other documents stay as they are."""
    resolved = build(FILES | {f"docs/{ALPHA}.md": page(body="As in {cite}`gamma2021cohort`.")}).resolved
    written, plain = resolved[ALPHA], resolved["plain"]
    nodes = [node for top in (written, *written.ids.values()) for node in top.findall()]
    assert "gamma2021cohort" in {node.astext() for node in nodes}
    assert [node for node in nodes if node.parent or node.document] == []
    assert "The short version" not in written.astext()
    assert "As in " in written.astext()
    assert plain[0].parent is plain


def test_settings_of_docutils_count(build: Build):
    """A docutils.conf beside conf.py is read for every document; where there is none, nobody looks for it."""
    words = "---\norphan: true\n---\n\n# Plain\n\n```{eval-rst}\n.. include:: gone.txt\n```\n"
    conf = "[general]\nfile_insertion_enabled: no\n"
    (warning,) = build({"docs/plain.md": words, "docs/docutils.conf": conf}).warnings
    assert "directive disabled" in warning
    (warning,) = build({"docs/plain.md": words}, folder="b").warnings
    assert "directive disabled" not in warning


def test_settings_are_the_same_whether_docutils_looks_for_a_file_or_not(build: Build):
    """The options of reStructuredText, of which docutils is told the values alone where there is no docutils.conf."""
    sources = {"docs/plain.md": "---\norphan: true\n---\n\n# Plain\n"}
    short = vars(build(sources).app.env.get_doctree("plain").settings)
    whole = vars(build(sources | {"docs/docutils.conf": "[general]\n"}, folder="b").app.env.get_doctree("plain").settings)
    for settings in (short, whole):  # Sphinx 9.2 gives each document such a list of its own
        settings["record_dependencies"] = getattr(settings["record_dependencies"], "list", None) or None
    differ = {name for name, value in whole.items() if value != short[name]}
    assert short.keys() == whole.keys()
    assert differ <= {"env", "_source", "_config_files", "_disable_config"}
    assert short["tab_width"] == 8
    assert short["raw_enabled"] is True
