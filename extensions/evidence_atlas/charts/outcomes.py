"""The directive ``evidence-outcomes``: papers side by side by the direction of their main result, as their records state it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from evidence_atlas.browse_html import BrowseWriter, is_long
from evidence_atlas.builders import has_own_pages
from evidence_atlas.core.findings import Code
from evidence_atlas.documents import Compared
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain
from evidence_atlas.fields import DIRECTIONS, FIELDS
from evidence_atlas.language import _, capital, ngettext, number
from evidence_atlas.made_pages import Collected, MadePage, below, lists_of_documents
from evidence_atlas.nodeset import Piece, bullet_list, container, filled, paragraph
from evidence_atlas.page_filters import passing, wanted, warn_of_unknown
from evidence_atlas.shapes import HtmlShapes, NodeShapes, Shapes
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NO_BENEFIT = ("no-difference", "harm")
NOT_STATED = "not-stated"


class Outcomes(WriteTime):
    """Papers by the direction of their main result; and those whose records say that they contradict another."""

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return a list for each direction, which a site shows side by side, after what follows from them."""
        compared: Compared = self["compared"]
        warn_of_unknown(dict(compared.filters), writing.atlas, self["file"], self["lineno"], Code.MAP)
        papers = passing(writing.domain, dict(compared.filters))
        stated = _stated(papers)
        silent = [paper for paper in papers if paper.record.outcome and paper.record.outcome.direction == NOT_STATED]
        parts: list[nodes.Node] = [paragraph(_summary(stated, silent))]
        if stated:
            sides = [_side(direction, found, compared, writing) for direction, found in stated.items()]
            parts.append(container(*sides, classes=["atlas-sides"]))
        return [*parts, *_contradictions(papers, writing)]


def _stated(papers: Sequence[Paper]) -> dict[str, list[Paper]]:
    """Return the papers by the direction of their main result, where one is stated."""
    found = {name: [p for p in papers if p.record.outcome and p.record.outcome.direction == name] for name in DIRECTIONS}
    return {name: those for name, those in found.items() if those and name != NOT_STATED}


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


def _side(direction: str, papers: Sequence[Paper], compared: Compared, writing: Writing) -> nodes.container:
    """Return the papers of one direction, or the way to them."""
    title = paragraph(nodes.strong("", capital(_(DIRECTIONS[direction]))), classes=["atlas-side-title"])
    if is_long(papers) and has_own_pages(writing.builder):
        name = _name(writing.docname, compared, direction)
        way = BrowseWriter.below(writing.docname, writing.domain).way_to(name, papers, writing.docname)
        return container(title, nodes.raw("", way, format="html"), classes=["atlas-side"])
    return container(title, _listing(papers, writing, NodeShapes(writing)), classes=["atlas-side"])


def _listing(papers: Sequence[Paper], writing: Writing, make: Shapes[Piece]) -> Piece:
    """Return papers as a list: what was found, in whom, by which measure."""
    items: list[list[Piece | str]] = []
    for paper in papers:
        contexts = ", ".join(FIELDS["context"].name(value, writing.atlas) for value in paper.record.context)
        design = FIELDS["design"].name(paper.record.design, writing.atlas)
        who = " · ".join([FIELDS["author"].values(paper, writing.atlas)[0], design, contexts])
        measure = paper.record.outcome.primary if paper.record.outcome else ""
        said = _("Main measure: {measure}.").format(measure=measure.rstrip("."))
        title = make.to_document(paper.docname, paper.reading.title)
        badge = make.strong(paper.badge.label, "atlas-badge", f"atlas-badge-{paper.badge.state}")
        items.append([f"{who}: ", title, ". ", said, " ", badge])
    return make.bullet_list(items)


def _name(docname: str, compared: Compared, direction: str) -> str:
    return f"{below(docname, 'results')}/{compared.name}/{direction}"


def side_pages(app: Sphinx) -> Collected:
    """Return the pages of long lists, those that changed."""
    domain = atlas_domain(app.env)
    return lists_of_documents(app, "outcomes", domain.compared, lambda docname: _pages(domain, docname))


def _pages(domain: AtlasDomain, docname: str) -> Iterator[MadePage]:
    writer = BrowseWriter.below(docname, domain)

    def shown(here: str, papers: Sequence[Paper]) -> str:
        writing = Writing(here, domain.builder, domain)
        return _listing(papers, writing, HtmlShapes(writing))

    for compared in domain.compared[docname]:
        for direction, papers in _stated(passing(domain, dict(compared.filters))).items():
            if is_long(papers):
                title = f"{writer.title}: {_(DIRECTIONS[direction])}"
                name = _name(docname, compared, direction)
                yield from writer.parts_of(name, title, [(writer.title, docname)], papers, shown)


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
        filters = tuple((name, tuple(wanted(self.options[name]))) for name in FIELDS if name in self.options)
        domain = atlas_domain(self.env)
        before = domain.compared.get(self.env.docname, ())
        compared = Compared(f"results-{len(before) + 1}" if before else "results", filters)
        domain.compared[self.env.docname] = (*before, compared)
        part = Outcomes(docname=self.env.docname, key=None, file=source, lineno=line, compared=compared)
        self.set_source_info(part)
        show(self.env, part)
        return [part]
