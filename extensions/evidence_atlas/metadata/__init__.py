"""What each page of a site says of itself to reference managers, search engines and other programs.

An evidence page never poses as the paper: the paper stands in one COinS span, and under ``itemReviewed`` and
``related``; everything else describes the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.builders import has_own_pages, serves_files
from evidence_atlas.core import files
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.made_pages import IS_MADE
from evidence_atlas.metadata import coins, json_ld, signposting, tags, terms
from evidence_atlas.metadata.landing import Landing

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FEEDS = {"feed.xml": "application/atom+xml", "feed.json": "application/feed+json"}


def has_feeds(domain: AtlasDomain) -> bool:
    """Whether the site has feeds: they need addresses and days."""
    return bool(domain.stated and domain.atlas.settings.base_url and domain.atlas.identity.date)


def describe(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add to a page what it says of itself; write an evidence page's set of links to its other files."""
    domain = atlas_domain(app.env)
    if not has_own_pages(app.builder) or not (doctree or IS_MADE in context):
        return
    builder, atlas = app.builder, domain.atlas
    base, uri = atlas.settings.base_url, builder.get_target_uri(pagename)
    address = f"{base}/{uri}" if base else ""
    context["pageurl"] = context.get("pageurl") or address or None  # themes make the canonical link of it
    page = domain.pages.get(pagename)
    title = page.reading.title if page else app.env.titles[pagename].astext() if pagename in app.env.titles else pagename
    graph = tags.open_graph(title, atlas.settings.name, address, page.record.summary if page else "") if doctree else []
    head = [tags.as_html("property", graph)]
    if has_feeds(domain):
        feeds = ((media, relative_uri(uri, name)) for name, media in FEEDS.items())
        head += [f'\n  <link rel="alternate" type="{media}" href="{href}">' for media, href in feeds]
    if page:
        landing = Landing(page, atlas, uri, app.config.language)
        head.append(tags.as_html("name", tags.highwire(landing)))
        context["body"] = f"{context['body']}\n{coins.span(page.reference)}\n"
        linkset = Path(app.outdir, page.docname, signposting.LINKSET)
        if base:
            head += [signposting.head(landing), json_ld.script(landing)]
            files.write_changed(linkset, signposting.linkset(landing))
        else:
            files.remove(linkset, Path(app.outdir))
    context["metatags"] = f"{context.get('metatags') or ''}{''.join(head)}"


def write_terms(app: Sphinx, exception: Exception | None) -> None:
    """Write the terms beside their page; delete them where they have no address."""
    if exception is not None or not serves_files(app.builder):
        return
    file = Path(app.outdir, terms.PAGE, terms.FILE)
    if terms.are_there(app):
        file.parent.mkdir(exist_ok=True)
        files.write_changed(file, terms.as_json_ld(atlas_domain(app.env).atlas.settings))
    else:
        files.remove(file, Path(app.outdir))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect to the writing of pages, after the version and before the links between versions."""
    app.setup_extension("evidence_atlas.page_files")
    app.connect("html-page-context", describe, priority=600)
    app.connect("html-collect-pages", terms.pages)
    app.connect("build-finished", write_terms)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
