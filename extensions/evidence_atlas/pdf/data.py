"""What the template is told beyond the text of the pages: tables, indexes, colophon; plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin

from docutils import nodes

from evidence_atlas.cite_block import formatted
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.licence import licence_at
from evidence_atlas.core.record import Review
from evidence_atlas.core.slugs import folded
from evidence_atlas.domain import Paper
from evidence_atlas.evidence_policy import SECTIONS
from evidence_atlas.frame import NOT_ADVICE
from evidence_atlas.language import N_, _, long_day, ngettext
from evidence_atlas.shapes import NodeShapes
from evidence_atlas.writing import Writing

# text in one look: its words, and where it has them, the function of the template, the classes, the address
Run = dict[str, Any]

_LOOKS = {nodes.emphasis: "emphasis", nodes.strong: "strong", nodes.literal: "literal"}
# tables of the policy that a reader needs to check a badge: title, and widths of the columns in proportion
_APPENDIX = {
    "definitions": (N_("Case definitions"), (17, 17, 14, 26, 26)),
    "resolution": (N_("Several definitions in one study"), (1, 3, 4)),
    "levels": (N_("Levels of evidence"), (1, 3, 5)),
}


def listed(paper: Paper, atlas: Atlas) -> dict[str, Any]:
    """Return what the contents of a volume say of a paper, and a page's running head of a retraction."""
    notices = atlas.notices_of(paper.record.paper)
    return {
        "title": paper.reading.title,
        "topic": atlas.policy.topic[paper.record.topics[0]],
        "who": " ".join(part for part in (paper.listed.who, paper.reference.year) if part),
        "badge": {"label": paper.badge.label, "state": paper.badge.state},
        "notice": _(notices[0].label) if notices else "",
        "withdrawn": any(notice.withdraws for notice in notices),
    }


def _contact(atlas: Atlas) -> list[str]:
    """Return where to write, as address and words: the private inbox, else by mail; nothing where there is neither."""
    settings = atlas.settings
    if settings.inbox:
        address = urljoin(settings.base_url, settings.inbox)
        return [address, address]
    return [f"mailto:{settings.contact}", settings.contact] if settings.contact else []


def _licence(address: str) -> list[str]:
    licence = licence_at(address)
    return [licence.address, licence.name] if licence else []


def colophon(atlas: Atlas) -> dict[str, Any]:
    """Return what every PDF says of the atlas."""
    identity = atlas.identity
    return {
        "atlas": atlas.settings.name,
        "operator": atlas.settings.operator,
        "contact": _contact(atlas),
        "licence": _licence(atlas.settings.licence),
        "data-licence": _licence(atlas.settings.data_licence),
        "version": identity.version,
        "date": long_day(identity.date) if identity.date else "",
        "generator": identity.generator,
        "scanner": atlas.scanner,
        "policy": atlas.policy.version,
        "advice": _(NOT_ADVICE),
    }


def back_matter(papers: list[Paper], writing: Writing) -> dict[str, Any]:
    """Return what a volume holds besides documents: counts, the key to badges, appendix, bibliography, indexes."""
    policy = writing.atlas.policy
    states = Counter(paper.verdict.state for paper in papers)
    withdrawn = sum(any(n.withdraws for n in writing.atlas.notices_of(paper.record.paper)) for paper in papers)
    return {
        "counts": [[badge.label, state, states[state]] for state, badge in policy.badge.items()],
        "withdrawn": withdrawn,
        "withdrawn-words": ngettext(
            "no longer stands: retracted, withdrawn or removed", "no longer stand: retracted, withdrawn or removed", withdrawn
        ),
        "reviewed": sum(isinstance(paper.record.review, Review) for paper in papers),
        "explained": writing.docname,
        "badges": table(SECTIONS["badges"](policy)),
        "appendix": [[_(title), widths, table(SECTIONS[name](policy))] for name, (title, widths) in _APPENDIX.items()],
        "bibliography": _bibliography(papers, writing),
        "authors": _index(papers, lambda paper: (name for name, _printed in paper.listed.authors)),
        "topics": _index(papers, lambda paper: (policy.topic[topic] for topic in paper.record.topics)),
    }


def _bibliography(papers: list[Paper], writing: Writing) -> list[list[Any]]:
    """Return the papers that the pages are of, as citations, each with the document of its page."""
    make = NodeShapes(writing)
    rows = [(make.citation(formatted(paper.reference, writing), []), paper) for paper in papers]
    rows.sort(key=lambda row: (folded(row[0].astext()), row[1].docname))
    return [[runs(citation), paper.docname] for citation, paper in rows]


def _index(papers: list[Paper], values: Callable[[Paper], Iterable[str]]) -> list[list[Any]]:
    """Return each value with the documents of the papers that have it, in the order of an index."""
    found: dict[str, dict[str, None]] = {}
    for paper in papers:
        for value in values(paper):
            found.setdefault(value, {})[paper.docname] = None
    return [[value, list(found[value])] for value in sorted(found, key=lambda value: (folded(value), value)) if value]


# ---------------------------------------------------------------------------------------------------------
# Nodes as plain data
# ---------------------------------------------------------------------------------------------------------


def runs(node: nodes.Node) -> list[Run]:
    """Return inline nodes as runs of text."""
    if isinstance(node, nodes.Text):
        return [{"text": node.astext()}]
    found = [run for child in node.children for run in runs(child)]
    look = next((name for kind, name in _LOOKS.items() if isinstance(node, kind)), None)
    more: Run = {"look": look} if look else {}
    if isinstance(node, nodes.reference) and node.get("refuri"):
        more["address"] = node["refuri"]
    if isinstance(node, nodes.inline) and node["classes"]:
        more["classes"] = list(node["classes"])
    return [more | run for run in found]


def table(node: nodes.Node) -> dict[str, Any]:
    """Return a table of the policy as its head and rows of cells, each runs of text."""
    head, body = (next(node.findall(part)) for part in (nodes.thead, nodes.tbody))
    return {"head": _rows(head)[0], "rows": _rows(body)}


def _rows(node: nodes.Node) -> list[list[list[Run]]]:
    return [[runs(entry) for entry in row.findall(nodes.entry)] for row in node.findall(nodes.row)]
