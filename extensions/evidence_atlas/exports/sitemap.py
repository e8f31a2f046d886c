"""``sitemap.xml`` and ``robots.txt``, for search engines (sitemaps.org, protocol 0.9).

Written from what the site holds and not from what this build wrote, so a build that writes one page lists all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.made_pages import made_names

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "sitemap.xml"
MOST = 50_000  # addresses in a file, as the protocol has it
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def addresses(app: Sphinx) -> Iterator[tuple[str, str]]:
    """Yield the pages of the site below its root, each with the day of its latest change, where that is known."""
    domain = atlas_domain(app.env)
    for docname in sorted(app.env.found_docs):
        yield app.builder.get_target_uri(docname), _changed(domain, docname)
    for name in made_names(app):
        yield app.builder.get_target_uri(name), ""


def _changed(domain: AtlasDomain, docname: str) -> str:
    changes = domain.history.changes.get(f"{docname.rpartition('/')[2]}.md", []) if docname in domain.pages else []
    return changes[0].date if changes else ""


def sitemaps(base: str, found: Iterable[tuple[str, str]], most: int = MOST) -> dict[str, str]:
    """Return the sitemap by its file's name; where it would be too long, an index and its parts.

    Args:
        base: The address of the root of the site, without a stroke at its end.
        found: Pages, each with a day or nothing.
        most: How many addresses a file may hold.
    """
    rows = [f"<url><loc>{escape(f'{base}/{uri}')}</loc>{_day(day)}</url>" for uri, day in found]
    if len(rows) <= most:
        return {FILE: _file("urlset", rows)}
    parts = {
        f"sitemap-{start // most + 1}.xml": _file("urlset", rows[start : start + most]) for start in range(0, len(rows), most)
    }
    return {FILE: _file("sitemapindex", [f"<sitemap><loc>{escape(f'{base}/{name}')}</loc></sitemap>" for name in parts]), **parts}


def _day(day: str) -> str:
    return f"<lastmod>{day}</lastmod>" if day else ""


def _file(kind: str, rows: list[str]) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{kind} xmlns="{_NAMESPACE}">\n{chr(10).join(rows)}\n</{kind}>\n'


def robots(base: str) -> str:
    """Return ``robots.txt``: everything may be read, and where the sitemap is."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base}/{FILE}\n"
