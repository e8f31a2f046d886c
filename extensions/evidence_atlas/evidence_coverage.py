"""The directive ``evidence-coverage``, and ``coverage.json``: what the atlas does not cover yet, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.browse_facets import newest_first
from evidence_atlas.browse_html import BrowseWriter, is_long
from evidence_atlas.builders import has_own_pages, serves_files
from evidence_atlas.core import files
from evidence_atlas.core.coverage import REASONS, Covered, counts_by_year, coverage_data, why_unclear
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain
from evidence_atlas.evidence_references import by_year
from evidence_atlas.language import _, ngettext, number, shown_year
from evidence_atlas.made_pages import Collected, MadePage, below, lists_of_documents
from evidence_atlas.nodeset import bullet_list, link, paragraph, table
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FILE = "coverage.json"


class Coverage(WriteTime):
    """One part of the coverage, or all of them."""

    def shows_everything(self) -> bool:
        """It does: any page covers a work."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the tables and lists."""
        parts = [self["section"]] if self["section"] else list(SECTIONS)
        return [node for part in parts for node in SECTIONS[part](writing)]


def _references(writing: Writing) -> list[nodes.Node]:
    """Return how many works have a page, by year; the lists of works that are linked name each."""
    domain = writing.domain
    rows = counts_by_year(by_year(domain), domain.papers)
    works = len(writing.atlas.bibliography)
    said = ngettext(
        "{count} work in the bibliography, {pages} of them with a page.",
        "{count} works in the bibliography, {pages} of them with a page.",
        works,
    )
    total = said.format(count=number(works), pages=number(len(domain.papers)))
    listing = next(iter(sorted(domain.listings)), "") if has_own_pages(writing.builder) else ""
    cells: list[Sequence[Sequence[nodes.Node | str]]] = [
        [[_year(year, listing, writing)], [number(all_)], [number(pages)], [number(all_ - pages)]] for year, all_, pages in rows
    ]
    return [paragraph(total), table([_("Year"), _("Works"), _("With a page"), _("Without")], cells, ["atlas-coverage"])]


def _year(year: str, listing: str, writing: Writing) -> nodes.Node:
    if not listing:
        return nodes.Text(shown_year(year))
    there = writing.builder.get_target_uri(f"{listing}/{year}")
    return link(relative_uri(writing.builder.get_target_uri(writing.docname), there), shown_year(year))


def _read(writing: Writing) -> list[nodes.Node]:
    """Return how many pages were written from what."""
    pages = list(writing.domain.pages.values())
    counts = [(label, sum(page.record.read == kind for page in pages)) for kind, label in writing.atlas.policy.read.items()]
    cells: list[Sequence[Sequence[nodes.Node | str]]] = [[[label], [number(count)]] for label, count in counts]
    return [table([_("Written from"), _("Pages")], cells, ["atlas-coverage"])]


@dataclass(frozen=True)
class Lacking:
    """Pages that lack the same.

    Attributes:
        id: Its name in addresses.
        said: What they lack, in words.
        pages: The pages.
    """

    id: str
    said: str
    pages: Sequence[Paper]


def _from_abstract(domain: AtlasDomain) -> Lacking:
    pages = [page for page in domain.pages.values() if page.record.read == "abstract"]
    return Lacking("abstract", _("Pages from an abstract alone"), pages)


def _without_badge(domain: AtlasDomain) -> list[Lacking]:
    """Return the pages whose badge is unclear, by what keeps it from being settled."""
    found: dict[str, list[Paper]] = {reason: [] for reason in REASONS}
    for page in domain.pages.values():
        if page.verdict.state == "unclear":
            found[why_unclear(page.record, domain.shown_atlas.policy)].append(page)
    return [Lacking(reason, _(REASONS[reason]), pages) for reason, pages in found.items() if pages]


def _abstract(writing: Writing) -> list[nodes.Node]:
    """Return the pages that rest on an abstract alone."""
    return _listed(writing, _from_abstract(writing.domain))


def _unclear(writing: Writing) -> list[nodes.Node]:
    """Return the pages whose badge is unclear, under what keeps each from being settled."""
    found: list[nodes.Node] = []
    for lacking in _without_badge(writing.domain):
        found += [paragraph(f"{lacking.said} ({number(len(lacking.pages))})"), *_listed(writing, lacking)]
    return found or [paragraph(_("None."))]


def _listed(writing: Writing, lacking: Lacking) -> list[nodes.Node]:
    """Return the list, or the way to its pages."""
    if not lacking.pages:
        return [paragraph(_("None."))]
    if is_long(lacking.pages) and has_own_pages(writing.builder):
        way = BrowseWriter.below(writing.docname, writing.domain).way_to(
            _name(writing.docname, lacking), lacking.pages, writing.docname
        )
        return [nodes.raw("", way, format="html")]
    return [bullet_list([[writing.document(page.docname, nodes.Text(page.reading.title))] for page in lacking.pages])]


def _name(docname: str, lacking: Lacking) -> str:
    return f"{below(docname, 'coverage')}/{lacking.id}"


def list_pages(app: Sphinx) -> Collected:
    """Return the pages of long lists, those that changed."""
    domain = atlas_domain(app.env)
    return lists_of_documents(app, "coverage", domain.covering, lambda docname: _pages(domain, docname))


def _pages(domain: AtlasDomain, docname: str) -> Iterator[MadePage]:
    writer, sections = BrowseWriter.below(docname, domain), domain.covering[docname]
    found = [_from_abstract(domain)] if "abstract" in sections else []
    found += _without_badge(domain) if "unclear" in sections else []
    for lacking in found:
        if is_long(lacking.pages):
            papers = newest_first(lacking.pages)
            yield from writer.parts(_name(docname, lacking), lacking.said.rstrip("."), [(writer.title, docname)], papers)


SECTIONS: dict[str, Callable[[Writing], list[nodes.Node]]] = {
    "references": _references,
    "read": _read,
    "abstract": _abstract,
    "unclear": _unclear,
}


class EvidenceCoverage(SphinxDirective):
    """Shows the coverage: the part named, or everything."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {}

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        section = directives.choice(self.arguments[0], tuple(SECTIONS)) if self.arguments else ""
        part = Coverage(docname=self.env.docname, section=section)
        self.set_source_info(part)
        show(self.env, part)
        covering = atlas_domain(self.env).covering
        covering[self.env.docname] = (*covering.get(self.env.docname, ()), *([section] if section else SECTIONS))
        return [part]


def covered(domain: AtlasDomain) -> list[Covered]:
    """Return the usable pages as the coverage sees them."""
    return [Covered(page.docname, page.record, page.verdict.state) for page in domain.pages.values()]


def write_json(app: Sphinx, exception: Exception | None) -> None:
    """Write ``coverage.json`` at the top of a site, where it changed."""
    if exception is None and serves_files(app.builder):
        domain = atlas_domain(app.env)
        data = coverage_data(domain.atlas.bibliography, covered(domain), domain.atlas.policy)
        files.write_changed(Path(app.outdir, FILE), json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and connect the writing of the file."""
    app.setup_extension("evidence_atlas.evidence_references")
    app.add_directive("evidence-coverage", EvidenceCoverage)
    app.connect("html-collect-pages", list_pages)
    app.connect("build-finished", write_json)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
