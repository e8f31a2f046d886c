"""Shows the warnings of a build on the pages themselves, while somebody writes them; only ``nox -s serve`` loads this.

A build makes only some pages anew and warns of these alone, so what it warned of others is kept beside the doctrees.
The pages fetch all of it from one file, since a page that is not written again could not hold it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from sphinx.util.logging import NAMESPACE, is_suppressed_warning

import evidence_atlas
from evidence_atlas.search import index, merge

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
FILE = "_preview.json"
Phase = Literal["start", "reading", "checks", "writing"]
_PLACE = re.compile(r"(.*?)((?::\d+){0,2})", re.DOTALL)  # a file, its line, and the column


@dataclass(frozen=True)
class Warned:
    """A warning as a page shows it.

    Attributes:
        page: The document that it is about; empty where it is about none.
        place: File and line, as the terminal names them.
        message: What it says.
    """

    page: str
    place: str
    message: str


@dataclass
class Collected:
    """What one build said.

    Attributes:
        warnings: The warnings, once each, and when each came: at the start of every build, while some pages were read,
            at the checks across pages, which only some builds make, or while pages were written.
        read: The documents that were read.
        written: The documents that were written, which those that were read are too.
        phase: What is going on now.
        checked: Whether the checks across pages were made.
    """

    warnings: dict[Warned, Phase] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    phase: Phase = "start"
    checked: bool = False


class Collector(logging.Handler):
    """Takes each warning that Sphinx prints."""

    def __init__(self, app: Sphinx, collected: Collected) -> None:
        super().__init__(logging.WARNING)
        self.app, self.collected = app, collected

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning, unless the project silences its kind."""
        kind, subtype = getattr(record, "type", ""), getattr(record, "subtype", "")
        if is_suppressed_warning(kind, subtype, self.app.config.suppress_warnings):
            return
        location = getattr(record, "location", None)  # a text by now: Sphinx's own handler came first
        label = f" [{kind}.{subtype}]" if kind and subtype else ""
        message = record.getMessage().removesuffix(label)
        warned = Warned(*_placed(self.app, str(location or "")), message + label)
        self.collected.warnings.setdefault(warned, self.collected.phase)


def _placed(app: Sphinx, location: str) -> tuple[str, str]:
    """Return the document and the place that a location names."""
    match = _PLACE.fullmatch(location)
    if match is None or not match[1]:
        return "", location
    file, root = Path(match[1]), Path.cwd()
    shown = file.relative_to(root) if file.is_absolute() and file.is_relative_to(root) else file
    page = app.project.path2doc(file) or ""
    return page if page in app.project.docnames else "", f"{shown.as_posix()}{match[2]}"


def begin(app: Sphinx) -> None:
    """Begin to collect."""
    collected = Collected()
    app.atlas_preview = (collected, Collector(app, collected))  # type: ignore[attr-defined]
    logging.getLogger(NAMESPACE).addHandler(app.atlas_preview[1])  # type: ignore[attr-defined]


def note_read(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Note which documents are read now."""
    _collected(app).read.update(docnames)
    _collected(app).phase = "reading"


def note_checks(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Note that the checks across pages come next, if anything was read."""
    _collected(app).phase = "checks"
    return []


def note_checked(app: Sphinx, env: BuildEnvironment) -> None:
    """Note that they are done."""
    _collected(app).phase, _collected(app).checked = "writing", True


def note_written(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Note that a page is written now."""
    _collected(app).written.add(page)


def spare_search(app: Sphinx) -> Iterable[tuple[str, dict[str, Any], str]]:
    """Leave search page and index as they are, where that is asked for: of many pages they take longer than all else.

    Called when the pages are written, and the search page is next; it adds no page.
    """
    if not app.config.atlas_preview_search and Path(app.outdir, index.FOLDER, merge.ENTRY).is_file():
        app.config.atlas_pagefind = False
    return ()


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write what is known now for the pages, also where the build stopped, and keep it for the next build."""
    collected, handler = app.atlas_preview  # type: ignore[attr-defined]
    logging.getLogger(NAMESPACE).removeHandler(handler)
    memory = Path(app.doctreedir) / "atlas-preview.json"
    warnings: dict[Warned, Phase] = dict(collected.warnings)
    made = {"reading": collected.read, "writing": collected.read | collected.written}
    for warned, phase in _read(memory):
        gone = warned.page not in app.project.docnames
        stale = collected.checked if phase == "checks" else gone or warned.page in made[phase]
        if not stale:
            warnings.setdefault(warned, phase)
    lasting = [{**asdict(warned), "phase": phase} for warned, phase in warnings.items() if phase != "start"]
    memory.write_text(json.dumps(lasting, ensure_ascii=False), encoding="utf-8")
    stopped = [Warned("", "", f"The build stopped: {exception}")] if exception else []
    if Path(app.outdir).is_dir():
        data = json.dumps([asdict(warned) for warned in (*stopped, *warnings)], ensure_ascii=False)
        Path(app.outdir, FILE).write_text(data, encoding="utf-8")


def _read(memory: Path) -> list[tuple[Warned, Phase]]:
    """Return what is kept from earlier builds; nothing where there is none."""
    try:
        rows = json.loads(memory.read_text(encoding="utf-8"))
        return [
            (Warned(row["page"], row["place"], row["message"]), row["phase"]) for row in rows if row["phase"] in get_args(Phase)
        ]
    except (OSError, ValueError, KeyError):
        return []


def _collected(app: Sphinx) -> Collected:
    collected: Collected = app.atlas_preview[0]  # type: ignore[attr-defined]
    return collected


def add_static_files(app: Sphinx) -> None:
    """Let the builder copy script and style."""
    app.config.html_static_path.insert(0, str(HERE / "static"))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the collector to the build, and the script to the pages."""
    begin(app)
    app.add_config_value("atlas_preview_search", True, "", types=(bool,))
    app.connect("html-collect-pages", spare_search, priority=100)
    app.connect("builder-inited", add_static_files)
    app.connect("env-before-read-docs", note_read)
    app.connect("env-updated", note_checks, priority=900)
    app.connect("env-check-consistency", note_checked, priority=900)
    app.connect("html-page-context", note_written)
    app.connect("build-finished", finish, priority=900)
    app.add_css_file("preview.css")
    app.add_js_file("preview.js", loading_method="defer")
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
