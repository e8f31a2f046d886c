"""Visitors for images, figures, formulas, code and raw content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Element

from typst_builder.code import tokens
from typst_builder.lengths import clipped
from typst_builder.literals import Code, call, literal, one_line, printable
from typst_builder.tables import Tables

# lines of code that are set at once, since the compiler looks at all of them anew for each
_MOST_LINES = 2_000


class Media(Tables):
    """What is not running text."""

    def visit_image(self, node: Element) -> None:
        """Add an image with its alternative text."""
        self.anchor(node)
        uri, alt = node["uri"], one_line(node.get("alt", "")).strip()
        name = self.builder.images.get(uri)
        refused = (
            self.builder.picture.place(Path(self.builder.srcdir) / uri, name) if name else "it is of no kind that a PDF holds"
        )
        if name is None or refused:
            self.warn(
                f"the image {uri!r} cannot be shown, and its alternative text stands in its place: {refused}", node, "image"
            )
            shown = self.string(f"[{alt or uri}]")
            self.emit(shown if isinstance(node.parent, nodes.TextElement) else call("paragraph", shown))
            raise nodes.SkipNode
        if not alt:
            alt = self._caption(node) or name
            self.warn(f"the image {uri!r} has no alternative text", node, "alt")
        self.images[name] = None
        function = "inline-image" if isinstance(node.parent, nodes.TextElement) else "image"
        self.call(
            function,
            node,
            f"/images/{name}",
            alt=clipped(printable(alt)),
            width=node.get("width"),
            height=node.get("height"),
            scale=node.get("scale"),
            align=node.get("align"),
        )
        raise nodes.SkipNode

    @staticmethod
    def _caption(node: Element) -> str:
        """Return the caption of the figure in which an image stands."""
        figure = node.parent
        while figure is not None and not isinstance(figure, nodes.figure):
            figure = figure.parent
        caption = next(iter(figure.findall(nodes.caption)), None) if figure is not None else None
        return one_line(caption.astext()) if caption is not None else ""

    def visit_figure(self, node: Element) -> None:
        """Add a figure with its caption and legend."""
        self.anchor(node)
        caption = next((child for child in node.children if isinstance(child, nodes.caption)), None)
        legend = next((child for child in node.children if isinstance(child, nodes.legend)), None)
        body = self.inside(*(child for child in node.children if child not in {caption, legend}))
        self.call(
            "figure",
            node,
            body,
            caption=self.inside(*caption.children) if caption is not None else None,
            legend=self.inside(*legend.children) if legend is not None else None,
            number=self.number(node, "figure"),
            align=node.get("align"),
        )
        raise nodes.SkipNode

    def visit_caption(self, node: Element) -> None:
        """Add a caption that stands outside a figure, as that of a code block does."""
        if node.astext().strip():
            self.call("caption", node, number=self.number(node.parent, "code-block"))
        raise nodes.SkipNode

    def visit_literal_block(self, node: Element) -> None:
        """Add code in the colours of its language."""
        self.anchor(node)
        self.note_source(node)
        text = printable(node.astext()).rstrip("\n")
        language = node.get("language", "") if node.rawsource == node.astext() else "none"
        options: dict[str, Any] = node.get("highlight_args", {})
        lines = [
            [[kind, self.string(part)] for kind, part in line] for line in tokens(text, language, self.config.highlight_language)
        ]
        written, first = text.split("\n"), options.get("linenostart", 1)
        for start in range(0, len(lines), _MOST_LINES):
            end = start + _MOST_LINES
            self.emit(
                call(
                    "code",
                    self.string("\n".join(written[start:end])),
                    lines[start:end],
                    classes=self.classes(node),
                    numbered=bool(node.get("linenos")) or None,
                    first=first + start if first + start != 1 else None,
                    marked=[number - start for number in options.get("hl_lines", ()) if start < number <= end],
                )
            )
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def visit_math(self, node: Element) -> None:
        """Add a formula within text."""
        self._formula(node, block=False)

    def visit_math_block(self, node: Element) -> None:
        """Add a formula of its own, with its number."""
        self.anchor(node)
        self._formula(node, block=True)

    def _formula(self, node: Element, *, block: bool) -> None:
        tex = printable(node.astext()).strip()
        number = node.get("number")
        source = self.builder.formulas.convert(tex, block=block) if tex else None
        if source is not None:
            self.emit(
                call(
                    "formula", source, alt=clipped(one_line(tex)), block=block, number=f"({number})" if block and number else None
                )
            )
        elif tex:
            self.warn(f"the formula {one_line(tex)!r} cannot be set; its TeX stands in its place", node, "math")
            self.emit(
                call(
                    "code" if block else "literal",
                    *(
                        [self.string(tex), [[["", self.string(line)]] for line in tex.split("\n")]]
                        if block
                        else [self.string(one_line(tex))]
                    ),
                )
            )
        raise nodes.SkipNode

    def visit_raw(self, node: Element) -> None:
        """Leave out raw content of other formats; raw Typst too, unless the project takes it."""
        if "typst" in node.get("format", "").split():
            self.note_source(node)
            if self.builder.settings.raw:
                self.emit(Code(f'eval({literal(printable(node.astext()))}, mode: "markup")'))
            else:
                self.warn("raw Typst is left out: typst_raw is not set", node, "raw")
        raise nodes.SkipNode

    def visit_graphviz(self, node: Element) -> None:
        """Show the source of a graph, which only other builders draw."""
        self.warn("graphs are not drawn in a PDF; the source stands in its place", node, "image")
        text = printable(node.get("code", ""))
        self.emit(call("code", self.string(text), [[["", self.string(line)]] for line in text.split("\n")]))
        raise nodes.SkipNode

    visit_inheritance_diagram = visit_graphviz
