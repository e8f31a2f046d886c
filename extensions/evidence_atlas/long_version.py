"""On a site, what follows the short version of an evidence page stands in a part that a reader can fold.

It stands open, so that nothing is hidden from those who print or have no script. Calm mode, which is a reader's own
choice, lets pages begin with it folded.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

import evidence_atlas
from evidence_atlas.builders import serves_files
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

OPEN = '<details class="atlas-long" open>\n<summary>{name}</summary>\n'
CLOSE = "</details>\n"


class FoldLongVersion(SphinxPostTransform):
    """Wraps the sections of an evidence page; HTML alone knows such a part, so no other format sees it."""

    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap the sections, if the page has any."""
        builder = self.env._app.builder
        if self.env.docname not in atlas_domain(self.env).stated or not serves_files(builder):
            return
        body = next(self.document.findall(nodes.section), None)
        if body is None or not (places := list(_sections(body))):
            return
        body.insert(places[-1] + 1, nodes.raw("", CLOSE, format="html"))
        body.insert(places[0], nodes.raw("", OPEN.format(name=escape(_("The longer version"))), format="html"))


def _sections(body: nodes.Element) -> Iterator[int]:
    """Yield the places of the first sections that follow one another."""
    begun = False
    for place, child in enumerate(body.children):
        if isinstance(child, nodes.section):
            begun = True
            yield place
        elif begun and not isinstance(child, nodes.Invisible):
            return


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.base")
    app.add_post_transform(FoldLongVersion)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
