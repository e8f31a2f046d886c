"""One piece of a BibTeX file, read with pybtex's low-level parser; what is wrong with it is told in sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pybtex.database import Entry
from pybtex.database.input.bibtex import LowLevelParser, UndefinedMacro, month_names
from pybtex.exceptions import PybtexError
from pybtex.scanner import PrematureEOF, PybtexSyntaxError
from pybtex.textutils import normalize_whitespace
from pybtex.utils import CaseInsensitiveDict

from indexed_bibtex.names import ROLES, people
from indexed_bibtex.pieces import PREAMBLE, STRING, Piece

_DEEPEST = 100  # pybtex's formatting refuses braces that are nested deeper
_ROOM = 20_000_000  # characters: abbreviations made of abbreviations grow without end, and no bibliography needs more
_FIELD = re.compile(r"([A-Za-z][\w.:+/-]*+)\s*+=")
# the common field, which is read in one step
_PLAIN_FIELD = re.compile(r"\s*+(?P<name>[A-Za-z][\w.:+/-]*+)\s*+=\s*+(?P<raw>\{(?P<value>[^{}]*+)\})\s*+,", re.ASCII)
_FIELD_IN_PLACE_OF_KEY = re.compile(r'\s*+[A-Za-z][\w.:+/-]*+(?:\s++=|=\s*+[{"]|=\s)')
_KEY = re.compile(r"\s*+(?P<key>[^\s,{}]*+)(?P<next>\s*+(?:[^\s]|\Z))")
_IN_BRACES, _IN_QUOTES = re.compile(r"[{}]"), re.compile(r'[{}"]')


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a piece, and in which line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry.

    Attributes:
        name: As it is written.
        value: Its text without the delimiters, abbreviations replaced.
        raw: All that stands after the equals sign.
        parts: How many parts ``#`` joins.
        line: The line of the name.
    """

    name: str
    value: str
    raw: str
    parts: int
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """An entry, ``@string`` or ``@preamble``.

    Attributes:
        type: Its type, as it is written.
        key: The key of an entry; empty where there is none that can be used.
        fields: The fields that can be read.
        value: The value of a preamble.
        faults: What is wrong with it.
    """

    type: str
    key: str
    fields: list[Field]
    value: str
    faults: list[Fault]


@dataclass
class Abbreviations:
    """What ``@string`` defines.

    Attributes:
        known: The abbreviations defined so far, months among them.
        later: Those that are defined further below.
        room: How many characters they may still grow to.
    """

    known: Any = field(default_factory=lambda: CaseInsensitiveDict(month_names))
    later: Any = field(default_factory=CaseInsensitiveDict)
    room: int = _ROOM

    def months_only(self) -> bool:
        """Whether no file so far defines an abbreviation, so that the names of the months mean the months."""
        return bool(dict(self.later) == month_names)


def parse(text: str, piece: Piece, strings: Abbreviations) -> Command:
    """Read a piece that is not text and not a comment.

    Args:
        text: The whole file.
        piece: The piece.
        strings: The abbreviations in force; an ``@string`` adds to them.
    """
    parser = _Parser(text[piece.start : piece.end], piece, strings)
    if piece.kind not in {STRING, PREAMBLE}:
        parser.check_key(piece.body - piece.start)
    if parser.keyless:
        return Command(piece.kind, "", [], "", parser.faults)
    kind, content = parser.parse_command()
    key, value = ("", content[0]) if piece.kind in {STRING, PREAMBLE} else (content[0] or "", "")
    return Command(kind, key, parser.fields, "".join(value) if piece.kind == PREAMBLE else "", parser.faults)


def entry_of(command: Command) -> tuple[Entry, list[Fault]]:
    """Return the entry that a command states, and what is wrong with its fields."""
    entry, faults, seen = Entry(command.type), list[Fault](), set[str]()
    for part in command.fields:
        name, value = part.name.lower(), normalize_whitespace(part.value)
        if name in seen:
            faults.append(Fault(part.line, f"The entry {command.key!r} has the field {part.name!r} twice; the first is used."))
            continue
        seen.add(name)
        if name not in ROLES:
            entry.fields[part.name] = value
            continue
        persons, wrong = people(value)
        for person in persons:
            entry.add_person(person, part.name)
        if wrong:
            message = f"The entry {command.key!r} has {wrong} in {part.name!r}. 'Family, Given and Family, Given' was expected."
            faults.append(Fault(part.line, message))
    return entry, faults


class _Parser(LowLevelParser):  # type: ignore[misc]
    """Reads one command from its first character; goes on after a fault where that is safe.

    Args:
        text: The command.
        piece: Its place in the file.
        strings: The abbreviations in force.
    """

    def __init__(self, text: str, piece: Piece, strings: Abbreviations) -> None:
        super().__init__(text, macros=strings.known)
        self.pos, self.lineno, self.command_start = 1, piece.line, 0
        self.strings = strings
        self.closing = "}" if text[piece.body - piece.start - 1] == "{" else ")"
        self.subject = f"The @{piece.kind}"
        self.keyless = False
        self.fields: list[Field] = []
        self.faults: list[Fault] = []
        self.field_line = 0

    def check_key(self, body: int) -> None:
        """See whether the entry has a key that can be used; else mark it as without one."""
        match = _KEY.match(self.text, body)
        key = match["key"] if match else ""
        mark = match["next"].strip() if match else ""
        line = self.lineno + self.text.count("\n", 0, match.start("key") if match else body)
        if not key or _FIELD_IN_PLACE_OF_KEY.match(self.text, body):
            self.keyless = True
            what = "begins with '{'" if mark == "{" and not key else "is missing"
            message = f"The key of this @{self.text[1 : body - 1].strip()} {what}; it is left out. '@type{{key,' was expected."
            self.faults.append(Fault(line, message))
            return
        self.subject = f"The entry {key[:80]!r}"
        if mark in {",", self.closing, ""}:
            return
        if mark == "{" or not (match and _FIELD.match(self.text, match.end() - 1)):
            self.keyless = True
            what = "holds a space or a brace; its entry is left out. A comma was expected."
            message = f"The key that begins with {key[:80]!r} {what}"
            self.faults.append(Fault(line, message))
        else:
            self.faults.append(Fault(line, f"{self.subject} has no comma after its key."))

    def handle_error(self, error: PybtexError) -> None:
        """Keep a fault, in words."""
        expected = str(error.args[0]).removesuffix(" expected")[:160]
        if isinstance(error, UndefinedMacro):
            message = f"{self.subject} uses the abbreviation {expected!r}, which no @string defines; it counts as empty."
        elif isinstance(error, PrematureEOF):
            where = f" Its last field, {self.current_field_name!r}, begins in line {self.field_line}." if self.field_line else ""
            message = f"{self.subject} is not closed: {self.closing!r} was expected here at the latest.{where}"
        elif str(error.args[0]).endswith(" expected"):
            expected = f"a comma or {expected}" if expected == repr(self.closing) else expected
            message = f"{self.subject} cannot be read from here on: {expected} was expected, not {self._found()!r}."
        else:
            message = f"{self.subject} cannot be read from here on: {expected}."
        self.faults.append(Fault(error.lineno, message))

    def _found(self) -> str:
        found: str = self.text[self.pos : self.pos + 24].split("\n", 1)[0].strip()
        return found

    # -- pybtex's grammar, with the places kept, and without its nested generators ---------------------------

    def parse_entry_fields(self) -> None:
        """Read the fields; a comma that is missing before another field is a fault, but no end."""
        while True:
            self._parse_plain_fields()
            name = self.optional([self.NAME])
            if name:
                self._parse_field(name.value)
            if not self.optional([self.COMMA]):
                following = _FIELD.match(self.text, self.pos)
                if not (name and following):
                    return
                self.faults.append(Fault(self.lineno, f"{self.subject} has no comma before the field {following[1]!r}."))

    def _parse_plain_fields(self) -> None:
        while match := _PLAIN_FIELD.match(self.text, self.pos):
            self._go_to(match.start("name"))
            self.current_field_name, self.field_line = match["name"], self.lineno
            self.fields.append(Field(match["name"], match["value"], match["raw"], 1, self.lineno))
            self._go_to(match.end())

    def _parse_field(self, name: str) -> None:
        self.current_field_name, self.field_line = name, self.lineno
        self.required([self.EQUALS])
        self.eat_whitespace()
        start = self.pos
        self.parse_value()
        raw = self.text[start : self.pos].rstrip()
        self.fields.append(Field(name, "".join(self.current_value), raw, len(self.current_value), self.field_line))

    def parse_value_part(self) -> str:
        """Read a text in braces or quotation marks, a number or an abbreviation."""
        kinds = [self.QUOTE, self.LBRACE, self.NUMBER, self.NAME]
        token = self.required(kinds, description="a value in braces")
        if token.pattern is self.QUOTE or token.pattern is self.LBRACE:
            return self._delimited('"' if token.pattern is self.QUOTE else "}")
        value: str = token.value if token.pattern is self.NUMBER else self.substitute_macro(token.value)
        return value

    def _delimited(self, end: str) -> str:
        start, line, depth = self.pos, self.lineno, 0
        for match in (_IN_QUOTES if end == '"' else _IN_BRACES).finditer(self.text, start):
            mark = match[0]
            if not depth and mark == end:
                self._go_to(match.end())
                return str(self.text[start : match.start()])
            if mark == "}" and not depth:
                self._go_to(match.start())
                raise PybtexSyntaxError(f"the quotation mark of line {line} is not closed before this brace", self)
            depth += {"{": 1, "}": -1}.get(mark, 0)
            if depth > _DEEPEST:
                self._go_to(match.start())
                raise PybtexSyntaxError(f"its braces are nested more than {_DEEPEST} deep", self)
        self._go_to(self.end_pos)
        raise PrematureEOF(self)

    def _go_to(self, place: int) -> None:
        self.lineno += self.text.count("\n", self.pos, place)
        self.pos = place

    def substitute_macro(self, name: str) -> str:
        """Return what an abbreviation stands for."""
        value: str | None = self.strings.known.get(name, self.strings.later.get(name))
        if value is None:
            self.handle_error(UndefinedMacro(name, self))
            return ""
        self.strings.room -= len(value)
        if self.strings.room < 0:
            raise PybtexSyntaxError(f"abbreviations such as {name!r} grow to more than {_ROOM} characters", self)
        return value
