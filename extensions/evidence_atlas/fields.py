"""The fields of a page by which tables are filtered, grouped and sorted, and papers are browsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.references import UNDATED
from evidence_atlas.core.slugs import folded
from evidence_atlas.domain import Paper
from evidence_atlas.language import N_, _, capital, shown_year

DIRECTIONS = {
    "benefit": N_("benefit"),
    "no-difference": N_("no difference"),
    "harm": N_("harm"),
    "mixed": N_("mixed"),
    "not-stated": N_("not stated"),
}
NOTICES = {
    "retraction": N_("Retraction"),
    "withdrawal": N_("Withdrawal"),
    "removal": N_("Removal"),
    "expression-of-concern": N_("Expression of concern"),
    "correction": N_("Correction"),
    "erratum": N_("Erratum"),
}


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


def _first_author(page: Paper, _atlas: Atlas) -> list[str]:
    authors = page.reference.authors
    return [" ".join(part for part in (authors[0].family if authors else "", page.reference.year) if part)]


def _participants(page: Paper, _atlas: Atlas) -> list[str]:
    p = page.record.participants
    groups = ((p.cases, _("{count} cases")), (p.controls, _("{count} controls")), (p.other, _("{count} others"))) if p else ()
    return [said.format(count=count) for count, said in groups if count is not None]


def _all_participants(page: Paper, _atlas: Atlas) -> int | None:
    p = page.record.participants
    counts = [count for count in (p.cases, p.controls, p.other) if count is not None] if p else []
    return sum(counts) if counts else None


def _position(value: str, known: list[str]) -> int:
    return known.index(value) if value in known else len(known)


FIELDS: dict[str, Field] = {
    "title": Field(N_("What was found"), lambda p, _: [p.reading.title]),
    "author": Field(N_("Paper"), _first_author),
    "year": Field(
        N_("Year"),
        lambda p, _: [p.reference.year or UNDATED],
        lambda v, _atlas: shown_year(v),
        rank=lambda p, _: p.reference.year_number,
        numeric=True,
    ),
    "journal": Field(N_("Journal"), lambda p, _: [p.reference.container]),
    "pem": Field(
        N_("PEM"),
        lambda p, _: [p.verdict.state],
        lambda v, a: a.policy.vocabulary("badge")[v].label,
        lambda a: list(a.policy.badge),
        lambda p, a: _position(p.verdict.state, list(a.policy.badge)),
    ),
    "design": Field(
        N_("Design"), lambda p, _: [p.record.design], lambda v, a: a.policy.design[v].label, lambda a: list(a.policy.design)
    ),
    "level": Field(
        N_("Level"),
        lambda p, _: [p.record.level],
        lambda v, _: "–" if v == "none" else v,
        lambda a: list(a.policy.level),
        lambda p, a: a.policy.strength(p.record.level),
    ),
    "context": Field(
        N_("Studied in"), lambda p, _: p.record.context, lambda v, a: a.policy.context[v], lambda a: list(a.policy.context)
    ),
    "topic": Field(N_("Topics"), lambda p, _: p.record.topics, lambda v, a: a.policy.topic[v], lambda a: list(a.policy.topic)),
    "definition": Field(
        N_("Case definitions"),
        lambda p, _: list(dict.fromkeys(c.id for c in p.record.criteria if c.role == "inclusion")),
        lambda v, a: a.policy.definition[v].label,
        lambda a: list(a.policy.definition),
    ),
    "read": Field(N_("Read"), lambda p, _: [p.record.read], vocabulary=lambda a: list(a.policy.read)),
    "outcome": Field(
        N_("Main result"),
        lambda p, _: [p.record.outcome.direction] if p.record.outcome else [],
        lambda v, _atlas: capital(_(DIRECTIONS[v])),
        lambda _: list(DIRECTIONS),
    ),
    "notice": Field(N_("Notices"), lambda p, a: [n.kind for n in a.notices_of(p.record.paper)], lambda v, _atlas: _(NOTICES[v])),
    "participants": Field(N_("Participants"), _participants, rank=_all_participants, numeric=True),
}


def level_name(level: str, atlas: Atlas) -> str:
    """Return a level with its label, such as "E3: Preliminary"."""
    label = atlas.policy.level[level].label
    return label if level == "none" else _("{level}: {label}").format(level=level, label=label)
