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
from evidence_atlas.language import N_, _, several
from evidence_atlas.nodeset import link, paragraph, table, text
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Cells = Sequence[Sequence[nodes.Node | str]]
VERDICTS = {"yes": N_("yes"), "equivalent": N_("equivalent"), "partial": N_("partial"), "no": N_("no"), "unclear": N_("unclear")}
COUNTS = {"required": N_("required"), "not-required": N_("not required"), "unclear": N_("unclear")}


def _code(value: str) -> nodes.literal:
    return nodes.literal("", value)


def _badges(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [
        [[text(badge.label, "atlas-badge", f"atlas-badge-{state}")], [badge.meaning]] for state, badge in policy.badge.items()
    ]
    return table([_("Badge"), _("Meaning")], rows, ["atlas-policy"])


def _definitions(policy: Policy) -> nodes.Node:
    rows: list[Cells] = []
    for key, row in policy.definition.items():
        verdict = _("{verdict}, contested").format(verdict=_(VERDICTS[row.pem])) if row.contested else _(VERDICTS[row.pem])
        counts = _("{verdict} (counts as {counts})").format(verdict=verdict, counts=_(COUNTS[policy.resolution.pem[row.pem]]))
        rows.append([[_code(key)], [row.name or row.label], [counts], [row.note], _source(row)])
    return table([_("Id"), _("Case definition"), _("Needs PEM?"), _("Why"), _("Source")], rows, ["atlas-policy"])


def _source(row: Definition) -> list[nodes.Node | str]:
    cell: list[nodes.Node | str] = [row.reference] if row.reference else []
    if row.doi:
        cell += [" ", link(f"https://doi.org/{row.doi}", f"doi:{row.doi}")]
    if row.reference and (said := unchecked(row)):
        cell.append(f" {said}")
    return cell


def unchecked(row: Definition) -> str:
    """Return what of a case definition rests on memory alone, as a sentence; empty where nothing does."""
    checks = ((_("verdict"), row.verdict_checked), (_("DOI"), row.doi_checked or not row.doi))
    missing = [what for what, checked in checks if not checked]
    return _("Not yet checked against a source: {what}.").format(what=several(missing)) if missing else ""


def _resolution(policy: Policy) -> nodes.Node:
    words = {
        "or": _("One definition that requires PEM decides for “required”."),
        "and": _("One definition that does not require PEM decides for “not required”."),
        "agree": _("What the two rules above agree on; else unclear."),
    }
    rows: list[Cells] = [[[_code(join)], [policy.joined[join]], [words[rule]]] for join, rule in policy.resolution.join.items()]
    return table(["joined", _("Meaning"), _("Badge")], rows, ["atlas-policy"])


def _levels(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [[[_code(key)], [row.label], [row.meaning]] for key, row in policy.level.items()]
    return table([_("Level"), _("In short"), _("Meaning")], rows, ["atlas-policy"])


def _designs(policy: Policy) -> nodes.Node:
    rows: list[Cells] = [
        [
            [_code(key)],
            [row.label],
            [_code(row.highest)],
            [policy.badge[row.without_criteria].label],
            [_("yes") if row.outcome == "required" else _("no")],
        ]
        for key, row in policy.design.items()
    ]
    return table(
        [_("Id"), _("Design"), _("Highest level"), _("Badge where no definition is named"), _("Outcome needed")],
        rows,
        ["atlas-policy"],
    )


def _vocabulary(name: str) -> Callable[[Policy], nodes.Node]:
    def render(policy: Policy) -> nodes.Node:
        rows: list[Cells] = [[[_code(key)], [label]] for key, label in policy.vocabulary(name).items()]
        return table([_("Id"), _("Meaning")], rows, ["atlas-policy"])

    return render


TITLES = {
    "badges": N_("Badges"),
    "definitions": N_("Definitions"),
    "resolution": N_("Resolution"),
    "levels": N_("Levels"),
    "designs": N_("Designs"),
    "contexts": N_("Contexts"),
    "topics": N_("Topics"),
    "roles": N_("Roles"),
    "read": N_("Read"),
}
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
        result: list[nodes.Node] = [
            paragraph(_("{title}, version {version}.").format(title=policy.title, version=policy.version))
        ]
        for name, render in SECTIONS.items():
            result += [nodes.rubric("", _(TITLES[name])), render(policy)]
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
