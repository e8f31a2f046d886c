"""``atlas watch``: what the published search finds since its last run, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from conftest import BIB, CONF
from evidence_atlas.cli import main
from evidence_atlas.core.atlas import load_atlas
from evidence_atlas.core.search_query import load_search
from evidence_atlas.sources.services import SourceError
from evidence_atlas.sources.watch import MOST, remember, watch
from evidence_atlas.sources.watch_formats import as_json, as_markdown, as_text

from .conftest import Reply, pubmed_ids
from .registry import FAULTS, Paper, Registry

QUERY = '[pubmed]\nquery = """\nmade[Title]\nOR up[Title]\n"""\n\n[europe-pmc]\nquery = "TITLE:made"\n'
TODAY = dt.date(2026, 11, 22)
BAD = "@someone, [click](https://evil.example.org) <img src=x> `code` \N{RIGHT-TO-LEFT OVERRIDE}=1+1"


@pytest.fixture
def atlas(tmp_path, monkeypatch):
    """Make an atlas with a search, and step into it."""
    for name, text in {
        "docs/conf.py": CONF, "docs/index.md": "# Home\n", "references.bib": BIB.replace("What is known", "What is known of an illness"), "query.toml": QUERY, "atlas.toml": "",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def look(atlas, services, connect):
    """Return what runs the search once, on a day, and remembers it."""

    def run(registry, today=TODAY, since=None):
        found, findings = load_atlas(atlas / "docs")
        assert findings == []
        registry.play(services)
        with connect() as client:
            watched = watch(found, client, today, since)
        remember(found, watched)
        return watched

    return run


def papers():
    """Return what the services hold: new papers, some that the bibliography has, a notice, and one of last year."""
    return Registry(
        Paper("10.5555/new.1", "90001", "A new one"),
        Paper("10.5555/new.2", "", "Béta preprint"),
        Paper("10.5555/alpha.1", "", "Does rest help"),
        Paper("", "11111", "Known by its number"),
        Paper("", "90002", "What is KNOWN of an Illness?"),
        Paper("10.5555/notice", "90003", "Retraction of a made-up paper", comments=[("RetractionOf", "J Made Up. 2020;1:2")]),
        Paper("10.5555/old", "90004", "An old one", day="2025/01/01"),
    )


def test_what_is_new(look):
    """New papers are named once, with each source that found them; what the bibliography has by DOI, number or title, and notices, are counted."""
    watched = look(papers())
    assert [(c.name, c.sources) for c in watched.candidates] == [
        ("10.5555/new.1", ("PubMed", "Europe PMC")),
        ("10.5555/new.2", ("Europe PMC",)),
    ]
    assert (watched.known, watched.notices, watched.before, watched.failed) == (3, 1, 0, False)


def test_the_search_is_asked_as_it_is_published(look, services):
    """The search goes out on one line, between the first and the last day, to each source in its own language."""
    look(papers(), since=dt.date(2026, 11, 1))
    asked = {one.path: one.query for one in services.asked}
    assert asked["/pubmed/esearch.fcgi"]["term"] == '(made[Title] OR up[Title]) AND ("2026/11/01"[crdt] : "2026/11/22"[crdt])'
    assert asked["/europepmc/search"]["query"] == "(TITLE:made) AND (FIRST_IDATE:[2026-11-01 TO 2026-11-22])"


def test_since_the_last_run(look, services, atlas):
    """A first run looks a month back and says so; the next begins a week before the last, and names nothing twice."""
    first = look(papers())
    assert all("was not asked before; papers since 2026-10-22" in remark for remark in first.remarks)
    registry = papers()
    registry.papers.append(Paper("10.5555/late", "90009", "A late one", day="2026/11/20"))
    second = look(registry, TODAY + dt.timedelta(days=7))
    assert [c.name for c in second.candidates] == ["10.5555/late"]
    assert second.remarks == []
    assert second.since == dict.fromkeys(("pubmed", "europe-pmc"), dt.date(2026, 11, 15))


def test_what_is_remembered_is_forgotten_in_time(look, atlas):
    """What was reported is remembered as long as a run may meet it again, and no longer."""
    look(papers())
    search, findings = load_search(None, atlas / "watch.json")
    assert (findings, list(search.state.seen)) == ([], ["10.5555/new.1", "10.5555/new.2"])
    look(Registry(), TODAY + dt.timedelta(days=60))
    search, _findings = load_search(None, atlas / "watch.json")
    assert search.state.seen == {}
    assert search.state.asked["pubmed"].until == "2027-01-21"


def test_a_search_that_was_changed(look, atlas):
    """After a change of the search, a person is told that the time before is not searched with the new one."""
    look(papers())
    (atlas / "query.toml").write_text(QUERY.replace("up[Title]", "down[Title]"), encoding="utf-8")
    assert ["The search of PubMed has changed since 2026-11-22" in remark for remark in look(papers()).remarks] == [True]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_source_that_fails(fault, look, atlas):
    """A source without a usable answer is told, and asked again for the same days next time; what the other found counts."""
    registry = papers()
    registry.faults["europepmc"] = fault
    watched = look(registry)
    assert watched.failed
    assert any("What Europe PMC knows is not known." in remark for remark in watched.remarks)
    assert [c.name for c in watched.candidates] == ["10.5555/new.1"]
    search, _findings = load_search(None, atlas / "watch.json")
    assert list(search.state.asked) == ["pubmed"]


def test_no_source_answers(look, atlas):
    """Where no source answers, nothing is remembered."""
    registry = papers()
    registry.faults = {"europepmc": "HTML", "pubmed": "broken"}
    with pytest.raises(SourceError, match="PubMed"):
        look(registry)
    assert not (atlas / "watch.json").exists()


def test_more_than_one_run_can_take(look, services, atlas, connect):
    """A source that finds too many papers, or does not give a record that it found, counts as failed."""
    found, _findings = load_atlas(atlas / "docs")
    for ids, said in ((range(1, MOST + 1), "ask for less time"), ((90001, 90077), "does not give its record")):
        papers().play(services)
        services.replies["/pubmed/esearch.fcgi"] = Reply(pubmed_ids(*map(str, ids)))
        with connect() as client:
            watched = watch(found, client, TODAY - dt.timedelta(days=len(said)))
        assert any(said in remark for remark in watched.remarks)


def test_titles_are_harmless(look):
    """A title can steer no terminal, and in Markdown it links, mentions and shows nothing."""
    watched = look(Registry(Paper("10.5555/bad", "90005", BAD)))
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in as_text(watched)
    row = next(line for line in as_markdown(watched).splitlines() if "@someone" in line)
    assert re.fullmatch(r"- \[ \] `[^`]*` \(PubMed, Europe PMC\)", row)
    assert json.loads(as_json(watched))["candidates"][0]["doi"] == "10.5555/bad"


def test_many_papers_in_markdown(look):
    """A pull request takes only so much: the rest is counted."""
    watched = look(papers())
    watched.candidates *= 400
    text = as_markdown(watched)
    assert 39_000 < len(text) < 40_000  # .github/workflows/watch.yml cuts off what is more
    left = int(re.search(r"\n(\d+) more papers are too many for a comment\.\n$", text)[1])
    assert left + text.count("\n- [ ] ") == len(watched.candidates)


def test_the_command(atlas, services, capsys):
    """The command names what ``atlas new`` takes, exits with 1 where there is something new and with 0 where there is not, and remembers the run unless it is a dry one."""
    registry = papers()
    for paper in registry.papers[:3]:
        paper.day = f"{dt.datetime.now(dt.UTC):%Y/%m/%d}"
    registry.play(services)
    assert main(["watch", "--dry-run"]) == 1
    assert not (atlas / "watch.json").exists()
    capsys.readouterr()
    assert main(["watch"]) == 1
    said = capsys.readouterr()
    assert "10.5555/new.1  2026  Made  A new one  (PubMed, Europe PMC)\n" in said.out
    assert "2 new papers; of the others" in said.err
    assert main(["watch", "--format", "markdown"]) == 0
    assert "0 new papers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("query.toml", "", "has no search to run"),
        ("query.toml", "[x", "query.toml:1"),
        ("query.toml", f"x = {'[' * 5000}", "nested too deep"),
        ("watch.json", "{", "watch.json:1"),
    ],
)
def test_wrong_files(name, text, said, atlas, services, capsys):
    """Without a search, or with a broken file, the command ends with 2 and one message, and asks nobody."""
    (atlas / name).write_text(text, encoding="utf-8")
    assert main(["watch"]) == 2
    assert said in capsys.readouterr().err
    assert services.asked == []


def test_offline(atlas, services, capsys):
    """Offline the command says so in one line and ends with 2."""
    assert main(["watch", "--offline"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert services.asked == []
