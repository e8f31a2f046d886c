"""The directives ``scanner-quality`` and ``criteria-quality``: how good the wording scanner and the criteria finder are.

Their tables are from the files that the measuring runs wrote.
"""

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


def _named(figures: Figures, split: str) -> list[nodes.Node]:
    part = figures[split]
    told = f"Abstracts: {part['abstracts']}, of which {part['naming']} name a definition."
    return [paragraph(told), _rows("Definition", part["definitions"])]


def _roles(figures: Figures, split: str) -> list[nodes.Node]:
    part = figures[split]
    found = part["roles"]
    told = f"Of {found['of']} definitions that were found rightly, {found['right']} got the right role: "
    return [paragraph(f"{told}{_with_interval(found['share'])}."), _rows("Role", part["inclusion"])]


def _names_version(figures: Figures, split: str) -> list[nodes.Node]:
    return [paragraph(f"Names, version {figures['names']}. Labels, digest {figures['labels']}.")]


def _version(figures: Figures, split: str) -> list[nodes.Node]:
    return [paragraph(f"Rules, version {figures['rules']}. Labels, digest {figures['labels']}.")]


Tables = Mapping[str, Callable[[Figures, str], list[nodes.Node]]]  # the first is shown where none is asked for
SCANNER: Tables = {
    "strengths": _strengths,
    "rules": _rules,
    "agreement": _agreement,
    "version": _version,
}
CRITERIA: Tables = {"definitions": _named, "roles": _roles, "version": _names_version}


class _Quality(SphinxDirective):
    """Shows one part of the figures in a file that stands beside the page."""

    tables: ClassVar[Tables]
    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        "show": directives.unchanged_required,
        "split": lambda word: directives.choice(word, ("held-out", "held-out-2", "development")),
    }

    def run(self) -> list[nodes.Node]:
        """Return the tables; the page is read again when the file changes.

        Raises:
            DirectiveError: If there is no such part, or the file lies outside the sources, or does not hold such figures.
        """
        name, shown = self.arguments[0], self.options.get("show", next(iter(self.tables)))
        if shown not in self.tables:
            raise self.error(f"There is no table '{shown}'; expected one of {', '.join(self.tables)}.")
        relative, path = self.env.relfn2path(name)
        if outside(self.env, name):
            raise self.error(f"The file of figures '{name}' lies outside the sources.")
        self.env.note_dependency(relative)
        try:
            figures = json.loads(Path(path).read_text(encoding="utf-8"))
            made = self.tables[shown](figures, self.options.get("split", "held-out"))
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise self.error(f"The file of figures '{name}' cannot be shown: {error!r}") from error
        for node in made:
            self.set_source_info(node)
        return made


class ScannerQuality(_Quality):
    """How good the wording scanner is."""

    tables = SCANNER


class CriteriaQuality(_Quality):
    """How good the criteria finder is."""

    tables = CRITERIA


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_directive("scanner-quality", ScannerQuality)
    app.add_directive("criteria-quality", CriteriaQuality)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
