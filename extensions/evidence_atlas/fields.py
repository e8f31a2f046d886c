"""The fields of a page by which tables are filtered, grouped and sorted, and papers are browsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.slugs import folded
from evidence_atlas.domain import Paper


def _no_vocabulary(_atlas: Atlas) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a page.

    Attributes:
        label: Head of the column.
        values: The values of a page, as ids or plain text.
        name: What readers see in place of a value.
        vocabulary: The ids that a filter may name, in the policy's order; empty where any text may stand.
        rank: The sort key of a page, where its first value's name is none; ``None`` where the page has no place.
        numeric: Whether readers compare the column as numbers.
    """

    label: str
    values: Callable[[Paper, Atlas], list[str]]
    name: Callable[[str, Atlas], str] = lambda value, _atlas: value
    vocabulary: Callable[[Atlas], list[str]] = _no_vocabulary
    rank: Callable[[Paper, Atlas], float | None] | None = None
    numeric: bool = False

    def key(self, page: Paper, atlas: Atlas) -> tuple[float, str] | None:
        """Return the sort key of a page; ``None`` where the page has no value and comes last in either direction."""
        if self.rank:
            rank = self.rank(page, atlas)
            return None if rank is None else (rank, "")
        values = self.values(page, atlas)
        return (0, folded(self.name(values[0], atlas))) if values and values[0] else None


def year_of(page: Paper) -> int | None:
    """Return the year of a paper as a number, if it is one."""
    year = page.reference.year
    return int(year) if year.isascii() and year.isdecimal() else None


def _first_author(page: Paper, _atlas: Atlas) -> list[str]:
    authors = page.reference.authors
    return [" ".join(part for part in (authors[0].family if authors else "", page.reference.year) if part)]


def _participants(page: Paper, _atlas: Atlas) -> list[str]:
    p = page.record.participants
    groups = ((p.cases, "cases"), (p.controls, "controls"), (p.other, "others")) if p else ()
    return [f"{count} {what}" for count, what in groups if count is not None]


def _all_participants(page: Paper, _atlas: Atlas) -> int | None:
    p = page.record.participants
    counts = [count for count in (p.cases, p.controls, p.other) if count is not None] if p else []
    return sum(counts) if counts else None


def _position(value: str, known: list[str]) -> int:
    return known.index(value) if value in known else len(known)


FIELDS: dict[str, Field] = {
    "title": Field("What was found", lambda p, _: [p.reading.title]),
    "author": Field("Paper", _first_author),
    "year": Field("Year", lambda p, _: [p.reference.year or "undated"], rank=lambda p, _: year_of(p), numeric=True),
    "journal": Field("Journal", lambda p, _: [p.reference.container]),
    "pem": Field(
        "PEM",
        lambda p, _: [p.verdict.state],
        lambda v, a: a.policy.vocabulary("badge")[v].label,
        lambda a: list(a.policy.badge),
        lambda p, a: _position(p.verdict.state, list(a.policy.badge)),
    ),
    "design": Field(
        "Design", lambda p, _: [p.record.design], lambda v, a: a.policy.design[v].label, lambda a: list(a.policy.design)
    ),
    "level": Field(
        "Level",
        lambda p, _: [p.record.level],
        lambda v, _: "–" if v == "none" else v,
        lambda a: list(a.policy.level),
        lambda p, a: a.policy.strength(p.record.level),
    ),
    "context": Field(
        "Studied in", lambda p, _: p.record.context, lambda v, a: a.policy.context[v], lambda a: list(a.policy.context)
    ),
    "topic": Field("Topics", lambda p, _: p.record.topics, lambda v, a: a.policy.topic[v], lambda a: list(a.policy.topic)),
    "definition": Field(
        "Case definitions",
        lambda p, _: list(dict.fromkeys(c.id for c in p.record.criteria if c.role == "inclusion")),
        lambda v, a: a.policy.definition[v].label,
        lambda a: list(a.policy.definition),
    ),
    "read": Field("Read", lambda p, _: [p.record.read], vocabulary=lambda a: list(a.policy.read)),
    "notice": Field(
        "Notices", lambda p, a: [n.kind for n in a.notices_of(p.record.paper)], lambda v, _: v.replace("-", " ").capitalize()
    ),
    "participants": Field("Participants", _participants, rank=_all_participants, numeric=True),
}


def level_name(level: str, atlas: Atlas) -> str:
    """Return a level with its label, such as "E3: Preliminary"."""
    label = atlas.policy.level[level].label
    return label if level == "none" else f"{level}: {label}"
