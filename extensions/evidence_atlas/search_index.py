"""Pagefind's index of a site: made from the records, beside the pages, and only when the records have changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util.display import progress_message

from evidence_atlas import search_records
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.domain import warn
from evidence_atlas.search_pack import ENTRY, FORMAT, pack

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "pagefind"
SCRIPT = "pagefind.js"
_SUFFIXES = frozenset({".json", ".pagefind", ".pf_filter", ".pf_fragment", ".pf_index", ".pf_meta"})


def update(app: Sphinx) -> None:
    """Make the index, unless the one that is there is of the same records."""
    records, target = search_records.folder(app), Path(app.outdir, FOLDER)
    memory = records.with_suffix(".txt")
    paths = search_records.paths(app)
    now = _fingerprint(paths, target)
    if (target / ENTRY).is_file() and memory.is_file() and memory.read_text(encoding="utf-8") == now:
        return
    made = Path(app.outdir, ".pagefind-new")
    with progress_message("making the search index"):
        shutil.rmtree(made, ignore_errors=True)  # what a build that was killed has left
        ordered = _in_order(records, paths)
        failure = _make(ordered, made, app.builder.out_suffix)  # type: ignore[attr-defined]
        shutil.rmtree(ordered)
        if failure:
            warn(Finding(str(records), 1, Code.SEARCH, f"Pagefind made no index, so the search page finds nothing: {failure}"))
            return
        _replace(target, made)
        shutil.rmtree(made)
    Path(app.outdir, "searchindex.js").unlink(missing_ok=True)  # Sphinx's own, from a build without Pagefind
    memory.write_text(now, encoding="utf-8")


def _fingerprint(records: Sequence[str], target: Path) -> str:
    """Return a digest of the records by name, size and time, of the place of the index, and of what makes it."""
    states = ((path, os.stat(path)) for path in records)  # noqa: PTH116
    stamps = [(path, state.st_size, state.st_mtime_ns) for path, state in states]
    state = (metadata.version("pagefind_bin"), FORMAT, str(target), stamps)
    return hashlib.blake2b(repr(state).encode(), digest_size=16).hexdigest()


def _in_order(records: Path, paths: Sequence[str]) -> Path:
    """Return a new folder of the same records, linked one after the other.

    Pagefind numbers pages as the file system lists them, and some list files as they were made: the index of an atlas that
    was edited would not be that of a new one.
    """
    folder = records.with_name(f"{records.name}-ordered")
    shutil.rmtree(folder, ignore_errors=True)  # what a build that was killed has left
    folder.mkdir(parents=True)
    for path in paths:
        place = folder / Path(path).relative_to(records)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.hardlink_to(path)
        except OSError:  # the file system knows no links
            shutil.copyfile(path, place)
    return folder


def _make(records: Path, made: Path, suffix: str) -> str:
    """Make an index in a folder; return why that failed, or an empty text."""
    if failure := _run_pagefind(records, made, suffix):
        return failure
    try:
        pack(made)
    except ValueError as error:
        return str(error)
    return ""


def _run_pagefind(records: Path, target: Path, suffix: str) -> str:
    """Index the records into a folder; return why that failed, or an empty text."""
    from pagefind_bin import get_executable

    command = [str(get_executable()), "--silent", "--site", str(records), "--output-path", str(target), "--glob", f"**/*{suffix}"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return (
        "" if done.returncode == 0 and (target / ENTRY).is_file() else (done.stderr or done.stdout).strip() or "no page has text"
    )


def _replace(target: Path, made: Path) -> None:
    """Put a new index in place of an old one, so that at any moment a whole one is there.

    The files that the entries name come first, then each entry in one step, and last go the files of the old index.
    """
    entries = {path.relative_to(made) for path in made.rglob(ENTRY)}
    new = {path.relative_to(made) for path in made.rglob("*") if path.suffix in _SUFFIXES or path.name == SCRIPT} - entries
    old = {path.relative_to(target) for path in target.rglob("*") if path.suffix in _SUFFIXES} - entries
    for name in sorted(new):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made / name, target / name)
    for name in entries:
        (made / name).replace(target / name)
    for name in old - new:
        (target / name).unlink()
