"""Which works are one and the same, and which only belong together: versions, preprints, corrections, comments.

Two registrations are two works: a preprint and its journal version have one title and two DOIs, and both are kept. A work
is taken for a second one of the same only by an identifier, or by title, first author and year where no identifier of
the one speaks against the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evidence_atlas.core.findings import Code, Finding, Severity
from evidence_atlas.core.notice_titles import Kind, kind_of, own_title
from evidence_atlas.core.references import Bibliography, normal_doi, plain
from evidence_atlas.core.slugs import folded

Relation = Literal["same", "preprint-of", "journal-version-of", "version-of", "alike", "notice-of"]

_FIELDS = ("author", "date", "doi", "journal", "pmid", "publisher", "title", "year")
_SAID: Mapping[Relation, str] = {"same": "is the same work as", "alike": "may be the same work as"}
_YEARS_APART = 1
_FEWEST_WORDS = 4  # of a title by which a notice is matched to its paper; shorter ones are titles of many
_BETWEEN = re.compile(r"[^a-z0-9]+")
_YEAR = re.compile(r"[0-9]{4}")

# prefixes of DOIs under which servers register preprints, and nothing else
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:19|20)\d\d\.\d\d\.\d\d\.\d+|1101/\d{6,}|64898/|21203/rs\.|2139/ssrn|20944/preprints|48550/arxiv|3123[14]/osf"
    r"|31219/osf|22541/au|26434/chemrxiv|1590/scielopreprints)"
)
_PREPRINT_SERVER = re.compile(
    r"(?:med|bio|ar|psyar|chem|socar)rxiv\b|preprints(?:\.org)?$|research square|ssrn\b|authorea|osf preprints", re.IGNORECASE
)
# DOIs that registrars give to each version of a work, up to where the versions differ
_VERSIONED = re.compile(
    r"(10\.(?:21203/rs\..+(?=/v\d+$)|20944/preprints.+(?=\.v\d+$)|3123[14]/osf\.io/.+(?=_v\d+$)|1101/.+\d(?=v\d+$)"
    r"|1002/14651858\..+?(?=(?:\.pub\d+)?$)|12688/\w+\.\d+(?=\.\d+$)))"
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells one work from another.

    Attributes:
        key: Its name for the reader.
        doi: In lower case, or empty.
        pmid: Digits, or empty.
        title: In ASCII, lower case and single blanks; empty where it has no letter.
        author: The last part of the first author's family name, likewise.
        year: 0 where it is not known.
        preprint: Whether it is one.
        kind: What it is: a paper, or a notice about one.
        about: The title of the paper that a notice is about, as far as its own title gives it.
        targets: DOIs and PMIDs of the works that it says it is a notice of.
    """

    key: str
    doi: str
    pmid: str
    title: str
    author: str
    year: int
    preprint: bool
    kind: Kind
    about: str
    targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stated:
    """What a source states of a work.

    Attributes:
        title: As text or with BibTeX's markup.
        author: The first author's family name, or all names as BibTeX has them.
        year: The year, or a date that begins with it.
        doi: In any form.
        pmid: Its PubMed identifier.
        container: The journal or server.
        types: PubMed's words for the kind of publication.
        targets: DOIs and PMIDs of the works of which the source says that this one is a notice.
    """

    title: str
    author: str
    year: str = ""
    doi: str = ""
    pmid: str = ""
    container: str = ""
    types: Sequence[str] = ()
    targets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How a work stands to one that is known.

    Attributes:
        relation: What it is to the other: "same" where both are one, otherwise both are kept.
        key: The other.
        why: By what that was told, for a sentence.
    """

    relation: Relation
    key: str
    why: str


def traits(key: str, stated: Stated) -> Traits:
    """Return what tells a work from others.

    Args:
        key: Its name for the reader.
        stated: What its source states.
    """
    shown = own_title(plain(stated.title))
    doi, pmid, found = normal_doi(stated.doi), stated.pmid.strip(), _YEAR.search(stated.year)
    kind, about = kind_of(shown, stated.types)
    return Traits(
        key=key,
        doi=doi,
        pmid=pmid if pmid.isdecimal() else "",
        title=normal_title(shown),
        author=_family(stated.author),
        year=int(found[0]) if found else 0,
        preprint=bool(_PREPRINT_DOI.match(doi) if doi else _PREPRINT_SERVER.match(stated.container.strip("{} "))),
        kind=kind,
        about=normal_title(about),
        targets=frozenset(stated.targets),
    )


def normal_title(title: str) -> str:
    """Return a title as it is compared: without case, accents, marks and markup."""
    return _BETWEEN.sub(" ", folded(title)).strip()


def _family(author: str) -> str:
    first = re.split(r"\s+and\s+", author.strip(), maxsplit=1)[0].split(",", 1)[0]
    words = _BETWEEN.sub(" ", folded(plain(first))).split()
    return words[-1] if words else ""


def traits_of(bibliography: Bibliography) -> Iterator[Traits]:
    """Yield what tells the works of a bibliography apart, without decoding more of them than needed."""
    for key, row in bibliography.written(_FIELDS).items():
        if not (author := row.get("author", "")):
            author = next((name.family for name in bibliography[key].authors), "")
        stated = Stated(
            title=row.get("title", ""),
            author=author,
            year=row.get("year", "") or row.get("date", ""),
            doi=row.get("doi", ""),
            pmid=row.get("pmid", ""),
            container=row.get("journal", "") or row.get("publisher", ""),
        )
        yield traits(key, stated)


def check_references(bibliography: Bibliography, files: Sequence[Path]) -> Iterator[Finding]:
    """Find works that stand in a bibliography under two keys.

    Two registrations of one title, such as an abstract of a congress and the paper, are a hint and fail nothing.
    """
    seen = Catalogue()
    for work in traits_of(bibliography):
        matches = [match for match in seen.matches(work) if match.relation in _SAID]
        for match in matches:
            file, line = _place(work.key, files)
            message = f"{work.key!r} {_SAID[match.relation]} {match.key!r}: {match.why}."
            severity: Severity = "warning" if match.relation == "same" else "hint"
            yield Finding(file, line, Code.DUPLICATE_REFERENCE, message, severity=severity)
        if not any(match.relation == "same" for match in matches):
            seen.add(work)


def _place(key: str, files: Sequence[Path]) -> tuple[str, int]:
    """Return file and line of an entry; keys know no case."""
    begin = re.compile(rf"^[ \t]*@\w+\s*[{{(]\s*{re.escape(key)}\s*,", re.MULTILINE | re.IGNORECASE)
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        if match := begin.search(text):
            return str(file), text.count("\n", 0, match.start()) + 1
    return str(files[0]) if files else "", 1


class Catalogue:
    """Works by what tells them apart. A work is compared with the few that share something with it, however many there are."""

    def __init__(self, works: Iterable[Traits] = ()) -> None:
        self._by_doi: dict[str, Traits] = {}
        self._by_base: defaultdict[str, list[Traits]] = defaultdict(list)
        self._by_pmid: dict[str, Traits] = {}
        self._by_title: defaultdict[str, list[Traits]] = defaultdict(list)
        for work in works:
            self.add(work)

    def add(self, work: Traits) -> None:
        """Add a work."""
        if work.doi:
            self._by_doi.setdefault(work.doi, work)
            self._by_base[_base(work.doi)].append(work)
        if work.pmid:
            self._by_pmid.setdefault(work.pmid, work)
        if work.title:
            self._by_title[work.title].append(work)

    def matches(self, work: Traits) -> list[Match]:
        """Return how a work stands to those that are there; what makes it the same comes first and alone."""
        found = list(self._all_matches(work))
        same = [match for match in found if match.relation == "same"]
        return same[:1] or list({match.key: match for match in reversed(found)}.values())[::-1]

    def others(self, work: Traits) -> list[Match]:
        """Return how a work that is there stands to the others."""
        found = [match for match in self._all_matches(work) if match.key != work.key and match.relation != "same"]
        return list({match.key: match for match in reversed(found)}.values())[::-1]

    def _all_matches(self, work: Traits) -> Iterator[Match]:
        if other := self._by_doi.get(work.doi):  # an empty one is never there
            yield Match("same", other.key, "the same DOI")
        if work.doi:
            for other in self._by_base.get(_base(work.doi), ()):
                yield Match("version-of", other.key, "DOIs that differ in the version alone")
        if other := self._by_pmid.get(work.pmid):
            yield self._by_same_pmid(work, other)
        for other in self._by_title.get(work.title, ()):
            if work.author == other.author and work.kind == other.kind and _near(work.year, other.year):
                yield self._by_same_title(work, other)
        if work.kind != "paper":
            yield from self._subjects(work)

    @staticmethod
    def _by_same_pmid(work: Traits, other: Traits) -> Match:
        if work.doi and other.doi and work.preprint != other.preprint:
            return _lineage(work, other, "the same PMID, and a preprint's DOI on one side")
        if work.doi and other.doi and work.title != other.title:
            return Match("alike", other.key, "the same PMID, but another DOI and title: one of them is wrong")
        return Match("same", other.key, "the same PMID")

    @staticmethod
    def _by_same_title(work: Traits, other: Traits) -> Match:
        why = "the same title, first author and time"
        if work.preprint != other.preprint:
            return _lineage(work, other, why)
        if (work.doi and other.doi) or (work.pmid and other.pmid):
            return Match("alike", other.key, f"{why}, but another {'DOI' if work.doi and other.doi else 'PMID'}")
        return Match("same", other.key, why)

    def _subjects(self, notice: Traits) -> Iterator[Match]:
        """Yield the papers that a notice is about."""
        for target in sorted(notice.targets):
            if other := self._by_doi.get(target) or self._by_pmid.get(target):
                yield Match("notice-of", other.key, f"it is a {notice.kind} of it, as its source says")
        about = [other for other in self._by_title.get(notice.about, ()) if other.kind == "paper"]
        if len(about) == 1 and len(notice.about.split()) >= _FEWEST_WORDS:
            yield Match("notice-of", about[0].key, f"it is a {notice.kind} with that title")


def _base(doi: str) -> str:
    match = _VERSIONED.match(doi)
    return match[1] if match else doi


def _near(one: int, other: int) -> bool:
    return not one or not other or abs(one - other) <= _YEARS_APART


def _lineage(work: Traits, other: Traits, why: str) -> Match:
    return Match("preprint-of" if work.preprint else "journal-version-of", other.key, why)
