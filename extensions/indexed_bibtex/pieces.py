"""The pieces of a BibTeX file: each entry and each command with its place, told apart without reading them.

An entry ends at the bracket that closes it. Where none does, it ends before the next line that begins an entry, so
that a bracket too few costs one entry and not the rest of the file. Every character is looked at a fixed number of
times, whatever the file holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

TEXT, COMMENT, STRING, PREAMBLE = "", "comment", "string", "preamble"

_START = r"@[ \t]*+(?P<type>[A-Za-z][\w.:+/*!-]*+)\s*+[{(]"
_ANYWHERE = re.compile(rf"(?<![\w.@]){_START}", re.ASCII)
_AT_LINE_START = re.compile(rf"^[ \t\ufeff]*+(?={_START})", re.ASCII | re.MULTILINE)
# what, first in its line, is the beginning of an entry even where the brackets say that it is part of a value
_CERTAIN = re.compile(
    r"@[ \t]*+(?:(?:string|preamble|comment)\s*+[{(]"
    r"|[A-Za-z][\w.:+/*!-]*+\s*+[{(]\s*+[^\s,{}]++\s*+,\s*+(?:[A-Za-z][\w.:+/-]*+\s*+=|[})]))",
    re.ASCII | re.IGNORECASE,
)
_BRACES = re.compile(r"[{}]")
# the rest of an entry whose braces are closed and no deeper than is usual, told at a glance
_REST = re.compile(r"(?:[^{}]++|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\})*+\}")
_MARKS = re.compile(r'[{}")]')


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file.

    Attributes:
        kind: The type of the entry or command in lower case, or ``TEXT`` for what stands between them.
        start: Where it begins.
        end: Where it ends.
        body: Where the inner part of an entry or command begins.
        line: The line in which it begins, counted from 1.
        closed: Whether its closing bracket is there.
    """

    kind: str
    start: int
    end: int
    body: int
    line: int
    closed: bool = True


def split(text: str) -> Iterator[Piece]:
    """Yield the pieces of a file in their order; text between them is yielded where it is not blank.

    Of a comment that holds entries only the head is a piece: BibTeX reads the entries in it, and so does this.

    Args:
        text: The file, with line feeds as its only line ends.
    """
    heads = [match.end() for match in _AT_LINE_START.finditer(text)]
    certain = [head for head in heads if _CERTAIN.match(text, head)]
    place, line, hopeless = 0, 1, 0
    head = _ANYWHERE.search(text)
    while head:
        line, between = _text_between(text, place, head.start(), line)
        yield from between
        kind, opened = head["type"].lower(), head.end()
        limit = _next(certain, opened, len(text))
        if kind == COMMENT:
            following = _ANYWHERE.search(text, opened)
            limit = following.start() if following else len(text)
        elif opened <= hopeless:  # an entry before this one was not closed, so nothing is hoped for twice
            limit = min(limit, _next(heads, opened, len(text)))
        end = _closing(text, opened, limit)
        closed = end >= 0
        if not closed and kind == COMMENT:
            end = opened
        elif not closed:
            hopeless = max(hopeless, limit)
            end = min(limit, _next(heads, opened, len(text)))
            end = opened + len(text[opened:end].rstrip())
        yield Piece(kind, head.start(), end, opened, line, closed)
        line += text.count("\n", head.start(), end)
        place = end
        head = _ANYWHERE.search(text, place)
    yield from _text_between(text, place, len(text), line)[1]


def _text_between(text: str, start: int, end: int, line: int) -> tuple[int, list[Piece]]:
    """Return the line at ``end``, and the text from ``start`` to there as a piece unless it is blank."""
    part = text[start:end]
    after = line + part.count("\n")
    if not part.strip("\ufeff \t\n\r\f\v"):
        return after, []
    first = line + part[: len(part) - len(part.lstrip())].count("\n")
    return after, [Piece(TEXT, start, end, start, first)]


def _next(places: list[int], after: int, otherwise: int) -> int:
    index = bisect_left(places, after)
    return places[index] if index < len(places) else otherwise


def _closing(text: str, opened: int, limit: int) -> int:
    """Return where the bracket that was opened before ``opened`` is closed, or -1 where it is not before ``limit``."""
    depth = 0
    if text[opened - 1] == "{":
        if rest := _REST.match(text, opened, limit):
            return rest.end()
        for match in _BRACES.finditer(text, opened, limit):
            depth += 1 if match[0] == "{" else -1
            if depth < 0:
                return match.end()
        return -1
    quoted = False
    for match in _MARKS.finditer(text, opened, limit):
        mark = match[0]
        if mark in "{}":
            depth += 1 if mark == "{" else -1
        elif mark == '"':
            quoted = quoted != (depth == 0)
        elif depth <= 0 and not quoted:
            return match.end()
    return -1
