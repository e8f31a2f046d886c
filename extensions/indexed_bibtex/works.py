"""Bibliographies in a document: upstream's, by look-up, and the list of works that one document cites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import docutils.nodes
from pybtex_docutils import Backend
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.directives import BibliographyKey
from sphinxcontrib.bibtex.nodes import bibliography as bibliography_node
from sphinxcontrib.bibtex.nodes import raw_latex
from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform

from indexed_bibtex.domain import IndexedBibtexDomain
from indexed_bibtex.listings import Works

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment
    from sphinxcontrib.bibtex.domain import Citation

_backend = Backend()


class works_cited(docutils.nodes.General, docutils.nodes.Element):  # noqa: N801  (nodes are named so)
    """Where a document lists the works that it cites; no writer meets it."""


def list_works(env: BuildEnvironment, document: docutils.nodes.document, line: int) -> docutils.nodes.Element | None:
    """Return a node that becomes the list of the works that a document cites, or nothing where it cites none.

    It is called while the document is read, when its citations are known. The document's own citations link to
    the list; those of other documents never do.

    Args:
        env: The environment, whose current document this is.
        document: The document.
        line: The line for warnings.
    """
    domain = env.get_domain("cite")
    if not isinstance(domain, IndexedBibtexDomain):
        return None
    docname = env.docname
    entries = domain.bibdata.data.entries
    if docname in domain.works or not any(key in entries for key in domain.cited_by(docname)):
        return None
    domain.works[docname] = Works(line, env.config.bibtex_default_style)
    return works_cited("", docname=docname)


def list_of_works(
    builder: Builder, docname: str, works: Sequence[tuple[Citation, Sequence[docutils.nodes.Node]]]
) -> docutils.nodes.Element:
    """Return works as a list to which the citations of a document lead.

    Args:
        builder: The builder that writes them.
        docname: The document.
        works: The works, each with what stands after its reference.
    """
    listed = docutils.nodes.bullet_list(classes=["bibtex-works"], bullet="-")
    for citation, more in works:
        paragraph = _backend.paragraph(citation.formatted_entry)
        paragraph["ids"], paragraph["names"] = [], []
        paragraph.insert(0, _anchor(builder, docname, citation.citation_id))
        paragraph += list(more)
        item = docutils.nodes.list_item("", paragraph)
        node_text_transform(item)
        listed.append(item)
    return listed


def _anchor(builder: Builder, docname: str, name: str) -> docutils.nodes.Element:
    """Return a target of its own, since not every writer makes one of a list item; in LaTeX upstream's links name it so."""
    if builder.name == "latex":
        return raw_latex(f"\\hypertarget{{cite.{docname}:{name}}}{{}}")
    return docutils.nodes.target("", "", ids=[name])


class IndexedBibliographyTransform(SphinxPostTransform):
    """Fills bibliographies by look-up; upstream's transform, which comes after, finds none left."""

    default_priority = BibliographyTransform.default_priority - 1

    def run(self, **kwargs: Any) -> None:
        """Replace every bibliography of the document."""
        domain = cast("IndexedBibtexDomain", self.env.get_domain("cite"))
        for place in list(self.document.findall(works_cited)):
            works = [(citation, ()) for citation in domain.works_of(place["docname"])]
            place.replace_self(list_of_works(domain.builder, place["docname"], works))
        for node in list(self.document.findall(bibliography_node)):
            self._upstream(domain, node, BibliographyKey(docname=node["docname"], id_=node["ids"][0]))

    def _upstream(self, domain: IndexedBibtexDomain, node: docutils.nodes.Element, key: Any) -> None:
        """Make what upstream's transform makes."""
        citations, value, counter = domain.citations_in(key), domain.bibliographies[key], self.env.temp_data
        result: docutils.nodes.Element = docutils.nodes.container()
        if value.list_ == "enumerated":
            result = docutils.nodes.enumerated_list(enumtype=value.enumtype)
            start = value.start if value.start >= 1 else counter.get("bibtex_enum_count", 1)
            counter["bibtex_enum_count"] = result["start"] = start
        elif value.list_ == "bullet":
            result = docutils.nodes.bullet_list()
        backrefs = self._backrefs(domain, key.docname)
        for citation in citations:
            item = value.citation_nodes[citation.key]
            if value.list_ == "citation":
                if citation.key in backrefs:
                    item["backrefs"] = backrefs[citation.key]
                item += docutils.nodes.label("", citation.formatted_entry.label, support_smartquotes=False)
            item += _backend.paragraph(citation.formatted_entry)
            item["docname"] = key.docname
            node_text_transform(item)
            result.append(item)
            if value.list_ == "enumerated":
                counter["bibtex_enum_count"] += 1
        node.replace_self(result if citations else docutils.nodes.target())

    @staticmethod
    def _backrefs(domain: IndexedBibtexDomain, docname: str) -> dict[str, list[str]]:
        refs: dict[str, list[str]] = {}
        for ref in domain.refs_of(docname):
            for key in {target.key for target in ref.targets}:
                refs.setdefault(key, []).append(ref.citation_ref_id)
        return refs
