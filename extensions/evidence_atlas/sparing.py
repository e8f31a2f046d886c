"""What a build would do or keep for nothing: visits of the collector, messages for nobody, lookups, pages that are written."""

from __future__ import annotations

import atexit
import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils.frontend import OptionParser
from sphinx.util.logging import NAMESPACE

from evidence_atlas.domain import atlas_domain

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def spare_the_collector() -> None:
    """Keep the garbage collector from walking doctrees on their way.

    They are cyclic and many; with Python's thresholds the collector visits them again and again. What a page makes soon
    goes, and nearly all that outlives it stays: a visit of the older generations takes a second at 6,000 pages, and frees
    what reading ten of them makes. At its exit Python would look through all that is left, a twentieth of a build; the
    system takes it back at once.
    """
    gc.set_threshold(5_000, 10_000, 100)
    atexit.register(gc.freeze)


def make_shown_messages_only() -> None:
    """Keep Sphinx from making messages for ``-vv``, one an event, where no handler takes them."""
    logger = logging.getLogger(NAMESPACE)
    logger.setLevel(min(handler.level for handler in logger.handlers))


def spare_lookups(app: Sphinx) -> None:
    """Keep docutils from looking, for each document, for settings that are not there and style sheets that no page shows."""
    settings = app.env.settings
    settings["_disable_config"] = not any(Path(file).is_file() for file in OptionParser.get_standard_config_files())
    settings["stylesheet_path"] = None


def let_go_of_reader(app: Sphinx, doctree: nodes.document) -> None:
    """Take from the reporter of a page its way back to the directives that MyST has run, which know the page."""
    vars(doctree.reporter).pop("get_source_and_line", None)


def let_go_of_written(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Loosen the nodes of the evidence page that was resolved before: where one process writes, it is written by now.

    Nodes know their parents and their document, and these know their nodes. Left so, written pages would fill the memory
    until the collector came, which looks through all that are still to be written. Who keeps a page can read it downwards.
    """
    written: nodes.document | None = app.atlas_resolved  # type: ignore[attr-defined]
    if written is not None:
        left: list[Any] = [written, *written.ids.values()]  # what resolving has replaced is known by its id alone
        while left:
            node = left.pop()
            node.parent = node.document = None
            left += node.children
    ours = docname in atlas_domain(app.env).stated and not app.builder.parallel_ok
    app.atlas_resolved = doctree if ours else None  # type: ignore[attr-defined]


def connect(app: Sphinx) -> None:
    """Spare a build what it can do without."""
    spare_the_collector()
    make_shown_messages_only()
    app.atlas_resolved = None  # type: ignore[attr-defined]
    app.connect("builder-inited", spare_lookups)
    app.connect("doctree-read", let_go_of_reader)
    app.connect("doctree-resolved", let_go_of_written)
