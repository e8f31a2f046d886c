"""FAIR Signposting, followed by a client that is not this package's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from signposting import find_signposting_html, find_signposting_linkset

from data_project import ALPHA, BASE, DOCNAMES, GAMMA, NASTY, Head
from evidence_atlas.core.identity import Identity
from evidence_atlas.domain import atlas_domain
from evidence_atlas.metadata.landing import Landing
from evidence_atlas.metadata.signposting import head, linkset

TYPES = {".html": "text/html", ".json": "application/linkset+json"}


@pytest.fixture
def web(site, monkeypatch) -> Iterator[list[str]]:
    """Answer the client's requests from the built site; what it asks for is kept."""
    asked: list[str] = []

    def get(uri, **_):
        asked.append(str(uri))
        path = site.out / str(uri).removeprefix(f"{BASE}/")
        path = path / "index.html" if path.is_dir() else path
        text = path.read_text(encoding="utf-8")
        return SimpleNamespace(
            url=str(uri), status_code=200, text=text, headers={"Content-Type": TYPES[path.suffix]}, raise_for_status=lambda: None
        )

    monkeypatch.setattr("requests.get", get)
    return asked


def rows(signposting):
    """Return the links as comparable rows; the link to the set itself stands in the head alone."""
    return {(str(post.rel), str(post.target), str(post.type or "")) for post in signposting if str(post.rel) != "linkset"}


@pytest.mark.parametrize("docname", DOCNAMES)
def test_both_levels_say_the_same(web, docname):
    """A client finds in the head of the page, and in the set of links that the head names, the same links."""
    address = f"{BASE}/{docname}/"
    first = find_signposting_html(address)
    [link] = first.linksets
    assert (str(link.target), str(link.type)) == (f"{address}linkset.json", "application/linkset+json")
    second = find_signposting_linkset(link.target)
    assert rows(second.for_context(address)) == rows(first)
    assert web == [address, f"{address}linkset.json"]


def test_what_the_profile_asks_for(web):
    """There is one address to cite, the types of a landing page, an author, a licence, descriptions and content."""
    found = find_signposting_html(f"{BASE}/{ALPHA}/")
    assert str(found.citeAs.target) == f"{BASE}/{ALPHA}/"
    assert {str(post.target) for post in found.types} == {"https://schema.org/AboutPage", "https://schema.org/Review"}
    assert [str(post.target) for post in found.authors] == [f"{BASE}/"]
    assert str(found.license.target) == "https://creativecommons.org/licenses/by/4.0/"
    assert {str(post.target).rpartition("/")[2] for post in found.describedBy} == {"page.bib", "page.ris", "page.csl.json"}
    assert {str(post.type) for post in found.items} == {"application/pdf", "application/json"}


def test_the_files_are_there(site):
    """Every file that a page links to lies beside it, apart from the PDF, which comes later."""
    for docname in DOCNAMES:
        page = Head(site.html(docname))
        names = [*page.to("describedby"), *page.to("item"), *page.to("linkset")]
        assert [name for name in names if not (site.out / docname / name).is_file()] == [f"{docname.rpartition('/')[2]}.pdf"]


def test_the_paper_is_related(site):
    """The paper's address is a related one, with the signs of its DOI written as an address needs them."""
    assert Head(site.html(GAMMA)).to("related") == ["https://doi.org/10.5555/gamma.2"]
    assert Head(site.html(NASTY)).to("related") == ["https://doi.org/10.5555/a%3Cb%3Ec;2-%23&x"]


def test_links_back(site):
    """Each file leads back to its page: descriptions describe it, content belongs to it (RFC 9264, JSON)."""
    text = (site.out / ALPHA / "linkset.json").read_text(encoding="utf-8")
    contexts = json.loads(text)["linkset"]
    assert text.endswith("\n")
    page, *files = contexts
    here = [{"href": f"{BASE}/{ALPHA}/", "type": "text/html"}]
    assert {context["anchor"]: context.get("describes", context.get("collection")) for context in files} == {
        link["href"]: here for rel in ("describedby", "item") for link in page[rel]
    }
    for context in contexts:
        assert all(
            isinstance(links, list) and all("href" in link for link in links) for rel, links in context.items() if rel != "anchor"
        )


@pytest.fixture
def released(site) -> Landing:
    """Return a page of a release."""
    domain = atlas_domain(site.app.env)
    atlas = replace(domain.atlas, identity=Identity("2026.11", dt.date(2026, 11, 22), "test"))
    return Landing(domain.pages[ALPHA], atlas, f"{ALPHA}/", "en")


def test_a_release(released):
    """A page of a release is cited by the address that stays; the set of links knows the page and its kept copy."""
    kept = f"{BASE}/v/2026.11/{ALPHA}/"
    assert Head(f"<head>{head(released)}</head>").to("cite-as") == [kept]
    contexts = {context["anchor"]: context for context in json.loads(linkset(released))["linkset"]}
    for address in (kept, f"{BASE}/{ALPHA}/"):
        assert contexts[address]["cite-as"] == [{"href": kept}]
        assert {link["href"].rpartition("/")[0] + "/" for link in contexts[address]["describedby"]} == {address}


def test_a_pdf_that_lies_elsewhere(released):
    """Where PDFs are kept with the release, page and set of links lead there."""
    settings = replace(released.atlas.settings, pdf_address="https://files.example.org/{version}/{slug}.pdf")
    moved = Landing(
        released.page, replace(released.atlas, project=replace(released.atlas.project, settings=settings)), released.uri, "en"
    )
    address = "https://files.example.org/2026.11/alpha-2020-rest.pdf"
    assert address in Head(f"<head>{head(moved)}</head>").to("item")
    assert linkset(moved).count(f'"href":"{address}"') == 2
