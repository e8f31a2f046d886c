"""Toctrees stay what they are until the writer meets them; Sphinx would put lists of links in their places."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class contents(nodes.General, nodes.Element):  # noqa: N801 (nodes are named so)
    """A toctree: documents and addresses, with the titles given to them."""


class KeepToctrees(SphinxPostTransform):
    """Puts a node of our own in the place of each toctree and of the wrapper around it."""

    default_priority = 900
    builders = ("typst",)

    def run(self, **kwargs: Any) -> None:
        """Replace the toctrees of the document."""
        for toctree in list(self.document.findall(addnodes.toctree)):
            kept = contents("", entries=toctree["entries"], docnames=toctree["includefiles"], hidden=toctree.get("hidden", False))
            kept["caption"] = toctree.get("caption") or ""
            kept.source, kept.line = toctree.source, toctree.line
            wrapper = toctree.parent
            around = isinstance(wrapper, nodes.compound) and "toctree-wrapper" in wrapper["classes"]
            (wrapper if around else toctree).replace_self(kept)
