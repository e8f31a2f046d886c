"""The directive ``cite-block``: how to cite the paper, and, kept apart, this page's reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pybtex.plugin import find_plugin

import evidence_atlas
from evidence_atlas.core.references import Reference
from evidence_atlas.domain import Paper
from evidence_atlas.keyed import KeyedDirective
from evidence_atlas.language import N_, _
from evidence_atlas.nodeset import Piece, filled
from evidence_atlas.shapes import Shapes
from evidence_atlas.writing import ShapedPart, Writing
from indexed_bibtex.domain import IndexedBibtexDomain

if TYPE_CHECKING:
    from pybtex.style import FormattedEntry
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

CITE_ID = "cite"  # the address of the block on its page
FORMAT_NAMES = {"paper.bib": "BibTeX", "paper.ris": "RIS", "paper.csl.json": "CSL-JSON"}
OWN_NAMES = {"page.bib": "BibTeX", "page.ris": "RIS", "page.csl.json": "CSL-JSON"}
WHICH = N_("Cite the paper for what was found. Cite this page only where you speak of this atlas’s reading of the paper.")


class CiteBlock(ShapedPart):
    """Both citations of a page."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return the block."""
        page = writing.paper(self["key"])
        if page is None:
            broken, absent = _("No citation: the record of this page has errors."), _("No citation: {key} has no page.")
            return [make.paragraph(make.emphasis(f"[{writing.missing(self, broken, absent)}]"))]
        own: list[Piece] = []
        if writing.serves_files and writing.atlas.settings.pdf:
            beside = writing.file(page.docname, f"{page.docname.rpartition('/')[2]}.pdf")
            file = make.link(writing.atlas.pdf_address(page.docname) or beside, _("this page as a PDF"))
            own.append(_downloads(make, _("Download: {files}"), [file]))
        if writing.serves_files:
            files = [
                make.link(writing.file(page.docname, name), _("{format} of this page").format(format=kind))
                for name, kind in OWN_NAMES.items()  # by names that no link to the paper's has
            ]
            own.append(_downloads(make, _("Its reference: {files}"), files))
        papers = [make.link(writing.file(page.docname, name), kind) for name, kind in FORMAT_NAMES.items()]
        return [
            make.container(
                make.heading(_("Cite this")),
                make.paragraph(make.strong(_("The paper"))),
                make.citation(formatted(page.reference, writing), ["atlas-citation"]),
                *make.listing(page.cited_as("paper.bib").strip(), ["atlas-bibtex"], folded="BibTeX"),
                _downloads(make, _("Download: {files}"), papers),
                make.paragraph(make.strong(_("This page’s reading of it"))),
                snapshot(page, writing, make, signed=self["key"] is None),
                *own,
                make.paragraph(_(WHICH), classes=["atlas-hint"]),
                classes=["atlas-cite"],
                ids=[CITE_ID] if self["key"] is None and writing.can_link_within else [],
            )
        ]


def _downloads(make: Shapes[Piece], sentence: str, files: Sequence[Piece]) -> Piece:
    """Return a sentence with links to files in place of its blank."""
    parts = [part for file in files for part in (", ", file)][1:]
    return make.paragraph(*filled(sentence, files=parts), classes=["atlas-downloads"])


def formatted(reference: Reference, writing: Writing) -> FormattedEntry:
    """Return the citation of a paper in the project's pybtex style."""
    name, cited = writing.builder.config.bibtex_default_style, writing.domain.env.get_domain("cite")
    if isinstance(cited, IndexedBibtexDomain):
        return cited.formatter.entry(name, reference.entry, cited.digest(reference.key), "")
    return find_plugin("pybtex.style.formatting", name)().format_entry("", reference.entry)


def snapshot(page: Paper, writing: Writing, make: Shapes[Piece], *, signed: bool) -> Piece:
    """Return the reference of this version of the page; the reader adds the day of access.

    Args:
        page: The page.
        writing: The document in which the reference stands.
        make: Makes the shapes.
        signed: Whether the digest stands in it. Only a page's own does: another document is not written again
            when the text of the page changes.
    """
    atlas = writing.atlas
    identity, address = atlas.identity, atlas.citable_address(page.docname)
    version = _("Version {version}, {date}.") if identity.date else _("Version {version}.")
    title = page.reading.title.rstrip(".")
    made = (
        _("{generator}, wording scanner v{scanner}, policy v{policy}.")
        if atlas.scanner
        else _("{generator}, not screened by a wording scanner, policy v{policy}.")
    )
    return make.paragraph(
        f"{atlas.settings.name}. {title}{'' if title.endswith(('?', '!')) else '.'} "
        f"{version.format(version=identity.version, date=identity.date)} "
        f"{made.format(generator=identity.generator, scanner=atlas.scanner, policy=atlas.policy.version)} "
        f"{f'{page.digest}. ' if signed else ''}",
        make.link(address, address),
        classes=["atlas-snapshot"],
    )


class CiteBlockDirective(KeyedDirective):
    """Shows both citations: of the paper, and of its page here."""

    part = CiteBlock


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("cite-block", CiteBlockDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
