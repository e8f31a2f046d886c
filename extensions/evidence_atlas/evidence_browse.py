"""The directive ``evidence-browse``: papers by topic, year, author, journal and so on, on pages of their own.

The pages are made without sources, for sites alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.browse_facets import FACETS, newest_first, number_of_values, values_of
from evidence_atlas.browse_html import BrowseWriter
from evidence_atlas.builders import has_own_pages
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.language import _, ngettext, number
from evidence_atlas.made_pages import Collected, MadePage, lists_of_documents
from evidence_atlas.nodeset import bullet_list, link, paragraph
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class BrowseIndex(WriteTime):
    """The kinds of lists, each with its number of values and a link to its page."""

    def shows_everything(self) -> bool:
        """It does: any page may bring a new value."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the list; the number of papers alone where there are no such pages."""
        count = len(writing.domain.pages)
        total = paragraph(ngettext("{count} paper.", "{count} papers.", count).format(count=number(count)))
        if not has_own_pages(writing.builder) or not writing.domain.pages:
            return [total]
        papers = list(writing.domain.pages.values())
        here = writing.builder.get_target_uri(writing.docname)
        rows: list[list[nodes.Node | str]] = []
        for facet in FACETS:
            if values := number_of_values(facet, papers, writing.atlas):
                there = writing.builder.get_target_uri(f"{writing.docname}/{facet.name}")
                rows.append([link(relative_uri(here, there), _(facet.label)), f" ({number(values)})"])
        return [total, bullet_list(rows, ["atlas-values"])]


def browse_pages(app: Sphinx) -> Collected:
    """Return the pages below each document that has the directive, those that changed."""
    domain = atlas_domain(app.env)
    return lists_of_documents(app, "browse", domain.browsed, lambda docname: _pages(domain, docname))


def _pages(domain: AtlasDomain, docname: str) -> Iterator[MadePage]:
    writer, papers = BrowseWriter.below(docname, domain), newest_first(domain.pages.values())
    for facet in FACETS:
        yield from writer.pages(facet, values_of(facet, papers, domain.shown_atlas))


def add_style(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the style of lists to the documents that have the directive."""
    if page in atlas_domain(app.env).browsed:
        app.add_css_file("browse.css")


class EvidenceBrowse(SphinxDirective):
    """Shows the kinds of lists, and has their pages made."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = BrowseIndex(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        atlas_domain(self.env).browsed[self.env.docname] = True
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-browse", EvidenceBrowse)
    app.connect("html-collect-pages", browse_pages)
    app.connect("html-page-context", add_style)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
