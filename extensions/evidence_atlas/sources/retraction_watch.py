"""The Retraction Watch database as Crossref publishes it: one CSV file, a row for each notice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evidence_atlas.sources.notice_reports import Report, kind_of
from evidence_atlas.sources.services import SourceError

_COLUMNS = ("RetractionDate", "RetractionDOI", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "Reason")
_FORMS = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y-%m-%d")
_LARGEST = 512 * 1024 * 1024  # bytes; the database of 2025 has 60 MB
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class RetractionWatch:
    """What the file holds of some works.

    Attributes:
        until: The newest day of a notice in the file: later ones it cannot know.
        reports: Notices by DOI, and by ``pmid:`` and digits.
        rows: How many notices the file holds in all.
        unreadable: How many of them name no work, or one whose DOI is damaged.
    """

    until: str
    reports: Mapping[str, list[Report]] = field(repr=False)
    rows: int = 0
    unreadable: int = 0

    def about(self, doi: str, pmid: str) -> list[Report]:
        """Return the notices about a work."""
        by_doi = self.reports.get(doi, []) if doi else []
        return by_doi or (self.reports.get(f"pmid:{pmid}", []) if pmid else [])


def read_retraction_watch(path: Path, names: Collection[str], today: dt.date) -> RetractionWatch:
    """Read the file.

    Args:
        path: The CSV file.
        names: The works that are looked for: DOIs in lower case, and ``pmid:`` with digits.
        today: No notice is of a later day; one that says so has a wrong date.

    Raises:
        SourceError: The file is not that database, or is cut off; then what it does not hold means nothing.
        OSError: It cannot be read.
    """
    if path.stat().st_size > _LARGEST:
        raise SourceError(f"{path} is larger than {_LARGEST // 2**20} MB; the Retraction Watch file is not")
    text = path.read_bytes().decode("utf-8-sig", errors="replace")  # some names in it are damaged, as its keepers know
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    wanted, found = frozenset(names), defaultdict[str, list[Report]](list)
    newest, rows, unreadable = "", 0, 0
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise SourceError(f"{path} is not the Retraction Watch file: it has no column {missing[0]!r}")
        for row in reader:
            values = {name: row[name] for name in reader.fieldnames or ()}
            if None in values.values() or None in row:
                raise SourceError(f"{path}:{reader.line_num}: the row is cut off or has too many cells; fetch the file again")
            rows += 1
            doi, pmid = row["OriginalPaperDOI"].strip().lower(), row["OriginalPaperPubMedID"].strip()
            day = _day(row["RetractionDate"], today)
            newest = max(newest, day)
            unreadable += _UNREADABLE in doi or not (doi.startswith("10.") or pmid.strip("0").isdecimal())
            for name in {doi, f"pmid:{pmid}"} & wanted:
                found[name].append(_report(row, day))
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.line_num}: this is no CSV that can be read: {error}") from None
    if not newest:
        raise SourceError(f"{path} holds no notice with a date")
    until = f"Retraction Watch, file up to {newest}"
    reports = {name: [Report(r.kind, r.doi, r.date, r.issuer, r.reason, (until,)) for r in all_] for name, all_ in found.items()}
    return RetractionWatch(newest, reports, rows, unreadable)


def _report(row: Mapping[str, str], day: str) -> Report:
    doi = row["RetractionDOI"].strip().lower()
    codes = [code.strip().lstrip("+").strip() for code in row["Reason"].split(";")]
    reason = "; ".join(code for code in codes if code)
    return Report(
        kind_of(row["RetractionNature"]),
        doi if doi.startswith("10.") else "",
        day,
        reason=f"Retraction Watch lists as reasons: {reason}." if reason else "",
    )


def _day(value: str, today: dt.date) -> str:
    for form in _FORMS:
        try:
            day = dt.datetime.strptime(value.strip(), form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        return day.isoformat() if day <= today else ""
    return ""
