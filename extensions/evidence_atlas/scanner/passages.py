"""A page as passages of plain text that remember the line and column of every character in the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence_atlas.core.page import Page, Prose

if TYPE_CHECKING:
    from markdown_it.token import Token

# stands in a sentence for what is no words: code, formulas, roles, pictures
THING = "\ufffc"
# roles that show words, in their own grammar "text <target>" or as they are
_SHOWN_ROLES = frozenset({"term", "abbr", "ref", "doc", "evidence", "emphasis", "strong", "sub", "sup", "any", "numref"})
_CITES = ("cite", "footcite")


@dataclass(slots=True)
class Passage:
    """A block of text.

    Attributes:
        text: The words without markup.
        section: Its part of the page.
        places: Where a stretch begins: offset in ``text``, line and column in the source, both counted from 1.
    """

    text: str
    section: str
    places: list[tuple[int, int, int]] = field(default_factory=list)

    def locate(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character of the text."""
        begin, line, column = self.places[max(0, bisect_right(self.places, (offset, 2**31, 0)) - 1)] if self.places else (0, 1, 1)
        return line, column + offset - begin


def passages(page: Page, source: str) -> Iterator[Passage]:
    """Yield the passages of a page.

    Args:
        page: The page as it was read.
        source: Its source, with the line numbers that the page has.
    """
    lines = source.split("\n")
    for prose in page.prose:
        yield _Reader(lines, prose).read()


def plain(text: str, section: str = "", line: int = 1, column: int = 1) -> Passage:
    """Return a passage of text without markup."""
    passage = Passage(text, section)
    offset = 0
    for number, row in enumerate(text.split("\n")):
        passage.places.append((offset, line + number, column if number == 0 else 1))
        offset += len(row) + 1
    return passage


def in_front_matter(value: str, section: str, lines: Sequence[str], line: int) -> Passage:
    """Return a value of the front matter as a passage.

    Args:
        value: The value as YAML gives it.
        section: What it is.
        lines: The lines of the source.
        line: The line of its key, counted from 1.
    """
    passage = Passage(value, section)
    row, column = line - 1, _value_column(lines[line - 1]) if line <= len(lines) else 0
    offset = 0
    for word in value.split():
        at = value.index(word, offset)
        for next_row in range(row, min(len(lines), row + 40)):
            found = lines[next_row].find(word, column if next_row == row else 0)
            if found >= 0:
                row, column = next_row, found + len(word)
                passage.places.append((at, row + 1, found + 1))
                break
        offset = at + len(word)
    return passage


def _value_column(row: str) -> int:
    return row.find(":") + 1


class _Reader:
    """Turns one block into a passage, following its markup through the lines of the source."""

    def __init__(self, lines: Sequence[str], prose: Prose) -> None:
        self.lines, self.row, self.column = lines, prose.line - 1, 0
        self.children: Iterable[Token] = prose.token.children or ()
        self.parts: list[str] = []
        self.length = 0
        self.passage = Passage("", prose.section)

    def read(self) -> Passage:
        skip = False
        for child in self.children:
            if child.type == "link_open":
                skip = child.markup == "autolink"
            elif child.type == "link_close":
                self._pass_address(skip)
                skip = False
            elif child.type == "text":
                self._thing(child.content) if skip else self._text(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                self.row, self.column = self.row + 1, 0
                self._add(" ")
            elif child.type == "myst_role":
                self._role(str(child.meta["name"]), child.content)
            elif child.content:
                self._thing(child.content)
        self.passage.text = "".join(self.parts)
        return self.passage

    @property
    def _line(self) -> str:
        return self.lines[self.row] if self.row < len(self.lines) else ""

    def _add(self, text: str) -> None:
        self.passage.places.append((self.length, self.row + 1, self.column + 1))
        self.parts.append(text)
        self.length += len(text)

    def _text(self, text: str) -> None:
        at = self._line.find(text, self.column)
        if at >= 0:
            self.column = at
            self._add(text)
            self.column = at + len(text)
            return
        for character in text:  # with escapes or entities in between
            at = self._line.find(character, self.column)
            self.column = at if at >= 0 else self.column
            self._add(character)
            self.column += at >= 0

    def _move_past(self, text: str) -> None:
        """Go on behind a text, on this line or one that follows."""
        for row in range(self.row, min(len(self.lines), self.row + 1 + text.count("\n") + 1)):
            at = self.lines[row].find(text.rsplit("\n", maxsplit=1)[-1], self.column if row == self.row else 0)
            if at >= 0:
                self.row, self.column = row, at + len(text.rsplit("\n", maxsplit=1)[-1])
                return

    def _thing(self, content: str) -> None:
        self._add(THING)
        self._move_past(content)

    def _role(self, name: str, content: str) -> None:
        if name.startswith(_CITES):
            self._move_past(content)
        elif name in _SHOWN_ROLES:
            shown = content.partition("<")[0].rstrip() or content
            self._text(shown) if shown in self._line else self._add(shown)
            self._move_past(content[len(shown) :] or "`")
        else:
            self._thing(content)

    def _pass_address(self, autolink: bool) -> None:
        """Go on behind the address of a link, whose words are no text."""
        if autolink:
            return
        opening = self._line.find("](", self.column)
        if opening >= 0:
            closing = self._line.find(")", opening)
            self.column = closing + 1 if closing >= 0 else opening + 2
