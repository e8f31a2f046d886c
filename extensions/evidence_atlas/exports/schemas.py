"""The published JSON Schemas of ``record.json``, ``atlas.json`` and the files below ``api/``.

The number in a schema's name is that of the form: a key may be added to a form, but none changes its meaning or goes.
"""

from __future__ import annotations

import json
from typing import Any

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.digest import SCHEMA as RECORD_FORM
from evidence_atlas.core.editor_schema import DIALECT, json_schema
from evidence_atlas.core.notice_checks import ANSWERS
from evidence_atlas.core.notices import KINDS

SCHEMA = 1  # of atlas.json and the files below api/
ATLAS_SCHEMA = f"schemas/atlas-{SCHEMA}.json"
INDEX_SCHEMA = f"schemas/index-{SCHEMA}.json"
SHARD_SCHEMA = f"schemas/shard-{SCHEMA}.json"
RECORD_SCHEMA = f"schemas/record-{RECORD_FORM}.json"

_TEXT = {"type": "string"}
_OR_NOTHING = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_STATES = {"enum": ["required", "not-required", "unclear", "not-applicable"]}


def schemas(atlas: Atlas) -> dict[str, str]:
    """Return the schemas by the path of their files below the root of the site."""
    made = {
        RECORD_SCHEMA: ("A page of the atlas", _record(atlas)),
        ATLAS_SCHEMA: ("A whole atlas", _whole()),
        INDEX_SCHEMA: ("The index of the data", _index()),
        SHARD_SCHEMA: ("Pages of one year or topic", _shard()),
    }
    base = atlas.settings.base_url
    return {
        path: json.dumps(
            {"$schema": DIALECT, **({"$id": f"{base}/{path}"} if base else {}), "title": title, **schema},
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
        for path, (title, schema) in made.items()
    }


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _versions() -> dict[str, Any]:
    names = {"atlas": _TEXT, "date": _OR_NOTHING, "generator": _TEXT, "scanner": _OR_NOTHING, "policy": _TEXT}
    return _object(names)


def _notice() -> dict[str, Any]:
    names = ("doi", "date", "issuer", "reason", "source")
    return _object({"kind": {"enum": list(KINDS)}, **dict.fromkeys(names, _TEXT)}, *names)


def _check() -> dict[str, Any]:
    return _object({"source": _TEXT, "asked": {"type": "string", "format": "date"}, "answer": {"enum": list(ANSWERS)}})


def _record(atlas: Atlas) -> dict[str, Any]:
    stated = json_schema(atlas.policy)
    name = _object(dict.fromkeys(("family", "given", "particle", "suffix"), _TEXT), "given", "particle", "suffix")
    reference = _object(
        {"key": _TEXT, "type": _TEXT, "authors": {"type": "array", "items": name}, "authors-abridged": {"const": True}},
        "authors-abridged",
    )
    schema = _object(
        {
            "schema": {"const": RECORD_FORM},
            "title": _TEXT,
            "record": stated["properties"]["evidence"],
            "reference": {**reference, "additionalProperties": _TEXT},
            "pem": _object({"state": _STATES, "reason": _TEXT, "policy": _TEXT}),
            "badge": _TEXT,
            "notices": {"type": "array", "items": _notice()},
            "text": _TEXT,
            "limitations": _TEXT,
            "notice-checks": {"type": "array", "items": _check()},
            "versions": _versions(),
            "addresses": _object({"page": _TEXT, "citable": _TEXT}),
            "digest": _DIGEST,
        },
        "notice-checks",
    )
    return {**schema, "$defs": stated["$defs"]}


def _head() -> dict[str, Any]:
    return {
        "$schema": _TEXT,
        "schema": {"const": SCHEMA},
        "name": _TEXT,
        "operator": _TEXT,
        "base": _OR_NOTHING,
        "licence": _OR_NOTHING,
        "versions": _versions(),
        "count": _COUNT,
    }


def _whole() -> dict[str, Any]:
    return _object({**_head(), "records": {"type": "array", "items": {"$ref": RECORD_SCHEMA.removeprefix("schemas/")}}})


def _index() -> dict[str, Any]:
    row = _object({"id": _TEXT, "label": _TEXT, "count": _COUNT, "path": _TEXT, "digest": _DIGEST})
    rows = {"type": "array", "items": row}
    return _object({**_head(), "record": _TEXT, "years": rows, "topics": rows})


def _shard() -> dict[str, Any]:
    reference = {"doi": _OR_NOTHING, "pmid": _OR_NOTHING, "title": _TEXT, "container": _TEXT, "authors": _TEXTS}
    brief = _object(
        {
            **dict.fromkeys(("key", "page", "record", "title", "summary", "badge"), _TEXT),
            "pem": _STATES,
            **dict.fromkeys(("design", "level", "read"), _TEXT),
            **dict.fromkeys(("context", "topics", "notices"), _TEXTS),
            "reference": _object({**reference, "year": {"type": ["integer", "null"]}}),
            "digest": _DIGEST,
        }
    )
    return _object({"$schema": _TEXT, "schema": {"const": SCHEMA}, "id": _TEXT, "pages": {"type": "array", "items": brief}})
