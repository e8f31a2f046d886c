"""The directive ``evidence-policy``: the policy in force as tables, so that the file is the only place of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.core.policy import Definition, Policy
from evidence_atlas.nodeset import link, paragraph, table, text
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Cells = Sequence[Sequence[nodes.Node | str]]


def _code(value: str) -> nodes.literal:
    return nodes.literal("", value)


def _badges(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [
        [[text(badge.label, "atlas-badge", f"atlas-badge-{state}")], [badge.meaning]] for state, badge in policy.badge.items()
    ]
    return table(["Badge", "Meaning"], rows, ["atlas-policy"])


def _definitions(policy: Policy) -> nodes.Node:
    rows: list[Cells] = []
    for key, row in policy.definition.items():
        counts = policy.resolution.pem[row.pem].replace("-", " ")
        verdict = f"{row.pem}, contested" if row.contested else row.pem
        rows.append([[_code(key)], [row.name or row.label], [f"{verdict} (counts as {counts})"], [row.note], _source(row)])
    return table(["Id", "Case definition", "Needs PEM?", "Why", "Source"], rows, ["atlas-policy"])


def _source(row: Definition) -> list[nodes.Node | str]:
    cell: list[nodes.Node | str] = [row.reference] if row.reference else []
    if row.doi:
        cell += [" ", link(f"https://doi.org/{row.doi}", f"doi:{row.doi}")]
    unchecked = [
        what for what, checked in (("verdict", row.verdict_checked), ("DOI", row.doi_checked or not row.doi)) if not checked
    ]
    if unchecked and row.reference:
        cell.append(f" Not yet checked against a source: {' and '.join(unchecked)}.")
    return cell


def _resolution(policy: Policy) -> nodes.Node:
    words = {
        "or": "One definition that requires PEM decides for “required”.",
        "and": "One definition that does not require PEM decides for “not required”.",
        "agree": "What the two rules above agree on; else unclear.",
    }
    rows: list[Cells] = [[[_code(join)], [policy.joined[join]], [words[rule]]] for join, rule in policy.resolution.join.items()]
    return table(["joined", "Meaning", "Badge"], rows, ["atlas-policy"])


def _levels(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [[[_code(key)], [row.label], [row.meaning]] for key, row in policy.level.items()]
    return table(["Level", "In short", "Meaning"], rows, ["atlas-policy"])


def _designs(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [
        [
            [_code(key)],
            [row.label],
            [_code(row.highest)],
            [policy.badge[row.without_criteria].label],
            ["yes" if row.outcome == "required" else "no"],
        ]
        for key, row in policy.design.items()
    ]
    return table(
        ["Id", "Design", "Highest level", "Badge where no definition is named", "Outcome needed"], rows, ["atlas-policy"]
    )


def _vocabulary(name: str) -> Callable[[Policy], nodes.Node]:
    def render(policy: Policy) -> nodes.Node:
        rows: list[Cells] = [[[_code(key)], [label]] for key, label in policy.vocabulary(name).items()]
        return table(["Id", "Meaning"], rows, ["atlas-policy"])

    return render


SECTIONS: dict[str, Callable[[Policy], nodes.Node]] = {
    "badges": _badges,
    "definitions": _definitions,
    "resolution": _resolution,
    "levels": _levels,
    "designs": _designs,
    "contexts": _vocabulary("context"),
    "topics": _vocabulary("topic"),
    "roles": _vocabulary("role"),
    "read": _vocabulary("read"),
}


class PolicyPart(WriteTime):
    """One table of the policy, or all of them."""

    def shows_everything(self) -> bool:
        """It does: any row may change."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the tables; above them, where all are shown, the version."""
        policy = writing.atlas.policy
        if self["section"]:
            return [SECTIONS[self["section"]](policy)]
        result: list[nodes.Node] = [paragraph(f"{policy.title}, version {policy.version}.")]
        for name, render in SECTIONS.items():
            result += [nodes.rubric("", name.capitalize()), render(policy)]
        return result


class EvidencePolicy(SphinxDirective):
    """Shows the policy: the section named, or everything."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {}

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        section = directives.choice(self.arguments[0], tuple(SECTIONS)) if self.arguments else ""
        part = PolicyPart(docname=self.env.docname, section=section)
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-policy", EvidencePolicy)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
