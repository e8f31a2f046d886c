"""What reading fields as LaTeX costs, with latexcodec and with the shortcut for text that holds none.

    python bench/latex_codec.py [--bib references.bib] [--style alpha] [--runs 5]

Figures are medians of CPU milliseconds an entry, both ways in turn; the texts of both are compared.
"""

from __future__ import annotations

import argparse
import codecs
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from pybtex.database import Entry, parse_file
from pybtex.plugin import find_plugin

from indexed_bibtex import latex_codec


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds that some work takes, and its result."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def compare(label: str, entries: list[Entry], runs: int, work: Callable[[], Any]) -> None:
    """Do some work both ways in turn, and print what it takes an entry."""
    taken: dict[str, list[float]] = {"latexcodec": [], "shortcut": []}
    results = []
    for _ in range(runs):
        for name, prepare in (("latexcodec", latex_codec.uninstall), ("shortcut", latex_codec.install)):
            prepare()
            seconds, result = timed(work)
            taken[name].append(seconds)
            results.append(result)
    if any(result != results[0] for result in results):
        raise SystemExit(f"{label}: the two ways differ")
    theirs, ours = (median(taken[name]) * 1e3 / len(entries) for name in taken)
    print(f"{label}: latexcodec {theirs:.3f} ms an entry, with the shortcut {ours:.3f} ms; ratio {theirs / ours:.1f}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bib", type=Path, default=Path("references.bib"))
    options.add_argument("--style", default="alpha", help="a pybtex style (alpha)")
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    entries = list(parse_file(str(chosen.bib)).entries.values())
    style = find_plugin("pybtex.style.formatting", chosen.style)()
    fields = [value for entry in entries for value in entry.fields.values()]
    compare("decoding", entries, chosen.runs, lambda: [codecs.decode(value, "ulatex") for value in fields])
    compare("formatting", entries, chosen.runs, lambda: [style.format_entry("", entry).text for entry in entries])


if __name__ == "__main__":
    main()
