"""The whole atlas in one file each: ``atlas.json``, and the bibliography as BibTeX, RIS and CSL-JSON.

Each is put together from the files of the pages, one page at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.files import new_stream
from evidence_atlas.exports.rows import Row
from evidence_atlas.exports.schemas import ATLAS_SCHEMA, SCHEMA

FILES = ("atlas.json", "atlas.bib", "atlas.ris", "atlas.csl.json")
Add = Callable[[Row], None]


def head(atlas: Atlas, count: int) -> dict[str, Any]:
    """Return what is said of the whole: of which version it is, under which licence, and how many pages there are."""
    settings = atlas.settings
    return {
        "schema": SCHEMA,
        "name": settings.name,
        "operator": settings.operator,
        "base": f"{settings.base_url}/" if settings.base_url else None,
        "licence": settings.data_licence or None,
        "versions": atlas.versions(),
        "count": count,
    }


@contextmanager
def open_files(root: Path, atlas: Atlas, count: int, own: Callable[[Row], bool]) -> Iterator[Add]:
    """Open the files, and give what adds a page to each.

    Args:
        root: The root of the site.
        atlas: The atlas.
        count: How many pages there will be.
        own: Whether a page is the one of its paper; a paper of two pages stands in the bibliography once.
    """
    with ExitStack() as stack:
        whole, bib, ris, csl = (stack.enter_context(new_stream(root / name)) for name in FILES)
        whole.write(_start(atlas, count))
        csl.write(b"[")
        first = True

        def add(row: Row) -> None:
            nonlocal first
            whole.write(b"\n" if first else b",\n")
            whole.write(row.source.strip())
            if own(row):
                _add_reference(row.folder, bib, ris, csl, first=first)
            first = False

        yield add
        whole.write(b"\n]}\n")
        csl.write(b"\n]\n")


def _start(atlas: Atlas, count: int) -> bytes:
    said = {"$schema": ATLAS_SCHEMA, **head(atlas, count)}
    return f'{json.dumps(said, ensure_ascii=False)[:-1]}, "records": ['.encode()


def _add_reference(folder: Path, bib: BinaryIO, ris: BinaryIO, csl: BinaryIO, *, first: bool) -> None:
    """Add a paper; the first page is always the one of its paper, so what comes first needs no comma."""
    bib.write(b"" if first else b"\n")
    bib.write((folder / "paper.bib").read_bytes())
    ris.write(b"" if first else b"\n")
    ris.write((folder / "paper.ris").read_bytes())
    csl.write(b"\n" if first else b",\n")
    csl.write((folder / "paper.csl.json").read_bytes().strip().removeprefix(b"[").removesuffix(b"]").strip(b"\n"))
