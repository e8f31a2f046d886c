"""What charts count."""

from __future__ import annotations

from typing import Any

import pytest

from charts.project import KINDS
from conftest import Built
from evidence_atlas.charts.directive import tally_of
from evidence_atlas.charts.tally import Tally, _edges, _periods
from evidence_atlas.documents import Charted
from evidence_atlas.domain import AtlasDomain


def counted(site: Built, kind: str, rows: str = "topic", columns: str = "level", **filters: tuple[str, ...]) -> Tally:
    domain: Any = site.app.env.get_domain("atlas")
    assert isinstance(domain, AtlasDomain)
    return tally_of(Charted(kind, kind, tuple(filters.items()), rows, columns), domain)


def cells(tally: Tally) -> dict[tuple[str, str], set[str]]:
    return {place: {paper.record.paper for paper in papers} for place, papers in tally.cells.items()}


def test_papers_by_badge(site: Built):
    """Every paper is counted once, under the state of its badge."""
    assert cells(counted(site, "pem")) == {
        ("all", "required"): {"baker2002", "cole2002", "gray2017"},
        ("all", "not-required"): {"able2001"},
        ("all", "unclear"): {"evans2016", "frank2016", "hill"},
        ("all", "not-applicable"): {"dahl2002"},
    }


def test_papers_by_year(site: Built):
    """Years without a paper have their row, and a paper without a year comes last."""
    tally = counted(site, "years")
    assert [row.id for row in tally.rows] == [*map(str, range(2001, 2018)), "undated"]
    assert tally.count("2002", "required") == 2
    assert cells(tally)["undated", "unclear"] == {"hill"}


def test_definitions_over_time(site: Built):
    """A paper counts once for each definition that people had to meet; studies of people without one are named so."""
    found = cells(counted(site, "definitions"))
    assert found["iom-2015", "2015-2019"] == found["oxford-1991", "2015-2019"] == {"frank2016"}
    assert found["none-named", "undated"] == {"hill"}
    assert {paper for papers in found.values() for paper in papers} >= {"able2001", "evans2016"}
    assert "dahl2002" not in {paper for papers in found.values() for paper in papers}


def test_a_map_of_topics(site: Built):
    """A paper stands under each of its topics; every topic has its row, and a square the strongest level in it."""
    tally = counted(site, "gaps", columns="design")
    assert cells(tally)["sleep", "survey"] == cells(tally)["pain", "survey"] == {"cole2002"}
    assert "genetics" in {row.id for row in tally.rows}
    assert {column.id for column in tally.columns} == {"cohort", "survey", "review", "rct"}
    assert tally.notes["pain", "cohort"] == "E2"
    assert ("sleep", "review") not in tally.notes


def test_sizes_of_studies(site: Built):
    """Cases, controls and others are counted by steps of a scale; who states no number is said to be left out."""
    tally = counted(site, "sizes")
    assert cells(tally) == {
        ("10-19", "cases"): {"able2001", "baker2002"},
        ("5-9", "controls"): {"able2001"},
        ("1000-1999", "other"): {"cole2002"},
    }
    assert "5 papers state no number." in tally.about


def test_shares_of_pages(site: Built):
    """Review and retraction are those of record and notices."""
    tally = counted(site, "shares")
    assert cells(tally)["reviewed", "yes"] == {"evans2016"}
    assert cells(tally)["retracted", "yes"] == {"able2001"}
    assert tally.count("screened", "yes") == 8


@pytest.mark.parametrize("kind", KINDS)
def test_filters_and_words(site: Built, kind: str):
    """A filter leaves out papers; what is said in place of the picture names each column with its papers."""
    assert counted(site, kind, topic=("sleep",)).papers <= 3
    tally = counted(site, kind)
    assert all(f"{column.label}: " in tally.says() for column in tally.columns)


def test_steps_and_periods():
    """A scale ends with the step of the largest study; a long time is parted into five years each."""
    assert _edges(1) == [1, 2]
    assert _edges(9) == [1, 2, 5, 10]
    assert _edges(10) == [1, 2, 5, 10, 20]
    assert [head.id for head in _periods({2001, 2003}).values()] == ["2001", "2002", "2003"]
    assert {head.id for head in _periods({1999, 2016}).values()} == {
        "1995-1999",
        "2000-2004",
        "2005-2009",
        "2010-2014",
        "2015-2019",
    }
