"""PubMed: its XML, whether from the E-utilities or from a file, as works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from evidence_atlas.core.references import Name, normal_doi
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.services import PUBMED, NotFound, SourceError
from evidence_atlas.sources.text import clean, date_of, pmcid_of, pmid_of, spoken_date, title_of, whole_pages
from evidence_atlas.sources.work import Link, Work

BATCH = 200  # records that PubMed likes to be asked for at once
# PubMed's names of the ways in which works are joined: kind, and whether the other work speaks of this one
LINKS = {
    "CommentIn": ("comment", True),
    "CommentOn": ("comment", False),
    "CorrectedAndRepublishedFrom": ("corrected-and-republished", False),
    "CorrectedAndRepublishedIn": ("correction", True),
    "ErratumFor": ("erratum", False),
    "ErratumIn": ("erratum", True),
    "ExpressionOfConcernFor": ("expression-of-concern", False),
    "ExpressionOfConcernIn": ("expression-of-concern", True),
    "PartialRetractionIn": ("partial-retraction", True),
    "PartialRetractionOf": ("partial-retraction", False),
    "RepublishedFrom": ("republication", False),
    "RepublishedIn": ("republication", True),
    "RetractedandRepublishedFrom": ("retraction-and-republication", False),
    "RetractedandRepublishedIn": ("retraction-and-republication", True),
    "RetractionIn": ("retraction", True),
    "RetractionOf": ("retraction", False),
    "UpdateIn": ("update", True),
    "UpdateOf": ("update", False),
}


def fetch(client: Client, pmids: Sequence[str]) -> dict[str, Work]:
    """Ask PubMed for works.

    Args:
        client: Asks.
        pmids: Identifiers; those that PubMed does not know are not in the answer.

    Returns:
        Works by identifier. A record that was not asked for is left out.

    Raises:
        SourceError: PubMed cannot be asked, or its answer cannot be used.
    """
    found: dict[str, Work] = {}
    for start in range(0, len(pmids), BATCH):
        wanted = pmids[start : start + BATCH]
        answer = client.xml(PUBMED, "efetch.fcgi", {"db": "pubmed", "id": ",".join(wanted), "retmode": "xml"})
        for work in works(answer.data, PUBMED.name, answer.url, answer.retrieved):
            if work.pmid in wanted:
                found[work.pmid] = work
    return found


def by_pmid(client: Client, pmid: str) -> Work:
    """Ask PubMed for one work.

    Raises:
        SourceError: There is none, or PubMed answers with another one.
    """
    answer = client.xml(PUBMED, "efetch.fcgi", {"db": "pubmed", "id": pmid, "retmode": "xml"})
    found = list(works(answer.data, PUBMED.name, answer.url, answer.retrieved))
    if not found:
        raise NotFound(f"PubMed has no record {pmid}.")
    for work in found:
        if work.pmid == pmid:
            return work
    raise SourceError(f"PubMed was asked for {pmid} and answered with {found[0].pmid or 'another record'}; it is not used.")


def search(client: Client, term: str, most: int = 10_000) -> list[str]:
    """Return the identifiers of the works that a query finds, newest first.

    Args:
        client: Asks.
        term: In PubMed's language of queries.
        most: The most identifiers to return.

    Raises:
        SourceError: PubMed cannot be asked, or its answer cannot be used.
    """
    sent = {"db": "pubmed", "term": term, "retmax": str(most), "retmode": "json", "sort": "pub_date"}
    data = client.json(PUBMED, "esearch.fcgi", sent).data
    result = data.get("esearchresult") if isinstance(data, dict) else None
    ids = result.get("idlist") if isinstance(result, dict) else None
    if not isinstance(ids, list):
        error = clean(result.get("ERROR")) if isinstance(result, dict) else ""
        raise SourceError(f"PubMed did not answer the query{f' ({error})' if error else ''}.")
    return [pmid for value in ids if (pmid := pmid_of(value))]


def by_doi(client: Client, doi: str) -> Work:
    """Ask PubMed for the work that has a DOI.

    Raises:
        NotFound: PubMed has none of this DOI.
        SourceError: PubMed cannot be asked, or its answer cannot be used.
    """
    for work in fetch(client, search(client, f'"{doi.replace(chr(34), "")}"[doi]', 5)).values():  # the query finds like ones too
        if work.doi == doi:
            return work
    raise NotFound(f"PubMed has no record with the DOI {doi}.")


def works(root: Element, source: str, url: str = "", retrieved: str = "") -> Iterator[Work]:
    """Yield the works of PubMed's XML.

    Raises:
        SourceError: It is another kind of XML.
    """
    if root.tag not in {"PubmedArticleSet", "PubmedArticle"}:
        error = clean("".join(root.itertext())) if root.tag == "eFetchResult" else f"<{root.tag[:40]}>"
        raise SourceError(f"{source} holds no records of PubMed, but {error[:200] or 'nothing'}.")
    for article in [root] if root.tag == "PubmedArticle" else root.findall("PubmedArticle"):
        yield _work(article, source, url, retrieved)


def _work(record: Element, source: str, url: str, retrieved: str) -> Work:
    citation = record.find("MedlineCitation")
    citation = citation if citation is not None else Element("MedlineCitation")
    article = citation.find("Article")
    article = article if article is not None else Element("Article")
    authors, abridged = _authors(article)
    identifiers = {item.get("IdType", ""): _text(item) for item in record.findall("PubmedData/ArticleIdList/ArticleId")}
    dois = [_text(item) for item in article.findall("ELocationID") if item.get("EIdType") == "doi"]
    links = list(_links(citation))
    return Work(
        title=title_of(_text(article.find("ArticleTitle"))) or title_of(_text(article.find("VernacularTitle"))),
        authors=authors,
        abridged=abridged,
        kind=_kind(article),
        journal=_text(article.find("Journal/Title")) or _text(article.find("Journal/ISOAbbreviation")),
        date=_date(article),
        volume=_text(article.find("Journal/JournalIssue/Volume")),
        issue=_text(article.find("Journal/JournalIssue/Issue")),
        pages=whole_pages(_text(article.find("Pagination/MedlinePgn"))),
        doi=normal_doi(identifiers.get("doi", "")) or normal_doi(dois[0] if dois else ""),
        pmid=pmid_of(_text(citation.find("PMID"))),
        pmcid=pmcid_of(identifiers.get("pmc", "")),
        abstract=_abstract(article),
        publication_types=_texts(article, "PublicationTypeList/PublicationType"),
        subjects=_texts(citation, "MeshHeadingList/MeshHeading/DescriptorName"),
        language=" ".join(_texts(article, "Language")),
        updated_by=tuple(link for link, by_other in links if by_other),
        update_to=tuple(link for link, by_other in links if not by_other),
        identifiers={name: value for name, value in identifiers.items() if name not in {"doi", "pubmed", "pmc"} and value},
        source=source,
        source_url=url,
        retrieved=retrieved,
    )


def _text(element: Element | None) -> str:
    return "" if element is None else clean("".join(element.itertext()))


def _texts(element: Element, path: str) -> tuple[str, ...]:
    return tuple(text for item in element.findall(path) if (text := _text(item)))


def _kind(article: Element) -> str:
    return "misc" if "Preprint" in _texts(article, "PublicationTypeList/PublicationType") else "article"


def _authors(article: Element) -> tuple[tuple[Name, ...], bool]:
    """Return the authors, and whether PubMed says that there are more."""
    names, listed = [], article.find("AuthorList")
    for author in article.findall("AuthorList/Author"):
        group, family = _text(author.find("CollectiveName")), _text(author.find("LastName"))
        given = _text(author.find("ForeName")) or _text(author.find("Initials"))
        if author.get("ValidYN") == "N":
            continue
        if group:
            names.append(Name(group, literal=True))
        elif family:
            names.append(Name(family, given, suffix=_text(author.find("Suffix"))))
    return tuple(names), listed is not None and listed.get("CompleteYN") == "N"


def _date(article: Element) -> str:
    """Return the day of the issue, which citations name; else that of the first publication on the web."""
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate"):
        place = article.find(path)
        if place is not None:
            year, month, day = (_text(place.find(name)) for name in ("Year", "Month", "Day"))
            if found := date_of(year, month, day) or spoken_date(_text(place.find("MedlineDate"))):
                return found
    return ""


def _abstract(article: Element) -> str:
    parts = []
    for part in article.findall("Abstract/AbstractText"):
        label, text = clean(part.get("Label", "")), _text(part)
        if text:
            parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(parts)


def _links(citation: Element) -> Iterator[tuple[Link, bool]]:
    """Yield the other works that PubMed names, and whether each speaks of this one."""
    for item in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        if found := LINKS.get(item.get("RefType", "")):
            kind, by_other = found
            place = _text(item.find("RefSource"))
            yield Link(kind, _doi_in(place), pmid_of(_text(item.find("PMID"))), "", place), by_other


def _doi_in(place: str) -> str:
    """Return the DOI that stands in a place such as "Sci Rep. 2022;12:1. doi: 10.5555/1"."""
    after = place.partition("doi: ")[2].split()
    return normal_doi(after[0].rstrip(".;")) if after else ""
