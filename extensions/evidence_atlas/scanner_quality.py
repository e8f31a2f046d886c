"""The directive ``scanner-quality``: tables of how good the wording scanner is, from the file that the measuring run wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
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


def _with_interval(figure: Sequence[float] | None) -> str:
    return f"{figure[0]:.2f} ({figure[1]:.2f} to {figure[2]:.2f})" if figure else NO_VALUE


def _rows(first: str, rows: Sequence[Figures]) -> nodes.table:
    head = [first, "Deserve it", "Found", "Right", "Precision", "Recall", "F1"]
    cells = [
        [
            [row["name"]],
            *([str(row[count])] for count in ("deserve", "found", "right")),
            *([_with_interval(row[figure])] for figure in ("precision", "recall", "f1")),
        ]
        for row in rows
    ]
    return table(head, cells, ["atlas-quality"])


def _strengths(figures: Figures, split: str) -> list[nodes.Node]:
    part = figures[split]
    mean = f"Macro-F1 over the four strengths: {_with_interval(part['macro-f1'])}. Sentences: {part['sentences']}."
    return [paragraph(mean), _rows("Strength", part["strengths"])]


def _rules(figures: Figures, split: str) -> list[nodes.Node]:
    return [_rows("Rule", figures[split]["rules"])]


def _agreement(figures: Figures, split: str) -> list[nodes.Node]:
    found = figures["agreement"]
    same = f"The two passes gave the same strength to {found['same-strength']} of {found['sentences']} sentences."
    cells = [
        [[row["name"]], *([NO_VALUE if row[key] is None else str(row[key])] for key in ("first", "second", "kappa"))]
        for row in found["kappas"]
    ]
    return [paragraph(same), table(["Label", "In pass A", "In pass B", "Cohen's kappa"], cells, ["atlas-quality"])]


def _version(figures: Figures, split: str) -> list[nodes.Node]:
    return [paragraph(f"Rules, version {figures['rules']}. Labels, digest {figures['labels']}.")]


TABLES: dict[str, Callable[[Figures, str], list[nodes.Node]]] = {
    "strengths": _strengths,
    "rules": _rules,
    "agreement": _agreement,
    "version": _version,
}


class ScannerQuality(SphinxDirective):
    """Shows one part of the figures in a file that stands beside the page."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        "show": lambda word: directives.choice(word, tuple(TABLES)),
        "split": lambda word: directives.choice(word, ("held-out", "development")),
    }

    def run(self) -> list[nodes.Node]:
        """Return the tables; the page is read again when the file changes.

        Raises:
            DirectiveError: If the file lies outside the sources, or does not hold such figures.
        """
        name = self.arguments[0]
        relative, path = self.env.relfn2path(name)
        if outside(self.env, name):
            raise self.error(f"The file of figures '{name}' lies outside the sources.")
        self.env.note_dependency(relative)
        try:
            figures = json.loads(Path(path).read_text(encoding="utf-8"))
            made = TABLES[self.options.get("show", "strengths")](figures, self.options.get("split", "held-out"))
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise self.error(f"The file of figures '{name}' cannot be shown: {error!r}") from error
        for node in made:
            self.set_source_info(node)
        return made


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("scanner-quality", ScannerQuality)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
