"""``atlas references``: the bibliography, sorted and in one form."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS
from evidence_atlas.core.findings import FORMATS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    references = commands.add_parser("references", help="sort and format the bibliography, and tell works of one label apart")
    references.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a BibTeX file; without it, those of the atlas")
    references.add_argument("--check", action="store_true", help="write nothing; say what is not in form")
    references.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Format the files, or print what is not in form."""
    from evidence_atlas.core.bibliography_format import files_of_atlas, format_files

    findings = format_files([options.file] if options.file else files_of_atlas(Path()), check=options.check)
    if options.check:
        sys.stdout.write(FORMATS["text"](findings))
        return FINDINGS if findings else CLEAN
    for finding in findings:
        print(finding.file)
    return CLEAN
