"""Made-up papers as the three services would tell of them together, and the ways in which a service can fail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from xml.sax.saxutils import escape

from .conftest import Reply, Services

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>&b;</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>"""


@dataclass
class Paper:
    """A made-up paper, as all three services know it."""

    doi: str = ""
    pmid: str = ""
    title: str = "A made-up paper"
    journal: str = "Journal of Made-up Results"
    updated_by: list[tuple[str, str, str]] = field(default_factory=list)  # Crossref: type, DOI, day
    update_to: list[tuple[str, str, str]] = field(default_factory=list)  # the same, of the paper that this one is a notice of
    comments: list[tuple[str, str]] = field(default_factory=list)  # PubMed: RefType, RefSource
    types: list[str] = field(default_factory=lambda: ["Journal Article"])
    day: str = "2026/11/10"

    def crossref(self) -> dict[str, object]:
        """Return the record of Crossref."""
        links = {
            name: [
                {
                    "type": kind,
                    "DOI": doi,
                    "source": "publisher",
                    "updated": {"date-parts": [[int(part) for part in day.split("-")]]},
                }
                for kind, doi, day in rows
            ]
            for name, rows in (("updated-by", self.updated_by), ("update-to", self.update_to))
            if rows
        }
        record: dict[str, object] = {
            "DOI": self.doi,
            "title": [self.title],
            "type": "journal-article",
            "container-title": [self.journal],
        }
        return record | links

    def pubmed(self) -> str:
        """Return the record of PubMed."""
        types = "".join(f"<PublicationType>{escape(kind)}</PublicationType>" for kind in self.types)
        rows = (
            f'<CommentsCorrections RefType="{kind}"><RefSource>{escape(place)}</RefSource></CommentsCorrections>'
            for kind, place in self.comments
        )
        doi = f'<ArticleId IdType="doi">{escape(self.doi)}</ArticleId>' if self.doi else ""
        return (
            f"<PubmedArticle><MedlineCitation><PMID>{self.pmid}</PMID><Article><Journal><Title>{escape(self.journal)}</Title>"
            f"<JournalIssue><PubDate><Year>2026</Year></PubDate></JournalIssue></Journal><ArticleTitle>{escape(self.title)}."
            f"</ArticleTitle><AuthorList><Author><LastName>Made</LastName><ForeName>Up</ForeName></Author></AuthorList>"
            f"<PublicationTypeList>{types}</PublicationTypeList></Article>"
            f"<CommentsCorrectionsList>{''.join(rows)}</CommentsCorrectionsList></MedlineCitation>"
            f"<PubmedData><ArticleIdList>{doi}</ArticleIdList></PubmedData></PubmedArticle>"
        )

    def europe_pmc_record(self) -> dict[str, object]:
        """Return the record of Europe PMC."""
        record = {
            "id": self.pmid or self.doi,
            "source": "MED" if self.pmid else "PPR",
            "title": f"{self.title}.",
            "pubYear": "2026",
        }
        return record | ({"pmid": self.pmid} if self.pmid else {}) | ({"doi": self.doi} if self.doi else {})


FAULTS: dict[str, Callable[[bytes], Reply]] = {
    "busy": lambda _body: Reply("", 429, {"Retry-After": "0"}),
    "broken": lambda _body: Reply("oops", 500),
    "cut off": lambda body: Reply(body[: len(body) // 2]),
    "broken off": lambda body: Reply(body[: len(body) // 2], missing=len(body) - len(body) // 2),
    "not UTF-8": lambda body: Reply(body.replace(b"made-up", b"made\xff\xfeup")),
    "HTML": lambda _body: Reply("<!DOCTYPE html><html><body>Sign in</body></html>", headers={"Content-Type": "text/html"}),
    "empty": lambda _body: Reply(""),
    "another form": lambda _body: Reply([1, 2]),
    "bomb": lambda _body: Reply(BOMB),
    "slow": lambda body: Reply(body, wait=0.6),
}


class Registry:
    """The papers that the services hold, what they were asked, and how they fail.

    Attributes:
        papers: The papers.
        faults: By the name of a service, the name of the fault with which it answers.
        stranger: A paper that every list of Crossref and PubMed holds too, though nobody asked for it.
        withheld: How many records Crossref says that it has besides those that it sends.
    """

    def __init__(self, *papers: Paper) -> None:
        self.papers = list(papers)
        self.faults: dict[str, str] = {}
        self.stranger: Paper | None = None
        self.withheld = 0

    def play(self, services: Services) -> None:
        """Let the server answer for these papers, and for no others."""
        services.replies.clear()
        services.asked.clear()
        services.replies["/crossref/works"] = partial(self._answer, "crossref", self.crossref)
        services.replies |= {
            f"/crossref/works/{paper.doi}": partial(self._answer, "crossref", partial(self.crossref_one, paper))
            for paper in self.papers
        }
        services.replies["/pubmed/esearch.fcgi"] = partial(self._answer, "pubmed", self.pubmed_search)
        services.replies["/pubmed/efetch.fcgi"] = partial(self._answer, "pubmed", self.pubmed_fetch)
        services.replies["/europepmc/search"] = partial(self._answer, "europepmc", self.europe_pmc)

    def _answer(self, service: str, make: Callable[[dict[str, str]], bytes], query: dict[str, str]) -> Reply:
        body = make(query)
        fault = self.faults.get(service)
        return FAULTS[fault](body) if fault else Reply(body)

    def crossref(self, query: dict[str, str]) -> bytes:
        """Return the records of Crossref that a filter names."""
        dois = {name.removeprefix("doi:") for name in query["filter"].split(",")}
        found = [paper for paper in self.papers if paper.doi in dois] + ([self.stranger] if self.stranger else [])
        items = [paper.crossref() for paper in found]
        return json.dumps({"message": {"total-results": len(items) + self.withheld, "items": items}}).encode()

    def crossref_one(self, paper: Paper, _query: dict[str, str]) -> bytes:
        """Return one record of Crossref."""
        return json.dumps({"message": paper.crossref()}).encode()

    def pubmed_search(self, query: dict[str, str]) -> bytes:
        """Return what PubMed finds: papers with the DOIs of the query, or entered between its days."""
        dois, days = re.findall(r'"([^"]+)"\[doi\]', query["term"]), re.findall(r'"([\d/]+)"\[crdt\]', query["term"])
        found = [p.pmid for p in self.papers if p.pmid and (p.doi in dois or (days and days[0] <= p.day <= days[1]))]
        return json.dumps({"esearchresult": {"idlist": found}}).encode()

    def pubmed_fetch(self, query: dict[str, str]) -> bytes:
        """Return the records of PubMed."""
        pmids = query["id"].split(",")
        found = [paper for paper in self.papers if paper.pmid in pmids] + ([self.stranger] if self.stranger else [])
        return f"<PubmedArticleSet>{''.join(paper.pubmed() for paper in found)}</PubmedArticleSet>".encode()

    def europe_pmc(self, query: dict[str, str]) -> bytes:
        """Return what Europe PMC finds, one record a page."""
        first, last = re.findall(r"\[([\d-]+) TO ([\d-]+)\]", query["query"])[0]
        found = [p for p in self.papers if first <= p.day.replace("/", "-") <= last]
        start = 0 if query["cursorMark"] == "*" else int(query["cursorMark"])
        page = [paper.europe_pmc_record() for paper in found[start : start + 1]]
        return json.dumps({"nextCursorMark": str(start + len(page)), "resultList": {"result": page}}).encode()
