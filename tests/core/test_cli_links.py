"""``atlas check`` and the files of a repository: links that lead outside are refused unread, leftovers do no harm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .helpers import PAGE, run

LINK = Path("docs/evidence/other-2020-link.md")
REFUSED = "The page is a link to a file outside the sources; it is left empty."


def outside(atlas, link=LINK):
    """Put a page outside the atlas that would have findings if it were read, and a link to it into the atlas."""
    page = atlas.parent / "outside.md"
    page.write_text((atlas / PAGE).read_text(encoding="utf-8").replace("level: none", "level: SECRET"), encoding="utf-8")
    (atlas / link).symlink_to(page)
    return [{"file": str(link), "line": 1, "code": "atlas.file-access", "severity": "warning", "message": REFUSED}]


def test_a_link_to_a_file_outside_is_refused(atlas):
    """A page that is a link to a file outside the sources is one finding, and nothing of that file shows in any finding."""
    expected = outside(atlas)
    assert json.loads(run(atlas, "check", "--format", "json")[1]) == expected
    assert json.loads(run(atlas, "check", "docs/evidence", "--format", "json")[1]) == expected


@pytest.mark.parametrize("files", [[LINK], [PAGE, LINK], [LINK, PAGE]])
def test_a_named_link_to_a_file_outside_is_refused(files, atlas):
    """A link to a file outside the sources that is named is told under the name that was given."""
    expected = outside(atlas)
    code, output, _errors = run(atlas, "check", *files, "--format", "json")
    assert (code, json.loads(output or "[]")) == (1, expected)


def test_a_link_to_a_file_outside_is_not_read_for_another_page(atlas):
    """Where one page is named, a link to a file outside that would be of the same paper is not read to compare the two."""
    outside(atlas, Path("docs/evidence/a-2020-link.md"))
    assert run(atlas, "check", PAGE) == (0, "", "1 page checked, no findings.\n")


def test_a_link_to_a_folder_outside_is_refused(atlas):
    """Pages below a link to a folder outside the sources are refused, each with one finding."""
    (atlas.parent / "more").mkdir()
    shutil.copy(atlas / PAGE, atlas.parent / "more" / "more-2020-page.md")
    (atlas / "docs/linked").symlink_to(atlas.parent / "more")
    [row] = json.loads(run(atlas, "check", "--format", "json")[1])
    assert (row["file"], row["line"], row["code"], row["message"]) == (
        "docs/linked/more-2020-page.md",
        1,
        "atlas.file-access",
        REFUSED,
    )


def test_a_link_within_the_sources_is_a_page(atlas):
    """A link to a page of the same atlas is read like any page."""
    (atlas / "docs/again.md").symlink_to(atlas / "docs/how-it-works.md")
    assert run(atlas, "check") == (0, "", "6 pages checked, no findings.\n")


LEFTOVERS = {
    "a lock of an editor": lambda atlas: (atlas / "docs/evidence/.#fluge-2019-lymphocyte-depletion.md").symlink_to("user@host.1"),
    "a link to nothing": lambda atlas: (atlas / "docs/gone").symlink_to("nowhere"),
    "a folder named like a page": lambda atlas: (atlas / "docs/evidence/folder-2020-x.md").mkdir(),
    "a link to the folder itself": lambda atlas: (atlas / "docs/loop").symlink_to("."),
    "a file above the sources": lambda atlas: (atlas / "README.md").write_text("# Read me\n", encoding="utf-8"),
}


@pytest.mark.parametrize("leave", LEFTOVERS.values(), ids=LEFTOVERS)
def test_what_lies_about_in_a_repository(leave, atlas):
    """Locks, dead and circular links, folders named like pages and files that are no sources neither stop the check nor are told."""
    leave(atlas)
    assert run(atlas, "check", ".") == (0, "", "5 pages checked, no findings.\n")
