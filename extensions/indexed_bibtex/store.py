"""The entries of a bibliography, each read when it is first asked for.

Most entries are regular: a key, and fields whose values are texts in braces or quotation marks. That an entry is
regular can be told at a glance, and then it has no fault, so its place in the file is all that needs to be kept.
Of thousands of entries a build reads those that are cited, and the environment holds none of them.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Collection
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from pybtex.database import Entry
from pybtex.database.input.bibtex import month_names
from pybtex.utils import OrderedCaseInsensitiveDict

from indexed_bibtex.decoding import decode, line_feeds
from indexed_bibtex.names import ROLES, are_plain, people
from indexed_bibtex.pieces import Piece

_VALUE = r'\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\}|"[^"{}]*+"|[0-9]++|[A-Za-z]++'
_FIELD = rf"\s*+[A-Za-z][\w.:+/-]*+\s*+=\s*+(?:{_VALUE})\s*+"
_REGULAR = re.compile(
    r"@(?P<type>[A-Za-z]++)\s*+\{\s*+(?P<key>[A-Za-z0-9][\w.:+/*-]*+)\s*+,"
    rf"(?P<fields>(?:{_FIELD},)*+(?:{_FIELD})?+\s*+)\}}",
    re.ASCII,
)
_FIELDS = re.compile(rf"\s*+(?P<name>[A-Za-z][\w.:+/-]*+)\s*+=\s*+(?P<value>{_VALUE})\s*+,?", re.ASCII)
_MONTHS = frozenset(month_names)


def regular_key(text: str, piece: Piece, *, months: bool) -> str:
    """Return the key of an entry that is certain to have no fault and to need nothing outside itself; else nothing.

    Args:
        text: The file.
        piece: The entry's place in it.
        months: Whether the names of the months mean the months.
    """
    match = _REGULAR.fullmatch(text, piece.start, piece.end)
    if not match or not piece.closed:
        return ""
    fields = [(name.lower(), value) for name, value in _FIELDS.findall(text, *match.span("fields"))]
    names = {name for name, _value in fields}
    if len(names) < len(fields) or "crossref" in names:
        return ""
    for name, value in fields:
        if value[0].isalpha() and not (months and value.lower() in _MONTHS):
            return ""
        if name in ROLES and not (value[0] in '{"' and are_plain(value[1:-1])):
            return ""
    return match["key"]


def regular_entry(text: str, start: int, end: int) -> Entry:
    """Read a regular entry; what :func:`indexed_bibtex.entries.parse` reads of it, in a third of the time."""
    head = _REGULAR.fullmatch(text, start, end)
    if not head:
        raise ValueError(f"no regular entry at {start}")
    entry = Entry(head["type"])
    for name, raw in _FIELDS.findall(text, *head.span("fields")):
        value = " ".join((raw[1:-1] if raw[0] in '{"' else month_names.get(raw.lower(), raw)).split())
        if name.lower() not in ROLES:
            entry.fields[name] = value
        elif named := people(value)[0]:
            entry.persons[name] = named
    return entry


def entry_digest(entry: Entry) -> str:
    """Return a digest of all that an entry states."""
    people = [(role, [str(person) for person in people]) for role, people in entry.persons.items()]
    return digest_of(entry.key, entry.original_type, list(entry.fields.items()), people)


def digest_of(*parts: object) -> str:
    """Return a short digest of plain data."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


class Entries(OrderedCaseInsensitiveDict):  # type: ignore[misc]
    """Entries by key, in their order; keys know no case.

    Args:
        encoding: Of the files, for those without a byte order mark.
    """

    def __init__(self, encoding: str = "utf-8-sig") -> None:
        super().__init__()
        self._encoding = encoding
        self._places: dict[str, tuple[str, int, int]] = {}
        self._digests: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._passing: WeakValueDictionary[str, Entry] = WeakValueDictionary()

    def place(self, key: str, path: Path, text: str, piece: Piece) -> None:
        """Add a regular entry by its place.

        Args:
            key: Its key.
            path: The file.
            text: Its content, with line feeds as its only line ends.
            piece: The entry's place in the text.
        """
        name = str(path)
        self._texts[name] = text
        self[key] = None
        self._places[key.lower()] = (name, piece.start, piece.end)
        content = " ".join(text[piece.start : piece.end].split()).encode("utf-8", "surrogatepass")
        self._digests[key.lower()] = hashlib.blake2b(content, digest_size=12).hexdigest()

    def __getitem__(self, key: str) -> Entry:
        found = super().__getitem__(key)
        if found is None:
            found = self._dict[key.lower()] = self.passing(key)
        return found

    def passing(self, key: str) -> Entry:
        """Return an entry without keeping it, so that a build of thousands of entries holds few of them at a time.

        As long as anyone holds it, it is the same object for all.

        Args:
            key: Its key.

        Raises:
            KeyError: If there is no such entry.
        """
        found = super().__getitem__(key) or self._passing.get(key.lower())
        if found is None:
            found = self._passing[key.lower()] = self._read(key.lower())
        return found

    def __setitem__(self, key: str, value: Entry | None) -> None:
        super().__setitem__(key, value)
        self._digests.pop(key.lower(), None)
        self._places.pop(key.lower(), None)
        self._passing.pop(key.lower(), None)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._digests.pop(key.lower(), None)
        self._places.pop(key.lower(), None)
        self._passing.pop(key.lower(), None)

    def digest(self, key: str) -> str:
        """Return a digest of what an entry states; of a regular one it is that of its source."""
        lower = key.lower()
        if lower not in self._digests:
            self._digests[lower] = entry_digest(self[key])
        return self._digests[lower]

    def may_match(self, pattern: re.Pattern[str]) -> list[str]:
        """Return the keys of the entries in whose source a pattern is found, and of all that are not regular.

        Args:
            pattern: What is looked for in the files as they are written.
        """
        found = {lower for lower in self._keys if lower not in self._places}
        for name in {name for name, _start, _end in self._places.values()}:
            matches = [match.span() for match in pattern.finditer(self._text(name))]
            if not matches:
                continue
            places = sorted((end, start, lower) for lower, (file, start, end) in self._places.items() if file == name)
            for first, last in matches:
                index = bisect_left(places, (last, 0, ""))
                if index < len(places) and places[index][1] <= first:
                    found.add(places[index][2])
        return [key for lower, key in self._keys.items() if lower in found]

    def written(self, names: Collection[str]) -> dict[str, dict[str, str]]:
        """Return some fields of every entry, by key; a regular entry is searched and not read.

        Args:
            names: The fields' names, in lower case.
        """
        found: dict[str, dict[str, str]] = {}
        for lower, key in self._keys.items():
            if lower in self._places:
                name, start, end = self._places[lower]
                text = self._text(name)
                rows, marks = _FIELDS.findall(text, text.index(",", start) + 1, end), '{}"'
            else:
                rows, marks = self[key].fields.items(), ""
            found[key] = {name.lower(): value.strip(marks) for name, value in rows if name.lower() in names}
        return found

    def is_regular(self, key: str) -> bool:
        """Whether an entry is kept by its place."""
        return key.lower() in self._places

    def _read(self, lower: str) -> Entry:
        name, start, end = self._places[lower]
        entry = regular_entry(self._text(name), start, end)
        entry.key = self._keys[lower]
        return entry

    def _text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = line_feeds(decode(Path(name).read_bytes(), self._encoding)[0])
        return self._texts[name]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the files have."""
        state = self.__dict__.copy()
        state["_dict"] = {key: None if key in self._places else entry for key, entry in self._dict.items()}
        state["_texts"] = {}
        del state["_passing"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin with no entry read."""
        self.__dict__.update(state)
        self._passing = WeakValueDictionary()
