"""``atlas retractions``, from the question to the files, with services that answer well, badly or not at all."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from conftest import BIB, CONF, page
from evidence_atlas.cli import main
from evidence_atlas.core.atlas import load_atlas
from evidence_atlas.core.notices import load_notices
from evidence_atlas.sources.retraction_run import Options, check_retractions
from evidence_atlas.sources.services import SERVICES, Unreachable

from .registry import FAULTS, Paper, Registry

ALPHA, GAMMA, DELTA = "10.5555/alpha.1", "10.5555/gamma.2", "10.5555/delta.3"
NUMBERED = "@article{omega2018,\n  author = {Omega, Ona},\n  title = {No DOI},\n  year = {2018},\n  pmid = {33333}\n}\n"
COMMA = "@article{comma2017,\n  author = {Comma, Cy},\n  title = {A comma},\n  year = {2017},\n  doi = {10.5555/a,b}\n}\n"
NOTICES = f'# By hand.\n["{DELTA}"]\nnotices = [\n  {{ kind = "retraction", source = "The title" }},\n]\n'
TODAY = dt.datetime.now(dt.UTC).date().isoformat()


@pytest.fixture
def atlas(tmp_path, monkeypatch):
    """Make an atlas of five works, one of which has a page, and step into it."""
    files = {
        "docs/conf.py": CONF, "docs/index.md": "# Home\n", "docs/evidence/alpha-2020-rest.md": page(),
        "references.bib": BIB + NUMBERED + COMMA, "notices.toml": NOTICES, "atlas.toml": "",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def full():
    """Return services that hold every paper: alpha with a correction, gamma retracted, omega with an erratum, and a notice's own record."""
    return Registry(
        Paper(ALPHA, "11111", updated_by=[("corrigendum", "10.5555/corr.1", "2021-02-03")]),
        Paper(GAMMA, "22222", updated_by=[("retraction", "10.5555/notice.2", "2023-05-06")], comments=[("RetractionIn", "J Made Up. 2023 May;1:2")]),
        Paper(DELTA),
        Paper("", "33333", comments=[("ErratumIn", "J Made Up. 2019 Jan 4;1:2. doi: 10.5555/err.3"), ("CommentIn", "Lett. 2019;1:3")]),
        Paper("10.5555/a,b"),
        Paper("10.5555/notice.2", journal="Journal of Notices"),
    )  # fmt: skip


@pytest.fixture
def ask(atlas, services, connect):
    """Return what runs once and gives the outcome."""

    def run(registry, **options):
        found, findings = load_atlas(atlas / "docs")
        assert findings == []
        registry.play(services)
        with connect() as client:
            return check_retractions(found, Options(dt.date.fromisoformat(TODAY), **options), client)

    return run


def kept(folder):
    """Return the answers that were kept, by work and source."""
    works = json.loads((folder / "notice-checks.json").read_text(encoding="utf-8"))["works"]
    return {name: {source: row["answer"] for source, row in rows.items()} for name, rows in works.items()}


def test_new_notices_are_written(atlas, ask):
    """Notices of Crossref and PubMed are joined, get the journal of the notice's own record as issuer, and stand in the file with their sources; what a person entered stays."""
    outcome = ask(full())
    text = (atlas / "notices.toml").read_text(encoding="utf-8")
    assert text.startswith(NOTICES)
    notices, findings = load_notices(atlas / "notices.toml")
    assert findings == []
    assert {name: [n.as_data() for n in rows] for name, rows in notices.items() if name != DELTA} == {
        ALPHA: [{"kind": "correction", "doi": "10.5555/corr.1", "date": "2021-02-03", "source": f"Crossref, asked on {TODAY} (publisher)"}],
        GAMMA: [
            {
                "kind": "retraction", "doi": "10.5555/notice.2", "date": "2023-05-06", "issuer": "Journal of Notices",
                "source": f"Crossref, asked on {TODAY} (publisher); PubMed, asked on {TODAY} (J Made Up. 2023 May;1:2)",
            }
        ],
        "pmid:33333": [
            {
                "kind": "erratum", "doi": "10.5555/err.3", "date": "2019-01-04",
                "source": f"PubMed, asked on {TODAY} (J Made Up. 2019 Jan 4;1:2. doi: 10.5555/err.3)",
            }
        ],
    }  # fmt: skip
    assert "# Gamma 2021, Journal of Cohorts\n" in text
    assert [(f.rule, f.severity) for f in outcome.findings] == [("new", "warning"), ("new", "critical"), ("new", "warning")]
    lines = text.splitlines()
    assert [lines[f.line - 1] for f in outcome.findings] == [f'["{ALPHA}"]', f'["{GAMMA}"]', '["pmid:33333"]']


def test_a_notice_in_the_bibliography_speaks_of_its_paper(atlas, ask):
    """A notice that the atlas cites says which paper it takes back, also where the paper's own record is silent."""
    cited = (
        "@article{notice2023,\n  author = {Made, Up},\n  title = {Retraction},\n  year = {2023},\n  doi = {10.5555/notice.2}\n}\n"
    )
    with (atlas / "references.bib").open("a", encoding="utf-8") as file:
        file.write(cited)
    ask(
        Registry(
            Paper(GAMMA), Paper("10.5555/notice.2", journal="Journal of Notices", update_to=[("retraction", GAMMA, "2023-05-06")])
        )
    )
    notices, _findings = load_notices(atlas / "notices.toml")
    assert [n.as_data() for n in notices[GAMMA]] == [
        {
            "kind": "retraction", "doi": "10.5555/notice.2", "date": "2023-05-06", "issuer": "Journal of Notices",
            "source": f"Crossref, asked on {TODAY} (the notice's own record)",
        }
    ]  # fmt: skip
    assert kept(atlas)[GAMMA]["crossref"] == "notices"
    assert "10.5555/notice.2" not in notices


def test_answers_are_kept(atlas, ask):
    """Of each work it is kept who was asked, on which day, and what the answer was; a source that does not hold it is no good answer."""
    ask(full())
    assert kept(atlas) == {
        ALPHA: {"crossref": "notices", "pubmed": "none"},
        GAMMA: {"crossref": "notices", "pubmed": "notices"},
        DELTA: {"crossref": "none", "pubmed": "absent"},
        "pmid:33333": {"pubmed": "notices"},
        "10.5555/a,b": {"crossref": "none", "pubmed": "absent"},
    }
    data = json.loads((atlas / "notice-checks.json").read_text(encoding="utf-8"))
    assert {row["asked"] for rows in data["works"].values() for row in rows.values()} == {TODAY}


def test_a_second_run_changes_nothing(atlas, ask):
    """A run on the same day with the same answers finds nothing new and leaves both files as they are."""
    ask(full())
    before = [(atlas / name).read_bytes() for name in ("notices.toml", "notice-checks.json")]
    assert ask(full()).findings == []
    assert [(atlas / name).read_bytes() for name in ("notices.toml", "notice-checks.json")] == before


def test_only_papers_with_a_page(atlas, ask, services):
    """With only pages, nothing is asked about the other works, and what was kept of them stays."""
    ask(full())
    everything = kept(atlas)
    registry = Registry(Paper(ALPHA, "11111"))
    outcome = ask(registry, only_pages=True)
    assert [work.name for work in outcome.works] == [ALPHA]
    assert not any(GAMMA in str(asked.query) for asked in services.asked)
    assert kept(atlas).keys() == everything.keys()


def test_a_dry_run_writes_nothing(atlas, ask):
    """A dry run finds the same and writes no file."""
    outcome = ask(full(), dry=True)
    assert len(outcome.findings) == 3
    assert (atlas / "notices.toml").read_text(encoding="utf-8") == NOTICES
    assert not (atlas / "notice-checks.json").exists()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("service", "other"), [("crossref", "pubmed"), ("pubmed", "crossref")])
def test_an_answer_that_cannot_be_used_is_not_known(fault, service, other, atlas, ask):
    """However a service fails, its answer is kept as none, the other's counts, and one sentence says why; no failure passes for "no notice"."""
    registry = full()
    registry.faults[service] = fault
    outcome = ask(registry)
    answers = kept(atlas)
    assert {rows[service] for rows in answers.values() if service in rows} == {"failed"}
    assert answers[GAMMA][other] == "notices"
    told = [finding.message for finding in outcome.findings if finding.rule == "no-answer"]
    assert told
    assert all(message.count("\n") == 0 and "is not known from there" in message for message in told)


def test_another_papers_record_is_not_used(atlas, ask):
    """A list with a record that nobody asked for is not used at all; nor is PubMed's record where its DOI is another one."""
    registry = full()
    registry.stranger = Paper("10.5555/stranger", "99999", updated_by=[("retraction", "10.5555/x", "2020-01-01")])
    registry.papers[0] = Paper(ALPHA, "44444")
    registry.papers.append(Paper("10.5555/quite-another", "11111", types=["Retracted Publication"]))
    ask(registry)
    assert kept(atlas)[ALPHA] == {"crossref": "failed", "pubmed": "failed"}
    notices, _findings = load_notices(atlas / "notices.toml")
    assert ALPHA not in notices
    assert "10.5555/stranger" not in notices


def test_a_list_that_is_not_whole_is_not_used(atlas, ask):
    """Where Crossref has more records than it sends, the works that are missing do not count as without notices."""
    registry = full()
    registry.withheld = 1
    ask(registry)
    assert kept(atlas)[DELTA]["crossref"] == "failed"


def test_a_later_failure_replaces_an_earlier_answer(atlas, ask):
    """What was kept as without notices is not known any more once the source fails, and known again after it answers."""
    ask(full())
    registry = full()
    registry.faults["crossref"] = "broken"
    (atlas / "kept" / "answers.sqlite").unlink()
    ask(registry)
    assert kept(atlas)[DELTA]["crossref"] == "failed"
    ask(full())
    assert kept(atlas)[DELTA]["crossref"] == "none"


def test_no_source_at_all(atlas, ask):
    """Where no service answers, nothing is written: neither notices nor checks."""
    registry = full()
    registry.faults = {"crossref": "broken", "pubmed": "HTML"}
    with pytest.raises(Unreachable, match="Nothing was written"):
        ask(registry)
    assert (atlas / "notices.toml").read_text(encoding="utf-8") == NOTICES
    assert not (atlas / "notice-checks.json").exists()


def test_the_file_alone(atlas, ask, services):
    """With the Retraction Watch file alone no service is asked; its newest day is the day of its answer, and an old file is told."""
    file = atlas / "rw.csv"
    file.write_text(
        "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
        f"1/2/2024 0:00,10.5555/n,{GAMMA.upper()},0,Retraction,+Error in Data;\n"
        "1/3/2024 0:00,10.5555/r,,33333,Reinstatement,\n",
        encoding="utf-8",
    )
    registry = full()
    outcome = ask(registry, file=file, services=False)
    assert services.asked == []
    data = json.loads((atlas / "notice-checks.json").read_text(encoding="utf-8"))["works"]
    assert data[ALPHA] == {"retraction-watch": {"asked": "2024-01-03", "answer": "none"}}
    assert sorted(f.rule for f in outcome.findings) == ["new", "old-file", "reinstated"]
    notices, _findings = load_notices(atlas / "notices.toml")
    assert [n.as_data()["reason"] for n in notices[GAMMA]] == ["Retraction Watch lists as reasons: Error in Data."]


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def alone(services, monkeypatch):
    """Let nothing out: the services' addresses lead nowhere."""
    for service in SERVICES:
        monkeypatch.setenv(service.variable, "http://127.0.0.1:9/")


def test_the_command(atlas, services, capsys):
    """The command prints findings, says what each source answered, and exits with 1 where a person should look, with 0 where not."""
    full().play(services)
    assert main(["retractions", "--format", "github"]) == 1
    told = capsys.readouterr().out
    assert "::error file=" in told
    assert "atlas.retraction" in told
    assert main(["retractions"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "Crossref: 2 with notices, 2 without, 0 not held, 0 without an answer" in said.err
    assert "not known: 0 of 5 works" in said.err


def test_offline_says_so_at_once(atlas, alone, capsys):
    """Offline, and with no network, the command ends with 2 and one line a service; no traceback, no file."""
    for arguments in (["retractions", "--offline"], ["retractions"]):
        assert main(arguments) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert "Crossref" in said.err
    assert not (atlas / "notice-checks.json").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [("notices.toml", "[broken"), ("notices.toml", '["10.5555/a"]\nnotices = [{kind = "x"}]\n'), ("notice-checks.json", "{")],
)
def test_files_with_a_fault_come_first(name, text, atlas, alone, capsys):
    """Nothing is asked and nothing written while a file that would be written has a fault."""
    (atlas / name).write_text(text, encoding="utf-8")
    assert main(["retractions"]) == 2
    assert name in capsys.readouterr().err
    assert (atlas / name).read_text(encoding="utf-8") == text


def test_only_file_needs_a_file(atlas, alone, capsys):
    """``--only-file`` without the file is a wrong use."""
    assert main(["retractions", "--only-file"]) == 2
    assert "--retraction-watch" in capsys.readouterr().err
