"""Where the parts of a chart lead: to a paper's page, or to a list of the papers of a cell."""

from __future__ import annotations

from collections.abc import Sequence

from sphinx.builders import Builder
from sphinx.util.osutil import relative_uri

from evidence_atlas.builders import has_own_pages
from evidence_atlas.charts.tally import Tally
from evidence_atlas.charts.vector import Link
from evidence_atlas.documents import Charted
from evidence_atlas.made_pages import below


class Links:
    """The links of one chart in one document.

    Args:
        builder: The builder that writes the document; pages without a source are made for sites of many pages alone.
        docname: The document.
        charted: The chart.
        tally: What it counts.
        site: The address of the site, to which a PDF links.
    """

    def __init__(self, builder: Builder, docname: str, charted: Charted, tally: Tally, site: str = "") -> None:
        self.builder, self.docname, self.charted, self.tally = builder, docname, charted, tally
        self.site = site if builder.name == "typst" else ""

    def page(self, row: str) -> str:
        """Return the name of the page with the papers of a row."""
        return f"{below(self.docname, 'charts')}/{self.charted.name}/{row}"

    def address(self, row: str, column: str) -> str:
        """Return the address of the papers of a cell, from the document; empty where there is none."""
        papers = self.tally.cells.get((row, column), ())
        if papers and self.site:
            return f"{self.site}/{self.page(row)}/#{column}"
        if not papers or not has_own_pages(self.builder):
            return ""
        here = self.builder.get_target_uri(self.docname)
        if len(papers) == 1:
            return relative_uri(here, self.builder.get_target_uri(papers[0].docname))
        return f"{relative_uri(here, self.builder.get_target_uri(self.page(row)))}#{column}"

    def of(self, places: Sequence[tuple[str, str]]) -> dict[str, Link]:
        """Return the links of the parts of a picture, by their numbers."""
        rows, columns = ({head.id: head for head in heads} for heads in (self.tally.rows, self.tally.columns))
        return {
            str(place): Link(address, self.tally.label(rows[row], columns[column]))
            for place, (row, column) in enumerate(places)
            if (address := self.address(row, column))
        }
