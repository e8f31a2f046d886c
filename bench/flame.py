"""Where a build's CPU goes: samples of the running build, summed up by part of the house, and a file for speedscope.

    python bench/flame.py [--pages 1000] [--output build/bench/profile.speedscope.json]

py-spy looks at the build's stack from outside a few hundred times a second, so that the build runs as it always does. A
sample counts for the part of the house that stands innermost in it, with all that this part calls; where none stands
there, for the package that runs. The file opens in speedscope (https://www.speedscope.app), which works offline too.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from figures import FILE, Cell, Group, save
from measured import take
from projects import OUT, Projects

RATE = 250  # samples a second
HOUSE = re.compile(r"(?:extensions|site-packages)/((?:evidence_atlas|indexed_bibtex|typst_builder)/.*?)(?:/__init__)?\.py$")
PACKAGE = re.compile(r"site-packages/([^/]+)/")
LEAST = 0.05  # ms a page; what is less stands in one row


def part_of(files: Sequence[str]) -> str:
    """Return the part that a sample counts for.

    Args:
        files: The files of its frames, the outermost first.
    """
    for file in reversed(files):
        if found := HOUSE.search(file):
            return found[1].replace("/", ".")
    for file in reversed(files):
        if found := PACKAGE.search(file):
            return found[1]
    return "Python"


def by_part(profile: Mapping[str, Any]) -> Counter[str]:
    """Return the weight of each part in a file of speedscope."""
    files = [frame.get("file") or "" for frame in profile["shared"]["frames"]]
    weights: Counter[str] = Counter()
    for thread in profile["profiles"]:
        for stack, weight in zip(thread["samples"], thread["weights"], strict=True):
            weights[part_of([files[place] for place in stack])] += weight
    return weights


def table(weights: Mapping[str, float], cpu: float, programs: float, pages: int) -> Group:
    """Return the parts, the costliest first.

    Args:
        weights: Weight of the samples of each part.
        cpu: CPU seconds of the build's own process, which the samples share out.
        programs: CPU seconds of the programs that it starts.
        pages: Evidence pages.
    """
    scale = cpu / sum(weights.values()) * 1e3 / pages
    each = {part: weight * scale for part, weight in weights.items()} | {
        "programs that are started (Pagefind)": programs * 1e3 / pages
    }
    rows: list[list[Cell]] = [[part, pages, ms] for part, ms in _most_first(each.items()) if ms >= LEAST]
    rows += [
        ["all that take less", pages, sum(ms for ms in each.values() if ms < LEAST)],
        ["the whole", pages, sum(each.values())],
    ]
    return Group(("Part of the house, or package", "Pages", "CPU, ms a page"), rows)


def _most_first(parts: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(parts, key=lambda part: -part[1])


def main() -> None:
    """Sample a build from nothing, and print what each part takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000, help="evidence pages (1000)")
    parser.add_argument("--folder", type=Path, default=Path("build", "bench"), help="where the project lies (build/bench)")
    parser.add_argument("--figures", type=Path, default=FILE, help="the file of figures (the one that the site shows)")
    options = parser.parse_args()
    projects = Projects((options.folder / f"ours-{options.pages}").resolve(), options.pages)
    root, target = projects.roots["whole"], options.folder / "profile.speedscope.json"
    shutil.rmtree(root / OUT, ignore_errors=True)
    build = [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", str(root), str(root / OUT)]
    take(["py-spy", "record", "--rate", str(RATE), "--format", "speedscope", "--output", str(target), "--", *build])
    counts = projects.counts("whole")
    group = table(by_part(json.loads(target.read_text(encoding="utf-8"))), counts["cpu"], counts["programs"], options.pages)
    save("profile", group, options.figures, pages=[options.pages], runs=1)
    print(f"\nThe samples are in {target}; https://www.speedscope.app shows them.")


if __name__ == "__main__":
    main()
