"""Filters by the fields of a page, which tables and charts take as options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.findings import Code, Finding, listed, nearest
from evidence_atlas.domain import AtlasDomain, Paper, warn
from evidence_atlas.fields import FIELDS

Filters = Mapping[str, Sequence[str]]  # what is wanted, by field


def passing(domain: AtlasDomain, filters: Filters) -> list[Paper]:
    """Return the papers that pass every filter, in the order of their pages."""
    atlas = domain.shown_atlas
    return [p for p in domain.pages.values() if all(_passes(p, name, wanted, atlas) for name, wanted in filters.items())]


def warn_of_unknown(filters: Filters, atlas: Atlas, file: str, line: int, code: Code) -> None:
    """Warn of values that no page can have.

    Args:
        filters: The filters.
        atlas: Gives the policy's vocabularies.
        file: Where the filters stand.
        line: The line in the file.
        code: The kind of the finding.
    """
    for name, wanted in filters.items():
        known = FIELDS[name].vocabulary(atlas)
        for value in wanted:
            if known and value not in known:
                message = f"The filter '{name}' cannot be {value!r}{nearest(value, known)}; expected one of {listed(known, 25)}."
                warn(Finding(file, line, code, message))


def wanted(option: str) -> list[str]:
    """Return the values of an option, which commas part."""
    return [part.strip() for part in option.split(",") if part.strip()]


def _passes(page: Paper, name: str, wanted: Sequence[str], atlas: Atlas) -> bool:
    values = FIELDS[name].values(page, atlas)
    if name == "year":
        return any(_in_years(values[0], years) for years in wanted)
    if name in ("author", "journal", "title"):
        return any(part.casefold() in value.casefold() for part in wanted for value in values)
    return any(value in wanted for value in values)


def _in_years(year: str, years: str) -> bool:
    first, dash, last = years.partition("-")
    return (first or "0") <= year <= (last or "9999") if dash else year == years
