"""Europe PMC: a result of its search as a work. It knows abstracts and preprints that the others lack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence_atlas.core.references import Name, normal_doi
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.services import EUROPE_PMC, NotFound, SourceError
from evidence_atlas.sources.text import clean, date_of, pmcid_of, pmid_of, spoken_date, title_of
from evidence_atlas.sources.work import Link, Work

# Europe PMC's names of the ways in which works are joined: kind, and whether the other work speaks of this one
LINKS = {
    "Comment in": ("comment", True),
    "Comment on": ("comment", False),
    "Erratum in": ("erratum", True),
    "Erratum for": ("erratum", False),
    "Expression of concern in": ("expression-of-concern", True),
    "Retraction in": ("retraction", True),
    "Retraction of": ("retraction", False),
}


def find(client: Client, doi: str = "", pmid: str = "") -> Work:
    """Ask Europe PMC for one work, by DOI or PubMed identifier.

    Raises:
        NotFound: It has none.
        SourceError: It cannot be asked, or its answer cannot be used.
    """
    query = f'DOI:"{doi}"' if doi else f"EXT_ID:{pmid} AND SRC:MED"
    answer = client.json(EUROPE_PMC, "search", {"query": query, "format": "json", "resultType": "core", "pageSize": "5"})
    listed = answer.data.get("resultList") if isinstance(answer.data, dict) else None
    results = listed.get("result") if isinstance(listed, dict) else None
    if not isinstance(results, list):
        raise SourceError("Europe PMC answered with something else than a list of results.")
    for result in results:
        if isinstance(result, dict):
            work = work_of(result, EUROPE_PMC.name, answer.url, answer.retrieved)
            if (doi and work.doi == doi) or (pmid and work.pmid == pmid):
                return work
    if results:
        raise SourceError(f"Europe PMC was asked for {doi or pmid} and answered with another record; it is not used.")
    raise NotFound(f"Europe PMC has no record of {doi or pmid}.")


def work_of(data: dict[str, Any], source: str, url: str = "", retrieved: str = "") -> Work:
    """Return the work that a result in the form ``core`` describes; what is not of the expected form is passed over."""
    place = _dict(data, "journalInfo")
    types = tuple(clean(item) for item in _list(_dict(data, "pubTypeList"), "pubType"))
    headings = _list(_dict(data, "meshHeadingList"), "meshHeading")
    links = list(_links(data))
    is_preprint = clean(data.get("source")) == "PPR"
    return Work(
        title=title_of(data.get("title")),
        authors=tuple(_names(data)),
        kind="misc" if is_preprint else "article",
        journal=clean(_dict(place, "journal").get("title")) or clean(_dict(data, "bookOrReportDetails").get("publisher")),
        date=_date(data, place),
        volume=clean(place.get("volume")),
        issue=clean(place.get("issue")),
        pages=clean(data.get("pageInfo")),
        doi=normal_doi(clean(data.get("doi"))),
        pmid=pmid_of(data.get("pmid")),
        pmcid=pmcid_of(data.get("pmcid")),
        abstract=clean(str(data.get("abstractText") or "").replace("<h4>", " ").replace("</h4>", ": ")),
        publication_types=types,
        subjects=tuple(clean(item.get("descriptorName")) for item in headings if isinstance(item, dict)),
        language=clean(data.get("language")),
        updated_by=tuple(link for link, by_other in links if by_other),
        update_to=tuple(link for link, by_other in links if not by_other),
        identifiers={"europe-pmc": clean(data.get("id"))},
        source=source,
        source_url=url,
        retrieved=retrieved,
    )


def _dict(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _names(data: dict[str, Any]) -> Iterator[Name]:
    for author in _list(_dict(data, "authorList"), "author"):
        if isinstance(author, dict):
            family, group = clean(author.get("lastName")), clean(author.get("collectiveName"))
            if family:
                yield Name(family, clean(author.get("firstName")) or clean(author.get("initials")))
            elif group:
                yield Name(group, literal=True)


def _date(data: dict[str, Any], place: dict[str, Any]) -> str:
    return (
        date_of(place.get("yearOfPublication"), place.get("monthOfPublication"))
        or spoken_date(data.get("firstPublicationDate"))
        or date_of(data.get("pubYear"))
    )


def _links(data: dict[str, Any]) -> Iterator[tuple[Link, bool]]:
    for item in _list(_dict(data, "commentCorrectionList"), "commentCorrection"):
        if isinstance(item, dict) and (found := LINKS.get(clean(item.get("type")))):
            yield Link(found[0], "", pmid_of(item.get("id")), "", clean(item.get("reference"))), found[1]
