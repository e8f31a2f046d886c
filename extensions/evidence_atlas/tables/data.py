"""What the script of a table needs to know beyond its cells: ids to filter by, years, keys, how columns sort."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sphinx.util.osutil import relative_uri

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.documents import Tabled
from evidence_atlas.domain import Paper
from evidence_atlas.fields import FIELDS, level_name
from evidence_atlas.language import _
from evidence_atlas.tables.rows import Rows

FACETS = ("pem", "level", "design", "context", "topic")
BIBTEX_FOLDER = "bibtex"


def shard(page: Paper) -> str:
    """Return the name of the file that holds a paper's BibTeX, without its suffix."""
    return str(page.reference.year_number or "undated")


class TableData:
    """What is known of a table.

    Args:
        tabled: The table.
        rows: All its rows.
        atlas: Gives names and the policy's order.
    """

    def __init__(self, tabled: Tabled, rows: Rows, atlas: Atlas) -> None:
        self.tabled, self.rows, self.atlas = tabled, rows, atlas

    def of_part(self, place: int, names: Sequence[str], uri: Callable[[str], str]) -> str:
        """Return an inert block of JSON, which a content security policy lets stand.

        Each paper is an array: key, shard, year, then for each facet its value's place, or an array of places.

        Args:
            place: Which part of the table it is for; the first has what is true of all.
            names: The names of the pages of all parts.
            uri: Gives the address of a page by its name, from the root of the site.
        """
        groups = self.rows.parts[place]
        papers = {page.docname: page for group in groups for page in group.papers}
        number = {docname: number for number, docname in enumerate(papers)}
        data: dict[str, Any] = {
            "papers": [self._paper(page) for page in papers.values()],
            "tables": [[number[page.docname] for page in group.papers] for group in groups] if self.tabled.group_by else None,
            "groups": [group.place for group in groups],
        }
        if not place:
            here = uri(names[0])
            further = [relative_uri(here, uri(name)) for name in names[1:]]
            data |= self._whole() | {"bibtex": relative_uri(here, f"{BIBTEX_FOLDER}/"), "further": further}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return f'<script type="application/json" class="atlas-table-data">{text}</script>'

    def _whole(self) -> dict[str, Any]:
        columns, group_by = self.tabled.columns, self.tabled.group_by
        years = [page.reference.year_number for page in self.rows.papers if page.reference.year_number is not None]
        return {
            "columns": [{"name": name, "label": _(FIELDS[name].label), "numeric": FIELDS[name].numeric} for name in columns],
            "sort": self.tabled.sort_by,
            "group": _(FIELDS[group_by].label) if group_by else None,
            "facets": [self._facet(name, places) for name, places in self._places.items()],
            "years": [min(years), max(years)] if years else [],
            "all": len(self.rows.papers),
            "sizes": [group.size for group in self.rows.groups],
        }

    def _facet(self, name: str, places: dict[str, int]) -> dict[str, Any]:
        """Return a facet with its values in order: id, label, number of papers."""
        papers = Counter(value for page in self.rows.papers for value in FIELDS[name].values(page, self.atlas))
        values = [[value, self._label(name, value), papers[value]] for value in places]
        return {"name": name, "label": _(FIELDS[name].label), "values": values}

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        """The facets in which papers differ, each with the values that papers have and their places in the policy's order."""
        facets = {}
        for name in FACETS:
            used = {value for page in self.rows.papers for value in FIELDS[name].values(page, self.atlas)}
            known = [value for value in FIELDS[name].vocabulary(self.atlas) if value in used]
            if len(known) > 1:
                facets[name] = {value: place for place, value in enumerate(known)}
        return facets

    def _label(self, name: str, value: str) -> str:
        return level_name(value, self.atlas) if name == "level" else FIELDS[name].name(value, self.atlas)

    def _paper(self, page: Paper) -> list[Any]:
        facets = ([at[value] for value in FIELDS[name].values(page, self.atlas)] for name, at in self._places.items())
        return [page.record.paper, shard(page), page.reference.year_number, *(at[0] if len(at) == 1 else at for at in facets)]
