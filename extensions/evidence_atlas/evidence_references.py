"""The directive ``evidence-references``: all works of the bibliography, on pages of their own, by year.

The pages are made without sources, for sites alone: other formats list the works that a page cites at its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from markupsafe import Markup
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.builders import has_own_pages
from evidence_atlas.core.references import UNDATED, as_year
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.language import _, ngettext, number, shown_year
from evidence_atlas.long_lists import page_names, parted, span_name, spans, way
from evidence_atlas.made_pages import Collected, MadePage, Unmade, collected_pages, digest_of
from evidence_atlas.nodeset import bullet_list, link, paragraph
from evidence_atlas.shapes import HtmlShapes, ReferenceBackend, Shapes
from evidence_atlas.works_cited import said_of_work
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from pybtex.database import Entry
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

MOST_WORKS = 200  # on one page
COUNTED = "works by year"  # the name of what documents show of the bibliography as a whole


class YearIndex(WriteTime):
    """The years, each with its number of works and a link to its page."""

    def shows_everything(self) -> bool:
        """It does: any work may come."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the list of years, newest first."""
        years = by_year(writing.domain)
        count = len(writing.atlas.bibliography)
        total = paragraph(ngettext("{count} work.", "{count} works.", count).format(count=number(count)))
        if not has_own_pages(writing.builder):
            return [total]
        here = writing.builder.get_target_uri(writing.docname)
        pages = [(year, len(keys), writing.builder.get_target_uri(f"{writing.docname}/{year}")) for year, keys in years.items()]
        rows: list[list[nodes.Node | str]] = [
            [link(relative_uri(here, uri), shown_year(year)), f" ({number(count)})"] for year, count, uri in pages
        ]
        return [total, bullet_list(rows, ["atlas-years"])]


def by_year(domain: AtlasDomain) -> dict[str, list[str]]:
    """Return the keys of the bibliography by year, newest year first, undated works last."""
    years: dict[str, list[str]] = defaultdict(list)
    for key, year in sorted(domain.atlas.bibliography.years.items()):
        years[year if as_year(year) is not None else UNDATED].append(key)
    return {year: years[year] for year in sorted(years, key=lambda y: (y != UNDATED, y), reverse=True)}


def find_changed(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the documents that show something of everything, where there are other works, or they are of other years."""
    domain = atlas_domain(env)
    showing = [docname for docname, shown in domain.shown.items() if shown.everything]
    if not showing:
        return []
    years = repr(sorted(domain.atlas.bibliography.years.items()))
    return showing if domain.memory.note(COUNTED, digest_of(years)) else []


def year_pages(app: Sphinx) -> Collected:
    """Yield the pages of years that changed, below each document that has the directive; delete those that are gone."""
    return collected_pages(app, "year", _pages(app)) if has_own_pages(app.builder) else iter(())


def _pages(app: Sphinx) -> Iterator[Unmade]:
    domain = atlas_domain(app.env)
    years = by_year(domain) if domain.listings else {}
    for docname in sorted(domain.listings):
        for year, keys in years.items():
            parts = parted(keys, MOST_WORKS)
            names, held = page_names(f"{docname}/{year}", len(parts)), spans([len(part) for part in parts])
            for place, page in enumerate(names):
                shown = digest_of(repr(held), *(domain.paper_signature(key) for key in parts[place]))
                title = f"{title_of(year)}, {span_name(held[place])}" if place else title_of(year)
                ways = way(_("Of {all} works: {parts}"), held, page, names, app.builder.get_target_uri)
                yield Unmade(page, shown, partial(_made, app, page, title, parts[place], ways))


def title_of(year: str) -> str:
    """Return the title of the page of a year."""
    return _("Works of {year}").format(year=shown_year(year))


def _made(app: Sphinx, page: str, title: str, keys: Sequence[str], ways: str) -> MadePage:
    domain = atlas_domain(app.env)
    cited: Any = app.env.get_domain("cite")
    style, backend, items = app.config.bibtex_default_style, ReferenceBackend(), []
    writing = Writing(page, app.builder, domain)
    make: Shapes[Markup] = HtmlShapes(writing)
    for key in keys:
        text = cited.formatter.text(style, partial(_entry, domain, key), cited.digest(key)).render(backend)
        said = said_of_work(writing, make, key)
        items.append(f'<li id="{escape(nodes.make_id(key))}"><p>{text}{"".join(said)} <code>{escape(key)}</code></p></li>')
    body = f"<section><h1>{escape(title)}</h1>\n<ul>\n{chr(10).join(items)}\n</ul>{ways}</section>"
    return MadePage(page, title, body)


def _entry(domain: AtlasDomain, key: str) -> Entry:
    return domain.atlas.bibliography[key].entry


class EvidenceReferences(SphinxDirective):
    """Shows the years, and has their pages made."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = YearIndex(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        atlas_domain(self.env).listings[self.env.docname] = True
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-references", EvidenceReferences)
    app.connect("env-updated", find_changed)
    app.connect("html-collect-pages", year_pages)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
