"""``atlas init``: a new atlas."""

from __future__ import annotations

import argparse
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    init = commands.add_parser("init", help="make a new atlas with one page, that builds")
    init.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet, or is empty")
    init.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the atlas, and print the files of it."""
    from evidence_atlas.starter import make_atlas

    for path in make_atlas(options.folder):
        print(path)
    return CLEAN
