"""The directive ``evidence-browse``: papers by topic, year, author, journal and so on, on pages of their own.

The pages are made without sources, for sites alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.browse_facets import FACETS, Listed, Work, newest_first, number_of_values, values_of
from evidence_atlas.browse_html import BrowseWriter
from evidence_atlas.core import files
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.language import _, language, ngettext, number
from evidence_atlas.made_pages import Collected, MadePage, by_model, digest_of, frame_digest, page_file, pages_alike
from evidence_atlas.nodeset import bullet_list, link, paragraph
from evidence_atlas.writing import WriteTime, Writing, has_own_pages, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FORMAT = 1  # of what is remembered


class BrowseIndex(WriteTime):
    """The kinds of lists, each with its number of values and a link to its page."""

    def shows_everything(self) -> bool:
        """It does: any page may bring a new value."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the list; the number of papers alone where there are no such pages."""
        count = len(writing.domain.pages)
        total = paragraph(ngettext("{count} paper.", "{count} papers.", count).format(count=number(count)))
        if not has_own_pages(writing.builder) or not writing.domain.pages:
            return [total]
        papers = _listed(writing.domain, Memory(writing.builder).works)
        here = writing.builder.get_target_uri(writing.docname)
        rows: list[list[nodes.Node | str]] = []
        for facet in FACETS:
            if values := number_of_values(facet, papers, writing.atlas):
                there = writing.builder.get_target_uri(f"{writing.docname}/{facet.name}")
                rows.append([link(relative_uri(here, there), _(facet.label)), f" ({number(values)})"])
        return [total, bullet_list(rows, ["atlas-values"])]


class Memory:
    """What a builder remembers of these pages between builds: their digests, and what lists say of each paper."""

    def __init__(self, builder: Builder) -> None:
        self.file = Path(builder.doctreedir) / f"atlas-browse-{builder.name}.json"
        self.version = [FORMAT, evidence_atlas.__version__, language()]
        try:
            data = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        usable = data.get("version") == self.version
        self.whole: str = data.get("whole", "")
        self.pages: dict[str, str] = data.get("pages", {})
        self.works: dict[str, Any] = data.get("works", {}) if usable else {}

    def write(self, whole: str, pages: dict[str, str], works: dict[str, Any]) -> None:
        """Keep what is there now."""
        data = {"version": self.version, "whole": whole, "pages": pages, "works": works}
        files.write(self.file, json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _listed(domain: AtlasDomain, works: dict[str, Any]) -> list[Listed]:
    """Return all papers, newest first; and put into ``works`` what is not there yet, by digest of the reference."""
    listed = []
    for page in domain.pages.values():
        digest = domain.atlas.bibliography.digest(page.record.paper)
        if digest not in works:
            works[digest] = page.work
        listed.append(Listed(page, Work(*works[digest])))
    return newest_first(listed)


def browse_pages(app: Sphinx) -> Collected:
    """Yield the pages below each document that has the directive, those that changed; delete those that are gone."""
    domain = atlas_domain(app.env)
    memory = Memory(app.builder)
    if not has_own_pages(app.builder) or not (domain.browsed or memory.pages):
        return
    frame = frame_digest(app)
    whole = digest_of(frame, *(f"{start} {app.env.titles[start]} {domain.signature(start)}" for start in sorted(domain.browsed)))
    if memory.whole == whole and all(page_file(app, name).exists() for name in memory.pages):
        return
    known = dict(memory.works)
    papers = _listed(domain, known) if domain.browsed else []
    digests: dict[str, str] = {}
    for start in sorted(domain.browsed):
        writer = BrowseWriter.below(start, domain)
        changed: list[MadePage] = []
        for page in (page for facet in FACETS for page in writer.pages(facet, values_of(facet, papers, domain.shown_atlas))):
            if page.name in app.env.found_docs:
                continue
            digests[page.name] = digest_of(frame, page.title, page.body)
            if memory.pages.get(page.name) == digests[page.name] and page_file(app, page.name).exists():
                continue
            changed.append(page)
        models = by_model(start, changed)
        if models:  # should this build be killed, the next one knows what may be there
            memory.write("", dict.fromkeys([*memory.pages, *digests, *models], ""), memory.works)
        yield from pages_alike(app, start, models)
    for name in memory.pages.keys() - digests.keys() - app.env.found_docs:
        files.remove(page_file(app, name), Path(app.outdir))
    used = {domain.atlas.bibliography.digest(page.record.paper) for page in domain.pages.values()}
    memory.write(whole, digests, {digest: known[digest] for digest in sorted(used & known.keys())})


def add_style(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the style of lists to the documents that have the directive."""
    if page in atlas_domain(app.env).browsed:
        app.add_css_file("browse.css")


class EvidenceBrowse(SphinxDirective):
    """Shows the kinds of lists, and has their pages made."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = BrowseIndex(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        atlas_domain(self.env).browsed[self.env.docname] = True
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-browse", EvidenceBrowse)
    app.connect("html-collect-pages", browse_pages)
    app.connect("html-page-context", add_style)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
