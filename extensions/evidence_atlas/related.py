"""Related papers, near the end of an evidence page: what a record relates to its paper, then what has most in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sphinx.transforms import SphinxTransform

import evidence_atlas
from evidence_atlas.core.kinship import Kin
from evidence_atlas.core.printed_names import short_authors
from evidence_atlas.core.references import Reference
from evidence_atlas.frame import add_before_disclosure
from evidence_atlas.language import N_, _, ngettext
from evidence_atlas.nodeset import Piece
from evidence_atlas.shapes import Shapes
from evidence_atlas.writing import ShapedPart, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# what a relation is called on the page that states it, and on that of the other paper
RELATIONS = {
    "preprint-of": (N_("This is a preprint of"), N_("A preprint of this")),
    "comment-on": (N_("Comments on"), N_("A comment on this")),
    "corrects": (N_("Corrects"), N_("Corrects this")),
    "replicates": (N_("Repeats the finding of"), N_("Repeats this finding")),
    "contradicts": (N_("Contradicts"), N_("Contradicts this")),
    "same-cohort": (N_("The same people as in"), N_("The same people")),
}


class Related(ShapedPart):
    """The list, under its heading; nothing where no paper is near."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the block."""
        if writing.paper(None) is None or not (kin := writing.domain.related(self["docname"])):
            return []
        if writing.builder.format == "typst":  # a PDF that is cited says what the record says, not what else there is today
            kin = [one for one in kin if one.relation]
        if not (rows := [row for one in kin if (row := _row(one, writing, make))]):
            return []
        return [
            make.container(make.heading(_("Related papers")), make.bullet_list(rows, ["atlas-kin"]), classes=["atlas-related"])
        ]


def _row(kin: Kin, writing: Writing, make: Shapes[Piece]) -> list[Piece | str]:
    """Return why a paper stands here, its title, and what a reader judges it by; nothing for an unknown key."""
    bibliography = writing.atlas.bibliography
    if kin.key not in bibliography:
        return []
    paper, reference = writing.domain.papers.get(kin.key), bibliography[kin.key]
    row: list[Piece | str] = []
    if kin.relation:
        row += [make.strong(f"{_(RELATIONS[kin.relation][kin.inverse])}:"), " "]
    notices = [notice for notice in writing.atlas.notices_of(kin.key) if notice.withdraws]
    title = paper.reading.title if paper else reference.title
    withdrawn = _(notices[0].label) if notices else ""
    if withdrawn and not title.casefold().startswith(withdrawn.casefold()):
        row += [make.text(withdrawn, "atlas-mark-withdrawn"), " "]
    if paper:
        row.append(make.to_document(paper.docname, title))
    else:
        row.append(make.link(reference.url, title) if reference.url else title)
    facts = [_who(reference)]
    if paper:
        row += [". ", make.text(paper.badge.label, "atlas-badge-inline", f"atlas-badge-{paper.verdict.state}")]
    facts += _shared(kin, writing)
    return [*row, make.text(f". {'. '.join(facts)}.", "atlas-hint")]


def _who(reference: Reference) -> str:
    return " ".join(part for part in (short_authors(reference, _("{first} and {second}")), reference.year) if part).rstrip(".")


def _shared(kin: Kin, writing: Writing) -> list[str]:
    policy = writing.atlas.policy
    of_kind = {kind: [name for k, name in kin.shared if k == kind] for kind in ("topic", "definition", "work")}
    words = [policy.topic[name] for name in of_kind["topic"]]
    words += [policy.definition[name].label for name in of_kind["definition"]]
    own = writing.record.paper if writing.record else ""
    if works := len(set(of_kind["work"]) - {own, kin.key}):
        words.append(ngettext("a cited work", "{count} cited works", works).format(count=works))
    said = [_("In common: {what}").format(what=", ".join(words))] if words else []
    said += [_("Cited on this page")] if kin.key in of_kind["work"] else []
    return [*said, *([_("Cites this paper")] if own in of_kind["work"] else [])]


class PlaceRelated(SphinxTransform):
    """Puts the list on an evidence page, before its last lines."""

    default_priority = 511

    def apply(self, **kwargs: Any) -> None:
        """Insert the list."""
        add_before_disclosure(self, Related)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.frame")
    app.add_transform(PlaceRelated)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
