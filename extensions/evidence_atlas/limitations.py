"""The directive ``limitations``: what the paper does not prove, in a block of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.language import N_, _
from evidence_atlas.nodeset import admonition

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

LIMITATIONS_CLASS = "atlas-limitations"
TITLE = N_("What it does not prove")
NOT_STATED = N_("[Not stated.]")


class Limitations(SphinxDirective):
    """Sets its content apart under a fixed title; it takes no argument and no option."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the block; an empty directive gives a visible note, and the checker has warned of it."""
        content = self.parse_content_to_nodes() or [nodes.paragraph("", "", nodes.emphasis("", NOT_STATED))]
        block = admonition(TITLE, *content, classes=[LIMITATIONS_CLASS])
        self.set_source_info(block)
        return [block]


class SayInLanguage(SphinxTransform):
    """Puts the block's own words into the language of the site, once the page's text is kept as data in English."""

    default_priority = 505

    def apply(self, **kwargs: Any) -> None:
        """Replace the title, and the note in an empty block."""
        for block in self.document.findall(nodes.admonition):
            if LIMITATIONS_CLASS in block["classes"]:
                block.replace(block[0], nodes.title("", _(TITLE)))
                for note in [note for note in block.findall(nodes.emphasis) if note.astext() == NOT_STATED]:
                    note.replace_self(nodes.emphasis("", _(NOT_STATED)))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("limitations", Limitations)
    app.add_transform(SayInLanguage)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
