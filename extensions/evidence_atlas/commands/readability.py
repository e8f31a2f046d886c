"""``atlas readability``: how easy pages are to read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_atlas.commands import CLEAN

if TYPE_CHECKING:
    from evidence_atlas.core.readability import Readability


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    readability = commands.add_parser("readability", help="measure reading ease and the length of sentences; a hint only")
    readability.add_argument("files", nargs="*", type=Path, metavar="FILES", help="pages or folders; without any, all papers")
    readability.add_argument("--format", choices=("text", "json"), default="text", help="how figures are written (text)")
    readability.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the figures, hardest page first."""
    from evidence_atlas.core.readability import measure_files

    measured = measure_files(options.files)
    if options.format == "json":
        print(json.dumps([page.as_data() for page in measured], ensure_ascii=False, indent=2))
    else:
        _print_text(measured)
    return CLEAN


def _print_text(measured: Sequence[Readability]) -> None:
    from statistics import median

    from evidence_atlas.core.readability import LONG

    for page in measured:
        print(f"{page.file}: reading ease {page.ease:.0f} ({page.band}), {page.mean:.0f} words a sentence")
        for sentence in page.long:
            print(f"{page.file}:{sentence.line}: {sentence.words} words in one sentence")
    if len(measured) > 1:
        ease, mean = median(page.ease for page in measured), median(page.mean for page in measured)
        print(f"{len(measured)} pages. In the middle: reading ease {ease:.0f}, {mean:.0f} words a sentence.")
        print(f"60 and more is plain. Sentences of more than {LONG} words are named. These are hints, no findings.")
