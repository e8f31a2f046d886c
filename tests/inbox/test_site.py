"""The form on the pages of an atlas."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from conftest import CONF, Built, build_in, page
from evidence_atlas.inbox.message import NAMES, check
from pdf_project import text as pdf_text

DOC = "evidence/alpha-2020-rest"
THEMED = CONF.replace('"basic"', '"evidence_atlas"')


class Fields(HTMLParser):
    """Collects the form, the labels and the fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, str | None] = {}
        self.labels: set[str] = set()
        self.fields: dict[str, dict[str, str | None]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("class") == "atlas-word":
            self.form = given
        elif tag == "label":
            self.labels.add(str(given.get("for")))
        elif tag in ("input", "select", "textarea") and self.form:
            self.fields[str(given["name"])] = given


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build an atlas with an inbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        build = build_in(tmp_path_factory.mktemp("inbox"))
        settings = 'base-url = "https://x.example.org/atlas"\ninbox = "/contribute"\ninbox-contact-days = 90\n'
        return build({f"docs/{DOC}.md": page(), "atlas.toml": settings, "docs/conf.py": THEMED})


def test_the_form(site: Built):
    """A page has a plain form to the inbox on the site's own host: labelled, with page and version, without script."""
    parsed = Fields()
    html = site.html(DOC)
    parsed.feed(html)
    assert site.warnings == []
    assert (parsed.form["method"], parsed.form["action"]) == ("post", "/contribute")
    assert set(parsed.fields) == {*NAMES, "website"}
    seen = {name: field for name, field in parsed.fields.items() if field.get("type") != "hidden"}
    assert {field["id"] for field in seen.values()} <= parsed.labels
    assert parsed.fields["page"]["value"] == DOC
    assert parsed.fields["version"]["value"]
    assert "required" in parsed.fields["message"]
    assert "required" not in parsed.fields["contact"]
    assert parsed.fields["website"]["tabindex"] == "-1"
    assert "Deleted after 90 days." in html
    form = html[html.index('<form class="atlas-word"') :]
    assert not re.search(r"<script|style=|\son\w+=", form[: form.index("</form>")])


def test_the_service_takes_what_the_form_sends(site: Built):
    """What the page's form sends, with a message, is what the service takes."""
    parsed = Fields()
    parsed.feed(site.html(DOC))
    sent = {name: field.get("value") or "" for name, field in parsed.fields.items()} | {"kind": "error", "message": "x"}
    message, wrong = check(sent)
    assert (wrong, message and message.page) == ([], DOC)


def test_every_page_has_the_form(site: Built):
    """The form stands once on each page of the site, folded, with that page filled in: home and pages without a source too."""
    pages = {path.parent.relative_to(site.out).as_posix() for path in site.out.rglob("index.html")}
    assert {"evidence/alpha-2020-rest", ".", "search", "atlas-terms"} <= pages
    for name in pages:
        parsed, html = Fields(), site.html(name)
        parsed.feed(html)
        assert len(re.findall(r'<details class="atlas-fold">\n<summary>[^<]+</summary>\n<form class="atlas-word"', html)) == 1, (
            name
        )
        assert parsed.fields["page"]["value"] == ("index" if name == "." else name)
        assert "%" not in str(parsed.fields["version"]["value"])
    assert 'value="404"' in (site.out / "404.html").read_text(encoding="utf-8")
    assert site.html("index").index("<footer") < site.html("index").index("atlas-word")


@pytest.mark.parametrize("settings", ['inbox = "/contribute"\n', 'repository = "https://git.example.org/x"\n'])
def test_other_themes(tmp_path, settings: str):
    """In a theme that is not ours each document has the form, or mail and issue link, at the end of its text."""
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "atlas.toml": settings, "docs/conf.py": CONF})
    for name in (DOC, "index"):
        html = built.html(name)
        assert html.count("atlas-contribute") == 1
        assert ('action="/contribute"' in html) == ("inbox" in settings)
        assert ("/x/issues/new?title=" in html) == ("repository" in settings)


@pytest.mark.parametrize("builder", ["singlehtml", "epub"])
def test_pages_without_an_address_have_no_form(tmp_path, builder: str):
    """Where all documents are one page, or lie in a book, there is no form but the link to it."""
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "atlas.toml": 'inbox = "/contribute"\n'}, builder)
    text = "".join(path.read_text(encoding="utf-8") for path in built.out.rglob("*") if path.suffix in {".html", ".xhtml"})
    assert '<form class="atlas-word"' not in text
    assert "https://atlas.example.org/contribute?page=" in text


def test_plain_text_carries_the_address(tmp_path, monkeypatch):
    """Formats that leave the site carry the whole address of the inbox, on the host of the site."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    settings = 'base-url = "https://x.example.org/atlas"\ninbox = "/contribute"\n'
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "atlas.toml": settings}, "text")
    text = (built.out / f"{DOC}.txt").read_text(encoding="utf-8")
    assert f"https://x.example.org/contribute?page={DOC.replace('/', '%2F')}" in re.sub(r"\s+", "", text)


def test_without_an_inbox(tmp_path, monkeypatch):
    """Without an inbox there is no form: the prepared mail and issue link are on every page."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    settings = 'repository = "https://git.example.org/x"\n'
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "docs/conf.py": THEMED, "atlas.toml": settings})
    for document in (DOC, "index", "search"):
        html = built.html(document)
        assert "atlas-word" not in html
        assert re.search(r'href="mailto:editors(@|%40|&#37;&#52;&#48;)example', html), document
        assert re.search(r'href="https://git.example.org/x/issues/new\?title=[^"]+' + document.replace("/", "%2F"), html), (
            document
        )


def test_nothing_breaks_out_of_the_foot(tmp_path):
    """A name of the atlas that looks like markup or like a blank of a sentence stays text in the links."""
    settings = 'name = \'"><i>{mail}{0}\'\nrepository = "https://git.example.org/x"\n'
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "docs/conf.py": THEMED, "atlas.toml": settings})
    foot = built.html("index").partition("<footer")[2].partition("<nav")[0].partition("</p>\n    <p>")[0]
    assert "%3Ci%3E" in foot
    assert "<i>" not in foot


@pytest.mark.parametrize("wrong", ["contribute", "//evil.example/x", "javascript:x", "/a b", "https://x.example.org", "/x?y=1"])
def test_wrong_addresses(tmp_path, wrong):
    """An address that is neither a path nor a web address with one is warned of."""
    from evidence_atlas.core.settings import find_project

    (tmp_path / "conf.py").write_text("")
    (tmp_path / "atlas.toml").write_text(f'inbox = "{wrong}"\n')
    project, findings = find_project(tmp_path)
    assert (project.settings.inbox, len(findings)) == ("", 1)


def test_the_pdf_carries_the_address(tmp_path):
    """A PDF shows the whole address of the inbox on paper, on a page of a paper and in the volume's last lines."""
    built = build_in(tmp_path)({f"docs/{DOC}.md": page(), "atlas.toml": 'inbox = "/contribute"\n'}, "typst")
    for path in (built.out / "alpha-2020-rest.pdf", *built.out.glob("evidence-atlas-*.pdf")):
        assert "https://atlas.example.org/contribute" in pdf_text(path).replace(" ", ""), path.name
