"""What sources report of notices about a paper, in the kinds that the atlas knows (NISO RP-45-2024)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from evidence_atlas.core.notice_checks import SOURCES
from evidence_atlas.core.notices import KINDS, WITHDRAWING, Notice
from evidence_atlas.sources.text import spoken_date
from evidence_atlas.sources.work import Link, Work

REINSTATEMENT = "reinstatement"
# sources' own words for a kind that the atlas has under another name
_SAME = {
    "corrigendum": "correction",
    "corrected-and-republished": "correction",
    "published-erratum": "erratum",
    "retracted": "retraction",
    "withdrawn": "withdrawal",
    "removed": "removal",
    "reinstated": REINSTATEMENT,
}
# what joins works and is no notice
_NO_NOTICE = frozenset(
    {"addendum", "clarification", "new-version", "new-edition", "version", "update", "comment", "reply", "preprint", "dataset",
     "associated-dataset", "associated-publication", "cites", "original-report", "reprint", "reprint-of", "summary-for-patients",
     "republication", "is-preprint-of", "has-preprint", "review", "supplement"}
)  # fmt: skip
_WITHDRAWN_TYPE = "retracted publication"
_TITLE = re.compile(r"\W*(retracted|withdrawn|removed)(?: article| paper| chapter)?\s*[:\-–—\]]", re.IGNORECASE)
# PubMed calls every correction an erratum, so the two words do not tell notices apart
_CORRECTING = frozenset({"correction", "erratum"})


@dataclass(frozen=True, slots=True)
class Report:
    """One notice as a source reports it.

    Attributes:
        kind: A kind of notice; or ``reinstatement``; or the source's word, where the atlas has no such kind.
        doi: DOI of the notice, lower case; empty where it is not given.
        date: Day, or as much of it as is known; empty where it is not given.
        issuer: Who issued it; empty where it is not given.
        reason: Why; empty where it is not given.
        sources: Where this was read, and when.
    """

    kind: str
    doi: str = ""
    date: str = ""
    issuer: str = ""
    reason: str = ""
    sources: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the atlas has this kind of notice."""
        return self.kind in KINDS

    @property
    def withdraws(self) -> bool:
        """Whether the paper no longer stands."""
        return self.kind in WITHDRAWING

    def __str__(self) -> str:
        said = ", ".join(filter(None, (self.kind, self.date, f"doi:{self.doi}" if self.doi else "")))
        return f"{said} ({'; '.join(self.sources)})"


def from_notice(notice: Notice) -> Report:
    """Return a notice of the atlas in the form of a report, to compare the two."""
    return Report(notice.kind, notice.doi or "", str(notice.date or ""), notice.issuer, notice.reason, ("the atlas",))


def reports_of(work: Work, source: str) -> list[Report]:
    """Return the notices that a work's record states.

    Args:
        work: The work.
        source: A key of ``SOURCES``.
    """
    found = [_report(link, f"{SOURCES[source]}, asked on {work.retrieved}") for link in work.updated_by if _speaks(link)]
    if not any(report.withdraws for report in found):
        found += _by_its_own_marks(work, f"{SOURCES[source]}, asked on {work.retrieved}")
    return found


def announced_by(work: Work, source: str) -> list[tuple[str, Report]]:
    """Return the notices that a work is itself, each with the DOI of the paper that it is about.

    Args:
        work: A work, which may be a notice.
        source: A key of ``SOURCES``.
    """
    said = f"{SOURCES[source]}, asked on {work.retrieved} (the notice's own record)"
    links = [link for link in work.update_to if link.doi and kind_of(link.kind) in KINDS]
    return [
        (link.doi.lower(), Report(kind_of(link.kind), work.doi.lower(), link.date or work.date, work.journal, sources=(said,)))
        for link in links
    ]


def _speaks(link: Link) -> bool:
    return kind_of(link.kind) not in _NO_NOTICE


def kind_of(word: str) -> str:
    """Return the atlas's kind for a source's word, or the word itself."""
    plain = re.sub(r"[\s_]+", "-", word.strip().lower()).removesuffix("-in")
    return _SAME.get(plain, plain)


def _report(link: Link, source: str) -> Report:
    said = f"{source} ({link.note})" if link.note else source
    # PubMed tells the day only within the place: "Science. 2011 Dec 23;334(6063):1636"
    day = link.date or spoken_date(link.note.partition(". ")[2].partition(";")[0])
    return Report(kind_of(link.kind), link.doi.lower(), day, sources=(said,))


def _by_its_own_marks(work: Work, source: str) -> Iterator[Report]:
    """Yield what the work's record says of itself, where no notice is named."""
    if any(kind.lower() == _WITHDRAWN_TYPE for kind in work.publication_types):
        yield Report("retraction", sources=(f"{source} (publication type “Retracted Publication”)",))
    elif marked := _TITLE.match(work.title):
        yield Report(kind_of(marked[1]), sources=(f"{source} (mark before the title)",))


def same(one: Report, other: Report) -> bool:
    """Whether two reports speak of one notice: a paper is taken back once, and may be corrected often."""
    if one.withdraws and other.withdraws:
        return True
    alike = one.kind == other.kind or {one.kind, other.kind} <= _CORRECTING
    if one.doi and other.doi:
        return one.doi == other.doi
    return alike and agree(one.date, other.date)


def agree(one: str, other: str) -> bool:
    """Whether two dates can mean the same day, as far as both are known."""
    return one.startswith(other) or other.startswith(one)


def differences(one: Report, other: Report) -> list[str]:
    """Return in what two reports of one notice contradict each other: ``kind``, ``doi``, ``date``."""
    differing = []
    if one.kind != other.kind and not {one.kind, other.kind} <= _CORRECTING:
        differing.append("kind")
    if one.doi and other.doi and one.doi != other.doi:
        differing.append("doi")
    if not agree(one.date, other.date):
        differing.append("date")
    return differing


def combined(reports: Iterable[Report]) -> tuple[list[Report], list[tuple[Report, Report]]]:
    """Join what several sources report of one notice; the first that says something is kept.

    Returns:
        The notices, and pairs of reports that contradict each other in the kind of a notice.
    """
    notices: list[Report] = []
    contradictions = []
    for report in reports:
        place = next((n for n, known in enumerate(notices) if same(known, report)), None)
        if place is None:
            notices.append(report)
            continue
        known = notices[place]
        if "kind" in differences(known, report):
            contradictions.append((known, report))
        fuller = report.date if known.date in ("", report.date[: len(known.date)]) and report.date else known.date
        notices[place] = replace(
            known,
            doi=known.doi or report.doi,
            date=fuller,
            issuer=known.issuer or report.issuer,
            reason=known.reason or report.reason,
            sources=(*known.sources, *(source for source in report.sources if source not in known.sources)),
        )
    return notices, contradictions
