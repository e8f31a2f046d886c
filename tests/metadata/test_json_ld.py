"""JSON-LD: what a program that knows schema.org, and the atlas's own terms, reads from a page."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from pyld import jsonld

from conftest import Build
from data_project import ALPHA, AUTHORS, BASE, BREAK, DELTA, DOCNAMES, FILES, GAMMA, NASTY, PROPERTY, TEXTS, Head
from evidence_atlas.domain import atlas_domain
from evidence_atlas.metadata.json_ld import script
from evidence_atlas.metadata.landing import Landing
from evidence_atlas.metadata.terms import TERMS

SCHEMA = "https://schema.org/"
OWN = f"{BASE}/atlas-terms/#"


def load(url, _options):
    """Give schema.org's context from memory: its vocabulary, and that some values are addresses."""
    assert url == "https://schema.org"
    addresses = {name: {"@type": "@id"} for name in ("url", "license", "contentUrl")}
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": {"@vocab": SCHEMA, **addresses}}}


def expand(data):
    """Return the expanded document of one thing."""
    [thing] = jsonld.expand(data, {"documentLoader": load})
    return thing


def read(built, docname):
    """Return the one block of data of a page, as it is and expanded."""
    [text] = Head(built.html(docname)).data
    return json.loads(text), expand(json.loads(text))


def only(values):
    """Return the one value or id."""
    [value] = values
    return value.get("@value", value.get("@id"))


def test_a_page(site):
    """A page is a web page and a review of a scholarly article, and of nothing that claims a verdict on a claim."""
    _data, thing = read(site, ALPHA)
    assert set(thing["@type"]) == {f"{SCHEMA}WebPage", f"{SCHEMA}Review", f"{OWN}Page"}
    assert (thing["@id"], only(thing[f"{SCHEMA}name"])) == (f"{BASE}/{ALPHA}/", "Rest made no difference")
    assert only(thing[f"{SCHEMA}license"]) == "https://creativecommons.org/licenses/by/4.0/"
    assert not {f"{SCHEMA}reviewRating", f"{SCHEMA}claimReviewed", f"{SCHEMA}identifier"} & thing.keys()
    [paper] = thing[f"{SCHEMA}itemReviewed"]
    assert (paper["@id"], paper["@type"]) == ("https://doi.org/10.5555/alpha.1", [f"{SCHEMA}ScholarlyArticle"])
    assert only(paper[f"{SCHEMA}name"]) == "Does rest help?"
    assert [only(author[f"{SCHEMA}familyName"]) for author in paper[f"{SCHEMA}author"]] == ["Alpha", "Béta"]


def test_badge_and_limitations(site):
    """Badge with state, reason and policy, and the limitations, are told in the atlas's own terms."""
    _data, thing = read(site, ALPHA)
    [badge] = thing[f"{OWN}badge"]
    assert badge["@type"] == [f"{OWN}Badge"]
    assert (only(badge[f"{OWN}state"]), only(badge[f"{OWN}policy"])) == ("required", "0.1")
    assert only(badge[f"{OWN}reason"]).startswith("Patients had to meet CCC 2003")
    assert only(thing[f"{OWN}limitations"]) == "It does not prove that rest helps."
    assert only(thing[f"{OWN}digest"]).startswith("sha256:")


def test_a_retracted_paper(site):
    """The paper says that it is retracted, and the page has each notice with its kind."""
    _data, thing = read(site, GAMMA)
    [paper] = thing[f"{SCHEMA}itemReviewed"]
    assert only(paper[f"{SCHEMA}creativeWorkStatus"]) == "Retracted"
    assert [only(notice[f"{OWN}kind"]) for notice in thing[f"{OWN}notice"]] == ["retraction", "correction"]


def test_authors_of_every_kind(site):
    """A group is an organisation; a particle belongs to the family name; none of 500 authors is missing."""
    _data, delta = read(site, DELTA)
    assert delta[f"{SCHEMA}itemReviewed"][0][f"{SCHEMA}author"][0]["@type"] == [f"{SCHEMA}Organization"]
    data, _thing = read(site, NASTY)
    authors = data["itemReviewed"]["author"]
    assert len(authors) == AUTHORS
    assert authors[1] == {
        "@type": "Person",
        "name": "Anna van der Berg Jr",
        "familyName": "van der Berg",
        "givenName": "Anna",
        "honorificSuffix": "Jr",
    }


def test_nothing_is_lost(site):
    """Every key of every page expands: no key is dropped for want of a meaning, and every own term is one that is defined."""

    def keys(value):
        if isinstance(value, dict):
            yield from (key for key in value if not key.startswith("@"))
            for inner in value.values():
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    for docname in DOCNAMES:
        data, thing = read(site, docname)
        plain = {key.removeprefix("atlas:") for key in keys({k: v for k, v in data.items() if k != "@context"})}
        expanded = set(keys(thing))
        assert {key.removeprefix(SCHEMA).removeprefix(OWN) for key in expanded} == plain
        assert {key.removeprefix(OWN) for key in expanded if key.startswith(OWN)} <= TERMS.keys()


def test_the_namespace_is_there(site):
    """The address of each term leads to its meaning, and ``terms.jsonld`` defines each as a class or a property."""
    html = site.html("atlas-terms")
    assert not [name for name in TERMS if f'<dt id="{name}">' not in html]
    terms = jsonld.expand(json.loads((site.out / "atlas-terms/terms.jsonld").read_text(encoding="utf-8")))
    assert {term["@id"] for term in terms} == {f"{OWN}{name}" for name in TERMS}


def test_terms_that_no_page_uses(build: Build):
    """Where the last page goes whose data use the terms, they go too; a document of their name is left alone."""
    built = build(FILES)
    assert (built.out / "atlas-terms/index.html").is_file()
    for docname in DOCNAMES:
        (built.source / f"{docname}.md").unlink()
    assert not (build().out / "atlas-terms").exists()
    mine = {"docs/atlas-terms.md": "---\norphan: true\n---\n\n# Mine\n"}
    assert "Mine" in build(FILES | mine).html("atlas-terms")
    for docname in DOCNAMES:
        (built.source / f"{docname}.md").unlink()
    assert "Mine" in build().html("atlas-terms")


@PROPERTY
@given(TEXTS)
def test_any_text_in_the_script(site, text):
    """No title ends the element, begins another one or changes the data."""
    domain = atlas_domain(site.app.env)
    page = domain.pages[ALPHA]
    nasty = replace(page, reading=replace(page.reading, title=text + BREAK))
    html = script(Landing(nasty, domain.atlas, f"{ALPHA}/", "en"))
    head = Head(f"<head>{html}</head>")
    assert (head.scripts, html.count("<"), html.count(">")) == (1, 2, 2)
    assert json.loads("".join(head.data))["name"] == text + BREAK
