"""`atlas new`: from a DOI, a number, a key or a file to an entry and a draft that says what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import BIB, Build
from evidence_atlas.cli import main
from evidence_atlas.core.policy import load_policy
from evidence_atlas.core.references import Name
from evidence_atlas.drafting import PROGRAM, suggestions
from evidence_atlas.sources.work import Work

from .conftest import (
    ABSTRACT,
    CROSSREF_PATH,
    DOI,
    EUROPE_PMC_PATH,
    FETCH,
    PMID,
    SEARCH,
    Reply,
    crossref_message,
    europe_pmc_result,
    europe_pmc_results,
    pubmed_ids,
    pubmed_record,
    pubmed_set,
)
from .test_files import NBIB

PAGE = "docs/evidence/erfunden-2024-made-trial-nothing.md"
KEY = "erfunden2024made"


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An atlas with three references and no page, in which the command runs."""
    folder = tmp_path / "atlas"
    (folder / "docs" / "evidence").mkdir(parents=True)
    (folder / "atlas.toml").write_text('name = "Test atlas"\n', encoding="utf-8")
    (folder / "docs" / "conf.py").write_text('extensions = ["evidence_atlas"]\n', encoding="utf-8")
    (folder / "references.bib").write_text(BIB, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def pubmed_knows(services):
    """PubMed knows the made-up paper; the others know nothing."""
    services.replies |= {SEARCH: Reply(pubmed_ids(PMID)), FETCH: Reply(pubmed_set(pubmed_record()))}
    return services


def record_of(text: str) -> dict[str, str]:
    """Return the lines of a page's record by key."""
    return dict(re.findall(r"^  ([\w-]+): (.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("wanted", [DOI, f"https://doi.org/{DOI.upper()}", PMID, f"https://pubmed.ncbi.nlm.nih.gov/{PMID}/"])
def test_a_paper_of_pubmed_becomes_entry_and_page(atlas, pubmed_knows, capsys, wanted):
    """The entry stands in the bibliography, and the page states what the record supports and no more."""
    assert main(["new", wanted]) == 0
    assert capsys.readouterr().out == f"{PAGE}\n"
    bibliography = (atlas / "references.bib").read_text(encoding="utf-8")
    assert "author   = {Erfundén, Anna B and van der Nobody, Jr, Carl and {Made-up Study Group}}" in bibliography
    assert re.sub(rf"@article{{{KEY},.*?\n}}\n?", "", bibliography, flags=re.DOTALL).split() == BIB.split()
    text = (atlas / PAGE).read_text(encoding="utf-8")
    record = record_of(text)
    assert (record["paper"], record["read"], record["drafted"], record["review"]) == (KEY, "abstract", "software", "none")
    assert record["drafted-with"] == PROGRAM
    assert record["design"] == 'rct  # from "Randomized Controlled Trial" in the record'
    assert record["context"].startswith("[me-cfs]  # To write:")
    assert record["level"].startswith("none  # To write:")
    assert "Drawn up by atlas new" in text
    assert "the record of PubMed (http" in text


def test_no_sentence_of_the_abstract_is_copied(atlas, pubmed_knows):
    """Of the abstract, nothing stands on the page but at most 25 words around a case definition, as a comment."""
    main(["new", PMID])
    text = (atlas / PAGE).read_text(encoding="utf-8")
    quotes = re.findall(r'^    # - \{id: fukuda-1994, .*quote: "(.*)", locator: Abstract\}', text, re.MULTILINE)
    assert [len(quote.split()) <= 25 for quote in quotes] == [True]
    assert "criteria: []  # To write:" in text
    rest = text.replace(quotes[0], "")
    assert "Forty people took part" not in rest
    assert "Nothing was measured" not in rest
    assert not any(" ".join(words) in rest for words in zip(*(ABSTRACT.split()[n:] for n in range(4)), strict=False))


def test_the_check_names_what_is_to_be_written_and_nothing_else(atlas, pubmed_knows, capsys):
    """A fresh draft has findings of one kind alone, each at the line of its mark; so it cannot be published by mistake."""
    main(["new", PMID])
    capsys.readouterr()
    assert main(["check"]) == 1
    findings = capsys.readouterr().out.splitlines()
    lines = (atlas / PAGE).read_text(encoding="utf-8").splitlines()
    for finding in findings:
        line = int(finding.split(":")[1])
        assert finding.endswith("[atlas.to-write]"), finding
        assert "o write:" in lines[line - 1] or "to-write" in lines[line - 1]
    assert len(findings) == sum("To write:" in line or "[to-write]" in line for line in lines)


def test_a_draft_builds_and_shows_its_generator(build: Build, atlas, pubmed_knows):
    """The site builds with the draft on it; its disclosure and its data name the program and version that made it."""
    main(["new", PMID])
    text = (atlas / PAGE).read_text(encoding="utf-8").replace("[to-write]", "[pain]")
    name = Path(PAGE).name
    files = {
        "references.bib": (atlas / "references.bib").read_text(encoding="utf-8"),
        "docs/index.md": "# Start\n",
        f"docs/evidence/{name}": text,
    }
    built = build(files, "dirhtml")
    assert [warning for warning in built.warnings if "[atlas.to-write]" not in warning] == []
    page = f"evidence/{Path(PAGE).stem}"
    assert f"Its frame was drawn up with {PROGRAM}." in built.html(page)
    assert f'"drafted-with": "{PROGRAM}"' in (built.out / page / "record.json").read_text(encoding="utf-8")


def test_a_finished_draft_is_clean(atlas, pubmed_knows, capsys):
    """Once every mark is replaced by words, the check finds nothing more."""
    main(["new", PMID])
    page = atlas / PAGE
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"  # To write:.*", "", text).replace("[to-write]", "[pain]")
    text = re.sub(r"To write: the short version.*", "What was read does not give the result.", text)
    page.write_text(re.sub(r"To write: (a title|one sentence|what|the|why)", r"Here stands \1", text), encoding="utf-8")
    capsys.readouterr()
    assert main(["check"]) == 0, capsys.readouterr().out


def test_a_key_needs_no_network(atlas, monkeypatch, capsys):
    """A paper of the bibliography becomes a page without findings: the bibliography holds no abstract, and it is left alone."""
    monkeypatch.setattr("evidence_atlas.sources.client.Client.__init__", lambda *_a, **_o: pytest.fail("a service was asked"))
    assert main(["new", "delta2019review"]) == 0
    text = (atlas / "docs/evidence/delta-group-2019-known.md").read_text(encoding="utf-8")
    record = record_of(text)
    assert (record["read"], record["level"]) == ("record", "none")
    assert "this page states no findings" in record["summary"]
    assert record["design"] == "to-write"
    assert (atlas / "references.bib").read_text(encoding="utf-8") == BIB


def test_a_file_needs_no_network(atlas, capsys):
    """A file with one reference becomes entry and page; one with two is for another command."""
    (atlas / "two.nbib").write_text(NBIB, encoding="utf-8")
    (atlas / "one.nbib").write_text(NBIB.partition("\n\n")[0], encoding="utf-8")
    assert main(["new", "two.nbib"]) == 2
    assert "holds 2 references" in capsys.readouterr().err
    assert main(["new", "one.nbib"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("docs/evidence/erfunden-2024-")
    assert "one.nbib names notices about this paper (retraction): run 'atlas retractions'" in captured.err
    assert "from one.nbib." in (atlas / captured.out.strip()).read_text(encoding="utf-8")


def test_a_paper_that_is_there_is_not_doubled(atlas, services, capsys):
    """The entry that stands is used, whatever DOI or number it was asked for by; a page that stands is named."""
    alpha = pubmed_record("11111", "10.5555/alpha.1", title="Does rest help?", year="<Year>2020</Year>")
    services.replies |= {SEARCH: Reply(pubmed_ids("11111")), FETCH: Reply(pubmed_set(alpha))}
    assert main(["new", "10.5555/alpha.1"]) == 0
    captured = capsys.readouterr()
    assert "The bibliography has the paper as 'alpha2020trial'" in captured.err
    assert (atlas / "references.bib").read_text(encoding="utf-8") == BIB
    assert "paper: alpha2020trial\n" in (atlas / captured.out.strip()).read_text(encoding="utf-8")
    assert main(["new", "11111"]) == 2
    assert f"'alpha2020trial' has a page already: {Path(captured.out.strip()).name}" in capsys.readouterr().err


def test_a_file_of_a_paper_that_is_there_needs_no_doi(atlas, capsys):
    """A file without any identifier is known by title, author and year; of a paper that is not there, it is refused."""
    ris = "TY  - JOUR\nAU  - Alpha, Ann\nTI  - {title}\nPY  - 2020\nER  -\n"
    (atlas / "known.ris").write_text(ris.format(title="Does rest help?"), encoding="utf-8")
    (atlas / "unknown.ris").write_text(ris.format(title="Something made up"), encoding="utf-8")
    assert main(["new", "known.ris", "--dry-run"]) == 0
    assert "paper: alpha2020trial\n" in capsys.readouterr().out
    assert main(["new", "unknown.ris"]) == 2
    assert "neither a DOI nor a PubMed identifier" in capsys.readouterr().err


def test_a_second_page_of_one_name_gets_a_number(atlas, pubmed_knows):
    """Two papers whose names make one slug are told apart; the file that stands is left."""
    (atlas / PAGE).write_text("---\nevidence:\n  paper: other\n---\n", encoding="utf-8")
    assert main(["new", PMID]) == 0
    assert (atlas / PAGE.replace(".md", "-2.md")).is_file()
    assert "paper: other" in (atlas / PAGE).read_text(encoding="utf-8")


def test_crossref_and_europe_pmc_help_out(atlas, services, capsys):
    """What PubMed does not have comes from Crossref, and the abstract from Europe PMC."""
    services.replies |= {
        SEARCH: Reply(pubmed_ids()),
        CROSSREF_PATH: Reply(crossref_message()),
        EUROPE_PMC_PATH: Reply(europe_pmc_results(europe_pmc_result())),
    }
    assert main(["new", DOI]) == 0
    text = (atlas / PAGE).read_text(encoding="utf-8")
    assert record_of(text)["read"] == "abstract"
    assert [path.split("/")[1] for path in services.paths()] == ["pubmed", "crossref", "europepmc"]
    assert f"pmid     = {{{PMID}}}" in (atlas / "references.bib").read_text(encoding="utf-8")


def test_without_an_abstract_no_findings_are_stated(atlas, services):
    """A record without an abstract makes a page that states none: read is record, level none."""
    services.replies |= {SEARCH: Reply(pubmed_ids(PMID)), FETCH: Reply(pubmed_set(pubmed_record(abstract="")))}
    assert main(["new", DOI]) == 0
    record = record_of((atlas / PAGE).read_text(encoding="utf-8"))
    assert (record["read"], record["level"]) == ("record", "none")
    assert record["summary"].startswith('"A paper (randomised controlled trial) of which only')


def test_a_paper_without_a_year_is_undated(atlas, services):
    """No year is made up: key and file say undated, and the entry has none."""
    services.replies[FETCH] = Reply(pubmed_set(pubmed_record(year="")))
    assert main(["new", PMID]) == 0
    assert (atlas / "docs/evidence/erfunden-undated-made-trial-nothing.md").is_file()
    entry = (atlas / "references.bib").read_text(encoding="utf-8").partition("erfundenundatedmade")[2].partition("@")[0]
    assert "year" not in entry


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"authors": ""}, "names no author, and none is invented; nothing was written"),
        ({"title": ""}, "has no title; nothing was written"),
        ({"types": "<PublicationType>Published Erratum</PublicationType>"}, "it is a notice (Published Erratum)"),
        ({"title": "Erratum to: A made-up trial of nothing"}, "it is a notice (correction)"),
    ],
)
def test_a_record_that_is_not_enough_is_refused(atlas, services, capsys, record, message):
    """Nothing is invented, and a notice is no paper: the command says why, and writes nothing."""
    services.replies[FETCH] = Reply(pubmed_set(pubmed_record(**record)))
    assert main(["new", PMID]) == 2
    assert message in capsys.readouterr().err
    assert (atlas / "references.bib").read_text(encoding="utf-8") == BIB
    assert list((atlas / "docs/evidence").iterdir()) == []


@pytest.mark.parametrize("wanted", ["no-such-thing", "alpha2020trail", "10.5555", ""])
def test_what_is_nothing_is_named(atlas, capsys, wanted):
    """What is no DOI, number, key or file is said to be none, with the nearest key."""
    assert main(["new", wanted]) == 2
    assert "is no DOI, no PubMed identifier, no key of the bibliography and no file" in (error := capsys.readouterr().err)
    assert ("did you mean 'alpha2020trial'?" in error) == (wanted == "alpha2020trail")


FAULTS = {
    "other paper": Reply(pubmed_set(pubmed_record("77", "10.5555/other"))),
    "html": Reply("<!DOCTYPE html><html><body>Busy"),
    "cut": Reply(pubmed_set(pubmed_record())[:-40]),
    "not utf-8": Reply(pubmed_set(pubmed_record(title="M\u00fcller")).encode("latin-1")),
    "empty": Reply(""),
    "bomb": Reply("<!DOCTYPE a [<!ENTITY x 'ha'>]><PubmedArticleSet>&x;</PubmedArticleSet>"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_service_writes_nothing(atlas, services, capsys, fault):
    """Where the answer cannot be trusted, one line says so, the exit code is 2, and no file is changed."""
    services.replies[FETCH] = FAULTS[fault]
    assert main(["new", PMID]) == 2
    error = capsys.readouterr().err
    assert error.startswith("atlas: PubMed ")
    assert error.count("\n") == 1
    assert (atlas / "references.bib").read_text(encoding="utf-8") == BIB
    assert list((atlas / "docs/evidence").iterdir()) == []


def test_offline_says_so_at_once(atlas, services, capsys):
    """Offline without a kept answer, one line says so; with one, and for a paper of the bibliography, there is a page."""
    assert main(["new", PMID, "--offline"]) == 2
    error = capsys.readouterr().err
    assert "PubMed was not asked, because of --offline" in error
    assert error.count("\n") == 1
    assert services.asked == []
    assert main(["new", "10.5555/alpha.1", "--offline"]) == 0
    assert "The page is drafted from the entry 'alpha2020trial' alone." in capsys.readouterr().err
    services.replies |= {FETCH: Reply(pubmed_set(pubmed_record()))}
    assert main(["new", PMID, "--dry-run"]) == 0
    asked = len(services.asked)
    assert main(["new", PMID, "--offline"]) == 0
    assert len(services.asked) == asked
    assert (atlas / PAGE).is_file()


def test_a_dry_run_writes_nothing(atlas, pubmed_knows, capsys):
    """It prints entry and page, and leaves the files alone."""
    assert main(["new", PMID, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"@article{{{KEY},\n")
    assert "\n---\nevidence:\n" in shown
    assert (atlas / "references.bib").read_text(encoding="utf-8") == BIB
    assert not (atlas / PAGE).exists()


def test_works_that_read_alike_are_told_apart(atlas, services, capsys):
    """A second paper of the same names and year: the new one gets a free letter, or the user hears how both get one."""
    gamma = pubmed_record(
        authors='<AuthorList CompleteYN="N"><Author><LastName>Gamma</LastName><ForeName>Gus</ForeName></Author></AuthorList>',
        title="Another made-up cohort",
        year="<Year>2021</Year>",
    )
    services.replies[FETCH] = Reply(pubmed_set(gamma))
    assert main(["new", PMID]) == 0
    assert "gamma2021cohort and this paper now read alike: 'atlas references' gives each a letter." in capsys.readouterr().err


def test_a_preprint_is_linked_to_its_journal_version(atlas, services):
    """A preprint of a paper that is there keeps its own entry, says what it is, and names the paper."""
    services.replies |= {
        SEARCH: Reply(pubmed_ids()),
        "/crossref/works/10.1101/2020.01.01.20000001": Reply(
            crossref_message(
                "10.1101/2020.01.01.20000001",
                type="posted-content",
                subtype="preprint",
                title=["Does rest help?"],
                author=[{"family": "Alpha", "given": "Ann"}],
                relation={"is-preprint-of": [{"id-type": "doi", "id": "10.5555/ALPHA.1"}]},
            )
        ),
        EUROPE_PMC_PATH: Reply(europe_pmc_results()),
    }
    assert main(["new", "10.1101/2020.01.01.20000001"]) == 0
    (page,) = (atlas / "docs/evidence").iterdir()
    record = record_of(page.read_text(encoding="utf-8"))
    assert record["relations"] == "[{type: preprint-of, paper: alpha2020trial}]"
    assert record["peer-review"] == "preprint"


def test_the_table_names_what_the_policy_has():
    """Every id of the table is one of the built-in policy; another policy without them gets no suggestion."""
    policy, _findings = load_policy(None)
    tables = suggestions.tables()
    assert {row["id"] for row in tables["design"]} <= set(policy.design)
    assert set(tables["context"]) <= set(policy.context)
    assert set(tables["topic"]) <= set(policy.topic)
    work = Work(title="Sleep in fibromyalgia", authors=(Name("A"),), subjects=("Cohort Studies",), publication_types=("Review",))
    assert suggestions.design(work, policy) == ("review", "Review")
    assert (suggestions.contexts(work, policy), suggestions.topics(work, policy)) == (["fibromyalgia"], ["sleep"])
