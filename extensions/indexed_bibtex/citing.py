"""What a citation says: upstream's templates, each filled in for the many works that differ in names and year alone.

Upstream builds and joins some fifty templates and rich texts for every citation. Of works with as many authors, whose
names and years are plain words, the results differ in these words and in the link. So upstream formats one of a kind
with placeholders, and the others are copies of that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from itertools import chain
from typing import TYPE_CHECKING, Any

from pybtex.database import Entry
from pybtex.richtext import BaseMultipartText, BaseText, String
from pybtex.style import FormattedEntry
from sphinxcontrib.bibtex.style.referencing import BaseReferenceStyle, format_references
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo, SphinxReferenceText

from indexed_bibtex.labels import SHOWN, abbreviates, shows_all_names, with_shown_names
from indexed_bibtex.names import PlainPerson

if TYPE_CHECKING:
    Reference = tuple[Entry, FormattedEntry, SphinxReferenceInfo]

_BY_AUTHOR_AND_YEAR = frozenset({"p", "ps", "alp", "alps", "t", "ts"})
_PLAIN_YEAR = re.compile(r"[0-9A-Za-z]+")
_FIRST_PLACE = 0xF0000  # private characters, which no style reads as a letter, stand for the words


class Citing:
    """Formats citations in a reference style.

    Args:
        style: Any style; of upstream's style by author and year, usual citations are made quicker.
    """

    def __init__(self, style: BaseReferenceStyle) -> None:
        self._style = style
        self._abbreviates = abbreviates(style)
        self._is_known = self._abbreviates and type(style) is AuthorYearReferenceStyle
        self._forms: dict[tuple[str, tuple[int, ...]], BaseText] = {}

    def text(self, role: str, references: Sequence[Reference]) -> BaseText:
        """Return the rich text of a citation, as upstream makes it.

        Args:
            role: The citation's role, without ``cite:``.
            references: The works, with what their links need.
        """
        usual = self._is_known and role in _BY_AUTHOR_AND_YEAR
        words = [_words(role, entry, info) for entry, _formatted, info in references] if usual else [[]]
        if all(words):
            kind = role, tuple(map(len, words))
            if kind not in self._forms:
                self._forms[kind] = self._form(*kind)
            filling = dict(enumerate(chain.from_iterable(words), _FIRST_PLACE))
            return _filled(self._forms[kind], filling, [info for _entry, _formatted, info in references])
        shown = [
            (with_shown_names(entry, role, abbreviates=self._abbreviates), formatted, info)
            for entry, formatted, info in references
        ]
        return format_references(self._style, role, shown)

    def _form(self, role: str, sizes: Sequence[int]) -> BaseText:
        """Return a citation with placeholders, of works of so many words each."""
        references, place = list[Any](), _FIRST_PLACE
        for number, size in enumerate(sizes):
            *names, year = map(chr, range(place, place + size))
            people = [PlainPerson(last=name) for name in names]
            info = SphinxReferenceInfo(None, "", "", str(number), None, "", "")  # type: ignore[arg-type]  # links come later
            references.append((Entry("misc", {"year": year}, {"author": people}), None, info))
            place += size
        return format_references(self._style, role, references)


def _words(role: str, entry: Entry, info: SphinxReferenceInfo) -> list[str]:
    """Return the family names and the year that a citation may show; nothing where it takes more than them."""
    year, people = entry.fields.get("year", ""), entry.persons.get("author", [])
    if info.pre_text or info.post_text or not _PLAIN_YEAR.fullmatch(year):
        return []
    shown = people if shows_all_names(role) else people[:SHOWN]
    named = shown if shows_all_names(role) or len(shown) < SHOWN else shown[:1]  # the others are "et al."
    plain = all(type(person) is PlainPerson for person in shown) and all(len(person.last_names) == 1 for person in named)
    return [*(person.last_names[0] for person in shown), year] if shown and plain else []


def _filled(text: Any, words: dict[int, str], infos: Sequence[SphinxReferenceInfo]) -> Any:
    """Return a copy of a text with words in place of placeholders, and with links to the works.

    Args:
        text: The text, or a part of it.
        words: By placeholder.
        infos: What the links need; a placeholder's ``citation_id`` says the place in this list.
    """
    if isinstance(text, String):
        return String(str(text).translate(words))
    if not isinstance(text, BaseMultipartText):
        return text
    filled = copy(text)
    filled.parts = [_filled(part, words, infos) for part in text.parts]
    filled.length = sum(map(len, filled.parts))
    if isinstance(text, SphinxReferenceText):
        filled.info = (infos[int(text.info[0].citation_id)],)
    return filled
