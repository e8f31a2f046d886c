"""The directive ``evidence-outcomes``: papers side by side by the direction of their main result, as their records state it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from evidence_atlas.core.findings import Code
from evidence_atlas.domain import Paper
from evidence_atlas.fields import DIRECTIONS, FIELDS
from evidence_atlas.language import _, capital, ngettext, number
from evidence_atlas.nodeset import bullet_list, container, filled, paragraph
from evidence_atlas.page_filters import passing, wanted, warn_of_unknown
from evidence_atlas.pem_badge import mark
from evidence_atlas.writing import WriteTime, Writing, show

NO_BENEFIT = ("no-difference", "harm")
NOT_STATED = "not-stated"


class Outcomes(WriteTime):
    """Papers by the direction of their main result; and those whose records say that they contradict another."""

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return a list for each direction, which a site shows side by side, after what follows from them."""
        warn_of_unknown(self["filters"], writing.atlas, self["file"], self["lineno"], Code.MAP)
        papers = passing(writing.domain, self["filters"])
        by_direction = {
            name: [p for p in papers if p.record.outcome and p.record.outcome.direction == name] for name in DIRECTIONS
        }
        stated = {name: found for name, found in by_direction.items() if found and name != NOT_STATED}
        parts: list[nodes.Node] = [paragraph(_summary(stated, by_direction[NOT_STATED]))]
        if stated:
            sides = [_side(name, found, writing) for name, found in stated.items()]
            parts.append(container(*sides, classes=["atlas-sides"]))
        return [*parts, *_contradictions(papers, writing)]


def _summary(stated: dict[str, list[Paper]], silent: list[Paper]) -> str:
    """Return what the records say together."""
    if not stated:
        said = _("No paper here states the direction of a main result.")
    elif "benefit" in stated and any(name in stated for name in NO_BENEFIT):
        said = _("Some papers here state a benefit, and others no difference or harm. What was tried, and in whom, can differ.")
    else:
        said = _("No paper here states a benefit where another one states no difference or harm.")
    more = ngettext(
        "{count} trial states no direction.",
        "{count} trials state no direction.",
        len(silent),
    )
    return " ".join([said, *([more.format(count=number(len(silent)))] if silent else [])])


def _side(direction: str, papers: Sequence[Paper], writing: Writing) -> nodes.container:
    """Return the papers of one direction: what was found, in whom, by which measure."""
    items: list[list[nodes.Node | str]] = []
    for paper in papers:
        contexts = ", ".join(FIELDS["context"].name(value, writing.atlas) for value in paper.record.context)
        who = " · ".join(
            [
                FIELDS["author"].values(paper, writing.atlas)[0],
                FIELDS["design"].name(paper.record.design, writing.atlas),
                contexts,
            ]
        )
        measure = paper.record.outcome.primary if paper.record.outcome else ""
        items.append(
            [
                f"{who}: ",
                writing.document(paper.docname, nodes.Text(paper.reading.title)),
                ". ",
                _("Main measure: {measure}.").format(measure=measure.rstrip(".")),
                " ",
                mark(paper.badge),
            ]
        )
    title = paragraph(nodes.strong("", capital(_(DIRECTIONS[direction]))), classes=["atlas-side-title"])
    return container(title, bullet_list(items), classes=["atlas-side"])


def _contradictions(papers: Sequence[Paper], writing: Writing) -> list[nodes.Node]:
    """Return the papers whose records say that they contradict another, each beside that one."""
    rows: list[list[nodes.Node | str]] = []
    for paper in papers:
        for relation in paper.record.relations:
            other = writing.paper(relation.paper)
            if relation.type == "contradicts" and other:
                links = {
                    name: [writing.document(one.docname, nodes.Text(one.reading.title))]
                    for name, one in (("one", paper), ("other", other))
                }
                rows.append(filled(_("{one} contradicts {other}"), **links))
    return [bullet_list(rows)] if rows else []


class EvidenceOutcomes(SphinxDirective):
    """Shows the papers; each field is an option that filters by it."""

    option_spec: ClassVar[OptionSpec] = dict.fromkeys(FIELDS, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        source, line = self.get_source_info()
        filters = {name: wanted(self.options[name]) for name in FIELDS if name in self.options}
        part = Outcomes(docname=self.env.docname, key=None, file=source, lineno=line, filters=filters)
        self.set_source_info(part)
        show(self.env, part)
        return [part]
