"""The rows of a long table that do not stand in its document: pages without a source, which the table's script reads too.

So no page grows with the atlas, and a table is whole without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from evidence_atlas.browse_html import BrowseWriter
from evidence_atlas.documents import Tabled
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _
from evidence_atlas.long_lists import page_names, span_name
from evidence_atlas.made_pages import Collected, MadePage, changed_pages
from evidence_atlas.tables.data import TableData
from evidence_atlas.tables.part import folder, table_part
from evidence_atlas.tables.rows import rows_of
from evidence_atlas.writing import Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def part_pages(app: Sphinx) -> Collected:
    """Yield the pages that changed, of the tables of all documents; delete those that are gone."""
    for _docname, pages in changed_pages(app, "table", atlas_domain(app.env).tabled, lambda docname: _pages(app, docname)):
        for page in pages:
            yield page.collected()


def _pages(app: Sphinx, docname: str) -> Iterator[MadePage]:
    """Yield the pages of the tables of a document, which itself has the first part of each."""
    domain = atlas_domain(app.env)
    writer = BrowseWriter.below(docname, domain)
    for tabled in domain.tabled[docname]:
        yield from _parts(app, tabled, writer)


def _parts(app: Sphinx, tabled: Tabled, writer: BrowseWriter) -> Iterator[MadePage]:
    docname, title, builder, domain = writer.start, writer.title, app.builder, atlas_domain(app.env)
    rows = rows_of(tabled, domain)
    data = TableData(tabled, rows, domain.shown_atlas)
    for place, name in enumerate(page_names(folder(docname, tabled), len(rows.parts))):
        if not place:
            continue
        part = table_part(data, place, docname, Writing(name, builder, domain))
        whole = f'<a href="{writer.address(name, docname)}">{escape(title)}</a>'
        about = escape(_("To sort and filter: {table}.")).format(table=whole)
        shown = builder.render_partial(part)["fragment"]  # type: ignore[attr-defined]
        yield writer.page(name, f"{title}, {span_name(rows.spans[place])}", [(title, docname)], f"<p>{about}</p>\n{shown}")
