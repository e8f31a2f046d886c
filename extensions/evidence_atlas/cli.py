"""The command ``atlas``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import evidence_atlas
from evidence_atlas.core.check_files import check_files
from evidence_atlas.core.findings import FORMATS

CLEAN, FINDINGS, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 where all is well, 1 where there are findings, 2 where the command cannot be carried out.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        print(f"atlas: {error}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="atlas", description="Check and make an atlas of research evidence.")
    parser.add_argument("--version", action="version", version=f"evidence-atlas {evidence_atlas.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    check = commands.add_parser("check", help="check pages, references, policy and notices, without a build")
    check.add_argument("files", nargs="*", type=Path, metavar="FILES", help="pages or folders; without any, the whole atlas")
    check.add_argument("--format", choices=FORMATS, default="text", help="how findings are written (text)")
    check.set_defaults(run=_check)

    references = commands.add_parser("references", help="sort and format the bibliography, and tell works of one label apart")
    references.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a BibTeX file; without it, those of the atlas")
    references.add_argument("--check", action="store_true", help="write nothing; say what is not in form")
    references.set_defaults(run=_references)

    schema = commands.add_parser("schema", help="write the JSON Schema of a page's front matter, for editors")
    schema.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the atlas (this one)")
    schema.set_defaults(run=_schema)

    init = commands.add_parser("init", help="make a new atlas with one page, that builds")
    init.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet, or is empty")
    init.set_defaults(run=_init)
    return parser


def _check(options: argparse.Namespace) -> int:
    findings, pages = check_files(options.files)
    sys.stdout.write(FORMATS[options.format](findings))
    if options.format == "text":
        what = f"{len(findings)} finding{'s' * (len(findings) != 1)}" if findings else "no findings"
        print(f"{pages} page{'s' * (pages != 1)} checked, {what}.", file=sys.stderr)
    return FINDINGS if findings else CLEAN


def _references(options: argparse.Namespace) -> int:
    from evidence_atlas.core.bibliography_format import files_of_atlas, format_files

    findings = format_files([options.file] if options.file else files_of_atlas(Path()), check=options.check)
    if options.check:
        sys.stdout.write(FORMATS["text"](findings))
        return FINDINGS if findings else CLEAN
    for finding in findings:
        print(finding.file)
    return CLEAN


def _schema(options: argparse.Namespace) -> int:
    import json

    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.record import json_schema
    from evidence_atlas.core.settings import find_sources

    atlas, _findings = load_atlas(find_sources(options.folder))
    print(json.dumps(json_schema(atlas.policy, sorted(atlas.bibliography)), ensure_ascii=False, indent=2))
    return CLEAN


def _init(options: argparse.Namespace) -> int:
    from evidence_atlas.starter import make_atlas

    for path in make_atlas(options.folder):
        print(path)
    return CLEAN


if __name__ == "__main__":
    sys.exit(main())
