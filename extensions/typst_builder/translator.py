"""From a doctree to Typst source: one call of the template per node, and text as string literals.

Content is gathered in pieces, each a Typst expression; a node's children are gathered apart (:meth:`Base.inside`) and
given to the call that stands for the node. The source is cut where a toctree stands between sections: a volume
puts the documents of the toctree there. What the rest of the builder needs to know of a translation is
a :class:`~typst_builder.translation.Translation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.nodes import Element, Node
from sphinx.util import logging
from sphinx.util.docutils import SphinxTranslator

from typst_builder import line_ends
from typst_builder.lengths import unbroken_end, with_line_ends
from typst_builder.literals import Code, block, call, literal, one_line, printable
from typst_builder.nodeset import RENDERED, SKIPPED, known_name
from typst_builder.translation import Segment, Translation

if TYPE_CHECKING:
    from typst_builder.equipment import EquippedBuilder

logger = logging.getLogger(__name__)

# what Sphinx calls a document without a title
NO_TITLE = "<no title>"

# the compiler gives up at about 20 quotations within each other; a list may hold some text within text below that
_DEEPEST = 10
_DEEPEST_INLINE = 4


def label_of(docname: str, name: str) -> str:
    """Return the label of a place in a document; without a name, of its beginning. The last ``#`` parts the two."""
    return f"{docname}#{name.replace('#', '%23')}"


class Base(SphinxTranslator):
    """Gathers pieces; knows nodes by the tables of :mod:`typst_builder.nodeset`."""

    builder: EquippedBuilder

    def __init__(self, document: nodes.document, builder: EquippedBuilder) -> None:
        super().__init__(document, builder)
        self.docname = builder.current_docname
        self.pieces: list[Code] = []
        self.sources: list[list[Code]] = []
        self.known = Translation(segments=[Segment()])
        self.labels: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self.images: dict[str, None] = {}
        self.depth = 0
        self.unbroken = 0  # characters without a blank at the end of the text so far, whatever parts it came in
        self.in_title = False
        self.line = ""

    # -- what visitors, those of other extensions too, write with -----------------------------------------

    def emit(self, code: Code) -> None:
        """Add a piece: an expression that gives content."""
        self.pieces.append(code)

    def text(self, text: str) -> None:
        """Add running text."""
        self.known.digests += line_ends.digests(text)
        shown = with_line_ends(self.builder.glyphs.replaced(one_line(text), self.where), self.unbroken)
        self.unbroken = unbroken_end(shown, self.unbroken)
        self.emit(line_ends.code(shown))

    def inside(self, *children: Node) -> Code:
        """Return the content of nodes as one expression."""
        outer, self.pieces = self.pieces, []
        self.depth += 1
        try:
            for child in children:
                child.walkabout(self)
            return block(self.pieces)
        finally:
            self.depth -= 1
            self.pieces = outer

    def call(self, function: str, node: Element, *content: Any, **arguments: Any) -> None:
        """Add a call of the template for a node, with its classes; its children are the content unless some is given."""
        self.note_source(node)
        given = content or (self.inside(*node.children),)
        self.emit(call(function, *given, classes=self.classes(node), **arguments))

    def string(self, text: str) -> Code:
        """Return printable text as an expression, with what no font shows by its code point."""
        return literal(with_line_ends(self.builder.glyphs.replaced(text, self.where)))

    # -- what they ask ------------------------------------------------------------------------------------

    @staticmethod
    def classes(node: Element) -> list[str]:
        """Return the classes of a node as the template gets them."""
        return [printable(str(name)) for name in node["classes"]]

    @property
    def where(self) -> tuple[str, str]:
        """The document and the line of it that is being translated."""
        return self.docname, self.line

    def note_source(self, node: Element) -> None:
        """Keep the line of the source from which a block comes, as a comment that the compiler's messages lead back to."""
        if node.line and not isinstance(node.parent, nodes.TextElement):
            line = str(node.line)
            if line != self.line:
                self.line = line
                self.emit_comment(line)

    def emit_comment(self, line: str) -> None:
        """Add a line of the source as a comment."""
        self.pieces.append(Code(f"// {line}"))

    def anchor(self, node: Element) -> None:
        """Add the places of a node that can be linked to."""
        names: list[str] = node.get("ids", [])
        for name in names:
            self.anchor_named(name)

    def anchor_named(self, name: str) -> None:
        """Add a place that can be linked to, once."""
        label = label_of(self.docname, name)
        if label not in self.labels:
            self.labels[label] = None
            self.emit(call("anchor", label))

    def warn(self, message: str, node: Node, subtype: str) -> None:
        """Warn of something in the document."""
        logger.warning(message, location=node, type="typst", subtype=subtype)

    # -- the tables ---------------------------------------------------------------------------------------

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 (docutils names it so)
        """Add text."""
        self.text(node.astext())
        raise nodes.SkipNode

    def dispatch_visit(self, node: Node) -> None:
        """Visit a node, unless the project leaves its class out.

        One too deep within others is shown by its children, since the compiler nests only so far.
        """
        if isinstance(node, Element) and self._is_left_out(node):
            raise nodes.SkipNode
        if self.depth >= _DEEPEST and isinstance(node, Element) and node.children:
            inline = isinstance(node, (nodes.TextElement, nodes.Inline))
            if not inline or self.depth >= _DEEPEST + _DEEPEST_INLINE:
                self.anchor(node)
                raise nodes.SkipDeparture
        super().dispatch_visit(node)

    def _is_left_out(self, node: Element) -> bool:
        """Whether the project leaves a node out, by a class that it has."""
        return not self.builder.settings.left_out.isdisjoint(node["classes"])

    def says(self, node: Node) -> bool:
        """Whether words are shown of a node; PDF/UA knows no heading without."""
        if not isinstance(node, Element):
            return bool(node.astext().strip())
        if self._is_left_out(node):
            return False
        if isinstance(node, nodes.raw):
            return self.builder.settings.raw and "typst" in node.get("format", "").split()
        has_visitor = any(hasattr(self, f"visit_{each.__name__}") for each in type(node).__mro__)
        if not has_visitor and known_name(node) in SKIPPED:
            return False
        return not isinstance(node, nodes.transition) and any(map(self.says, node.children))

    def unknown_visit(self, node: Node) -> None:
        """Show a node as the tables say; the children of an unknown one, with a warning for the first of its class."""
        assert isinstance(node, Element)  # noqa: S101 (Text has its visitor)
        name = known_name(node)
        if not name:
            self.builder.warn_unknown(node)
        self.anchor(node)
        if name in RENDERED:
            self.call(RENDERED[name], node)
        if name in RENDERED or name in SKIPPED:
            raise nodes.SkipNode

    def unknown_departure(self, node: Node) -> None:
        """Leave a node whose children were shown."""

    def cut(self, docnames: list[str], level: int) -> None:
        """End a stretch of the document at a toctree."""
        segment = self.known.segments[-1]
        segment.toctree, segment.level = docnames, level
        self.known.segments.append(Segment())
        self.sources.append(self.pieces)
        self.pieces = []

    def finish(self) -> list[str]:
        """Return the source of each stretch."""
        self.sources.append(self.pieces)
        self.known.labels, self.known.links, self.known.images = [*self.labels], [*self.links], [*self.images]
        head = '#import "/template.typ" as n\n'
        return [f"{head}#{block(['[]', *pieces])}\n" for pieces in self.sources]
