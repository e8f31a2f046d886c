"""The directive ``evidence-query``: the published search for new papers, and up to which day each source was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.search_query import SOURCES, Asked, Query
from evidence_atlas.language import _, day
from evidence_atlas.nodeset import paragraph
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class SearchShown(WriteTime):
    """Each source with its search."""

    def shows_everything(self) -> bool:
        """It does, so that it is written again when the search changes."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the searches."""
        search = writing.atlas.search
        if not search.queries:
            return [paragraph(_("This atlas has no published search."))]
        return [
            node for name, query in search.queries.items() for node in _shown(SOURCES[name], query, search.state.asked.get(name))
        ]


def _shown(source: str, query: Query, asked: Asked | None) -> list[nodes.Node]:
    if asked is None:
        said = _("It has not been asked yet.")
    elif asked.query == query.line:
        said = _("It was last asked for papers up to {date}.").format(date=day(asked.until))
    else:
        said = _("Another search was asked for papers up to {date}; this one has not been asked yet.").format(
            date=day(asked.until)
        )
    about = [paragraph(query.note)] if query.note else []
    return [
        paragraph(nodes.strong("", source), f": {said}"),
        *about,
        nodes.literal_block("", query.query, language="none", classes=["atlas-query"]),
    ]


class EvidenceQuery(SphinxDirective):
    """Shows the search by which the atlas looks for new papers, as its file has it."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = SearchShown(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-query", EvidenceQuery)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
