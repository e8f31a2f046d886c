"""Asks Crossref, PubMed and the Retraction Watch file whether there are notices about works.

A work of which a source says nothing is never taken for one without notices: the answer is kept as it was.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evidence_atlas.core.notice_checks import SOURCES, Answer, Check, Checks
from evidence_atlas.sources import crossref, pubmed
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.notice_reports import Report, announced_by, reports_of
from evidence_atlas.sources.services import CROSSREF, NotFound, SourceError, Unreachable
from evidence_atlas.sources.work import Work

if TYPE_CHECKING:
    from evidence_atlas.sources.retraction_watch import RetractionWatch

_AT_ONCE = 50  # DOIs in one question to Crossref, whose address stays below 4 kB
_FIELDS = "DOI,title,type,publisher,container-title,issued,updated-by,update-to"
_SEARCHED = 20  # DOIs in one search of PubMed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A work to ask about.

    Attributes:
        name: As the atlas names it: its DOI, or ``pmid:`` and digits.
        doi: Its DOI, or empty.
        pmid: Its PubMed identifier, or empty.
        title: A line about it for people.
    """

    name: str
    doi: str
    pmid: str
    title: str = ""


@dataclass(slots=True)
class Heard:
    """What sources said.

    Attributes:
        checks: Their answers by work and source.
        reports: The notices that they report, by work.
        failures: Why there was no answer, each with the number of works that it concerns.
        announced: Notices that works of the bibliography are themselves: the source, the DOI of the paper, the notice.
    """

    checks: dict[str, dict[str, Check]] = field(default_factory=lambda: defaultdict(dict))
    reports: dict[str, list[Report]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    announced: list[tuple[str, str, Report]] = field(default_factory=list)

    def note(self, wanted: Wanted, source: str, day: str, answer: Answer, reports: Sequence[Report] = ()) -> None:
        """Keep an answer."""
        self.checks[wanted.name][source] = Check(source, day, answer)
        self.reports[wanted.name] += reports

    def fail(self, works: Sequence[Wanted], source: str, day: str, why: str) -> None:
        """Keep that there was no answer."""
        for wanted in works:
            self.note(wanted, source, day, "failed")
        self.failures[why] += len(works)

    def known(self, wanted: Wanted, source: str, work: Work) -> None:
        """Keep what a record of the work states."""
        reports = reports_of(work, source)
        self.note(wanted, source, work.retrieved, "notices" if reports else "none", reports)
        self.announced += [(source, doi, report) for doi, report in announced_by(work, source)]

    def bring_home(self, works: Sequence[Wanted]) -> None:
        """Give each paper the notices about it that stand in the bibliography as works of their own."""
        names = {work.doi: work.name for work in works if work.doi}
        for source, doi, report in self.announced:
            if name := names.get(doi):
                self.reports[name].append(report)
                if (check := self.checks[name].get(source)) and check.answer == "none":
                    self.checks[name][source] = replace(check, answer="notices")


def ask_all(works: Sequence[Wanted], client: Client | None, file: RetractionWatch | None, today: dt.date) -> Heard:
    """Ask every source about works.

    Args:
        works: The works.
        client: Asks the services; ``None`` where only the file is looked at.
        file: What the Retraction Watch file holds; ``None`` where there is no file.
        today: The day of the question.
    """
    heard = Heard()
    if client:
        _ask_crossref([work for work in works if work.doi], client, today.isoformat(), heard)
        _ask_pubmed(works, client, today.isoformat(), heard)
    for work in works if file else ():
        reports = file.about(work.doi, work.pmid) if file else []
        heard.note(work, "retraction-watch", file.until if file else "", "notices" if reports else "none", reports)
    heard.bring_home(works)
    return heard


def _batches(works: list[Wanted], size: int) -> list[list[Wanted]]:
    return [works[start : start + size] for start in range(0, len(works), size)]


def _ask_crossref(works: Sequence[Wanted], client: Client, today: str, heard: Heard) -> None:
    # a comma parts one filter from the next, so a DOI that has one is asked for alone
    single = [[work] for work in works if "," in work.doi]
    together = _batches([work for work in works if "," not in work.doi], _AT_ONCE)
    questions = [*together, *single]
    for place, batch in enumerate(questions):
        try:
            found = _crossref_alone(batch[0], client) if "," in batch[0].doi else _crossref_batch(batch, client)
        except Unreachable as error:
            heard.fail([work for rest in questions[place:] for work in rest], "crossref", today, str(error))
            return
        except SourceError as error:
            heard.fail(batch, "crossref", today, str(error))
            continue
        for work in batch:
            if work.doi in found:
                heard.known(work, "crossref", found[work.doi])
            else:
                heard.note(work, "crossref", today, "absent")


def _crossref_alone(wanted: Wanted, client: Client) -> dict[str, Work]:
    try:
        return {wanted.doi: crossref.by_doi(client, wanted.doi)}
    except NotFound:
        return {}


def _crossref_batch(batch: Sequence[Wanted], client: Client) -> dict[str, Work]:
    """Return the works of a batch that Crossref holds.

    Raises:
        SourceError: The answer cannot be used, is not whole, or holds another work.
    """
    filters = ",".join(f"doi:{work.doi}" for work in batch)
    answer = client.json(CROSSREF, "works", {"filter": filters, "rows": str(len(batch)), "select": _FIELDS})
    message = answer.data.get("message") if isinstance(answer.data, dict) else None
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SourceError("Crossref answered with something else than a list of records.")
    found = [crossref.work_of(item, CROSSREF.name, answer.url, answer.retrieved) for item in items]
    wanted = {work.doi for work in batch}
    if strange := next((work.doi or "a record without a DOI" for work in found if work.doi not in wanted), ""):
        raise SourceError(f"Crossref answered with {strange}, for which it was not asked; the whole answer is not used.")
    if message.get("total-results") != len(found):
        raise SourceError("Crossref did not answer with all the records that it has.")
    return {work.doi: work for work in found}


def _ask_pubmed(works: Sequence[Wanted], client: Client, today: str, heard: Heard) -> None:
    questions = [("fetch", batch) for batch in _batches([work for work in works if work.pmid], pubmed.BATCH)]
    questions += [("search", batch) for batch in _batches([w for w in works if not w.pmid and w.doi], _SEARCHED)]
    for place, (how, batch) in enumerate(questions):
        try:
            found = _by_number(batch, client) if how == "fetch" else _by_doi(batch, client)
        except Unreachable as error:
            heard.fail([work for _how, rest in questions[place:] for work in rest], "pubmed", today, str(error))
            return
        except SourceError as error:
            heard.fail(batch, "pubmed", today, str(error))
            continue
        for work in batch:
            _note_pubmed(work, found.get(work.name), today, heard)


def _by_number(batch: Sequence[Wanted], client: Client) -> dict[str, Work]:
    found = pubmed.fetch(client, [work.pmid for work in batch])
    return {work.name: found[work.pmid] for work in batch if work.pmid in found}


def _by_doi(batch: Sequence[Wanted], client: Client) -> dict[str, Work]:
    term = " OR ".join(f'"{work.doi}"[doi]' for work in batch)
    found = pubmed.fetch(client, pubmed.search(client, term, pubmed.BATCH))
    wanted = {work.doi for work in batch}
    return {work.doi: work for work in found.values() if work.doi in wanted}  # the query finds like ones too


def _note_pubmed(wanted: Wanted, work: Work | None, today: str, heard: Heard) -> None:
    if work is None:
        heard.note(wanted, "pubmed", today, "absent")
    elif wanted.doi and work.doi and wanted.doi != work.doi:
        why = f"PubMed's record {wanted.pmid} has the DOI {work.doi}, and the bibliography says {wanted.doi}: it is not used."
        heard.fail([wanted], "pubmed", today, why)
    else:
        heard.known(wanted, "pubmed", work)


def with_issuers(new: Mapping[str, Sequence[Report]], client: Client | None) -> dict[str, list[Report]]:
    """Return notices with the journal in which each was published, as far as Crossref tells it.

    Args:
        new: Notices by work.
        client: Asks; ``None`` to leave the notices as they are.
    """
    dois = sorted({report.doi for reports in new.values() for report in reports if report.doi and not report.issuer})
    journals: dict[str, str] = {}
    for doi in dois if client else ():
        try:
            journals[doi] = crossref.by_doi(client, doi).journal if client else ""
        except Unreachable:
            break
        except SourceError:
            continue  # a notice without an issuer is a notice
    return {name: [replace(r, issuer=r.issuer or journals.get(r.doi, "")) for r in reports] for name, reports in new.items()}


def later(before: Checks, heard: Heard, names: Iterable[str]) -> dict[str, tuple[Check, ...]]:
    """Return the checks to keep: what was heard now, else what was heard earlier; nothing of works that are gone.

    Args:
        before: The checks that were kept.
        heard: What was heard now.
        names: All works of the bibliography.
    """
    kept: dict[str, tuple[Check, ...]] = {}
    for name in names:
        known = {check.source: check for check in before.get(name, ())} | heard.checks.get(name, {})
        if known:
            kept[name] = tuple(known[source] for source in SOURCES if source in known)
    return kept


def summary(checks: Checks, works: Sequence[Wanted]) -> Iterator[str]:
    """Yield a line each source: what it answered; and how many works are not known."""
    for source, name in SOURCES.items():
        answers = [check.answer for work in works for check in checks.get(work.name, ()) if check.source == source]
        if answers:
            counts = {answer: answers.count(answer) for answer in ("notices", "none", "absent", "failed")}
            yield (
                f"{name}: {counts['notices']} with notices, {counts['none']} without, "
                f"{counts['absent']} not held, {counts['failed']} without an answer"
            )
    unknown = sum(not any(check.known for check in checks.get(work.name, ())) for work in works)
    yield f"not known: {unknown} of {len(works)} works"
