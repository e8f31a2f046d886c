"""Parts of a page in two ways: as HTML at once, and as docutils nodes through Sphinx's own translator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

import pytest
from docutils import nodes
from markupsafe import Markup
from pybtex.richtext import HRef, Protected, Symbol, Tag, Text
from pybtex.style import FormattedEntry

from conftest import BIB, CONF, Build, Built, build_in, page
from evidence_atlas.at_a_glance import AtAGlance
from evidence_atlas.cite_block import CiteBlock
from evidence_atlas.contribute import Contribute
from evidence_atlas.domain import atlas_domain
from evidence_atlas.frame import Byline, Disclosure
from evidence_atlas.history import History
from evidence_atlas.nodeset import Piece
from evidence_atlas.related import Related
from evidence_atlas.shapes import HtmlShapes, NodeShapes, Shapes
from evidence_atlas.works_cited import WorksCited
from evidence_atlas.writing import ShapedPart, Writing

ALPHA, GAMMA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort"
HARD = "<b>& “a” @ it's"
FULL = {
    "criteria": "[{id: fukuda-1994, role: inclusion, pem: required, quote: all < some & had PEM, locator: p. 2}]",
    "harms": "Two people & a dog fell <down>.",
    "relations": "[{type: replicates, paper: gamma2021cohort}, {type: comment-on, paper: delta2019review}]",
}


class Tokens(HTMLParser):
    """Reads HTML as a list of tags, with sorted attributes and classes, and of words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted((name, sorted((value or "").split())) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(" ".join(data.split()))


def by_sphinx(built: Built, shown: Sequence[nodes.Node]) -> list[object]:
    """Return what Sphinx's translator makes of nodes."""
    block = nodes.container("", *shown)
    return Tokens(built.app.builder.render_partial(block)["fragment"]).found[1:-1]


def parts(built: Built, docname: str) -> Iterator[ShapedPart]:
    """Yield the parts that stand on a page, as they are before it is written."""
    yield from built.app.env.get_doctree(docname).findall(ShapedPart)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a site whose pages have every part, with all that is hard to write."""
    notice = '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", issuer = "A & B" }]\n'
    web = "@misc{web, author = {A & B, C}, title = {{<b>}}, year = {2020}, howpublished = {\\url{https://a.example/?a&b}}, doi = {10.5555/web}}"
    pages = {
        f"docs/{ALPHA}.md": page(body="{cite}`web` and {cite}`gamma2021cohort,delta2019review`", **FULL),
        f"docs/{GAMMA}.md": page("gamma2021cohort", harms="Some < all."),
    }
    files = pages | {
        "references.bib": BIB + web,
        "notices.toml": notice,
        "docs/conf.py": CONF.replace('"basic"', '"evidence_atlas"') + 'atlas_contact = "a&b@a.example"\n',
    }
    return build_in(tmp_path_factory.mktemp("shapes"))(files)


def test_both_ways_show_the_same(built: Built):
    """Each part of each page has the elements, classes, links and words that Sphinx's translator gives its nodes."""
    domain = atlas_domain(built.app.env)
    seen = set()
    for docname in (ALPHA, GAMMA):
        for part in parts(built, docname):
            writing = Writing(docname, built.app.builder, domain)
            (shown,) = part.render(writing)
            kept = list(part.shape(writing, NodeShapes(writing)))
            assert isinstance(shown, nodes.raw)
            assert Tokens(without_fold(shown.astext())).found == by_sphinx(built, kept)
            seen.add(type(part))
    assert seen == {AtAGlance, Byline, CiteBlock, Contribute, Disclosure, History, Related, WorksCited}


def without_fold(html: str) -> str:
    """Return HTML without the element that unfolds a listing, which nodes do not have."""
    return html.replace('<details class="atlas-fold">\n<summary>BibTeX</summary>', "").replace("</details>", "")


def everything(make: Shapes[Piece], docname: str) -> list[Piece]:
    """Return every shape, with text that markup would break on."""
    rich = Text(HARD, Tag("em", "e", Tag("b", "<b>")), Symbol("nbsp"), Protected("P"), HRef("https://a.example/?a&b", "l"))
    return [
        make.heading(HARD),
        make.paragraph(HARD, make.strong(HARD), make.emphasis(HARD), make.text(HARD, "one", "two"), classes=["three"]),
        make.paragraph(make.text(HARD), make.literal("a&b", "four"), make.link('https://a.example/?a="&b', HARD)),
        make.paragraph(make.to_document(docname, HARD), make.to_place("cite", HARD)),
        make.citation(FormattedEntry("k", rich, ""), ["five"]),
        *make.listing("@a{b,\n  c = {<d>}\n}", ["six"]),
        make.bullet_list([[HARD], [make.strong("x"), HARD]], ["seven"]),
        make.definitions([(HARD, [make.paragraph(HARD), make.paragraph("second")])]),
        make.container(make.paragraph("inside"), make.ready(Markup("<hr>")), classes=["eight"], ids=["nine"]),
    ]


def test_every_shape_escapes_its_text(built: Built):
    """Text is text in every shape: the two ways agree on characters that are markup, and on links with quotation marks."""
    writing = Writing(ALPHA, built.app.builder, atlas_domain(built.app.env))
    html = "".join(everything(HtmlShapes(writing), GAMMA))
    assert Tokens(html).found == by_sphinx(built, everything(NodeShapes(writing), GAMMA))
    assert "<b>&" not in html


def test_a_listing_unfolds_on_a_site_alone(built: Built):
    """On a site a long listing waits behind its name; nodes show it."""
    writing = Writing(ALPHA, built.app.builder, atlas_domain(built.app.env))
    (folded,) = HtmlShapes(writing).listing("x", [], folded="<Bib>")
    assert folded.startswith('<details class="atlas-fold">\n<summary>&lt;Bib&gt;</summary>\n<pre')
    assert [type(one) for one in NodeShapes(writing).listing("x", [], folded="Bib")] == [nodes.literal_block]


@pytest.mark.parametrize("builder", ["text", "singlehtml", "xml"])
def test_other_formats_get_nodes(build: Build, builder: str):
    """Where a document is no page of a site, nothing of a part is HTML."""
    resolved = build({f"docs/{ALPHA}.md": page(**FULL)}, builder, copyright="x").resolved
    document = resolved.get(ALPHA) or resolved["index"]
    assert "At a glance" in document.astext()
    assert not [node for node in document.findall(nodes.raw) if "atlas-" in node.astext()]
