"""Charts of the field: pictures made when the atlas is built, each with its numbers and the papers behind it.

What is counted (``tally``) knows nothing of pictures; pictures (``plots`` on a ``canvas``) know nothing of Sphinx.
matplotlib draws them, where it is installed and only where one must be drawn anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import evidence_atlas
from evidence_atlas.charts import directive, outcomes, papers

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives, and connect the pages with the papers behind charts."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-map", directive.EvidenceMap)
    app.add_directive("evidence-outcomes", outcomes.EvidenceOutcomes)
    app.connect("html-collect-pages", papers.paper_pages)
    app.connect("html-collect-pages", outcomes.side_pages)
    app.connect("html-page-context", directive.add_style)
    app.connect("build-finished", directive.sweep)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
