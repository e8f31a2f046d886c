"""Where a line may end within what has no blanks: not in a short form such as AB/CD, but in a long DOI or digest.

This is done where text is translated, since the compiler takes long to look through a whole document for patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from typst_builder.literals import Code, block, call, literal

_PLACES = re.compile(r"\b(?P<whole>[A-Z]{2,}/[A-Z]{2,})\b|(?P<doi>doi:\S{16,400})|(?P<digest>sha256:[0-9a-f]{64})")
_PARTS: dict[str, Callable[[str], list[str]]] = {
    # after a stroke, a hyphen or a low line, but where the compiler ends lines there itself, since each part takes it time
    "doi": re.compile(r"(?<=[/-])(?=[0-9])|(?<=_)(?=.)").split,
    "digest": re.compile(r"sha256:|[0-9a-f]{16}").findall,
}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digests(text: str) -> list[str]:
    """Return the digests that stand in text."""
    return _DIGEST.findall(text) if "sha256:" in text else []


def code(text: str) -> Code:
    """Return text as an expression: a literal, or pieces of which some are calls of the template."""
    pieces: list[Code] = []
    end = 0
    for found in _PLACES.finditer(text):
        kind, said = str(found.lastgroup), found.group()
        if found.start() > end:
            pieces.append(literal(text[end : found.start()]))
        pieces.append(call("unbroken", said) if kind == "whole" else _breakable(_PARTS[kind](said)))
        end = found.end()
    if end < len(text) or not pieces:
        pieces.append(literal(text[end:]))
    return block(pieces)


def _breakable(parts: list[str]) -> Code:
    return call("breakable", parts) if len(parts) > 1 else literal(*parts)
