"""The directive ``contribute``: a private word to the editors by mail, or an issue where there is a repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.nodeset import container, heading, paragraph
from evidence_atlas.writing import WriteTime, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Contribute(WriteTime):
    """A prepared mail and a prepared issue, with page and version filled in."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block."""
        settings, version = writing.atlas.settings, writing.atlas.identity.version
        subject = f"{settings.name}: {writing.docname}"
        body = f"Page: {writing.atlas.address(writing.docname)}\nVersion: {version}\n\nWhat is wrong or missing:\n"
        content: list[nodes.Node | str] = ["Something wrong or missing? "]
        if settings.contact:
            mail = f"mailto:{settings.contact}?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"
            content += [*writing.link(mail, "Write to the editors"), " (private, read by a person)"]
        if settings.contact and settings.repository:
            content.append(" or ")
        if settings.repository:
            issue = f"{settings.repository}/issues/new?{urlencode({'title': subject, 'body': body}, quote_via=quote)}"
            content += [*writing.link(issue, "open an issue"), " (public)"]
        content.append(".")
        return [container(heading("Contribute"), paragraph(*content), classes=["atlas-contribute"])]


class ContributeDirective(SphinxDirective):
    """Shows the block; it takes no argument and no option."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = Contribute(docname=self.env.docname)
        self.set_source_info(part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("contribute", ContributeDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
