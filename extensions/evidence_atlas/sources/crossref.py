"""Crossref: a record of its REST service as a work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from evidence_atlas.core.references import Name, normal_doi
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.services import CROSSREF, NotFound, SourceError
from evidence_atlas.sources.text import clean, date_of, title_of
from evidence_atlas.sources.work import Link, Work

KINDS = {
    "book": "book",
    "book-chapter": "incollection",
    "dissertation": "phdthesis",
    "edited-book": "book",
    "journal-article": "article",
    "monograph": "book",
    "posted-content": "misc",
    "proceedings-article": "inproceedings",
    "report": "techreport",
}
_DATES = ("published-print", "published", "published-online", "issued", "posted")


def by_doi(client: Client, doi: str) -> Work:
    """Ask Crossref for a work.

    Args:
        client: Asks.
        doi: Lower case.

    Raises:
        NotFound: Crossref does not know the DOI.
        SourceError: Crossref cannot be asked, its answer cannot be used, or it is of another work.
    """
    try:
        answer = client.json(CROSSREF, f"works/{quote(doi, safe='')}")
    except NotFound:
        raise NotFound(f"Crossref does not know the DOI {doi}.") from None
    message = answer.data.get("message") if isinstance(answer.data, dict) else None
    if not isinstance(message, dict):
        raise SourceError("Crossref answered with something else than a record: it has no 'message'.")
    work = work_of(message, CROSSREF.name, answer.url, answer.retrieved)
    if work.doi != doi:
        raise SourceError(f"Crossref was asked for {doi} and answered with {work.doi or 'another record'}; it is not used.")
    return work


def work_of(data: dict[str, Any], source: str, url: str = "", retrieved: str = "") -> Work:
    """Return the work that a record of Crossref describes; what is not of the expected form is passed over."""
    return Work(
        title=title_of(": ".join(filter(None, (_first(data, "title"), _first(data, "subtitle"))))),
        authors=tuple(_names(data)),
        kind=KINDS.get(clean(data.get("type")), "misc"),
        journal=_first(data, "container-title") or _institution(data) or clean(data.get("publisher")),
        date=next((date for name in _DATES if (date := _date(data.get(name)))), ""),
        volume=clean(data.get("volume")),
        issue=clean(data.get("issue")),
        pages=clean(data.get("page")) or clean(data.get("article-number")),
        doi=normal_doi(clean(data.get("DOI"))),
        abstract=_abstract(data.get("abstract")),
        publication_types=tuple(filter(None, (clean(data.get("type")), clean(data.get("subtype"))))),
        subjects=tuple(filter(None, map(clean, _list(data, "subject")))),
        language=clean(data.get("language")),
        updated_by=tuple(_updates(data, "updated-by")),
        update_to=tuple(_updates(data, "update-to")),
        related=tuple(_relations(data)),
        source=source,
        source_url=url,
        retrieved=retrieved,
    )


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _first(data: dict[str, Any], name: str) -> str:
    return next((text for item in _list(data, name) if (text := clean(item))), "")


def _institution(data: dict[str, Any]) -> str:
    """Return the server of a preprint."""
    return next((clean(item.get("name")) for item in _list(data, "institution") if isinstance(item, dict)), "")


def _names(data: dict[str, Any]) -> Iterator[Name]:
    for author in _list(data, "author"):
        if isinstance(author, dict):
            family, group = clean(author.get("family")), clean(author.get("name"))
            if family:
                yield Name(family, clean(author.get("given")), suffix=clean(author.get("suffix")))
            elif group:
                yield Name(group, literal=True)


def _date(value: Any) -> str:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    return date_of(*first[:3]) if isinstance(first, list) and first else ""


def _abstract(value: Any) -> str:
    """Return an abstract, which is JATS: each paragraph or heading a line of its own."""
    if not isinstance(value, str):
        return ""
    lines = value.replace("</jats:title>", ":</jats:title> ").replace("</jats:p>", "</jats:p>\n").split("\n")
    return "\n".join(text for line in lines if (text := clean(line).removeprefix("Abstract:").strip()))


def _updates(data: dict[str, Any], name: str) -> Iterator[Link]:
    for item in _list(data, name):
        if isinstance(item, dict) and (kind := _word(item.get("type"))):
            yield Link(kind, normal_doi(clean(item.get("DOI"))), "", _date(item.get("updated")), clean(item.get("source")))


def _relations(data: dict[str, Any]) -> Iterator[Link]:
    relations = data.get("relation")
    for kind, items in relations.items() if isinstance(relations, dict) else ():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and clean(item.get("id-type")) == "doi":
                yield Link(_word(kind), normal_doi(clean(item.get("id"))))


def _word(value: Any) -> str:
    return clean(value).lower().replace("_", "-").replace(" ", "-")
