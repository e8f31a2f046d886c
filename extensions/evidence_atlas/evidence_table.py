"""The directive ``evidence-table``: pages of the atlas as a table, filtered, grouped and sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.findings import Code, Finding, listed, nearest
from evidence_atlas.domain import Paper, warn
from evidence_atlas.nodeset import paragraph, table, text
from evidence_atlas.pem_badge import mark
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a page by which a table is filtered, grouped and sorted, and which it shows.

    Attributes:
        label: Head of the column.
        values: The values of a page, as ids or plain text.
        name: What readers see in place of a value.
        vocabulary: The ids that a filter may name; empty where any text may stand.
        key: The sort key of a page.
    """

    label: str
    values: Callable[[Paper, Atlas], list[str]]
    name: Callable[[str, Atlas], str] = lambda value, _atlas: value
    vocabulary: Callable[[Atlas], list[str]] = lambda _atlas: []
    key: Callable[[Paper, Atlas], object] | None = None


def _participants(page: Paper, _atlas: Atlas) -> list[str]:
    p = page.record.participants
    return (
        [f"{n} {what}" for n, what in ((p.cases, "cases"), (p.controls, "controls"), (p.other, "others")) if n is not None]
        if p
        else []
    )


FIELDS: dict[str, Field] = {
    "title": Field("What was found", lambda p, _: [p.reading.title]),
    "author": Field(
        "Paper", lambda p, _: [f"{p.reference.authors[0].family} {p.reference.year}" if p.reference.authors else p.reference.year]
    ),
    "year": Field("Year", lambda p, _: [p.reference.year or "undated"]),
    "journal": Field("Journal", lambda p, _: [p.reference.container]),
    "pem": Field(
        "PEM", lambda p, _: [p.verdict.state], lambda v, a: a.policy.vocabulary("badge")[v].label, lambda a: list(a.policy.badge)
    ),
    "design": Field(
        "Design", lambda p, _: [p.record.design], lambda v, a: a.policy.design[v].label, lambda a: list(a.policy.design)
    ),
    "level": Field(
        "Level",
        lambda p, _: [p.record.level],
        lambda v, _: "–" if v == "none" else v,
        lambda a: list(a.policy.level),
        lambda p, a: a.policy.strength(p.record.level),
    ),
    "context": Field(
        "Studied in", lambda p, _: p.record.context, lambda v, a: a.policy.context[v], lambda a: list(a.policy.context)
    ),
    "topic": Field("Topics", lambda p, _: p.record.topics, lambda v, a: a.policy.topic[v], lambda a: list(a.policy.topic)),
    "definition": Field(
        "Case definitions",
        lambda p, _: [c.id for c in p.record.criteria if c.role == "inclusion"],
        lambda v, a: a.policy.definition[v].label,
        lambda a: list(a.policy.definition),
    ),
    "read": Field("Read", lambda p, _: [p.record.read], vocabulary=lambda a: list(a.policy.read)),
    "notice": Field(
        "Notices", lambda p, a: [n.kind for n in a.notices_of(p.record.paper)], lambda v, _: v.replace("-", " ").capitalize()
    ),
    "participants": Field("Participants", _participants),
}
DEFAULT_COLUMNS = ("author", "title", "pem", "level", "design", "context")


class EvidenceTable(WriteTime):
    """A table of the pages that pass every filter."""

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the table, or one a group, under its name and number of pages."""
        atlas, filters = writing.atlas, self._filters(writing.atlas)
        pages = [
            p for p in writing.domain.pages.values() if all(_passes(p, name, wanted, atlas) for name, wanted in filters.items())
        ]
        if not pages:
            return [paragraph("No page matches.", classes=["atlas-hint"])]
        backwards = self["sort_by"].startswith("-")
        pages.sort(key=lambda p: (p.reference.year, p.docname))
        pages.sort(key=lambda p: _sort_key(p, self["sort_by"].lstrip("-"), atlas), reverse=backwards)
        if not self["group_by"]:
            return [self._table(pages, writing)]
        result: list[nodes.Node] = []
        field = FIELDS[self["group_by"]]
        groups: dict[str, list[Paper]] = {}
        for page in pages:
            for value in field.values(page, atlas) or [""]:
                groups.setdefault(value, []).append(page)
        order = field.vocabulary(atlas) or sorted(groups)
        for value in sorted(groups, key=lambda v: order.index(v) if v in order else len(order)):
            title = f"{field.name(value, atlas) if value else 'Not stated'} ({len(groups[value])})"
            result += [nodes.rubric("", title), self._table(groups[value], writing)]
        return result

    def _filters(self, atlas: Atlas) -> dict[str, list[str]]:
        """Return the filters, and warn of values that no page can have."""
        for name, wanted in self["filters"].items():
            known = FIELDS[name].vocabulary(atlas)
            for value in wanted:
                if known and value not in known:
                    message = (
                        f"The filter '{name}' cannot be {value!r}{nearest(value, known)}; expected one of {listed(known, 25)}."
                    )
                    warn(Finding(self["file"], self["lineno"], Code.TABLE, message))
        filters: dict[str, list[str]] = self["filters"]
        return filters

    def _table(self, pages: Sequence[Paper], writing: Writing) -> nodes.table:
        columns = self["columns"]
        rows = [[_cell(page, column, writing) for column in columns] for page in pages]
        return table([FIELDS[column].label for column in columns], rows, ["atlas-table"])


def _passes(page: Paper, name: str, wanted: Sequence[str], atlas: Atlas) -> bool:
    values = FIELDS[name].values(page, atlas)
    if name == "year":
        return any(_in_years(values[0], years) for years in wanted)
    if name in ("author", "journal", "title"):
        return any(part.casefold() in value.casefold() for part in wanted for value in values)
    return any(value in wanted for value in values)


def _in_years(year: str, years: str) -> bool:
    first, dash, last = years.partition("-")
    return (first or "0") <= year <= (last or "9999") if dash else year == years


def _sort_key(page: Paper, name: str, atlas: Atlas) -> tuple[int, object]:
    field = FIELDS[name]
    if field.key:
        return 0, field.key(page, atlas)
    values = field.values(page, atlas)
    return (0, values[0].casefold()) if values else (1, "")


def _cell(page: Paper, column: str, writing: Writing) -> list[nodes.Node | str]:
    atlas = writing.atlas
    if column == "title":
        said = page.reading.title.casefold()
        notices = [n for n in atlas.notices_of(page.record.paper) if n.withdraws and not said.startswith(n.label.casefold())]
        marks: list[nodes.Node | str] = [text(notices[0].label, "atlas-mark-withdrawn"), " "] if notices else []
        return [*marks, writing.document(page.docname, nodes.Text(page.reading.title))]
    if column == "pem":
        return [mark(page.verdict)]
    field = FIELDS[column]
    shown = ", ".join(field.name(value, atlas) for value in field.values(page, atlas))
    return [shown] if shown else []


def _names(argument: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", argument.strip()) if part]


class EvidenceTableDirective(SphinxDirective):
    """Shows a table; each field is an option that filters by it."""

    option_spec: ClassVar[OptionSpec] = {
        **dict.fromkeys(FIELDS, directives.unchanged_required),
        "group-by": directives.unchanged_required,
        "sort-by": directives.unchanged_required,
        "columns": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the part; an option that names no field is warned of and left out."""
        columns = [name for name in _names(self.options.get("columns", "")) if self._known("columns", name)]
        group, sort = self.options.get("group-by", ""), self.options.get("sort-by", "author").strip()
        source, line = self.get_source_info()
        part = EvidenceTable(
            docname=self.env.docname,
            key=None,
            file=source,
            lineno=line,
            filters={name: self._wanted(name) for name in FIELDS if name in self.options},
            group_by=group if group and self._known("group-by", group) else "",
            sort_by=sort if self._known("sort-by", sort.lstrip("-")) else "author",
            columns=columns or list(DEFAULT_COLUMNS),
        )
        self.set_source_info(part)
        show(self.env, part)
        return [part]

    def _wanted(self, name: str) -> list[str]:
        text = self.options[name]
        return [part.strip() for part in text.split(",") if part.strip()]

    def _known(self, option: str, name: str) -> bool:
        if name in FIELDS:
            return True
        source, line = self.get_source_info()
        message = f"'{option}' names the unknown field {name!r}{nearest(name, FIELDS)}; fields are {listed(FIELDS, 25)}."
        warn(Finding(source, line, Code.TABLE, message))
        return False


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-table", EvidenceTableDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
