"""Figures that a run measured, shown on a page from the file that the run wrote; the directive ``bench-figures``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.guard import outside
from evidence_atlas.nodeset import paragraph, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Figures = Mapping[str, Any]
NO_VALUE = "–"
NOT_MEASURED = "not measured"
DIGITS = 3  # of a figure that differs in the next run


class FiguresDirective(SphinxDirective):
    """Shows one part of the figures in a file that stands beside the page."""

    parts: ClassVar[Sequence[str]]  # the first is shown where none is asked for
    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"show": directives.unchanged_required}

    def made(self, figures: Figures, shown: str) -> list[nodes.Node]:
        """Return what is shown of a part.

        Args:
            figures: What the file holds.
            shown: The part.

        Raises:
            LookupError, TypeError, ValueError: If the file holds something else.
        """
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return what is shown; the page is read again when the file changes.

        Raises:
            DirectiveError: If there is no such part, or the file lies outside the sources, or does not hold such figures.
        """
        name, shown = self.arguments[0], self.options.get("show", self.parts[0])
        if shown not in self.parts:
            raise self.error(f"There is no table '{shown}'; expected one of {', '.join(self.parts)}.")
        relative, path = self.env.relfn2path(name)
        if outside(self.env, name):
            raise self.error(f"The file of figures '{name}' lies outside the sources.")
        self.env.note_dependency(relative)
        try:
            made = self.made(json.loads(Path(path).read_text(encoding="utf-8")), shown)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self.error(f"The file of figures '{name}' cannot be shown: {error!r}") from error
        for node in made:
            self.set_source_info(node)
        return made


def _shown(cell: str | float | None) -> str:
    """Return a cell for reading: a number to three digits, whether a bound is met in words."""
    match cell:
        case None:
            return NOT_MEASURED
        case bool():
            return "yes" if cell else "no"
        case str():
            return cell
    if isinstance(cell, float) and abs(cell) < 10 ** (DIGITS - 1):
        return f"{cell:.{DIGITS}g}"
    return f"{round(cell):,}"


def _told(of: Figures) -> str:
    """Return when, of what, on what and with what a group was measured."""
    versions = ", ".join(f"{name} {version}" for name, version in of["versions"].items() if version)
    commit = f" of commit {of['commit']}" if of["commit"] else ""
    runs = f"median of {of['runs']} runs" if of["runs"] > 1 else "one run"
    return f"Measured on {of['date']}{commit}, {runs}; {of['machine']}; {versions}."


class BenchFigures(FiguresDirective):
    """A table of what ``nox -s bench`` measured, with when and on what."""

    parts = ("full", "growth", "parts", "profile", "references", "again", "serve", "check", "size", "search", "pdf", "peers")

    def made(self, figures: Figures, shown: str) -> list[nodes.Node]:
        """Return the table, and the circumstances; of what was never measured, that alone."""
        group = figures.get(shown)
        if group is None:
            return [paragraph(f"{NOT_MEASURED.capitalize()} yet.")]
        rows = [[[text] if (text := _shown(cell)) else [] for cell in row] for row in group["rows"]]
        return [table(group["head"], rows, ["atlas-quality"]), paragraph(_told(group["of"]), classes=["atlas-measured"])]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("bench-figures", BenchFigures)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
