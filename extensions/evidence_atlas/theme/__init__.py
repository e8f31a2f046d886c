"""The theme ``evidence_atlas``, and the style and script of the atlas's parts in every theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError
from sphinx.builders import Builder

import evidence_atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _, day

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.theming import Theme
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
_STYLED = re.compile(r'(<(?:col|img|table)\b[^<>]*?) style="([^"]*)"')
_LENGTH = re.compile(r"(?<![\w-])(width|height)\s*:\s*([0-9.]+(?:px|%)?)\s*(?:;|$)")
SEARCH_FIELD = 'class="atlas-search-field"'
OWN = str(HERE / "evidence_atlas")


def is_own_site(builder: Builder) -> bool:
    """Whether a builder writes a site of many pages in the theme ``evidence_atlas``, or in one that inherits from it."""
    theme = getattr(builder, "theme", None)
    return builder.name in ("html", "dirhtml") and theme is not None and _is_ours(theme)


@lru_cache(maxsize=1)
def _is_ours(theme: Theme) -> bool:
    """Whether a theme is ours or inherits from it; asked several times for each page."""
    return OWN in map(str, theme.get_theme_dirs())


def add_static_files(app: Sphinx) -> None:
    """Let the builder copy the style and the script of the parts."""
    if app.builder.format == "html":
        app.config.html_static_path.insert(0, str(HERE / "static"))
        app.atlas_tags = {}  # type: ignore[attr-defined]


@cache
def direction(language: str) -> str:
    """Return the direction of a language's script, ``ltr`` or ``rtl``, as the Unicode CLDR has it."""
    try:
        return Locale.parse(language, sep="-" if "-" in language else "_").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def fill_in(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the templates what the atlas says of itself."""
    atlas = atlas_domain(app.env).atlas
    context["atlas"] = {"settings": atlas.settings, "identity": atlas.identity, "policy": atlas.policy.version}
    context["atlas_text"] = _
    context["atlas_date"] = day(atlas.identity.date) if atlas.identity.date else ""
    context["atlas_direction"] = direction(app.config.language)
    context["atlas_search"] = is_own_site(app.builder)
    body = context.get("body", "")
    context["atlas_search_in_text"] = SEARCH_FIELD in body
    context["atlas_page"] = page in atlas_domain(app.env).stated
    if found := atlas_domain(app.env).pages.get(page):
        context["atlas_summary"] = found.record.summary


def spare_files(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Leave out of a page what nothing on it uses: the style of code, that of cards and tabs, and Sphinx's own scripts.

    Sphinx's scripts serve its search page and its own themes; ours is whole without them.
    """
    if not is_own_site(app.builder):
        return
    body = context.get("body", "")
    unused = {
        *(("sphinx-design", "design-tabs") if "sd-" not in body else ()),
        *(("pygments",) if 'class="highlight' not in body else ()),
        *(("documentation_options", "doctools", "sphinx_highlight", "translations") if template != "search.html" else ()),
    }
    for name in ("css_files", "script_files"):
        context[name] = [file for file in context[name] if not _name(file).startswith(tuple(unused))]


def remember_tags(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Make the tag of a style or script once for all pages of the same depth; Sphinx looks for the file again each time."""
    made: dict[Any, str] = app.atlas_tags  # type: ignore[attr-defined]
    root = context["content_root"]

    def once(tag: Callable[[Any], str]) -> Callable[[Any], str]:
        def remembered(file: Any) -> str:
            if (root, file) not in made:
                made[root, file] = tag(file)
            return made[root, file]

        return remembered

    if is_own_site(app.builder):
        context["css_tag"], context["js_tag"] = once(context["css_tag"]), once(context["js_tag"])


def replace_styles(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Say widths of columns, tables and pictures by attributes of their own, as a strict content security policy asks.

    Docutils writes them as ``style`` attributes, which such a policy does not let stand.
    """
    body = context.get("body", "")
    if is_own_site(app.builder) and 'style="' in body:
        context["body"] = _STYLED.sub(lambda found: f"{found[1]}{_as_attributes(found[2])}", body)


def _as_attributes(style: str) -> str:
    """Return what of a style can be said by attributes: lengths in pixels and per cent."""
    return "".join(f' {name}="{value.removesuffix("px")}"' for name, value in _LENGTH.findall(style))


def _name(file: Any) -> str:
    """Return the name of a style or script as the builder lists it."""
    return str(getattr(file, "filename", file)).rpartition("/")[2]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the theme."""
    app.setup_extension("evidence_atlas.base")
    app.add_html_theme("evidence_atlas", str(OWN))
    app.add_css_file("atlas.css")
    app.add_js_file("atlas.js", loading_method="defer")
    app.connect("builder-inited", add_static_files)
    app.connect("html-page-context", fill_in)
    app.connect("html-page-context", spare_files, priority=900)
    app.connect("html-page-context", remember_tags)
    app.connect("html-page-context", replace_styles)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
