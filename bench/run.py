"""Measures the atlas against plain Sphinx with MyST on the same pages, in one run, every process counted.

Figures are CPU seconds (user and system, children included) as the operating system counts them. The two
projects are built in turn, so that a machine whose speed drifts slows both; quote the ratios.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import corpus

import exports
import inbox
from evidence_atlas.scanner.cache import FOLDER

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


def build(project: Path, *, fresh: bool = False) -> float:
    """Build a project, from nothing or from what is there, and return the CPU seconds."""
    if fresh:
        for made in (project / "_build", project.parent / FOLDER):
            shutil.rmtree(made, ignore_errors=True)
    return cpu_seconds([*SPHINX, str(project), str(project / "_build")])


def screened_before(project: Path) -> float:
    """Build a project anew with what the scanner found before, as after ``atlas check``; return the CPU seconds."""
    shutil.rmtree(project / "_build", ignore_errors=True)
    return build(project)


def edit(path: Path, old: str, new: str) -> None:
    """Change a file by its first place that matches."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def edited_page(project: Path) -> float:
    """Change one page's heading, and return the CPU seconds of the build that follows."""
    edit(next(iter(sorted((project / "evidence").glob("*.md")))), "\n## ", "\n## Again: ")
    return build(project)


def edited_entry(project: Path) -> float:
    """Change the title of one entry, and return the CPU seconds of the build that follows."""
    bibliography = project / "references.bib"
    text = bibliography.read_text(encoding="utf-8")
    bibliography.write_text(re.sub(r"(title\s*= {)", r"\1Again: ", text, count=1), encoding="utf-8")
    return build(project)


def row(label: str, value: str) -> None:
    """Print one row of the table."""
    print(f"{label:<66}{value:>16}", flush=True)


def compare(label: str, atlas: float, plain: float, bound: str) -> None:
    """Print a measure of both projects, and what it is held against."""
    row(f"{label}: plain, atlas (CPU s)", f"{plain:.2f}, {atlas:.2f}")
    row(f"{label}: atlas / plain, difference ({bound})", f"{atlas / plain:.2f}, {atlas - plain:+.2f} s")


def measure_references(projects: dict[str, Path], kind: str, runs: int) -> None:
    """Print what references cost alone: the same plain pages, with citations and lists of works and without."""
    pair = {name: projects[name] for name in ("cited", "plain")}
    full = medians(runs, {name: lambda p=path: build(p, fresh=True) for name, path in pair.items()})
    compare(f"references, full build, {kind}", full["cited"], full["plain"], "at most 1.25")
    same = medians(runs, {name: lambda p=path: build(p) for name, path in pair.items()})
    compare(f"references, nothing changed, {kind}", same["cited"], same["plain"], "at most 1.20")
    one = medians(runs, {name: lambda p=path: edited_page(p) for name, path in pair.items()})
    compare(f"references, one page edited, {kind}", one["cited"], one["plain"], "at most +0.5 s")
    entry = medians(runs, {"entry": lambda: edited_entry(pair["cited"])})["entry"]
    compare(f"references, one entry edited, against one page, {kind}", entry, one["plain"], "at most +3 s")


def measure(pages: int, runs: int, bib: Path | None, cited: int) -> float:
    """Print the rows of one size; return the atlas's CPU seconds a page of the full build."""
    kind = f"{pages:,} pages, {cited} citations a page" if cited else f"{pages:,} pages"
    with tempfile.TemporaryDirectory() as folder:
        projects = corpus.make(Path(folder) / "bench", pages, bib, cited=cited)
        if cited:
            measure_references(projects, kind, runs)
        atlas = projects["atlas"]
        pair = {name: projects[name] for name in ("atlas", "plain")}
        took = medians(runs, {name: lambda p=path: build(p, fresh=True) for name, path in pair.items()})
        compare(f"full build, {kind}", took["atlas"], took["plain"], "Sphinx's own search in both")
        row(f"full build, {kind}: atlas (ms a page)", f"{took['atlas'] / pages * 1e3:.1f}")
        kept = medians(runs, {"atlas": lambda: screened_before(atlas), "plain": lambda: build(projects["plain"], fresh=True)})
        compare(f"full build, {kind}, wording screened before", kept["atlas"], kept["plain"], "Sphinx's own search in both")
        same = medians(runs, {name: lambda p=path: build(p) for name, path in pair.items()})
        compare(f"nothing changed, {kind}", same["atlas"], same["plain"], "at most 1.20")
        one = medians(runs, {name: lambda p=path: edited_page(p) for name, path in pair.items()})
        compare(f"one page edited, {kind}", one["atlas"], one["plain"], "at most +1 s")
        entry = medians(runs, {"entry": lambda: edited_entry(atlas)})["entry"]
        compare(f"one entry edited, against one page, {kind}", entry, one["plain"], "at most +3 s")
        check = [sys.executable, "-m", "evidence_atlas.cli", "check", str(atlas)]
        seconds = medians(runs, {"check": lambda: cpu_seconds(check)})["check"]
        row(f"atlas check, {kind}: CPU s", f"{seconds:.2f}")
    return took["atlas"] / pages


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 4000], help="sizes to build (1000 4000)")
    parser.add_argument("--runs", type=int, default=3, help="builds of each kind (3)")
    parser.add_argument("--cited", type=int, nargs="+", default=[0, 2], help="citations a page (0 2)")
    parser.add_argument("--bib", type=Path, help="a BibTeX file to take the references from")
    options = parser.parse_args()
    for cited in options.cited:
        sizes = sorted(options.pages)
        per_page = {pages: measure(pages, options.runs, options.bib, cited) for pages in sizes}
        if len(sizes) > 1:
            growth = per_page[sizes[-1]] / per_page[sizes[0]]
            row(f"growth of CPU a page, {sizes[0]:,} to {sizes[-1]:,}, {cited} citations (1.00: none)", f"{growth:.2f}")
    exports.rows()
    inbox.rows()


if __name__ == "__main__":
    main()
