"""The file of figures from which the site makes its page on speed: written by the bench, group by group, never by hand."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

Cell = str | float | bool | None
"""A text, a number, whether a bound is met, or None of what was not measured."""

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "reference" / "bench.json"
PACKAGES = ("evidence-atlas", "sphinx", "myst-parser", "sphinxcontrib-bibtex", "docutils", "pagefind_bin", "typst")
PLACES = 4


@dataclass(frozen=True)
class Bound:
    """What a figure is held against.

    Attributes:
        most: What it may be at the most.
        pages: The number of pages for which that was said; a run with fewer can break it, and cannot show that it is met.
        unit: Unit of the bound.
    """

    most: float
    pages: int
    unit: str = ""

    def cells(self, value: float | None, pages: int) -> list[Cell]:
        """Return two cells: the bound in words, and whether it is met; a text where these pages are too few to tell."""
        said = f"at most {self.most:g}{' ' if self.unit else ''}{self.unit} at {self.pages:,} pages"
        if value is None:
            return [said, None]
        if value > self.most:
            return [said, False]
        return [said, True] if pages >= self.pages else [said, f"at {pages:,} pages, yes"]


NO_BOUND: list[Cell] = ["", ""]


@dataclass
class Group:
    """A table of figures.

    Attributes:
        head: The heads of its columns.
        rows: Its rows, a cell a column.
    """

    head: Sequence[str]
    rows: list[list[Cell]]


def save(name: str, group: Group, file: Path, *, pages: Sequence[int], runs: int) -> None:
    """Put a group of figures into the file, in place of the same group of an earlier run, and print it.

    Args:
        name: Name of the group.
        group: The table.
        file: The file; the other groups in it stay.
        pages: The sizes that were measured.
        runs: How often each figure was taken.
    """
    data = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    rows = [[round(cell, PLACES) if isinstance(cell, float) else cell for cell in cells] for cells in group.rows]
    data[name] = {"of": _circumstances(pages, runs), "head": list(group.head), "rows": rows}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(dict(sorted(data.items())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\n{name}: {' | '.join(group.head)}")
    for cells in rows:
        print("  " + " | ".join("not measured" if cell is None else str(cell) for cell in cells), flush=True)


def _circumstances(pages: Sequence[int], runs: int) -> dict[str, object]:
    """Return when, of what and on what a group was measured."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": _commit(),
        "machine": _machine(),
        "pages": sorted(pages),
        "runs": runs,
        "versions": {"Python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit that is checked out, with a plus where files differ from it; None without git."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "--", "extensions", "bench") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _machine() -> str:
    cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {cores} cores, {memory:.0f} GB"
