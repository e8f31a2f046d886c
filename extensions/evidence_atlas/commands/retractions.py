"""``atlas retractions``: whether what the atlas cites was retracted, corrected or called into question."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS
from evidence_atlas.core.findings import FORMATS, Code, as_text

_NEEDED = (Code.NOTICE, Code.NOTICE_CHECKS, Code.SETTING)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    retractions = commands.add_parser("retractions", help="ask whether what the atlas cites was retracted or corrected")
    retractions.add_argument("--pages", action="store_true", help="ask only about papers that have a page")
    retractions.add_argument(
        "--retraction-watch", type=Path, metavar="FILE", help="look into this copy of the Retraction Watch file too"
    )
    retractions.add_argument("--only-file", action="store_true", help="ask no service; needs --retraction-watch")
    retractions.add_argument("--offline", action="store_true", help="use only answers that services gave lately")
    retractions.add_argument("--dry-run", action="store_true", help="write nothing")
    retractions.add_argument("--format", choices=FORMATS, default="text", help="how findings are written (text)")
    retractions.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what a person should see; on the errors, what each source answered."""
    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.settings import find_sources
    from evidence_atlas.scanner.files import fails
    from evidence_atlas.sources.client import Client
    from evidence_atlas.sources.retraction_run import Options, check_retractions
    from evidence_atlas.sources.retractions import summary

    if options.only_file and not options.retraction_watch:
        raise ValueError("--only-file needs --retraction-watch FILE")
    atlas, found = load_atlas(find_sources(Path()))
    if faults := [finding for finding in found if finding.code in _NEEDED]:
        raise ValueError(f"these come first, since files are written here:\n{as_text(faults).rstrip()}")
    wanted = Options(
        dt.datetime.now(dt.UTC).date(),
        only_pages=options.pages,
        file=options.retraction_watch,
        services=not options.only_file,
        dry=options.dry_run,
    )
    with Client(atlas.settings, offline=options.offline) as client:
        outcome = check_retractions(atlas, wanted, client)
    sys.stdout.write(FORMATS[options.format](outcome.findings))
    if options.format == "text":
        print("\n".join(summary(outcome.checks, outcome.works)), file=sys.stderr)
    return FINDINGS if fails(outcome.findings) else CLEAN
