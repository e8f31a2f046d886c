"""What git says of pages: read in one walk, kept between builds, and said to be unknown where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pygit2
import pytest

from conftest import build_in
from evidence_atlas.core import git_history
from evidence_atlas.core.git_history import read_history
from snapshot.versions import ALPHA, DELTA, GAMMA, OCTOBER, Repository

DAY = 86400


@pytest.fixture
def atlas(tmp_path):
    """Make an atlas with two releases: of three pages, and after one was changed and one renamed."""
    made = Repository(tmp_path)
    made.commit("Begin\n\nWith much to say.", OCTOBER, "2026.10")
    text = (made.root / f"docs/{DELTA}.md").read_text(encoding="utf-8")
    made.write({f"docs/{ALPHA}.md": None, f"docs/{DELTA}.md": None, "docs/evidence/delta-2019-other.md": text})
    made.commit("Rename and remove", OCTOBER + DAY, "2026.11")
    made.write({"docs/evidence/delta-2019-other.md": f"{text}\nMore.\n"})
    made.commit("Say more", OCTOBER + 2 * DAY)
    return made


def told(history) -> dict[str, list[str]]:
    return {name: [f"{row.date} {row.subject}" for row in rows] for name, rows in history.changes.items()}


EXPECTED = {
    "delta-2019-other.md": ["2026-09-23 Say more", "2026-09-22 Rename and remove", "2026-09-21 Begin"],
    f"{Path(ALPHA).name}.md": ["2026-09-22 Rename and remove", "2026-09-21 Begin"],
    f"{Path(GAMMA).name}.md": ["2026-09-21 Begin"],
}


def test_changes_of_each_page(atlas):
    """Each page has the commits that changed it, newest first, through its renaming; the first line of each message."""
    history = read_history(atlas.root / "docs/evidence")
    assert told(history) == EXPECTED
    assert history.changes["delta-2019-other.md"][0].commit == str(atlas.git.head.target)[:9]


def test_the_release_before(atlas):
    """The release before is the nearest tag of a version among the ancestors, with the pages that it holds."""
    sources = atlas.root / "docs/evidence"
    atlas.git.references.create("refs/tags/atlas-next", atlas.git.head.peel().parents[0].id)
    previous = read_history(sources).previous
    assert (previous.version, previous.pages) == ("2026.11", {"delta-2019-other", "gamma-2021-cohort"})
    atlas.git.checkout("refs/tags/atlas-2026.11")
    assert read_history(sources).previous.version == "2026.10"
    atlas.git.checkout("refs/tags/atlas-2026.10")
    assert read_history(sources).previous is None


def test_a_kept_history_is_gone_on_with(atlas, tmp_path, monkeypatch):
    """What was kept is not walked again, gives the same with later commits, and is left where it is of another line."""
    sources, kept = atlas.root / "docs/evidence", tmp_path / "kept.json"
    atlas.git.checkout("refs/tags/atlas-2026.10")
    read_history(sources, kept)
    walked = []
    note = git_history._Walk._note
    monkeypatch.setattr(git_history._Walk, "_note", lambda self, commit: (walked.append(commit.message), note(self, commit)))
    atlas.git.checkout("refs/heads/main" if "refs/heads/main" in atlas.git.references else "refs/heads/master")
    assert told(read_history(sources, kept)) == EXPECTED
    assert walked == ["Say more", "Rename and remove"]
    assert told(read_history(sources, kept)) == EXPECTED
    assert len(walked) == 2
    atlas.git.checkout("refs/tags/atlas-2026.10")
    assert set(told(read_history(sources, kept)).values().__iter__().__next__()) == {"2026-09-21 Begin"}
    kept.write_text("{", encoding="utf-8")
    assert len(read_history(sources, kept).changes) == 3


def test_where_nothing_is_known(atlas, tmp_path, monkeypatch):
    """No repository, no commit, a shallow clone, a folder outside, no library: nothing is known, and it is said why."""
    assert "no git repository" in read_history(tmp_path).unknown
    empty = tmp_path / "empty"
    pygit2.init_repository(str(empty))
    assert "git cannot be read" in read_history(empty).unknown
    (tmp_path / "tree").mkdir()
    pygit2.Repository(str(empty)).config["core.worktree"] = str(tmp_path / "tree")
    assert "not in the working tree" in read_history(empty).unknown
    (atlas.root / ".git" / "shallow").write_text(f"{atlas.git.head.peel().parents[0].id}\n", encoding="utf-8")
    history = read_history(atlas.root / "docs/evidence")
    assert (history.changes, history.previous) == ({}, None)
    assert "shallow clone" in history.unknown
    monkeypatch.setitem(__import__("sys").modules, "pygit2", None)
    assert "pip install 'evidence-atlas[history]'" in read_history(atlas.root).unknown


def test_a_page_shows_its_history_or_says_that_it_is_not_known(atlas, tmp_path):
    """A page lists its latest changes; from a copy without git it says that they are not known, without a warning."""
    docname = "evidence/delta-2019-other"
    built = atlas.build(None)
    assert built.warnings == []
    html = built.html(docname)
    assert "The changes of this page:" in html
    assert "2026-09-23: Say more (" in html
    for number in range(5):
        page = atlas.root / f"docs/{docname}.md"
        page.write_text(f"{page.read_text(encoding='utf-8')}\nMore {number}.\n", encoding="utf-8")
        atlas.commit(f"Number <{number}>", OCTOBER + (3 + number) * DAY)
    html = atlas.build(None).html(docname)
    assert "The latest 5 of 8 changes of this page:" in html
    assert "Number &lt;4&gt;" in html
    assert "Say more" not in html
    shutil.copytree(atlas.root / "docs", tmp_path / "b/a/docs")
    for name in ("references.bib", "atlas.toml"):
        shutil.copy(atlas.root / name, tmp_path / "b/a" / name)
    copy = build_in(tmp_path / "b")(None)
    assert copy.warnings == []
    assert "The history of this page is not known here." in copy.html(docname)
