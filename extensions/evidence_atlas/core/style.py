"""A formatting style for pybtex: author, year, title as the source has it, where it appeared, identifier.

The styles that come with pybtex put titles into lower case unless the bibliography protects every name in braces,
which turns "XMRV" into "xmrv". Bibliographies from PubMed and Crossref hold titles in their final form.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pybtex.database import Entry
from pybtex.richtext import HRef, Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle
from pybtex.style.labels.alpha import LabelStyle as Alpha
from pybtex.style.names.lastfirst import NameStyle as LastFirst
from pybtex.style.sorting.author_year_title import SortingStyle as AuthorYearTitle

from evidence_atlas.core.references import Reference, pages, reference

NAME = "evidence-atlas"


class AtlasStyle(BaseStyle):  # type: ignore[misc]
    """The atlas's default; any other pybtex style can be named by ``bibtex_default_style``."""

    # classes instead of names, since pybtex finds a name by reading the metadata of every installed package
    default_name_style = LastFirst
    default_label_style = Alpha
    default_sorting_style = AuthorYearTitle

    # references that were decoded already, by key; a project that knows none has each entry decoded here
    references: Mapping[str, Reference] = MappingProxyType({})

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> FormattedEntry:
        """Return the formatted entry, whatever its type."""
        known = self.references.get(entry.key)
        work = known if known is not None and known.entry is entry else reference(entry.key, entry)
        return FormattedEntry(entry.key, format_reference(work), label)


def format_reference(work: Reference) -> Text:
    """Return the citation of a work as rich text."""
    names = [name.sorted_form for name in work.authors]
    authors = "; ".join(names) + ("; et al." if work.abridged else "")
    title = _stopped(work.title)
    year = f"({work.year or 'undated'}{work.fields.get('year-suffix', '')}). "
    parts: list[Any] = [f"{authors} {year}" if authors else year, Tag("em", title) if work.type == "book" else title]
    if where := _where(work):
        parts += [" ", *where, *([] if str(where[-1]).endswith(".") else ["."])]
    if url := work.url:
        shown = f"doi:{work.doi}" if work.doi else f"PMID {work.pmid}" if work.pmid else url
        parts += [" ", HRef(url, shown), "."]
    return Text(*_joined(parts))


def _joined(parts: Iterable[Any]) -> Iterator[Any]:
    """Yield parts of a text, strings that follow one another as one: pybtex would come to the same by a longer way."""
    for is_string, group in itertools.groupby(parts, lambda part: isinstance(part, str)):
        found = list(group)
        yield from ["".join(found)] if is_string else found


def _where(work: Reference) -> list[Any]:
    if work.type == "book":
        return [work.fields["publisher"]] if "publisher" in work.fields else []
    where: list[Any] = [Tag("em", work.container)] if work.container else []
    number = work.issue
    volume = work.fields.get("volume", "") + (f"({number})" if number else "")
    first, last = pages(work)
    extent = f"{first}–{last}" if last else first
    place = ":".join(part for part in (volume, extent) if part)
    return [*where, f" {place}" if where else place] if place else where


def _stopped(title: str) -> str:
    """Return a title with the full stop that ends it, unless a mark ends it already."""
    return title if title.endswith((".", "?", "!", "…")) else f"{title}."
