"""At a glance: what kind of study, who, how many, how strong, read from what, and which version says so.

The block stands after what the paper does not prove, where that stands before the first heading as it should; else
under the summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

import evidence_atlas
from evidence_atlas.cite_block import CITE_ID, CiteBlock
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.policy import Policy
from evidence_atlas.core.record import Criterion, Record, Review
from evidence_atlas.domain import atlas_domain
from evidence_atlas.fields import level_name
from evidence_atlas.frame import REVIEWERS, SUMMARY_CLASS
from evidence_atlas.limitations import LIMITATIONS_CLASS
from evidence_atlas.nodeset import container, heading, paragraph
from evidence_atlas.writing import WriteTime, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

DIRECTIONS = {
    "benefit": "benefit",
    "no-difference": "no difference",
    "harm": "harm",
    "mixed": "mixed",
    "not-stated": "not stated",
}
PEER_REVIEW = {
    "peer-reviewed": "Peer reviewed",
    "preprint": "A preprint, not peer reviewed",
    "not-peer-reviewed": "Not peer reviewed",
    "unknown": "Whether it was peer reviewed is not known",
}

Fact = tuple[str, list[nodes.paragraph]]


class AtAGlance(WriteTime):
    """The facts of a page's record, each under its name."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block; nothing where the record has errors."""
        if (record := writing.record) is None:
            return []
        facts = [*_six(record, writing.atlas), *_more(record, writing.atlas.policy)]
        items = [nodes.definition_list_item("", nodes.term("", name), nodes.definition("", *said)) for name, said in facts]
        block = container(heading("At a glance"), nodes.definition_list("", *items), classes=["atlas-glance"])
        if self["cites"] and writing.can_link_within:
            block += paragraph(nodes.reference("", "How to cite", refid=CITE_ID, internal=True), classes=["atlas-to-cite"])
        return [block]


def _fact(name: str, *said: str) -> Fact:
    return name, [paragraph(sentence) for sentence in said]


def _six(record: Record, atlas: Atlas) -> list[Fact]:
    policy, identity = atlas.policy, atlas.identity
    version = ", ".join(filter(None, (identity.version, str(identity.date or ""), f"policy v{policy.version}")))
    level = policy.level[record.level]
    design = [policy.design[record.design].label, *([PEER_REVIEW[record.peer_review]] if record.peer_review else [])]
    return [
        _fact("Kind of study", *design),
        _fact("Who", ", ".join(policy.context[context] for context in record.context)),
        _fact("How many", how_many(record)),
        _fact("Level of evidence", level_name(record.level, atlas), level.meaning),
        _fact("Read for this page", _capital(policy.read[record.read]), _reviewed(record)),
        _fact("Version", version),
    ]


def how_many(record: Record) -> str:
    """Return the numbers of participants in words."""
    p = record.participants
    groups = (("case", p.cases), ("control", p.controls), ("other", p.other)) if p else ()
    known = [f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in groups if count is not None]
    return ", ".join(known) or "Not stated"


def _reviewed(record: Record) -> str:
    review = record.review
    return f"Reviewed by {REVIEWERS[review.by]}, {review.date}" if isinstance(review, Review) else "Reviewed by no person yet"


def _more(record: Record, policy: Policy) -> list[Fact]:
    """Return what not every study has: an outcome, harms, case definitions."""
    facts = []
    if record.outcome:
        facts.append(_fact("Primary outcome", record.outcome.primary, f"Direction: {DIRECTIONS[record.outcome.direction]}"))
    if record.harms:
        facts.append(_fact("Harms", record.harms))
    if record.criteria:
        facts.append(("Case definitions", _definitions(record, policy)))
    return facts


def _definitions(record: Record, policy: Policy) -> list[nodes.paragraph]:
    """Return a paragraph for each definition; one quotation that stands for several in a row follows the last of them."""
    said: list[nodes.paragraph] = []
    for (quote, _locator), group in groupby(record.criteria, key=lambda c: (c.quote, c.locator)):
        several = list(group)
        said += [paragraph(nodes.strong("", policy.definition[c.id].label), f": {_role(c, policy)}") for c in several]
        if quote or several[-1].locator:
            said.append(paragraph(_quoted(several[-1]), classes=["atlas-quote"]))
    if record.joined:
        said.append(paragraph(f"{_capital(policy.joined[record.joined])}."))
    return said


def _role(criterion: Criterion, policy: Policy) -> str:
    changed = {"required": ", with PEM required by the study", "not-required": ", without its PEM rule"}
    return f"{policy.role[criterion.role]}{changed.get(criterion.pem or '', '')}"


def _quoted(criterion: Criterion) -> str:
    quote = f"“{criterion.quote}”" if criterion.quote else ""
    return " ".join(filter(None, (quote, f"({criterion.locator})" if criterion.locator else "")))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


class PlaceFacts(SphinxTransform):
    """Puts the block on an evidence page, when the page is framed."""

    default_priority = 510

    def apply(self, **kwargs: Any) -> None:
        """Insert the block, if there is a record to take facts from."""
        docname = self.env.docname
        if atlas_domain(self.env).record(docname) is None:
            return
        body = next(self.document.findall(nodes.section), self.document)
        after = 0
        for place, child in enumerate(body.children):
            if isinstance(child, nodes.section):
                break
            if {SUMMARY_CLASS, LIMITATIONS_CLASS} & set(getattr(child, "attributes", {}).get("classes", ())):
                after = place + 1
        body.insert(after, AtAGlance(docname=docname, cites=next(self.document.findall(CiteBlock), None) is not None))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.frame")
    app.add_transform(PlaceFacts)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
