"""The command ``atlas``: its list of commands, and what an error becomes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import evidence_atlas
from evidence_atlas.commands import (
    USAGE,
    check,
    contribute,
    diff,
    init,
    policy_changes,
    publish,
    readability,
    references,
    scan,
    schema,
    snapshot,
    verify,
)

COMMANDS = (check, scan, references, readability, schema, init, snapshot, verify, diff, publish, policy_changes, contribute)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, from which its reference is made too."""
    parser = argparse.ArgumentParser(prog="atlas", description="Check and make an atlas of research evidence.")
    parser.add_argument("--version", action="version", version=f"evidence-atlas {evidence_atlas.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 where all is well, 1 where there are findings, 2 where the command cannot be carried out.
    """
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        print(f"atlas: {error}", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main())
