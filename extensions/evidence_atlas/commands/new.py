"""``atlas new``: a page for a paper, from its record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    new = commands.add_parser("new", help="draft the page of a paper from its record, with its entry in the bibliography")
    new.add_argument("paper", metavar="DOI|PMID|KEY|FILE", help="a DOI, a PubMed number, a key of the bibliography, or a file")
    new.add_argument("--offline", action="store_true", help="ask no service; use what was answered before")
    new.add_argument("--dry-run", action="store_true", help="write nothing; print entry and page")
    new.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write entry and page, and print where they are."""
    import datetime as dt

    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.findings import Code
    from evidence_atlas.core.settings import find_sources
    from evidence_atlas.drafting.new import prepare
    from evidence_atlas.sources.client import Client

    atlas, findings = load_atlas(find_sources(Path()))
    for finding in findings:
        if finding.code is Code.BIBLIOGRAPHY:
            raise ValueError(f"{finding} Mend that first.")
    settings = atlas.settings
    new = prepare(options.paper, atlas, lambda: Client(settings, offline=options.offline), dt.datetime.now(dt.UTC).date())
    for note in new.notes:
        print(f"atlas: {note}", file=sys.stderr)
    if options.dry_run:
        sys.stdout.write("\n".join(filter(None, (new.entry, new.text))))
        return CLEAN
    new.write()
    page = new.page.relative_to(Path.cwd()) if new.page.is_relative_to(Path.cwd()) else new.page
    print(page)
    print(f"The draft is not finished: 'atlas check {page}' says what is still to be written.", file=sys.stderr)
    return CLEAN
