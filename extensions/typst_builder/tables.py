"""Visitors for tables."""

from __future__ import annotations

from docutils import nodes
from docutils.nodes import Element

from typst_builder.literals import Code, block, call
from typst_builder.translator import Base


class Tables(Base):
    """Tables with header rows, spans, widths and captions."""

    def visit_table(self, node: Element) -> None:
        """Add a table; one without cells is left out."""
        self.anchor(node)
        group = next(iter(node.findall(nodes.tgroup)), nodes.tgroup())
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        header, rows = (self._rows(group, part) for part in (nodes.thead, nodes.tbody))
        if not header and not rows:
            raise nodes.SkipNode
        self.call(
            "table",
            node,
            self._widths(node, group),
            header=header,
            rows=rows,
            caption=self.inside(*title.children) if title else None,
            number=self.number(node, "table"),
        )
        raise nodes.SkipNode

    @staticmethod
    def _widths(node: Element, group: Element) -> list[int]:
        """Return the relative widths of the columns; zeros where the content decides."""
        columns = [each for each in group.children if isinstance(each, nodes.colspec)]
        given = "colwidths-given" in node["classes"] or "colwidths-auto" not in node["classes"]
        widths = [int(each.get("colwidth", 0) or 0) for each in columns]
        return widths if given and all(widths) else [0] * len(columns)

    def _rows(self, group: Element, part: type[Element]) -> list[list[Code]]:
        """Return the rows of a part of a table that have cells."""
        bodies = [child for child in group.children if isinstance(child, part)]
        rows = [self._row(row) for body in bodies for row in body.children if isinstance(row, nodes.row)]
        return [row for row in rows if row]

    def _row(self, row: Element) -> list[Code]:
        stub = [bool(each.get("stub")) for each in row.parent.parent.children if isinstance(each, nodes.colspec)]
        return [
            call(
                "cell",
                self._content(entry),
                colspan=entry.get("morecols", 0) + 1 if entry.get("morecols") else None,
                rowspan=entry.get("morerows", 0) + 1 if entry.get("morerows") else None,
                stub=bool(place < len(stub) and stub[place]) or None,
                classes=self.classes(entry),
            )
            for place, entry in enumerate(each for each in row.children if isinstance(each, nodes.entry))
        ]

    def _content(self, entry: Element) -> Code:
        """Return the content of a cell; of one paragraph, its text."""
        outer, self.pieces = self.pieces, []
        self.anchor(entry)
        anchors, self.pieces = self.pieces, outer
        only = entry.children[0] if len(entry.children) == 1 else None
        inner = only.children if isinstance(only, nodes.paragraph) and not only["ids"] and not only["classes"] else entry.children
        return block([*anchors, self.inside(*inner)])

    def number(self, node: Element, kind: str) -> str:
        """Return the number of a figure, table or code block as the project counts it, with its word."""
        if not self.config.numfig:
            return ""
        numbers = self.builder.fignumbers.get(kind, {})
        names: list[str] = node.get("ids", [])
        for name in names:
            if name in numbers:
                form: str = self.config.numfig_format.get(kind, "%s")
                return form % ".".join(map(str, numbers[name]))
        return ""
