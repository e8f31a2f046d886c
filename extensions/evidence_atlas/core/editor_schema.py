"""The JSON Schema of a page's front matter, with which editors complete, explain and check what is typed.

It is made from the record's definition, the policy and the bibliography, so that it offers what the atlas has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidence_atlas.core.policy import Badge, Definition, Design, Level, Policy
from evidence_atlas.core.printed_names import short_authors
from evidence_atlas.core.record import ADAPTER
from evidence_atlas.core.references import Bibliography

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(policy: Policy, papers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the schema.

    Args:
        policy: Gives the values of each vocabulary, each with its meaning.
        papers: What each key of the bibliography stands for; offered wherever a paper is named.
    """
    record = ADAPTER.json_schema(ref_template="#/$defs/{model}")
    definitions = record.pop("$defs", {})
    schema = {
        "$schema": DIALECT,
        "title": "Front matter of an evidence page",
        "type": "object",
        "properties": {"evidence": record},
        "required": ["evidence"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    if papers:
        definitions["Key"] = {"type": "string", **_choice(papers)}
        for owner in (record, definitions["Relation"]):
            description = owner["properties"]["paper"].get("description", "A key of the bibliography.")
            owner["properties"]["paper"] = {"$ref": "#/$defs/Key", "description": description}
    _fill_in(schema, policy)
    return schema


def paper_descriptions(bibliography: Bibliography) -> dict[str, str]:
    """Return what editors show beside each key: authors, year, title."""
    works = ((key, bibliography[key]) for key in sorted(bibliography))
    return {key: f"{short_authors(work) or 'No author'}, {work.year or 'undated'}. {work.title}" for key, work in works}


def _choice(values: Mapping[str, str]) -> dict[str, list[str]]:
    """Return ids with their meaning; the second key is one that editors know and the standard lets stand."""
    return {"enum": list(values), "enumDescriptions": list(values.values())}


def _meaning(row: object) -> str:
    """Return what a row of the policy means, in a line."""
    match row:
        case Definition():
            return " ".join(part for part in (f"{row.name or row.label}.", row.note) if part)
        case Level() | Badge():
            return f"{row.label}. {row.meaning}"
        case Design():
            return f"{row.label}. Highest level: {row.highest}."
        case _:
            return str(row)


def _fill_in(schema: Any, policy: Policy) -> None:
    """Put the ids of the policy in place of each mark that names a vocabulary."""
    if isinstance(schema, dict):
        if name := schema.pop("vocabulary", None):
            target = next((s for s in schema.get("anyOf", []) if s.get("type") == "string"), schema)
            target.update(_choice({key: _meaning(row) for key, row in policy.vocabulary(name).items()}))
        for value in schema.values():
            _fill_in(value, policy)
    elif isinstance(schema, list):
        for value in schema:
            _fill_in(value, policy)
