"""The command ``atlas``: its list of commands, and what an error becomes."""

from __future__ import annotations

import argparse
import codecs
import io
import sys
from collections.abc import Sequence

import evidence_atlas
from evidence_atlas.commands import (
    USAGE,
    check,
    contribute,
    diff,
    import_,
    init,
    merge,
    new,
    policy_changes,
    publish,
    readability,
    references,
    retractions,
    scan,
    schema,
    snapshot,
    verify,
    watch,
)

COMMANDS = (
    *(check, scan, references, readability, schema, init, new, import_, retractions, watch),
    *(merge, snapshot, verify, diff, publish, policy_changes, contribute),
)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, from which its reference is made too."""
    parser = argparse.ArgumentParser(prog="atlas", description="Check and make an atlas of research evidence.")
    parser.add_argument("--version", action="version", version=f"evidence-atlas {evidence_atlas.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Return what cannot be encoded as JSON escapes it, so that JSON stays JSON, and where to go on.

    Raises:
        UnicodeError: It was not encoding that failed.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2)), error.end


def _write_anywhere() -> None:
    """Let every text be written to a terminal or file whose encoding has no place for some of its characters."""
    codecs.register_error("atlas-escape", _escape)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="atlas-escape")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 where all is well, 1 where there are findings, 2 where the command cannot be carried out.
    """
    _write_anywhere()
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        print(f"atlas: {error}", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main())
