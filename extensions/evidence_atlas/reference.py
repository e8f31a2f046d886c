"""The directive ``atlas-reference``: tables of the reference that are made from the code, so that they are true."""

from __future__ import annotations

import argparse
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
from evidence_atlas.core.web_policy import content_security_policy
from evidence_atlas.fields import FIELDS
from evidence_atlas.nodeset import bullet_list, paragraph, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

GUARD = "evidence_atlas.guard"  # takes the place of directives that are not the atlas's own
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


def _directives() -> nodes.table:
    """Return the directives of the atlas as Sphinx has them at this moment."""
    known = directives._directives  # type: ignore[attr-defined]  # docutils lists them nowhere else

    rows: list[Cells] = []
    for name, directive in sorted(known.items()):
        if not directive.__module__.startswith(f"{evidence_atlas.__name__}.") or directive.__module__ == GUARD:
            continue
        needed = "needed" if directive.required_arguments else "optional" if directive.optional_arguments else ""
        argument = f"argument {needed}" if needed else "no argument"
        options = [part for option in sorted(directive.option_spec or {}) for part in (_code(option), " ")]
        rows.append([[_code(name)], [_first_line(directive)], [argument], options[:-1]])
    return table(["Directive", "What it does", "Argument", "Options"], rows, ["atlas-reference"])


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").strip().split("\n")[0]


def _commands() -> nodes.definition_list:
    """Return each command with what it takes, as the parser of the command line has it."""
    from evidence_atlas.cli import make_parser

    parser = make_parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {action.dest: action.help or "" for action in commands._choices_actions}
    return nodes.definition_list("", *(_command(name, helps[name], commands.choices[name]) for name in commands.choices))


def _command(name: str, what: str, parser: argparse.ArgumentParser) -> nodes.definition_list_item:
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split()).replace(" [-h]", "")
    body = nodes.definition("", paragraph(_sentence(what)))
    taken: list[list[nodes.Node | str]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            actions = {one.dest: one.help or "" for one in action._choices_actions}
            inner = [_command(f"{name}-{each}", actions[each], action.choices[each]) for each in action.choices]
            body += nodes.definition_list("", *inner)
        elif action.dest != "help":
            shown = ", ".join(action.option_strings) or str(action.metavar or action.dest)
            choices = f" One of: {', '.join(map(str, action.choices))}." if action.choices else ""
            taken.append([_code(shown), f": {_sentence(action.help or '')}{choices}"])
    if taken:
        body.insert(1, bullet_list(taken))
    return nodes.definition_list_item("", nodes.term("", "", _code(usage), ids=[f"atlas-{name}-takes"]), body)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?")) else ".")


def _notices() -> nodes.table:
    rows: list[Cells] = [[[_code(kind)], [label]] for kind, label in KINDS.items()]
    return table(["Kind", "Banner"], rows, ["atlas-reference"])


def _content_security_policy() -> nodes.literal_block:
    header = f"Content-Security-Policy: {content_security_policy()}"
    return nodes.literal_block(header, header, language="text")


TABLES: dict[str, Callable[[], nodes.Element]] = {
    "warnings": _warnings,
    "settings": _settings,
    "front-matter": _front_matter,
    "table-fields": _fields,
    "notices": _notices,
    "directives": _directives,
    "commands": _commands,
    "content-security-policy": _content_security_policy,
}


class AtlasReference(SphinxDirective):
    """Shows one part of the reference, mostly a table, made from the code."""

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
