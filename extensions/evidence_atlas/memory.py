"""What a builder remembers between builds, so that it writes again what would show something else, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from evidence_atlas.core import files


class Memory:
    """Digests of what documents, pages without a source, and files of the site show.

    While a builder writes, its file holds no digest of what it may have begun: a build that is killed may leave files half
    written, and the next one then writes them again. Their names are kept, so that they can be deleted.

    Args:
        file: The file that holds it; what cannot be read of it is nothing remembered.

    Attributes:
        documents: The documents that may have been written.
        before: What was shown by name when the builder last finished; none of what may be half written.
        now: What this build shows by name.
    """

    documents: frozenset[str]
    before: Mapping[str, str | None]
    now: dict[str, str]

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            self.documents, self.before = frozenset(data["documents"]), dict(data["signatures"])
        except (OSError, ValueError, KeyError, TypeError):
            self.documents, self.before = frozenset(), {}
        self._written: Mapping[str, str | None] = self.before
        self.now = {}

    def note(self, name: str, digest: str) -> bool:
        """Remember what is shown under a name, and return whether it is something else than before."""
        self.now[name] = digest
        return self.before.get(name) != digest

    def announce(self, names: Iterable[str], documents: Iterable[str] = ()) -> None:
        """Remember that files are about to be written: should the build be killed, each may be there, whole or not.

        Args:
            names: Names under which digests are kept.
            documents: Documents that may be written, besides those that may have been.
        """
        begun = dict.fromkeys(sorted({*self._written, *names}))
        known = self.documents.union(documents)
        if begun != self._written or known != self.documents:
            self.documents, self._written = known, begun
            self._write()

    def finish(self, documents: Iterable[str]) -> None:
        """Keep what this build shows, which is written.

        Args:
            documents: The documents that there are.
        """
        self.documents, self._written = frozenset(documents), self.now
        self._write()

    def _write(self) -> None:
        """Write the file, as a whole or not at all."""
        data = {"documents": sorted(self.documents), "signatures": self._written}
        files.write(self._file, json.dumps(data, indent=0))
