"""How much of a page from anyone is read: what is larger or deeper would stop the build of all the others."""

from __future__ import annotations

import re

MAX_CHARACTERS = 500_000
MAX_DEPTH = 100  # nodes within nodes; copying and writing a page takes several calls of Python's stack for each
MAX_LINE = 100_000
MAX_TAB = 100
MAX_FILTER = 400  # characters of the filter of a list of works, which is read by recursion

TOO_DEEP = f"The page is nested more than {MAX_DEPTH} deep; it is left empty."


def too_large(text: str) -> str:
    """Return what is said of a page that is too large to be read, or an empty text."""
    if len(text) <= MAX_CHARACTERS:
        return ""
    return f"The page has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read, so it is left empty."


def stopped(error: Exception) -> str:
    """Return what is said of a page that a directive could not cope with."""
    return f"The page cannot be read, and is left empty: {type(error).__name__}: {error}."


def lines(spec: str) -> str:
    """Return numbers of lines as they stand, such as ``1,4-7``.

    Raises:
        ValueError: One is beyond the end of any file; Sphinx makes a list of all numbers up to it.
    """
    if any(len(number) > len(str(MAX_LINE)) or int(number) > MAX_LINE for number in re.findall(r"\d+", spec)):
        raise ValueError(f"lines up to {MAX_LINE:,} can be named")
    return spec


def tab_width(width: str) -> int:
    """Return the width of a tab in characters.

    Raises:
        ValueError: It is no number, or one that would fill the memory with blanks.
    """
    if not -MAX_TAB <= (number := int(width[:20])) <= MAX_TAB:
        raise ValueError(f"a width up to {MAX_TAB} was expected")
    return number
