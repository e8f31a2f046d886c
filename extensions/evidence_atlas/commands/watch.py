"""``atlas watch``: papers that the published search finds since its last run, and that the bibliography does not have."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS
from evidence_atlas.core.findings import Code, as_text

FORMATS = ("text", "json", "markdown")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    watch = commands.add_parser("watch", help="run the published search for new papers since its last run")
    watch.add_argument(
        "--since", type=dt.date.fromisoformat, metavar="DATE", help="first day to look at (a week before the last run)"
    )
    watch.add_argument("--offline", action="store_true", help="use only answers that services gave lately")
    watch.add_argument("--dry-run", action="store_true", help="do not remember this run")
    watch.add_argument("--format", choices=FORMATS, default="text", help="how papers are written (text)")
    watch.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the papers; on the errors, the counts and what a person should know."""
    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.settings import find_sources
    from evidence_atlas.sources.client import Client
    from evidence_atlas.sources.watch import remember, watch
    from evidence_atlas.sources.watch_formats import FORMATS as WRITERS
    from evidence_atlas.sources.watch_formats import summary

    atlas, found = load_atlas(find_sources(Path()))
    if faults := [finding for finding in found if finding.code in (Code.QUERY, Code.SETTING)]:
        raise ValueError(f"these come first:\n{as_text(faults).rstrip()}")
    with Client(atlas.settings, offline=options.offline) as client:
        watched = watch(atlas, client, dt.datetime.now(dt.UTC).date(), options.since)
    if not options.dry_run:
        remember(atlas, watched)
    sys.stdout.write(WRITERS[options.format](watched))
    if options.format == "text":
        print("\n".join([*watched.remarks, summary(watched)]), file=sys.stderr)
    return FINDINGS if watched.candidates or watched.failed else CLEAN
