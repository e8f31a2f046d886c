"""Measures an atlas against plain Sphinx with MyST on the same pages, every process counted, and writes the figures.

    python bench/run.py                                   every group at 1,000 and 6,000 pages; it takes hours
    python bench/run.py --pages 300 --rows full again     some groups, at one size
    python bench/run.py --rows peers                      other programs, fetched from the package registries

Figures are CPU seconds (user and system, children included) as the operating system counts them, except where a reader
waits: those are seconds by the clock. What is compared is built in turn, so that a machine whose speed drifts slows all
alike; quote the ratios. The projects lie in ``build/bench`` and are used again; each group is written as soon as it is
done, so that a run can be taken up where it stopped by naming the groups that are left.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from figures import FILE, Group, save
from projects import Projects
from rows import again, check, full, peers, printed, references, serve, size

Measure = Callable[[Sequence[Projects], int], Mapping[str, Group]]
ROWS: dict[str, Measure] = {
    "full": full.measure,
    "growth": full.measure_growth,
    "parts": full.measure_parts,
    "references": references.measure,
    "again": again.measure,
    "serve": serve.measure,
    "check": check.measure,
    "size": size.measure,
    "search": size.measure_search,
    "pdf": printed.measure,
    "peers": peers.measure,
}
ALONE = frozenset({"peers"})  # fetches other programs, and so runs only where it is named


def main() -> None:
    """Measure the groups that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 6000], help="sizes to build (1000 6000)")
    parser.add_argument("--runs", type=int, default=3, help="how often each figure is taken; the median counts (3)")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=[name for name in ROWS if name not in ALONE], help="groups")
    parser.add_argument("--bib", type=Path, help="a BibTeX file to take the references from")
    parser.add_argument("--folder", type=Path, default=Path("build", "bench"), help="where the projects lie (build/bench)")
    parser.add_argument("--output", type=Path, default=FILE, help="the file of figures (the one that the site shows)")
    options = parser.parse_args()
    kind = options.bib.stem if options.bib else "ours"
    sizes = [Projects((options.folder / f"{kind}-{pages}").resolve(), pages, options.bib) for pages in sorted(options.pages)]
    for name in options.rows:
        for group, table in ROWS[name](sizes, options.runs).items():
            save(group, table, options.output, pages=[projects.pages for projects in sizes], runs=options.runs)


if __name__ == "__main__":
    main()
