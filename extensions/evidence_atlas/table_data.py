"""What the script of a table needs to know beyond its cells: ids to filter by, years, keys, how columns sort."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sphinx.builders import Builder
from sphinx.util.osutil import relative_uri

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import Paper
from evidence_atlas.fields import FIELDS, level_name
from evidence_atlas.language import _
from evidence_atlas.writing import Writing, serves_files

FACETS = ("pem", "level", "design", "context", "topic")
BIBTEX_FOLDER = "bibtex"


def has_controls(builder: Builder) -> bool:
    """Whether readers get controls for tables: on a web site of many pages."""
    return serves_files(builder) and builder.name != "singlehtml"


def shard(page: Paper) -> str:
    """Return the name of the file that holds a paper's BibTeX, without its suffix."""
    return str(page.reference.year_number or "undated")


def table_data(writing: Writing, columns: Sequence[str], sort_by: str, group_by: str, tables: Sequence[Sequence[Paper]]) -> str:
    """Return an inert block of JSON, which a content security policy lets stand.

    Each paper is an array: key, shard, year, then for each facet its value's place, or an array of places.

    Args:
        writing: What the table is written from.
        columns: The fields that are shown.
        sort_by: The field by which the tables are sorted, with a minus sign for downwards.
        group_by: The field by which they are grouped, or nothing.
        tables: The papers of each table, in order; one can stand in several.
    """
    atlas = writing.atlas
    papers = {page.docname: page for pages in tables for page in pages}
    place = {docname: number for number, docname in enumerate(papers)}
    facets = {name: values for name in FACETS if len(values := _used(name, papers.values(), atlas)) > 1}
    data: dict[str, Any] = {
        "columns": [{"name": name, "label": _(FIELDS[name].label), "numeric": FIELDS[name].numeric} for name in columns],
        "sort": sort_by,
        "group": _(FIELDS[group_by].label) if group_by else None,
        "bibtex": relative_uri(writing.builder.get_target_uri(writing.docname), f"{BIBTEX_FOLDER}/"),
        "facets": [
            {"name": name, "label": _(FIELDS[name].label), "values": [[value, _label(name, value, atlas)] for value in values]}
            for name, values in facets.items()
        ],
        "papers": [_paper(page, facets, atlas) for page in papers.values()],
        "tables": [[place[page.docname] for page in pages] for pages in tables] if group_by else None,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" class="atlas-table-data">{text}</script>'


def _used(name: str, papers: Any, atlas: Atlas) -> dict[str, int]:
    """Return the values of a field that papers have, in the policy's order, each with its place."""
    used = {value for page in papers for value in FIELDS[name].values(page, atlas)}
    return {value: place for place, value in enumerate(v for v in FIELDS[name].vocabulary(atlas) if v in used)}


def _label(name: str, value: str, atlas: Atlas) -> str:
    return level_name(value, atlas) if name == "level" else FIELDS[name].name(value, atlas)


def _paper(page: Paper, facets: dict[str, dict[str, int]], atlas: Atlas) -> list[Any]:
    places = [[places[value] for value in FIELDS[name].values(page, atlas)] for name, places in facets.items()]
    return [page.record.paper, shard(page), page.reference.year_number, *(p[0] if len(p) == 1 else p for p in places)]
