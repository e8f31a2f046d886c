"""``atlas merge``: the PDFs that several machines made, laid into one folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    merge = commands.add_parser("merge", help="lay the PDFs that several machines made into one folder")
    merge.add_argument("shares", nargs="+", type=Path, metavar="FOLDER", help="the folder of each share")
    merge.add_argument("--out", type=Path, default=Path("build", "pdf"), help="the folder to lay them into (build/pdf)")
    merge.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check that all shares are there and belong together, and lay them into the folder."""
    from typst_builder import shards

    count = shards.merge(options.shares, options.out)
    print(f"{count} files in {options.out}")
    return CLEAN
