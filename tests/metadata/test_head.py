"""Meta tags, Open Graph and canonical links: they describe the page of the atlas, and never pose as the paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from conftest import Build, page
from data_project import ALPHA, BASE, DELTA, DOCNAMES, FILES, GAMMA, LISTED, NASTY, PROPERTY, TEXTS, UNDATED, Head
from evidence_atlas.domain import atlas_domain
from evidence_atlas.metadata.landing import Landing
from evidence_atlas.metadata.tags import as_html, highwire

# the tags that Google Scholar's guide for webmasters or Zotero's translator names, but those that tell of a paper
ALLOWED = {
    "citation_title", "citation_author", "citation_publication_date", "citation_publisher", "citation_language",
    "citation_abstract", "citation_abstract_html_url", "citation_public_url", "citation_pdf_url", "citation_keywords",
}  # fmt: skip
PAPERS = {ALPHA: "10.5555/alpha.1", GAMMA: "10.5555/gamma.2", DELTA: "10.5555/delta.3", NASTY: "10.5555/a"}


def test_highwire(site):
    """The tags hold the page's title, the operator as author, the atlas as publisher, its day and its PDF."""
    head = Head(site.html(ALPHA))
    assert [(name, content) for name, content in head.meta if name.startswith("citation_")] == [
        ("citation_title", "Rest made no difference"),
        ("citation_author", 'The "Test" operator'),
        ("citation_publication_date", "2026/09/21"),
        ("citation_publisher", "Test <atlas> & more"),
        ("citation_language", "en"),
        ("citation_abstract", "In 12 people, rest made no difference."),
        ("citation_abstract_html_url", f"{BASE}/{ALPHA}/"),
        ("citation_public_url", f"{BASE}/{ALPHA}/"),
        ("citation_pdf_url", f"{BASE}/{ALPHA}/alpha-2020-rest.pdf"),
        ("citation_keywords", "Pain"),
        ("citation_keywords", "Sleep"),
    ]


def test_highwire_by_the_rules(site):
    """Every page has title, author and PDF address once, a date of the form that Scholar reads, and no other tags."""
    for docname in DOCNAMES:
        head = Head(site.html(docname))
        assert {name for name, _content in head.meta if name.startswith("citation_")} <= ALLOWED
        for name in ("citation_title", "citation_publication_date", "citation_pdf_url"):
            assert len(head.of(name)) == 1, (docname, name)
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", head.of("citation_publication_date")[0])
        assert head.of("citation_pdf_url")[0].startswith(f"{BASE}/{docname}/")


def test_what_is_not_known_has_no_tag(site):
    """Without a day, an operator and PDFs there is no such tag."""
    domain = atlas_domain(site.app.env)
    atlas = domain.atlas
    settings = replace(atlas.settings, operator="", pdf=False)
    bare = replace(atlas, identity=replace(atlas.identity, date=None), project=replace(atlas.project, settings=settings))
    names = [name for name, _value in highwire(Landing(domain.pages[ALPHA], bare, f"{ALPHA}/", "en"))]
    assert not {"citation_publication_date", "citation_author", "citation_pdf_url"} & set(names)
    assert "citation_title" in names


def test_the_page_never_poses_as_the_paper(site):
    """In the head, the paper's DOI stands under ``related`` and ``itemReviewed`` alone, on every page."""
    for docname, doi in PAPERS.items():
        head = Head(site.html(docname))
        assert not [name for name, content in head.meta if doi in content]
        assert {link["rel"] for link in head.links if doi in link["href"]} == {"related"}
        assert not [name for name, _content in head.meta if name.lower().startswith(("dc.", "citation_doi", "citation_journal"))]


def test_open_graph(site):
    """An evidence page is an article with its summary; any other document is a page of the site."""
    head = Head(site.html(NASTY))
    assert head.of("og:title") == ["=cmd </script> & \"the title\" 'of' <b>"]
    assert (head.of("og:type"), head.of("og:url")) == (["article"], [f"{BASE}/{NASTY}/"])
    assert head.of("og:description")[0].startswith("=1+1 </script>")
    home = Head(site.html("index"))
    assert (home.of("og:type"), home.of("og:url"), home.of("og:site_name")) == (
        ["website"],
        [f"{BASE}/"],
        ["Test <atlas> & more"],
    )


def test_canonical(site):
    """Every page of the site names its address once; the page for addresses that lead nowhere names none."""
    for docname in (*DOCNAMES, "index", "browse", "browse/topic", LISTED, "atlas-terms"):
        uri = "" if docname == "index" else f"{docname}/"
        assert Head(site.html(docname)).to("canonical") == [f"{BASE}/{uri}"], docname
    assert Head(site.html("search")).to("canonical") == []


def test_feeds_are_found_from_every_page(site):
    """Each page links to both feeds, by addresses that hold below any root."""
    assert Head(site.html(ALPHA)).to("alternate") == ["../../feed.xml", "../../feed.json"]
    assert Head(site.html("index")).to("alternate") == ["feed.xml", "feed.json"]


def test_html_builder(build: Build):
    """Where pages are files, the addresses are those of the files, and the downloads lie in the folder beside."""
    built = build({f"docs/{ALPHA}.md": page()}, "html")
    head = Head(built.html(ALPHA))
    assert head.to("canonical") == [f"{BASE}/{ALPHA}.html"]
    assert head.to("linkset") == ["alpha-2020-rest/linkset.json"]
    assert (built.out / ALPHA / "linkset.json").is_file()


def test_an_atlas_without_an_address(build: Build):
    """Without ``base-url`` nothing that needs one is made, or left: the paper can still be saved, the page still has its tags."""
    needy = (
        "feed.xml",
        "sitemap.xml",
        "robots.txt",
        f"{ALPHA}/linkset.json",
        "atlas-terms/terms.jsonld",
        "atlas-terms/index.html",
    )
    with_address = build({"atlas.toml": f'base-url = "{BASE}"\n', f"docs/{ALPHA}.md": page()})
    assert [name for name in needy[3:] if not (with_address.out / name).exists()] == []
    built = build({"atlas.toml": 'base-url = ""\n', f"docs/{ALPHA}.md": page()})
    head = Head(built.html(ALPHA))
    assert built.warnings == []
    assert len(head.coins) == 1
    assert head.of("citation_title") == ["Rest made no difference"]
    assert not [name for name, content in head.meta if name.startswith(("citation", "og:")) and "//" in content]
    assert {link["rel"] for link in head.links} & {"canonical", "cite-as", "linkset", "alternate"} == set()
    assert not [name for name in needy if (built.out / name).exists()]
    assert (built.out / "atlas.json").is_file()


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text"])
def test_elsewhere_there_is_none(build: Build, builder: str):
    """Builders that give no page an address of its own say none of it."""
    built = build({f"docs/{ALPHA}.md": page(), f"docs/{UNDATED}.md": FILES[f"docs/{GAMMA}.md"]}, builder)
    assert not [path for path in built.out.rglob("*") if path.suffix in {".html", ".xhtml"} and "Z3988" in path.read_text()]
    assert not list(built.out.rglob("linkset.json"))


@PROPERTY
@given(TEXTS)
def test_any_text_in_a_meta_element(text):
    """No text breaks out of the content of a meta element."""
    head = Head(f"<head>{as_html('name', [('citation_title', text)])}</head>")
    assert head.meta == [("citation_title", " ".join(text.split()))]
