"""``atlas snapshot``: a release of the commit that is checked out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    snapshot = commands.add_parser("snapshot", help="make a release: site, PDFs, data, hashes and metadata")
    snapshot.add_argument("--out", type=Path, metavar="DIR", help="where releases are (dist)")
    which = snapshot.add_mutually_exclusive_group()
    which.add_argument("--tag", default="", help="the tag that must name the commit; else the newest of the content that does")
    which.add_argument("--development", action="store_true", help="release a commit without a tag, as 0+<commit>")
    snapshot.add_argument("--jobs", default="auto", metavar="N", help="how many processes build at the same time (auto)")
    snapshot.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check the atlas, make the release, and print its folder."""
    from evidence_atlas.snapshot.build import Unfit
    from evidence_atlas.snapshot.release import Wanted, make_release

    try:
        wanted = Wanted(options.out, options.tag, options.development, options.jobs)
        release = make_release(Path(), wanted, say=lambda what: print(what, file=sys.stderr))
    except Unfit as unfit:
        print(unfit)
        print("atlas: no release is made of an atlas with findings or warnings", file=sys.stderr)
        return FINDINGS
    print(release)
    return CLEAN
