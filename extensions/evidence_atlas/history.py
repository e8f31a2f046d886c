"""History and versions, near the end of an evidence page: which version this is, where it stays, and the page as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

import evidence_atlas
from evidence_atlas.frame import add_before_disclosure
from evidence_atlas.nodeset import container, heading, paragraph
from evidence_atlas.writing import WriteTime, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class History(WriteTime):
    """Version, date, policy, citable address and the page as data with its digest."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block; nothing where the record has errors, since such a page has no data."""
        page = writing.paper(None)
        if page is None:
            return []
        identity, policy = writing.atlas.identity, writing.atlas.policy.version
        date = f" of {identity.date}" if identity.date else ""
        address = writing.atlas.citable_address(page.docname)
        return [
            container(
                heading("History and versions"),
                paragraph(f"This is version {identity.version}{date}, under policy v{policy}."),
                paragraph("This version stays at ", *writing.link(address, address), "."),
                paragraph(
                    "A digest tells whether what the page says has changed: it stands in ",
                    *writing.link(writing.file(page.docname, "record.json"), "record.json"),
                    ", the page as data.",
                ),
                classes=["atlas-history"],
            )
        ]


class PlaceHistory(SphinxTransform):
    """Puts the block on an evidence page, before its last lines and after related papers."""

    default_priority = 512

    def apply(self, **kwargs: Any) -> None:
        """Insert the block."""
        add_before_disclosure(self, History)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.frame")
    app.add_transform(PlaceHistory)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
