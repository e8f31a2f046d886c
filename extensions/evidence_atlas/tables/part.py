"""A table as a part of a page: its rows as nodes, and on a site what its script needs and the way to its other rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from evidence_atlas.builders import has_own_pages, serves_files
from evidence_atlas.core.findings import Code
from evidence_atlas.documents import Tabled
from evidence_atlas.domain import Paper
from evidence_atlas.fields import FIELDS
from evidence_atlas.language import _
from evidence_atlas.long_lists import page_names, way
from evidence_atlas.nodeset import container, paragraph, table, text
from evidence_atlas.page_filters import warn_of_unknown
from evidence_atlas.pem_badge import mark
from evidence_atlas.tables.data import TableData
from evidence_atlas.tables.rows import Group, Rows, rows_of
from evidence_atlas.writing import WriteTime, Writing

FIRST_ROWS = 100  # as many as the script shows at once


class EvidenceTable(WriteTime):
    """A table of the pages that pass every filter."""

    finished = True

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the table, or one a group under its name and number of pages; then what the codes mean."""
        tabled: Tabled = self["tabled"]
        warn_of_unknown(dict(tabled.filters), writing.atlas, self["file"], self["lineno"], Code.TABLE)
        rows = rows_of(tabled, writing.domain)
        if not rows.groups:
            return [paragraph(_("No page matches."), classes=["atlas-hint"])]
        if not has_own_pages(writing.builder) or tabled.plain:
            shown = (node for title, made in _tables(rows.groups, tabled, writing) for node in (*title, made))
            return [*shown, *_codes(rows, tabled, writing)]
        return [table_part(TableData(tabled, rows, writing.atlas), 0, self["docname"], writing)]


def table_part(data: TableData, place: int, docname: str, writing: Writing) -> nodes.container:
    """Return the part of a table that stands on one page of a site.

    Args:
        data: What is known of the table.
        place: Which part it is.
        docname: The document in which the table begins; its other parts stand on pages without a source.
        writing: What the page of this part is written from.
    """
    tabled, rows, uri = data.tabled, data.rows, writing.builder.get_target_uri
    names = [docname, *page_names(folder(docname, tabled), len(rows.parts))[1:]]
    tables = list(_tables(rows.parts[place], tabled, writing))
    if not place:
        for _title, made in tables:
            _let_wait(made)
    return container(
        nodes.raw("", data.of_part(place, names, uri), format="html"),
        *(node for title, made in tables for node in (*title, container(made, classes=["atlas-table-region"]))),
        nodes.raw("", way(_("Of {all} rows: {parts}"), rows.spans, names[place], names, uri), format="html"),
        *_codes(rows, tabled, writing),
        classes=["atlas-tables"],
    )


def folder(docname: str, tabled: Tabled) -> str:
    """Return the name below which the further parts of a table stand."""
    above, _slash, name = docname.rpartition("/")
    return f"{above if name == 'index' else docname}/{tabled.name}".removeprefix("/")


def _tables(groups: Sequence[Group], tabled: Tabled, writing: Writing) -> Iterator[tuple[list[nodes.Node], nodes.table]]:
    """Yield the table of each group, with its title where it has one."""
    for group in groups:
        yield [nodes.rubric("", group.title)] if group.title else [], _table(group.papers, tabled.columns, writing)


def _table(papers: Sequence[Paper], columns: Sequence[str], writing: Writing) -> nodes.table:
    rows = [[_cell(paper, column, writing) for column in columns] for paper in papers]
    made = table([_(FIELDS[column].label) for column in columns], rows, ["atlas-table"])
    numeric = [place for place, column in enumerate(columns) if FIELDS[column].numeric]
    for row in made.findall(nodes.row) if numeric else ():
        for place in numeric:
            row.children[place]["classes"].append("atlas-number")  # type: ignore[index]
    return made


def _let_wait(made: nodes.table) -> None:
    """Put the rows of a long table after the first hundred into a body of their own, which waits for the script."""
    (group,) = made.findall(nodes.tgroup)
    (body,) = made.findall(nodes.tbody)
    if len(body.children) > FIRST_ROWS:
        rest = body.children[FIRST_ROWS:]
        del body[FIRST_ROWS:]
        group += nodes.tbody("", *rest)


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


def _codes(rows: Rows, tabled: Tabled, writing: Writing) -> list[nodes.Node]:
    """Return what the short codes of the levels mean, those that the table shows."""
    if "level" not in tabled.columns:
        return []
    used = {page.record.level for page in rows.papers}
    items = [
        nodes.definition_list_item(
            "",
            nodes.term("", FIELDS["level"].name(level, writing.atlas)),
            nodes.definition("", paragraph(f"{row.label}. {row.meaning}")),
        )
        for level, row in writing.atlas.policy.level.items()
        if level in used
    ]
    return [nodes.definition_list("", *items, classes=["atlas-codes"])]
