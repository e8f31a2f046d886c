"""The directive ``evidence-table``: pages of the atlas as a table, filtered, grouped and sorted.

On a site, a script adds sorting, filters and export in the browser; the table is whole without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas import table_files
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.findings import Code, Finding, listed, nearest
from evidence_atlas.domain import Paper, warn
from evidence_atlas.fields import FIELDS
from evidence_atlas.language import _
from evidence_atlas.nodeset import container, paragraph, table, text
from evidence_atlas.page_filters import passing, wanted, warn_of_unknown
from evidence_atlas.pem_badge import mark
from evidence_atlas.table_data import has_controls, table_data
from evidence_atlas.writing import WriteTime, Writing, serves_files, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FIRST_ROWS = 100  # as many as the script shows at once
DEFAULT_COLUMNS = ("author", "title", "pem", "level", "design", "context")


class EvidenceTable(WriteTime):
    """A table of the pages that pass every filter."""

    finished = True

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the table, or one a group under its name and number of pages; then what the codes mean."""
        atlas, filters = writing.atlas, self["filters"]
        warn_of_unknown(filters, atlas, self["file"], self["lineno"], Code.TABLE)
        pages = passing(writing.domain, filters)
        if not pages:
            return [paragraph(_("No page matches."), classes=["atlas-hint"])]
        pages = _sorted(pages, self["sort_by"], atlas)[: self["limit"]]
        groups = self._groups(pages, atlas)
        codes = _codes(pages, atlas) if "level" in self["columns"] else []
        controls = has_controls(writing.builder) and not self["plain"]
        parts: list[nodes.Node] = []
        for title, members in groups:
            parts += [nodes.rubric("", f"{title} ({len(members)})")] if title else []
            made = self._table(members, writing)
            parts.append(container(_parted(made), classes=["atlas-table-region"]) if controls else made)
        if not controls:
            return [*parts, *codes]
        data = table_data(writing, self["columns"], self["sort_by"], self["group_by"], [members for _, members in groups])
        return [container(nodes.raw("", data, format="html"), *parts, *codes, classes=["atlas-tables"])]

    def _groups(self, pages: Sequence[Paper], atlas: Atlas) -> Sequence[tuple[str, Sequence[Paper]]]:
        """Return titles and pages of the groups, in the policy's order; all pages under no title without groups."""
        if not self["group_by"]:
            return [("", pages)]
        field = FIELDS[self["group_by"]]
        groups: dict[str, list[Paper]] = {}
        for page in pages:
            for value in field.values(page, atlas) or [""]:
                groups.setdefault(value, []).append(page)
        order = {value: place for place, value in enumerate(field.vocabulary(atlas) or sorted(groups))}
        ordered = sorted(groups, key=lambda value: order.get(value, len(order)))
        return [(field.name(value, atlas) if value else _("Not stated"), groups[value]) for value in ordered]

    def _table(self, pages: Sequence[Paper], writing: Writing) -> nodes.table:
        columns = self["columns"]
        rows = [[_cell(page, column, writing) for column in columns] for page in pages]
        made = table([_(FIELDS[column].label) for column in columns], rows, ["atlas-table"])
        numeric = [place for place, column in enumerate(columns) if FIELDS[column].numeric]
        for row in made.findall(nodes.row) if numeric else ():
            for place in numeric:
                row.children[place]["classes"].append("atlas-number")  # type: ignore[index]
        return made


def _parted(made: nodes.table) -> nodes.table:
    """Put the rows of a long table after the first hundred into a body of their own, which waits for the script."""
    (group,) = made.findall(nodes.tgroup)
    (body,) = made.findall(nodes.tbody)
    if len(body.children) > FIRST_ROWS:
        rest = body.children[FIRST_ROWS:]
        del body[FIRST_ROWS:]
        group += nodes.tbody("", *rest)
    return made


def _sorted(pages: Sequence[Paper], order: str, atlas: Atlas) -> list[Paper]:
    """Sort pages by a field, a minus sign before it for downwards; pages without a value come last in either case."""
    field = FIELDS[order.lstrip("-")]
    keys = {page.docname: field.key(page, atlas) for page in pages}
    by_year = sorted(pages, key=lambda p: (p.reference.year, p.docname))
    known = sorted(
        (p for p in by_year if keys[p.docname]), key=lambda p: keys[p.docname] or (0, ""), reverse=order.startswith("-")
    )
    return [*known, *(p for p in by_year if not keys[p.docname])]


def _cell(page: Paper, column: str, writing: Writing) -> list[nodes.Node | str]:
    atlas = writing.atlas
    if column == "title":
        said = page.reading.title.casefold()
        notices = [n for n in atlas.notices_of(page.record.paper) if n.withdraws and not said.startswith(_(n.label).casefold())]
        marks: list[nodes.Node | str] = [text(_(notices[0].label), "atlas-mark-withdrawn"), " "] if notices else []
        return [*marks, writing.document(page.docname, nodes.Text(page.reading.title))]
    if column == "pem":
        return [mark(page.badge)]
    field = FIELDS[column]
    shown = ", ".join(field.name(value, atlas) for value in field.values(page, atlas))
    if column == "level" and serves_files(writing.builder):
        return [nodes.abbreviation("", shown, explanation=atlas.policy.level[page.record.level].label)]
    return [shown] if shown else []


def _codes(pages: Sequence[Paper], atlas: Atlas) -> list[nodes.Node]:
    """Return what the short codes of the levels mean, those that the table shows."""
    used = {page.record.level for page in pages}
    items = [
        nodes.definition_list_item(
            "",
            nodes.term("", FIELDS["level"].name(level, atlas)),
            nodes.definition("", paragraph(f"{row.label}. {row.meaning}")),
        )
        for level, row in atlas.policy.level.items()
        if level in used
    ]
    return [nodes.definition_list("", *items, classes=["atlas-codes"])]


def _names(argument: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", argument.strip()) if part]


class EvidenceTableDirective(SphinxDirective):
    """Shows a table; each field is an option that filters by it."""

    option_spec: ClassVar[OptionSpec] = {
        **dict.fromkeys(FIELDS, directives.unchanged_required),
        "group-by": directives.unchanged_required,
        "sort-by": directives.unchanged_required,
        "columns": directives.unchanged_required,
        "limit": directives.positive_int,
        "plain": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the part; an option that names no field is warned of and left out."""
        columns = [name for name in _names(self.options.get("columns", "")) if self._known("columns", name)]
        group, sort = self.options.get("group-by", "").strip(), self.options.get("sort-by", "author").strip()
        source, line = self.get_source_info()
        part = EvidenceTable(
            docname=self.env.docname,
            key=None,
            file=source,
            lineno=line,
            filters={name: wanted(self.options[name]) for name in FIELDS if name in self.options},
            group_by=group if group and self._known("group-by", group) else "",
            sort_by=sort if self._known("sort-by", sort.removeprefix("-")) else "author",
            columns=columns or list(DEFAULT_COLUMNS),
            limit=self.options.get("limit"),
            plain="plain" in self.options,
        )
        self.set_source_info(part)
        show(self.env, part)
        return [part]

    def _known(self, option: str, name: str) -> bool:
        if name in FIELDS:
            return True
        source, line = self.get_source_info()
        message = f"'{option}' names the unknown field {name!r}{nearest(name, FIELDS)}; fields are {listed(FIELDS, 25)}."
        warn(Finding(source, line, Code.TABLE, message))
        return False


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and what the tables of a site need beside them."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-table", EvidenceTableDirective)
    table_files.connect(app)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
