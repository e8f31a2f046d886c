"""``atlas schema``: the JSON Schema of a page's front matter."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from evidence_atlas.commands import CLEAN


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    schema = commands.add_parser("schema", help="write the JSON Schema of a page's front matter, for editors")
    schema.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the atlas (this one)")
    schema.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    from evidence_atlas.core.atlas import load_atlas
    from evidence_atlas.core.record import json_schema
    from evidence_atlas.core.settings import find_sources

    atlas, _findings = load_atlas(find_sources(options.folder))
    print(json.dumps(json_schema(atlas.policy, sorted(atlas.bibliography)), ensure_ascii=False, indent=2))
    return CLEAN
