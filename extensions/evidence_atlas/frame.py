"""What the atlas adds to an evidence page: under the title notices, byline and summary; at the end the disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms import SphinxTransform

import evidence_atlas
from evidence_atlas.cite_block import CiteBlock
from evidence_atlas.contribute import Contribute
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.record import Record, Review
from evidence_atlas.core.references import Reference
from evidence_atlas.documents import Reading
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import N_, _, day
from evidence_atlas.limitations import LIMITATIONS_CLASS
from evidence_atlas.nodeset import Piece, admonition, filled, link, paragraph, text
from evidence_atlas.notice_status import status
from evidence_atlas.shapes import Shapes
from evidence_atlas.works_cited import works_cited
from evidence_atlas.writing import ShapedPart, WriteTime, Writing, cited_papers

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

SUMMARY_CLASS = "atlas-summary"
REVIEWERS = {"editor": N_("an editor"), "clinician": N_("a clinician")}
NOT_ADVICE = N_("This page is information about research. It is not medical advice.")


class Notices(WriteTime):
    """Banners: what journals have issued about the paper of this page, and about papers that a page cites."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return a banner for each notice, the gravest first."""
        own = writing.record.paper if writing.record else None
        banners = [banner(notice) for notice in writing.atlas.notices_of(own)] if own else []
        for key in cited_papers(writing):
            banners += [banner(notice, writing.atlas.bibliography[key].title) for notice in writing.atlas.notices_of(key)[:1]]
        return banners


def banner(notice: Notice, cited: str = "") -> nodes.admonition:
    """Return the banner of a notice.

    Args:
        notice: The notice.
        cited: The title of the paper, where the page is not of it but cites it.
    """
    if cited:
        said = _("This page cites a paper that is affected: “{title}”.").format(title=cited)
    elif notice.withdraws:
        said = _("The findings of this paper no longer stand.")
    else:
        said = _("A notice was issued about this paper.")
    facts = ", ".join(fact for fact in (notice.issuer, day(notice.date) if notice.date else "") if fact)
    return admonition(
        _(notice.label),
        paragraph(f"{said} {notice.reason}".strip()),
        *([paragraph(*_source(notice, facts), classes=["atlas-hint"])] if facts or notice.doi else []),
        classes=["atlas-notice", f"atlas-notice-{notice.grade}", *(["atlas-notice-cited"] if cited else [])],
    )


def _source(notice: Notice, facts: str) -> list[nodes.Node | str]:
    """Return issuer and day of a notice, and the link to it."""
    doi: nodes.Node | str = link(f"https://doi.org/{notice.doi}", f"doi:{notice.doi}") if notice.doi else ""
    if not facts:
        return filled(_("Notice, {doi}."), doi=doi)
    return filled(_("Notice: {facts}, {doi}.") if doi else _("Notice: {facts}."), facts=facts, doi=doi)


class Byline(ShapedPart):
    """Authors, journal, year, DOI of the paper."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return one paragraph."""
        record, bibliography = writing.record, writing.atlas.bibliography
        if record is None or record.paper not in bibliography:
            said = _("The paper of this page is not in the bibliography.")
            return [make.paragraph(make.emphasis(f"[{said}]"))]
        paper = bibliography[record.paper]
        parts = [part for part in (_byline(paper), paper.container, paper.year or _("undated")) if part]
        content: list[Piece | str] = [" · ".join(parts)]
        if paper.url:
            shown = f"doi:{paper.doi}" if paper.doi else f"PMID {paper.pmid}" if paper.pmid else _("web")
            content += [" · ", make.link(paper.url, shown)]
        return [make.paragraph(*content, classes=["atlas-byline"])]


def _byline(paper: Reference) -> str:
    return paper.byline(last=_("{names} and {last}"), others=_("{names} and {number} others"))


class Disclosure(ShapedPart):
    """What is known of retractions; who drafted the page, from what, whether it was reviewed; that it is not medical advice."""

    def shape(self, writing: Writing, make: Shapes[Piece]) -> Sequence[Piece]:
        """Return a block of a paragraph each."""
        record = writing.record
        atlas = writing.atlas
        said = disclosure(record, atlas.policy.read[record.read], atlas.scanner) if record else _(NOT_ADVICE)
        page = writing.paper(None)
        known = [make.paragraph(status(page.checks, shown=bool(page.notices)))] if page else []
        return [make.container(*known, make.paragraph(said), classes=["atlas-disclosure"])]


def disclosure(record: Record, read: str, scanner: str = "") -> str:
    """Return the disclosure in whole sentences.

    Args:
        record: The page's record.
        read: What the page was written from, in words.
        scanner: Version of the rules by which the wording was screened; empty where none was.
    """
    drafted = _("Drafted by software from {read}.") if record.drafted == "software" else _("Drafted by a person from {read}.")
    program = _("Its frame was drawn up with {program}.").format(program=record.drafted_with) if record.drafted_with else ""
    sources = f" ({'; '.join(record.sources)})" if record.sources else ""
    if isinstance(record.review, Review):
        reviewed = _("Reviewed by {reviewer} on {date}.").format(
            reviewer=_(REVIEWERS[record.review.by]), date=day(record.review.date)
        )
    else:
        reviewed = _("No person has reviewed it yet.")
    screened = _("Software screened its wording (rules v{version}).").format(version=scanner) if scanner else ""
    return " ".join(filter(None, (drafted.format(read=f"{read}{sources}"), program, reviewed, screened, _(NOT_ADVICE))))


class FramePage(SphinxTransform):
    """Puts the added parts around an evidence page and keeps its text for the domain."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Frame the document, if it is an evidence page."""
        domain, docname = atlas_domain(self.env), self.env.docname
        if docname not in domain.stated:
            return
        section = next(self.document.findall(nodes.section), None)
        title = next(section.findall(nodes.title), None) if section is not None else None
        limitations = next((n for n in self.document.findall(nodes.admonition) if LIMITATIONS_CLASS in n["classes"]), None)
        domain.readings[docname] = Reading(
            title.astext() if title is not None else docname,
            "\n\n".join(child.astext() for child in limitations[1:]) if limitations is not None else "",
            self.document.astext(),
        )
        record = domain.record(docname)
        top: list[nodes.Node] = [Notices(docname=docname), Byline(docname=docname)]
        if record:
            top.append(paragraph(text(record.summary), classes=[SUMMARY_CLASS]))
        body = self.document if section is None else section
        end_last_section(body)
        position = 0 if title is None else body.index(title) + 1
        body[position:position] = top
        body.extend([*works_cited(self.env, self.document), Disclosure(docname=docname)])


def end_last_section(body: nodes.Element) -> None:
    """Take the blocks that end a page out of its last section, to which they belong no more than to any other.

    In Markdown, what follows a heading belongs to it up to the next one.
    """
    last = body
    while last.children and isinstance(last[-1], nodes.section):
        last = last[-1]
    if last is body:
        return
    ending: list[nodes.Node] = []
    while last.children and isinstance(last[-1], (CiteBlock, Contribute)):
        ending.insert(0, last.pop())
    body.extend(ending)


def add_before_disclosure(transform: SphinxTransform, part: type[WriteTime]) -> None:
    """Put a part on an evidence page that was framed, before its last lines."""
    for body in (transform.document, *transform.document.children):
        for child in reversed(body.children):
            if isinstance(child, Disclosure):
                child.parent.insert(child.parent.index(child), part(docname=transform.env.docname))
                return


class FrameCitingPage(SphinxTransform):
    """Puts the banners of cited papers under the title of a page that is no evidence page."""

    default_priority = 501

    def apply(self, **kwargs: Any) -> None:
        """Add the banners, if the document cites anything."""
        domain, docname = atlas_domain(self.env), self.env.docname
        if docname in domain.stated or not _cites(self.document):
            return
        section = next(self.document.findall(nodes.section), None)
        if section is not None:
            section.insert(1, Notices(docname=docname))
            section.extend(works_cited(self.env, self.document))


def _cites(document: nodes.document) -> bool:
    return any(node.get("refdomain") == "cite" for node in document.findall(pending_xref))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transforms."""
    app.setup_extension("evidence_atlas.base")
    app.add_transform(FramePage)
    app.add_transform(FrameCitingPage)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
