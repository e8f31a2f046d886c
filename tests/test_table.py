"""Tables on a site: what their script is given, what lies beside them, and that they are whole without it."""

from __future__ import annotations

import json
import re

import pytest
from docutils import nodes
from lxml.html import fromstring

from conftest import BIB, Build, by_class, page

ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
FILES = {
    f"docs/{ALPHA}.md": page(level="E1", participants="{cases: 9, controls: 2}"),
    f"docs/{GAMMA}.md": page("gamma2021cohort", criteria="[]", context="[long-covid, me-cfs]", participants="{cases: 100}"),
    f"docs/{DELTA}.md": page("delta2019review", design="review", level="none", criteria="[]", topics="[sleep]"),
    "docs/index.md": "# Home\n\n```{evidence-table}\n```\n",
}


def given(html: str) -> list[dict]:
    return [
        json.loads(text) for text in re.findall(r'<script type="application/json" class="atlas-table-data">(.*?)</script>', html)
    ]


def order(build: Build, sort: str) -> list[str]:
    built = build(FILES | {"docs/index.md": f"# Home\n\n```{{evidence-table}}\n:sort-by: {sort}\n:columns: author\n```\n"})
    return [row.astext() for row in built.resolved["index"].findall(nodes.row)][1:]


def test_the_script_is_given_ids_years_and_keys(build: Build):
    """A table's data name columns, order, the facets that vary with their values in the policy's order, and each paper."""
    (data,) = given(build(FILES).html("index"))
    assert [column["name"] for column in data["columns"]] == ["author", "title", "pem", "level", "design", "context"]
    assert data["sort"] == "author"
    facets = {facet["name"]: [value for value, _label, _papers in facet["values"]] for facet in data["facets"]}
    assert facets == {
        "pem": ["required", "unclear", "not-applicable"],
        "level": ["E1", "E2", "none"],
        "design": ["cohort", "review"],
        "context": ["me-cfs", "long-covid"],
        "topic": ["pain", "sleep"],
    }
    assert data["papers"] == [
        ["alpha2020trial", "2020", 2020, 0, 0, 0, 0, 0],
        ["gamma2021cohort", "2021", 2021, 1, 1, 0, [1, 0], 0],
        ["delta2019review", "2019", 2019, 2, 2, 1, 0, 1],
    ]


def test_the_script_is_given_numbers_of_the_whole(build: Build):
    """A table's data say how many papers it has, how many of them with each value, from which year to which."""
    (data,) = given(build(FILES).html("index"))
    assert (data["all"], data["sizes"], data["years"], data["further"]) == (3, [3], [2019, 2021], [])
    assert {facet["name"]: [papers for _value, _label, papers in facet["values"]] for facet in data["facets"]} == {
        "pem": [1, 1, 1],
        "level": [1, 1, 1],
        "design": [2, 1],
        "context": [3, 1],
        "topic": [2, 1],
    }


LONG = FILES | {"docs/list/index.md": "---\norphan: true\n---\n\n# List\n\n```{evidence-table}\n:columns: title, author\n```\n"}


@pytest.fixture
def two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have tables of more than two rows stand on several pages."""
    monkeypatch.setattr("evidence_atlas.tables.rows.MOST_ROWS", 2)


def authors(html: str) -> list[str]:
    """Return the first column of all tables."""
    return [row.findall("td")[0].text_content() for row in fromstring(html).iterfind(".//tbody/tr")]


@pytest.mark.usefixtures("two_rows")
@pytest.mark.parametrize(("builder", "page"), [("dirhtml", "table-1/2"), ("html", "table-1/2")])
def test_a_long_table_stands_on_several_pages(build: Build, builder: str, page: str):
    """What does not stand in the document stands on further pages: rows, what the script needs of them, and links either way."""
    built = build(LONG, builder)
    assert built.warnings == []
    assert [authors(built.html("index")), authors(built.html(page))] == [["Alpha 2020", "Gamma 2021"], ["The Delta Group 2019"]]
    (first,), (second,) = given(built.html("index")), given(built.html(page))
    assert (first["all"], first["sizes"], len(first["papers"])) == (3, [3], 2)
    assert first["further"] == ["table-1/2/" if builder == "dirhtml" else "table-1/2.html"]
    assert second == {"papers": [["delta2019review", "2019", 2019, 2, 2, 1, 0, 1]], "tables": None, "groups": [0]}
    for name in ("index", page, "list/index", "list/table-1/2"):
        shown = fromstring(built.html(name))
        place = built.out / (name if name.endswith("index") else f"{name}/")
        here = place.parent if name.endswith("index") or builder == "html" else place
        links = shown.xpath("//div[contains(@class, 'atlas-tables')]//a/@href | //section[@class='atlas-browse']//a/@href")
        assert len(links) >= 2
        for link in links:
            target = (here / link.partition("#")[0]).resolve()
            assert target.is_file() or (target / "index.html").is_file(), (name, link)
    assert "table.js" not in built.html(page)
    assert "table.css" in built.html(page)


@pytest.mark.usefixtures("two_rows")
def test_groups_go_on_on_the_next_page(build: Build):
    """A group whose rows are parted stands on both pages under its title; the data name the groups by their places."""
    built = build(FILES | {"docs/index.md": "# Home\n\n```{evidence-table}\n:group-by: context\n```\n"})
    (first,), (second,) = given(built.html("index")), given(built.html("table-1/2"))
    assert (first["groups"], first["tables"], first["sizes"]) == ([0], [[0, 1]], [3, 1])
    assert (second["groups"], second["tables"]) == ([0, 1], [[0], [1]])
    titles = [[e.text_content() for e in by_class(built, page, "rubric")] for page in ("index", "table-1/2")]
    assert titles == [["ME/CFS (3)"], ["ME/CFS (3)", "Long COVID (1)"]]


@pytest.mark.usefixtures("two_rows")
@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text"])
def test_where_there_are_no_further_pages_the_table_is_whole(build: Build, builder: str):
    """A builder that makes no pages of its own, and a plain table, have all rows in one place."""
    built = build(FILES, builder, copyright="nobody", version="1")
    assert sum(len(body.children) for body in built.resolved["index"].findall(nodes.tbody)) == 3
    plain = build(FILES | {"docs/index.md": "# Home\n\n```{evidence-table}\n:plain:\n```\n"}, folder="b")
    assert len(authors(plain.html("index"))) == 3
    assert not (plain.out / "table-1").exists()


@pytest.mark.usefixtures("two_rows")
def test_only_the_page_that_changed_is_written(build: Build):
    """An edited paper rewrites the page with its row; a table that has become short leaves no further page."""
    built = build(LONG)
    pages = {name: built.out / f"{name}/index.html" for name in ("table-1/2", "list/table-1/2")}
    before = {name: file.stat().st_mtime_ns for name, file in pages.items()}
    alpha = built.source / f"{ALPHA}.md"
    alpha.write_text(
        alpha.read_text(encoding="utf-8").replace("# Rest made no difference", "# Rest made a difference"), encoding="utf-8"
    )
    built = build()
    assert "Rest made a difference" in built.html("index")
    assert {name: file.stat().st_mtime_ns for name, file in pages.items()} == before
    delta = built.source / f"{DELTA}.md"
    delta.write_text(delta.read_text(encoding="utf-8").replace("# Rest made no difference", "# Nobody knows"), encoding="utf-8")
    built = build()
    assert all("Nobody knows" in file.read_text(encoding="utf-8") for file in pages.values())
    pages["table-1/2"].unlink()
    build()
    assert pages["table-1/2"].is_file()
    delta.unlink()
    built = build()
    assert not (built.out / "table-1").exists()
    assert not (built.out / "list/table-1").exists()
    assert built.warnings == []


def test_a_facet_that_does_not_vary_is_left_out(build: Build):
    """Where all papers of a table agree, there is nothing to filter by."""
    only = "# Home\n\n```{evidence-table}\n:design: cohort\n:topic: pain\n```\n"
    (data,) = given(build(FILES | {"docs/index.md": only}).html("index"))
    assert [facet["name"] for facet in data["facets"]] == ["pem", "level", "context"]


def test_groups_name_the_papers_of_each_table(build: Build):
    """A paper with two values is given once and stands in two tables."""
    (data,) = given(build(FILES | {"docs/index.md": "# Home\n\n```{evidence-table}\n:group-by: context\n```\n"}).html("index"))
    assert data["group"] == "Studied in"
    assert [[data["papers"][place][0] for place in places] for places in data["tables"]] == [
        ["alpha2020trial", "gamma2021cohort", "delta2019review"],
        ["gamma2021cohort"],
    ]


def test_data_cannot_end_their_block(build: Build):
    """A key or label with markup stays data."""
    policy = build(FILES).app.env.get_domain("atlas").atlas.project
    assert policy.policy is None
    bib = BIB.replace("delta2019review", "d</script><b>")
    html = build(FILES | {"references.bib": bib, f"docs/{DELTA}.md": page("'d</script><b>'", level="E3")}, folder="b").html(
        "index"
    )
    assert "</script><b>" not in html
    assert "d</script><b>" in [paper[0] for paper in given(html)[0]["papers"]]


def test_script_and_style_only_where_there_is_a_table(build: Build):
    """A page without a table with controls loads neither script nor style of tables."""
    files = FILES | {
        "docs/policy.md": "---\norphan: true\n---\n\n# Policy\n\n```{evidence-policy}\n```\n",
        "docs/small.md": "---\norphan: true\n---\n\n# Small\n\n```{evidence-table}\n:plain:\n```\n",
    }
    built = build(files)
    assert built.warnings == []
    loads = {
        name: ("table.js" in built.html(name), "table.css" in built.html(name)) for name in ("index", "policy", "small", ALPHA)
    }
    assert loads == {"index": (True, True), "policy": (False, False), "small": (False, False), ALPHA: (False, False)}
    assert given(built.html("small")) == []


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text", "latex", "xml"])
def test_other_builders_have_the_plain_table(build: Build, builder: str):
    """Where no script runs, there is no data for one and no file of it, and the table is whole."""
    built = build(FILES, builder, copyright="nobody", version="1")
    assert built.warnings == []
    assert list(built.resolved["index"].findall(nodes.raw)) == []
    rows = [row.astext() for name in built.resolved for row in built.resolved[name].findall(nodes.row)]
    assert sum("Rest made no difference" in row for row in rows) == 3
    assert not (built.out / "bibtex").exists()


@pytest.mark.parametrize(
    ("sort", "papers"),
    [
        ("participants", ["Alpha 2020", "Gamma 2021", "The Delta Group 2019"]),  # 11, 100, not stated
        ("-participants", ["Gamma 2021", "Alpha 2020", "The Delta Group 2019"]),
        ("level", ["Alpha 2020", "Gamma 2021", "The Delta Group 2019"]),
        ("-level", ["The Delta Group 2019", "Gamma 2021", "Alpha 2020"]),
        ("pem", ["Alpha 2020", "Gamma 2021", "The Delta Group 2019"]),
    ],
)
def test_sorting_by_numbers_and_by_the_policy(build: Build, sort: str, papers: list[str]):
    """Numbers sort as numbers, levels and badges in the policy's order, and what is not stated comes last either way."""
    assert order(build, sort) == papers


@pytest.mark.parametrize(("sort", "last"), [("year", True), ("-year", True)])
def test_undated_comes_last(build: Build, sort: str, last: bool):
    """A work without a year comes after those with one, in either direction."""
    built = build(
        FILES
        | {
            "references.bib": BIB.replace("year = {2020},", ""),
            "docs/index.md": f"# Home\n\n```{{evidence-table}}\n:sort-by: {sort}\n:columns: year\n```\n",
        }
    )
    rows = [row.astext() for row in built.resolved["index"].findall(nodes.row)][1:]
    assert (rows[-1] == "undated") is last


def test_accents_do_not_move_a_name(build: Build):
    """Names sort by their letters, with or without accents."""
    bib = BIB.replace("Alpha, Ann", "Élan, Ann").replace("Gamma, Gus", "Ørsted, Gus").replace("{The Delta Group}", "Zeta, Zoe")
    built = build(FILES | {"references.bib": bib})
    rows = [row.children[0].astext() for row in built.resolved["index"].findall(nodes.row)][1:]
    assert rows == ["Élan 2020", "Ørsted 2021", "Zeta 2019"]


def test_groups_of_one_name_stay_apart(build: Build):
    """Two values that the policy gives the same label are two groups."""
    from evidence_atlas.core.policy import BUILT_IN

    policy = BUILT_IN.read_text(encoding="utf-8").replace('sleep = "Sleep"', 'sleep = "Pain"')
    built = build(FILES | {"policy.toml": policy, "docs/index.md": "# Home\n\n```{evidence-table}\n:group-by: topic\n```\n"})
    assert [rubric.astext() for rubric in built.resolved["index"].findall(nodes.rubric)] == ["Pain (2)", "Pain (1)"]


def test_codes_are_explained(build: Build):
    """A code has its label on the page, and below the table stands what the codes in it mean."""
    html = build(FILES).html("index")
    assert '<abbr title="One strong trial, or a replicated finding">E1</abbr>' in html
    document = build(FILES, "text", folder="b").resolved["index"]
    (codes,) = document.findall(nodes.definition_list)
    assert [term.astext() for term in codes.findall(nodes.term)] == ["E1", "E2", "–"]
    assert "One study with a comparison group" in codes.astext()


def test_a_long_table_is_parted_for_the_script(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Rows after the first hundred stand in a second body, in order; without controls there is one body."""
    monkeypatch.setattr("evidence_atlas.tables.part.FIRST_ROWS", 2)
    built = build(FILES)
    bodies = [[row.children[0].astext() for row in body.children] for body in built.resolved["index"].findall(nodes.tbody)]
    assert bodies == [["Alpha 2020", "Gamma 2021"], ["The Delta Group 2019"]]
    assert len(list(build(FILES, "text", folder="b").resolved["index"].findall(nodes.tbody))) == 1


def test_bibtex_lies_by_year(build: Build):
    """The entries of a year are one file, by key, the same as beside the page; a year that is gone leaves none."""
    built = build(FILES)
    entries = json.loads((built.out / "bibtex/2020.json").read_text(encoding="utf-8"))
    assert entries == {"alpha2020trial": (built.out / ALPHA / "paper.bib").read_text(encoding="utf-8")}
    assert sorted(path.name for path in (built.out / "bibtex").iterdir()) == ["2019.json", "2020.json", "2021.json"]
    (built.source / f"{DELTA}.md").unlink()
    again = build()
    assert sorted(path.name for path in (again.out / "bibtex").iterdir()) == ["2020.json", "2021.json"]


def test_only_the_year_that_changed_is_written(build: Build):
    """An edited entry rewrites its year's file and leaves the others alone."""
    built = build(FILES)
    before = {path.name: path.stat().st_mtime_ns for path in (built.out / "bibtex").iterdir()}
    bib = built.source.parent / "references.bib"
    bib.write_text(bib.read_text(encoding="utf-8").replace("Journal of Rest", "Rest Letters"), encoding="utf-8")
    build()
    after = {path.name: path.stat().st_mtime_ns for path in (built.out / "bibtex").iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"2020.json"}
    assert "Rest Letters" in (built.out / "bibtex/2020.json").read_text(encoding="utf-8")


def test_the_address_of_bibtex_is_relative(build: Build):
    """From a page in a folder, in either kind of site, the folder of BibTeX is reached by a relative address."""
    files = FILES | {"docs/a/table.md": "---\norphan: true\n---\n\n# Table\n\n```{evidence-table}\n```\n"}
    assert given(build(files).html("a/table"))[0]["bibtex"] == "../../bibtex/"
    assert given(build(files, "html", folder="b").html("a/table"))[0]["bibtex"] == "../bibtex/"


@pytest.mark.parametrize("theme", ["basic", "alabaster", "evidence_atlas"])
def test_themes(build: Build, theme: str):
    """Every theme loads what a table needs."""
    built = build(FILES, html_theme=theme)
    assert built.warnings == []
    assert 'defer="defer" src="_static/table.js' in built.html("index")
    assert (built.out / "_static/table.js").is_file()
