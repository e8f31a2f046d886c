"""Which papers stand near each other, by what their records state and what their pages cite.

Each thing that papers can have in common (a topic, a case definition, a cited work) has a list of those that have it,
in order of their years. A paper is compared only with its nearest in each of its lists. So the cost of one paper does
not grow with their number, and no paper stands on the lists of more than a few others: a change of one changes few.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.core.record import Record

FORMAT = 1  # of what is kept
MOST = 6  # related papers a page shows, relations that are stated apart
REACH = 4  # how far it looks in each list, in either direction
_YEAR = re.compile(r"-([0-9]{4})-")

Shared = tuple[str, str]  # a kind of thing ("topic", "definition", "work") and its id


@dataclass(frozen=True, slots=True)
class Kin:
    """A paper that stands near another one.

    Attributes:
        key: Its key in the bibliography.
        relation: The type of a relation that a record states, else empty.
        inverse: Whether the relation is stated on the page of this paper, not of the other one.
        shared: What both have in common.
    """

    key: str
    relation: str = ""
    inverse: bool = False
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """What is compared of a page.

    Attributes:
        key: The key of its paper.
        year: The year in the name of its file, which costs nothing to know; 0 where it has none.
        strong: Topics, and works: its own and those it cites.
        weak: Case definitions that people had to meet.
    """

    key: str
    year: int
    strong: frozenset[Shared]
    weak: frozenset[Shared]

    def points(self, other: _Page) -> int:
        """Return how much two pages have in common; case definitions alone bring no two papers together."""
        strong = len(self.strong & other.strong)
        return 2 * strong + len(self.weak & other.weak) if strong else 0

    def shared(self, other: _Page) -> tuple[Shared, ...]:
        """Return what two pages have in common."""
        return tuple(sorted(self.strong & other.strong | self.weak & other.weak))


class Kept:
    """The papers near each page, kept in a file, so that a build in which no record and no citation changed looks nothing up.

    Args:
        records: The record of each page, by docname.
        cited: The keys that a page cites, by docname.
        memory: The file.
    """

    def __init__(self, records: Mapping[str, Record], cited: Mapping[str, Sequence[str]], memory: Path) -> None:
        digest = _digest(records, cited)
        try:
            kept = json.loads(memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        if kept.get("digest") != digest:
            kinship = Kinship(records, cited)
            kept = {"digest": digest, "related": {docname: _packed(kinship.of(docname)) for docname in records}}
            memory.write_text(json.dumps(kept), encoding="utf-8")
        self._packed: dict[str, str] = kept["related"]

    def signature(self, docname: str) -> tuple[list[str], str]:
        """Return the keys of the papers near a page, and a text that changes with them and with what is said of them."""
        packed = self._packed[docname]
        return packed.partition("\n")[0].split(), packed

    def of(self, docname: str) -> list[Kin]:
        """Return the papers near a page, nearest first."""
        rows = json.loads(self._packed[docname].partition("\n")[2])
        return [Kin(key, relation, inverse, tuple(map(tuple, shared))) for key, relation, inverse, shared in rows]


def _packed(kin: Sequence[Kin]) -> str:
    """Return papers as one text: their keys, which hold no blanks, then the whole as JSON, which few pages need."""
    rows = [(one.key, one.relation, one.inverse, one.shared) for one in kin]
    return f"{' '.join(one.key for one in kin)}\n{json.dumps(rows)}"


def _digest(records: Mapping[str, Record], cited: Mapping[str, Sequence[str]]) -> str:
    compared = [
        (name, r.paper, r.topics, [(c.id, c.role) for c in r.criteria], r.relations, cited.get(name, ()))
        for name, r in records.items()
    ]
    return hashlib.blake2b(repr((FORMAT, compared)).encode(), digest_size=12).hexdigest()


class Kinship:
    """Finds related papers.

    Args:
        records: The record of each page, by docname.
        cited: The keys that a page cites, by docname.
    """

    def __init__(self, records: Mapping[str, Record], cited: Mapping[str, Sequence[str]]) -> None:
        self._records = records
        self._pages = {docname: _page(docname, record, cited.get(docname, ())) for docname, record in records.items()}
        self._places: dict[str, list[tuple[list[str], int]]] = {}
        self._stated: dict[str, list[Kin]] = defaultdict(list)
        lists: dict[Shared, list[str]] = defaultdict(list)
        for docname in sorted(self._pages, key=lambda name: (self._pages[name].year, name)):
            page = self._pages[docname]
            own = [lists[mark] for mark in page.strong | page.weak]
            self._places[docname] = [(members, len(members)) for members in own]
            for members in own:
                members.append(docname)
            for relation in records[docname].relations:
                self._stated[relation.paper].append(Kin(page.key, relation.type, inverse=True))

    def of(self, docname: str) -> list[Kin]:
        """Return the papers near that of a page: those that a record relates to it, then those with most in common."""
        page, pages = self._pages[docname], self._pages
        stated = [Kin(relation.paper, relation.type) for relation in self._records[docname].relations]
        stated = list(dict.fromkeys([*stated, *sorted(self._stated.get(page.key, ()), key=lambda kin: kin.key)]))
        taken = {page.key, *(kin.key for kin in stated)}
        near = {name for members, at in self._places[docname] for name in members[max(0, at - REACH) : at + REACH + 1]}
        ranked = [
            (points, -abs(pages[name].year - page.year), name)
            for name in near
            if (points := page.points(pages[name])) and pages[name].key not in taken
        ]
        best = heapq.nlargest(max(0, MOST - len(stated)), ranked)
        return [*stated, *(Kin(pages[name].key, shared=page.shared(pages[name])) for _points, _years, name in best)]


def _page(docname: str, record: Record, cited: Sequence[str]) -> _Page:
    year = _YEAR.search(docname)
    works = (("work", key) for key in (record.paper, *cited))
    definitions = (("definition", criterion.id) for criterion in record.criteria if criterion.role == "inclusion")
    strong = frozenset([*(("topic", topic) for topic in record.topics), *works])
    return _Page(record.paper, int(year[1]) if year else 0, strong, frozenset(definitions))
