"""New works in a bibliography file: their keys, their entries, their places. The rest of the file stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping
from itertools import accumulate, chain, count, product
from pathlib import Path
from string import ascii_lowercase

from evidence_atlas.core.bibliography_format import in_order, write
from evidence_atlas.core.references import UNDATED, Name
from evidence_atlas.core.slugs import slug
from evidence_atlas.sources.work import Work
from indexed_bibtex.decoding import decode, line_feeds
from indexed_bibtex.entries import Abbreviations, parse
from indexed_bibtex.pieces import COMMENT, PREAMBLE, STRING, TEXT, split

_LONGEST_WORD = 14
_SHORTEST_WORD = 4
_SMALL = frozenset(
    re.split(
        " ",
        "about across after among and are between but can during for from has have how into its not than that the their this"
        " through under using via was were when which who why with within without",
    )
)
_NOT_IN_SLUGS = frozenset({"does", "what"})
# BibTeX counts braces wherever they stand, so a brace in a title would end it
_ESCAPES = str.maketrans(
    {mark: f"\\{mark}" for mark in "&%$#_"}
    | {"\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "{": "(", "}": ")"}
)
_VERBATIM = str.maketrans({"{": "", "}": "", "\\": ""})


def significant_words(title: str) -> Iterator[str]:
    """Yield the words of a title that carry its meaning, in ASCII and lower case."""
    return (word for word in slug(title).split("-") if len(word) >= _SHORTEST_WORD - 1 and word not in _SMALL | _NOT_IN_SLUGS)


def key_for(work: Work, taken: Container[str]) -> str:
    """Return the key of a work by the habit of the project: family name, year, first long word of the title.

    Args:
        work: The work; it has an author and a title.
        taken: Keys that others have.
    """
    words = (word for word in slug(work.title).split("-") if len(word) >= _SHORTEST_WORD and not word.isdecimal())
    word = next((word for word in words if word not in _SMALL), "work")
    name = family(work).removeprefix("the-").partition("-")[0] if work.authors[0].literal else family(work).replace("-", "")
    base = f"{name}{work.year or UNDATED}{word[:_LONGEST_WORD]}"
    letters = chain.from_iterable(product(ascii_lowercase, repeat=length) for length in count(1))
    further = (f"{base}{''.join(letter)}" for letter in letters)
    next(further)  # the one that stands is the first
    return next(key for key in chain((base,), further) if key not in taken)


def family(work: Work) -> str:
    """Return the first author's family name, or the name of a group, in ASCII and lower case."""
    first = work.authors[0]
    return slug(" ".join(filter(None, (first.particle, first.family))))


def entry_of(work: Work, key: str, letter: str = "") -> str:
    """Return the BibTeX entry of a work in the form that ``atlas references`` gives it.

    Args:
        work: The work.
        key: Its key.
        letter: What tells its year apart from that of another work with the same names.
    """
    from evidence_atlas.core.bibliography_format import format_texts

    container = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}.get(work.kind, "publisher")
    names = [_bibtex_name(name) for name in work.authors] + (["others"] if work.abridged else [])
    values = {
        "author": " and ".join(names),
        "title": _escaped(work.title),
        container: _escaped(work.journal),
        "year": work.year,
        "year-suffix": letter,
        "volume": _escaped(work.volume),
        "number": _escaped(work.issue),
        "pages": re.sub(r"\s*[-–—]+\s*", "--", _escaped(work.pages)),
        "doi": work.doi.translate(_VERBATIM),
        "pmid": work.pmid,
        "pmcid": work.pmcid,
        "url": "" if work.doi or work.pmid else work.url.translate(_VERBATIM),
    }
    rows = "".join(f"{name} = {{{value}}},\n" for name, value in values.items() if value)
    path = Path("entry.bib")
    return format_texts({path: f"@{work.kind}{{{key},\n{rows}}}\n"})[path]


def inserted(text: str, entries: Mapping[str, str]) -> str:
    """Return a bibliography file with further entries, each at its sorted place.

    Args:
        text: The file; no character of it is changed.
        entries: Entries by key.
    """
    plain = line_feeds(text)
    end_of_line = "\r\n" if "\r\n" in text else "\n"
    places = list(_entries(plain))
    highest = list(accumulate((in_order(key) for key, _start, _end in places), max))  # also where the file is not in order
    additions: dict[int, list[tuple[str, bool]]] = {}
    for key in sorted(entries, key=in_order):
        following = bisect_right(highest, in_order(key))
        after_another = following > 0
        place = places[following - 1][2] if after_another else places[0][1] if places else len(plain)
        additions.setdefault(place, []).append((entries[key].strip("\n"), after_another))
    parts, done, original = [], 0, _Offsets(text)
    for place in sorted(additions):
        at = original.of(place)
        parts.append(text[done:at])
        done = at
        for number, (entry, after_another) in enumerate(additions[place]):
            block = _block(entry, after_another, bool(places), "\n" if number else plain)
            parts.append(block.replace("\n", end_of_line))
    return "".join([*parts, text[done:]])


def add_entries(path: Path, entries: Mapping[str, str]) -> None:
    """Put further entries into a bibliography file, whole or not at all.

    Raises:
        OSError: The file cannot be read or written.
        ValueError: It is not UTF-8.
    """
    data = path.read_bytes()
    _text, line, message = decode(data)
    if message or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{path}:{line}: {message or 'The file is in UTF-16.'} Save it as UTF-8 first. Nothing was changed.")
    write(path, inserted(data.decode("utf-8"), entries).encode("utf-8"))


def _entries(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield key, beginning and end of each entry."""
    strings = Abbreviations()
    for piece in split(text):
        if piece.kind not in {TEXT, COMMENT, STRING, PREAMBLE}:
            yield parse(text, piece, strings).key, piece.start, piece.end


def _block(entry: str, after_another: bool, in_company: bool, text: str) -> str:
    if after_another:
        return f"\n\n{entry}"
    if in_company:
        return f"{entry}\n\n"
    lead = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return f"{lead}{entry}\n"


class _Offsets:
    """Places in a text by those in the same text with line feeds as its only line ends.

    Args:
        text: With any line ends.
    """

    def __init__(self, text: str) -> None:
        self._pairs = [match.start() for match in re.finditer("\r\n", text)]
        self._seen = 0

    def of(self, place: int) -> int:
        """Return the place in the text; places are asked for in their order."""
        while self._seen < len(self._pairs) and self._pairs[self._seen] - self._seen < place:
            self._seen += 1
        return place + self._seen


def _bibtex_name(name: Name) -> str:
    if name.literal:
        return f"{{{_escaped(name.family)}}}"
    family_name = _escaped(" ".join(filter(None, (name.particle, name.family))))
    if re.search(r"\b(and|others)\b", family_name):  # words of BibTeX's own between names
        family_name = f"{{{family_name}}}"
    if name.given or not (" " in family_name or "," in family_name):
        parts = [family_name, _escaped(name.suffix), _escaped(name.given)]
        return ", ".join(part.replace(",", " ") for part in parts if part)
    return f"{{{family_name}}}"


def _escaped(text: str) -> str:
    return " ".join(text.translate(_ESCAPES).split())
