"""What was made before: which PDFs are there and from what, so that no more is made than changed."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Memory:
    """The digests from which the PDFs of a folder were made, kept beside the doctrees.

    Args:
        path: The file that holds them.
        outdir: The folder of the PDFs.
    """

    def __init__(self, path: Path, outdir: Path) -> None:
        self.path = path
        self.outdir = outdir
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            self.made: dict[str, str] = dict(kept["made"]) if kept["outdir"] == str(outdir) else {}
        except (OSError, ValueError, KeyError, TypeError):
            self.made = {}

    def file(self, name: str) -> Path:
        """Return the path of a PDF."""
        return self.outdir / f"{name}.pdf"

    def holds(self, name: str, digest: str) -> bool:
        """Whether a PDF is there and was made from this."""
        return self.made.get(name) == digest and self.file(name).is_file()

    def keep(self, name: str, digest: str, data: bytes) -> None:
        """Write a PDF and remember from what it was made."""
        write_atomically(self.file(name), data)
        self.made[name] = digest

    def drop(self, name: str) -> None:
        """Remove a PDF."""
        if self.made.pop(name, None) is not None:
            self.file(name).unlink(missing_ok=True)

    def save(self) -> None:
        """Keep the digests for the next build."""
        data = {"outdir": str(self.outdir), "made": dict(sorted(self.made.items()))}
        write_atomically(self.path, json.dumps(data, indent=0).encode())
