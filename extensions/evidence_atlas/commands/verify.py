"""``atlas verify``: whether files are as they were released."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS, USAGE


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    verify = commands.add_parser("verify", help="say of which version files are, and whether they were altered; needs no network")
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PDFs, pages of the site, records")
    verify.add_argument(
        "--manifest", type=Path, metavar="PATH", help="manifest.json of the release; else the nearest beside or above each file"
    )
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each file."""
    from evidence_atlas.snapshot.manifest import Edited
    from evidence_atlas.snapshot.verify import read_release, verify

    try:
        given = read_release(options.manifest) if options.manifest else None
    except Edited as edited:
        print(f"altered: {edited}.")
        return FINDINGS
    worst = CLEAN
    for file in options.files:
        try:
            answer = verify(file, given)
        except OSError as error:
            print(f"atlas: {file} cannot be read: {error.strerror}", file=sys.stderr)
            worst = USAGE
            continue
        print(f"{file}: {answer.text}")
        worst = max(worst, CLEAN if answer.unaltered else FINDINGS)
    return worst
