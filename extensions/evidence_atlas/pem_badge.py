"""The directive ``pem-badge``: whether participants had to have post-exertional malaise, and why we say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docutils import nodes

import evidence_atlas
from evidence_atlas.core.verdict import Verdict
from evidence_atlas.keyed import KeyedDirective
from evidence_atlas.language import _
from evidence_atlas.nodeset import paragraph, text
from evidence_atlas.writing import WriteTime, Writing, unusable

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Badge(WriteTime):
    """The badge of a page's paper, or of the paper with the key."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return one paragraph: the words of the badge, its reason, a link to how it works."""
        page = writing.paper(self["key"])
        if page is None:
            said = writing.missing(self, _("No badge: the record of this page has errors."), _("No badge: {key} has no page."))
            return unusable(said)
        content: list[nodes.Node | str] = [
            mark(page.badge),
            text(": ", "atlas-colon"),
            page.badge.sentence(writing.atlas.policy),
        ]
        explained = writing.atlas.settings.how_it_works
        if explained and explained in writing.domain.env.found_docs:
            content += [" ", writing.document(explained, nodes.Text(_("How the badge works")))]
        return [paragraph(*content, classes=["atlas-pem"])]


def mark(verdict: Verdict) -> nodes.Node:
    """Return the words of a badge, with a class for its shape and colour."""
    return nodes.strong("", verdict.label, classes=["atlas-badge", f"atlas-badge-{verdict.state}"])


class PemBadge(KeyedDirective):
    """Shows the badge."""

    part = Badge


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("pem-badge", PemBadge)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
