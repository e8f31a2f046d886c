"""Feeds of new and changed pages and of notices: Atom (RFC 4287) in ``feed.xml``, JSON Feed 1.1 in ``feed.json``.

Days come from the history of the pages in git and from the notices; nothing is dated by the moment of the build.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import AtlasDomain, Paper

MOST = 100  # entries; a reader that asks once a month misses nothing
ATOM = "http://www.w3.org/2005/Atom"
# what XML 1.0 cannot hold, not even as a reference
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {"new": "New", "changed": "Changed"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a page.

    Attributes:
        day: When, as ``2026-11-22``.
        page: The page.
        kind: ``new``, ``changed``, or the kind of a notice about the paper.
        words: The kind in words.
        name: What tells it from other events of the page: a commit, or the kind of a notice and,
            where there may be several, its DOI.
        said: What happened, in a sentence; may be empty.
    """

    day: str
    page: Paper
    kind: str
    words: str
    name: str
    said: str = ""

    @property
    def title(self) -> str:
        """What happened, and the page's title, which may say so itself."""
        title = self.page.reading.title
        return title if title.startswith(f"{self.words}:") else f"{self.words}: {title}"

    @property
    def summary(self) -> str:
        """What the page says in a sentence, and what happened."""
        return " ".join(part for part in (self.page.record.summary, self.said) if part)

    def tag(self, atlas: Atlas) -> str:
        """Return an identifier that no other event ever has (RFC 4151)."""
        base = urlsplit(atlas.settings.base_url)
        return f"tag:{base.hostname},{self.day}:{quote(f'{base.path}/{self.page.docname}/{self.name}')}"


def events(domain: AtlasDomain) -> list[Event]:
    """Return what happened last to the pages, newest first."""
    found = sorted(_all_events(domain), key=lambda event: (event.page.docname, event.name))
    return sorted(found, key=lambda event: event.day, reverse=True)[:MOST]


def _all_events(domain: AtlasDomain) -> Iterator[Event]:
    for page in domain.pages.values():
        changes = domain.history.changes.get(Path(domain.env.doc2path(page.docname)).name, [])
        for place, change in enumerate(reversed(changes)):
            kind = "changed" if place else "new"
            said = f"Change: {change.subject}" if place else ""
            yield Event(change.date, page, kind, _WORDS[kind], change.commit, said)
        since = changes[-1].date if changes else ""
        for notice in page.notices:
            if day := max(_whole_day(notice.date), since):
                # a paper is taken back once, and may be corrected often
                name = notice.kind if notice.withdraws or not notice.doi else f"{notice.kind}-{notice.doi}"
                yield Event(day, page, notice.kind, notice.label, name, notice.reason)


def _whole_day(date: dt.date | str | None) -> str:
    """Return the first day that a date can mean: of its month or year, where no more is known."""
    return f"{date}-01-01"[:10] if date else ""


def feeds(domain: AtlasDomain, language: str) -> dict[str, str]:
    """Return both feeds by their files' names."""
    found = events(domain)
    return {"feed.xml": atom(domain.atlas, found, language), "feed.json": json_feed(domain.atlas, found, language)}


def atom(atlas: Atlas, found: list[Event], language: str) -> str:
    """Return the events as an Atom feed."""
    settings = atlas.settings
    home = f"{settings.base_url}/"
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _add(feed, "id", home)
    _add(feed, "title", settings.name)
    _add(feed, "updated", _moment(found[0].day if found else str(atlas.identity.date)))
    _add(_add(feed, "author"), "name", settings.operator or settings.name)
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{home}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=home)
    if settings.licence:
        _add(feed, "link", rel="license", href=settings.licence)
    for event in found:
        entry = _add(feed, "entry")
        _add(entry, "id", event.tag(atlas))
        _add(entry, "title", event.title)
        _add(entry, "updated", _moment(event.day))
        _add(entry, "link", rel="alternate", type="text/html", href=atlas.address(event.page.docname))
        _add(entry, "category", term=event.kind)
        _add(entry, "summary", event.summary)
    ET.indent(feed, space=" ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = _NO_XML.sub("", text) or None
    return element


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def json_feed(atlas: Atlas, found: list[Event], language: str) -> str:
    """Return the events as a JSON Feed."""
    settings = atlas.settings
    home = f"{settings.base_url}/"
    items: list[dict[str, Any]] = [
        {
            "id": event.tag(atlas),
            "url": atlas.address(event.page.docname),
            "title": event.title,
            "content_text": event.summary,
            "date_published": _moment(event.day),
            "tags": [event.kind],
        }
        for event in found
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.name,
        "home_page_url": home,
        "feed_url": f"{home}feed.json",
        "language": language,
        "authors": [{"name": settings.operator or settings.name}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
