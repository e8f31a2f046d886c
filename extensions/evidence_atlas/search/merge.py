"""Pagefind's indexes of several batches of pages, read as one: as if Pagefind had been given all pages at once.

Pagefind holds all that it indexes in memory, some 200 kB for each page of 400 words. So a large atlas is indexed in
batches. Here the pages of a batch get the numbers after those of the batch before, and the words, the values of filters
and the fields of all batches become one list each. Words are read file by file, so that memory does not grow with them.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

ENTRY = "pagefind-entry.json"  # names all other files of an index
MARK = b"pagefind_dcd"

Pages = list[list[Any]]  # of each how far its number is from the one before, the places of a word, the fields with places
Word = list[Any]  # a word, its pages, and its other spellings, each with its pages
Value = tuple[str, list[int]]  # a value of a filter and the numbers of its pages


def read(path: Path) -> Any:
    """Return what a file of an index holds."""
    import cbor2

    return cbor2.loads(gzip.decompress(path.read_bytes()).removeprefix(MARK))


def entry_of(folders: Iterable[Path]) -> dict[str, Any]:
    """Return the entry of all indexes together: with each language of any, and how many pages all have in it."""
    entries = [json.loads((folder / ENTRY).read_text(encoding="utf-8")) for folder in folders]
    languages: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for name, language in sorted(entry["languages"].items()):
            known = languages.setdefault(name, language | {"page_count": 0})
            known["page_count"] += language["page_count"]
    return {**entries[0], "languages": languages}


@dataclass(frozen=True, slots=True)
class _Batch:
    """The index of a batch in one language.

    Attributes:
        folder: Where its files lie.
        pages: The name of each page's file, and how many words the page has.
        files: The first and the last word of each file of words, and its name.
        filters: The names of filters and of their files.
        fields: The names of the fields that words are searched in besides the text.
        before: How many pages all batches before it have.
    """

    folder: Path
    pages: list[tuple[str, int]]
    files: list[list[str]]
    filters: list[list[str]]
    fields: list[str]
    before: int


class Merged:
    """The indexes of all batches in one language, as one.

    Args:
        folders: The index of each batch, in the order of the pages.
        language: The language, as the entries name it.
    """

    def __init__(self, folders: Iterable[Path], language: str) -> None:
        self._batches = list(_batches(folders, language))
        self.pages = [
            (batch.folder / f"fragment/{name}.pf_fragment", length) for batch in self._batches for name, length in batch.pages
        ]
        self.fields = sorted({field for batch in self._batches for field in batch.fields})
        self.names = [(batch.pages, batch.files, batch.fields) for batch in self._batches]  # made from contents by Pagefind

    def filters(self) -> dict[str, list[Value]]:
        """Return the values of each filter, sorted, and the pages that have them."""
        found: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for batch in self._batches:
            for label, file in batch.filters:
                for value, numbers in read(batch.folder / f"filter/{file}.pf_filter")[1]:
                    found[label][value] += [batch.before + number for number in sorted(numbers)]
        return {label: sorted(found[label].items()) for label in sorted(found)}

    def words(self) -> Iterator[Word]:
        """Yield all words in their order."""
        of_each = [self._words(batch) for batch in self._batches]
        for _text, alike in groupby(merge(*of_each, key=itemgetter(0)), itemgetter(0)):
            first, *others = alike
            yield _as_one([first, *others]) if others else first

    def _words(self, batch: _Batch) -> Iterator[Word]:
        """Yield the words of a batch with the numbers that its pages and fields have among all."""
        words = chain.from_iterable(read(batch.folder / f"index/{file}.pf_index")[0] for _first, _last, file in batch.files)
        fields = [-1 - self.fields.index(name) for name in batch.fields]
        same = batch.fields == self.fields
        if same and not batch.before:
            return words
        return (_renumbered(word, batch.before, [] if same else fields) for word in words)


def _batches(folders: Iterable[Path], language: str) -> Iterator[_Batch]:
    """Yield the index of each batch that has pages in a language."""
    before = 0
    for folder in folders:
        known = json.loads((folder / ENTRY).read_text(encoding="utf-8"))["languages"].get(language)
        if known:
            _version, pages, files, filters, _orders, fields = read(folder / f"pagefind.{known['hash']}.pf_meta")
            yield _Batch(folder, pages, files, filters, fields, before)
            before += len(pages)


def _renumbered(word: Word, before: int, fields: Sequence[int]) -> Word:
    """Return a word after giving its pages and fields, which are numbers below zero, those that they have among all.

    Args:
        word: The word.
        before: How many pages the batches before have.
        fields: The new number of each field, unless all keep theirs.
    """
    for pages in (word[1], *(known for _form, known in word[2])):
        if pages:
            pages[0][0] += before
        for page in pages if fields else ():
            page[2] = [fields[-1 - found] if found < 0 else found for found in page[2]]
    return word


def _as_one(alike: Sequence[Word]) -> Word:
    """Return one word of several batches; its other spellings come in the order of the first pages that have them."""
    spellings: dict[str, list[Pages]] = {}
    for _text, _pages, known in alike:
        for form, pages in known:
            spellings.setdefault(form, []).append(pages)
    return [alike[0][0], _joined(word[1] for word in alike), [[form, _joined(known)] for form, known in spellings.items()]]


def _joined(batches: Iterable[Pages]) -> Pages:
    """Return the pages of all batches, the first of each with its distance from the last one of the batch before."""
    joined: Pages = []
    last = 0
    for pages in batches:
        if pages:
            end = sum(step for step, _places, _fields in pages)
            pages[0][0] -= last
            last = end
            joined += pages
    return joined
