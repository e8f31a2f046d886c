"""Charts between builds: drawn once, drawn anew where what they show changed, the same to the byte."""

from __future__ import annotations

import re

import pytest

from charts.project import FILES, file
from conftest import Build, build_in
from evidence_atlas import browse_html
from evidence_atlas.charts import papers, store
from evidence_atlas.charts.tally import Tally

PAGE = "charts-here"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the kinds of charts that are drawn, as they are."""
    kinds: list[str] = []
    draw = store._draw

    def note(tally: Tally) -> object:
        kinds.append(tally.kind)
        return draw(tally)

    monkeypatch.setattr(store, "_draw", note)
    return kinds


def test_only_what_changed_is_drawn_again(build: Build, drawn: list[str]):
    """A second build draws nothing; a change of a level draws the maps of levels alone; one of a title none."""
    built = build(FILES)
    assert len(drawn) == 8
    drawn.clear()
    assert build().written == set()
    assert drawn == []
    source = built.source / f"{file('baker2002')}.md"
    before = source.read_text(encoding="utf-8")
    source.write_text(before.replace("level: E3", "level: E2"), encoding="utf-8")
    assert PAGE in build().written
    assert drawn == ["gaps"]
    drawn.clear()
    source.write_text(before.replace("# What baker2002 found", "# Another title"), encoding="utf-8")
    html = build()
    assert drawn == []
    assert "Another title" in (html.out / PAGE / "years/2002/index.html").read_text(encoding="utf-8")


def test_lists_of_papers_follow_the_charts(build: Build):
    """An incremental build leaves the same files as a fresh one: a list that no part leads to any more is gone."""
    built = build(FILES)
    assert (built.out / PAGE / "years/2002").is_dir()
    source = built.source / f"{file('cole2002')}.md"
    source.unlink()
    (built.source / f"{file('dahl2002')}.md").unlink()
    again = build()
    assert not (again.out / PAGE / "years/2002").exists()
    (built.source / f"{PAGE}.md").write_text("# No charts\n", encoding="utf-8")
    build()
    assert {path.name for path in (built.out / PAGE).iterdir()} == {"index.html"}


def test_a_long_cell_has_pages_of_its_own(build: Build, monkeypatch: pytest.MonkeyPatch):
    """On the page of a long row stands the way to the papers of a long cell; when the row becomes short, they stand there."""
    whole = build(FILES, folder="short").html(f"{PAGE}/pem/all")
    listed = re.findall(r'<h2 id="required">.*?</ul>', whole, re.DOTALL)[0]
    assert listed.count("atlas-paper-title") == 3
    monkeypatch.setattr(papers, "MOST_OF_ROW", 4)
    monkeypatch.setattr(papers, "MOST_OF_CELL", 2)
    monkeypatch.setattr(browse_html, "MOST_PAPERS", 2)
    built = build(FILES)
    row = built.html(f"{PAGE}/pem/all")
    way = re.findall(r'<h2 id="required">.*?</p>', row, re.DOTALL)[0]
    assert re.sub(r"<[^>]+>", "", way).split("\n") == ["PEM required", "Of 3 papers: 1 to 2 · 3"]
    assert re.findall(r'href="([^"]+)"', way) == ["required/", "required/2/"]
    pages = [built.html(f"{PAGE}/pem/all/{name}") for name in ("required", "required/2")]
    title = re.compile(r'<p class="atlas-paper-title">.*?>([^<]+)</a>')
    assert [name for one in pages for name in title.findall(one)] == title.findall(listed)
    assert all('<a href="../">' in one for one in pages)
    monkeypatch.setattr(papers, "MOST_OF_ROW", 200)
    (built.source / f"{file('able2001')}.md").unlink()
    short = build()
    assert "Of 3 papers" not in short.html(f"{PAGE}/pem/all")
    assert not (short.out / PAGE / "pem/all/required").exists()


def test_the_same_to_the_byte(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Two builds in two folders, one of them in parallel, write the same pages with charts and lists."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    run = build_in(tmp_path)
    one, two = (run(FILES, parallel=processes, folder=f"at{processes}").files() for processes in (1, 2))
    named = {name for name in one if name.startswith((PAGE, "_static/charts"))}
    assert len(named) > 8
    assert {name: one[name] for name in named} == {name: two.get(name) for name in named}


def test_old_pictures_are_removed(build: Build):
    """A picture that no build has shown for a month is deleted; those in use stay."""
    import os

    built = build(FILES)
    folder = built.source.parent / "doctrees" / "atlas-charts"
    kept = sorted(folder.glob("*.svg"))
    old = folder / "0123.svg"
    old.write_bytes(b"")
    os.utime(old, (1, 1))
    store.Pictures(folder).sweep()
    assert sorted(folder.glob("*.svg")) == kept
