"""Documents of any shape: nodes of all classes within each other, as no parser would make them, always compile."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from sphinx import addnodes
from sphinx.application import Sphinx

from conftest import apart
from typst_builder.compiler import BROKE_OFF, Failed, Job, PdfCompiler
from typst_builder.literals import literal

from .test_nodes import classes
from .test_text import ANY

LEFT_OUT = {"pending", "toctree", "todolist", "contents", "document", "start_of_file"}
USED = [each for each in classes() if issubclass(each, nodes.Element) and each.__name__ not in LEFT_OUT]
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "ids": st.lists(st.sampled_from(["a", "b", "c d", 'e"#', "f\\"]), max_size=2),
        "classes": st.lists(st.sampled_from(["x", "align-center", "sd-card", 'y"']), max_size=2),
        "refid": st.sampled_from(["a", "none", 'e"#']),
        "refuri": st.sampled_from(
            ["", "https://example.org", "typst-document:index", "typst-document:none#x", "javascript:x", "#a"]
        ),
        "morecols": st.integers(0, 3),
        "morerows": st.integers(0, 3),
        "level": st.integers(1, 4),
        "start": st.integers(0, 9),
        "alt": ANY,
        "number": st.integers(1, 3),
        "width": st.sampled_from(["10px", "50%", "3 cm", "wide"]),
        "heading-level": st.integers(1, 6),
        "colwidth": st.integers(0, 3),
        "stub": st.booleans(),
        "language": st.sampled_from(["python", "nosuch", "none"]),
        "linenos": st.booleans(),
        "format": st.sampled_from(["html", "typst"]),
        "type": st.sampled_from(["versionadded", "deprecated"]),
    },
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> nodes.Node:
    """Return a node with children."""
    if depth > 4 or draw(st.booleans()):
        return nodes.Text(draw(ANY))
    cls = draw(st.sampled_from(USED))
    children = draw(st.lists(trees(depth=depth + 1), max_size=3))
    try:
        node = cls("", "", *children) if issubclass(cls, nodes.TextElement) else cls("", *children)
    except TypeError:
        return nodes.paragraph("", "", *children)
    for name, value in draw(ATTRIBUTES).items():
        node[name] = value
    node.setdefault("uri", "none.png")
    if cls is nodes.system_message:  # docutils itself cannot tell the text of one that lacks these
        node.attributes |= {"source": "index.rst", "type": "ERROR", "level": 3}
    return node


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("any")
    (root / "conf.py").write_text("extensions = ['typst_builder']\nproject = 'Any'\nnumfig = True\n")
    (root / "index.rst").write_text("Home\n====\n")
    with apart(root):
        app = Sphinx(root, root, root / "out", root / "trees", "typst", status=None, warning=None)
        app.build()
        yield app


UNSHOWN = "\U00107ebc"  # no font has it


def among_text(link: type[nodes.reference]) -> list[nodes.Node]:
    """Return a link that holds text and blocks, between other text."""
    held = [nodes.Text("b"), nodes.paragraph("", "c"), nodes.Text("d")]
    return [nodes.Text("a"), link("", "", *held, refuri="https://example.org"), nodes.Text("e")]


@example([nodes.paragraph("", "", nodes.reference("", "", nodes.emphasis("", "here", ids=["a"]), refid="a"))])  # leads to itself
@example(among_text(nodes.reference))
@example(among_text(addnodes.download_reference))
@example([nodes.reference("", "", addnodes.desc_content(), refuri="https://example.org"), nodes.Text("e")])
@example([nodes.footnote_reference("", UNSHOWN, refid="a"), nodes.footnote("", nodes.label("", UNSHOWN), ids=["a"])] * 2)
@given(st.lists(trees(), max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_doctree_compiles(app: Sphinx, children: list[nodes.Node]):
    """However nodes are put together, the translation is Typst that compiles under PDF/UA and PDF/A.

    Only a fault of the compiler's own stops it, with blocks in the midst of words as no reader of sources makes them.
    """
    builder = app.builder
    document = new_document("index.rst", get_default_settings())
    document.settings.env = app.env
    section = nodes.section("", nodes.title("", "Home"), *children, ids=["home"])
    document += section
    builder.current_docname = "index"
    builder.images = {}
    translator = builder.create_translator(document, builder)
    document.walkabout(translator)
    sources = translator.finish()
    for place, source in enumerate(sources):
        (builder.workspace.root / "doc" / f"any.{place}.typ").write_text(source, encoding="utf-8")
    known = translator.known
    broken = {label: True for label in set(known.links) - set(known.labels) if not label.endswith("#")}
    texts = dict.fromkeys(("name", "title", "description", "header", "footer"), "x")
    told = {
        "kind": "page",
        "language": "en",
        "authors": [],
        "keywords": [],
        **texts,
        "elsewhere": {},
        "inside": {"index": True},
        "broken": broken,
    }
    includes = "".join(f"#include {literal(f'/doc/any.{place}.typ')}\n" for place in range(len(sources)))
    source = (
        f'#import "/template.typ" as n\n#let about = {literal(told)}\n#show: n.page.with(about)\n#n.anchor("index#")\n{includes}'
    )
    compiler = PdfCompiler(builder.workspace, builder.fonts, ["ua-1", "a-3a"], 0, {})
    try:
        assert compiler.compile(Job("x", source, "", {})).startswith(b"%PDF")
    except Failed as failure:
        note(document.pformat())
        assert failure.message.startswith(BROKE_OFF), failure.message  # noqa: PT017  (else it compiles)


def test_the_walk_covers_the_classes():
    """The classes that are put together are those of docutils, Sphinx and the extensions, not a handful."""
    assert len(USED) > 150
    assert Path(__file__).name == "test_any_doctree.py"
