"""A page as JSON-LD: a schema.org ``WebPage`` and ``Review`` of a paper, which is an item of its own below it.

It is no ``ClaimReview`` and has no rating: the atlas reads papers and does not grade claims as true or false.
"""

from __future__ import annotations

import json
from typing import Any

from evidence_atlas.core.entry_types import type_of
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.record import Review
from evidence_atlas.core.references import Name, Reference
from evidence_atlas.metadata.landing import Landing
from evidence_atlas.metadata.terms import PREFIX, namespace

_CONTAINERS = {"ScholarlyArticle": "Periodical", "Chapter": "Book"}


def script(landing: Landing) -> str:
    """Return the element that holds a page's data; within it, no text can end the element or begin another."""
    text = json.dumps(data(landing), ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return f'\n  <script type="application/ld+json">{text}</script>'


def data(landing: Landing) -> dict[str, Any]:
    """Return a page as JSON-LD."""
    atlas, page = landing.atlas, landing.page
    settings, identity, record = atlas.settings, atlas.identity, page.record
    home = f"{settings.base_url}/"
    operator = {"@type": "Organization", "name": settings.operator or settings.name, "url": home}
    said = {
        "@context": ["https://schema.org", {PREFIX: namespace(settings)}],
        "@id": landing.address,
        "@type": ["WebPage", "Review", f"{PREFIX}:Page"],
        "url": landing.address,
        "name": page.reading.title,
        "abstract": record.summary,
        "inLanguage": landing.language,
        "version": identity.version,
        "datePublished": str(identity.date) if identity.date else "",
        "isPartOf": {"@type": "WebSite", "name": settings.name, "url": home},
        "author": operator,
        "publisher": operator,
        "license": settings.licence,
        "keywords": [atlas.policy.topic[topic] for topic in record.topics],
        "encoding": _files(landing),
        "itemReviewed": paper(page.reference, page.notices),
    }
    return {key: value for key, value in said.items() if value} | _own_terms(landing)


def _files(landing: Landing) -> list[dict[str, str]]:
    files = {landing.pdf: "application/pdf", "record.json": "application/json"}
    root = landing.atlas.settings.base_url
    return [
        {"@type": "MediaObject", "contentUrl": landing.absolute(name, root), "encodingFormat": media}
        for name, media in files.items()
        if name
    ]


def _own_terms(landing: Landing) -> dict[str, Any]:
    """Return what schema.org has no word for."""
    page, record = landing.page, landing.page.record
    verdict = page.verdict
    terms = {
        "badge": {"@type": f"{PREFIX}:Badge", "name": verdict.label}
        | _prefixed({"state": verdict.state, "reason": verdict.reason, "policy": verdict.policy}),
        "limitations": page.reading.limitations,
        "level": record.level,
        "design": record.design,
        "studiedIn": record.context,
        "readFrom": record.read,
        "draftedBy": record.drafted,
        "reviewedBy": record.review.by if isinstance(record.review, Review) else "none",
        "digest": page.digest,
        "notice": [_notice(notice) for notice in page.notices],
    }
    return _prefixed({name: value for name, value in terms.items() if value})


def _prefixed(values: dict[str, Any]) -> dict[str, Any]:
    return {f"{PREFIX}:{name}": value for name, value in values.items()}


def _notice(notice: Notice) -> dict[str, Any]:
    said = {
        "@type": f"{PREFIX}:Notice",
        "name": notice.label,
        "url": f"https://doi.org/{notice.doi}" if notice.doi else "",
        "datePublished": str(notice.date or ""),
        "publisher": {"@type": "Organization", "name": notice.issuer} if notice.issuer else "",
        "description": notice.reason,
        **_prefixed({"kind": notice.kind}),
    }
    return {key: value for key, value in said.items() if value}


def paper(reference: Reference, notices: tuple[Notice, ...] = ()) -> dict[str, Any]:
    """Return the paper that a page is about.

    Args:
        reference: The paper.
        notices: What was issued about it, gravest first.
    """
    kind = type_of(reference.type).schema
    identifiers = {"DOI": reference.doi, "PMID": reference.pmid}
    said = {
        "@type": kind,
        "@id": reference.url,
        "name": reference.title,
        "author": [_author(name) for name in reference.authors],
        "datePublished": reference.year,
        "isPartOf": {"@type": _CONTAINERS[kind], "name": reference.container}
        if kind in _CONTAINERS and reference.container
        else {},
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in identifiers.items() if value
        ],
        "creativeWorkStatus": notices[0].label if notices and notices[0].withdraws else "",
    }
    return {key: value for key, value in said.items() if value}


def _author(name: Name) -> dict[str, str]:
    if name.literal:
        return {"@type": "Organization", "name": name.family}
    family = " ".join(part for part in (name.particle, name.family) if part)
    said = {"@type": "Person", "name": name.display_form, "familyName": family, "givenName": name.given}
    said["honorificSuffix"] = name.suffix
    return {key: value for key, value in said.items() if value}
