"""Static JSON with addresses that stay: an index, and a shard for each year and each topic, below ``api/``.

A shard says nothing of the atlas's version, so one that no page of changed is the same file as before.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.files import remove, write
from evidence_atlas.core.references import UNDATED
from evidence_atlas.exports.rows import Row
from evidence_atlas.exports.schemas import INDEX_SCHEMA, SCHEMA, SHARD_SCHEMA
from evidence_atlas.exports.whole import head

FOLDER = f"api/{SCHEMA}"
_UP = "../" * (FOLDER.count("/") + 1)


class Shards:
    """What the shards hold, gathered page by page; each page as JSON already, since it stands in several."""

    def __init__(self) -> None:
        self.years: dict[str, list[str]] = defaultdict(list)
        self.topics: dict[str, list[str]] = defaultdict(list)

    def add(self, row: Row) -> None:
        """Add a page to its year and to each of its topics."""
        brief = _as_json(row.brief())
        self.years[str(row.year or UNDATED)].append(brief)
        for topic in dict.fromkeys(row.record["topics"]):
            self.topics[topic].append(brief)

    def write(self, root: Path, atlas: Atlas, count: int) -> list[str]:
        """Write index and shards, and return their paths below the root of the site."""
        years = sorted(self.years, key=lambda year: (year != UNDATED, year), reverse=True)
        topics = [topic for topic in atlas.policy.topic if topic in self.topics]
        said = {
            "$schema": f"{_UP}{INDEX_SCHEMA}",
            **head(atlas, count),
            "record": f"{atlas.settings.evidence}/{{slug}}/record.json",
            "years": [_shard(root, "years", year, year, self.years[year]) for year in years],
            "topics": [_shard(root, "topics", topic, atlas.policy.topic[topic], self.topics[topic]) for topic in topics],
        }
        kept = {root / path for path in (*_paths(said["years"]), *_paths(said["topics"]))}
        for file in {*root.glob(f"{FOLDER}/years/*"), *root.glob(f"{FOLDER}/topics/*")} - kept:
            remove(file, root)  # also what a build wrote that was killed before it could remember it
        index = f"{FOLDER}/index.json"
        write(root / index, f"{_as_json(said)}\n")
        return [index, *_paths(said["years"]), *_paths(said["topics"])]


def _paths(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["path"] for row in rows]


def _shard(root: Path, kind: str, name: str, label: str, briefs: list[str]) -> dict[str, Any]:
    """Write a shard, and return what the index says of it."""
    path = f"{FOLDER}/{kind}/{name}.json"
    said = _as_json({"$schema": f"{_UP}../{SHARD_SCHEMA}", "schema": SCHEMA, "id": name}).removesuffix("}")
    pages = ",\n".join(briefs)
    text = f'{said},"pages":[\n{pages}\n]}}\n'
    write(root / path, text)
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    return {"id": name, "label": label, "count": len(briefs), "path": path, "digest": digest}


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
