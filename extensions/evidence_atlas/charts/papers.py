"""The papers behind a chart: pages without a source, one for each row, on which each cell has its list or the way to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from evidence_atlas.browse_facets import newest_first
from evidence_atlas.browse_html import BrowseWriter
from evidence_atlas.charts.directive import tally_of
from evidence_atlas.charts.links import Links
from evidence_atlas.charts.tally import Head, Tally
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain
from evidence_atlas.made_pages import Collected, MadePage, lists_of_documents

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MOST_OF_ROW, MOST_OF_CELL = 200, 20  # where a row has more papers, a cell with more has pages of its own


def paper_pages(app: Sphinx) -> Collected:
    """Return the pages below each document that has charts, those that changed."""
    domain = atlas_domain(app.env)
    return lists_of_documents(app, "chart", domain.charted, lambda docname: _pages(app, docname, domain))


def _pages(app: Sphinx, docname: str, domain: AtlasDomain) -> Iterator[MadePage]:
    """Yield the pages of a document's charts: those to which more than one paper leads.

    Args:
        app: The build.
        docname: The document.
        domain: Knows the papers.
    """
    writer = BrowseWriter.below(docname, domain)
    for charted in domain.charted[docname]:
        tally = tally_of(charted, domain)
        links = Links(app.builder, docname, charted, tally)
        cells: dict[str, list[tuple[Head, list[Paper]]]] = defaultdict(list)
        for row in tally.rows:
            cells[row.id] = [(c, list(tally.cells.get((row.id, c.id), ()))) for c in tally.columns]
        for row in tally.rows:
            name = links.page(row.id)
            if any(len(papers) > 1 for _column, papers in cells[row.id]):
                yield from _of_row(name, writer, tally, row, cells[row.id])


def _of_row(
    name: str, writer: BrowseWriter, tally: Tally, row: Head, cells: list[tuple[Head, list[Paper]]]
) -> Iterator[MadePage]:
    """Yield the pages of cells that are too long for that of their row, and it."""
    title = f"{tally.title}: {row.label}" if row.label else tally.title
    above, parts = [(writer.title, writer.start)], []
    most = MOST_OF_CELL if sum(len(papers) for _column, papers in cells) > MOST_OF_ROW else MOST_OF_ROW
    for column, papers in cells:
        if not papers:
            continue
        listed = newest_first(papers)
        cell = f"{name}/{column.id}", f"{title}, {column.label}", [*above, (title, name)]
        shown, below = writer.here_or_below(name, listed, len(listed) > most, *cell)
        yield from below
        parts.append(f'<h2 id="{escape(column.id)}">{escape(column.label)}</h2>\n{shown}')
    yield writer.page(name, title, above, "\n".join(parts))
