"""What the pages of a release say of other versions.

In the head of each page are the links that hold for good. A notice is hidden in each page, and a script shows it where
the page lies under ``/v/<version>/``. So the same bytes are in the release, under ``/v/`` and, while it is the newest,
at the root; publishing changes no page. What is known only later stands at the root of the published tree, in
``versions.json`` and below ``changes/``.

Between releases, and in other builders than ``dirhtml``, pages have none of this.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _, day

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

SCRIPT = "versions.js"
FRAME = "changes/since/version"  # the page of changes without its content; its links fit the depth of this address
FRAME_FILE = "_static/changes.html"
VERSION_BLANK, CONTENT_BLANK = "%atlas-version%", "%atlas-changes%"  # filled in when a version is published


def of_release(app: Sphinx) -> bool:
    """Whether the build makes the site of a release."""
    return app.builder.name == "dirhtml" and atlas_domain(app.env).atlas.identity.is_release


def add_script(app: Sphinx) -> None:
    """Add the script to every page; it runs before anything is shown, so that the notice moves nothing."""
    if of_release(app):
        attributes: dict[str, Any] = {"data-version": atlas_domain(app.env).atlas.identity.version}
        app.add_js_file(SCRIPT, **attributes)


def add_links(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the links to a page's head, and the notice above its content."""
    if not of_release(app) or not context.get("body"):
        return
    if page == FRAME:
        context["script_files"] = [file for file in context["script_files"] if SCRIPT not in str(file.filename)]
        return
    domain = atlas_domain(app.env)
    address = app.builder.get_target_uri(page)
    links = {"latest-version": f"{domain.atlas.settings.base_url}/{address}"}
    if not context.get("pageurl"):  # Sphinx's own templates make this link of html_baseurl
        links["canonical"] = links["latest-version"]
    if page in domain.pages:
        links["version-history"] = f"{domain.atlas.settings.base_url}/{readings_file(page)}"
    before = domain.history.previous
    folder, _slash, name = page.rpartition("/")
    if before and (page == app.config.root_doc or (folder == domain.atlas.settings.evidence and name in before.pages)):
        links["predecessor-version"] = f"{domain.atlas.settings.base_url}/v/{before.version}/{address}"
    head = "".join(f'\n  <link rel="{name}" href="{escape(link)}">' for name, link in sorted(links.items()))
    context["metatags"] = f"{context.get('metatags', '')}{head}"
    since = domain.atlas.changes_address(page if page in domain.pages else "")
    context["body"] = f"{notice(domain.atlas, since, links['latest-version'])}{context['body']}"


def readings_file(page: str) -> str:
    """Return the file of the published tree that lists the versions of a page."""
    return f"changes/pages/{page}.json"


def notice(atlas: Atlas, since: str, newest: str) -> str:
    """Return the notice for a kept copy of a page, as HTML.

    Args:
        atlas: Knows the version.
        since: Where it stands what changed since.
        newest: The address of the page in the newest version.
    """
    identity = atlas.identity
    version = (
        _("You are reading version {version} of {date}, which is kept as it was.")
        if identity.date
        else _("You are reading version {version}, which is kept as it was.")
    ).format(version=identity.version, date=day(identity.date) if identity.date else "")
    name, changes, last = (
        escape(words) for words in (_("Version of this page"), _("What changed since"), _("Newest version of this page"))
    )
    return (
        f'<aside class="atlas-kept" aria-label="{name}" hidden>\n'
        f"<p>{escape(version)}</p>\n"
        '<p class="atlas-kept-answer" role="status"></p>\n'
        f'<p><a href="{escape(since)}">{changes}</a> '
        f'<a href="{escape(newest)}">{last}</a></p>\n'
        "</aside>\n"
    )


def write_frame(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Write the page of changes without its content, for publishing to fill in; collect no other page."""
    if of_release(app):
        target = app.outdir / FRAME_FILE
        target.parent.mkdir(exist_ok=True)
        content = {"title": _("What changed since version {version}").format(version=VERSION_BLANK), "body": CONTENT_BLANK}
        app.builder.handle_page(FRAME, content, outfilename=target)  # type: ignore[attr-defined]
    return []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the links, the notice and the frame."""
    app.setup_extension("evidence_atlas.theme")
    app.setup_extension("evidence_atlas.history")
    app.connect("builder-inited", add_script)
    app.connect("html-page-context", add_links, priority=700)
    app.connect("html-collect-pages", write_frame)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
