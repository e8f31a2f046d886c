"""Browsing: lists of papers by topic, year, author and the like."""

from __future__ import annotations

import pathlib
import re
from html import unescape

import pytest
from defusedxml import ElementTree
from docutils import nodes

from conftest import BIB, Build, page
from evidence_atlas.core.printed_names import family_and_initials, short_authors
from evidence_atlas.core.references import Name
from evidence_atlas.core.slugs import slug, slugs

ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
FILES = {
    f"docs/{ALPHA}.md": page(summary="In 12 people, rest & sleep made no difference."),
    f"docs/{GAMMA}.md": page("gamma2021cohort", criteria="[]", context="[long-covid, me-cfs]", topics="[sleep, pain]"),
    f"docs/{DELTA}.md": page("delta2019review", design="review", level="none", criteria="[]", topics="[sleep]"),
    "docs/index.md": "# Home\n\n```{toctree}\nbrowse\n```\n",
    "docs/browse.md": "# Browse\n\n```{evidence-browse}\n```\n",
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction" }]\n',
}


def text(html: str) -> str:
    """Return the text of the body without tags."""
    found = re.search(r'<section class="atlas-browse">.*?</section>', html, re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def links_of(built, name: str) -> list[str]:
    """Return the addresses of a browse page's own links, and assert that each leads to a file."""
    section = re.search(r'<section class="atlas-browse">.*?</section>', built.html(name), re.DOTALL)
    assert section
    here = built.out / name if (built.out / name / "index.html").is_file() else (built.out / name).parent
    found = re.findall(r'href="([^"#]+)"', section[0])
    for address in found:
        target = (here / address).resolve()
        assert (target / "index.html").is_file() or target.is_file(), (name, address)
    return found


def browse_pages(built) -> list[str]:
    folder = built.out / "browse"
    names = {path.relative_to(built.out).as_posix() for path in folder.rglob("*.html")}
    return sorted(name.removesuffix("/index.html").removesuffix(".html") for name in names)


@pytest.mark.parametrize("builder", ["dirhtml", "html"])
def test_every_kind_of_list_is_made_and_every_link_leads_somewhere(build: Build, builder: str):
    """There is a page for each facet and each value, in both kinds of site, and no link on them is dead."""
    built = build(FILES, builder)
    assert built.warnings == []
    pages = browse_pages(built)
    assert [name for name in pages if name.count("/") == 1] == [
        f"browse/{facet}" for facet in ("author", "context", "definition", "design", "journal", "level", "pem", "topic", "year")
    ]
    assert [name for name in pages if name.startswith("browse/topic/")] == ["browse/topic/pain", "browse/topic/sleep"]
    assert "browse/level/e2" in pages
    assert "browse/pem/not-applicable" in pages
    for name in pages:
        if name.startswith("browse/"):
            assert links_of(built, name)


def test_a_list_shows_count_badge_and_summary(build: Build):
    """Newest first, each paper with its mark, its page's title, who wrote it where, the badge's words and one sentence."""
    built = build(FILES)
    assert text(built.html("browse/topic/pain")) == (
        "Browse By topic Topic: Pain Topic: Pain 2 papers, newest first. "
        "Retracted Rest made no difference Gamma et al. 2021 · Journal of Cohorts · PEM unclear "
        "In 12 people, rest made no difference. "
        "Rest made no difference Alpha and Béta 2020 · Journal of Rest · PEM required "
        "In 12 people, rest & sleep made no difference."
    )
    assert "One study with a comparison group, not yet replicated." in text(built.html("browse/level/e2"))
    index = built.resolved["browse"]
    assert [item.astext() for item in index.findall(nodes.list_item)][:3] == ["Topic (2)", "Year (3)", "Author (4)"]


def test_lists_are_well_formed(build: Build):
    """The part that we make of each page is well-formed XML, whatever titles and names hold."""
    bib = BIB.replace("Journal of Rest", 'Rest \\& <b>Sleep</b> "x"').replace("Béta, Bob", "O'<i>, Bob")
    built = build(FILES | {"references.bib": bib})
    for name in browse_pages(built):
        if name != "browse":
            section = re.search(r"<section class=\"atlas-browse\">.*?</section>", built.html(name), re.DOTALL)
            assert section
            ElementTree.fromstring(section[0])


def test_names_that_have_one_paper_lead_straight_to_it(build: Build):
    """An author or journal with one paper has no page; with two there is one, and it says that names are as printed."""
    bib = BIB.replace("Gamma, Gus and others", "Alpha, A. and others").replace("Journal of Cohorts", "Journal Of Rest")
    built = build(FILES | {"references.bib": bib})
    assert "Alpha, A. (2)" in text(built.html("browse/author"))
    assert "The Delta Group: Rest made no difference" in text(built.html("browse/author"))
    shown = text(built.html("browse/author/alpha-a"))
    assert "Names are as printed. Authors who share a family name and initials stand together" in shown
    assert "Printed as: Alpha, A.; Alpha, Ann." in shown
    assert "2 papers, newest first" in shown
    assert "Journal: Journal Of Rest" in text(built.html("browse/journal/journal-of-rest"))
    assert [name for name in browse_pages(built) if name.startswith("browse/author/")] == ["browse/author/alpha-a"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (Name("Alpha", "Ann Marie"), "Alpha, A. M."),
        (Name("Alpha", "A. M."), "Alpha, A. M."),
        (Name("Alpha", "AM"), "Alpha, A. M."),
        (Name("Alpha", "A.M."), "Alpha, A. M."),
        (Name("Sartre", "Jean-Paul"), "Sartre, J.-P."),
        (Name("Berg", "Ida", "van der"), "van der Berg, I."),
        (Name("King", "Martin", suffix="Jr"), "King, M., Jr"),
        (Name("王", "小明"), "王, 小明"),
        (Name("王", "小红"), "王, 小红"),
        (Name("The Delta Group", literal=True), "The Delta Group"),
        (Name("Plato"), "Plato"),
    ],
)
def test_family_and_initials(name: Name, said: str):
    """A name is told by family name and initials, and by no less than the bibliography prints."""
    assert family_and_initials(name) == said


def test_short_authors(build: Build):
    """One or two authors are named, of more the first; an abridged list says so."""
    domain = build(FILES).app.env.get_domain("atlas")
    said = {key: short_authors(reference) for key, reference in domain.atlas.bibliography.items()}
    assert said == {
        "alpha2020trial": "Alpha and Béta",
        "gamma2021cohort": "Gamma et al.",
        "delta2019review": "The Delta Group",
    }


def test_slugs_are_ascii_and_never_shared():
    """Any script becomes ASCII; names alike in ASCII get numbers, the plain one first, in whatever order they come."""
    assert [slug(name) for name in ("Müller, J.", "Ørsted, H. C.", "王, 小明", "Łoś", "†")] == [
        "muller-j",
        "orsted-h-c",
        "wang-xiaoming",
        "los",
        "other",
    ]
    names = ["Müller, J.", "Muller, J.", "Mùller, J."]
    expected = {"Muller, J.": "muller-j", "Mùller, J.": "muller-j-2", "Müller, J.": "muller-j-3"}
    assert slugs(names) == slugs(reversed(names)) == expected
    assert slugs(["A"], taken="abc") == {"A": "a-2"}


def many(count: int) -> dict[str, str]:
    bib = "".join(
        f"@article{{p{n}, author = {{Author{n:03}, Ann and Many, Max}}, title = {{Paper {n}}}, journal = {{J}},"
        f" year = {{{2000 + n % 3}}}}}\n"
        for n in range(count)
    )
    return {"references.bib": bib, "docs/index.md": FILES["docs/index.md"], "docs/browse.md": FILES["docs/browse.md"]} | {
        f"docs/evidence/author{n:03}-2020-paper.md": page(f"p{n}") for n in range(count)
    }


def test_long_lists_are_parted(build: Build, monkeypatch: pytest.MonkeyPatch):
    """A long list of papers is parted by year, a long list of names by letter, and links still lead somewhere."""
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_PAPERS", 5)
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_NAMES", 5)
    built = build(many(8))
    pages = browse_pages(built)
    assert "Studied in: ME/CFS 8 papers, by year. 2002 (2) 2001 (3) 2000 (3)" in text(built.html("browse/context/me-cfs"))
    assert "Studied in: ME/CFS, 2001 3 papers." in text(built.html("browse/context/me-cfs/2001"))
    assert "browse/author/a" in pages
    assert "browse/author/many-m" in pages
    assert text(built.html("browse/author")).endswith("A (8) M (1)")
    assert text(built.html("browse/author/a")).count("Rest made no difference") == 8
    for name in pages:
        if name != "browse":
            links_of(built, name)


def test_the_list_of_a_year_is_parted_by_numbers(build: Build, monkeypatch: pytest.MonkeyPatch):
    """A year with many papers is on several pages, with links from each to all; one that becomes short leaves none of them."""
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_PAPERS", 2)
    built = build(many(8))
    for start, title in (("browse/year/2000", "Papers of 2000"), ("browse/context/me-cfs/2000", "Studied in: ME/CFS, 2000")):
        pages = [built.html(start), built.html(f"{start}/2")]
        assert [page.count("Rest made no difference") for page in pages] == [2, 1]
        assert [page.count("<strong>1 to 2</strong> · <a") for page in pages] == [1, 0]
        assert all("Of 3 papers:" in text(page) for page in pages)
        assert f"{title} {title}, 3 {title}, 3 3 papers." in text(pages[1])
        assert "2/" in links_of(built, start)
        assert "../" in links_of(built, f"{start}/2")
    (built.source / "evidence/author006-2020-paper.md").unlink()
    built = build()
    assert not (built.out / "browse/year/2000/2").exists()
    assert "Of 3" not in text(built.html("browse/year/2000"))


def times(built) -> dict[str, int]:
    return {path.relative_to(built.out).as_posix(): path.stat().st_mtime_ns for path in (built.out / "browse").rglob("*.html")}


def test_only_what_changed_is_written(build: Build):
    """A new title rewrites the lists that hold the paper and no other; nothing changed writes nothing."""
    first = times(build(FILES))
    assert times(build()) == first
    built = build()
    source = built.source / f"{DELTA}.md"
    source.write_text(source.read_text(encoding="utf-8").replace("# Rest made", "# Sleep made"), encoding="utf-8")
    again = times(build())
    changed = {pathlib.PurePosixPath(name).parent.as_posix() for name in again if again[name] != first[name]}
    assert changed == {
        "browse",
        "browse/author",
        "browse/journal",
        "browse/topic/sleep",
        "browse/year/2019",
        "browse/design/review",
        "browse/level/none",
        "browse/pem/not-applicable",
        "browse/context/me-cfs",
    }


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (f"docs/{DELTA}.md", "topics: [sleep]", "topics: [pain]"),
        (f"docs/{ALPHA}.md", "# Rest made", "# Sleep made"),
        ("references.bib", "Gamma, Gus", "Alpha, Ann"),
        ("references.bib", "year = {2019},", ""),
        ("notices.toml", "retraction", "correction"),
        ("docs/browse.md", "# Browse", "# All lists"),
        ("docs/browse.md", "```{evidence-browse}\n```", "Gone."),
        ("docs/conf.py", 'html_theme = "basic"', 'html_theme = "evidence_atlas"'),
    ],
)
def test_an_incremental_build_gives_what_a_clean_one_gives(build: Build, name: str, old: str, new: str):
    """After any change, the lists are byte for byte those of a clean build, and none is left over."""
    from conftest import CONF

    build(FILES)
    path = build().source.parent / name
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    built = build()
    source = {"docs/conf.py": CONF, "references.bib": BIB} | FILES
    clean = build(source | {name: source[name].replace(old, new)}, folder="clean")
    # the marks against stale caches are Sphinx's, which computes some of them before it writes the file
    ours, theirs = (
        {name: re.sub(rb"\?v=\w+", b"", data) for name, data in one.files().items() if name.startswith("browse/")}
        for one in (built, clean)
    )
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_document_of_the_same_name_wins(build: Build):
    """A page that somebody wrote is not overwritten by a list."""
    own = "---\norphan: true\n---\n\n# Pain, in our words\n"
    html = build(FILES | {"docs/browse/topic/pain.md": own}).html("browse/topic/pain")
    assert "Pain, in our words" in html
    assert "atlas-browse" not in html


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text", "latex"])
def test_other_builders_say_how_many(build: Build, builder: str):
    """Where there can be no such pages, the number of papers stands in their place."""
    built = build(FILES, builder, copyright="nobody", version="1")
    assert built.warnings == []
    assert any("3 papers." in document.astext() for document in built.resolved.values())
    assert not (built.out / "browse/topic").exists()


def test_without_the_directive_there_are_no_lists(build: Build):
    """A project that does not ask for lists has none."""
    files = {name: text for name, text in FILES.items() if name != "docs/browse.md"} | {"docs/index.md": "# Home\n"}
    assert not (build(files).out / "browse").exists()


def test_an_atlas_without_pages_builds(build: Build):
    """No paper, no list, no warning."""
    files = {name: FILES[name] for name in ("docs/index.md", "docs/browse.md")}
    built = build(files)
    assert built.warnings == []
    assert "0 papers." in built.html("browse")


@pytest.mark.parametrize("theme", ["basic", "alabaster", "evidence_atlas"])
def test_every_theme_frames_the_lists(build: Build, theme: str):
    """A list has its title in the head, its style, and nothing left of the page that it was made from."""
    html = build(FILES, html_theme=theme).html("browse/topic/pain")
    assert re.search(r"<title>Topic: Pain\b", html)
    assert 'href="../../../_static/browse.css' in html
    assert "atlas0" not in html
