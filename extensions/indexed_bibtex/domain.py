"""The cite domain with indexes in place of scans."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import docutils.nodes
from pybtex.backends.plaintext import Backend as PlainText
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.domain import Citation, get_docnames
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from indexed_bibtex.citing import Citing
from indexed_bibtex.listings import UNRESOLVED, Listings
from indexed_bibtex.store import digest_of

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)
_plain_text = PlainText()


class IndexedBibtexDomain(Listings):
    """Upstream's domain, with the same data and the same results."""

    builder: Builder

    # -- after reading ------------------------------------------------------------------------------------

    def env_updated(self) -> Iterable[str]:
        """List and label the citations anew where anything changed; return the documents that show a change.

        Upstream formats everything in every build and returns no document, so that text stays as it was where a
        bibliography file changed.
        """
        self._cited_in_cache, self._cited_order = self._cited_in(), None
        self._works_made.clear()
        signature = self._signature()
        if signature != self.data["signature"]:
            docnames = list(get_docnames(self.env))  # type: ignore[no-untyped-call]
            self.citations[:] = [c for key in self.bibliographies for c in self._make(key, docnames)]
            self._citations_seen = (0, -1)
            self.data["signature"] = signature
            self._warn_of_duplicates()
        before, now = self.data["shown"], self._shown()
        self.data["shown"] = now
        # a document with an unknown key is written in every build, so that every build warns of it
        return sorted(docname for docname, shown in now.items() if UNRESOLVED in shown or before.get(docname) != shown)

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
        if not self.bibliographies:
            return digest_of()
        keys, values = list(self.bibliographies), list(self.bibliographies.values())
        options = [(v.list_, v.style, ast.dump(v.filter_), v.labelprefix, v.keyprefix, v.bibfiles, v.keys) for v in values]
        refs = [(docname, [t.key for ref in refs for t in ref.targets]) for docname, refs in sorted(self._indexed_refs().items())]
        digests = [self.digest(key) for key in self.bibdata.data.entries]
        styles = [self.formatter.signature(value.style) for value in values]
        config = self.env.config
        order = list(get_docnames(self.env))  # type: ignore[no-untyped-call]
        return digest_of(keys, options, refs, digests, styles, order, config.bibtex_tooltips, config.bibtex_tooltips_style)

    def _shown(self) -> dict[str, tuple[Any, ...]]:
        """Return what each document shows of citations and bibliographies, as something that compares."""
        shown: dict[str, tuple[Any, ...]] = {}
        entries = self.bibdata.data.entries
        for docname in self._indexed_refs():
            keys = self.cited_by(docname)
            if docname in self.works:
                known = [key for key in keys if key in entries]
                style = self.formatter.signature(self.works[docname].style)
                parts: list[Any] = [style, *((key, self.digest(key)) for key in known)]
            else:
                found = self._resolve(keys, docname)
                known = list(found)
                parts = [self._as_shown(citation) for citation in found.values()]
            shown[docname] = (*parts, UNRESOLVED) if len(known) < len(keys) else tuple(parts)
        for key in self.bibliographies:
            made = tuple(self._as_shown(citation) for citation in self.citations_in(key))
            shown[key.docname] = (*shown.get(key.docname, ()), key.id_, made)
        return shown

    def _as_shown(self, citation: Citation) -> tuple[str, ...]:
        place = citation.bibliography_key.docname
        return (citation.key, place, citation.citation_id, citation.formatted_entry.label, self.digest(citation.entry.key))

    # -- while writing ------------------------------------------------------------------------------------

    def _resolve(self, keys: Iterable[str], docname: str) -> dict[str, Citation]:
        """Return the citations of keys as upstream finds them: those of the document first; the last of several."""
        by_key = self._indexed_citations()[0]
        own = {c.key: c for c in self.works_of(docname)}
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
        result += self._citing.text(typ, references).render(self.backend)
        return result

    @cached_property
    def _citing(self) -> Citing:
        return Citing(self.reference_style)

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
        own = {citation.key for citation in self.works_of(fromdocname)}
        if any(key.strip() in by_key or key.strip() in own for key in target.split(",")):
            return [("p", self.resolve_xref(env, fromdocname, builder, "p", target, node, contnode))]
        return []
