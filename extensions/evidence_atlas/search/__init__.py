"""The search of a site: Pagefind's where it can be had, Sphinx's own everywhere else.

Pagefind's index lies in small pieces of which a browser loads those that it needs, so that it serves thousands of
pages. It needs the extra ``search`` and the theme ``evidence_atlas``, whose search page asks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.search.en import SearchEnglish

import evidence_atlas
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.domain import warn
from evidence_atlas.search import index, page, records
from evidence_atlas.theme import is_own_site

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class RememberingEnglish(SearchEnglish):
    """Sphinx's own search for English, with each word stemmed once instead of at every place where it stands.

    Sphinx stems every word of every page anew, in Python, which is about a third of a build. The index is the
    same to the byte.
    """

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self.stem = lru_cache(maxsize=100_000)(super().stem)  # type: ignore[method-assign]


def choose_engine(app: Sphinx, config: Config) -> None:
    """Take Pagefind where it is installed and ``conf.py`` does not say otherwise.

    A change of this value has every page of a site written again, which a change of engines needs.
    """
    installed = all(find_spec(name) is not None for name in ("pagefind_bin", "cbor2"))
    if config.atlas_pagefind and not installed:
        message = "Pagefind is not installed, so Sphinx's own search is used; 'pip install evidence-atlas[search]' brings it."
        warn(Finding(str(Path(app.confdir, "conf.py")), 1, Code.SEARCH, message))
    config.atlas_pagefind = installed and config.atlas_pagefind is not False


def uses_pagefind(builder: Builder) -> bool:
    """Whether Pagefind searches what a builder writes: a site of many pages, in the theme that has a page for it."""
    return bool(builder.config.atlas_pagefind) and is_own_site(builder)


def replace_own_search(app: Sphinx) -> None:
    """Keep Sphinx from making its index and its search page where Pagefind makes them."""
    if uses_pagefind(app.builder):
        app.builder.search = False  # type: ignore[attr-defined]


def collect_page(app: Sphinx) -> Iterable[tuple[str, dict[str, Any], str]]:
    """Return the search page, where it must be written."""
    return page.pages(app) if uses_pagefind(app.builder) else ()


def keep_record(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Keep what is searched of a page, when the page is written."""
    if doctree is not None and uses_pagefind(app.builder):
        records.keep(app, pagename, doctree)


def make_index(app: Sphinx, exception: Exception | None) -> None:
    """Bring the index up to date at the end of a build that came to its end."""
    if exception is None and uses_pagefind(app.builder):
        records.drop_gone(app)
        index.update(app)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect both searches."""
    app.setup_extension("evidence_atlas.base")
    app.add_search_language(RememberingEnglish)
    app.add_config_value("atlas_pagefind", None, "html", types=(bool, type(None)))
    app.connect("config-inited", choose_engine)
    app.connect("builder-inited", replace_own_search)
    app.connect("html-page-context", keep_record)
    app.connect("html-page-context", page.spare_styles)
    app.connect("html-collect-pages", collect_page)
    app.connect("build-finished", make_index)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
