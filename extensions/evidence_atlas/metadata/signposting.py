"""FAIR Signposting: typed links that tell programs what to cite, what describes a page, and what it consists of.

The links stand in the head of the page (level 1), and with their inverses in ``linkset.json`` beside it (level 2,
RFC 9264). None of them gives the paper's DOI as an identifier of the page: it stands under ``related``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from evidence_atlas.metadata.landing import Landing

LINKSET, LINKSET_TYPE = "linkset.json", "application/linkset+json"
_TYPES = ("https://schema.org/AboutPage", "https://schema.org/Review")
_DESCRIBING = {
    "page.csl.json": "application/vnd.citationstyles.csl+json",
    "page.bib": "application/x-bibtex",
    "page.ris": "application/x-research-info-systems",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link.

    Attributes:
        rel: What the target is to the page (IANA's registry of link relations).
        href: Where the target is.
        type: Its media type, where it is a file.
    """

    rel: str
    href: str
    type: str = ""


def links(landing: Landing, place: Callable[[str], str]) -> list[Link]:
    """Return the links of a page.

    Args:
        landing: The page.
        place: Returns the address of a file of the page by its name.
    """
    settings = landing.atlas.settings
    found = [Link("cite-as", landing.cited_address)]
    found += [Link("type", address) for address in _TYPES]
    found += [Link("author", f"{settings.base_url}/")] if settings.operator else []
    found += [Link("license", settings.licence)] if settings.licence else []
    found += [Link("describedby", place(name), media) for name, media in _DESCRIBING.items()]
    found += [Link("item", place(landing.pdf), "application/pdf")] if landing.pdf else []
    found.append(Link("item", place("record.json"), "application/json"))
    found += [Link("related", landing.page.reference.url)] if landing.page.reference.url else []
    return found


def head(landing: Landing) -> str:
    """Return the links as elements of a page's head; files by addresses that hold wherever the copy of the page lies."""
    found = [*links(landing, landing.beside), Link("linkset", landing.beside(LINKSET), LINKSET_TYPE)]
    return "".join(f'\n  <link rel="{link.rel}" href="{escape(link.href)}"{_type(link)}>' for link in found)


def _type(link: Link) -> str:
    return f' type="{link.type}"' if link.type else ""


def linkset(landing: Landing) -> str:
    """Return the set of links: of the page at its newest address, and, in a release, of the copy that stays."""
    atlas = landing.atlas
    roots = {landing.address: atlas.settings.base_url}
    if landing.kept_address:
        roots[landing.kept_address] = f"{atlas.settings.base_url}/v/{atlas.identity.version}"
    contexts = [context for address, root in roots.items() for context in _contexts(landing, address, root)]
    return json.dumps({"linkset": contexts}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _contexts(landing: Landing, address: str, root: str) -> list[dict[str, Any]]:
    """Return a page's links, and the links from its files back to it."""
    own: dict[str, Any] = {"anchor": address}
    inverse = []
    here = [{"href": address, "type": "text/html"}]
    for link in links(landing, lambda name: landing.absolute(name, root)):
        own.setdefault(link.rel, []).append({"href": link.href} | ({"type": link.type} if link.type else {}))
        if link.rel == "describedby":
            inverse.append({"anchor": link.href, "describes": here})
        elif link.rel == "item":
            inverse.append({"anchor": link.href, "collection": here})
    return [own, *inverse]
