"""Versions side by side: a release is put into a site tree, whose earlier versions stay as they are.

``/v/<version>/`` holds each release, byte for byte; the root holds the newest one too. ``versions.json`` and the pages
below ``changes/`` are made anew, for all versions. Every file is written beside its place and then moved there, and
``versions.json`` last; so whoever reads the tree meets whole files, and a run that was cut off is made good by another.
"""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evidence_atlas.core.identity import TAG, version_of
from evidence_atlas.language import SOURCE, spoken
from evidence_atlas.snapshot.changes_page import changes_page
from evidence_atlas.snapshot.diff import compare
from evidence_atlas.snapshot.readings import Version, Versions, check_digests, read_version, site_of
from evidence_atlas.snapshot.version_links import FRAME_FILE, readings_file

SCHEMA = 1  # of versions.json and of the files below changes/pages
KEPT = "v"
STAGE = ".publishing"
_LANGUAGE = re.compile(r'<html\b[^>]*\blang="([A-Za-z0-9-]+)"')
_LEFT_OUT = frozenset({".doctrees", ".buildinfo"})
_OURS = (f"{KEPT}/", "changes/since/", "changes/pages/", "versions.json")  # what a site may not have of its own


def publish(release: Path, tree: Path, words: Sequence[Path] = ()) -> list[Versions]:
    """Publish a release.

    Args:
        release: The folder of a release, or of its site.
        tree: The folder that is served; it need not be there.
        words: Folders of the atlas's own translations (``locale_dirs``). The language is that of the site.

    Returns:
        The versions in the tree, newest first.

    Raises:
        ValueError: The release cannot be published: it is none, is older than what is there, was changed after it was
            made, or another one of its version is there already.
    """
    site, version = site_of(release), read_version(release)
    frame = _check(site, version)
    earlier = [name for name in kept_versions(tree) if name != version.made.atlas]
    _refuse_older(version.made.atlas, earlier)
    stage = tree / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        _keep(site, tree, version, stage)
        with spoken(_language(frame), words):
            made = _write_changes(tree, version, earlier, frame, stage)
        _replace_root(site, tree, earlier, stage)
        _write(tree / "versions.json", _as_json(_list(made)), stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return made


def kept_versions(tree: Path) -> list[str]:
    """Return the versions that a tree keeps, newest first."""
    names = [path.name for path in (tree / KEPT).glob("*") if path.is_dir()]
    return sorted(names, key=_order, reverse=True)


def _order(version: str) -> list[int]:
    if not version_of([f"{TAG}{version}"])[0]:
        raise ValueError(f"{version!r} is the version of no release; only releases are published")
    return [int(part) for part in version.split(".")]


def _check(site: Path, version: Version) -> str:
    """Return the frame of the page of changes, from a site that can be published."""
    _order(version.made.atlas)
    check_digests(version)
    if not (site / FRAME_FILE).is_file():
        raise ValueError(f"{site} was not made by the builder dirhtml at the tag of the release: it has no {FRAME_FILE}")
    taken = next((name for name in _files(site) if name.startswith(_OURS)), None)
    if taken:
        raise ValueError(f"{site / taken} has an address that published versions need: give the page another name")
    return (site / FRAME_FILE).read_text(encoding="utf-8")


def _language(frame: str) -> str:
    """Return the language that a page says it is in."""
    found = _LANGUAGE.search(frame)
    return found[1] if found else SOURCE


def _refuse_older(version: str, earlier: list[str]) -> None:
    if earlier and _order(earlier[0]) > _order(version):
        raise ValueError(f"{version} is older than {earlier[0]}, which is published already")


# ---------------------------------------------------------------------------------------------------------
# The copies of the site
# ---------------------------------------------------------------------------------------------------------


def _files(site: Path) -> Iterator[str]:
    """Yield the files of a site, without what only a build needs."""
    for path in sorted(site.rglob("*")):
        if path.is_file() and not _LEFT_OUT & set(path.relative_to(site).parts):
            yield path.relative_to(site).as_posix()


def _kept_files(site: Path, version: Version) -> list[str]:
    """Return the files that stay for good: all but the PDFs of pages that link to those of the release elsewhere."""
    elsewhere = set()
    for docname in version.pages:
        name = f"{docname.rpartition('/')[2]}.pdf"
        if f'href="{name}"' not in (site / docname / "index.html").read_text(encoding="utf-8"):
            elsewhere.add(f"{docname}/{name}")
    return [name for name in _files(site) if name not in elsewhere]


def _keep(site: Path, tree: Path, version: Version, stage: Path) -> None:
    """Put the copy that stays into the tree, in one move; a version that is there already must be the same."""
    target, names = tree / KEPT / version.made.atlas, _kept_files(site, version)
    if target.exists():
        _match, differing, missing = filecmp.cmpfiles(site, target, names, shallow=False)
        surplus = set(_files(target)) - set(names)
        if differing or missing or surplus:
            first = min([*differing, *missing, *surplus])
            raise ValueError(f"{target} is published already and differs in {first}; what is published is never changed")
        return
    for name in names:
        copy = stage / KEPT / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / name, copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    (stage / KEPT).rename(target)


def _replace_root(site: Path, tree: Path, earlier: list[str], stage: Path) -> None:
    """Make the root the newest version; what an earlier root had and this one lacks is removed, and nothing else."""
    names = list(_files(site))
    for name in names:
        if not (tree / name).is_file() or not filecmp.cmp(site / name, tree / name, shallow=False):
            _write(tree / name, (site / name).read_bytes(), stage)
    wanted = set(names)
    for former in earlier:
        kept = tree / KEPT / former
        pages = [path.parent.relative_to(kept) for path in kept.glob("*/*/record.json")]
        pdfs = [(page / f"{page.name}.pdf").as_posix() for page in pages]
        for name in {*_files(kept), *pdfs} - wanted:
            (tree / name).unlink(missing_ok=True)
            _remove_empty((tree / name).parent, tree)


def _remove_empty(folder: Path, tree: Path) -> None:
    while folder != tree and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


# ---------------------------------------------------------------------------------------------------------
# What is known only now
# ---------------------------------------------------------------------------------------------------------


def _write_changes(tree: Path, newest: Version, earlier: list[str], frame: str, stage: Path) -> list[Versions]:
    """Write the pages of changes and the versions of each page; one version at a time is in memory beside the newest."""
    made: list[Versions] = []
    readings: dict[str, list[dict[str, str]]] = {}
    for name in (newest.made.atlas, *earlier):
        version = newest if name == newest.made.atlas else read_version(tree / KEPT / name)
        page = changes_page(frame, compare(version, newest))
        _write(tree / "changes" / "since" / name / "index.html", page.encode(), stage)
        for docname, read in version.pages.items():
            row = {"version": name, "digest": read.digest, "address": f"{KEPT}/{name}/{docname}/"}
            readings.setdefault(docname, []).append(row)
        made.append(version.made)
    for docname, rows in readings.items():
        data = {"schema": SCHEMA, "page": docname, "readings": _chained(rows)}
        _write(tree / readings_file(docname), _as_json(data), stage)
    return made


def _list(made: list[Versions]) -> dict[str, Any]:
    rows = [asdict(one) for one in made]
    addresses = [{"address": f"{KEPT}/{one.atlas}/", "changes": f"changes/since/{one.atlas}/"} for one in made]
    named = [{"version": row.pop("atlas"), **row, **places} for row, places in zip(rows, addresses, strict=True)]
    return {"schema": SCHEMA, "newest": made[0].atlas, "versions": _chained(named)}


def _chained(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows, newest first, with the addresses of the versions before and after each."""
    chained = []
    for place, row in enumerate(rows):
        after = {"successor-version": rows[place - 1]["address"]} if place else {}
        before = {"predecessor-version": rows[place + 1]["address"]} if place + 1 < len(rows) else {}
        chained.append(row | before | after)
    return chained


def _as_json(data: dict[str, Any]) -> bytes:
    return f"{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def _write(target: Path, content: bytes, stage: Path) -> None:
    """Put a file in its place in one move."""
    written = stage / "file"
    written.write_bytes(content)
    target.parent.mkdir(parents=True, exist_ok=True)
    written.replace(target)
