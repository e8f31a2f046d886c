"""History and versions, near the end of an evidence page: which version this is, where it stays, what changed and when."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.builders import Builder
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

import evidence_atlas
from evidence_atlas.core.git_history import read_history
from evidence_atlas.domain import atlas_domain
from evidence_atlas.frame import add_before_disclosure
from evidence_atlas.language import _, day
from evidence_atlas.nodeset import Piece, filled
from evidence_atlas.shapes import Shapes
from evidence_atlas.writing import ShapedPart, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)
MOST_CHANGES = 5  # shown on a page; what came before is counted


class History(ShapedPart):
    """Version, date, policy, citable address, the page as data with its digest, and the latest changes."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the block; nothing where the record has errors, since such a page has no data."""
        page = writing.paper(None)
        if page is None:
            return []
        atlas = writing.atlas
        identity = atlas.identity
        version = (
            _("This is version {version} of {date}, under policy v{policy}.")
            if identity.date
            else _("This is version {version}, under policy v{policy}.")
        )
        says = _("What it says has the digest {digest}, which changes when that changes. {record} is the page as data.")
        address, since = atlas.citable_address(page.docname), atlas.changes_address(page.docname)
        return [
            make.container(
                make.heading(_("History and versions")),
                make.paragraph(
                    version.format(
                        version=identity.version, date=day(identity.date) if identity.date else "", policy=atlas.policy.version
                    )
                ),
                *stays(make, address, since),
                make.paragraph(
                    *filled(
                        says,
                        digest=make.literal(page.digest, "atlas-digest"),
                        record=make.link(writing.file(page.docname, "record.json"), "record.json"),
                    )
                ),
                *changes(writing, make),
                classes=["atlas-history"],
            )
        ]


def stays(make: Shapes[Piece], address: str, since: str) -> list[Piece]:
    """Return where a release stays and what changed since; between releases, that nothing of the kind is there.

    Args:
        make: Makes the shapes.
        address: The citable address of the page.
        since: The address that tells what changed; empty between releases.
    """
    if not since:
        said = _("It is no release, and only releases stay. Were it released as it is, this page would stay at {address}.")
        return [make.paragraph(said.format(address=address))]
    return [
        make.paragraph(*filled(_("This version stays at {address}."), address=make.link(address, address))),
        make.paragraph(*filled(_("What changed since this version: {address}."), address=make.link(since, since))),
    ]


def changes(writing: Writing, make: Shapes[Piece]) -> list[Piece]:
    """Return the latest changes of the page's source, or the sentence that says why there are none."""
    history = writing.domain.history
    if history.unknown:
        return [make.paragraph(_("The history of this page is not known here."))]
    rows = history.changes.get(Path(writing.domain.env.doc2path(writing.docname)).name, [])
    if not rows:
        return [make.paragraph(_("This page has no history yet."))]
    said = _("The changes of this page:")
    if len(rows) > MOST_CHANGES:
        said = _("The latest {shown} of {all} changes of this page:").format(shown=MOST_CHANGES, all=len(rows))
    return [
        make.paragraph(said),
        make.bullet_list([[f"{day(row.date)}: {row.subject} ({row.commit})"] for row in rows[:MOST_CHANGES]], ["atlas-changes"]),
    ]


def read_changes(app: Sphinx, builder: Builder) -> None:
    """Read the history once, before pages are written; where it is not known, say why without a warning.

    A checkout without history, as build services make it, is no mistake of the atlas.
    """
    domain = atlas_domain(app.env)
    if domain.stated:
        domain.history = read_history(domain.atlas.project.evidence, Path(app.doctreedir) / "atlas-history.json")
        if domain.history.unknown:
            logger.info("The history of the pages is not known: %s.", domain.history.unknown)


class PlaceHistory(SphinxTransform):
    """Puts the block on an evidence page, before its last lines and after related papers."""

    default_priority = 512

    def apply(self, **kwargs: Any) -> None:
        """Insert the block."""
        add_before_disclosure(self, History)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.frame")
    app.add_transform(PlaceHistory)
    app.connect("write-started", read_changes)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
