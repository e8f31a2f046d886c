"""The role ``evidence``: a link to a paper's page with its badge, as in ``{evidence}`key``` or ``{evidence}`text <key>```."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

import evidence_atlas
from evidence_atlas.language import _
from evidence_atlas.nodeset import text
from evidence_atlas.writing import WriteTime, Writing, show, unusable

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class EvidenceLink(WriteTime):
    """A link to a page, followed by the words of its badge."""

    inline = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the link and the badge."""
        page = writing.paper(self["key"])
        if page is None:
            said = writing.missing(self, _("No page: the record of this page has errors."), _("No page: {key} has no page."))
            return unusable(said, inline=True)
        label = self["title"] or page.reading.title
        link = writing.document(page.docname, nodes.Text(label))
        badge = text(page.badge.label, "atlas-badge-inline", f"atlas-badge-{page.verdict.state}")
        return [link, nodes.Text(" ("), badge, nodes.Text(")")]


class EvidenceRole(ReferenceRole):
    """Links to the page of a paper by its key."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the part."""
        source, line = self.get_source_info()
        title = self.title if self.has_explicit_title else ""
        part = EvidenceLink(docname=self.env.docname, key=self.target.strip(), title=title, file=source, lineno=line)
        self.set_source_info(part)
        show(self.env, part)
        return [part], []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the role."""
    app.setup_extension("evidence_atlas.base")
    app.add_role("evidence", EvidenceRole())
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
