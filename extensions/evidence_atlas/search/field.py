"""The directive ``search-field``: the field of the site's search at a place on a page; nothing in other formats."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.language import _
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

CLASS = "atlas-search-field"
FORM = """<form class="{name}" role="search" action="{address}" method="get">
<label for="atlas-search-words">{label}</label>
<div class="atlas-search-line">
<input type="search" id="atlas-search-words" name="q" autocomplete="off">
<button type="submit">{search}</button>
</div>
</form>
"""


class SearchField(WriteTime):
    """The field; both searches that a site can have take the words from the address."""

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the form."""
        if not writing.can_link_within:
            return []
        builder = writing.builder
        address = relative_uri(builder.get_target_uri(writing.docname), builder.get_target_uri("search"))
        label = self["label"] or _("Words, an author, a DOI")
        form = FORM.format(name=CLASS, address=escape(address), label=escape(label), search=escape(_("Search")))
        return [nodes.raw("", form, format="html")]


class SearchFieldDirective(SphinxDirective):
    """Shows the field; the argument is its label."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        label = self.arguments[0].strip() if self.arguments else ""
        part = SearchField(docname=self.env.docname, label=label)
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("search-field", SearchFieldDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
