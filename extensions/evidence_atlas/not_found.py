"""``404.html``, which web servers show in place of a page that is not there, at whatever address.

Its links begin at the root of the site, whose path is that of the setting ``base-url``.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import evidence_atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.made_pages import frame_digest, must_write
from evidence_atlas.theme import is_own_site

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

PAGE = "404"


def write_page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Write the page at the top of the site, where every builder of a site must have it; collect no other."""
    file = Path(app.outdir, f"{PAGE}.html")
    if is_own_site(app.builder) and PAGE not in app.env.found_docs and must_write(app, file, PAGE, frame_digest(app)):
        app.builder.handle_page(PAGE, {}, "404.html", outfilename=file)  # type: ignore[attr-defined]
    return []


def link_from_root(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Make the links of the page independent of the address at which it is shown."""
    if templatename != "404.html":
        return
    root = f"{urlsplit(atlas_domain(app.env).atlas.settings.base_url).path}/"

    def from_root(target: str, resource: bool = False, baseuri: str = "") -> str:
        return root + (target if resource else app.builder.get_target_uri(target))

    context["pathto"] = from_root
    context["css_tag"] = lambda css: f'<link rel="stylesheet" href="{escape(from_root(str(css.filename), True))}">'
    context["content_root"] = root


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the writing of the page."""
    app.setup_extension("evidence_atlas.theme")
    app.connect("html-collect-pages", write_page)
    app.connect("html-page-context", link_from_root)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
