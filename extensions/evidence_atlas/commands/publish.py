"""``atlas publish``: a release beside the earlier ones."""

from __future__ import annotations

import argparse
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    publish = commands.add_parser("publish", help="put a release into the tree that is served, beside the earlier ones")
    publish.add_argument("release", type=Path, metavar="RELEASE", help="the folder of the release, such as dist/2026.11")
    publish.add_argument("tree", type=Path, metavar="TREE", help="the folder that is served; it is made if it is not there")
    publish.add_argument(
        "--words", type=Path, action="append", default=[], metavar="FOLDER", help="a folder of the atlas's own translations"
    )
    publish.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Publish, and print the versions that are there now, newest first."""
    from evidence_atlas.snapshot.publish import publish

    for made in publish(options.release, options.tree, options.words):
        print(f"{made.atlas} ({made.date})" if made.date else made.atlas)
    return CLEAN
