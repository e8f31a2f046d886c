"""Feeds, sitemap and ``robots.txt``: what readers of feeds and search engines find."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

import feedparser
import pytest
from defusedxml import ElementTree
from hypothesis import given
from lxml import etree

from conftest import Build, page
from data_project import ALPHA, BASE, FILES, GAMMA, LISTED, NASTY, PROPERTY, TEXTS
from evidence_atlas.core.git_history import Change, History
from evidence_atlas.domain import atlas_domain
from evidence_atlas.exports import feeds, sitemap

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HISTORY = History(
    {
        "alpha-2020-rest.md": [Change("c3", "2026-11-20", "Say <more> & better"), Change("c1", "2026-10-01", "Add it")],
        "nasty-2022-title.md": [Change("c2", "2026-11-01", "Add another")],
        "gamma-2021-cohort.md": [Change("c1", "2026-10-01", "Add it")],
    }
)


@pytest.fixture
def domain(site):
    """Return the domain of a site whose pages have a history."""
    domain = atlas_domain(site.app.env)
    before = domain.history
    domain.history = HISTORY
    yield domain
    domain.history = before


def events(found):
    """Return entries as rows: title, day, kind."""
    return [(entry.title, entry.updated[:10], entry.tags[0].term) for entry in found.entries]


def test_atom(domain):
    """A feed parser finds new and changed pages and notices, newest first, each with address, summary and an id of its own."""
    found = feedparser.parse(feeds.feeds(domain, "en")["feed.xml"])
    assert not found.bozo, found.bozo_exception
    assert (found.version, found.feed.title, found.feed.id) == ("atom10", "Test <atlas> & more", f"{BASE}/")
    assert found.feed.author == 'The "Test" operator'
    assert events(found) == [
        ("Changed: Rest made no difference", "2026-11-20", "changed"),
        ("New: =cmd </script> & \"the title\" 'of' <b>", "2026-11-01", "new"),
        ("New: Rest made no difference", "2026-10-01", "new"),
        ("New: Rest made no difference", "2026-10-01", "new"),
        ("Corrected: Rest made no difference", "2026-10-01", "correction"),
        ("Retracted: Rest made no difference", "2026-10-01", "retraction"),
    ]
    assert found.entries[0].link == f"{BASE}/{ALPHA}/"
    assert found.entries[0].summary == "In 12 people, rest made no difference. Change: Say <more> & better"
    assert len({entry.id for entry in found.entries}) == 6
    assert all(re.fullmatch(r"tag:atlas\.example\.org,\d{4}-\d\d-\d\d:\S+", entry.id) for entry in found.entries)


def test_json_feed(domain):
    """The JSON feed holds what JSON Feed 1.1 asks for, and the same entries as the Atom feed."""
    made = feeds.feeds(domain, "en")
    feed = json.loads(made["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["feed_url"], feed["home_page_url"]) == (f"{BASE}/feed.json", f"{BASE}/")
    atom = feedparser.parse(made["feed.xml"])
    assert [(item["id"], item["title"], item["url"]) for item in feed["items"]] == [(e.id, e.title, e.link) for e in atom.entries]
    assert all(dt.datetime.fromisoformat(item["date_published"]).tzinfo for item in feed["items"])


def test_a_retraction_after_the_page(domain):
    """A retraction has the day of its notice; where the page is younger, the day of the page."""
    domain.history = History({"gamma-2021-cohort.md": [Change("c1", "2020-01-01", "Add it")]})
    assert ("2023-05-06", "retraction") in [(event.day, event.kind) for event in feeds.events(domain)]


def test_without_a_history(domain):
    """Where the history is not known, no day is made up: the feed holds the dated notices alone."""
    domain.history = History(unknown="there is no git repository here")
    assert [(event.day, event.kind) for event in feeds.events(domain)] == [
        ("2023-05-06", "retraction"),
        ("2022-01-01", "correction"),
    ]
    domain.history = History(unknown="no")
    assert feedparser.parse(feeds.atom(domain.atlas, [], "en")).feed.updated == "2026-09-21T00:00:00Z"


def test_no_feed_without_a_day(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Without git and without a day in the environment there are no feeds, and no page names one."""
    files = {f"docs/{ALPHA}.md": page()}
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", "/")
    built = build(files)
    assert not (built.out / "feed.xml").exists()
    assert "feed.xml" not in built.html(ALPHA)


def test_the_feed_has_an_end(domain):
    """A feed holds the latest hundred entries."""
    changes = [Change(f"c{number}", f"2026-01-{number % 28 + 1:02}", "x") for number in range(300)]
    domain.history = History({"alpha-2020-rest.md": changes})
    assert len(feeds.events(domain)) == 100


@PROPERTY
@given(TEXTS)
def test_any_title_in_a_feed(site, text):
    """No title breaks the XML or the JSON of a feed; what XML cannot hold is left out."""
    domain = atlas_domain(site.app.env)
    paper = domain.pages[ALPHA]
    nasty = replace(paper, reading=replace(paper.reading, title=text))
    event = feeds.Event("2026-11-22", nasty, "new", "New", "c1", text)
    tree = ElementTree.fromstring(feeds.atom(domain.atlas, [event], "en"))
    [entry] = tree.iter(f"{{{feeds.ATOM}}}entry")
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", f"New: {text}")
    assert entry.findtext(f"{{{feeds.ATOM}}}title").split() == kept.split()
    assert json.loads(feeds.json_feed(domain.atlas, [event], "en"))["items"][0]["title"] == f"New: {text}"


SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("schemas") / "sitemap.xsd"))


def by_schema(text):
    """Return what the schema of sitemaps.org finds wrong."""
    SCHEMA.validate(etree.fromstring(text.encode()))
    return [str(error.message) for error in SCHEMA.error_log]


def locations(text, kind="url"):
    """Return the addresses of a sitemap that keeps the protocol."""
    assert kind != "url" or by_schema(text) == []
    root = ElementTree.fromstring(text)
    assert root.tag == f"{NAMESPACE}{'urlset' if kind == 'url' else 'sitemapindex'}"
    found = []
    for row in root:
        assert row.tag == f"{NAMESPACE}{kind}"
        assert [part.tag.removeprefix(NAMESPACE) for part in row] in (["loc"], ["loc", "lastmod"])
        if (day := row.findtext(f"{NAMESPACE}lastmod")) is not None:
            dt.date.fromisoformat(day)
        found.append(row.findtext(f"{NAMESPACE}loc"))
    assert len(found) == len(set(found)) <= 50_000
    assert all(address.startswith(f"{BASE}/") and len(address) <= 2048 and address.isascii() for address in found)
    return found


def test_sitemap(site):
    """Every page of the site stands in the sitemap, and every address of it is a page; 404 and search are no content."""
    found = locations((site.out / "sitemap.xml").read_text(encoding="utf-8"))
    pages = {path.parent.relative_to(site.out).as_posix() for path in site.out.rglob("index.html")} - {"search", "genindex"}
    assert {unquote(address).removeprefix(f"{BASE}/").rstrip("/") or "." for address in found} == pages


def test_sitemap_after_one_edit(build: Build):
    """A build that writes one page alone still lists all, with the days of the pages that have a history."""
    built = build(FILES)
    before = locations((built.out / "sitemap.xml").read_text(encoding="utf-8"))
    path = built.source / f"{NASTY}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Body.", "Another body."), encoding="utf-8")
    again = build()
    assert NASTY in again.written
    assert ALPHA not in again.written
    assert locations((again.out / "sitemap.xml").read_text(encoding="utf-8")) == before


def test_a_document_takes_the_name_of_a_made_page(build: Build):
    """A page that was made without a source, and whose name a document has taken since, stands in the sitemap once."""
    build(FILES)
    taken = build(FILES | {f"docs/{LISTED}.md": "---\norphan: true\n---\n\n# Mine\n"})
    assert f"{BASE}/{LISTED}/" in locations((taken.out / "sitemap.xml").read_text(encoding="utf-8"))


def test_the_schema_refuses():
    """The schema that sitemaps are held against refuses a day that is none, an address that is too long, and what is no sitemap."""
    good = sitemap.sitemaps(BASE, [("p/", "2026-11-22")])["sitemap.xml"]
    assert by_schema(good) == []
    for old, new in (("2026-11-22", "22.11.2026"), ("/p/", f"/{'p' * 2048}/"), ("loc>", "place>"), ("urlset", "sitemapindex")):
        assert by_schema(good.replace(old, new)), new


@PROPERTY
@given(TEXTS)
def test_any_address_in_a_sitemap(text):
    """No name of a page breaks the XML of a sitemap."""
    uri = quote(text)
    assert locations(sitemap.sitemaps(BASE, [(f"{uri}/", "")])["sitemap.xml"]) == [f"{BASE}/{uri}/"]
    raw = "".join(sign for sign in text if sign in "<>&'\"]")
    made = sitemap.sitemaps(BASE, [(f"x{raw}", "")])["sitemap.xml"]
    assert [row.text for row in etree.fromstring(made.encode()).iter(f"{NAMESPACE}loc")] == [f"{BASE}/x{raw}"]


def test_days_in_the_sitemap(domain, site):
    """A page of a paper has the day of its latest change."""
    days = dict(sitemap.addresses(site.app))
    assert (days[f"{ALPHA}/"], days[f"{GAMMA}/"], days["browse/"]) == ("2026-11-20", "2026-10-01", "")


def test_a_large_sitemap():
    """More addresses than a file may hold go into several, which an index lists."""
    made = sitemap.sitemaps(BASE, [(f"p/{number}/&x", "") for number in range(5)], most=2)
    assert list(made) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    assert locations(made["sitemap.xml"], "sitemap") == [f"{BASE}/sitemap-{number}.xml" for number in (1, 2, 3)]
    parts = [address for name in list(made)[1:] for address in locations(made[name])]
    assert parts == [f"{BASE}/p/{number}/&x" for number in range(5)]


def test_robots(site, build: Build):
    """``robots.txt`` names the sitemap; a project that brings its own file keeps it."""
    assert (site.out / "robots.txt").read_text().endswith(f"Sitemap: {BASE}/sitemap.xml\n")
    own = {"docs/extra/robots.txt": "User-agent: *\nDisallow: /\n", "docs/conf.py": CONF_EXTRA}
    built = build({f"docs/{ALPHA}.md": page()} | own)
    assert "Disallow: /" in (built.out / "robots.txt").read_text()


CONF_EXTRA = 'extensions = ["evidence_atlas"]\nhtml_theme = "basic"\nhtml_extra_path = ["extra"]\n'
