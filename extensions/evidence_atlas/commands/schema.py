"""``atlas schema``: the JSON Schema of a page's front matter."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    schema = commands.add_parser("schema", help="write the JSON Schema of a page's front matter, for editors")
    schema.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the atlas (this one)")
    schema.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file to write; without it, standard output")
    schema.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the schema."""
    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.editor_schema import json_schema, paper_descriptions
    from evidence_atlas.core.settings import find_sources

    atlas, _findings = load_atlas(find_sources(options.folder))
    schema = json_schema(atlas.policy, paper_descriptions(atlas.bibliography))
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return CLEAN
