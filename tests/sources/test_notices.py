"""What sources report of notices, how the reports are compared, and what is written into the notices file."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest

from evidence_atlas.core.notice_checks import Check, checks_text, load_checks
from evidence_atlas.core.notices import KINDS, Notice, load_notices
from evidence_atlas.sources.notice_merge import add_notices, merge
from evidence_atlas.sources.notice_reports import Report, combined, kind_of, reports_of
from evidence_atlas.sources.retraction_watch import read_retraction_watch
from evidence_atlas.sources.services import SourceError
from evidence_atlas.sources.work import Link, Work

PAPER = "10.5555/paper"
TODAY = dt.date(2026, 11, 22)
COLUMNS = "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("retraction", "retraction"),
        ("Retraction", "retraction"),
        ("withdrawal", "withdrawal"),
        ("removal", "removal"),
        ("expression_of_concern", "expression-of-concern"),
        ("Expression of concern", "expression-of-concern"),
        ("corrigendum", "correction"),
        ("erratum", "erratum"),
        ("Reinstatement", "reinstatement"),
        ("partial-retraction", "partial-retraction"),
    ],
)
def test_words_of_sources_become_kinds_of_the_atlas(word, kind):
    """Each source's word for a notice becomes the atlas's kind; a word that the atlas has no kind for stays as it is."""
    assert kind_of(word) == kind


def test_what_a_record_says_of_itself():
    """PubMed's publication type, or a mark before the title, reports a retraction where no notice is named; comments report nothing."""
    typed = Work(title="A paper", publication_types=("Journal Article", "Retracted Publication"), retrieved="2026-11-22")
    marked = Work(title="WITHDRAWN: A paper", retrieved="2026-11-22")
    commented = Work(
        title="Removed genes in a made-up cohort", updated_by=(Link("comment", "10.5555/c"), Link("update"), Link("new-version"))
    )
    assert [report.kind for report in reports_of(typed, "pubmed")] == ["retraction"]
    assert [report.kind for report in reports_of(marked, "crossref")] == ["withdrawal"]
    assert reports_of(commented, "pubmed") == []


def test_pubmed_tells_the_day_within_the_place():
    """The day of a notice is taken from the place that PubMed names, and the place is kept as where it was read."""
    work = Work(
        updated_by=(Link("retraction", "10.5555/n", note="J Made Up. 2011 Dec 23;334(6063):1636"),), retrieved="2026-11-22"
    )
    [report] = reports_of(work, "pubmed")
    assert (report.date, report.sources) == (
        "2011-12-23",
        ("PubMed, asked on 2026-11-22 (J Made Up. 2011 Dec 23;334(6063):1636)",),
    )


def test_reports_of_one_notice_become_one():
    """What several sources say of one notice is joined, the fuller date kept, and each source named; two corrections stay two."""
    reports = [
        Report("retraction", "10.5555/n", "2024-05", sources=("A",)),
        Report("retraction", "", "2024-05-06", reason="Why.", sources=("B",)),
        Report("correction", "10.5555/c", "2020", sources=("A",)),
        Report("erratum", "10.5555/c", "2020-01", sources=("B",)),
        Report("correction", "10.5555/d", "2021", sources=("A",)),
    ]
    notices, contradictions = combined(reports)
    assert notices == [
        Report("retraction", "10.5555/n", "2024-05-06", "", "Why.", ("A", "B")),
        Report("correction", "10.5555/c", "2020-01", "", "", ("A", "B")),
        Report("correction", "10.5555/d", "2021", "", "", ("A",)),
    ]
    assert contradictions == []


def rules(merged):
    return [(remark.rule, remark.severity) for remark in merged.remarks]


def test_a_new_notice_is_written_and_told():
    """A notice that the file does not have is to be written; one that takes the paper back is told as critical."""
    merged = merge(
        {PAPER: (Notice("erratum", "10.5555/e"),)}, {PAPER: [Report("retraction", "10.5555/n"), Report("erratum", "10.5555/e")]}
    )
    assert merged.new == {PAPER: [Report("retraction", "10.5555/n")]}
    assert rules(merged) == [("new", "critical")]


def test_what_stands_is_not_overwritten():
    """A notice that stands in the file keeps its kind, DOI and day; a report that differs is told, and a further detail is a hint."""
    standing = {PAPER: (Notice("retraction", date="2011-12"),)}
    same = merge(standing, {PAPER: [Report("retraction", "10.5555/n", "2011-12-23", sources=("S",))]})
    assert (same.new, rules(same)) == ({}, [("more-known", "hint")])
    other_kind = merge(standing, {PAPER: [Report("withdrawal", date="2011-12-23", sources=("S",))]})
    assert (other_kind.new, rules(other_kind)) == ({}, [("conflict", "warning")])
    other_day = merge(standing, {PAPER: [Report("retraction", date="2012-01-02", sources=("S",))]})
    assert (other_day.new, rules(other_day)) == ({}, [("conflict", "hint")])


def test_sources_that_contradict_each_other():
    """Where sources differ in how a paper was taken back, the first is believed and the difference told."""
    merged = merge(
        {}, {PAPER: [Report("retraction", "10.5555/n", sources=("A",)), Report("removal", "10.5555/n", sources=("B",))]}
    )
    assert [report.kind for report in merged.new[PAPER]] == ["retraction"]
    assert ("conflict", "warning") in rules(merged)


@pytest.mark.parametrize(("kind", "rule"), [("reinstatement", "reinstated"), ("partial-retraction", "unknown-kind")])
def test_what_a_program_must_not_decide(kind, rule):
    """A reinstatement, and a kind that the atlas does not have, are told to a person and written nowhere."""
    merged = merge({PAPER: (Notice("retraction"),)}, {PAPER: [Report(kind, sources=("S",))]})
    assert (merged.new, rules(merged)) == ({}, [(rule, "warning")])


HEAD = "# Notices.  Two  spaces stay.\n\n"
FORMS = {
    "rows": f'{HEAD}["{PAPER}"]\nnotices = [\n  {{ kind = "erratum" }}, # why\n]\n\n# next\n["10.5555/b"]\nnotices = []\n',
    "no last comma": f'["{PAPER}"]\nnotices = [\n  {{ kind = "erratum" }}\n]\n',
    "one line": f'["{PAPER.upper()}"]\nnotices = [{{kind="erratum"}}]\n',
    "tables": f'{HEAD}[["{PAPER}".notices]]\nkind = "erratum" # why\n\n# next\n["10.5555/b"]\nnotices = []\n',
    "dotted": f'"{PAPER}".notices = [ {{kind = "erratum"}}, ]\n',
    "Windows": f'["{PAPER}"]\r\nnotices = [\r\n  {{ kind = "erratum" }},\r\n]\r\n',
    "another paper": '["10.5555/other"]\nnotices = [\n  { kind = "erratum" },\n]',
    "comment alone": HEAD,
    "nothing": "",
}
NEW = Report("retraction", "10.5555/n_1", "2024-05-06", 'The "Journal"', "It said \\ a = b.\nAnd more.", ("Crossref", "PubMed"))


@pytest.mark.parametrize("form", FORMS)
def test_the_rest_of_the_notices_file_stays(form, tmp_path):
    """A notice is added in every form that TOML allows; every byte that was there is still there, in order, and the file can be read."""
    before = FORMS[form]
    after = add_notices(before, {PAPER: [NEW], "pmid:123": [Report("correction", date="2020")]}, {"pmid:123": "A 2020,\nJournal"})
    rest = iter(after)
    assert all(character in rest for character in before)
    assert all(line in after for line in before.splitlines() if line.startswith("#"))
    file = tmp_path / "notices.toml"
    file.write_bytes(after.encode())
    notices, findings = load_notices(file)
    assert findings == []
    assert notices[PAPER][0] == Notice(
        "retraction", "10.5555/n_1", dt.date(2024, 5, 6), 'The "Journal"', "It said \\ a = b.\nAnd more.", "Crossref; PubMed"
    )
    assert notices["pmid:123"] == (Notice("correction", None, "2020"),)
    assert ("erratum" in before) == any(n.kind == "erratum" for group in notices.values() for n in group)


def test_the_real_notices_file_can_be_added_to():
    """A notice about a paper of the project's own file changes no other line of it."""
    from pathlib import Path

    before = Path(__file__).parents[2].joinpath("notices.toml").read_text(encoding="utf-8")
    name = next(iter(tomllib.loads(before)))
    after = add_notices(before, {name: [NEW], PAPER: [NEW]}, {PAPER: "A 2024"})
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        '  { kind = "retraction", doi = "10.5555/n_1", date = 2024-05-06, issuer = "The \\"Journal\\"", reason = "It said \\\\ a = b.\\nAnd more.", source = "Crossref; PubMed" },',
        "# A 2024",
        f'["{PAPER}"]',
        '  { kind = "retraction", doi = "10.5555/n_1", date = 2024-05-06, issuer = "The \\"Journal\\"", reason = "It said \\\\ a = b.\\nAnd more.", source = "Crossref; PubMed" },',
    ]  # fmt: skip


# -- the Retraction Watch file -----------------------------------------------------------------------------


def watched(folder, *rows, names=(PAPER, "pmid:123"), columns=COLUMNS):
    file = folder / "retraction_watch.csv"
    file.write_bytes(b"\r\n".join([columns.encode(), *(row if isinstance(row, bytes) else row.encode() for row in rows)]))
    return read_retraction_watch(file, names, TODAY)


def test_the_retraction_watch_file(tmp_path):
    """Rows are found by DOI in any letters or by PubMed number; kind, day, DOI of the notice and reasons are read; the newest day is what the file can know."""
    found = watched(
        tmp_path,
        '1,"A, B",12/23/2011 0:00,10.5555/N,0,10.5555/PAPER,0,Retraction,+Error in Data;+Results Not Reproducible;',
        "2,C,1/2/2026 0:00,unavailable,0,,123,Expression of concern,",
        "3,D,2026-03-04,10.5555/x,0,10.5555/other,0,Correction,+Error;",
        "4,E,1/1/2030 0:00,10.5555/x,0,10.5555/other,0,Correction,+Error;",
    )
    [retraction] = found.about(PAPER, "")
    assert (retraction.kind, retraction.doi, retraction.date) == ("retraction", "10.5555/n", "2011-12-23")
    assert retraction.reason == "Retraction Watch lists as reasons: Error in Data; Results Not Reproducible."
    assert retraction.sources == ("Retraction Watch, file up to 2026-03-04",)
    [concern] = found.about("10.5555/unknown", "123")
    assert (concern.kind, concern.doi, concern.date) == ("expression-of-concern", "", "2026-01-02")
    assert (found.until, found.rows, found.unreadable, found.about("10.5555/y", "")) == ("2026-03-04", 4, 0, [])


def test_damaged_names_in_the_retraction_watch_file(tmp_path):
    """Bytes that are not UTF-8 in a name do no harm; in a DOI they are counted, since that notice cannot be found."""
    found = watched(
        tmp_path,
        b"1,\xc9t\xe9,1/2/2026 0:00,10.5555/n,0,10.5555/paper,0,Retraction,",
        b"2,B,1/2/2026 0:00,,0,10.5555/\xe9,0,Retraction,",
    )
    assert (len(found.about(PAPER, "")), found.unreadable) == (1, 1)


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (["1,A,1/2/2026 0:00,10.5555/n,0,10.5555/paper,0,Retraction,", "2,B,1/2/2026 0:00,10.55"], COLUMNS, "cut off"),
        (["<html>"], "<!DOCTYPE html>", "no column"),
        ([], "", "no column"),
        ([], COLUMNS, "no notice with a date"),
        (['1,"A,1/2/2026'], COLUMNS, "no CSV"),
    ],
)
def test_a_file_that_is_not_whole_means_nothing(rows, columns, said, tmp_path):
    """A file that is cut off, empty or no such file is refused as a whole: what it does not hold would pass for a good answer."""
    with pytest.raises(SourceError, match=said):
        watched(tmp_path, *rows, columns=columns)


# -- the file of checks ------------------------------------------------------------------------------------


def test_checks_are_kept(tmp_path):
    """What is written into the file of checks is read again, a line each work, in the order of the sources."""
    checks = {
        PAPER: (Check("crossref", "2026-11-20", "none"), Check("pubmed", "2026-11-21", "failed")),
        "pmid:1": (Check("retraction-watch", "2026-11-01", "absent"),),
    }
    for kept in (checks, {}):
        file = tmp_path / "notice-checks.json"
        file.write_text(checks_text(kept), encoding="utf-8")
        assert load_checks(file) == (kept, [])
    assert len(checks_text(checks).splitlines()) == 5 + len(checks)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": 2, "works": {}}',
        '{"schema": 1, "works": {"10.5555/a": {"crossref": {"asked": "2026-11-20", "answer": "fine"}}}}',
        '{"schema": 1, "works": {"10.5555/a": {"crossref": {"asked": "2026-13-20", "answer": "none"}}}}',
        '{"schema": 1, "works": {"10.5555/a": {"oracle": {"asked": "2026-11-20", "answer": "none"}}}}',
        "[" * 100_000,
    ],
)
def test_a_file_of_checks_with_a_fault_counts_as_none(text, tmp_path):
    """A file of checks that cannot be read warns once, and no work counts as checked."""
    file = tmp_path / "notice-checks.json"
    file.write_text(text, encoding="utf-8")
    checks, [finding] = load_checks(file)
    assert (checks, finding.code.slug) == ({}, "notice-checks")


def test_every_kind_can_be_reported():
    """Each of the six kinds comes through from a source's record under its own name."""
    work = Work(updated_by=tuple(Link(kind, f"10.5555/{kind}") for kind in KINDS), retrieved="2026-11-22")
    assert [report.kind for report in reports_of(work, "crossref")] == list(KINDS)
