"""What an atlas does not cover yet: works without a page, pages from less than the paper, badges that stay unclear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence_atlas.core.policy import Policy
from evidence_atlas.core.record import Record

# why a badge is unclear, and what would settle it
REASONS = {
    "no-definition-named": "What was read names no case definition that people had to meet.",
    "combination-not-stated": "Several definitions are named, and not how they combine.",
    "definition-leaves-open": "The definition that is named leaves open whether PEM is needed.",
}
SCHEMA = 1


@dataclass(frozen=True)
class Covered:
    """A page as the coverage sees it.

    Attributes:
        page: The name of the document.
        record: What it states.
        state: The state of its badge.
    """

    page: str
    record: Record
    state: str


def why_unclear(record: Record, policy: Policy) -> str:
    """Return why a badge is unclear, as a key of ``REASONS``.

    Args:
        record: The record of a page whose badge is unclear.
        policy: The policy that says so.
    """
    counting = [criterion for criterion in record.criteria if criterion.role in policy.resolution.counting_roles]
    if not counting:
        return "no-definition-named"
    values = {criterion.pem or policy.resolution.pem[policy.definition[criterion.id].pem] for criterion in counting}
    return "combination-not-stated" if len(values) > 1 and (record.joined or "unknown") == "unknown" else "definition-leaves-open"


def coverage_data(works: Iterable[str], pages: Iterable[Covered], policy: Policy) -> dict[str, object]:
    """Return the coverage as plain data, in the same order however the pages were read.

    Args:
        works: The keys of the bibliography.
        pages: The usable pages.
        policy: Gives the kinds of what can be read, and the rules of the badge.
    """
    pages, keys = sorted(pages, key=lambda page: page.page), sorted(works)
    with_page = {page.record.paper for page in pages}
    without = [key for key in keys if key not in with_page]
    unclear = [
        {"page": page.page, "paper": page.record.paper, "why": why_unclear(page.record, policy)}
        for page in pages
        if page.state == "unclear"
    ]
    return {
        "schema": SCHEMA,
        "references": {"all": len(keys), "with-page": len(keys) - len(without), "without-page": without},
        "read": {kind: [page.page for page in pages if page.record.read == kind] for kind in policy.read},
        "pem-unclear": unclear,
        "reasons": dict(REASONS),
    }


def counts_by_year(years: Mapping[str, Iterable[str]], with_page: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return year, number of works, and how many of them have a page.

    Args:
        years: Keys of works by year.
        with_page: Keys of the works that have a page.
    """
    known = set(with_page)
    return [(year, len(keys), len(known & keys)) for year, works in years.items() if (keys := set(works))]
