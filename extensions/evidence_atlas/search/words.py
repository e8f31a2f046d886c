"""Files of words, written in CBOR as Pagefind reads them: with the places of words, or with how often they stand on a page.

CBOR is written here and not by a library: there are millions of entries, nearly all of them alike, and a library looks at
each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise

from evidence_atlas.search.merge import Pages, Word

_NOTHING = b"\x80"  # an empty array
_RARE = 100  # words on fewer than one page in so many have no place of their own, which would be most of what they take
_PLACES = 4096  # two words of a page at one place would count as one
_ONCE, _MOST = 24, 255  # how Pagefind weighs a word that stands once, and the most that it reads
_PLAIN = -_ONCE - 1  # such a weight as it is written


class _Writer(ABC):
    """Writes words.

    Args:
        pages: How many pages there are.
    """

    def __init__(self, pages: int) -> None:
        self._steps = [array(3) + uint(step) for step in range(pages + 1)]

    def file(self, words: Sequence[Word]) -> bytes:
        """Return a file of words."""
        return b"".join((array(1), array(len(words)), *map(self._word, words)))

    def _word(self, word: Word) -> bytes:
        """Return a word with its pages and its other spellings."""
        content, pages, spellings = word
        parts = [array(3), text(content), self._pages(pages), array(len(spellings))]
        for form, known in spellings:
            parts += (array(2), text(form), self._pages(known))
        return b"".join(parts)

    @abstractmethod
    def _pages(self, pages: Pages) -> bytes:
        """Return pages.

        Args:
            pages: Of each page how far its number is from the one before, the places, and the fields with places. A
                number below zero stands for the weight, or the field, of what comes after it.
        """


class Places(_Writer):
    """Writes words with their places, for words in quotation marks: weights, which only ranking needs, are left out.

    Pagefind lists places by weight, but looks for neighbours among all, so that they may as well come in their order.
    """

    def __init__(self, pages: int) -> None:
        super().__init__(pages)
        self._bare = [array(2) + uint(step) for step in range(pages + 1)]  # where no field has the word
        self._numbers = _Numbers()
        self._once = _Once()

    def _pages(self, pages: Pages) -> bytes:
        steps, bare, once, number, parts = self._steps, self._bare, self._once, self._numbers.__getitem__, [array(len(pages))]
        for step, places, found in pages:
            parts.append(steps[step] if found else bare[step])
            if len(places) == 2 and places[0] < 0:  # noqa: PLR2004  (a weight and one place, which most have)
                parts.append(once[places[1]])
            else:
                ordered = _by_place(places)
                parts += (array(len(ordered)), *map(number, ordered))
            if found:
                parts += (array(len(found)), *map(number, found))
        return b"".join(parts)


class Counts(_Writer):
    """Writes words without their places: each page has one that weighs as much as all, and the fields that have the word."""

    def __init__(self, pages: int) -> None:
        super().__init__(pages)
        self._rare = pages // _RARE
        self._fields: dict[tuple[int, ...], bytes] = {}
        self._place = 0
        self._weights = _Weights(uint(0))

    def _word(self, word: Word) -> bytes:
        common = len(word[1]) >= self._rare
        self._place = self._place % _PLACES + common
        self._weights = _Weights(uint(self._place * common))
        return super()._word(word)

    def _pages(self, pages: Pages) -> bytes:
        steps, fields, weights, parts = self._steps, self._fields, self._weights, [array(len(pages))]
        once = weights[_ONCE]
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


class _Numbers(dict[int, bytes]):
    """Numbers as they are written."""

    def __missing__(self, number: int) -> bytes:
        self[number] = written = uint(number) if number >= 0 else negative(number)
        return written


class _Once(dict[int, bytes]):
    """A word that stands once in the text of a page, by its place."""

    def __missing__(self, place: int) -> bytes:
        self[place] = written = array(1) + uint(place)
        return written


class _Weights(dict[int, bytes]):
    """One place as it is written, by its weight."""

    def __init__(self, place: bytes) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, weight: int) -> bytes:
        self[weight] = written = array(2) + negative(-weight - 1) + self._place
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


def _by_place(places: Sequence[int]) -> Sequence[int]:
    """Return the distances from place to place, in their order, without weights."""
    if not places or min(places[1:], default=0) >= 0:  # one weight
        return places[1:] if places and places[0] < 0 else places
    found, last = set(), 0
    for place in places:
        if place < 0:
            last = 0
        else:
            last += place
            found.add(last)
    ordered = sorted(found)
    return [place - before for before, place in pairwise([0, *ordered])]


def _without_places(fields: Sequence[int]) -> bytes:
    """Return the fields, each with one place."""
    found = [field for field in fields if field < 0]
    return b"".join((array(2 * len(found)), *(negative(field) + uint(0) for field in found)))


def _head(kind: int, number: int) -> bytes:
    """Return how CBOR begins an item: its kind (RFC 8949, 3.1), and its number or length."""
    if number < 24:  # noqa: PLR2004
        return bytes([kind << 5 | number])
    size = max(0, (number.bit_length() - 1).bit_length() - 3)
    return bytes([kind << 5 | 24 + size]) + number.to_bytes(1 << size, "big")


def uint(number: int) -> bytes:
    """Return a number of zero or more."""
    return _head(0, number)


def negative(number: int) -> bytes:
    """Return a number below zero."""
    return _head(1, -number - 1)


def text(content: str) -> bytes:
    """Return a text."""
    written = content.encode()
    return _head(3, len(written)) + written


def array(length: int) -> bytes:
    """Return the beginning of an array of so many items."""
    return _head(4, length)
