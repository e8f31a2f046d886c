"""The measure of the criteria finder is right, and the finder is as good as its page says."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from evidence_atlas.core.policy import built_in

ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "tests" / "criteria_finder" / "labelled"


@pytest.fixture(scope="module")
def quality():
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import criteria_quality

        yield criteria_quality
    finally:
        sys.path.remove(str(ROOT / "bench"))


def rows(name):
    return [json.loads(line) for line in (LABELLED / name).read_text(encoding="utf-8").splitlines()]


def test_every_abstract_is_labelled_credited_and_free():
    """One label and one credit each, an open licence, a definition of the policy and a role of it, no text twice."""
    abstracts, labels = rows("abstracts.jsonl"), rows("labels.jsonl")
    with (LABELLED / "sources.csv").open(encoding="utf-8", newline="") as file:
        credits_ = {row["key"]: row for row in csv.DictReader(file)}
    keys = [row["key"] for row in abstracts]
    assert len(set(keys)) == len(keys) == len(labels)
    assert set(keys) == {row["key"] for row in labels} == set(credits_)
    assert {row["licence"] for row in abstracts} <= {"CC-BY", "CC0-1.0"}
    assert all(row["doi"] == credits_[row["key"]]["doi"] and credits_[row["key"]]["authors"] for row in abstracts)
    named = [one for row in labels for one in row["definitions"]]
    assert {one["id"] for one in named} <= set(built_in().definition)
    assert {one["role"] for one in named} <= set(built_in().role)


def test_the_halves_are_drawn_by_the_hash_of_the_key():
    """Nobody chose which abstract is held out."""
    sys.path.insert(0, str(LABELLED))
    try:
        import draw

        assert all(row["split"] == draw.split(row["key"]) for row in rows("abstracts.jsonl"))
    finally:
        sys.path.remove(str(LABELLED))


def test_the_finder_is_as_good_as_published(quality, capsys):
    """No figure of the held-out abstracts fell since the page was made."""
    assert quality.main(["--check"]) == 0, capsys.readouterr().out


def test_a_worse_finder_fails_the_check(quality, monkeypatch, capsys):
    """One that finds nothing makes the command end with 1, and it says what fell."""
    monkeypatch.setattr(quality, "suggested", lambda _text: {})
    assert quality.main(["--check"]) == 1
    assert "F1 of any definition fell" in capsys.readouterr().out


def test_figures_count_what_was_found_missed_and_wrong(quality, monkeypatch):
    """Two abstracts: one right with a wrong role, one missed, one found that is not there."""
    abstracts = [
        quality.Abstract("a", "A", "held-out", {"fukuda-1994": "inclusion", "ccc-2003": "inclusion"}),
        quality.Abstract("b", "B", "held-out", {}),
    ]
    said = {"A": {"fukuda-1994": "descriptive"}, "B": {"icc-2011": "inclusion"}}
    monkeypatch.setattr(quality, "suggested", said.__getitem__)
    part = quality.split_figures(abstracts, "held-out")
    whole = part["definitions"][0]
    assert (whole["deserve"], whole["found"], whole["right"]) == (2, 2, 1)
    assert (part["abstracts"], part["naming"]) == (2, 1)
    assert (part["roles"]["of"], part["roles"]["right"]) == (1, 0)
    needed = part["inclusion"][0]
    assert (needed["deserve"], needed["found"], needed["right"]) == (2, 1, 0)


def test_the_page_shows_the_figures_of_the_file(build):
    """Each part of the published file becomes a table; a part that there is not is an error of the page."""
    shown = "\n".join(
        f"```{{criteria-quality}} figures.json\n:show: {part}\n```\n" for part in ("version", "definitions", "roles", "strengths")
    )
    published = (ROOT / "docs" / "reference" / "criteria-quality.json").read_text(encoding="utf-8")
    built = build({"docs/index.md": f"# Home\n\n{shown}", "docs/figures.json": published})
    assert len(built.warnings) == 1
    assert "There is no table 'strengths'" in built.warnings[0]
    text = built.resolved["index"].astext()
    stated = json.loads(published)
    assert f"Names, version {stated['names']}." in text
    assert f"{stated['held-out']['abstracts']}, of which" in text
    assert "needed to enter the study" in text
