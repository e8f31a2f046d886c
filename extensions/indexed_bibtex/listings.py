"""Which entries each bibliography lists, in which order, by look-up: the indexes behind the cite domain."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils.nodes import make_id
from pybtex.database import Entry
from pybtex.richtext import Tag
from pybtex.style import FormattedEntry
from pybtex.style.template import FieldIsMissing
from sphinx.util import logging
from sphinxcontrib.bibtex.directives import BibliographyKey
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation, _FilterVisitor

from indexed_bibtex.formatting import Formatter
from indexed_bibtex.labels import with_suffix
from indexed_bibtex.store import Entries, entry_digest

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

# the filter of a bibliography that lists what its own document cites, as an expression of upstream's language
CITED_HERE = ast.dump(ast.parse("docname in docnames"))
_CITED, _ALL = ast.dump(ast.parse("cited")), ast.dump(ast.parse("True"))
WORKS_ID = "works-cited"
UNRESOLVED = "unresolved"
_REMEMBERED = 16  # documents whose works are kept while they are written

logger = logging.getLogger(__name__)


class Works(NamedTuple):
    """The list of works that one document cites: the target of its own citations and of no other's.

    Attributes:
        line: The line for warnings.
        style: The pybtex style.
    """

    line: int
    style: str


class Listings(BibtexDomain):
    """The lists of upstream's domain, and the citations of each, without scanning all for one."""

    data_version = 100 * BibtexDomain.data_version + 2  # upstream's data and ours

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self.data.setdefault("shown", {})
        self.data.setdefault("signature", "")
        self.data.setdefault("works", {})
        self._refs: dict[str, list[Any]] = defaultdict(list)
        self._refs_seen: list[Any] = []
        self._works_made: dict[str, list[Citation]] = {}

    @cached_property
    def formatter(self) -> Formatter:
        """Formats entries, and remembers them across builds."""
        return Formatter(Path(self.env.doctreedir), Path(self.env.srcdir) / "conf.py")

    # -- indexes: derived, never pickled ------------------------------------------------------------------

    def refs_of(self, docname: str) -> list[Any]:
        """Return the citation references of a document, in its order."""
        return self._indexed_refs().get(docname, [])

    def _indexed_refs(self) -> dict[str, list[Any]]:
        refs, seen = self.citation_refs, len(self._refs_seen)
        if len(refs) < seen or (seen and refs[seen - 1] is not self._refs_seen[-1]):
            self._refs, self._refs_seen, seen = defaultdict(list), [], 0
        for ref in refs[seen:]:
            self._refs[ref.docname].append(ref)
            self._refs_seen.append(ref)
        return self._refs

    def _cited_in(self) -> dict[str, set[str]]:
        """Return the documents that cite each key."""
        cited: dict[str, set[str]] = defaultdict(set)
        for docname, refs in self._indexed_refs().items():
            for ref in refs:
                for target in ref.targets:
                    cited[target.key].add(docname)
        return cited

    def citations_in(self, bibliography_key: Any) -> list[Citation]:
        """Return the citations that a bibliography lists, in its order."""
        return self._indexed_citations()[1].get(bibliography_key, [])

    def _make(self, bibliography_key: Any, docnames: list[str]) -> Iterator[Citation]:
        """Yield the citations of a bibliography."""
        value, config = self.bibliographies[bibliography_key], self.env.config
        made = self.get_formatted_entries(bibliography_key, docnames, config.bibtex_tooltips, config.bibtex_tooltips_style)
        for entry, formatted, tooltip in made:
            key = value.keyprefix + formatted.key
            yield Citation(
                citation_id=value.citation_nodes[key]["ids"][0],
                bibliography_key=bibliography_key,
                key=key,
                entry=with_suffix(entry),
                formatted_entry=formatted,
                tooltip_entry=tooltip,
            )

    # -- works cited: a list of one document, made when it is written ----------------------------------------

    @property
    def works(self) -> dict[str, Works]:
        """The documents that list the works that they cite."""
        works: dict[str, Works] = self.data["works"]
        return works

    def works_of(self, docname: str) -> list[Citation]:
        """Return the works that a document lists, sorted by its style; of one that lists none, none."""
        if docname in self.works and docname not in self._works_made:
            if len(self._works_made) >= _REMEMBERED:
                self._works_made.clear()
            self._works_made[docname] = list(self._make_works(docname, self.works[docname]))
        return self._works_made.get(docname, [])

    def _make_works(self, docname: str, works: Works) -> Iterator[Citation]:
        entries, config = self.bibdata.data.entries, self.env.config
        get = entries.passing if isinstance(entries, Entries) else entries.__getitem__
        style, place = self.formatter.style(works.style), BibliographyKey(docname=docname, id_=WORKS_ID)
        ordered = list(style.sort([get(key) for key in self.cited_by(docname) if key in entries]))
        tooltip = (config.bibtex_tooltips_style or works.style) if config.bibtex_tooltips else ""
        for entry, made, hint in self._formatted(ordered, [""] * len(ordered), works.style, tooltip, (docname, works.line)):
            yield Citation(make_id(f"cite-{entry.key}"), place, entry.key, with_suffix(entry), made, hint)

    def cited_by(self, docname: str) -> list[str]:
        """Return the keys that a document cites, each once, in the order of their first citations."""
        return list(dict.fromkeys(target.key for ref in self.refs_of(docname) for target in ref.targets))

    def _indexed_citations(self) -> tuple[dict[str, list[tuple[int, Citation]]], dict[Any, list[Citation]]]:
        """Return the targets by key, each with its place in the whole, and the citations by bibliography."""
        if self._citations_seen != (id(self.citations), len(self.citations)):
            by_key: dict[str, list[tuple[int, Citation]]] = defaultdict(list)
            by_list: dict[Any, list[Citation]] = defaultdict(list)
            for place, citation in enumerate(self.citations):
                by_list[citation.bibliography_key].append(citation)
                if self.bibliographies[citation.bibliography_key].list_ == "citation":
                    by_key[citation.key].append((place, citation))
            self._citation_index = (by_key, by_list)
            self._citations_seen = (id(self.citations), len(self.citations))
        return self._citation_index

    _citations_seen: tuple[int, int] = (0, -1)
    _citation_index: tuple[dict[str, list[tuple[int, Citation]]], dict[Any, list[Citation]]]

    # -- what upstream does by scanning -------------------------------------------------------------------

    def clear_doc(self, docname: str) -> None:
        """Forget a document; one of which nothing is known costs nothing."""
        if docname in self._indexed_refs() or any(key.docname == docname for key in self.bibliographies):
            super().clear_doc(docname)
            self.works.pop(docname, None)
            self._citations_seen, self.data["signature"] = (0, -1), ""  # its bibliographies' citations went with it

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take what another process read."""
        super().merge_domaindata(docnames, otherdata)
        self.works.update({docname: works for docname, works in otherdata["works"].items() if docname in docnames})

    def get_all_cited_keys(self, docnames: list[str]) -> Iterator[str]:
        """Yield all cited keys in the order of the documents."""
        place = {docname: number for number, docname in enumerate(docnames)}
        for ref in sorted(self.citation_refs, key=lambda ref: place[ref.docname]):
            for target in ref.targets:
                yield target.key

    def get_filtered_entries(self, bibliography_key: Any) -> Iterator[tuple[str, Entry]]:
        """Yield the entries that a bibliography's filter lets pass, in the order of the files."""
        bibliography = self.bibliographies[bibliography_key]
        prefix = bibliography.keyprefix
        cited = self._cited_in() if self._cited_in_cache is None else self._cited_in_cache
        filter_ = ast.dump(bibliography.filter_)
        if filter_ == CITED_HERE and not bibliography.keys:
            yield from self._cited_here(bibliography_key)
            return
        for entry in self.get_entries(bibliography.bibfiles):
            key = prefix + entry.key
            documents = cited.get(key, set())
            if filter_ == _CITED:
                success = bool(documents)
            elif filter_ == _ALL:
                success = True
            else:
                success = self._passes(bibliography_key, entry, documents)
            if success or entry.key in bibliography.keys:
                yield key, entry

    def _cited_here(self, bibliography_key: Any) -> Iterator[tuple[str, Entry]]:
        """Yield the entries that the bibliography's own document cites, in the order of the files."""
        bibliography = self.bibliographies[bibliography_key]
        prefix = bibliography.keyprefix
        here = {target.key for ref in self.refs_of(bibliography_key.docname) for target in ref.targets}
        entries = self.bibdata.data.entries
        keys = [key.removeprefix(prefix) for key in here if key.startswith(prefix)]
        found = [entries[key] for key in keys if key in entries and self._file_of.get(entries[key].key) in bibliography.bibfiles]
        for entry in sorted(found, key=lambda entry: self._order[entry.key]):
            if prefix + entry.key in here:
                yield prefix + entry.key, entry

    @property
    def _order(self) -> dict[str, int]:
        return self._entry_index[0]

    @property
    def _file_of(self) -> dict[str, Path]:
        return self._entry_index[1]

    @property
    def _entry_index(self) -> tuple[dict[str, int], dict[str, Path]]:
        if self._indexed_bibdata is not self.bibdata:
            files = self.bibdata.bibfiles
            pairs = [(key, file) for file, content in files.items() for key in content.keys]
            self._entries = ({key: n for n, (key, _file) in enumerate(pairs)}, dict(pairs))
            self._indexed_bibdata = self.bibdata
        return self._entries

    _indexed_bibdata: Any = None
    _entries: tuple[dict[str, int], dict[str, Path]]

    def _passes(self, bibliography_key: Any, entry: Entry, documents: set[str]) -> bool:
        bibliography = self.bibliographies[bibliography_key]
        visitor = _FilterVisitor(  # type: ignore[no-untyped-call]
            entry=entry, docname=bibliography_key.docname, cited_docnames=documents
        )
        try:
            return bool(visitor.visit(bibliography.filter_))
        except ValueError as error:
            logger.warning(
                f"syntax error in :filter: expression; {error}",
                location=(bibliography_key.docname, bibliography.line),
                type="bibtex",
                subtype="filter_syntax_error",
            )
            return bool(documents)  # the default filter

    def get_sorted_entries(self, bibliography_key: Any, docnames: list[str]) -> Iterator[tuple[str, Entry]]:
        """Yield the filtered entries in the order in which they are cited, then those that are not."""
        entries = dict(self.get_filtered_entries(bibliography_key))
        for key in self._cited_keys_cache(docnames):
            if key in entries:
                yield key, entries.pop(key)
        yield from entries.items()

    def get_formatted_entries(
        self, bibliography_key: Any, docnames: list[str], tooltips: bool, tooltips_style: str
    ) -> Iterator[tuple[Entry, FormattedEntry, FormattedEntry | None]]:
        """Yield the entries of a bibliography, sorted and labelled by its style."""
        bibliography = self.bibliographies[bibliography_key]
        entries = dict(self.get_sorted_entries(bibliography_key, docnames))
        style = self.formatter.style(bibliography.style)
        tooltip = (tooltips_style or bibliography.style) if tooltips else ""
        ordered = list(style.sort(entries.values()))
        labels = [bibliography.labelprefix + label for label in style.format_labels(ordered)]
        yield from self._formatted(ordered, labels, bibliography.style, tooltip, (bibliography_key.docname, bibliography.line))

    def _formatted(
        self, entries: Iterable[Entry], labels: Iterable[str], style: str, tooltip: str, location: tuple[str, int]
    ) -> Iterator[tuple[Entry, FormattedEntry, FormattedEntry | None]]:
        """Yield entries as a style and, if it is named, a style for tooltips format them."""
        for label, entry in zip(labels, entries, strict=False):
            digest = self.digest(entry.key)
            try:
                made = self.formatter.entry(style, entry, digest, label)
                yield entry, made, self.formatter.entry(tooltip, entry, digest, label) if tooltip else None
            except FieldIsMissing as error:
                logger.warning(str(error), location=location, type="bibtex", subtype="missing_field")
                yield entry, FormattedEntry(entry.key, Tag("b", str(error)), label), None

    def digest(self, key: str) -> str:
        """Return a digest of what the entry of a key states."""
        entries = self.bibdata.data.entries
        if isinstance(entries, Entries):
            return entries.digest(key)
        if self._digested is not self.bibdata:
            self._digests, self._digested = {}, self.bibdata
        if key not in self._digests:
            self._digests[key] = entry_digest(entries[key])
        return self._digests[key]

    _digested: Any = None
    _digests: dict[str, str]
    _cited_in_cache: dict[str, set[str]] | None = None
    _cited_order: list[str] | None = None

    def _cited_keys_cache(self, docnames: list[str]) -> list[str]:
        if self._cited_order is None:
            self._cited_order = list(dict.fromkeys(self.get_all_cited_keys(docnames)))
        return self._cited_order
