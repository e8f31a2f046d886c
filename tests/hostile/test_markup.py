"""A page from anyone is text, whatever stands on it: nothing of it becomes an element, a handler or an address that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from conftest import Built, build_in, page

from .vectors import ENDS, in_prose

ACTIVE = frozenset(
    {
        "iframe",
        "object",
        "embed",
        "base",
        "style",
        "form",
        "video",
        "audio",
        "template",
        "foreignobject",
        "animate",
        "set",
        "frame",
    }
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "xlink:href", "srcdoc", "poster", "background"})
LISTS = ("evidence-browse", "evidence-references", "evidence-coverage", "case-definitions")
DATA = frozenset({"application/json", "application/ld+json"})
ALL = "amsmath attrs_inline attrs_block deflist dollarmath fieldlist html_admonition html_image replacements smartquotes substitution tasklist"


class Auditor(HTMLParser):
    """Collects what a browser would run of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element and its attributes."""
        given = dict(attrs)
        own = re.match(r"(?:/|(?:\.\./)*)_static/", given.get("src") or "") or given.get("type") in DATA
        if tag in ACTIVE or (tag == "script" and not own) or "http-equiv" in given:
            self.found.append(f"<{tag} {given}>")
        for name, value in attrs:
            bare = re.sub(r"[\x00-\x20]", "", value or "").lower()
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", bare)
            if name.startswith("on") or (name in ADDRESSES and scheme and scheme[1] not in {"http", "https", "mailto"}):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name == "src" and re.match(r"(https?:)?//", bare):
                self.found.append(f"<{tag} {name}={value!r}>")


def audit(html: str) -> list[str]:
    """Return what of a page would run, without the theme's own search form."""
    auditor = Auditor()
    auditor.feed(re.sub(r'<form [^>]*role="search".*?</form>', "", html, flags=re.DOTALL))
    auditor.close()
    return auditor.found


def pages(texts: list[str]) -> dict[str, str]:
    """Return a project with a page for each text, all of them from anyone."""
    files = {
        f"docs/v{n}.md": f"---\norphan: true\n---\n\n# Page {n}\n\nBefore.\n\n{text}\n\nAfter.\n" for n, text in enumerate(texts)
    }
    return {"atlas.toml": 'guard = ["**"]\n', "docs/a.png": "", "docs/evidence/alpha-2020-rest.md": page()} | files


@pytest.fixture(scope="module", params=["as it comes", pytest.param("every extension of MyST", marks=pytest.mark.deep)])
def prose(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a page for every attempt, once with what an atlas switches on and once with all that MyST has."""
    conf = {"html_theme": "evidence_atlas"} | ({"myst_enable_extensions": ALL.split()} if "every" in request.param else {})
    return build_in(tmp_path_factory.mktemp("prose"))(pages(in_prose()), **conf)


def test_nothing_in_prose_runs(prose: Built):
    """No attempt becomes script, a handler, a dangerous address or a request to another host, and every page is built."""
    texts = in_prose()
    assert len(texts) > 400
    found = {text: wrong for n, text in enumerate(texts) if (wrong := audit(prose.html(f"v{n}")))}
    assert found == {}


def test_the_auditor_sees_what_runs():
    """What the other tests find nothing of is found where it is."""
    for wrong in (
        "<script>ran(1)</script>",
        "<img src=x onerror=ran(1)>",
        "<a href='java\tscript:ran(1)'>x</a>",
        "<img src=//other.invalid>",
    ):
        assert audit(f"<main>{wrong}</main>")


def bib(ends: list[str]) -> str:
    """Return an entry for each text, which stands in each of its fields."""
    fields = (
        "author",
        "title",
        "journal",
        "volume",
        "number",
        "pages",
        "publisher",
        "note",
        "abstract",
        "url",
        "keywords",
        "howpublished",
    )
    clean = [re.sub(r"[{}\\#%&$^_~]", "", end) for end in ends]
    return "".join(
        f"@article{{evil{n}, {', '.join(f'{name} = {{{text}}}' for name in fields)}, year = {{2020}}, doi = {{10.5555/evil.{n}}}}}\n"
        for n, text in enumerate(clean)
    )


def records(ends: list[str]) -> dict[str, str]:
    """Return a project in which each text stands in every field of a record, its reference, its notice and its page."""
    files = {
        "references.bib": bib(ends),
        "docs/index.md": "# Home\n\n```{evidence-table}\n:columns: title, author, journal\n```\n",
    }
    files |= {f"docs/{name}.md": f"---\norphan: true\n---\n\n# A page\n\n```{{{name}}}\n```\n" for name in LISTS}
    notices = []
    for n, end in enumerate(ends):
        text = '"' + end.replace("\\", "\\\\").replace('"', '\\"').replace("\u2028", " ") + '"'
        keys = {"summary": text, "harms": text, "read": "secondary", "sources": f"[{text}]", "design": "rct", "level": "E3"}
        keys |= {"outcome": f"{{primary: {text}, direction: mixed}}", "waivers": f"[{{rule: {text}, reason: {text}}}]"}
        keys |= {"criteria": f"[{{id: ccc-2003, role: inclusion, quote: {text}, locator: {text}}}]"}
        files[f"docs/evidence/evil-2020-page-{n}.md"] = page(f"evil{n}", body=f"Short.\n\n{end}\n\n{{cite}}`evil{n}`", **keys)
        notices.append(
            f'["10.5555/evil.{n}"]\nnotices = [{{ kind = "erratum", reason = {text}, issuer = {text}, source = {text} }}]\n'
        )
    return files | {"notices.toml": "".join(notices), "atlas.toml": f"name = '<script>ran(1)</script>'\noperator = '{ENDS[2]}'\n"}


def test_nothing_in_a_field_runs(tmp_path):
    """In every field of the record, of the bibliography, of notices and settings an attempt stays text, on every page."""
    built = build_in(tmp_path)(records(ENDS), html_theme="evidence_atlas")
    assert len(list(built.out.rglob("record.json"))) == len(ENDS)
    html = [path for path in built.out.rglob("*.html") if "_static" not in path.parts]
    assert len(html) > len(ENDS) + len(LISTS)
    found = {path.name: wrong for path in html if (wrong := audit(path.read_text(encoding="utf-8")))}
    assert found == {}
