"""The directive ``contribute``: a private word to the editors, by a form where there is an inbox, else by mail or an issue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from docutils import nodes
from markupsafe import Markup, escape
from sphinx.locale import get_translator
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.builders import has_own_pages
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import CATALOG, N_, _
from evidence_atlas.nodeset import Piece, filled
from evidence_atlas.shapes import Shapes
from evidence_atlas.theme import is_own_site
from evidence_atlas.writing import ShapedPart, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

BLOCK = "atlas-contribute"
_FOLDED = Markup("""<details class="atlas-fold">
<summary>{name}</summary>
{form}
<p class="atlas-hint">{private}</p>
</details>""")
_PAGE, _VERSION = "%page%", "%version%"  # blanks of a form that is the same on every page but for them


class Contribute(ShapedPart):
    """The form of the inbox; where there is none, a prepared mail and a prepared issue. Page and version are filled in."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the block."""
        atlas, page = writing.atlas, writing.docname
        if atlas.settings.inbox and writing.can_link_within:
            content = make.ready(folded_form(atlas, page))
        else:
            sentence, offered = offers(atlas, page)
            content = make.paragraph(*filled(sentence, **{name: make.link(*offer) for name, offer in offered.items()}))
        return [make.container(make.heading(_("Contribute")), content, classes=[BLOCK])]


def folded_form(atlas: Atlas, page: str) -> Markup:
    """Return the form, which a reader unfolds, as HTML.

    Args:
        atlas: Says where the inbox is, and which version this is.
        page: The document.
    """
    settings = atlas.settings
    blank = _blank_form(settings.inbox, settings.inbox_contact_days, get_translator(CATALOG).gettext)
    return blank.replace(_VERSION, atlas.identity.version).replace(_PAGE, page)


@lru_cache(maxsize=1)
def _blank_form(inbox: str, days: int, _: Callable[[str], str]) -> Markup:
    """Return the form with blanks; it is made once for a site and not for each of its pages."""
    from evidence_atlas.inbox.pages import form_html

    form = form_html(inbox, {"page": _PAGE, "version": _VERSION}, days, _)
    private = _("Private: a person reads it, and nothing is published by itself. Your internet address is not kept.")
    return _FOLDED.format(name=_("Something wrong or missing? Write to the editors"), form=form, private=private)


def offers(atlas: Atlas, page: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """Return how to tell the editors what is wrong, by a link.

    Args:
        atlas: The atlas.
        page: The document.

    Returns:
        A sentence with blanks, and address and text of the link for each.
    """
    settings = atlas.settings
    offered = {}
    if settings.inbox or settings.contact:
        offered["mail"] = (inbox_address(atlas, page) if settings.inbox else mail_address(atlas, page), _("Write to the editors"))
    if settings.repository and not settings.inbox:
        offered["issue"] = (_issue_address(atlas, page), _("open an issue"))
    return _(_SENTENCES[tuple(offered)]), offered


_SENTENCES = {
    ("mail", "issue"): N_("Something wrong or missing? {mail} (private, read by a person) or {issue} (public)."),
    ("mail",): N_("Something wrong or missing? {mail} (private, read by a person)."),
    ("issue",): N_("Something wrong or missing? {issue} (public)."),
    (): N_("Something wrong or missing?"),
}


def inbox_address(atlas: Atlas, page: str) -> str:
    """Return the whole address of the inbox's own form, with page and version filled in, for formats that leave the site."""
    address = urljoin(atlas.settings.base_url, atlas.settings.inbox)
    return f"{address}?{urlencode({'page': page, 'version': atlas.identity.version}, quote_via=quote)}"


def mail_address(atlas: Atlas, page: str) -> str:
    """Return the address of a prepared mail about a page."""
    subject, body = _prepared(atlas, page)
    return f"mailto:{atlas.settings.contact}?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"


def _issue_address(atlas: Atlas, page: str) -> str:
    """Return the address of a prepared issue about a page."""
    title, body = _prepared(atlas, page)
    return f"{atlas.settings.repository}/issues/new?{urlencode({'title': title, 'body': body}, quote_via=quote)}"


def _prepared(atlas: Atlas, page: str) -> tuple[str, str]:
    body = "\n".join((_("Page: {address}"), _("Version: {version}"), "", _("What is wrong or missing:"), ""))
    return f"{atlas.settings.name}: {page}", body.format(address=atlas.address(page), version=atlas.identity.version)


class ContributeDirective(SphinxDirective):
    """Shows how to tell the editors what is wrong on the page: a form, or a prepared mail and issue."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = Contribute(docname=self.env.docname)
        self.set_source_info(part)
        return [part]


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give each page of a site that has no such block one at its foot; in other themes, at the end of its text."""
    if not has_own_pages(app.builder) or BLOCK in context.get("body", ""):
        return
    atlas = atlas_domain(app.env).atlas
    block = _block(atlas, page)
    if is_own_site(app.builder):
        context["atlas_word"] = block
    elif page in app.env.found_docs:
        context["body"] = f"{context.get('body', '')}\n{block}\n"


def _block(atlas: Atlas, page: str) -> Markup:
    """Return the form, or the sentence with its links, as HTML."""
    if atlas.settings.inbox:
        return Markup('<div class="{}">\n{}\n</div>').format(BLOCK, folded_form(atlas, page))
    sentence, offered = offers(atlas, page)
    links = {name: Markup('<a href="{}">{}</a>').format(*offer) for name, offer in offered.items()}
    return Markup('<p class="{}">{}</p>').format(BLOCK, escape(sentence).format(**links)) if links else Markup("")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("contribute", ContributeDirective)
    app.connect("html-page-context", offer)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
