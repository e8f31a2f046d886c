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
from evidence_atlas.nodeset import container, heading, link, paragraph
from evidence_atlas.writing import WriteTime, Writing
from indexed_bibtex.domain import IndexedBibtexDomain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

CITE_ID = "cite"  # the address of the block on its page
FORMAT_NAMES = {"paper.bib": "BibTeX", "paper.ris": "RIS", "paper.csl.json": "CSL-JSON"}
OPEN = '<details class="atlas-fold">\n<summary>BibTeX</summary>\n'
CLOSE = "</details>\n"
WHICH = "Cite the paper for what was found. Cite this page only where you speak of this atlas’s reading of the paper."


class CiteBlock(WriteTime):
    """Both citations of a page."""

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the block."""
        page = writing.paper(self["key"])
        if page is None:
            return writing.missing(self, "citation")
        downloads: list[nodes.Node | str] = ["Download: "]
        for position, name in enumerate(FORMATS):
            downloads += [", "] if position else []
            downloads += writing.link(writing.file(page.docname, name), FORMAT_NAMES[name])
        copy: list[nodes.Node] = [
            nodes.literal_block("", bibtex(page.reference).strip(), language="none", classes=["atlas-bibtex"])
        ]
        if writing.can_link_within:  # a long listing waits behind its name; buttons copy it all the same
            copy = [nodes.raw("", OPEN, format="html"), *copy, nodes.raw("", CLOSE, format="html")]
        own: list[nodes.Node] = []
        if writing.serves_files and writing.atlas.settings.pdf:
            address = writing.file(page.docname, f"{page.docname.rpartition('/')[2]}.pdf")
            own = [paragraph("Download: ", link(address, "this page as a PDF"), classes=["atlas-downloads"])]
        return [
            container(
                heading("Cite this"),
                paragraph(nodes.strong("", "The paper")),
                formatted(page.reference, writing),
                *copy,
                paragraph(*downloads, classes=["atlas-downloads"]),
                paragraph(nodes.strong("", "This page’s reading of it")),
                snapshot(page, writing),
                *own,
                paragraph(WHICH, classes=["atlas-hint"]),
                classes=["atlas-cite"],
                ids=[CITE_ID] if self["key"] is None and writing.can_link_within else [],
            )
        ]


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


def snapshot(page: Paper, writing: Writing) -> nodes.paragraph:
    """Return the reference of this version of the page; the reader adds the day of access."""
    atlas = writing.atlas
    identity, address = atlas.identity, atlas.citable_address(page.docname)
    date = f", {identity.date}" if identity.date else ""
    title = page.reading.title.rstrip(".")
    return paragraph(
        f"{atlas.settings.name}. {title}{'' if title.endswith(('?', '!')) else '.'} "
        f"Version {identity.version}{date}. {identity.generator}, not screened by a wording scanner, "
        f"policy v{atlas.policy.version}. ",
        link(address, address),
        classes=["atlas-snapshot"],
    )


class CiteBlockDirective(KeyedDirective):
    """Shows the block."""

    part = CiteBlock


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("cite-block", CiteBlockDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
