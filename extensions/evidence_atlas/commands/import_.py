"""``atlas import``: many references from a file into the bibliography."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    what = "put the references of a file into the bibliography; say of each whether it is new, a duplicate, or refused"
    imports = commands.add_parser("import", help=what, description=f"{what[0].upper()}{what[1:]}.")
    imports.add_argument("file", type=Path, metavar="FILE", help=".bib, .ris, .nbib, .xml of PubMed, or CSL-JSON")
    imports.add_argument("--into", type=Path, metavar="BIB", help="the bibliography file; without it, the first one of the atlas")
    imports.add_argument("--dry-run", action="store_true", help="write nothing; say what would be written")
    imports.add_argument("--format", choices=("text", "json"), default="text", help="how the report is written (text)")
    imports.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import, and print what became of each reference."""
    from evidence_atlas.core.bibliography_format import files_of_atlas
    from evidence_atlas.core.findings import Code
    from evidence_atlas.core.references import load_bibliography
    from evidence_atlas.sources.imports import FORMATS, plan_import, write_entries

    files = [options.into] if options.into else files_of_atlas(Path())
    bibliography, findings = load_bibliography([file for file in files if file.exists()])
    for finding in findings:
        if finding.code is Code.BIBLIOGRAPHY:
            raise ValueError(f"{finding} Mend that first; nothing was changed.")
    plan = plan_import(options.file, bibliography, _progress)
    if plan.entries and not options.dry_run:
        files[0].touch()
        write_entries(files[0], plan.entries, _progress)
    _progress("", 0, 0)
    sys.stdout.write(FORMATS[options.format](plan))
    done = ", ".join(f"{count} {status}" for status, count in plan.counts.items())
    print(f"{done}.{' Nothing was written.' if options.dry_run else ''}", file=sys.stderr)
    if plan.unlettered:
        number = len(plan.unlettered)
        print(f"{number} works that were there now share author and year with new ones: run 'atlas references'.", file=sys.stderr)
    return FINDINGS if plan.counts["refused"] else CLEAN


def _progress(what: str, done: int, total: int) -> None:
    """Show progress on one line of a terminal, and nothing anywhere else."""
    if sys.stderr.isatty():
        line = f"{done} of {total} {what}" if what else ""
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
