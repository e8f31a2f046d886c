"""``atlas policy-changes``: which badges a changed policy would change."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN, FINDINGS

FORMATS = ("text", "json", "markdown")
MOST_FILES = 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    report = commands.add_parser("policy-changes", help="tell which badges a changed policy would change")
    report.add_argument(
        "policies",
        nargs="*",
        type=Path,
        metavar="POLICY",
        help="the old policy file and the new one; one file is compared with the policy in force",
    )
    report.add_argument(
        "--since",
        default="HEAD",
        metavar="COMMIT",
        help="without a file, compare the policy in force with what it was in this commit (HEAD)",
    )
    report.add_argument("--format", choices=FORMATS, default="text", help="how changes are written (text)")
    report.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the changes, and on the errors how many there are."""
    from evidence_atlas.core.settings import find_project, find_sources
    from evidence_atlas.snapshot import policy_changes

    if len(options.policies) > MOST_FILES:
        raise ValueError(f"at most {MOST_FILES} policy files are compared, and {len(options.policies)} were given")
    project, _findings = find_project(find_sources(Path()))
    old, new = policy_changes.read_policies(project, options.policies, options.since)
    report = policy_changes.policy_changes(project, old, new)
    sys.stdout.write(policy_changes.FORMATS[options.format](report))
    if not report.changed and options.format == "text":
        print(policy_changes.summary(report), file=sys.stderr)
    return FINDINGS if report.changed else CLEAN
