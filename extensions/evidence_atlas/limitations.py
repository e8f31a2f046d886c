"""The directive ``limitations``: what the paper does not prove, in a block of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.nodeset import admonition

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

LIMITATIONS_CLASS = "atlas-limitations"
TITLE = "What it does not prove"


class Limitations(SphinxDirective):
    """Sets its content apart under a fixed title; it takes no argument and no option."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the block; an empty directive gives a visible note, and the checker has warned of it."""
        content = self.parse_content_to_nodes() or [nodes.paragraph("", "", nodes.emphasis("", "[Not stated.]"))]
        block = admonition(TITLE, *content, classes=[LIMITATIONS_CLASS])
        self.set_source_info(block)
        return [block]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("limitations", Limitations)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
