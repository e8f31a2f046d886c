"""A Sphinx extension that says what a build did: pages read and written, CPU and memory, and when each step began.

It writes ``counts.json`` beside the doctrees. Loaded by the projects of :mod:`corpus` that are measured, and no others.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

FILE = "counts.json"
EVENTS = {
    "config-inited": "start of Python, extensions",
    "env-get-outdated": "settings, bibliography, environment",
    "env-before-read-docs": "what has changed",
    "env-check-consistency": "reading",
    "write-started": "checks across pages",
    "html-collect-pages": "writing pages",
    "build-finished": "lists, whole files",
}
"""By event, what has been done when it comes; what listeners of ``build-finished`` do comes last."""


def cpu_seconds() -> tuple[float, float]:
    """Return what this process, and what the programs that it ran took, user and system."""
    own, programs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, programs.ru_utime + programs.ru_stime


class Counts:
    """What one build did so far."""

    def __init__(self) -> None:
        self.read = self.written = 0
        self.search = 0.0
        self.steps: dict[str, tuple[float, float]] = {}

    def note_step(self, event: str) -> list[str]:
        """Note CPU since the process began, and the clock, at the first time that an event comes; add no pages to it."""
        self.steps.setdefault(EVENTS[event], (time.process_time(), time.time()))
        return []

    def note_read(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Note how many documents are read."""
        self.read = len(docnames)

    def note_written(self, app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
        """Note that a document is written."""
        self.written += tree is not None

    def time_search(self, app: Sphinx) -> None:
        """Have what makes the search index counted apart: it listens among others at the end of a build."""
        listeners = app.events.listeners["build-finished"]
        for place, listener in enumerate(listeners):
            if listener.handler.__module__ == "evidence_atlas.search":
                listeners[place] = listener._replace(handler=partial(self._search, listener.handler))

    def _search(self, make_index: Callable[[Sphinx, Exception | None], None], app: Sphinx, exception: Exception | None) -> None:
        before = sum(cpu_seconds())
        make_index(app, exception)
        self.search += sum(cpu_seconds()) - before

    def save(self, app: Sphinx, exception: Exception | None) -> None:
        """Write what is known by the end."""
        self.steps["search, exports at the end"] = (time.process_time(), time.time())
        cpu, programs = cpu_seconds()
        data = {
            "read": self.read,
            "written": self.written,
            "cpu": cpu,
            "programs": programs,
            "search": self.search,
            "steps": self.steps,
            "extensions": sorted(app.extensions),
        }
        Path(app.doctreedir, FILE).write_text(json.dumps(data), encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the counts to the build."""
    counts = Counts()
    for event in EVENTS:
        app.connect(event, lambda *_, name=event: counts.note_step(name), priority=0)
    app.connect("builder-inited", counts.time_search)
    app.connect("env-before-read-docs", counts.note_read, priority=999)
    app.connect("html-page-context", counts.note_written)
    app.connect("build-finished", counts.save, priority=9999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
