"""Papers side by side by their main result, and how badges would change under a definition."""

from __future__ import annotations

import re

import pytest
from docutils import nodes

from charts.project import FILES, file
from conftest import Build, Built
from evidence_atlas.core.policy import built_in
from evidence_atlas.definition_badges import counts, read_otherwise


def test_papers_of_opposite_results_stand_side_by_side(site: Built):
    """A benefit and no difference stand in two lists, each with who, what was measured and the badge; so is said what follows."""
    document = site.resolved["outcomes"]
    sides = [node.astext() for node in document.findall(nodes.container) if "atlas-side" in node["classes"]]
    assert [side.split("\n")[0] for side in sides] == ["Benefit", "No difference"]
    assert "Frank 2016 · Randomised controlled trial · ME/CFS: What frank2016 found. Main measure: Fatigue." in sides[0]
    assert "PEM unclear" in sides[0]
    assert "Some papers here state a benefit, and others no difference or harm." in document.astext()


def test_a_contradiction_that_a_record_states_is_named(site: Built):
    """A paper whose record says that it contradicts another stands beside that one."""
    assert "What gray2017 found contradicts What frank2016 found" in site.resolved["outcomes"].astext()


def test_silence_is_said(site: Built):
    """Where no paper states a direction, there is a sentence that says so, and no list."""
    html = site.html("outcomes")
    assert html.count("No paper here states the direction of a main result.") == 1
    assert html.count('class="atlas-sides') == 1


def test_trials_that_point_one_way_are_no_contradiction(build: Build):
    """Without an opposite result nothing is called opposite, and a trial without a direction is counted."""
    files = {
        name: text.replace("direction: no-difference", "direction: mixed")
        .replace("direction: benefit", "direction: not-stated")
        .replace("Fatigue improved more with rest than with usual care.", "What was read does not give the main result.")
        for name, text in FILES.items()
    }
    shown = build(files).resolved["outcomes"].astext()
    assert "No paper here states a benefit where another one states no difference or harm. 1 trial states no direction." in shown


def test_a_long_list_stands_below(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Where many papers have the same result, their list has pages of its own, with what is said of each."""
    more = {
        f"docs/{file('gray2017')}.md": FILES[f"docs/{file('gray2017')}.md"].replace(
            "direction: no-difference", "direction: benefit"
        )
    }
    whole = build(FILES | more, folder="short").html("outcomes")
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_PAPERS", 1)
    built = build(FILES | more)
    html = built.html("outcomes")
    assert "Main measure" not in html
    assert re.findall(r'href="([^"]*results/[^"]*)"', html) == ["results/benefit/", "results/benefit/2/"]
    pages = [built.html(f"outcomes/results/{part}") for part in ("benefit", "benefit/2")]
    item = re.compile(r"<li><p>(.*?)</p></li>", re.DOTALL)
    shown = [re.sub(r"<[^>]+>", "", item.findall(one)[-1]) for one in pages]
    side = re.findall(r'<div class="atlas-side[ "].*?</ul>', whole, re.DOTALL)[0]
    assert shown == [re.sub(r"<[^>]+>", "", one) for one in item.findall(side)]
    (built.source / f"{file('gray2017')}.md").unlink()
    assert not (build().out / "outcomes/results").exists()


def text(site: Built, key: str) -> str:
    """Return the text of a definition's page."""
    return " ".join(re.sub(r"<[^>]+>", " ", site.html(f"case-definitions/{key}")).split())


def test_a_definition_page_counts_badges_under_it(site: Built):
    """It says the badges now, those of the papers that needed it, and what all would be had they used it alone."""
    shown = text(site, "fukuda-1994")
    assert "All papers now Only papers that needed it If all had used it alone" in shown
    assert "PEM required 3 0 0 PEM not required 1 1 7 PEM unclear 3 0 0 PEM not applicable 1 0 1" in shown


def test_a_definition_page_names_badges_that_rest_on_its_reading(site: Built):
    """Were it read otherwise, the papers whose badge would change are named with both badges; else it is said that none would."""
    shown = text(site, "oxford-1991")
    assert "If it said: “Oxford 1991 requires PEM”, 1 badge would change:" in shown
    assert "What frank2016 found : now PEM unclear , then PEM required ." in shown
    assert "If it said: “Oxford 1991 leaves open whether PEM is needed”, no badge would change." in shown
    assert "no badge would change." in text(site, "holmes-1988")


def test_a_study_that_changed_the_rule_for_itself_does_not_change(site: Built):
    """Another reading of the definition is compared by the same verdict as the badge, and its own reading is no change."""
    papers = list(site.app.env.get_domain("atlas").pages.values())
    used = [paper for paper in papers if any(c.id == "ccc-2003" for c in paper.record.criteria)]
    found = dict(read_otherwise("ccc-2003", built_in(), used))
    assert found.keys() == {"no", "unclear"}
    assert {len(flips) for flips in found.values()} == {len(used)}
    assert counts({"unclear": 2}, used[0].verdict, used).alone == {"required": 2, "not-applicable": 0}
