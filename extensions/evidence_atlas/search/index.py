"""Pagefind's index of a site: made from the records, beside the pages, and only when the records have changed."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util.display import progress_message

from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.domain import warn
from evidence_atlas.search.merge import ENTRY
from evidence_atlas.search.pack import FORMAT, SCRIPT, pack
from evidence_atlas.search.records import folder_of, paths_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "pagefind"
_MOST = 5000  # pages in a batch; Pagefind takes some 200 kB of memory for each of 400 words
_EMPTY = "not able to build an index"  # what Pagefind says where no page has a word
_PACKED = "packed"
_SUFFIXES = frozenset({".json", ".pagefind", ".pf_filter", ".pf_fragment", ".pf_index", ".pf_meta"})


def update(app: Sphinx) -> None:
    """Make the index, unless the one that is there is of the same records."""
    records, target = folder_of(app), Path(app.outdir, FOLDER)
    memory = records.with_suffix(".txt")
    paths = paths_of(app)
    now = _fingerprint(paths, target)
    if (target / ENTRY).is_file() and memory.is_file() and memory.read_text(encoding="utf-8") == now:
        return
    made = Path(app.outdir, ".pagefind-new")
    with progress_message("making the search index"):
        shutil.rmtree(made, ignore_errors=True)  # what a build that was killed has left
        failure = _make(records, paths, made, app.builder.out_suffix, _MOST)  # type: ignore[attr-defined]
        if failure:
            shutil.rmtree(made, ignore_errors=True)
            warn(Finding(str(records), 1, Code.SEARCH, f"Pagefind made no index, so the search page finds nothing: {failure}"))
            return
        _replace(target, made / _PACKED)
        shutil.rmtree(made)
    Path(app.outdir, "searchindex.js").unlink(missing_ok=True)  # Sphinx's own, from a build without Pagefind
    memory.write_text(now, encoding="utf-8")


def _fingerprint(records: Sequence[str], target: Path) -> str:
    """Return a digest of the records by name, size and time, of the place of the index, and of what makes it."""
    states = ((path, os.stat(path)) for path in records)  # noqa: PTH116
    stamps = [(path, state.st_size, state.st_mtime_ns) for path, state in states]
    state = (metadata.version("pagefind_bin"), FORMAT, str(target), stamps)
    return hashlib.blake2b(repr(state).encode(), digest_size=16).hexdigest()


def _make(records: Path, paths: Sequence[str], made: Path, suffix: str, most: int) -> str:
    """Make an index of the records, a batch after the other, since Pagefind holds in memory all that it is given.

    Args:
        records: The folder of the records.
        paths: The paths of all records, sorted.
        made: Where the index comes to lie, in the folder ``packed``.
        suffix: How the names of records end.
        most: How many records a batch may have.

    Returns:
        Why that failed, or an empty text.
    """
    failure, batches = "no page has text", []
    for number, batch in enumerate(_batches(paths, most)):
        ordered = _in_order(records, batch)
        failure = _run_pagefind(ordered, made / f"{number}", suffix)
        shutil.rmtree(ordered)
        if not failure:
            batches.append(made / f"{number}")
        elif _EMPTY not in failure:
            return failure
    if not batches:
        return failure
    try:
        with _uncollected():
            pack(batches, made / _PACKED)
    except ValueError as error:
        return str(error)
    return ""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Switch the garbage collector off: of millions of short lists, none leads back to itself, and it would walk all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _batches(paths: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yield the paths in as few batches as can be, all of about the same size."""
    count = -(-len(paths) // most)
    ends = [len(paths) * number // count for number in range(count + 1)] if count else []
    return (paths[start:end] for start, end in pairwise(ends))


def _in_order(records: Path, paths: Sequence[str]) -> Path:
    """Return a new folder of some of the records, linked one after the other.

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
