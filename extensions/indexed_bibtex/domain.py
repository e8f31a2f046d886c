"""The cite domain with indexes in place of scans."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docutils.nodes
from pybtex.database import Entry
from pybtex.plugin import find_plugin
from pybtex.richtext import Tag
from pybtex.style import FormattedEntry
from pybtex.style.template import FieldIsMissing
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.directives import BibliographyKey
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation, _FilterVisitor, get_docnames
from sphinxcontrib.bibtex.style.referencing import format_references
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from indexed_bibtex.formatting import Formatter, digest_of, entry_digest

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

# the filter of a bibliography that lists what its own document cites, as an expression of upstream's language
CITED_HERE = ast.dump(ast.parse("docname in docnames"))
_CITED, _ALL = ast.dump(ast.parse("cited")), ast.dump(ast.parse("True"))
# the kind of list that belongs to one document: the target of its own citations and of no other's
WORKS, WORKS_ID = "works", "works-cited"
UNRESOLVED = "unresolved"

logger = logging.getLogger(__name__)
_plain_text = find_plugin("pybtex.backends", "plaintext")()


def _with_suffix(entry: Entry) -> Entry:
    """Return an entry whose year carries its ``year-suffix`` (CSL's name for the letter), which labels then show."""
    suffix = entry.fields.get("year-suffix")
    if not suffix:
        return entry
    lettered = Entry(entry.type, {**entry.fields, "year": entry.fields.get("year", "") + suffix}, entry.persons)
    lettered.key = entry.key
    return lettered


class IndexedBibtexDomain(BibtexDomain):
    """Upstream's domain, with the same data and the same results."""

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self.data.setdefault("shown", {})
        self.data.setdefault("signature", "")
        self._refs: dict[str, list[Any]] = defaultdict(list)
        self._refs_seen: list[Any] = []
        self._works: dict[Any, list[Citation]] = {}

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
        if self.bibliographies[bibliography_key].list_ == WORKS:
            return self._works_of(bibliography_key)
        return self._indexed_citations()[1].get(bibliography_key, [])

    def _works_of(self, bibliography_key: Any) -> list[Citation]:
        """Return the citations of a list of works, made when they are first asked for."""
        if bibliography_key not in self._works:
            self._works[bibliography_key] = list(self._make(bibliography_key, []))
        return self._works[bibliography_key]

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
            self._citations_seen, self.data["signature"] = (0, -1), ""  # its bibliographies' citations went with it

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
        if self.bibliographies[bibliography_key].list_ == WORKS:
            cited = [target.key for ref in self.refs_of(bibliography_key.docname) for target in ref.targets]
        else:
            cited = self._cited_keys_cache(docnames)
        for key in cited:
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
        labels = [""] * len(ordered) if bibliography.list_ == WORKS else style.format_labels(ordered)
        for label, entry in zip(labels, ordered, strict=False):
            digest, full = self.digest(entry), bibliography.labelprefix + label
            try:
                made = self.formatter.entry(bibliography.style, entry, digest, full)
                yield entry, made, self.formatter.entry(tooltip, entry, digest, full) if tooltip else None
            except FieldIsMissing as error:
                logger.warning(
                    str(error),
                    location=(bibliography_key.docname, bibliography.line),
                    type="bibtex",
                    subtype="missing_field",
                )
                yield entry, FormattedEntry(entry.key, Tag("b", str(error)), full), None

    def digest(self, entry: Entry) -> str:
        """Return the digest of an entry of the files in use."""
        if self._digested is not self.bibdata:
            self._digests, self._digested = {}, self.bibdata
        if entry.key not in self._digests:
            self._digests[entry.key] = entry_digest(entry)
        return self._digests[entry.key]

    _digested: Any = None
    _digests: dict[str, str]
    _cited_in_cache: dict[str, set[str]] | None = None
    _cited_order: list[str] | None = None

    def _cited_keys_cache(self, docnames: list[str]) -> list[str]:
        if self._cited_order is None:
            self._cited_order = list(dict.fromkeys(self.get_all_cited_keys(docnames)))
        return self._cited_order

    # -- after reading ------------------------------------------------------------------------------------

    def env_updated(self) -> Iterable[str]:
        """List and label the citations anew where anything changed; return the documents that show a change.

        Upstream formats everything in every build and returns no document, so that text stays as it was where a
        bibliography file changed.
        """
        self._cited_in_cache, self._cited_order = self._cited_in(), None
        self._works.clear()
        signature = self._signature()
        if signature != self.data["signature"]:
            docnames = list(get_docnames(self.env))  # type: ignore[no-untyped-call]
            self.citations[:] = [c for key in self._shared_lists() for c in self._make(key, docnames)]
            self._citations_seen = (0, -1)
            self.data["signature"] = signature
            self._warn_of_duplicates()
        before, now = self.data["shown"], self._shown()
        self.data["shown"] = now
        # a document with an unknown key is written in every build, so that every build warns of it
        return sorted(docname for docname, shown in now.items() if UNRESOLVED in shown or before.get(docname) != shown)

    def _shared_lists(self) -> list[Any]:
        return [key for key, value in self.bibliographies.items() if value.list_ != WORKS]

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
                entry=_with_suffix(entry),
                formatted_entry=formatted,
                tooltip_entry=tooltip,
            )

    def _warn_of_duplicates(self) -> None:
        """Warn as upstream does of a key that two bibliographies list, and of a label that stands for two keys."""
        places: dict[str, set[str]] = {}
        labels: dict[str, str] = {}
        for citation in self.citations:
            value = self.bibliographies[citation.bibliography_key]
            if value.list_ != "citation":
                continue
            key, docname, made = citation.key, citation.bibliography_key.docname, citation.formatted_entry
            if docname in places.get(key, ()):
                self._warn(f'duplicate local citation for key "{key}"', "duplicate_local_citation", docname, value.line)
            elif key in places:
                self._warn(f'duplicate citation for key "{key}"', "duplicate_citation", docname, value.line)
            places.setdefault(key, set()).add(docname)
            first = labels.setdefault(made.label, made.key)
            if first != made.key:
                message = f'duplicate label "{made.label}" for keys "{first}" and "{made.key}"'
                self._warn(message, "duplicate_label", docname, value.line)

    @staticmethod
    def _warn(message: str, subtype: str, docname: str, line: int) -> None:
        logger.warning(message, location=(docname, line), type="bibtex", subtype=subtype)

    def _signature(self) -> str:
        """Return a digest of all from which the shared bibliographies are listed and labelled."""
        keys = self._shared_lists()
        if not keys:
            return digest_of()
        values = [self.bibliographies[key] for key in keys]
        options = [(v.list_, v.style, ast.dump(v.filter_), v.labelprefix, v.keyprefix, v.bibfiles, v.keys) for v in values]
        refs = [(docname, [t.key for ref in refs for t in ref.targets]) for docname, refs in sorted(self._indexed_refs().items())]
        digests = [self.digest(entry) for entry in self.bibdata.data.entries.values()]
        styles = [self.formatter.signature(value.style) for value in values]
        config = self.env.config
        order = list(get_docnames(self.env))  # type: ignore[no-untyped-call]
        return digest_of(keys, options, refs, digests, styles, order, config.bibtex_tooltips, config.bibtex_tooltips_style)

    def _shown(self) -> dict[str, tuple[Any, ...]]:
        """Return what each document shows of citations and bibliographies, as something that compares."""
        shown: dict[str, tuple[Any, ...]] = {}
        works = {key.docname: key for key, value in self.bibliographies.items() if value.list_ == WORKS}
        entries = self.bibdata.data.entries
        for docname, refs in self._indexed_refs().items():
            keys = dict.fromkeys(target.key for ref in refs for target in ref.targets)
            if docname in works:
                style = self.formatter.signature(self.bibliographies[works[docname]].style)
                listed = self.bibliographies[works[docname]].citation_nodes
                parts: list[Any] = [
                    style,
                    *((key, self.digest(entries[key])) for key in keys if key in entries and key in listed),
                ]
                missing = [key for key in keys if key not in entries]
            else:
                found = self._resolve(keys, docname)
                parts, missing = (
                    [self._as_shown(citation) for citation in found.values()],
                    [key for key in keys if key not in found],
                )
            shown[docname] = (*parts, UNRESOLVED) if missing else tuple(parts)
        for key in self._shared_lists():
            made = tuple(self._as_shown(citation) for citation in self.citations_in(key))
            shown[key.docname] = (*shown.get(key.docname, ()), key.id_, made)
        return shown

    def _as_shown(self, citation: Citation) -> tuple[str, ...]:
        place = citation.bibliography_key.docname
        return (citation.key, place, citation.citation_id, citation.formatted_entry.label, self.digest(citation.entry))

    # -- while writing ------------------------------------------------------------------------------------

    def _resolve(self, keys: Iterable[str], docname: str) -> dict[str, Citation]:
        """Return the citations of keys as upstream finds them: those of the document first; the last of several."""
        by_key = self._indexed_citations()[0]
        works = BibliographyKey(docname=docname, id_=WORKS_ID)
        own = {c.key: c for c in self._works_of(works)} if works in self.bibliographies else {}
        found = sorted((place, citation) for key in keys for place, citation in by_key.get(key, ()))
        local = {c.key: c for _place, c in found if c.bibliography_key.docname == docname}
        local |= {key: own[key] for key in keys if key in own and key not in local}
        return local | {c.key: c for _place, c in found if c.key not in local}

    def resolve_xref(  # type: ignore[override]  # noqa: PLR0913, PLR0917  (Sphinx's signature, upstream's result)
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: docutils.nodes.Element,
    ) -> docutils.nodes.Element:
        """Replace a citation by links, one for each key."""
        keys = {parsed.key: parsed for parsed in parse_citation_targets(target)}
        citations = self._resolve(keys, fromdocname)
        for key in keys:
            if key not in citations:
                logger.warning(
                    f'could not find bibtex key "{key}"',
                    location=node,
                    type="bibtex",
                    subtype="key_not_found",
                )
        references = [
            (c.entry, c.formatted_entry, self._reference_info(c, builder, fromdocname, keys[c.key])) for c in citations.values()
        ]
        result = docutils.nodes.inline(rawsource=target)
        result["classes"].append("bibtex-citation")
        result += format_references(self.reference_style, typ, references).render(self.backend)
        return result

    @staticmethod
    def _reference_info(citation: Citation, builder: Builder, fromdocname: str, parsed: Any) -> SphinxReferenceInfo:
        tooltip = citation.tooltip_entry
        return SphinxReferenceInfo(
            builder=builder,
            fromdocname=fromdocname,
            todocname=citation.bibliography_key.docname,
            citation_id=citation.citation_id,
            title=tooltip.text.render(_plain_text).replace("\\url ", "") if tooltip else None,
            pre_text=parsed.pre,
            post_text=parsed.post,
        )

    def resolve_any_xref(  # type: ignore[override]  # noqa: PLR0913, PLR0917
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: docutils.nodes.Element,
    ) -> list[tuple[str, docutils.nodes.Element]]:
        """Replace a reference of any kind, if its target has citation keys."""
        by_key = self._indexed_citations()[0]
        works = BibliographyKey(docname=fromdocname, id_=WORKS_ID)
        own = self.bibliographies[works].citation_nodes if works in self.bibliographies else {}
        if any(key.strip() in by_key or key.strip() in own for key in target.split(",")):
            return [("p", self.resolve_xref(env, fromdocname, builder, "p", target, node, contnode))]
        return []
