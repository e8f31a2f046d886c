"""The directives ``scanner-quality`` and ``criteria-quality``: how good the wording scanner and the criteria finder are.

Their tables are from the files that the measuring runs wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.figures import NO_VALUE, Figures, FiguresDirective
from evidence_atlas.nodeset import paragraph, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


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


Tables = Mapping[str, Callable[[Figures, str], list[nodes.Node]]]
SCANNER: Tables = {
    "strengths": _strengths,
    "rules": _rules,
    "agreement": _agreement,
    "version": _version,
}
CRITERIA: Tables = {"definitions": _named, "roles": _roles, "version": _names_version}


class _Quality(FiguresDirective):
    """Shows one part of the figures of one split."""

    tables: ClassVar[Tables]
    option_spec: ClassVar[OptionSpec] = {
        **FiguresDirective.option_spec,
        "split": lambda word: directives.choice(word, ("held-out", "held-out-2", "development")),
    }

    def made(self, figures: Figures, shown: str) -> list[nodes.Node]:
        """Return the tables of a part."""
        return self.tables[shown](figures, self.options.get("split", "held-out"))


class ScannerQuality(_Quality):
    """How good the wording scanner is."""

    tables: ClassVar[Tables] = SCANNER
    parts = tuple(SCANNER)


class CriteriaQuality(_Quality):
    """How good the criteria finder is."""

    tables: ClassVar[Tables] = CRITERIA
    parts = tuple(CRITERIA)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_directive("scanner-quality", ScannerQuality)
    app.add_directive("criteria-quality", CriteriaQuality)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
