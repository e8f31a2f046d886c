"""Every node class of docutils, Sphinx and the extensions in use has its place, and what they hold reaches the PDF."""

from __future__ import annotations

import inspect

import pytest
from docutils import nodes
from sphinx import addnodes
from sphinx.ext import autosummary, graphviz, ifconfig, inheritance_diagram, todo
from sphinx_design import aside, badges_buttons, dropdown, icons, shared, steps, tabs

from typst_builder.nodeset import RENDERED, SKIPPED, TRANSPARENT
from typst_builder.toctrees import contents
from typst_builder.writer import TypstTranslator

from .conftest import Make

MODULES = [
    addnodes,
    autosummary,
    graphviz,
    ifconfig,
    inheritance_diagram,
    todo,
    aside,
    badges_buttons,
    dropdown,
    icons,
    shared,
    steps,
    tabs,
]
# classes that others derive from, and what Sphinx replaces before any writer
ABSTRACT = {
    "Element",
    "TextElement",
    "FixedTextElement",
    "Node",
    "NodeVisitor",
    "document",
    "translatable",
    "_desc_classes_injector",
}
REPLACED = {
    "toctree": "a node of ours stands in its place",
    "todolist": "the todo nodes that it lists stand in its place",
    "autosummary_table": "its table is its child",
}


def classes() -> list[type[nodes.Node]]:
    found = {getattr(nodes, name) for name in nodes.node_class_names}
    for module in MODULES:
        found |= {each for _, each in inspect.getmembers(module, inspect.isclass) if issubclass(each, nodes.Node)}
    return sorted((each for each in found if each.__name__ not in ABSTRACT), key=lambda each: each.__name__)


@pytest.mark.parametrize("node", classes(), ids=lambda node: node.__name__)
def test_every_class_has_its_place(node):
    """A node class is rendered by a visitor or a row of the table, transparent, or skipped for a reason."""
    names = [each.__name__ for each in node.__mro__]
    known = set(RENDERED) | set(SKIPPED) | TRANSPARENT | set(REPLACED)
    assert any(hasattr(TypstTranslator, f"visit_{name}") or name in known for name in names)


def test_no_row_twice():
    """No class stands in two of the tables, and no skipped one lacks a reason."""
    assert not set(RENDERED) & set(SKIPPED) | set(RENDERED) & TRANSPARENT | set(SKIPPED) & TRANSPARENT
    assert all(SKIPPED.values())


TEXTUAL = [
    nodes.paragraph, nodes.emphasis, nodes.strong, nodes.literal, nodes.inline, nodes.subscript, nodes.superscript, nodes.title_reference,
    nodes.abbreviation, nodes.acronym, nodes.block_quote, nodes.container, nodes.compound, nodes.note, nodes.warning, nodes.admonition,
    nodes.topic, nodes.sidebar, nodes.rubric, nodes.literal_block, nodes.doctest_block, nodes.attribution, nodes.generated, nodes.problematic,
    nodes.caption, nodes.legend, nodes.subtitle, nodes.line_block, nodes.bullet_list, nodes.enumerated_list, nodes.definition_list,
    nodes.field_list, nodes.option_list, nodes.table, nodes.figure, nodes.citation, nodes.footnote, nodes.system_message, addnodes.seealso,
    addnodes.versionmodified, addnodes.centered, addnodes.desc, addnodes.literal_emphasis, addnodes.literal_strong, addnodes.manpage,
    addnodes.hlist, addnodes.productionlist, addnodes.glossary, addnodes.download_reference, addnodes.number_reference, contents, nodes.raw,
    nodes.image, nodes.math, nodes.math_block, nodes.target, nodes.reference, nodes.footnote_reference, nodes.citation_reference, nodes.transition,
]  # fmt: skip


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_every_class_compiles_in_any_shape(make: Make, filled: bool):
    """Nodes without children, without attributes, or with mere text where others belong, never stop a PDF."""

    def add(tree: nodes.document) -> None:
        for cls in classes():
            if not issubclass(cls, nodes.Element) or cls.__name__ in {"section", "toctree", "todolist", "pending"}:
                continue
            try:
                text = [nodes.Text("inside")] if filled else []
                node = cls("", "", *text) if issubclass(cls, nodes.TextElement) else cls("", *text)
            except TypeError:
                continue
            if isinstance(node, nodes.image):
                node["uri"], node["candidates"] = "none.png", {"?": ""}
            if isinstance(node, contents):
                node["entries"], node["docnames"], node["hidden"] = [], [], False
            tree[0] += node

    built = make(doctree=add)
    assert built.names() == {"index.pdf", "small.pdf"}
    assert not [line for line in built.warnings if "cannot be made" in line or "Traceback" in line]


def test_unknown_node_shows_its_content_and_warns_once(make: Make):
    """A class that nobody knows is named in one warning with its position; what it holds is in the PDF."""

    class Strange(nodes.General, nodes.Element):
        pass

    def add(tree: nodes.document) -> None:
        for word in ("first", "second"):
            node = Strange("", nodes.paragraph("", f"the {word} word"))
            node.source, node.line = str(tree["source"]), 7
            tree[0] += node

    built = make(doctree=add)
    assert built.warnings == ["index.rst:7: WARNING: nodes of class 'Strange' are unknown; what they hold is shown [typst.node]"]
    assert "the first word the second word" in built.text()


def test_visitors_of_extensions(make: Make):
    """An extension gives its node a look with ``add_node(…, typst=…)``, as for every builder."""
    conf = """
project = "Small"
from docutils import nodes
class Mine(nodes.General, nodes.Element): pass
def visit(self, node):
    self.text("before ")
def depart(self, node):
    self.text(" after")
def setup(app):
    app.add_node(Mine, typst=(visit, depart))
    app.connect("doctree-resolved", lambda app, tree, name: tree[0].append(nodes.paragraph("", "", Mine("", nodes.Text("it")))))
"""
    assert "before it after" in make({"conf.py": conf}).text()


def deep(cls: type[nodes.Element], count: int) -> nodes.Element:
    """Return nodes of a class within each other, with a word in the innermost."""
    node: nodes.Element = nodes.paragraph("", "innermost")
    for _ in range(count):
        if issubclass(cls, nodes.bullet_list):
            node = cls("", nodes.list_item("", nodes.paragraph("", "level"), node))
        elif issubclass(cls, nodes.TextElement):
            node = cls("", "", *(node.children if isinstance(node, nodes.paragraph) else [node]))
        else:
            node = cls("", nodes.paragraph("", "level"), node)
    return node if not issubclass(cls, nodes.TextElement) else nodes.paragraph("", "", node)


@pytest.mark.parametrize("cls", [nodes.bullet_list, nodes.block_quote, nodes.note, nodes.container, nodes.emphasis, nodes.strong])
def test_deep_nesting_loses_looks_and_no_words(make: Make, cls: type[nodes.Element]):
    """What is nested deeper than the compiler can nest is shown without its frame."""
    built = make(doctree=lambda tree: tree[0].append(deep(cls, 60)))
    assert built.warnings == []
    assert "innermost" in "".join(built.text().split())  # in a column so narrow, over several lines
