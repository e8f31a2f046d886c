"""Parts of a page that are made when it is written, from what the whole atlas knows by then.

A directive leaves a :class:`WriteTime` node in the doctree. Before a builder writes the document, one transform
replaces each by standard nodes, so no writer ever meets one. What a document shows is remembered as a digest;
a document whose digest changed is written again, and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from markupsafe import Markup
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from evidence_atlas.builders import has_own_pages, serves_files
from evidence_atlas.core import files
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.findings import Code, Finding, nearest
from evidence_atlas.core.record import Record
from evidence_atlas.documents import Shown
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain, warn
from evidence_atlas.memory import Memory
from evidence_atlas.nodeset import Piece
from evidence_atlas.shapes import HtmlShapes, NodeShapes, Shapes
from evidence_atlas.theme import is_own_site

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


@dataclass(frozen=True)
class Writing:
    """What a part is written from.

    Attributes:
        docname: The document in whose source the part stands.
        builder: The builder that writes it.
        domain: The domain, which knows all pages.
    """

    docname: str
    builder: Builder
    domain: AtlasDomain

    @property
    def atlas(self) -> Atlas:
        """Policy, bibliography, notices, settings, identity; the policy in the language of the site."""
        return self.domain.shown_atlas

    @property
    def record(self) -> Record | None:
        """The record of the page on which the part stands."""
        return self.domain.record(self.docname)

    def paper(self, key: str | None) -> Paper | None:
        """Return the page of a paper; without a key, the page on which the part stands."""
        return self.domain.pages.get(self.docname) if key is None else self.domain.papers.get(key)

    def missing(self, part: WriteTime, broken: str, absent: str) -> str:
        """Warn that a part names a paper without a page, and return the note that stands in its place (:func:`unusable`).

        Args:
            part: The part.
            broken: What is said where the part names no paper, and the record of its own page has errors.
            absent: What is said where it names one, with a blank for the key.
        """
        key = part["key"]
        if key is None:
            return broken
        message = f"The paper {key!r} has no page{nearest(key, self.domain.papers)}."
        warn(Finding(part["file"] or self.docname, part["lineno"] or 1, Code.UNKNOWN_PAPER, message))
        return absent.format(key=key)

    @property
    def serves_files(self) -> bool:
        """Whether files can lie beside the page (a web site) or must be linked on the web (all else)."""
        return serves_files(self.builder)

    @property
    def can_link_within(self) -> bool:
        """Whether each document is a page of its own, on which an id stands once."""
        return has_own_pages(self.builder)

    def file(self, docname: str, name: str) -> str:
        """Return the address of a file of a page: beside it on a site, else at the citable address."""
        if not self.serves_files:
            return f"{self.atlas.citable_address(docname)}{name}"
        here = "" if self.builder.name == "singlehtml" else self.builder.get_target_uri(self.docname)
        return relative_uri(here, f"{docname}/{name}")

    def link(self, address: str, content: str) -> nodes.Node:
        """Return a link to an address outside the documents; plain text, which has no links, shows the address."""
        shown = f"{content} <{address}>" if self.builder.format == "text" and address != content else content
        return nodes.reference("", shown, refuri=address, internal=False)

    def document(self, docname: str, *text: nodes.Node, classes: Sequence[str] = ()) -> nodes.Element:
        """Return a link to a document: its address on a site; else resolved later by Sphinx itself, as each format needs it."""
        if self.can_link_within and docname in self.domain.env.found_docs:
            address = self.builder.get_relative_uri(self.docname, docname)
            return nodes.reference("", "", nodes.inline("", "", *text, classes=["doc", *classes]), refuri=address, internal=True)
        return addnodes.pending_xref(
            "",
            nodes.inline("", "", *text, classes=["doc", *classes]),
            refdoc=self.docname,
            refdomain="std",
            reftype="doc",
            reftarget=f"/{docname}",
            refexplicit=True,
            refwarn=True,
        )


class WriteTime(nodes.General, nodes.Element):
    """A part of a page that is made when the page is written."""

    inline: ClassVar[bool] = False
    finished: ClassVar[bool] = False  # whether on a site its nodes hold nothing that another transform must resolve

    def papers(self) -> Iterable[str]:
        """Return the keys of the papers that the part shows, apart from the page's own."""
        return (self["key"],) if self.get("key") else ()

    def shows_everything(self) -> bool:
        """Whether the part depends on every page, or on the whole policy."""
        return False

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the nodes that stand in this one's place."""
        raise NotImplementedError


class ShapedPart(WriteTime):
    """A part that says what it shows in shapes, so that a site can have it as HTML and every other format as nodes."""

    finished = True

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return what the part shows.

        Args:
            writing: What it is written from.
            make: Makes the shapes.
        """
        raise NotImplementedError

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the shapes as nodes, or as one that holds them as HTML where each document is a page of a site."""
        if not writing.can_link_within:
            return self.shape(writing, NodeShapes(writing))
        shown: Sequence[Markup] = self.shape(writing, HtmlShapes(writing))
        return [nodes.raw("", "\n".join(shown), format="html")] if shown else []


class RenderParts(SphinxPostTransform):
    """Replaces the parts before references are resolved (the cite domain's transform has priority 5)."""

    default_priority = 4

    def run(self, **kwargs: Any) -> None:
        """Replace every part of the document; on a site, those that need no other transform are left for later."""
        self.replace(later=True)

    def replace(self, *, later: bool) -> None:
        """Replace the parts.

        Args:
            later: Whether what may wait is left.
        """
        domain = atlas_domain(self.env)
        for node in list(self.document.findall(WriteTime)):
            writing = Writing(node["docname"], domain.builder, domain)
            if not (later and node.finished and writing.can_link_within):
                node.replace_self([*node.render(writing)])


class RenderFinishedParts(RenderParts):
    """Replaces what is left after the other transforms, since each of them walks through all that is there."""

    default_priority = 790

    def run(self, **kwargs: Any) -> None:
        """Replace every part that is left."""
        self.replace(later=False)


def show(env: BuildEnvironment, part: WriteTime) -> None:
    """Remember which papers a part shows, for the document that is being read."""
    shown = atlas_domain(env).shown
    before = shown.get(env.docname, Shown())
    papers = tuple(sorted({*before.papers, *part.papers()}))
    shown[env.docname] = replace(before, papers=papers, everything=before.everything or part.shows_everything())


def note_cited(app: Sphinx, doctree: nodes.document) -> None:
    """Remember which papers a document cites."""
    refs = [ref for ref in doctree.findall(addnodes.pending_xref) if ref.get("refdomain") == "cite"]
    cited = tuple(sorted({target.key for ref in refs for target in parse_citation_targets(ref["reftarget"])}))
    if cited:
        shown, inputs = atlas_domain(app.env).shown, references_digest(atlas_domain(app.env).atlas, cited)
        before = shown.get(app.env.docname, Shown())
        papers = tuple(sorted({*before.papers, *cited}))
        shown[app.env.docname] = replace(before, papers=papers, cited=cited, inputs=inputs)


def references_digest(atlas: Atlas, keys: Iterable[str]) -> str:
    """Return a digest of references, those that are missing included."""
    return ":".join(map(atlas.bibliography.digest, keys))


def cited_papers(writing: Writing) -> list[str]:
    """Return the keys that the page shows or cites besides its own, sorted."""
    shown = writing.domain.shown.get(writing.docname)
    own = writing.record.paper if writing.record else ""
    return [key for key in shown.papers if key != own] if shown else []


def unusable(reason: str, *, inline: bool = False) -> list[nodes.Node]:
    """Return the visible note that stands in place of a part that cannot be shown."""
    text = f"[{reason}]"
    return [nodes.emphasis("", text)] if inline else [nodes.paragraph("", "", nodes.emphasis("", text))]


# ---------------------------------------------------------------------------------------------------------
# What must be written again
# ---------------------------------------------------------------------------------------------------------


def find_changed(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the documents that show something that changed since this builder last finished; delete those that are gone."""
    domain = atlas_domain(env)
    domain.forget_index()
    domain.memory = memory = Memory(Path(app.doctreedir) / f"atlas-shown-{app.builder.name}.json")
    documents = sorted(domain.stated.keys() | domain.shown.keys() | env.found_docs)
    frame = _frame(app.builder, domain.atlas)
    if has_own_pages(app.builder):
        for docname in memory.documents - env.found_docs:
            files.remove(Path(app.builder.get_outfilename(docname)), Path(app.outdir))  # type: ignore[attr-defined]
    memory.announce(documents, env.found_docs)
    return [docname for docname in documents if memory.note(docname, domain.signature(docname) or frame)]


def _frame(builder: Builder, atlas: Atlas) -> str:
    """Return a digest of what every page of a site shows around its text; our own theme also names the policy."""
    if not serves_files(builder):
        return ""
    shown = (atlas.identity, atlas.settings, atlas.policy.version if is_own_site(builder) else "")
    return hashlib.blake2b(repr(shown).encode(), digest_size=12).hexdigest()


def remember_shown(app: Sphinx, exception: Exception | None) -> None:
    """Keep what was shown, once it is written."""
    if exception is None and hasattr(domain := atlas_domain(app.env), "memory"):
        domain.memory.finish(app.env.found_docs)
        domain.lists.write([page.source for page in domain.pages.values()])


def connect(app: Sphinx) -> None:
    """Connect writing to a build."""
    app.add_post_transform(RenderParts)
    app.add_post_transform(RenderFinishedParts)
    app.connect("doctree-read", note_cited)
    app.connect("env-updated", find_changed)
    app.connect("build-finished", remember_shown)
