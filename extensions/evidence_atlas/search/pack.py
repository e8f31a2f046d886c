"""Pagefind's index in another packing, of which a browser loads a fraction: what one search costs hardly grows with the site.

Pagefind writes where on each page a word stands, a random name for each page, and page numbers for each filter. At
6,000 pages these are most of what a search loads, and only a search for words in quotation marks needs the places.
So there are two indexes of the same pages, in Pagefind's own format, for Pagefind's own program:

* in the folder itself one that says how often a word stands on a page, not where;
* below it, in ``phrases``, one that says where, for words in quotation marks.

Pages are numbered instead of named, and the values of filters go into tables by those numbers, a file a filter, which
the search page reads by itself. The same records give the same bytes. What Pagefind made of several batches of pages is
packed as one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from evidence_atlas.search.merge import ENTRY, MARK, Merged, Value, Word, entry_of
from evidence_atlas.search.page import EVERY_PAGE, MOST_CHOICES
from evidence_atlas.search.words import Counts, Places

FORMAT = 2  # other bytes from the same index need another number
PHRASES = "phrases"
FACETS = "facets"
SCRIPT = "pagefind.js"

_KNOWN = "1.5."
_STEM = 5  # letters; words that begin with as many in common lie in one file, so that half a word finds them all
_FULL = 3500  # pages of words in a file, unless one word has more
_WORD = 3  # a word by itself takes as much as this many of its pages
_NO_MORE = "\U0010ffff"
_QUICK = 5  # how hard gzip works on places; one more takes a third longer for less than a hundredth
_LENGTHS = 64  # words; the length of a page is rounded to it, since ranking needs it roughly


def pack(batches: Sequence[Path], folder: Path) -> None:
    """Write the indexes of all batches of pages as one, packed anew, and take their program and the text of their pages.

    Args:
        batches: Where Pagefind has written the index of each batch, in the order of the pages.
        folder: Where the index comes to lie.

    Raises:
        ValueError: Another version of Pagefind has made the indexes, which may be of another form.
    """
    entry = entry_of(batches)
    if not entry["version"].startswith(_KNOWN):
        raise ValueError(f"the index of Pagefind {entry['version']} is not known; Pagefind {_KNOWN}x makes one that is")
    for name in ("fragment", "index", FACETS, f"{PHRASES}/index"):
        (folder / name).mkdir(parents=True)
    for program in (found for batch in batches for found in (batch / SCRIPT, *batch.glob("wasm.*.pagefind"))):
        shutil.copyfile(program, folder / program.name)
    for name, language in entry["languages"].items():
        language["hash"] = _pack_language(folder, Merged(batches, name), entry["version"])
    _write_entry(folder, entry)
    for language in entry["languages"].values():
        language["wasm"] = f"x/../../wasm.{language['wasm']}"  # the program is the one in the folder above
    _write_entry(folder / PHRASES, entry)


def _write_entry(folder: Path, entry: dict[str, Any]) -> None:
    (folder / ENTRY).write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _pack_language(folder: Path, index: Merged, version: str) -> str:
    """Pack the index of one language; return the name of its metadata."""
    import cbor2

    facets = index.filters()
    stamp = hashlib.blake2b(repr((FORMAT, index.names, facets)).encode(), digest_size=4).hexdigest()
    names = [f"{number}-{stamp}" for number in _numbers(len(index.pages))]
    for (fragment, _length), new in zip(index.pages, names, strict=True):
        fragment.rename(folder / "fragment" / f"{new}.pf_fragment")
    for label, values in facets.items():
        _write_facet(folder / FACETS, label, stamp, values, len(names))
    lengths = [max(_LENGTHS, round(length / _LENGTHS) * _LENGTHS) for _fragment, length in index.pages]
    files = _write_words(folder, index, stamp)
    counted = [*zip(names, lengths, strict=True)], [*files, [EVERY_PAGE, EVERY_PAGE, f"every-{stamp}"]]
    placed = [(f"../../fragment/{name}", _LENGTHS) for name in names], files  # a phrase is there or not, however long the page
    for place, (pages, known) in ((folder, counted), (folder / PHRASES, placed)):
        _write(place / f"pagefind.{stamp}.pf_meta", cbor2.dumps([version, pages, known, [], [], index.fields]))
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


def _write_words(folder: Path, index: Merged, stamp: str) -> list[list[str]]:
    """Write how often words stand on pages, and where, each into files of the same words.

    Returns:
        Of each file its first and last word, and its name.
    """
    files: list[list[str]] = []
    pages = len(index.pages)
    counts, places = Counts(pages), Places(pages)
    for words in _filled(index.words()):
        last, name = _beginning(words[-1]), f"{len(files):05}"[::-1] + f"-{stamp}"
        files.append([_beginning(words[0]), last + _NO_MORE if len(last) == _STEM else last, name])
        _write(folder / "index" / f"{name}.pf_index", counts.file(words))
        _write(folder / PHRASES / "index" / f"{name}.pf_index", places.file(words), _QUICK)
    every = [[min(number, 1), [], []] for number in range(pages)]
    _write(folder / "index" / f"every-{stamp}.pf_index", counts.file([[EVERY_PAGE, every, []]]))
    return files


def _filled(words: Iterator[Word]) -> Iterator[list[Word]]:
    """Yield words in groups of one file each."""
    group: list[Word] = []
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


def _write(path: Path, body: bytes, level: int = 6) -> None:
    path.write_bytes(gzip.compress(MARK + body, compresslevel=level, mtime=0))
