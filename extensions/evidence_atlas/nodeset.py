"""The few shapes of docutils nodes of which every part of a page is made."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from docutils import nodes

TEXT_WIDTH = 96
Piece = TypeVar("Piece")


def text(content: str, *classes: str) -> nodes.Node:
    """Return text, in an inline node where it has classes."""
    return nodes.inline("", content, classes=list(classes)) if classes else nodes.Text(content)


def link(address: str, content: str, *classes: str) -> nodes.reference:
    """Return a link to an address outside the documents."""
    return nodes.reference("", content, refuri=address, internal=False, classes=list(classes))


def paragraph(*content: nodes.Node | str, classes: Sequence[str] = ()) -> nodes.paragraph:
    """Return a paragraph of text and inline nodes."""
    children = [nodes.Text(item) if isinstance(item, str) else item for item in content]
    return nodes.paragraph("", "", *children, classes=list(classes))


def filled(sentence: str, **parts: Piece | str | list[Any]) -> list[Piece | str]:
    """Return the content of a sentence in which something else than text stands in place of the names in braces.

    Args:
        sentence: A whole sentence, so that each language can order it.
        parts: What stands in place of each name.
    """
    content: list[Piece | str] = []
    for words, name, _spec, _how in string.Formatter().parse(sentence):
        content += [words] if words else []
        if name:
            part = parts[name]
            content += part if isinstance(part, list) else [part]
    return content


def container(*content: nodes.Node, classes: Sequence[str], ids: Sequence[str] = ()) -> nodes.container:
    """Return a block that only groups."""
    return nodes.container("", *content, classes=list(classes), ids=list(ids), is_div=True)


def heading(content: str) -> nodes.rubric:
    """Return a heading of the second level that opens no section, so that a part can stand anywhere."""
    rubric = nodes.rubric("", content)
    rubric["heading-level"] = 2
    return rubric


def admonition(title: str, *content: nodes.Node, classes: Sequence[str]) -> nodes.admonition:
    """Return a block with a title that every builder sets apart from the text."""
    return nodes.admonition("", nodes.title("", title), *content, classes=list(classes))


def bullet_list(items: Iterable[Sequence[nodes.Node | str]], classes: Sequence[str] = ()) -> nodes.bullet_list:
    """Return a list with a paragraph an item."""
    rows = [nodes.list_item("", paragraph(*item)) for item in items]
    return nodes.bullet_list("", *rows, bullet="-", classes=list(classes))


def table(head: Sequence[str], rows: Iterable[Sequence[Sequence[nodes.Node | str]]], classes: Sequence[str]) -> nodes.table:
    """Return a table with a header row.

    Args:
        head: The header cells.
        rows: Each a sequence of cells, each a sequence of text and inline nodes.
        classes: Classes of the table.
    """
    body = nodes.tbody("", *(_row(row) for row in rows))
    width = max(8, TEXT_WIDTH // len(head))  # in characters, which plain text needs
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for _ in head), cols=len(head))
    group += nodes.thead("", _row([[cell] for cell in head]))
    group += body
    return nodes.table("", group, classes=["colwidths-auto", *classes])


def _row(cells: Sequence[Sequence[nodes.Node | str]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", paragraph(*cell)) if cell else nodes.entry("") for cell in cells))
