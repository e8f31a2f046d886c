"""The abbreviations that the glossaries of a project explain.

The glossary is Sphinx's own directive. Each of its terms that is an abbreviation counts, with the longer term of the
same entry as its explanation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

_SHORT = re.compile(r"\S*[A-Z]\S*[A-Z]\S*")  # one word with two capitals


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an abbreviation is explained.

    Attributes:
        docname: The document of the glossary.
        anchor: The id of the term in it.
        explanation: The longer term, or the definition where there is none.
    """

    docname: str
    anchor: str
    explanation: str


@dataclass(frozen=True)
class Abbreviations:
    """The abbreviations of a project's glossaries."""

    entries: Mapping[str, Entry]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds them as whole words; what stands before one is for the caller to check, which is faster."""
        return re.compile(f"(?:{'|'.join(map(re.escape, sorted(self.entries, key=len, reverse=True)))})(?![\\w/])")

    @cached_property
    def documents(self) -> frozenset[str]:
        """The documents with a glossary."""
        return frozenset(entry.docname for entry in self.entries.values())


def gather(env: BuildEnvironment) -> Abbreviations | None:
    """Return the abbreviations of all glossaries, or ``None`` where there are none."""
    objects = env.domains.standard_domain.objects
    documents = sorted({docname for (kind, _name), (docname, _id) in objects.items() if kind == "term"})
    items = ((name, item) for name in documents for item in _items(env.get_doctree(name)))
    entries = {short: entry for docname, item in items for short, entry in _entries(docname, item)}
    return Abbreviations(entries) if entries else None


def _items(document: nodes.document) -> Iterable[nodes.definition_list_item]:
    return (item for glossary in document.findall(addnodes.glossary) for item in glossary.findall(nodes.definition_list_item))


def _entries(docname: str, item: nodes.definition_list_item) -> Iterable[tuple[str, Entry]]:
    """Yield the abbreviations among the terms of an entry."""
    terms = [(term.astext(), term["ids"][0]) for term in item.findall(nodes.term)]
    longer = [name for name, _anchor in terms if not _SHORT.fullmatch(name)]
    explanation = longer[0] if longer else " ".join(item[-1].astext().split())
    return ((name, Entry(docname, anchor, explanation)) for name, anchor in terms if _SHORT.fullmatch(name))
