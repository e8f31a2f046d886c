"""Runs the published search since its last run, and tells which of the papers found are not in the bibliography."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.bibliography_format import write_changed
from evidence_atlas.core.duplicates import normal_title
from evidence_atlas.core.notices import KINDS
from evidence_atlas.core.search_query import SOURCES, Asked, Query, State, state_text
from evidence_atlas.sources import europe_pmc, pubmed
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.services import EUROPE_PMC, SourceError
from evidence_atlas.sources.work import Work

OVERLAP = 7  # days before the last run that are asked for again: records come late, and are changed
FIRST = 31  # days back that a first run looks
MOST = 2000  # papers that one run takes from a source; more means that the search or the time is too wide
_PAGE = 100
_TELLING = 20  # letters of a title that tell a paper from others; many papers are called "Editorial"
_NOTICES = frozenset(KINDS)
# PubMed's and Europe PMC's names
_NOTICE_TYPES = frozenset({"retraction of publication", "published erratum", "expression of concern"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that the search found and the bibliography does not have.

    Attributes:
        work: What the first source says of it that found it.
        sources: All sources that found it.
    """

    work: Work
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its DOI, or ``pmid:`` and digits, or its title in small letters where it has neither."""
        return name_of(self.work)

    @property
    def argument(self) -> str:
        """What ``atlas new`` takes to make its page; empty where it has no identifier."""
        return self.work.doi or self.work.pmid


@dataclass(slots=True)
class Watched:
    """What a run found.

    Attributes:
        candidates: New papers, by name.
        known: How many of those found are in the bibliography.
        before: How many were reported by an earlier run.
        notices: How many are notices about other papers, and so no candidates.
        since: The first day asked for, by source.
        remarks: What a person should know, such as a source without an answer.
        failed: Whether a source gave no answer, or not all of it.
        state: What to remember.
    """

    candidates: list[Candidate] = field(default_factory=list)
    known: int = 0
    before: int = 0
    notices: int = 0
    since: dict[str, dt.date] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    failed: bool = False
    state: State = field(default_factory=State)


def watch(atlas: Atlas, client: Client, today: dt.date, since: dt.date | None = None) -> Watched:
    """Run the search.

    Args:
        atlas: Gives the search, its last runs and the bibliography.
        client: Asks.
        today: The last day to ask for.
        since: The first day to ask for, in place of that of the last run.

    Raises:
        ValueError: The atlas has no search, or no source gave an answer; then nothing is to be remembered.
    """
    search = atlas.search
    if not search.queries:
        raise ValueError(f"the atlas has no search to run: {atlas.settings.query} is not there, or holds none")
    watched, asked, found = Watched(), dict(search.state.asked), list[Work]()
    for source, query in search.queries.items():
        last = search.state.asked.get(source)
        start = since or _start(last, query, today, source, watched)
        watched.since[source] = start
        try:
            found += _ASK[source](client, query, start, today)
            asked[source] = Asked(today.isoformat(), query.line)
        except SourceError as error:
            watched.remarks.append(f"{error} What {SOURCES[source]} knows is not known.")
            watched.failed = True
    if not any(asked.get(source) != search.state.asked.get(source) for source in search.queries) and watched.failed:
        raise SourceError(" ".join(watched.remarks))
    _sort_out(atlas, found, watched)
    oldest = (today - dt.timedelta(days=FIRST + OVERLAP)).isoformat()
    seen = {name: day for name, day in search.state.seen.items() if day >= oldest}
    watched.state = State(asked, seen | {candidate.name: today.isoformat() for candidate in watched.candidates})
    return watched


def _start(last: Asked | None, query: Query, today: dt.date, source: str, watched: Watched) -> dt.date:
    """Return the first day to ask for, and remark where that leaves a gap."""
    if last is None:
        start = today - dt.timedelta(days=FIRST)
        watched.remarks.append(f"{SOURCES[source]} was not asked before; papers since {start} are looked for. See --since.")
        return start
    if last.query != query.line:
        watched.remarks.append(
            f"The search of {SOURCES[source]} has changed since {last.until}; "
            "what only the new one finds of earlier papers is not looked for. See --since."
        )
    return dt.date.fromisoformat(last.until) - dt.timedelta(days=OVERLAP)


def _ask_pubmed(client: Client, query: Query, since: dt.date, until: dt.date) -> list[Work]:
    term = f'({query.line}) AND ("{since:%Y/%m/%d}"[crdt] : "{until:%Y/%m/%d}"[crdt])'
    pmids = pubmed.search(client, term, MOST)
    if len(pmids) >= MOST:
        raise SourceError(f"PubMed finds {MOST} papers or more since {since}; ask for less time at once with --since.")
    works = pubmed.fetch(client, pmids)
    if missing := [pmid for pmid in pmids if pmid not in works]:
        raise SourceError(f"PubMed found {missing[0]} and does not give its record.")
    return list(works.values())


def _ask_europe_pmc(client: Client, query: Query, since: dt.date, until: dt.date) -> list[Work]:
    term = f"({query.line}) AND (FIRST_IDATE:[{since} TO {until}])"
    works: list[Work] = []
    mark = "*"
    while True:
        sent = {"query": term, "format": "json", "resultType": "core", "pageSize": str(_PAGE), "cursorMark": mark}
        answer = client.json(EUROPE_PMC, "search", sent)
        listed = answer.data.get("resultList") if isinstance(answer.data, dict) else None
        results = listed.get("result") if isinstance(listed, dict) else None
        if not isinstance(results, list):
            raise SourceError("Europe PMC answered with something else than a list of results.")
        made = (europe_pmc.work_of(r, EUROPE_PMC.name, answer.url, answer.retrieved) for r in results if isinstance(r, dict))
        works += made
        following = answer.data.get("nextCursorMark")
        if not results or not isinstance(following, str) or following == mark:
            return works
        if len(works) >= MOST:
            raise SourceError(f"Europe PMC finds {MOST} papers or more since {since}; ask for less time at once with --since.")
        mark = following


_ASK: dict[str, Callable[[Client, Query, dt.date, dt.date], list[Work]]] = {
    "pubmed": _ask_pubmed,
    "europe-pmc": _ask_europe_pmc,
}


def remember(atlas: Atlas, watched: Watched) -> None:
    """Keep what the next run must know.

    Raises:
        OSError: The file cannot be written.
    """
    beside = atlas.project.query.parent if atlas.project.query else atlas.project.root
    write_changed(atlas.project.watch or beside / atlas.settings.watch, state_text(watched.state))


def name_of(work: Work) -> str:
    """Return by what a work is told from others."""
    return work.doi or (f"pmid:{work.pmid}" if work.pmid else normal_title(work.title))


def _is_notice(work: Work) -> bool:
    """Whether a work is a notice about another one."""
    types = {kind.lower() for kind in work.publication_types}
    return bool(types & _NOTICE_TYPES) or any(link.kind in _NOTICES for link in work.update_to)


def _names(work: Work) -> set[str]:
    """Return all names by which a work can be met."""
    title = normal_title(work.title)
    return {work.doi, f"pmid:{work.pmid}" if work.pmid else "", title if len(title) >= _TELLING else ""} - {""}


def _sort_out(atlas: Atlas, works: Iterable[Work], watched: Watched) -> None:
    """Part the works that are new from those that are known, and join what several sources found."""
    found: list[list[Work]] = []
    by_name: dict[str, list[Work]] = {}
    for work in works:
        names = sorted(_names(work))
        group = next((by_name[name] for name in names if name in by_name), None)
        if group is None:
            found.append(group := [])
        group.append(work)
        by_name |= dict.fromkeys(names, group)
    known = {name for ids in atlas.bibliography.identifiers.values() for name in (ids.doi, f"pmid:{ids.pmid}") if name}
    known |= {normal_title(work.title) for work in atlas.bibliography.values()}
    for group in found:
        candidate = Candidate(group[0], tuple(dict.fromkeys(work.source for work in group)))
        if any(map(_is_notice, group)):
            watched.notices += 1
        elif any(_names(work) & known for work in group):
            watched.known += 1
        elif any(name_of(work) in atlas.search.state.seen for work in group):
            watched.before += 1
        else:
            watched.candidates.append(candidate)
    watched.candidates.sort(key=lambda candidate: (candidate.work.title.casefold(), candidate.name))
