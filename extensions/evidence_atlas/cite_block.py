"""The directive ``cite-block``: how to cite the paper, and, kept apart, this page's reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from pybtex.plugin import find_plugin
from pybtex_docutils import Backend

import evidence_atlas
from evidence_atlas.core.citation import FORMATS, bibtex
from evidence_atlas.core.references import Reference
from evidence_atlas.domain import Paper
from evidence_atlas.keyed import KeyedDirective
from evidence_atlas.language import N_, _
from evidence_atlas.nodeset import container, filled, heading, link, paragraph
from evidence_atlas.writing import WriteTime, Writing
from indexed_bibtex.domain import IndexedBibtexDomain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

CITE_ID = "cite"  # the address of the block on its page
FORMAT_NAMES = {"paper.bib": "BibTeX", "paper.ris": "RIS", "paper.csl.json": "CSL-JSON"}
OWN_NAMES = {"page.bib": "BibTeX", "page.ris": "RIS", "page.csl.json": "CSL-JSON"}
OPEN = '<details class="atlas-fold">\n<summary>BibTeX</summary>\n'
CLOSE = "</details>\n"
WHICH = N_("Cite the paper for what was found. Cite this page only where you speak of this atlas’s reading of the paper.")


class CiteBlock(WriteTime):
    """Both citations of a page."""

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block."""
        page = writing.paper(self["key"])
        if page is None:
            return writing.missing(
                self, _("No citation: the record of this page has errors."), _("No citation: {key} has no page.")
            )
        files: list[nodes.Node | str] = []
        for position, name in enumerate(FORMATS):
            files += [", "] if position else []
            files += writing.link(writing.file(page.docname, name), FORMAT_NAMES[name])
        copy: list[nodes.Node] = [
            nodes.literal_block("", bibtex(page.reference, page.notices).strip(), language="none", classes=["atlas-bibtex"])
        ]
        if writing.can_link_within:  # a long listing waits behind its name; buttons copy it all the same
            copy = [nodes.raw("", OPEN, format="html"), *copy, nodes.raw("", CLOSE, format="html")]
        own: list[nodes.Node] = []
        if writing.serves_files and writing.atlas.settings.pdf:
            beside = writing.file(page.docname, f"{page.docname.rpartition('/')[2]}.pdf")
            address = writing.atlas.pdf_address(page.docname) or beside
            file = link(address, _("this page as a PDF"))
            own = [paragraph(*filled(_("Download: {files}"), files=file), classes=["atlas-downloads"])]
        if writing.serves_files:
            parts = [part for name in OWN_NAMES for part in (", ", own_link(writing, page, name))][1:]
            own.append(paragraph(*filled(_("Its reference: {files}"), files=parts), classes=["atlas-downloads"]))
        return [
            container(
                heading(_("Cite this")),
                paragraph(nodes.strong("", _("The paper"))),
                formatted(page.reference, writing),
                *copy,
                paragraph(*filled(_("Download: {files}"), files=files), classes=["atlas-downloads"]),
                paragraph(nodes.strong("", _("This page’s reading of it"))),
                snapshot(page, writing, signed=self["key"] is None),
                *own,
                paragraph(_(WHICH), classes=["atlas-hint"]),
                classes=["atlas-cite"],
                ids=[CITE_ID] if self["key"] is None and writing.can_link_within else [],
            )
        ]


def own_link(writing: Writing, page: Paper, name: str) -> nodes.Node:
    """Return the link to a page's own reference, by a name that no link to the paper's has."""
    return link(writing.file(page.docname, name), _("{format} of this page").format(format=OWN_NAMES[name]))


def formatted(reference: Reference, writing: Writing) -> nodes.Element:
    """Return the citation of a paper in the project's pybtex style."""
    name, cited = writing.builder.config.bibtex_default_style, writing.domain.env.get_domain("cite")
    if isinstance(cited, IndexedBibtexDomain):
        made = cited.formatter.entry(name, reference.entry, cited.digest(reference.key), "")
    else:
        made = find_plugin("pybtex.style.formatting", name)().format_entry("", reference.entry)
    result: nodes.Element = Backend().paragraph(made)
    result["classes"].append("atlas-citation")
    result["ids"], result["names"] = [], []
    return result


def snapshot(page: Paper, writing: Writing, *, signed: bool) -> nodes.paragraph:
    """Return the reference of this version of the page; the reader adds the day of access.

    Args:
        page: The page.
        writing: The document in which the reference stands.
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
    return paragraph(
        f"{atlas.settings.name}. {title}{'' if title.endswith(('?', '!')) else '.'} "
        f"{version.format(version=identity.version, date=identity.date)} "
        f"{made.format(generator=identity.generator, scanner=atlas.scanner, policy=atlas.policy.version)} "
        f"{f'{page.digest}. ' if signed else ''}",
        link(address, address),
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
