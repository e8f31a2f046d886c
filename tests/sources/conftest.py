"""A server that plays PubMed, Crossref and Europe PMC. Every paper that it knows is made up, as its DOI (10.5555/…) shows."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from evidence_atlas.core.settings import Settings
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.services import SERVICES, Manners

PREFIXES = {"PubMed": "pubmed", "Crossref": "crossref", "Europe PMC": "europepmc"}


@dataclass
class Reply:
    """What the server says.

    Attributes:
        body: Text, bytes, or data that becomes JSON.
        status: The status.
        headers: Further headers.
        missing: Bytes that the answer announces and does not send.
        wait: Seconds before it answers.
    """

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    wait: float = 0.0

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass
class Asked:
    """A request that came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Services:
    """The three services on loopback. ``replies`` maps a path to what is said there: a reply, several in a row, or a function."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply | list[Reply] | Callable[[dict[str, str]], Reply]] = {}
        self.asked: list[Asked] = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                services.asked.append(Asked(unquote(parts.path), query, dict(self.headers.items())))
                services.answer(self, services.reply(unquote(parts.path), query))

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up is what some tests are about."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def reply(self, path: str, query: dict[str, str]) -> Reply:
        found = self.replies.get(path, Reply({"status": "error"}, 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Reply) else found(query)

    @staticmethod
    def answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.wait)
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.data) + reply.missing))
        handler.end_headers()
        handler.wfile.write(reply.data)

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@pytest.fixture(scope="session")
def _server() -> Iterator[Services]:
    services = Services()
    yield services
    services.server.shutdown()
    services.server.server_close()


@pytest.fixture
def services(_server: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Services:
    """The server, empty, with the addresses of all services and the folder of kept answers set to the test's own."""
    _server.replies.clear()
    _server.asked.clear()
    for service in SERVICES:
        monkeypatch.setenv(service.variable, f"{_server.url}/{PREFIXES[service.name]}")
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("evidence_atlas.sources.session.user_cache_path", lambda *_args, **_options: tmp_path / "kept")
    return _server


@pytest.fixture
def connect(services: Services, tmp_path: Path) -> Callable[..., Client]:
    """Make a client that is quick to lose patience."""

    def made(*, offline: bool = False, timeout: float = 0.4, contact: str = "editors@example.org") -> Client:
        manners = Manners(folder=tmp_path / "kept", timeout=timeout, pause=0.01, per_second=500)
        return Client(Settings(contact=contact), offline=offline, manners=manners)

    return made


# -- a made-up paper, as each service would tell of it ----------------------------------------------------

DOI, PMID = "10.5555/made.up.1", "99999901"
FETCH, SEARCH = "/pubmed/efetch.fcgi", "/pubmed/esearch.fcgi"
CROSSREF_PATH, EUROPE_PMC_PATH = f"/crossref/works/{DOI}", "/europepmc/search"
ABSTRACT = (
    "Forty people took part in a trial that never was. All of them met the 1994 Fukuda criteria for chronic fatigue syndrome. "
    "Nothing was measured."
)


def pubmed_record(pmid: str = PMID, doi: str = DOI, *, abstract: str = ABSTRACT, inner: str = "", **parts: str) -> str:
    """Return one record of PubMed's XML.

    Args:
        pmid: Its number.
        doi: Its DOI.
        abstract: Its abstract; without one there is no such element.
        inner: XML at the end of ``MedlineCitation``, such as a list of corrections.
        parts: ``title``, ``authors``, ``types`` and ``year`` as XML, in place of those that it has.
    """
    title = parts.get("title", "A made-up trial of nothing in chronic fatigue syndrome.")
    authors = parts.get(
        "authors",
        '<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Erfundén</LastName><ForeName>Anna B</ForeName></Author>'
        "<Author><LastName>van der Nobody</LastName><ForeName>Carl</ForeName><Suffix>Jr</Suffix></Author>"
        "<Author><CollectiveName>Made-up Study Group</CollectiveName></Author></AuthorList>",
    )
    types = parts.get("types", "<PublicationType>Randomized Controlled Trial</PublicationType>")
    year = parts.get("year", "<Year>2024</Year><Month>Jul</Month><Day>05</Day>")
    text = f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>" if abstract else ""
    ids = f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><Title>Journal of Made-up Results</Title>"
        f"<JournalIssue><Volume>12</Volume><Issue>3</Issue><PubDate>{year}</PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle><Pagination><MedlinePgn>101-9</MedlinePgn></Pagination>{text}{authors}"
        f"<Language>eng</Language><PublicationTypeList>{types}</PublicationTypeList></Article><MeshHeadingList><MeshHeading>"
        f"<DescriptorName>Fatigue Syndrome, Chronic</DescriptorName></MeshHeading></MeshHeadingList>{inner}</MedlineCitation>"
        f'<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>{ids}</ArticleIdList></PubmedData></PubmedArticle>'
    )


def pubmed_set(*records: str) -> str:
    """Return records as PubMed sends them."""
    head = (
        '<?xml version="1.0" ?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example.org/p.dtd">'
    )
    return f"{head}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>"


def pubmed_ids(*pmids: str) -> dict[str, Any]:
    """Return the answer to a query."""
    return {"esearchresult": {"count": str(len(pmids)), "idlist": list(pmids)}}


def crossref_message(doi: str = DOI, **values: Any) -> dict[str, Any]:
    """Return Crossref's record."""
    message = {
        "DOI": doi.upper(),
        "type": "journal-article",
        "title": ["A made-up trial of nothing in chronic fatigue syndrome"],
        "author": [{"given": "Anna B", "family": "Erfundén"}, {"name": "Made-up Study Group"}],
        "container-title": ["Journal of Made-up Results"],
        "published": {"date-parts": [[2024, 7, 5]]},
        "volume": "12",
        "issue": "3",
        "page": "101-109",
    } | values
    return {"status": "ok", "message": {name: value for name, value in message.items() if value is not None}}


def europe_pmc_results(*results: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of Europe PMC's search."""
    return {"hitCount": len(results), "resultList": {"result": list(results)}}


def europe_pmc_result(doi: str = DOI, pmid: str = PMID, **values: Any) -> dict[str, Any]:
    """Return one result."""
    return {
        "id": pmid,
        "source": "MED",
        "pmid": pmid,
        "doi": doi,
        "title": "A made-up trial of nothing in chronic fatigue syndrome.",
        "authorList": {"author": [{"firstName": "Anna B", "lastName": "Erfundén"}, {"collectiveName": "Made-up Study Group"}]},
        "journalInfo": {"volume": "12", "yearOfPublication": 2024, "journal": {"title": "Journal of Made-up Results"}},
        "pageInfo": "101-109",
        "abstractText": f"<h4>Background</h4>{ABSTRACT}",
        "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
    } | values
