"""Pagefind's index in another packing, of which a browser loads a fraction: what one search costs hardly grows with the site.

Pagefind writes where on each page a word stands, a random name for each page, and page numbers for each filter. At
6,000 pages these are most of what a search loads, and only a search for words in quotation marks needs the places.
So there are two indexes of the same pages, in Pagefind's own format, for Pagefind's own program:

* in the folder itself one that says how often a word stands on a page, not where;
* below it, in ``phrases``, Pagefind's, with the places, for words in quotation marks.

Pages are numbered instead of named, and the values of filters go into tables by those numbers, a file a filter, which
the search page reads by itself. The same records give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from evidence_atlas.search_page import EVERY_PAGE, MOST_CHOICES

FORMAT = 1  # other bytes from the same index need another number
ENTRY = "pagefind-entry.json"  # names all other files of an index
PHRASES = "phrases"
FACETS = "facets"

_KNOWN = "1.5."
_MARK = b"pagefind_dcd"
_STEM = 5  # letters; words that begin with as many in common lie in one file, so that half a word finds them all
_FULL = 3500  # pages of words in a file, unless one word has more
_WORD = 3  # a word by itself takes as much as this many of its pages
_NOTHING = b"\x80"  # an empty array
_RARE = 100  # words on fewer than one page in so many have no place of their own, which would be most of what they take
_NO_MORE = "\U0010ffff"
_PLACES = 4096  # two words of a page at one place would count as one
_ONCE, _MOST = 24, 255  # how Pagefind weighs a word that stands once, and the most that it reads
_PLAIN = -_ONCE - 1  # such a weight as it is written
_LENGTHS = 64  # words; the length of a page is rounded to it, since ranking needs it roughly

Pages = list[list[Any]]
Value = tuple[str, list[int]]  # a value of a filter and the numbers of its pages


def pack(folder: Path) -> None:
    """Pack the index in a folder anew.

    Raises:
        ValueError: Another version of Pagefind has made the index, which may be of another form.
    """
    entry = json.loads((folder / ENTRY).read_text(encoding="utf-8"))
    if not entry["version"].startswith(_KNOWN):
        raise ValueError(f"the index of Pagefind {entry['version']} is not known; Pagefind {_KNOWN}x makes one that is")
    (folder / PHRASES).mkdir()
    (folder / FACETS).mkdir()
    (folder / "index").rename(folder / PHRASES / "index")
    (folder / "index").mkdir()
    for language in entry["languages"].values():
        language["hash"] = _pack_language(folder, language["hash"])
    _write_entry(folder, entry)
    for language in entry["languages"].values():
        language["wasm"] = f"x/../../wasm.{language['wasm']}"  # the program is the one in the folder above
    _write_entry(folder / PHRASES, entry)


def _write_entry(folder: Path, entry: dict[str, Any]) -> None:
    (folder / ENTRY).write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _pack_language(folder: Path, name: str) -> str:
    """Pack the index of one language; return the new name of its metadata."""
    import cbor2

    old = folder / f"pagefind.{name}.pf_meta"
    version, pages, chunks, filters, sorts, fields = _read(old)
    facets = {label: _read(folder / "filter" / f"{file}.pf_filter")[1] for label, file in sorted(filters)}
    for label, values in facets.items():
        facets[label] = sorted((value, sorted(numbers)) for value, numbers in values)
    stamp = hashlib.blake2b(repr((FORMAT, pages, chunks, facets, sorts)).encode(), digest_size=4).hexdigest()
    names = [f"{number}-{stamp}" for number in _numbers(len(pages))]
    for (file, _length), new in zip(pages, names, strict=True):
        (folder / "fragment" / f"{file}.pf_fragment").rename(folder / "fragment" / f"{new}.pf_fragment")
    for label, file in filters:
        _write_facet(folder / FACETS, label, stamp, facets[label], len(pages))
        (folder / "filter" / f"{file}.pf_filter").unlink()
    lengths = [max(_LENGTHS, round(length / _LENGTHS) * _LENGTHS) for _file, length in pages]
    counted = _write_counts(folder, chunks, len(pages), stamp)
    above = [f"../../fragment/{new}" for new in names]
    for place, known, found in ((folder, names, counted), (folder / PHRASES, above, chunks)):
        numbered = [list(page) for page in zip(known, lengths, strict=True)]
        _write(place / f"pagefind.{stamp}.pf_meta", cbor2.dumps([version, numbered, found, [], sorts, fields]))
    old.unlink()
    return stamp


def _numbers(count: int) -> Iterator[str]:
    """Yield as many numbers, each with its digits from right to left: in a list of them, gzip finds more to repeat."""
    width = len(str(count - 1))
    return (f"{number:0{width}}"[::-1] for number in range(count))


def _write_facet(folder: Path, label: str, stamp: str, values: Sequence[Value], pages: int) -> None:
    """Write the values of a filter, those that the search page offers and the others each into a file of their own."""
    often = {value for value, _numbers in sorted(values, key=lambda value: (-len(value[1]), value[0]))[:MOST_CHOICES]}
    offered, others = ([value for value in values if (value[0] in often) == wanted] for wanted in (True, False))
    for name, part in ((label, offered), (f"{label}-others", others)):
        if part:
            table = _by_page(part, pages) | ({"others": True} if others and part is offered else {})
            text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
            (folder / f"{name}-{stamp}.json").write_text(text, encoding="utf-8")


def _by_page(values: Sequence[Value], pages: int) -> dict[str, Any]:
    """Return values by page: each set of values that a page has once, and for each page which of these sets it has."""
    found: list[tuple[int, ...]] = [()] * pages
    for place, (_value, numbers) in enumerate(values):
        for number in numbers:
            found[number] += (place,)
    sets = {one: place for place, one in enumerate(dict.fromkeys(found))}
    return {"values": [value for value, _numbers in values], "sets": list(sets), "pages": [sets[one] for one in found]}


def _write_counts(folder: Path, chunks: Sequence[list[str]], pages: int, stamp: str) -> list[list[str]]:
    """Write how often words stand on pages; return the files: of each its first and last word, and its name."""
    files: list[list[str]] = []
    writer = _Writer(pages)
    for words in _filled(_counted(folder / PHRASES / "index", chunks)):
        last, name = _beginning(words[-1]), f"{len(files):05}"[::-1] + f"-{stamp}"
        files.append([_beginning(words[0]), last + _NO_MORE if len(last) == _STEM else last, name])
        _write(folder / "index" / f"{name}.pf_index", writer.file(words))
    every = [[min(number, 1), [], []] for number in range(pages)]
    _write(folder / "index" / f"every-{stamp}.pf_index", writer.file([[EVERY_PAGE, every, []]]))
    return [*files, [EVERY_PAGE, EVERY_PAGE, f"every-{stamp}"]]


def _filled(words: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    """Yield words in groups of one file each."""
    group: list[list[Any]] = []
    filled = 0
    for _same, alike in groupby(words, _beginning):
        kept = list(alike)
        size = sum(_WORD + len(pages) + sum(len(known) for _form, known in spellings) for _word, pages, spellings in kept)
        if group and filled + size > _FULL:
            yield group
            group, filled = [], 0
        group += kept
        filled += size
    if group:
        yield group


def _beginning(word: Sequence[Any]) -> str:
    """Return that part of a word by which it is kept with others; numbers, such as DOIs, begin alike without being so."""
    text: str = word[0]
    return text[:_STEM] if text[0].isalpha() else text


def _counted(folder: Path, chunks: Sequence[list[str]]) -> Iterator[list[Any]]:
    """Yield all words in their order, each with its pages and its other spellings."""
    for _first, _last, file in chunks:
        yield from _read(folder / f"{file}.pf_index")[0]


class _Writer:
    """Writes words without their places.

    It writes CBOR by itself: there are millions of entries, nearly all of them alike, and a library looks at each.

    Args:
        pages: How many pages there are.
    """

    def __init__(self, pages: int) -> None:
        self._rare = pages // _RARE
        self._steps = [_array(3) + _uint(step) for step in range(pages + 1)]
        self._fields: dict[tuple[int, ...], bytes] = {}
        self._place = 0

    def file(self, words: Sequence[list[Any]]) -> bytes:
        """Return a file of words."""
        return b"".join((_array(1), _array(len(words)), *map(self._word, words)))

    def _word(self, word: Sequence[Any]) -> bytes:
        """Return a word with its pages and its other spellings."""
        text, pages, spellings = word
        common = len(pages) >= self._rare
        self._place = self._place % _PLACES + common
        weights = _Weights(_uint(self._place * common))
        parts = [_array(3), _text(text), self._pages(pages, weights), _array(len(spellings))]
        for form, known in spellings:
            parts += (_array(2), _text(form), self._pages(known, weights))
        return b"".join(parts)

    def _pages(self, pages: Pages, weights: _Weights) -> bytes:
        """Return pages, each with one place that weighs as much as all, and with the fields that have the word.

        Args:
            pages: Of each page how far its number is from the one before, the places, and the fields with places. A
                number below zero stands for the weight, or the field, of what comes after it.
            weights: The place, by its weight.
        """
        steps, fields, once, parts = self._steps, self._fields, weights[_ONCE], [_array(len(pages))]
        for step, places, found in pages:
            parts.append(steps[step])
            if len(places) == 2 and places[0] == _PLAIN:  # noqa: PLR2004  (a weight and one place, which most have)
                parts.append(once)
            else:
                parts.append(weights[_weight(places)] if places else _NOTHING)
            if found:
                key = tuple(found)
                parts.append(fields.get(key) or fields.setdefault(key, _without_places(key)))
            else:
                parts.append(_NOTHING)
        return b"".join(parts)


class _Weights(dict[int, bytes]):
    """One place as it is written, by its weight."""

    def __init__(self, place: bytes) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, weight: int) -> bytes:
        self[weight] = written = _array(2) + _negative(-weight - 1) + self._place
        return written


def _weight(places: Sequence[int]) -> int:
    """Return the weight of all places together."""
    total, weight = 0, _ONCE + 1
    for place in places:
        if place < 0:
            weight = -place - 1
        else:
            total += weight
    return min(total, _MOST)


def _without_places(fields: Sequence[int]) -> bytes:
    """Return the fields, each with one place."""
    found = [field for field in fields if field < 0]
    return b"".join((_array(2 * len(found)), *(_negative(field) + _uint(0) for field in found)))


def _head(kind: int, number: int) -> bytes:
    """Return how CBOR begins an item: its kind (RFC 8949, 3.1), and its number or length."""
    if number < 24:  # noqa: PLR2004
        return bytes([kind << 5 | number])
    size = max(0, (number.bit_length() - 1).bit_length() - 3)
    return bytes([kind << 5 | 24 + size]) + number.to_bytes(1 << size, "big")


def _uint(number: int) -> bytes:
    return _head(0, number)


def _negative(number: int) -> bytes:
    return _head(1, -number - 1)


def _text(text: str) -> bytes:
    written = text.encode()
    return _head(3, len(written)) + written


def _array(length: int) -> bytes:
    return _head(4, length)


def _read(path: Path) -> Any:
    import cbor2

    return cbor2.loads(gzip.decompress(path.read_bytes()).removeprefix(_MARK))


def _write(path: Path, body: bytes) -> None:
    path.write_bytes(gzip.compress(_MARK + body, compresslevel=6, mtime=0))
