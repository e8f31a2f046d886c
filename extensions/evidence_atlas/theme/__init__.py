"""The theme ``evidence_atlas``, and the style and script of the atlas's parts in every theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.builders import Builder

import evidence_atlas
from evidence_atlas.domain import atlas_domain

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
OWN = HERE / "evidence_atlas"


def is_own_site(builder: Builder) -> bool:
    """Whether a builder writes a site of many pages in the theme ``evidence_atlas``, or in one that inherits from it."""
    theme = getattr(builder, "theme", None)
    return builder.name in ("html", "dirhtml") and theme is not None and OWN in map(Path, theme.get_theme_dirs())


def add_static_files(app: Sphinx) -> None:
    """Let the builder copy the style and the script of the parts."""
    if app.builder.format == "html":
        app.config.html_static_path.insert(0, str(HERE / "static"))


def fill_in(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the templates what the atlas says of itself."""
    atlas = atlas_domain(app.env).atlas
    context["atlas"] = {"settings": atlas.settings, "identity": atlas.identity, "policy": atlas.policy.version}
    context["atlas_search"] = is_own_site(app.builder)
    if found := atlas_domain(app.env).pages.get(page):
        context["atlas_summary"] = found.record.summary


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the theme."""
    app.setup_extension("evidence_atlas.base")
    app.add_html_theme("evidence_atlas", str(OWN))
    app.add_css_file("atlas.css")
    app.add_js_file("atlas.js", loading_method="defer")
    app.connect("builder-inited", add_static_files)
    app.connect("html-page-context", fill_in)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
