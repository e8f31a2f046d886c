"""The directive ``atlas-reference``: tables of the reference that are made from the code, so that they are true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, get_type_hints

from docutils import nodes
from docutils.parsers.rst import directives
from pydantic.fields import FieldInfo
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.findings import Code
from evidence_atlas.core.notices import KINDS
from evidence_atlas.core.record import Record
from evidence_atlas.core.settings import Settings
from evidence_atlas.fields import FIELDS
from evidence_atlas.nodeset import table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Cells = Sequence[Sequence[nodes.Node | str]]


def _code(value: str) -> nodes.literal:
    return nodes.literal("", value)


def _description(owner: type, name: str) -> str:
    annotation = get_type_hints(owner, include_extras=True)[name]
    notes = [item.description for item in getattr(annotation, "__metadata__", ()) if isinstance(item, FieldInfo)]
    return next((note for note in notes if note), "")


def _default(field: Field[object]) -> str:
    value = (
        field.default if field.default is not MISSING else field.default_factory() if field.default_factory is not MISSING else ""
    )
    return str(value) if value != "" else ""


def _warnings() -> nodes.table:
    rows: list[Cells] = [
        [[_code(f"atlas.{code.slug}")], [code.meaning.replace("`", "")]] for code in sorted(Code, key=lambda c: c.slug)
    ]
    return table(["Warning", "Meaning"], rows, ["atlas-reference"])


def _settings() -> nodes.table:
    rows: list[Cells] = [
        [
            [_code(f.name.replace("_", "-"))],
            [_code(f"atlas_{f.name}")],
            [_description(Settings, f.name)],
            [_code(_default(f))] if _default(f) else [],
        ]
        for f in fields(Settings)
    ]
    return table(["Setting", "In conf.py", "Meaning", "Default"], rows, ["atlas-reference"])


def _front_matter() -> nodes.table:
    rows: list[Cells] = [
        [
            [_code(f.name.replace("_", "-"))],
            ["required" if f.default is MISSING and f.default_factory is MISSING else "optional"],
            [_description(Record, f.name)],
        ]
        for f in fields(Record)
    ]
    return table(["Key", "", "Meaning"], rows, ["atlas-reference"])


def _fields() -> nodes.table:
    rows: list[Cells] = [[[_code(name)], [field.label]] for name, field in FIELDS.items()]
    return table(["Field", "Head of the column"], rows, ["atlas-reference"])


def _notices() -> nodes.table:
    rows: list[Cells] = [[[_code(kind)], [label]] for kind, label in KINDS.items()]
    return table(["Kind", "Banner"], rows, ["atlas-reference"])


TABLES: dict[str, Callable[[], nodes.table]] = {
    "warnings": _warnings,
    "settings": _settings,
    "front-matter": _front_matter,
    "table-fields": _fields,
    "notices": _notices,
}


class AtlasReference(SphinxDirective):
    """Shows one table of the reference."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        made = TABLES[directives.choice(self.arguments[0], tuple(TABLES))]()
        self.set_source_info(made)
        return [made]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("atlas-reference", AtlasReference)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
