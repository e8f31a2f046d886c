"""Measures what several machines bring for the PDFs: CPU of each share and of merging, beside that of a single build.

Each share is built from nothing in a process of its own, as on a machine of its own, one after the other; so the longest
of them is what one would wait for if all ran at once. The merged files are compared with those of the single build.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import sys
import tempfile
from pathlib import Path

import corpus
from measured import row, take


def build(project: Path, out: Path, *options: str, builder: str = "typst") -> float:
    """Build a project from nothing, and return the CPU seconds."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-d", f"{out}-trees", *options, str(project), str(out)]
    return take(command).cpu


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000, help="evidence pages (1000)")
    parser.add_argument("--shares", type=int, default=4, help="machines (4)")
    options = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    count = options.shares
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = corpus.make(folder / "project", options.pages, cited=2)["atlas"]
        read = build(project, folder / "read", builder="dummy")
        shares = [build(project, folder / f"{number}", "-D", f"typst_shard={number}/{count}") for number in range(1, count + 1)]
        single = build(project, folder / "single")
        command = [sys.executable, "-m", "evidence_atlas.cli", "merge", *(str(folder / f"{k}") for k in range(1, count + 1))]
        merging = take([*command, "--out", str(folder / "merged")]).cpu
        names = [path.name for path in (folder / "single").glob("*.pdf")]
        _same, other, missing = filecmp.cmpfiles(folder / "single", folder / "merged", names, shallow=False)
    label = f"{options.pages:,} pages, CPU s"
    row(f"{label}: single build", f"{single:.1f}")
    row(f"{label}: each share of {count}", ", ".join(f"{share:.1f}" for share in shares))
    row(f"{label}: merging", f"{merging:.1f}")
    row(f"{label}: reading, which every machine does", f"{read:.1f}")
    row("longest path, against the single build", f"{(max(shares) + merging) / single:.2f}")
    row("all machines together, against the single build", f"{(sum(shares) + merging) / single:.2f}")
    row("files that differ from those of the single build", str(len(other) + len(missing)))


if __name__ == "__main__":
    main()
