"""Measures the atlas against plain Sphinx with MyST on the same pages, in one run, every process counted.

Figures are CPU seconds (user and system, children included) as the operating system counts them. The two
projects are built in turn, so that a machine whose speed drifts slows both; quote the ratios.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import corpus

SPHINX = [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml"]


def cpu_seconds(command: list[str]) -> float:
    """Run a command and return the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(runs: int, measures: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Take each measure in turn, ``runs`` times, and return the medians."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            taken[name].append(measure())
    return {name: statistics.median(values) for name, values in taken.items()}


def full_build(project: Path) -> float:
    """Build a project from nothing."""
    shutil.rmtree(project / "_build", ignore_errors=True)
    return cpu_seconds([*SPHINX, str(project), str(project / "_build")])


def row(label: str, value: str) -> None:
    """Print one row of the table."""
    print(f"{label:<58}{value:>14}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 4000], help="sizes to build (1000 4000)")
    parser.add_argument("--runs", type=int, default=3, help="builds of each project at the smallest size (3)")
    parser.add_argument("--bib", type=Path, help="a BibTeX file to take the references from")
    options = parser.parse_args()
    per_page: dict[int, float] = {}
    for pages in options.pages:
        runs = options.runs if pages == min(options.pages) else 1
        with tempfile.TemporaryDirectory() as folder:
            projects = corpus.make(Path(folder) / "bench", pages, options.bib)
            took = medians(runs, {name: lambda p=path: full_build(p) for name, path in projects.items()})
            per_page[pages] = took["atlas"] / pages
            row(
                f"full build, {pages:,} pages, plain: CPU s (ms a page)",
                f"{took['plain']:.1f} ({took['plain'] / pages * 1e3:.1f})",
            )
            row(f"full build, {pages:,} pages, atlas: CPU s (ms a page)", f"{took['atlas']:.1f} ({per_page[pages] * 1e3:.1f})")
            row(f"full build, {pages:,} pages, atlas / plain (at most 1.10)", f"{took['atlas'] / took['plain']:.2f}")
            check = [sys.executable, "-m", "evidence_atlas.cli", "check", str(projects["atlas"])]
            seconds = medians(runs, {"check": lambda c=check: cpu_seconds(c)})["check"]
            row(f"atlas check, {pages:,} pages: CPU s (at most 2 at 1,000)", f"{seconds:.2f}")
    if len(per_page) > 1:
        first, last = min(per_page), max(per_page)
        row(f"growth of CPU a page from {first:,} to {last:,} (1.00: none)", f"{per_page[last] / per_page[first]:.2f}")


if __name__ == "__main__":
    main()
