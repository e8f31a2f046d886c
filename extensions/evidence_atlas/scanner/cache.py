"""What was found in a page before, by a digest of its text and of all that decides: rules, words, engine, record."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import astuple
from functools import cache
from pathlib import Path

from evidence_atlas import core
from evidence_atlas.scanner.engine import Context, WordingFinding
from evidence_atlas.scanner.rules import Rules

FOLDER = ".atlas-cache"
NAME = "wording.json"
_READERS = ("frontmatter.py", "page.py", "sentences.py")  # in the core: they make sentences of the source of a page
MOST = 20_000  # pages; the oldest go first


@cache
def engine_digest() -> str:
    """Return a digest of the engine's own code and words, and of what reads pages for it, so that no change goes unnoticed."""
    files = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in {".py", ".toml"})
    files += [Path(core.__path__[0], name) for name in _READERS]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in files), digest_size=12).hexdigest()


def decides(rules: Rules) -> str:
    """Return a digest of what decides on findings, apart from the page."""
    return hashlib.blake2b(f"{engine_digest()}:{rules.digest}".encode(), digest_size=12).hexdigest()


class Cache:
    """Findings by digest, kept in a file.

    A file that cannot be read, or holds something else, is an empty one; a folder that cannot be written is no error.
    """

    def __init__(self, file: Path, rules: Rules) -> None:
        self.file = file
        self._decides = decides(rules)
        self._raw = self._read()
        self._new: dict[str, object] = {}

    def _read(self) -> dict[str, object]:
        try:
            data = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        rows = data.get("pages") if isinstance(data, dict) and data.get("decides") == self._decides else None
        return rows if isinstance(rows, dict) else {}

    def key(self, text: str, context: Context) -> str:
        """Return the digest of a page."""
        return hashlib.blake2b(f"{context!r}\n{text}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def get(self, key: str) -> list[WordingFinding] | None:
        """Return what was found; ``None`` where the page is new."""
        if key not in self._raw:
            return None
        rows = self._raw.pop(key)
        try:
            found = [WordingFinding(*row) for row in rows]  # type: ignore[attr-defined]
        except TypeError:
            return None
        self._raw[key] = rows  # last used stands last
        return found

    def put(self, key: str, found: list[WordingFinding]) -> None:
        """Keep what was found."""
        self.add({key: [list(astuple(finding)) for finding in found]})

    def add(self, rows: Mapping[str, object]) -> None:
        """Keep what was found elsewhere, as :meth:`new` gives it."""
        self._raw |= rows
        self._new |= rows

    def new(self) -> dict[str, object]:
        """Return what was found since the file was read or written, as plain data by digest, and forget that it is new."""
        new, self._new = self._new, {}
        return new

    def save(self) -> None:
        """Write the file, as a whole or not at all."""
        if not self.new():
            return
        pages = dict(list(self._raw.items())[-MOST:])
        with contextlib.suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            (self.file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            handle, name = tempfile.mkstemp(dir=self.file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump({"decides": self._decides, "pages": pages}, stream, ensure_ascii=False)
            Path(name).replace(self.file)
