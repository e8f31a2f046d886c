"""The directive ``contribute``: a private word to the editors, by a form where there is an inbox, else by mail or an issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _
from evidence_atlas.nodeset import container, filled, heading, paragraph
from evidence_atlas.writing import WriteTime, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

BLOCK = "atlas-contribute"


class Contribute(WriteTime):
    """The form of the inbox; where there is none, a prepared mail and a prepared issue. Page and version are filled in."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block."""
        content = _form(writing) if writing.atlas.settings.inbox else [_mail_or_issue(writing)]
        return [container(heading(_("Contribute")), *content, classes=[BLOCK])]


def _form(writing: Writing) -> list[nodes.Node]:
    """Return the form on a site; elsewhere a link to the inbox's own form."""
    from evidence_atlas.inbox.pages import form_html

    settings = writing.atlas.settings
    values = {"page": writing.docname, "version": writing.atlas.identity.version}
    if writing.can_link_within:
        form = form_html(settings.inbox, values, settings.inbox_contact_days, _)
        private = _("Private: a person reads it, and nothing is published by itself. Your internet address is not kept.")
        return [nodes.raw("", form, format="html"), paragraph(private, classes=["atlas-hint"])]
    sentence = _("Something wrong or missing? {mail} (private, read by a person).")
    link = writing.link(inbox_address(writing.atlas, writing.docname, settings.base_url), _("Write to the editors"))
    return [paragraph(*filled(sentence, mail=link))]


def inbox_address(atlas: Atlas, page: str, base: str = "") -> str:
    """Return the address of the inbox's own form, with page and version filled in.

    Args:
        atlas: The atlas.
        page: The document.
        base: Address on whose host a path is, for formats that leave the site.
    """
    address = urljoin(base, atlas.settings.inbox)
    return f"{address}?{urlencode({'page': page, 'version': atlas.identity.version}, quote_via=quote)}"


def mail_address(atlas: Atlas, page: str) -> str:
    """Return the address of a prepared mail about a page."""
    subject, body = _prepared(atlas, page)
    return f"mailto:{atlas.settings.contact}?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"


def _prepared(atlas: Atlas, page: str) -> tuple[str, str]:
    body = "\n".join((_("Page: {address}"), _("Version: {version}"), "", _("What is wrong or missing:"), ""))
    return f"{atlas.settings.name}: {page}", body.format(address=atlas.address(page), version=atlas.identity.version)


def _mail_or_issue(writing: Writing) -> nodes.paragraph:
    """Return the prepared mail and issue."""
    atlas, settings = writing.atlas, writing.atlas.settings
    sentence = _("Something wrong or missing?")
    if settings.contact and settings.repository:
        sentence = _("Something wrong or missing? {mail} (private, read by a person) or {issue} (public).")
    elif settings.contact:
        sentence = _("Something wrong or missing? {mail} (private, read by a person).")
    elif settings.repository:
        sentence = _("Something wrong or missing? {issue} (public).")
    mail: list[nodes.Node] = []
    issue: list[nodes.Node] = []
    if settings.contact:
        mail = writing.link(mail_address(atlas, writing.docname), _("Write to the editors"))
    if settings.repository:
        title, body = _prepared(atlas, writing.docname)
        address = f"{settings.repository}/issues/new?{urlencode({'title': title, 'body': body}, quote_via=quote)}"
        issue = writing.link(address, _("open an issue"))
    return paragraph(*filled(sentence, mail=mail, issue=issue))


class ContributeDirective(SphinxDirective):
    """Shows how to tell the editors what is wrong on the page: a form, or a prepared mail and issue."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = Contribute(docname=self.env.docname)
        self.set_source_info(part)
        return [part]


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the foot of pages that have no such block a link to the editors."""
    atlas = atlas_domain(app.env).atlas
    if page not in app.env.found_docs or BLOCK in context.get("body", ""):
        return
    if atlas.settings.inbox:
        context["atlas_word"] = (inbox_address(atlas, page), _("Write to the editors about this page"))
    elif atlas.settings.contact:
        context["atlas_word"] = (mail_address(atlas, page), _("Write to the editors about this page"))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("contribute", ContributeDirective)
    app.connect("html-page-context", offer)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
