"""``atlas import``: every reference of a file is new, a duplicate or refused, and the bibliography is otherwise as it was."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_atlas.cli import main
from evidence_atlas.core.bibliography_format import format_texts
from evidence_atlas.core.references import load_bibliography
from evidence_atlas.sources import imports

STANDING = """% The works of this atlas.

@article{doe2020rest,
  author   = {Doe, Ann},
  title    = {Rest and recovery},
  journal  = {J Rest},
  year     = {2020},
  doi      = {10.5555/rest.1},
  pmid     = {111}
}

@article{roe2021sleep,
  author   = {Roe, Bob},
  title    = {Sleep},
  year     = {2021}
}
"""


def entry(key, number=None, **fields):
    """An entry as a reference manager writes it."""
    number = number or sum(map(ord, key))
    values = {"author": "Poe, Cat", "title": f"Effort {number} and its limits", "year": "2022", "doi": f"10.5555/n.{number}"}
    rows = "".join(f"\n  {name} = {{{value}}}," for name, value in (values | fields).items() if value)
    return f"@article{{{key},{rows}\n}}\n"


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on texts; give its exit code, its report as data, and the bibliography after it."""

    def run(source, standing=STANDING, name="export.bib", *more):
        file, bib = tmp_path / name, tmp_path / "references.bib"
        file.write_text(source, encoding="utf-8", newline="")
        if standing is not None:
            bib.write_bytes(standing.encode())
        code = main(["import", str(file), "--into", str(bib), "--format", "json", *more])
        return code, json.loads(capsys.readouterr().out), bib.read_bytes().decode() if bib.exists() else None

    return run


def outcomes(report):
    return [(row["name"], row["status"], row["key"], row["why"]) for row in report["references"]]


def test_each_reference_is_new_a_duplicate_or_refused(run):
    """The report has one line for each, with the key of a duplicate and the reason of a refusal."""
    source = (
        entry("new1")
        + entry("byDoi", doi="https://doi.org/10.5555/REST.1")
        + entry("byPmid", doi="", pmid="111")
        + entry("byTitle", author="Roe, B.", title="{Sleep}", year="2021", doi="")
        + entry("again", doi="10.5555/n.469", title="Other")
        + entry("nobody", author="")
        + entry("anonymous", author="Anonymous")
        + entry("untitled", title="")
    )
    code, report, _bib = run(source.replace("10.5555/n.469", f"10.5555/n.{sum(map(ord, 'new1'))}"))
    assert code == 1
    assert outcomes(report) == [
        ("new1", "new", "new1", ""),
        ("byDoi", "duplicate", "doe2020rest", "the same DOI"),
        ("byPmid", "duplicate", "doe2020rest", "the same PMID"),
        ("byTitle", "duplicate", "roe2021sleep", "the same title, first author and time"),
        ("again", "duplicate", "new1", "the same DOI"),
        ("nobody", "refused", "", "it has no authors, and none is invented"),
        ("anonymous", "refused", "", "it has no authors: 'Anonymous' stands in their place"),
        ("untitled", "refused", "", "it has no title"),
    ]
    assert report["counts"] == {"new": 1, "duplicate": 4, "refused": 3}


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            entry("a", url="javascript:alert(1)"),
            "it is unsafe: The field 'url' of 'a' holds a link that begins with 'javascript:'",
        ),
        (entry("a", title="Rest \\href{javascript:alert(1)}{here}"), "it is unsafe"),
        (entry("a", title="Rest \u202etxet"), "it holds a control character, or one that reorders text on the screen"),
        (entry("a", crossref="doe2020rest"), "it takes fields from another entry by crossref"),
        (entry("a") + "@article{broken, title = {Open\n", "it cannot be read: "),
        (entry("a") + entry("a", number=5), "Line 7: The key 'a' is repeated"),
        (entry("a") + "@article{\n}\n", "Line 8: "),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_the_reason(run, source, why):
    """Unsafe links, hidden characters, fields elsewhere, broken and repeated entries; nothing is dropped in silence."""
    code, report, bib = run(source)
    refused = [row for row in report["references"] if row["status"] == "refused"]
    assert code == 1
    assert [row["why"].startswith(why) for row in refused] == [True]
    assert "javascript" not in bib


def test_what_the_bibliography_could_not_hold_is_refused_and_costs_no_other(run):
    """A name that no reader takes for one makes one refusal, and the other references are taken over."""
    ris = "".join(f"TY  - JOUR\nAU  - {name}, A\nTI  - About {name[:9]}\nPY  - 2020\nER  - \n\n" for name in ("x" * 1200, "Fine"))
    code, report, after = run(ris, STANDING, "export.ris")
    first, second = outcomes(report)
    assert (first[1], second[1]) == ("refused", "new")
    assert re.fullmatch(r"no entry can be written of it: The entry '.+' has a name of 120\d characters in 'author'.+", first[3])
    assert (code, "Fine, A" in after, "xxx" in after) == (1, True, False)


def test_a_file_without_one_reference_changes_nothing(run, tmp_path, capsys):
    """It is an error of use, and the bibliography is as it was."""
    (tmp_path / "notes.bib").write_text("no entry here")
    (tmp_path / "references.bib").write_text(STANDING)
    assert main(["import", str(tmp_path / "notes.bib"), "--into", str(tmp_path / "references.bib")]) == 2
    assert (tmp_path / "references.bib").read_text() == STANDING
    assert "holds no reference" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(run):
    """The report is the same."""
    _code, dry, bib = run(entry("new1"), STANDING, "export.bib", "--dry-run")
    assert bib == STANDING
    assert run(entry("new1"))[1] == dry


def test_entries_come_in_sorted_and_in_the_form_of_the_bibliography(run):
    """Into nothing, and between others; the formatter has nothing to do afterwards."""
    for standing in (None, "", STANDING):
        _code, _report, bib = run("".join(entry(key) for key in ("zoe", "abe", "mae")), standing)
        assert format_texts({Path("b.bib"): bib}) == {Path("b.bib"): bib}


def test_a_bibtex_entry_keeps_its_braces_editors_and_joined_values_but_no_abstract(run):
    """What protects capitals stays; an editor does not become an author; texts of others and private notes stay behind."""
    source = '@string{jr = "J Rest"}\n' + entry("a", title="{ME/CFS} and {\\'e}", abstract="Secret words", note="mine").replace(
        ",\n}\n", ",\n  journal = jr # { B}\n}\n"
    )
    source += "@book{b, editor = {Poe, Cat}, title = {Handbook}, publisher = {P}, year = 2022}\n"
    _code, _report, bib = run(source)
    assert "title    = {{ME/CFS} and {\\'e}}," in bib
    assert "journal  = {J Rest B}," in bib
    assert "editor   = {Poe, Cat}," in bib
    assert "Secret" not in bib
    assert "mine" not in bib


def test_a_key_is_kept_where_it_is_free_and_safe(run):
    """Keys know no case; another work's key, or one that no role could name, is replaced by one of the project's habit."""
    _code, report, _bib = run(entry("DOE2020rest") + entry("tab`key") + entry("fine-2020:a"))
    assert [row["key"] for row in report["references"]] == ["poe2022effort", "poe2022effortb", "fine-2020:a"]


def test_works_of_one_label_get_letters_and_those_that_were_there_are_left_alone(run, capsys):
    """New ones are told apart; where a standing entry needs a letter too, the report names it."""
    _code, report, bib = run(entry("a", author="Doe, A.", year="2020") + entry("b") + entry("c"))
    assert report["letters-needed"] == ["doe2020rest"]
    assert re.findall(r"year-suffix = \{(\w)\}", bib) == ["a", "a", "b"]
    assert STANDING[STANDING.index("@article{doe") : STANDING.index("@article{roe")].strip() in bib


def test_what_belongs_together_is_said_and_both_are_kept(run):
    """A preprint and its journal version, a correction and its paper, whichever comes first in the file."""
    title = "Effort and its limits in a cohort"
    source = (
        entry("corr", title=f"Correction: {title}")
        + entry("pre", title=title, doi="10.1101/2022.01.02.12345678")
        + entry("paper", title=title)
    )
    _code, report, _bib = run(source)
    links = {row["key"]: row["links"] for row in report["references"]}
    assert links["pre"] == ["a preprint of paper: the same title, first author and time"]
    assert links["paper"] == ["the journal version of pre: the same title, first author and time"]
    assert report["counts"]["new"] == 3


RIS = "TY  - JOUR\nAU  - Poe, Cat\nTI  - Effort\nPY  - 2022\nDO  - 10.5555/ris.1\nER  - \n"
NBIB = "PMID- 4242\nTI  - Effort.\nFAU - Poe, Cat\nDP  - 2022 May\nJT  - J Rest\n"
CSL = json.dumps(
    [{"id": "x", "type": "article-journal", "title": "Effort", "author": [{"family": "Poe"}], "DOI": "10.5555/csl.1"}]
)


@pytest.mark.parametrize(("source", "name"), [(RIS, "a.ris"), (NBIB, "a.nbib"), (CSL, "a.json")])
def test_other_formats_come_in_the_same_way(run, source, name):
    """Each becomes an entry with its identifier; a second time it is a duplicate."""
    _code, report, bib = run(source, STANDING, name)
    assert [row["status"] for row in report["references"]] == ["new"]
    assert re.search(r"doi      = \{10.5555/\w+.1\}|pmid     = \{4242\}", bib)
    _code, report, again = run(source, bib, name)
    assert [row["status"] for row in report["references"]] == ["duplicate"]
    assert again == bib


KEYS = st.lists(st.from_regex(r"[a-z]{1,3}[0-9]{0,2}", fullmatch=True), min_size=1, max_size=6, unique=True)
BETWEEN = st.sampled_from(["\n", "\n\n", "\n% a comment\n", "\r\n\r\n", " "])


@given(KEYS, KEYS, BETWEEN)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_not_a_byte_of_what_was_there_is_changed(run, standing, new, between):
    """Whatever the form and order of the file, taking the new entries out again gives it back; twice adds nothing."""
    before = between.join(entry(f"s{key}", number=hash_of(key)) for key in standing)
    source = "".join(entry(f"n{key}", number=10_000 + hash_of(key)) for key in new)
    _code, report, after = run(source, before)
    plan_keys = [row["key"] for row in report["references"]]
    assert report["counts"] == {"new": len(new), "duplicate": 0, "refused": 0}
    rest = after.replace("\r\n", "\n")
    for key in plan_keys:
        rest = re.sub(rf"@article\{{{key},\n(?:  .*\n)*\}}", "", rest, count=1)
    assert [line for line in rest.split("\n") if line.strip()] == [
        line for line in before.replace("\r\n", "\n").split("\n") if line.strip()
    ]
    assert all(part in after for part in before.split(between if between.strip() else "\0"))
    _code, report, again = run(source, after)
    assert report["counts"] == {"new": 0, "duplicate": len(new), "refused": 0}
    assert again == after


def hash_of(key):
    return int.from_bytes(key.encode())


KILLED = """
import os, signal, sys
from evidence_atlas.cli import main
from evidence_atlas.sources import imports

imports.BATCH = 10
write, calls = imports.add_entries, []

def add_and_die(path, entries):
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    calls.append(write(path, entries))

imports.add_entries = add_and_die
main(sys.argv[1:])
"""


def test_after_a_kill_a_second_run_loses_and_doubles_nothing(tmp_path, capsys):
    """A process that is killed between two writes leaves a whole file; the next run ends as one run would have."""
    source, bib, other = tmp_path / "export.bib", tmp_path / "references.bib", tmp_path / "other.bib"
    # years that differ, so that no letter depends on what was there
    source.write_text("".join(entry(f"k{n:03}", number=n, year=str(1900 + n)) for n in range(45)))
    for file in (bib, other):
        file.write_text(STANDING)
    command = ["import", str(source), "--into", str(bib)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *command], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    half, problems = load_bibliography([bib])
    assert (len(half), problems) == (22, [])
    assert main(command) == 0
    assert main(["import", str(source), "--into", str(other)]) == 0
    assert bib.read_text() == other.read_text()
    assert "25 new, 20 duplicate, 0 refused." in capsys.readouterr().err


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    """No half of a file, and no temporary file stays behind."""
    source, bib = tmp_path / "export.bib", tmp_path / "references.bib"
    source.write_text(entry("a"))
    bib.write_text(STANDING)

    def full(_self, _target):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    assert main(["import", str(source), "--into", str(bib)]) == 2
    assert bib.read_text() == STANDING
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.bib", "references.bib"]


def test_progress_is_shown_on_a_terminal_alone(tmp_path, monkeypatch, capsys):
    """Counts on one line there; nothing where the report goes to a file."""
    source, bib = tmp_path / "export.bib", tmp_path / "references.bib"
    source.write_text("".join(entry(f"k{n}", number=n + 1) for n in range(100)))
    assert main(["import", str(source), "--into", str(bib), "--dry-run"]) == 0
    assert "100 of 100 read" not in capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(["import", str(source), "--into", str(bib)]) == 0
    told = capsys.readouterr().err
    assert "100 of 100 read" in told
    assert "100 of 100 written" in told


@pytest.mark.deep
def test_thousands_of_references_take_less_than_a_minute(tmp_path):
    """As many as a field of this size has; the time is that of the processor."""
    import time

    source, bib = tmp_path / "export.bib", tmp_path / "references.bib"
    source.write_text("".join(entry(f"k{n:04}", number=n, year=str(1950 + n % 70)) for n in range(6204)))
    bib.write_text(STANDING)
    begin = time.process_time()
    plan = imports.plan_import(source, load_bibliography([bib])[0])
    imports.write_entries(bib, plan.entries)
    assert time.process_time() - begin < 60
    assert len(load_bibliography([bib])[0]) == 6206
