"""What lists say of a paper, kept between builds: to decode its reference from BibTeX takes time."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from evidence_atlas.core import files
from evidence_atlas.core.printed_names import family_and_initials, short_authors
from evidence_atlas.core.references import UNDATED, Reference

FORMAT = 1  # of the file


class Listed(NamedTuple):
    """A paper as lists name it.

    Attributes:
        authors: Family name and initials of each, and the name as printed.
        journal: The journal, or what stands for it.
        year: The year, or "undated".
        who: Authors in a few words.
    """

    authors: Sequence[tuple[str, str]]
    journal: str
    year: str
    who: str


def listed(reference: Reference, two: str) -> Listed:
    """Return what lists say of a paper.

    Args:
        reference: The paper.
        two: How two names are joined.
    """
    authors = [(family_and_initials(name), name.sorted_form) for name in reference.authors]
    year = reference.year if reference.year_number is not None else UNDATED
    return Listed(authors, " ".join(reference.container.split()), year, short_authors(reference, two))


class KeptLists:
    """What lists say of papers, by a digest of what the bibliography states of each.

    Args:
        file: Where it is kept between builds.
        version: What it depends on besides; a file of another version counts as none.
    """

    def __init__(self, file: Path, version: Sequence[object]) -> None:
        self._file, self._version, self._is_new = file, [FORMAT, *version], False
        self._known: dict[str, Listed] = {}
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            if data["version"] == self._version:
                self._known = {source: Listed(*row) for source, row in data["lists"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def of(self, source: str, make: Callable[[], Listed]) -> Listed:
        """Return what lists say of a paper.

        Args:
            source: The digest of what the bibliography states of it.
            make: Says it for the first time.
        """
        if source not in self._known:
            self._known[source], self._is_new = make(), True
        return self._known[source]

    def write(self, sources: Collection[str]) -> None:
        """Keep what is known of some papers, if anything is new."""
        if self._is_new:
            data = {"version": self._version, "lists": {key: self._known[key] for key in sources if key in self._known}}
            files.write(self._file, json.dumps(data, ensure_ascii=False, separators=(",", ":")))
            self._is_new = False
