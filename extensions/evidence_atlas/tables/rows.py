"""The rows of a table: which papers, in which groups and order, and which of them stand on which page of a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.documents import Tabled
from evidence_atlas.domain import AtlasDomain, Paper
from evidence_atlas.fields import FIELDS
from evidence_atlas.language import _
from evidence_atlas.long_lists import Span, spans
from evidence_atlas.page_filters import passing

MOST_ROWS = 500  # on one page of a site: some 200 kB, and 20 as sent


@dataclass(frozen=True)
class Group:
    """Rows under one title; a table without groups is one without a name.

    Attributes:
        place: Its place among the groups of the table.
        name: What readers call it.
        papers: The papers, in order: all, or those of one part of the table.
        size: How many papers there are in all parts.
    """

    place: int
    name: str
    papers: Sequence[Paper]
    size: int

    @property
    def title(self) -> str:
        """What stands above its rows."""
        return f"{self.name} ({self.size})" if self.name else ""


@dataclass(frozen=True)
class Rows:
    """All rows of a table.

    Attributes:
        groups: The groups in the policy's order, each sorted; none where no page passes the filters.
    """

    groups: Sequence[Group]

    @cached_property
    def papers(self) -> list[Paper]:
        """The papers, each once, in the order in which the first of its rows stands."""
        return list({paper.docname: paper for group in self.groups for paper in group.papers}.values())

    @cached_property
    def parts(self) -> list[list[Group]]:
        """The rows as they stand on pages of a site, in order; a group that does not fit is on several."""
        parts: list[list[Group]] = []
        room = 0
        for group in self.groups:
            begin = 0
            while begin < group.size:
                if not room:
                    parts.append([])
                    room = MOST_ROWS
                some = group.papers[begin : begin + room]
                parts[-1].append(replace(group, papers=some))
                begin, room = begin + len(some), room - len(some)
        return parts

    @cached_property
    def spans(self) -> list[Span]:
        """Which rows each part has."""
        return spans([sum(len(group.papers) for group in part) for part in self.parts])


def rows_of(tabled: Tabled, domain: AtlasDomain) -> Rows:
    """Return the rows of a table."""
    atlas = domain.shown_atlas
    papers = _sorted(passing(domain, dict(tabled.filters)), tabled.sort_by, atlas)[: tabled.limit]
    if not papers:
        return Rows([])
    if not tabled.group_by:
        return Rows([Group(0, "", papers, len(papers))])
    field = FIELDS[tabled.group_by]
    members: dict[str, list[Paper]] = {}
    for paper in papers:
        for value in field.values(paper, atlas) or [""]:
            members.setdefault(value, []).append(paper)
    order = {value: place for place, value in enumerate(field.vocabulary(atlas) or sorted(members))}
    ordered = sorted(members, key=lambda value: order.get(value, len(order)))
    names = {value: field.name(value, atlas) if value else _("Not stated") for value in ordered}
    return Rows([Group(place, names[value], members[value], len(members[value])) for place, value in enumerate(ordered)])


def _sorted(papers: Sequence[Paper], order: str, atlas: Atlas) -> list[Paper]:
    """Sort papers by a field, a minus sign before it for downwards; papers without a value come last in either case."""
    field = FIELDS[order.lstrip("-")]
    keys = {paper.docname: field.key(paper, atlas) for paper in papers}
    by_year = sorted(papers, key=lambda p: (p.reference.year, p.docname))
    known = sorted(
        (p for p in by_year if keys[p.docname]), key=lambda p: keys[p.docname] or (0, ""), reverse=order.startswith("-")
    )
    return [*known, *(p for p in by_year if not keys[p.docname])]
