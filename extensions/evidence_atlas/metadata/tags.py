"""Meta tags: Highwire Press tags, which Google Scholar and reference managers read, and Open Graph.

They describe the page of the atlas and never the paper, so there is no DOI, journal or volume among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from evidence_atlas.metadata.landing import Landing


def highwire(landing: Landing) -> list[tuple[str, str]]:
    """Return the Highwire tags of a page, by name; what is not known has none."""
    atlas, page = landing.atlas, landing.page
    date, base = atlas.identity.date, atlas.settings.base_url
    tags = [
        ("citation_title", page.reading.title),
        ("citation_author", atlas.settings.operator),
        ("citation_publication_date", f"{date:%Y/%m/%d}" if date else ""),
        ("citation_publisher", atlas.settings.name),
        ("citation_language", landing.language),
        ("citation_abstract", page.record.summary),
        ("citation_abstract_html_url", landing.address if base else ""),
        ("citation_public_url", landing.cited_address),
        ("citation_pdf_url", landing.absolute(landing.pdf, base) if base and landing.pdf else ""),
        *(("citation_keywords", atlas.policy.topic[topic]) for topic in page.record.topics),
    ]
    return [(name, value) for name, value in tags if value]


def open_graph(title: str, site: str, address: str, description: str = "") -> list[tuple[str, str]]:
    """Return the Open Graph properties of any page of the site.

    Args:
        title: The page's title.
        site: The atlas's name.
        address: Where the page is; may be empty.
        description: What the page says, in a sentence; an evidence page has one.
    """
    properties = [
        ("og:title", title),
        ("og:type", "article" if description else "website"),
        ("og:site_name", site),
        ("og:url", address),
        ("og:description", description),
    ]
    return [(name, value) for name, value in properties if value]


def as_html(attribute: str, tags: Iterable[tuple[str, str]]) -> str:
    """Return meta elements.

    Args:
        attribute: The attribute that holds the name: ``name``, or ``property`` for Open Graph.
        tags: Names and contents; white space in a content becomes single blanks.
    """
    return "".join(f'\n  <meta {attribute}="{name}" content="{escape(" ".join(value.split()))}">' for name, value in tags)
