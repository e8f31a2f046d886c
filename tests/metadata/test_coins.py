"""The COinS span: reference managers save the paper from it, and nothing else."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import Entry

from core.helpers import REFERENCES
from data_project import AUTHORS, DOCNAMES, NASTY, PROPERTY, TEXTS, Head
from evidence_atlas.core.references import Name, Reference, load_bibliography, pages
from evidence_atlas.metadata.coins import span

from .zotero import read


class Span(HTMLParser):
    """Reads a span's title, and counts the elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def title_of(html: str) -> str:
    """Return the title of the one span; nothing may have broken out of it."""
    found = Span(html)
    [(tag, given_)] = found.tags
    assert (tag, found.text, set(given_)) == ("span", "", {"class", "title"})
    return given_["title"]


def blank(text: str) -> str:
    """Return text as Zotero has it, which reads a plus as a blank."""
    return text.replace("+", " ")


def check(work: Reference) -> None:
    """Compare what Zotero reads with the reference."""
    item = read(title_of(span(work)))
    start, end = pages(work)
    expected = {
        "title": work.title,
        "date": work.year,
        "volume": work.fields.get("volume", ""),
        "issue": work.fields.get("number", "") or work.fields.get("issue", ""),
        "DOI": work.doi,
        "PMID": work.pmid,
        "pages": "-".join(part for part in (start, end) if part) if start else "",
        "publicationTitle": work.container if work.type == "article" else item.get("publicationTitle", ""),
    }
    assert {name: item.get(name, "") for name in expected} == {name: blank(value) for name, value in expected.items()}
    assert len(item["creators"]) == len(work.authors)
    assert [c for c in item["creators"] if c[1] is None] == [(blank(name.family), None) for name in work.authors if name.literal]


def test_one_span_on_each_page(site):
    """Each evidence page has exactly one span, of its own paper; other pages have none."""
    for docname in DOCNAMES:
        assert len(Head(site.html(docname)).coins) == 1, docname
    for docname in ("index", "browse"):
        assert Head(site.html(docname)).coins == []


def test_a_paper_made_to_break_out(site):
    """Zotero reads a paper whose title is a script, with a group, a particle, a suffix and 500 authors, as it is."""
    item = read(Head(site.html(NASTY)).coins[0])
    assert item["title"] == "<script>alert(1)</script> & “quotes” = 50% of ME; a b"
    assert item["publicationTitle"] == 'Pain & "Rest" <Journal>'
    assert (item["DOI"], item["PMID"]) == ("10.5555/a<b>c;2-#&x", "22222")
    assert len(item["creators"]) == AUTHORS
    assert item["creators"][:3] == [("The A & B Group; Ltd", None), ("van der Berg", "Anna, Jr"), ("Name0", "A.")]


def test_every_entry_of_the_bibliography(site):
    """Zotero reads from the span of every real reference its title, names, journal, year, pages and identifiers."""
    works, _findings = load_bibliography([REFERENCES])
    for work in works.values():
        check(work)


@pytest.mark.deep
def test_every_entry_of_another_bibliography():
    """The same for all entries of the file that ATLAS_BIB names."""
    path = os.environ.get("ATLAS_BIB")
    if not path:
        pytest.skip("ATLAS_BIB names no BibTeX file")
    works, _findings = load_bibliography([Path(path)])
    for work in works.values():
        check(work)


KINDS = ["article", "book", "incollection", "inproceedings", "techreport", "phdthesis", "unpublished", "online", "webpost"]
NAMES = st.builds(Name, TEXTS, st.just(""), st.just(""), st.just(""), st.just(True))
FIELDS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(["title", "journal", "volume", "number", "year", "pages", "url"], TEXTS)
)


@PROPERTY
@given(st.sampled_from(KINDS), st.lists(NAMES, max_size=4), FIELDS)
def test_any_reference(kind, names, fields):
    """Nothing in a reference breaks out of its span or its field."""
    fields = {name: value for name, value in fields.items() if value.strip()}
    work = Reference("key", kind, tuple(names), False, fields, Entry(kind))
    item = read(title_of(span(work)))
    assert item.get("title", "") == blank(work.title)
    assert item["creators"] == [(blank(name.family), None) for name in names]
