"""How long text may be in a PDF: what is longer would stop the PDF, and with it a volume of many documents.

A string of a PDF holds 32,767 bytes (PDF/A-3: ISO 19005-3, 6.1.13). Strings are the glyphs of a line, alternative texts,
headings among the tags, and what the PDF says of itself. The compiler has a limit of its own for addresses.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby, islice

MOST = 8_000  # characters of a string, each of two bytes or four
_MOST_ADDRESS = 8_000  # bytes of an address, as typst 0.15 has it
_LONG = 4_000  # characters in a row; one glyph has two bytes, and some letters have several glyphs
_UNBROKEN = re.compile(rf"\S{{{_LONG}}}")
_LINE_MAY_END = "\N{ZERO WIDTH SPACE}"
_WITHOUT_WIDTH = frozenset({"Cf", "Me", "Mn"})
_MOST_MARKS = 30  # on one letter, as many as in the Stream-Safe Text Format (Unicode Standard Annex 15, section 13)


def clipped(text: str, most: int = MOST) -> str:
    """Return text as a string can hold it: its beginning, where it is longer."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def with_line_ends(text: str, before: int = 0) -> str:
    """Return text in which a line may end after so many characters without a blank.

    Characters without a width would never fill a line: in long text, what is more than a letter can carry is left out.

    Args:
        text: The text.
        before: Characters without a blank that it may continue.
    """
    if before + len(text) <= _LONG:
        return text
    start = _LINE_MAY_END if before and not text[:1].isspace() else ""
    return start + _UNBROKEN.sub(rf"\g<0>{_LINE_MAY_END}", _without_piles(text))


def unbroken_end(text: str, before: int) -> int:
    """Return how many characters without a blank text ends in.

    Args:
        text: The text.
        before: Characters without a blank that it continues.
    """
    place = max(text.rfind(" "), text.rfind(_LINE_MAY_END))
    return before + len(text) if place < 0 else len(text) - place - 1


def _without_piles(text: str) -> str:
    if text.isascii():
        return text
    runs = groupby(text, lambda character: unicodedata.category(character) in _WITHOUT_WIDTH)
    return "".join("".join(islice(run, _MOST_MARKS) if is_pile else run) for is_pile, run in runs)


def can_be_address(text: str) -> bool:
    """Whether a link can hold an address."""
    return len(text.encode()) <= _MOST_ADDRESS
