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
from evidence_atlas.fields import DIRECTIONS, level_name
from evidence_atlas.frame import REVIEWERS, SUMMARY_CLASS
from evidence_atlas.language import N_, _, capital, day, ngettext, number
from evidence_atlas.limitations import LIMITATIONS_CLASS
from evidence_atlas.nodeset import Piece
from evidence_atlas.shapes import Shapes
from evidence_atlas.writing import ShapedPart, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

PEER_REVIEW = {
    "peer-reviewed": N_("Peer reviewed"),
    "preprint": N_("A preprint, not peer reviewed"),
    "not-peer-reviewed": N_("Not peer reviewed"),
    "unknown": N_("Whether it was peer reviewed is not known"),
}

Fact = tuple[str, list[str]]
"""A name, and what is said under it, a paragraph each."""


class AtAGlance(ShapedPart):
    """The facts of a page's record, each under its name."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the block; nothing where the record has errors."""
        if (record := writing.record) is None:
            return []
        facts = [*_six(record, writing.atlas), *_more(record)]
        said = [(name, [make.paragraph(sentence) for sentence in sentences]) for name, sentences in facts]
        if record.criteria:
            said.append((_("Case definitions"), _definitions(record, writing.atlas.policy, make)))
        block = [make.heading(_("At a glance")), make.definitions(said)]
        if self["cites"] and writing.can_link_within:
            block.append(make.paragraph(make.to_place(CITE_ID, _("How to cite")), classes=["atlas-to-cite"]))
        return [make.container(*block, classes=["atlas-glance"])]


def _fact(name: str, *said: str) -> Fact:
    return name, [*said]


def _six(record: Record, atlas: Atlas) -> list[Fact]:
    policy, identity = atlas.policy, atlas.identity
    said = _("{version}, {date}, policy v{policy}") if identity.date else _("{version}, policy v{policy}")
    version = said.format(version=identity.version, date=day(identity.date) if identity.date else "", policy=policy.version)
    level = policy.level[record.level]
    design = [policy.design[record.design].label, *([_(PEER_REVIEW[record.peer_review])] if record.peer_review else [])]
    return [
        _fact(_("Kind of study"), *design),
        _fact(_("Who"), ", ".join(policy.context[context] for context in record.context)),
        _fact(_("How many"), how_many(record)),
        _fact(_("Level of evidence"), level_name(record.level, atlas), level.meaning),
        _fact(_("Read for this page"), capital(policy.read[record.read]), _reviewed(record)),
        _fact(_("Version"), version),
    ]


def how_many(record: Record) -> str:
    """Return the numbers of participants in words."""
    p = record.participants
    known = []
    if p and p.cases is not None:
        known.append(ngettext("{count} case", "{count} cases", p.cases).format(count=number(p.cases)))
    if p and p.controls is not None:
        known.append(ngettext("{count} control", "{count} controls", p.controls).format(count=number(p.controls)))
    if p and p.other is not None:
        known.append(ngettext("{count} other", "{count} others", p.other).format(count=number(p.other)))
    return ", ".join(known) or _("Not stated")


def _reviewed(record: Record) -> str:
    review = record.review
    if not isinstance(review, Review):
        return _("Reviewed by no person yet")
    return _("Reviewed by {reviewer}, {date}").format(reviewer=_(REVIEWERS[review.by]), date=day(review.date))


def _more(record: Record) -> list[Fact]:
    """Return what not every study has: an outcome, harms."""
    facts = []
    if record.outcome:
        facts.append(_fact(_("Primary outcome"), record.outcome.primary, _direction(record.outcome.direction)))
    if record.harms:
        facts.append(_fact(_("Harms"), record.harms))
    return facts


def _direction(direction: str) -> str:
    return _("Direction: {direction}").format(direction=_(DIRECTIONS[direction]))


def _definitions(record: Record, policy: Policy, make: Shapes[Piece]) -> list[Piece]:
    """Return a paragraph for each definition; one quotation that stands for several in a row follows the last of them."""
    said: list[Piece] = []
    for (quote, _locator), group in groupby(record.criteria, key=lambda c: (c.quote, c.locator)):
        several = list(group)
        said += [make.paragraph(make.strong(policy.definition[c.id].label), f": {_role(c, policy)}") for c in several]
        if quote or several[-1].locator:
            said.append(make.paragraph(_quoted(several[-1]), classes=["atlas-quote"]))
    if record.joined:
        said.append(make.paragraph(f"{capital(policy.joined[record.joined])}."))
    return said


def _role(criterion: Criterion, policy: Policy) -> str:
    role = policy.role[criterion.role]
    if criterion.pem == "required":
        return _("{role}, with PEM required by the study").format(role=role)
    return _("{role}, without its PEM rule").format(role=role) if criterion.pem else role


def _quoted(criterion: Criterion) -> str:
    quote = _("“{quote}”").format(quote=criterion.quote) if criterion.quote else ""
    return " ".join(filter(None, (quote, f"({criterion.locator})" if criterion.locator else "")))


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
