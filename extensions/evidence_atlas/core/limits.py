"""How much of a page from anyone is read: what is larger or deeper would stop the build of all the others."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

MAX_CHARACTERS = 500_000
MAX_DEPTH = 100  # nodes within nodes; copying and writing a page takes several calls of Python's stack for each
MAX_NODES = 50_000  # the longest page of this atlas has 3,000; each takes time and memory to write, in a PDF most of all
MAX_LINE = 100_000
MAX_TAB = 100
MAX_FILTER = 400  # characters of the filter of a list of works, which is read by recursion
MAX_COLUMNS = 100  # of a list in columns, each of which is made whether something stands in it or not
MAX_COLOURED = 10_000  # characters of code; for some languages the time to colour it grows with their square
MAX_SECONDS = 30  # of processor time to read a page, and for its transforms; each takes a fraction of one

TOO_DEEP = f"The page is nested more than {MAX_DEPTH} deep; it is left empty."
TOO_MANY = f"The page has more than {MAX_NODES:,} parts, such as paragraphs, words in italics or cells; it is left empty."


class TooLong(BaseException):
    """Reading a page takes longer than the build waits for it; no ``except Exception`` on the way takes this."""


@contextmanager
def bounded_time() -> Iterator[None]:
    """Stop what runs for more than ``MAX_SECONDS`` of processor time.

    Where there is no such timer (on Windows, and outside a program's main thread), nothing is stopped.

    Raises:
        TooLong: It ran for longer.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def too_large(text: str) -> str:
    """Return what is said of a page that is too large to be read, or an empty text."""
    if len(text) <= MAX_CHARACTERS:
        return ""
    return f"The page has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read, so it is left empty."


def too_much_included(name: str, included: int) -> str:
    """Return what is said of a file that a page may not read any more, or an empty text.

    Args:
        name: The file.
        included: The bytes of all files that the page reads, this one among them, and each as often as it is read.
    """
    if included <= MAX_CHARACTERS:
        return ""
    return f"With {name!r} the page reads files of {included:,} bytes; at most {MAX_CHARACTERS:,} are read, so it is left out."


def took_too_long() -> str:
    """Return what is said of a page that takes too long to read."""
    return f"The page takes more than {MAX_SECONDS} seconds of processor time to read; it is left empty."


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


def columns(number: str) -> int:
    """Return a number of columns.

    Raises:
        ValueError: It is no number, or there are more columns than anybody reads.
    """
    if not 1 <= (found := int(number[:20])) <= MAX_COLUMNS:
        raise ValueError(f"1 to {MAX_COLUMNS} columns were expected")
    return found


def tab_width(width: str) -> int:
    """Return the width of a tab in characters.

    Raises:
        ValueError: It is no number, or one that would fill the memory with blanks.
    """
    if not -MAX_TAB <= (number := int(width[:20])) <= MAX_TAB:
        raise ValueError(f"a width up to {MAX_TAB} was expected")
    return number
