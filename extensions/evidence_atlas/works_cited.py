"""The list of the works that a page cites: what each is, what was issued about it, and the way to its own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from docutils import nodes

from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import _
from evidence_atlas.nodeset import Piece, container, heading
from evidence_atlas.shapes import Shapes
from evidence_atlas.writing import ShapedPart, Writing
from indexed_bibtex.works import list_works

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from indexed_bibtex.domain import IndexedBibtexDomain


class WorksCited(ShapedPart):
    """The list of the works that a page cites."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the list."""
        cited = cast("IndexedBibtexDomain", writing.domain.env.get_domain("cite"))
        works = [(work, said_of_work(writing, make, work.key)) for work in cited.works_of(writing.docname)]
        return [make.works(works)]


def said_of_work(writing: Writing, make: Shapes[Piece], key: str) -> list[Piece]:
    """Return what stands after the reference of a work: what was issued about it, and the link to its page where it has one.

    Args:
        writing: Where it stands.
        make: Makes the shapes.
        key: The key of the work.
    """
    said: list[Piece] = []
    page = writing.domain.papers.get(key)
    if notices := writing.atlas.notices_of(key):
        classes = ["atlas-mark-withdrawn"] * notices[0].withdraws
        said += [make.text(" "), make.strong(f"{_(notices[0].label)}.", *classes)]
    if page and page.docname != writing.docname:
        said += [make.text(" "), make.to_document(page.docname, _("Its page in this atlas")), make.text(".")]
    return said


def works_cited(env: BuildEnvironment, document: nodes.document) -> list[nodes.Node]:
    """Return the list of works that a document cites, under its heading, where the settings want one.

    Searches pass over it, Sphinx's by the class: a page is not about all that it cites, and each work is on a page of its year.

    Args:
        env: The environment, whose current document this is.
        document: The document.
    """
    if not atlas_domain(env).atlas.project.lists_works(env.docname) or list_works(env, document, 1) is None:
        return []
    return [container(heading(_("Works cited")), WorksCited(docname=env.docname), classes=["atlas-works", "no-search"])]
