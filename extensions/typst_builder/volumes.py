"""Volumes: many documents in one PDF, put together from their translations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from typst_builder.about import Part, Volume
from typst_builder.literals import literal
from typst_builder.translation import Translation

Known = Callable[[str], Translation | None]


@dataclass(frozen=True)
class Piece:
    """A stretch of a document in its place in a volume.

    Attributes:
        docname: The document.
        segment: Which of its stretches.
        offset: What is added to the levels of its headings.
    """

    docname: str
    segment: int
    offset: int


def expand(docnames: list[str], offset: int, known: Known, toctrees: bool, seen: set[str]) -> Iterator[Piece]:
    """Yield the stretches of documents and, with toctrees, of those that they name, where they name them.

    Args:
        docnames: The documents to begin with.
        offset: Level below which they stand.
        known: Gives the translation of a document, if there is one.
        toctrees: Whether the documents of toctrees follow.
        seen: Documents that stand in the volume already; it grows.
    """
    for docname in docnames:
        translation = known(docname)
        if translation is None or docname in seen:
            continue
        seen.add(docname)
        for place, segment in enumerate(translation.segments):
            yield Piece(docname, place, offset)
            if toctrees:
                yield from expand(segment.toctree, offset + segment.level, known, toctrees, seen)


def documents(volume: Volume, known: Known) -> list[str]:
    """Return the documents of a volume, in order."""
    seen: set[str] = set()
    pieces = [piece for part in volume.parts for piece in expand(part.docnames, 0, known, part.toctrees, seen)]
    return list(dict.fromkeys(piece.docname for piece in pieces))


def split(volume: Volume, size: int, known: Known) -> list[Volume]:
    """Return a volume as one, or as several of a number of documents each if it holds more.

    A volume that is split loses its toctrees: each document stands directly in its part.
    """
    if len(documents(volume, known)) <= size:
        return [volume]
    seen: set[str] = set()
    flat = [
        (part, piece.docname)
        for part in volume.parts
        for piece in expand(part.docnames, 0, known, part.toctrees, seen)
        if not piece.segment
    ]
    chunks = [flat[start : start + size] for start in range(0, len(flat), size)]
    return [_chunk(volume, number, len(chunks), chunk) for number, chunk in enumerate(chunks, 1)]


def _chunk(volume: Volume, number: int, count: int, rows: list[tuple[Part, str]]) -> Volume:
    parts: list[Part] = []
    of: Part | None = None
    for part, docname in rows:
        if part is not of:
            of = part
            parts.append(replace(part, docnames=[], toctrees=False))
        parts[-1].docnames.append(docname)
    return replace(volume, name=f"{volume.name}-{number}", title=f"{volume.title} ({number}/{count})", parts=parts)


def source(volume: Volume, known: Known) -> list[str]:
    """Return the lines of Typst source that put a volume together.

    Levels of headings are kept without a gap: a document stands at most one level below what comes before it.
    """
    lines = ['#import "/template.typ" as n', "#show: n.volume.with(about)"]
    seen: set[str] = set()
    last = 0
    for part in volume.parts:
        if part.title:
            lines.append(f"#n.part(about, {literal(part.title)}, {literal(part.description)})")
            last = 1
        for piece in expand(part.docnames, 1 if part.title else 0, known, part.toctrees, seen):
            segment = (known(piece.docname) or Translation()).segments[piece.segment]
            offset = piece.offset
            if segment.headings:
                offset = min(offset, last + 1 - segment.headings[0])
                last = segment.headings[-1] + offset
            arguments = f"offset: {max(offset, 0)}, first: {literal(not piece.segment)}"
            path = literal(f"/doc/{piece.docname}.{piece.segment}.typ")
            start = "" if piece.segment else f"#n.anchor({literal(f'{piece.docname}#')})"
            lines.append(f"#n.chapter({literal(piece.docname)}, {arguments})[{start}#include {path}]")
    return lines
