"""Versions side by side: what publishing a release does to a tree, and what it never does."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from conftest import build_in, page
from core.helpers import run
from evidence_atlas.core.identity import Identity
from evidence_atlas.language import language
from evidence_atlas.snapshot import publish as publishing
from evidence_atlas.snapshot.publish import publish
from evidence_atlas.snapshot.version_links import notice

from .versions import ALPHA, DELTA, GAMMA, MONTH, OCTOBER, SECOND, Repository

if TYPE_CHECKING:
    from evidence_atlas.core.atlas import Atlas

BASE = "https://atlas.example.org"


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Build two releases of one atlas, once; no test changes them."""
    atlas = Repository(tmp_path_factory.mktemp("atlas"))
    return atlas.release("2026.10", OCTOBER), atlas.release("2026.11", OCTOBER + MONTH, SECOND)


@pytest.fixture(scope="module")
def published(releases, tmp_path_factory):
    """Publish both; no test changes the tree."""
    tree = tmp_path_factory.mktemp("served") / "tree"
    publish(releases[0], tree)
    (tree / "CNAME").write_text("atlas.example.org\n", encoding="utf-8")
    before = hashes(tree / "v")
    publish(releases[1], tree)
    return tree, before


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Links(HTMLParser):
    """The links in a page's head, and the ids on the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "link":
            self.links[found["rel"]] = found["href"]
        if "id" in found:
            self.ids.append(found["id"])


def text_of(path: Path) -> str:
    return (path / "index.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------
# The tree
# ---------------------------------------------------------------------------------------------------------


def test_what_was_published_stays_byte_for_byte(releases, published):
    """Publishing the next release leaves each file of the one before as it was, and both are the releases' own files."""
    tree, before = published
    after = hashes(tree / "v")
    assert {name: after[name] for name in before} == before
    for release in releases:
        kept, made = hashes(tree / "v" / release.name), hashes(release / "site")
        assert kept.items() <= made.items()
        assert made.keys() - kept.keys() == {f"{ALPHA}/alpha-2020-rest.pdf"}


def test_the_root_is_the_newest(releases, published):
    """The root holds the newest release; what only the one before had is gone, what others put there is not."""
    tree, _before = published
    root = {name: value for name, value in hashes(tree).items() if not name.startswith(("v/", "changes/"))}
    assert root.pop("versions.json")
    assert root.pop("CNAME")
    assert root == hashes(releases[1] / "site")
    assert not (tree / DELTA).exists()
    assert not (tree / publishing.STAGE).exists()


def test_pdfs_stay_where_pages_link_to_them(releases, tmp_path):
    """Without an address elsewhere, a page links to the PDF beside it, and then the PDF is kept there."""
    copy = Path(shutil.copytree(releases[0], tmp_path / "r"))
    path = copy / "site" / ALPHA / "index.html"
    elsewhere = "https://files.example.org/atlas-2026.10/alpha-2020-rest.pdf"
    assert f'href="{elsewhere}"' in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(elsewhere, "alpha-2020-rest.pdf"), encoding="utf-8")
    publish(copy, tmp_path / "tree")
    assert (tmp_path / "tree" / "v" / "2026.10" / ALPHA / "alpha-2020-rest.pdf").is_file()


def test_pdfs_of_pages_that_are_gone_go_from_the_root(releases, tmp_path):
    """Where PDFs are kept elsewhere, no folder of an earlier version has them, and the root's own goes with its page."""
    tree = tmp_path / "tree"
    publish(releases[0], tree)
    (tree / DELTA / "delta-2019-review.pdf").write_bytes(b"%PDF")
    publish(releases[1], tree)
    assert not (tree / DELTA).exists()
    assert (tree / ALPHA / "alpha-2020-rest.pdf").is_file()


def test_versions_json(published):
    """The list names each version, newest first, with its day, policy, addresses, and the ones before and after it."""
    data = json.loads((published[0] / "versions.json").read_text(encoding="utf-8"))
    assert (data["schema"], data["newest"]) == (1, "2026.11")
    assert data["versions"] == [
        {
            "version": "2026.11", "policy": "0.1", "date": "2026-10-21", "address": "v/2026.11/",
            "changes": "changes/since/2026.11/", "predecessor-version": "v/2026.10/",
        },
        {
            "version": "2026.10", "policy": "0.1", "date": "2026-09-21", "address": "v/2026.10/",
            "changes": "changes/since/2026.10/", "successor-version": "v/2026.11/",
        },
    ]  # fmt: skip


def test_the_versions_of_a_page(published):
    """Each page of a paper has a list of the versions that hold it, with its digest there; one that is gone too."""
    tree, _before = published
    rows = {name: json.loads((tree / f"changes/pages/{name}.json").read_text()) for name in (ALPHA, GAMMA, DELTA)}
    assert {(data["schema"], data["page"]) for data in rows.values()} == {(1, ALPHA), (1, GAMMA), (1, DELTA)}
    versions = {name: [row["version"] for row in data["readings"]] for name, data in rows.items()}
    assert versions == {ALPHA: ["2026.11", "2026.10"], GAMMA: ["2026.11", "2026.10"], DELTA: ["2026.10"]}
    newer, older = rows[ALPHA]["readings"]
    assert newer["digest"] == json.loads((tree / ALPHA / "record.json").read_text())["digest"] != older["digest"]
    assert (older["successor-version"], newer["predecessor-version"]) == (f"v/2026.11/{ALPHA}/", f"v/2026.10/{ALPHA}/")


# ---------------------------------------------------------------------------------------------------------
# Pages
# ---------------------------------------------------------------------------------------------------------


def test_links_that_hold_for_good(published):
    """A page names its newest version, the list of its versions and, where there is one, the version before it."""
    tree, _before = published
    common = {
        "latest-version": f"{BASE}/{ALPHA}/", "canonical": f"{BASE}/{ALPHA}/", "version-history": f"{BASE}/changes/pages/{ALPHA}.json",
    }  # fmt: skip
    old, new = (Links(text_of(tree / "v" / version / ALPHA)).links for version in ("2026.10", "2026.11"))
    assert common.items() <= old.items()
    assert common.items() <= new.items()
    assert (old.get("predecessor-version"), new["predecessor-version"]) == (None, f"{BASE}/v/2026.10/{ALPHA}/")
    other = Links(text_of(tree / "v/2026.11/other")).links
    assert (other["latest-version"], other.get("predecessor-version")) == (f"{BASE}/other/", None)


def test_links_to_the_version_before_stand_where_it_has_the_page(published):
    """The home page and pages of papers that the version before had lead back to it; a page that is new does not."""
    tree, _before = published
    before = {
        path.parent.relative_to(tree / "v/2026.11").as_posix(): Links(path.read_text(encoding="utf-8")).links.get(
            "predecessor-version"
        )
        for path in (tree / "v/2026.11").rglob("index.html")
    }
    assert {name: link for name, link in before.items() if link} == {
        ".": f"{BASE}/v/2026.10/", ALPHA: f"{BASE}/v/2026.10/{ALPHA}/", GAMMA: f"{BASE}/v/2026.10/{GAMMA}/"
    }  # fmt: skip


def test_the_notice_of_a_kept_page():
    """It names the version, and the day where that is known, and leads to what changed and to the newest; it is hidden."""
    said = (
        '<aside class="atlas-kept" aria-label="Version of this page" hidden>\n'
        "<p>You are reading version 2026.10DAY, which is kept as it was.</p>\n"
        '<p class="atlas-kept-answer" role="status"></p>\n'
        '<p><a href="https://a.example.org/since/">What changed since</a> '
        '<a href="https://a.example.org/x/?a&amp;b">Newest version of this page</a></p>\n'
        "</aside>\n"
    )
    for date, day in ((dt.date(2026, 10, 1), " of 2026-10-01"), (None, "")):
        atlas = SimpleNamespace(identity=Identity("2026.10", date, "evidence-atlas"))
        html = notice(cast("Atlas", atlas), "https://a.example.org/since/", "https://a.example.org/x/?a&b")
        assert html == said.replace("DAY", day)


def test_links_take_nothing_away(published):
    """What else stands in a page's head, such as what a link to it shows elsewhere, stands there beside these links."""
    tree, _before = published
    html = text_of(tree / "v/2026.11" / ALPHA)
    assert all(html.count(f'<meta property="{name}"') == 1 for name in ("og:title", "og:type", "og:url"))


def test_every_old_page_leads_to_what_changed(published):
    """Each page of a paper links to its place on the page of changes, which is there, without script."""
    tree, _before = published
    for path in sorted((tree / "v").glob("*/evidence/*/index.html")):
        version, slug = path.parts[-4], path.parent.name
        address = f"changes/since/{version}/#{slug}"
        assert f'What changed since this version: <a class="reference external" href="{BASE}/{address}"' in path.read_text()
        assert slug in Links(text_of(tree / "changes" / "since" / version)).ids


def test_the_page_of_changes(published):
    """It says per page what changed and why, in the theme; titles and texts are escaped; ids stand once."""
    html = text_of(published[0] / "changes" / "since" / "2026.10")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "<title>What changed since version 2026.10 · Test atlas</title>" in html
    for said in (
        "Version 2026.10 of 2026-09-21 is compared here with version 2026.11 of 2026-10-21, the newest.",
        "Pages: 2 changed, 1 removed, 1 newly retracted, 0 unchanged.",
        "Changed: the text, the data of the paper or of the page.",
        "Level Before: E2 Now: E3",
        "Before: It is short. Now: It is long now: 5 &lt; 6 &amp; more.",
        "Notices Before: nothing Now: kind: retraction, reason: It was made up.",
    ):
        assert said in plain, said
    ids = Links(html).ids
    assert len(ids) == len(set(ids))
    assert 'href="../../../_static/atlas.css' in html
    assert "%atlas-" not in html
    assert "versions.js" not in html
    assert "is the newest. Nothing has changed since." in text_of(published[0] / "changes/since/2026.11")


def test_links_of_the_page_of_changes_lead_somewhere(published):
    """Each link of a page of changes within the site has its target."""
    for folder in (published[0] / "changes" / "since").iterdir():
        for href in re.findall(r'href="([^"#?:]+)[?#"]', text_of(folder)):
            target = (folder / href).resolve()
            assert (target / "index.html").is_file() or target.is_file(), href


def test_between_releases_pages_have_none_of_it(tmp_path):
    """A build that is no release has no notice, no script and no links to versions, and says that it does not stay."""
    built = build_in(tmp_path)({f"docs/{ALPHA}.md": page()})
    html = built.html(ALPHA)
    assert not [word for word in ("atlas-kept", "versions.js", "latest-version", "changes/since") if word in html]
    assert "It is no release, and only releases stay." in html
    assert not (built.out / "_static" / "changes.html").exists()


# ---------------------------------------------------------------------------------------------------------
# What goes wrong
# ---------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


class Process:
    """A process that is killed after it has moved some files to their places; then it tidies nothing up."""

    def __init__(self, moves: int, patch: pytest.MonkeyPatch) -> None:
        self.left = moves
        self.remove = shutil.rmtree
        for name in ("replace", "rename"):
            patch.setattr(Path, name, self.until_killed(getattr(Path, name)))
        patch.setattr(publishing.shutil, "rmtree", lambda path, **how: self.remove(path, **how) if self.left >= 0 else None)

    def until_killed(self, do):
        def move(path, target):
            self.left -= 1
            if self.left < 0:
                raise Killed
            return do(path, target)

        return move


def test_a_run_that_is_cut_off(releases, published, tmp_path, monkeypatch):
    """Cut off at any move, the list of versions is whole and kept pages too; another run makes all good."""
    tree = tmp_path / "tree"
    publish(releases[0], tree)
    first, before = (tree / "versions.json").read_bytes(), hashes(tree / "v")
    for moves in (0, 1, 2, 5, 12):
        with monkeypatch.context() as patch:
            Process(moves, patch)
            with pytest.raises(Killed):
                publish(releases[1], tree)
        assert (tree / "versions.json").read_bytes() == first
        assert (tree / publishing.STAGE).exists()
        now = hashes(tree / "v")
        assert {name: now[name] for name in before} == before
        assert {name.partition("/")[0] for name in now} <= {"2026.10", "2026.11"}
    publish(releases[1], tree)
    assert hashes(tree).items() <= hashes(published[0]).items()
    assert json.loads((tree / "versions.json").read_text())["newest"] == "2026.11"


@pytest.mark.parametrize("room", [0, 10, 1.1])
def test_a_full_disk(releases, tmp_path, monkeypatch, room):
    """Where a copy cannot be written, nothing of the release is kept; a release that is kept is whole."""
    tree = tmp_path / "tree"
    publish(releases[0], tree)
    before, whole = hashes(tree), hashes(releases[1] / "site")
    left = int(room * len(whole)) if room == 1.1 else room  # more than all files that are to be copied
    copy = shutil.copyfile

    def limited(*arguments, **how):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        return copy(*arguments, **how)

    with monkeypatch.context() as patch:
        patch.setattr(publishing.shutil, "copyfile", limited)
        if room == 1.1:
            publish(releases[1], tree)
        else:
            with pytest.raises(OSError, match="No space left"):
                publish(releases[1], tree)
            assert hashes(tree) == before
    kept = hashes(tree / "v" / "2026.11")
    assert kept.items() <= whole.items()
    assert len(kept) in (0, len(whole) - 1)


def test_again_is_the_same(releases, published):
    """Publishing the newest release again changes nothing."""
    before = hashes(published[0])
    publish(releases[1], published[0])
    assert hashes(published[0]) == before


def refused(release, tree, message):
    before = hashes(tree)
    code, output, errors = run(tree.parent, "publish", release, tree)
    assert (code, output, errors.count("\n")) == (2, "", 1), errors
    assert message in errors
    assert hashes(tree) == before


def test_what_is_refused(releases, published, tmp_path):
    """An older release, another one of the same version, one that was changed, one that is none: one message, no change."""
    tree, _before = published
    refused(releases[0], tree, "2026.10 is older than 2026.11, which is published already")
    other = Path(shutil.copytree(releases[1], tmp_path / "other"))
    (other / "site" / "index.html").write_text("Another one.", encoding="utf-8")
    refused(other, tree, "is published already and differs in index.html; what is published is never changed")
    same = Path(shutil.copytree(releases[1], tmp_path / "same"))  # in size and time, and another in one letter
    home = same / "site" / "index.html"
    home.write_text(home.read_text(encoding="utf-8").replace("Home", "Hame"), encoding="utf-8")
    shutil.copystat(tree / "v" / releases[1].name / "index.html", home)
    refused(same, tree, "is published already and differs in index.html; what is published is never changed")
    changed = Path(shutil.copytree(releases[1], tmp_path / "changed"))
    path = changed / "site" / ALPHA / "record.json"
    path.write_text(path.read_text(encoding="utf-8").replace("It is long now", "It was long"), encoding="utf-8")
    refused(changed, tree, f"{ALPHA}/record.json was changed after it was made")
    refused(tmp_path, tree, "holds no evidence page")


def test_a_site_that_cannot_stand_beside_others(releases, tmp_path):
    """A site of no release, of another builder, or with a page at an address that versions need, is refused."""
    built = build_in(tmp_path)({f"docs/{ALPHA}.md": page()})
    with pytest.raises(ValueError, match=r"'0\+unknown' is the version of no release"):
        publish(built.out, tmp_path / "tree")
    copy = Path(shutil.copytree(releases[0], tmp_path / "copy"))
    (copy / "site" / "_static" / "changes.html").unlink()
    with pytest.raises(ValueError, match="was not made by the builder dirhtml"):
        publish(copy, tmp_path / "tree")
    copy = Path(shutil.copytree(releases[0], tmp_path / "taken"))
    (copy / "site" / "v").mkdir()
    (copy / "site" / "v" / "index.html").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="has an address that published versions need"):
        publish(copy, tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def in_german(release: Path, target: Path) -> Path:
    """Copy a release whose site says that it is in German."""
    shutil.copytree(release, target)
    (frame,) = target.rglob("_static/changes.html")
    frame.write_text(frame.read_text(encoding="utf-8").replace('lang="en"', 'lang="de"'), encoding="utf-8")
    return target


def test_the_page_of_changes_in_another_language(releases, tmp_path):
    """What changed is said in the language of the site, words and days; afterwards English is spoken again."""
    publish(releases[0], tmp_path / "tree")
    publish(in_german(releases[1], tmp_path / "german"), tmp_path / "tree")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(tmp_path / "tree/changes/since/2026.10")))
    for said in (
        "Version 2026.10 vom 21. September 2026 wird hier mit Version 2026.11 vom 21. Oktober 2026 verglichen, der neuesten.",
        "Seiten: 2 geändert, 1 entfernt, 1 neu zurückgezogen, 0 unverändert.",
        "Vorher: E2 Jetzt: E3",
        "Seiten, die es nicht mehr gibt",
    ):
        assert said in plain, said
    assert not re.search(r"Before:|Now:|Changed|is kept", plain)
    assert language() == "en"


def test_words_of_an_atlas_of_its_own(releases, tmp_path):
    """An atlas's own translations stand before those of the package, also when it is published."""
    folder = tmp_path / "words" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="de")
    catalog.add("Before:", "Ehedem:")
    with (folder / "evidence_atlas.mo").open("wb") as file:
        write_mo(file, catalog)
    publish(releases[0], tmp_path / "tree")
    german = in_german(releases[1], tmp_path / "german")
    assert run(tmp_path, "publish", german, tmp_path / "tree", "--words", tmp_path / "words")[0] == 0
    html = text_of(tmp_path / "tree/changes/since/2026.10")
    assert "Ehedem:" in html
    assert "Jetzt:" in html
