"""Brings reported notices into the notices file. What stands there stays; what contradicts it is told, not written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence_atlas.core.findings import Severity
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.tomlfile import NotToml, read_toml
from evidence_atlas.sources.client import missing_packages
from evidence_atlas.sources.notice_reports import REINSTATEMENT, Report, combined, differences, from_notice, same

if TYPE_CHECKING:
    from tomlkit.items import InlineTable

_WHOLE_DAY = 10  # characters of 2026-11-22


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a paper.

    Attributes:
        name: The paper, as the notices file names it.
        rule: ``new``, ``conflict``, ``more-known``, ``reinstated``, ``unknown-kind``.
        message: One sentence or two.
        severity: How grave it is.
    """

    name: str
    rule: str
    message: str
    severity: Severity = "warning"


@dataclass(slots=True)
class Merged:
    """What becomes of the reports.

    Attributes:
        new: Notices to be written, by paper.
        remarks: What to tell.
    """

    new: dict[str, list[Report]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def merge(standing: Mapping[str, Sequence[Notice]], reported: Mapping[str, Sequence[Report]]) -> Merged:
    """Compare what sources report with what stands in the notices file.

    Args:
        standing: The notices of the file, by paper.
        reported: What sources report, by paper; of sources that contradict each other, the first is believed.
    """
    merged = Merged()
    for name in sorted(reported):
        fitting = [report for report in reported[name] if report.fits]
        merged.remarks += (_not_for_a_program(name, report) for report in reported[name] if not report.fits)
        notices, contradictions = combined(fitting)
        merged.remarks += (
            Remark(name, "conflict", f"Sources differ on {name}: {one}; but {other}.") for one, other in contradictions
        )
        known = [from_notice(notice) for notice in standing.get(name, ())]
        for report in notices:
            its_own = next((one for one in known if same(one, report)), None)
            if its_own:
                merged.remarks += _compared(name, its_own, report)
            else:
                merged.new.setdefault(name, []).append(report)
                severity: Severity = "critical" if report.withdraws else "warning"
                merged.remarks.append(Remark(name, "new", f"New notice about {name}: {report}.", severity))
    return merged


def _not_for_a_program(name: str, report: Report) -> Remark:
    if report.kind == REINSTATEMENT:
        message = f"{name} is reported as reinstated: {report}. A person decides what becomes of its notices."
        return Remark(name, "reinstated", message)
    message = f"{name} has a notice of a kind that the atlas does not have: {report}. A person decides what it is."
    return Remark(name, "unknown-kind", message)


def _compared(name: str, own: Report, report: Report) -> Iterator[Remark]:
    """Yield how a report differs from the notice that stands for it."""
    differing = differences(own, report)
    if differing:
        severity: Severity = "warning" if "kind" in differing else "hint"
        said = ", ".join(f"{what} {getattr(own, what)!r} here and {getattr(report, what)!r} there" for what in differing)
        yield Remark(name, "conflict", f"The notice about {name} differs from what is reported: {said} ({report}).", severity)
    if more := [what for what in ("doi", "date") if getattr(report, what) and not getattr(own, what)]:
        said = ", ".join(f"{what} {getattr(report, what)}" for what in more)
        yield Remark(
            name, "more-known", f"More is known of the notice about {name}: {said} ({'; '.join(report.sources)}).", "hint"
        )


def add_notices(text: str, new: Mapping[str, Sequence[Report]], titles: Mapping[str, str]) -> str:
    """Return a notices file with further notices in it; not a byte of what was there is changed.

    Args:
        text: The file.
        new: The notices by paper.
        titles: A line about each paper, for the comment above a table that is new.

    Raises:
        ValueError: The file's form leaves no place for them.
    """
    try:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
    except ImportError:
        raise missing_packages() from None
    before = read_toml(text)
    own = {name.lower(): name for name in before}
    try:
        document = tomlkit.parse(text)
        for name, reports in new.items():
            if name in own:
                rows: Any = document[own[name]]["notices"]
                for report in reports:
                    _append(rows, report)
        after = tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ValueError(f"the notices file cannot be added to: {error}") from None
    after += "".join(_table(name, reports, titles.get(name, "")) for name, reports in new.items() if name not in own)
    _assert_only_added(text, after, before, new, own)
    return after


def _append(rows: Any, report: Report) -> None:
    from tomlkit import table
    from tomlkit.items import AoT

    if isinstance(rows, AoT):
        one = table()
        one.update(_values(report))
        rows.append(one)
    else:
        rows.add_line(_inline(report), indent="  ", newline="\n" in rows.as_string())


def _values(report: Report) -> dict[str, Any]:
    date: Any = dt.date.fromisoformat(report.date) if len(report.date) == _WHOLE_DAY else report.date
    values = {"kind": report.kind, "doi": report.doi, "date": date, "issuer": report.issuer, "reason": report.reason}
    return {name: value for name, value in (values | {"source": "; ".join(report.sources)}).items() if value}


def _inline(report: Report) -> InlineTable:
    from tomlkit import item, value

    pairs = ", ".join(f"{name} = {item(each).as_string()}" for name, each in _values(report).items())
    row: Any = value(f"{{ {pairs} }}")
    made: InlineTable = row
    return made


def _table(name: str, reports: Sequence[Report], title: str) -> str:
    from tomlkit import item

    comment = f"# {' '.join(title.split())}\n" if title else ""
    rows = "".join(f"  {_inline(report).as_string()},\n" for report in reports)
    return f"\n{comment}[{item(name).as_string()}]\nnotices = [\n{rows}]\n"


def _assert_only_added(
    text: str, after: str, before: Mapping[str, Any], new: Mapping[str, Sequence[Report]], own: Mapping[str, str]
) -> None:
    """Make sure that the file is what it was, and what is new.

    Raises:
        ValueError: It is not.
    """
    wanted: dict[str, Any] = {name: {**table, "notices": [*table["notices"]]} for name, table in before.items()}
    for name, reports in new.items():
        table = wanted.setdefault(own.get(name, name), {"notices": []})
        table["notices"] += [_values(report) for report in reports]
    try:
        whole = read_toml(after) == wanted
    except NotToml:
        whole = False
    rest = iter(after)
    if not whole or not all(character in rest for character in text):
        raise ValueError("the notices file has a form that cannot be added to: give each notice a line of its own")
