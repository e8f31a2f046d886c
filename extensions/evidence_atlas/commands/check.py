"""``atlas check``: pages, references, policy, notices and wording, without a build."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS
from evidence_atlas.core.findings import FORMATS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    check = commands.add_parser("check", help="check pages, references, policy, notices and wording, without a build")
    check.add_argument("files", nargs="*", type=Path, metavar="FILES", help="pages or folders; without any, the whole atlas")
    check.add_argument("--format", choices=FORMATS, default="text", help="how findings are written (text)")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the findings, and how many pages were read."""
    from evidence_atlas.scanner.files import check_and_screen, fails

    findings, pages = check_and_screen(options.files)
    sys.stdout.write(FORMATS[options.format](findings))
    if options.format == "text":
        what = f"{len(findings)} finding{'s' * (len(findings) != 1)}" if findings else "no findings"
        print(f"{pages} page{'s' * (pages != 1)} checked, {what}.", file=sys.stderr)
    return FINDINGS if fails(findings) else CLEAN
