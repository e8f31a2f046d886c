"""``atlas scan``: the wording scanner alone; with ``--strength``, how strong a claim each sentence makes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS
from evidence_atlas.core.findings import FORMATS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    scan = commands.add_parser("scan", help="screen the wording of pages: does a sentence claim more than its study can carry?")
    scan.add_argument("files", nargs="*", type=Path, metavar="FILES", help="pages or folders; without any, the whole atlas")
    scan.add_argument("--format", choices=FORMATS, default="text", help="how findings are written (text)")
    scan.add_argument("--no-cache", action="store_true", help="look at every page anew")
    scan.add_argument(
        "--strength",
        action="store_true",
        help="read one sentence a line from standard input; write a JSON line each with its strength: "
        "0 none, 1 correlational, 2 conditional causal, 3 direct causal",
    )
    scan.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the findings, or the strengths."""
    if options.strength:
        return _strengths()
    from evidence_atlas.scanner.files import fails, screen_files

    findings, pages = screen_files(options.files, cached=not options.no_cache)
    sys.stdout.write(FORMATS[options.format](findings))
    if options.format == "text":
        what = f"{len(findings)} finding{'s' * (len(findings) != 1)}" if findings else "no findings"
        print(f"{pages} page{'s' * (pages != 1)} screened, {what}.", file=sys.stderr)
    return FINDINGS if fails(findings) else CLEAN


def _strengths() -> int:
    from evidence_atlas.scanner.strength import strength

    for line in sys.stdin:
        print(json.dumps({"strength": strength(line.strip())}))
    return CLEAN
