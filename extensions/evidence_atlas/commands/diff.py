"""``atlas diff``: what changed between two versions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS

FORMATS = ("text", "json", "markdown")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    diff = commands.add_parser("diff", help="tell what changed between two built sites, releases or published versions")
    diff.add_argument("old", type=Path, metavar="OLD", help="the folder of the earlier one")
    diff.add_argument("new", type=Path, metavar="NEW", help="the folder of the later one")
    diff.add_argument("--format", choices=FORMATS, default="text", help="how differences are written (text)")
    diff.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the differences."""
    from evidence_atlas.snapshot import diff_formats
    from evidence_atlas.snapshot.diff import compare
    from evidence_atlas.snapshot.readings import read_version

    difference = compare(read_version(options.old), read_version(options.new))
    sys.stdout.write(diff_formats.FORMATS[options.format](difference))
    if not difference.changes and options.format == "text":
        print(diff_formats.summary(difference), file=sys.stderr)
    return FINDINGS if difference.changes else CLEAN
