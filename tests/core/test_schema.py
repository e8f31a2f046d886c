"""The JSON Schema of a page's front matter that ``atlas schema`` writes for editors."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from evidence_atlas.core.frontmatter import read_front_matter

from .helpers import EVIDENCE, PAGE, ROOT, run


@pytest.fixture(scope="module")
def schema():
    """Return the schema of this repository's pages."""
    code, output, errors = run(ROOT / "docs", "schema")
    assert (code, errors) == (0, "")
    return json.loads(output)


def front(page):
    """Return the front matter of a page as JSON has it."""
    return json.loads(json.dumps(read_front_matter(page.read_text(encoding="utf-8")).value, default=str))


def test_the_schema_is_valid(schema):
    """``atlas schema`` writes a valid JSON Schema of draft 2020-12, with nothing of the tool's own in it."""
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert '"vocabulary":' not in json.dumps(schema)


def test_the_schema_accepts_every_page(schema, made):
    """The schema accepts the front matter of every page of this atlas, and that of a new atlas the page in it."""
    pages = sorted(EVIDENCE.glob("*-*-*.md"))
    assert len(pages) > 10
    assert [(page.name, error.message) for page in pages for error in Draft202012Validator(schema).iter_errors(front(page))] == []
    own = json.loads(run(made, "schema", "docs")[1])
    assert list(Draft202012Validator(own).iter_errors(front(made / PAGE))) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level": "E9"}, "'E9' is not one of ['E0', 'E1', 'E2', 'E3', 'none']"),
        ({"paper": "nobody1999"}, "'nobody1999' is not one of ['abbate2023postural', "),
        ({"colour": "red"}, "Additional properties are not allowed ('colour' was unexpected)"),
        ({"context": "me-cfs"}, "'me-cfs' is not of type 'array'"),
        ({"topics": []}, "[] should be non-empty"),
        (
            {"criteria": [{"id": "ccc-2003", "role": "none"}]},
            "'none' is not one of ['inclusion', 'subgroup', 'sensitivity', 'descriptive']",
        ),
        ({"participants": {"cases": "many"}}, "{'cases': 'many'} is not valid under any of the given schemas"),
        ({"summary": None}, "None is not of type 'string'"),
    ],
)
def test_the_schema_rejects_a_wrong_page(changes, message, schema):
    """The schema rejects front matter with an unknown value, key or paper, a wrong type or an empty list."""
    data = front(min(EVIDENCE.glob("fluge-2019-*.md")))
    data["evidence"] |= changes
    [error] = Draft202012Validator(schema).iter_errors(data)
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    "key", ["paper", "summary", "read", "design", "context", "level", "topics", "criteria", "drafted", "review"]
)
def test_the_schema_demands_the_required_keys(key, schema):
    """The schema rejects front matter without any one of the ten required keys."""
    data = front(min(EVIDENCE.glob("fluge-2019-*.md")))
    del data["evidence"][key]
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == [f"'{key}' is a required property"]
