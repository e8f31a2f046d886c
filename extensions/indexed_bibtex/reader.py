"""BibTeX files, read as people write them: whatever is wrong with one entry, the others are there.

Every fault is one :class:`Problem` with file and line. The grammar, the keys without regard to case and the parts of
names are pybtex's; nothing here needs Sphinx, and no state is kept between calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pybtex.database import BibliographyData
from pybtex.textutils import normalize_whitespace
from pybtex.utils import CaseInsensitiveDict

from indexed_bibtex.decoding import decode, line_feeds
from indexed_bibtex.entries import Abbreviations, Command, entry_of, parse
from indexed_bibtex.pieces import COMMENT, PREAMBLE, STRING, TEXT, Piece, split
from indexed_bibtex.store import Entries, regular_key

_MOST_PROBLEMS = 1000  # of one file: nobody reads more, and a file of junk has millions
_DEEPEST_CROSSREF = 50
_JUNK = 20  # a text has fewer control characters than one in so many
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_STRAY_HEAD = re.compile(r"^[ \t]*+@(?!comment\b)", re.IGNORECASE | re.MULTILINE)
_FIELDS = re.compile(r"\s*+,\s*+[\w.:+/-]++\s*+=")
_NO_COMMENT = re.compile(r"^[ \t\ufeff]*+[^\s%\ufeff]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file.

    Attributes:
        file: The file.
        line: The line, counted from 1.
        key: The key of the entry, where there is one.
        message: One or two sentences: what is wrong, what was expected.
    """

    file: Path
    line: int
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes:
        data: The entries of all files; of a repeated key, the first.
        keys: The keys of the entries that are from each file, in its order.
        problems: What is wrong, by file and line.
    """

    data: BibliographyData
    keys: dict[Path, list[str]]
    problems: list[Problem]


def read_bibtex(paths: Sequence[Path], encoding: str = "utf-8-sig") -> Read:
    """Read BibTeX files.

    Args:
        paths: Files in the order in which they count; abbreviations of a file hold in those after it.
        encoding: The encoding of files that do not begin with a byte order mark.

    Returns:
        All that can be read, and what is wrong; a file that cannot be read at all is one problem.
    """
    reading = _Reading(encoding)
    for path in dict.fromkeys(paths):
        text, problems = _load(path, encoding)
        reading.add(path, text, problems)
    return reading.finish()


def parse_bibtex(texts: Mapping[Path, str]) -> Read:
    """Read the contents of BibTeX files, as :func:`read_bibtex` does.

    Args:
        texts: The contents by file, in the order in which they count.
    """
    reading = _Reading()
    for path, text in texts.items():
        reading.add(path, text, [])
    return reading.finish()


def _load(path: Path, encoding: str) -> tuple[str, list[Problem]]:
    """Return the text of a file, empty where it cannot be read, and what is wrong."""
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            what = "a folder" if path.is_dir() else "no ordinary file"
            return "", [Problem(path, 1, "", f"The file cannot be read: it is {what}.")]
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return "", [Problem(path, 1, "", f"The file cannot be read: {reason}.")]
    text, line, message = decode(data, encoding)
    return text, [Problem(path, line, "", message)] if message else []


@dataclass
class _Reading:
    """What was read so far, of all files.

    Attributes:
        encoding: Of the files.
        data: The entries.
        keys: The keys that are from each file.
        problems: What is wrong with each file.
        places: File and line of each entry, by its key in lower case.
        crossrefs: The line of each field ``crossref``, likewise.
        strings: The abbreviations in force.
        months_only: Whether they are the months and nothing else.
    """

    encoding: str = "utf-8-sig"
    data: BibliographyData = field(default_factory=BibliographyData)
    keys: dict[Path, list[str]] = field(default_factory=dict)
    problems: dict[Path, list[Problem]] = field(default_factory=dict)
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    crossrefs: dict[str, int] = field(default_factory=dict)
    strings: Abbreviations = field(default_factory=Abbreviations)
    months_only: bool = False

    def __post_init__(self) -> None:
        self.data.entries = Entries(self.encoding)

    def add(self, path: Path, text: str, problems: list[Problem]) -> None:
        """Read a file.

        Args:
            path: Its name.
            text: Its content.
            problems: What is known to be wrong with it.
        """
        self.keys[path], self.problems[path] = [], list(problems)
        text = line_feeds(text)
        if len(_CONTROL.findall(text)) * _JUNK > len(text):
            self.problems[path] = [Problem(path, 1, "", "The file is not BibTeX but something binary: text was expected.")]
            return
        pieces = list(split(text))
        self.strings.later = _defined_in(text, pieces, self.strings)
        self.months_only = self.strings.months_only()
        before, open_comments = None, 0
        for piece in pieces:
            if piece.kind == TEXT:
                part = text[piece.start : piece.end]
                surplus = max(0, part.count("}") - part.count("{"))
                found = _wrong_text(part, piece.line, before, closes=surplus > open_comments)
                self.problems[path] += [replace(problem, file=path) for problem in found]
                open_comments = max(0, open_comments - surplus)
            before = None
            if piece.kind == COMMENT:
                open_comments += not piece.closed
            elif piece.kind != TEXT:
                before = self._add_command(path, text, piece)
        self._check_content(path, text, pieces)

    def _add_command(self, path: Path, text: str, piece: Piece) -> Command:
        key = regular_key(text, piece, months=self.months_only)
        if key and key not in self.data.entries:
            self.data.entries.place(key, path, text, piece)
            self._note(path, key, piece.line)
            return Command(piece.kind, key, [], "", [])
        command = parse(text, piece, self.strings)
        self.problems[path] += [Problem(path, fault.line, command.key, fault.message) for fault in command.faults]
        if piece.kind == PREAMBLE:
            self.data.add_to_preamble(normalize_whitespace(command.value))
        elif command.key:
            self._add_entry(path, piece.line, command)
        return command

    def _add_entry(self, path: Path, line: int, command: Command) -> None:
        key = command.key
        if key in self.data.entries:
            first, where = self.places[key.lower()]
            if first == path:  # that another file comes first is how one file overrides another
                message = f"The key {key!r} is repeated: the entry of line {where} is used, this one is left out."
                self.problems[path].append(Problem(path, line, key, message))
            return
        entry, faults = entry_of(command)
        self.problems[path] += [Problem(path, fault.line, key, fault.message) for fault in faults]
        if "crossref" in entry.fields:
            self.crossrefs[key.lower()] = next(part.line for part in command.fields if part.name.lower() == "crossref")
        self.data.add_entry(key, entry)
        self._note(path, key, line)

    def _note(self, path: Path, key: str, line: int) -> None:
        self.keys[path].append(key)
        self.places[key.lower()] = (path, line)

    def _check_content(self, path: Path, text: str, pieces: list[Piece]) -> None:
        """See whether the file is one of BibTeX at all."""
        match = _NO_COMMENT.search(text)
        if match and all(piece.kind == TEXT for piece in pieces) and not self.problems[path]:
            line = text.count("\n", 0, match.end()) + 1
            self.problems[path].append(Problem(path, line, "", "The file holds no entry: '@type{key,' was expected."))

    def finish(self) -> Read:
        """Check what refers from entry to entry, and return the whole."""
        self._check_crossrefs()
        problems = [problem for found in self.problems.values() for problem in _listed(found)]
        return Read(self.data, self.keys, problems)

    # -- crossref ------------------------------------------------------------------------------------------

    def _check_crossrefs(self) -> None:
        """Report references to nothing, and cut those that go in a circle or on and on."""
        entries, parents = self.data.entries, dict[str, str]()
        for key, line in self.crossrefs.items():
            name, parent = entries[key].key, entries[key].fields["crossref"]
            if parent in entries:
                parents[key] = parent.lower()
            else:
                message = f"The entry {name!r} refers by crossref to {parent!r}, which is not there."
                self.problems[self.places[key][0]].append(Problem(self.places[key][0], line, name, message))
        depths: dict[str, int] = {}
        for first in list(parents):
            walk, key = dict[str, None](), first
            while key in parents and key not in walk and key not in depths:
                walk[key] = None
                key = parents[key]
            depth, path = depths.get(key, 0), list(walk)
            if key in walk:
                circle = [entries[one].key for one in (*path[path.index(key) :], key)]
                self._cut(path[-1], f"is part of a circle ({' → '.join(circle)})")
                depth = -1
            for one in reversed(path):
                depth += 1
                if depth > _DEEPEST_CROSSREF:
                    self._cut(one, f"stands below more than {_DEEPEST_CROSSREF} others")
                    depth = 0
                depths[one] = depth

    def _cut(self, key: str, why: str) -> None:
        entry, file = self.data.entries[key], self.places[key][0]
        del entry.fields["crossref"]
        message = f"The crossref of the entry {entry.key!r} {why}; it is left out."
        self.problems[file].append(Problem(file, self.crossrefs[key], entry.key, message))


def _defined_in(text: str, pieces: Iterable[Piece], strings: Abbreviations) -> CaseInsensitiveDict:
    """Return the abbreviations that hold at the end of a file, for use above their definition."""
    at_end = Abbreviations(CaseInsensitiveDict(strings.known))
    for piece in pieces:
        if piece.kind == STRING:
            parse(text, piece, at_end)
    return at_end.known


def _wrong_text(part: str, line: int, before: Command | None, *, closes: bool) -> Iterator[Problem]:
    """Look in the text between entries for what was meant as an entry or as a part of one.

    Args:
        part: The text.
        line: The line of its first character that is not blank.
        before: The entry or command right before it; what follows one with a fault is a result of that fault.
        closes: Whether the text has a closing brace that belongs to nothing.
    """
    if head := _STRAY_HEAD.search(part):
        shown = part[head.start() :].strip().split("\n", 1)[0][:40]
        line += part[: head.end()].lstrip().count("\n")
        yield Problem(Path(), line, "", f"An entry cannot be read: '@type{{key,' was expected, not {shown!r}.")
    elif before and not before.faults and (closes or _FIELDS.match(part)):
        name = repr(before.key) if before.key else f"@{before.type}"
        why = "there is a closing brace too many" if closes else "fields follow"
        yield Problem(
            Path(), line, before.key, f"The entry {name} ends before this place, where {why}; what stands here is not read."
        )


def _listed(problems: list[Problem]) -> list[Problem]:
    """Return the problems of a file by line, abridged where there are too many to read."""
    problems = sorted(problems, key=lambda problem: problem.line)
    if len(problems) <= _MOST_PROBLEMS:
        return problems
    last = replace(problems[_MOST_PROBLEMS], key="", message=f"{len(problems) - _MOST_PROBLEMS} further problems are not listed.")
    return [*problems[:_MOST_PROBLEMS], last]
