"""``atlas import``: many references from a file into the bibliography. Each is new, a duplicate, or refused; none is lost.

First all are judged, and nothing is written. Then the new ones are written, some hundred at a time, each time the whole
file or nothing of it. What was written before an interruption is a duplicate of itself the next time.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from evidence_atlas.core.bibliography_format import ambiguous
from evidence_atlas.core.duplicates import Catalogue, Match, Stated, Traits, traits, traits_of
from evidence_atlas.core.frontmatter import HIDDEN
from evidence_atlas.core.references import Bibliography, Reference
from evidence_atlas.sources.bibliography import add_entries, entry_of, key_for
from evidence_atlas.sources.bibtex import Original, originals
from evidence_atlas.sources.files import read_file
from evidence_atlas.sources.work import Work
from indexed_bibtex.reader import parse_bibtex

Status = Literal["new", "duplicate", "refused"]
Progress = Callable[[str, int, int], None]

BATCH = 500  # entries that are written at once
_STEP = 100  # entries after which progress is told
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,99}")
_NOBODY = frozenset({"anonymous", "anon", "unknown", "no authors listed", "n/a", "none", "[no authors listed]"})
_SAID = {
    "preprint-of": "a preprint of {key}",
    "journal-version-of": "the journal version of {key}",
    "version-of": "another version of {key}",
    "alike": "perhaps the same as {key}",
    "notice-of": "about {key}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one reference.

    Attributes:
        number: Its place in the file, from 1; 0 of a part of the file that is no reference.
        name: What the file calls it, or its DOI, PMID or title.
        status: What became of it.
        key: Its key in the bibliography; of a duplicate, that of the work that is there.
        why: Why it is a duplicate or refused.
        links: What it is to other works of the bibliography.
    """

    number: int
    name: str
    status: Status
    key: str = ""
    why: str = ""
    links: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = {"new": self.key, "duplicate": f"{self.name} is {self.key}", "refused": self.name}[self.status]
        rest = "; ".join(filter(None, (self.why, *self.links)))
        return f"{self.status}: {what}{f' ({rest})' if rest else ''}"


@dataclass(slots=True)
class Plan:
    """What an import does.

    Attributes:
        rows: One for each reference of the file, in its order, and one for each part that could not be read.
        entries: The new entries by key.
        unlettered: Works of the bibliography that need a letter after their year, now that the new ones are there.
    """

    rows: list[Row] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    unlettered: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each status."""
        counted = Counter(row.status for row in self.rows)
        return {status: counted[status] for status in ("new", "duplicate", "refused")}


def plan_import(file: Path, bibliography: Bibliography, progress: Progress = lambda _what, _done, _of: None) -> Plan:
    """Judge every reference of a file, and write nothing.

    Args:
        file: A file of references, of any format that is read.
        bibliography: What is there.
        progress: Is told what is done, how much of it, and of how much.

    Raises:
        OSError: The file cannot be opened.
        SourceError: It is of no known format, or cannot be read.
    """
    contents = read_file(file)
    kept = originals(file)
    plan, judge = Plan(), _Judge(bibliography)
    works: dict[str, Work] = {}
    for number, work in enumerate(contents.works, 1):
        original = kept.get(work.identifiers.get("key", "").casefold())
        row = judge.row(number, work, original)
        plan.rows.append(row)
        if row.status == "new":
            works[row.key] = work
        if number % _STEP == 0:
            progress("read", number, len(contents.works))
    refused = [repr(row.name) for row in plan.rows if row.status == "refused"]
    untold = (problem for problem in contents.problems if not any(name in problem for name in refused))
    plan.rows += [Row(0, file.name, "refused", why=problem) for problem in untold]
    plan.rows = [replace(row, links=judge.links(row.key)) if row.status == "new" else row for row in plan.rows]
    plan.entries = judge.entries
    _add_letters(plan, works, kept, bibliography)
    return plan


def write_entries(path: Path, entries: Mapping[str, str], progress: Progress = lambda _what, _done, _of: None) -> None:
    """Put entries into a bibliography file, some at a time; the file is whole at every moment.

    Raises:
        OSError: The file cannot be read or written; what was written before is in it.
        ValueError: It is not UTF-8.
    """
    keys = sorted(entries)
    for start in range(0, len(keys), BATCH):
        add_entries(path, {key: entries[key] for key in keys[start : start + BATCH]})
        progress("written", min(start + BATCH, len(keys)), len(keys))


def as_text(plan: Plan) -> str:
    """One line a reference."""
    return "".join(f"{row}\n" for row in plan.rows)


def as_json(plan: Plan) -> str:
    """A JSON object: ``counts`` by status, and ``references`` with what became of each."""
    rows = [
        {"number": row.number, "name": row.name, "status": row.status, "key": row.key, "why": row.why, "links": list(row.links)}
        for row in plan.rows
    ]
    whole = {"counts": plan.counts, "letters-needed": plan.unlettered, "references": rows}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Plan], str]] = {"text": as_text, "json": as_json}


class _Judge:
    """Tells what becomes of works, one after another.

    Args:
        bibliography: What is there before the first.

    Attributes:
        entries: The entries of those that are new, by key.
    """

    def __init__(self, bibliography: Bibliography) -> None:
        self.entries: dict[str, str] = {}
        self._catalogue = Catalogue(traits_of(bibliography))
        self._taken = {key.casefold() for key in bibliography}
        self._new: dict[str, Traits] = {}

    def row(self, number: int, work: Work, original: Original | None) -> Row:
        """Return what becomes of a work; a new one is there from now on."""
        name = work.identifiers.get("key") or work.doi or (f"PMID {work.pmid}" if work.pmid else "") or work.title[:60]
        name = name or f"reference {number}"
        if why := next(_refusals(work, original), ""):
            return Row(number, name, "refused", why=why)
        found = traits_of_work(name, work)
        if same := next((match for match in self._catalogue.matches(found) if match.relation == "same"), None):
            return Row(number, name, "duplicate", same.key, same.why)
        key = self._key(work)
        try:
            self.entries[key] = original.entry(key) if original else entry_of(work, key)
        except ValueError as error:  # what the reader of the bibliography would refuse
            why = str(error).removesuffix(" Nothing was changed.").partition(": ")[2]
            return Row(number, name, "refused", why=f"no entry can be written of it: {why}")
        self._taken.add(key.casefold())
        self._new[key] = replace(found, key=key)
        self._catalogue.add(self._new[key])
        return Row(number, name, "new", key)

    def links(self, key: str) -> tuple[str, ...]:
        """Return what a new work is to others, now that all are there."""
        return tuple(_said(match) for match in self._catalogue.others(self._new[key]))

    def _key(self, work: Work) -> str:
        given = work.identifiers.get("key", "")
        return given if _KEY.fullmatch(given) and given.casefold() not in self._taken else key_for(work, self._taken)


def _said(match: Match) -> str:
    return f"{_SAID[match.relation].format(key=match.key)}: {match.why}"


def traits_of_work(name: str, work: Work) -> Traits:
    """Return what tells a work with an author from others."""
    stated = Stated(
        title=work.title,
        author=work.authors[0].family,
        year=work.year,
        doi=work.doi,
        pmid=work.pmid,
        container=work.journal,
        types=work.publication_types,
        targets=[target for link in work.update_to for target in (link.doi, link.pmid) if target],
    )
    return traits(name, stated)


def _refusals(work: Work, original: Original | None) -> Iterator[str]:
    """Yield why a work cannot be a reference."""
    if original:
        yield from original.refusals()
    if not re.search(r"\w", work.title):
        yield "it has no title"
    if not work.authors:
        yield "it has no authors, and none is invented"
    elif all(name.family.casefold() in _NOBODY for name in work.authors):
        yield f"it has no authors: {work.authors[0].family!r} stands in their place"
    texts = (work.title, work.journal, work.doi, work.url, *(f"{name.family}{name.given}" for name in work.authors))
    if any(HIDDEN.search(text) for text in texts):
        yield "it holds a control character, or one that reorders text on the screen"


def _add_letters(plan: Plan, works: Mapping[str, Work], kept: Mapping[str, Original], bibliography: Bibliography) -> None:
    """Give new works the letters after their years that tell them apart; the entries that are there stay as they are."""
    if not plan.entries:
        return
    before = ambiguous(bibliography)
    added = Bibliography(parse_bibtex({Path("new.bib"): "\n".join(plan.entries.values())}).data.entries)
    together: dict[str, Reference] = {**bibliography, **added}
    for key, letter in ambiguous(together).items():
        if key in bibliography:
            plan.unlettered += [key] if key not in before else []
            continue
        original = kept.get(works[key].identifiers.get("key", "").casefold())
        plan.entries[key] = original.entry(key, letter) if original else entry_of(works[key], key, letter)
