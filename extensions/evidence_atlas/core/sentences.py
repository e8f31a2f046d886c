"""Text as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u00c0-\u024f\ufffc]|\s*\Z)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|al|ca|approx|resp|no|fig|figs|dr|prof|st|eq|ref|refs|incl|inc|spp|sp|ie|eg|[A-Z])\.|\bet al\.)\Z",
    re.IGNORECASE,
)


def split_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and text of each sentence.

    A full stop ends a sentence before a capital letter, a figure or the end, except after an abbreviation.
    """
    start = 0
    for match in _END.finditer(text):
        if text[match.start()] == "." and _ABBREVIATION.search(text, max(start, match.start() - 8), match.start() + 1):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    piece = text[start:end]
    if piece.strip():
        lead = len(piece) - len(piece.lstrip())
        yield start + lead, piece.strip()
