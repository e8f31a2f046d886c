"""Charts on a site: pictures that a strict policy lets stand, links to the papers behind each part, tables that tell the same."""

from __future__ import annotations

import gzip
import re

import pytest

from charts.project import FILES, KINDS, STUDIES, file, leads_to, pictures
from conftest import Build, Built
from evidence_atlas.charts import store

PAGE = "charts-here"
COUNT = re.compile(r": ([\d,]+) papers?$")


def test_every_chart_is_there_and_nothing_warns(site: Built):
    """Each kind has its picture with a name, a description and its table; the build is clean."""
    assert site.warnings == []
    html = site.html(PAGE)
    found = pictures(html)
    assert len(found) == len(KINDS) + 2
    assert html.count('<details class="atlas-chart-data">') == len(found)
    for picture in found:
        described = picture.find("desc")
        assert picture.get("role") == "group"
        assert picture.get("aria-label")
        assert described is not None
        assert described.text
        assert picture.get("aria-describedby") == described.get("id")


def test_a_picture_has_no_style_and_no_script_of_its_own(site: Built):
    """Nothing in a picture is what a strict content security policy forbids, and no id stands twice on the page."""
    html = site.html(PAGE)
    for picture in pictures(html):
        assert {element.tag for element in picture.iter()} <= {
            *("svg", "desc", "g", "a", "title", "path", "text", "defs", "pattern", "rect"),
        }
        assert not any(name == "style" or name.startswith("on") for element in picture.iter() for name in element.attrib)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", html))
    assert used
    assert used <= set(ids)


def test_every_part_leads_to_its_papers(site: Built):
    """A part of one paper leads to that paper, one of several to a list of as many; the label says where and how many."""
    links = [a for picture in pictures(site.html(PAGE)) for a in picture.iter("a")]
    assert len(links) > 30
    lists = 0
    for link in links:
        label = link.get("aria-label") or ""
        count = COUNT.search(label)
        assert count, label
        target, part = leads_to(site, PAGE, link.get("href") or "")
        assert target.is_file(), link.get("href")
        if count[1] == "1":
            assert "evidence/" in target.as_posix()
            continue
        lists += 1
        section = re.search(rf'<h2 id="{re.escape(part)}">.*?</ul>', target.read_text(encoding="utf-8"), re.DOTALL)
        assert section, (target, part)
        assert section[0].count("<li>") == int(count[1])
    assert lists > 5


def test_the_table_has_the_same_links(site: Built):
    """What the picture leads to, the table of numbers leads to as well."""
    html = site.html(PAGE)
    tables = "".join(re.findall(r'<details class="atlas-chart-data">.*?</details>', html, re.DOTALL))
    in_tables = set(re.findall(r'href="([^"]+)"', tables))
    in_pictures = {a.get("href") for picture in pictures(html) for a in picture.iter("a")}
    assert in_pictures == in_tables


def test_the_page_stays_light(site: Built):
    """A page with eight charts has less than 30 kB of them, compressed."""
    drawn = "".join(re.findall(r'<div class="atlas-chart-region".*?</svg></div>', site.html(PAGE), re.DOTALL))
    assert 2_000 < len(gzip.compress(drawn.encode())) < 30_000


def test_a_reader_with_a_keyboard_can_pass_over_many_links(site: Built):
    """A picture of many links is preceded by a link that leads past it."""
    html = site.html(PAGE)
    ends = re.findall(r'<p class="atlas-chart-skip"><a href="#([^"]+)">', html)
    assert ends
    assert all(html.index(f'href="#{end}"') < html.index(f'id="{end}"') for end in ends)


def test_style_only_where_there_is_a_chart(site: Built):
    """A page without chart or outcomes does not load their style."""
    loads = {name: "charts.css" in site.html(name) for name in (PAGE, "outcomes", "index", file("cole2002"))}
    assert loads == {PAGE: True, "outcomes": True, "index": False, file("cole2002"): False}


def test_without_the_library_there_is_the_table(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Where matplotlib is not installed, the build is clean, and the table stands open in place of the picture."""
    monkeypatch.setattr(store, "find_spec", lambda _name: None)
    built = build(FILES)
    html = built.html(PAGE)
    assert built.warnings == []
    assert "<svg" not in html
    assert "atlas-chart-data" not in html
    assert html.count("atlas-chart-numbers") == len(KINDS) + 2
    assert f'href="../{file("evans2016")}/"' in html


def test_wrong_options_are_named(build: Build):
    """A chart that there is not is an error; values and fields that there are not warn, and the chart is drawn without them."""
    charts = (
        "# Charts\n\n```{evidence-map} yeers\n```\n\n```{evidence-map} years\n:topic: slep\n```\n\n"
        "```{evidence-map} gaps\n:rows: titel\n:columns: design\n```\n\n```{evidence-map} pem\n:rows: topic\n```\n"
    )
    built = build({**FILES, f"docs/{PAGE}.md": charts})
    assert sorted(line.partition(" ")[2] for line in built.warnings) == sorted(
        [
            f"ERROR: evidence-map: there is no chart 'yeers' (did you mean 'years'?); charts are {', '.join(KINDS)}. [docutils]",
            "WARNING: The filter 'topic' cannot be 'slep' (did you mean 'sleep'?); expected one of "
            + _topics(built)
            + ". [atlas.map]",
            "WARNING: 'rows' cannot be 'titel'; expected one of topic, design, level, pem, context, definition, outcome. [atlas.map]",
            "WARNING: The chart 'pem' has no option 'rows', which 'gaps' has. [atlas.map]",
        ]
    )
    assert "No page matches." in built.html(PAGE)


def _topics(built: Built) -> str:
    return ", ".join(built.app.env.get_domain("atlas").atlas.policy.topic)  # type: ignore[attr-defined]


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "singlehtml"])
def test_other_builders_have_the_table(build: Build, builder: str):
    """A builder that shows no picture with links has the title, what is said of it, and the table; one page has no dead link."""
    built = build(FILES, builder, copyright="nobody", version="1")
    assert built.warnings == []
    texts = "\n".join(doctree.astext() for doctree in built.resolved.values())
    assert texts.count("Papers by year and PEM") >= 2
    if builder == "singlehtml":
        assert not re.search(r'<a [^>]*href="[^"]*years/', built.html("index"))
        assert "<svg" in built.html("index")


def test_a_pdf_has_the_picture_with_its_words(build: Build):
    """The builder of PDFs is given each picture with an alternative text, and the table, whose numbers lead to the site."""
    built = build({**FILES, "atlas.toml": 'base-url = "https://atlas.example.org"\n'}, "typst", typst_pages=[PAGE])
    assert built.warnings == []
    from docutils import nodes

    images = list(built.resolved[PAGE].findall(nodes.image))
    assert len(images) == len(KINDS) + 2
    assert images[0]["alt"].startswith("How many papers required PEM. 8 papers. PEM required: 3;")
    links = {node["refuri"] for node in built.resolved[PAGE].findall(nodes.reference) if "refuri" in node}
    assert f"https://atlas.example.org/{PAGE}/years/2002/#required" in links
    assert (built.out / f"{PAGE}.pdf").stat().st_size > 10_000


def test_studies_of_the_project_are_all_shown(site: Built):
    """No paper is lost between pages and charts."""
    assert f"of {len(STUDIES)}" in site.html(PAGE)
