"""New entries in a bibliography file: their form, their keys, their places; and not a byte of the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_atlas.core.bibliography_format import format_texts
from evidence_atlas.core.references import Name, load_bibliography
from evidence_atlas.sources.bibliography import add_entries, entry_of, inserted, key_for
from evidence_atlas.sources.files import read_data, work_of_reference
from evidence_atlas.sources.work import Work

WORK = Work(
    title="A 50% rise of TNF_α & other {odd} things",
    authors=(
        Name("van der Müller", "Anna"),
        Name("Sons and Daughters", "C.", suffix="Jr"),
        Name("The Made-up Group", literal=True),
    ),
    abridged=True,
    journal="Journal of Results & Non-Results",
    date="2024-05-01",
    pages="1-9",
    doi="10.5555/a_b",
    pmid="99999901",
)
FILE = Path("a.bib")
SORTED = "% Lead.\n\n@article{bravo2020x,\n  title = {B}\n}\n\n@article{delta2020x,\n  title = {D}\n}\n"


def test_an_entry_says_what_the_work_says():
    """What is written as BibTeX is read again as the same work, with every mark of its title."""
    (work,) = read_data(entry_of(WORK, "a2024").encode(), "a.bib").works
    assert work.title == "A 50% rise of TNF_α & other (odd) things"
    assert [name.sorted_form for name in work.authors] == [
        "van der Müller, Anna",
        "Sons and Daughters, C., Jr",
        "The Made-up Group",
    ]
    assert work.authors[2].literal
    assert (work.abridged, work.journal, work.date, work.pages) == (True, WORK.journal, "2024", "1-9")
    assert (work.doi, work.pmid) == (WORK.doi, WORK.pmid)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_title_is_an_entry_that_can_be_read(title):
    """No title breaks the file: the entry is read without a problem, with the fields after it."""
    contents = read_data(
        entry_of(Work(title=f"A {title}", authors=(Name("A"),), date="2024", doi="10.5555/1"), "a").encode(), "a.bib"
    )
    assert contents.problems == ()
    assert contents.works[0].doi == "10.5555/1"
    assert contents.works[0].date == "2024"


@pytest.mark.parametrize(
    ("name", "title", "date", "key"),
    [
        (Name("Martínez-Lavín", "M."), "Dorsal root ganglia", "2021", "martinezlavin2021dorsal"),
        (Name("Keller", "B."), "Cardiopulmonary and metabolic responses", "2024", "keller2024cardiopulmonar"),
        (Name("Akarsu", "S."), "The efficacy of oxygen", "2013", "akarsu2013efficacy"),
        (Name("The DecodeME Consortium", literal=True), "Initial findings", "2025", "decodeme2025initial"),
        (Name("Nobody"), "On it", "", "nobodyundatedwork"),
        (Name("山田", "太郎"), "2015 guideline", "2015", "shantian2015guideline"),
    ],
)
def test_keys_follow_the_habit_of_the_project(name, title, date, key):
    """Family name, year, first long word; ASCII; a group by its first name; no year is undated."""
    assert key_for(Work(title=title, authors=(name,), date=date), ()) == key


def test_a_key_that_is_taken_gets_a_letter():
    """The one that stands keeps its key."""
    first = key_for(WORK, ())
    assert key_for(WORK, {first}) == f"{first}b"
    assert key_for(WORK, {first, f"{first}b"}) == f"{first}c"


def test_most_keys_of_this_atlas_are_what_the_rule_gives():
    """The rule is the project's own habit: it gives nearly every key of the bibliography."""
    bibliography, _findings = load_bibliography([Path(__file__).parents[2] / "references.bib"])
    works = [work_of_reference(reference) for reference in bibliography.values()]
    same = sum(key_for(work, ()) == work.identifiers["key"] for work in works)
    assert same / len(works) > 0.95


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("alfa", ["alfa", "bravo2020x", "delta2020x"]),
        ("charlie", ["bravo2020x", "charlie", "delta2020x"]),
        ("BRAVO2021", ["bravo2020x", "BRAVO2021", "delta2020x"]),
        ("echo", ["bravo2020x", "delta2020x", "echo"]),
    ],
)
def test_an_entry_stands_at_its_sorted_place(key, order):
    """Before, between and after others, whether capital or not; a file in the form of `atlas references` stays in it."""
    pretty = format_texts({FILE: SORTED})[FILE]
    after = inserted(pretty, {key: format_texts({FILE: f"@article{{{key}, title = {{N}}}}"})[FILE]})
    assert re.findall(r"@article\{(\w+)", after) == order
    assert format_texts({FILE: after})[FILE] == after


_KEYS = st.lists(st.text("abcdefgh", min_size=1, max_size=4), unique=True, max_size=8)


@given(_KEYS, _KEYS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "% Lead\n\n", "\ufeff", "text with @ sign\n"]))
@settings(max_examples=80, deadline=None)
def test_not_a_byte_of_the_rest_is_touched(standing, new, line_end, lead):
    """Without the new entries the file is what it was, in whatever order and with whatever line ends it stood."""
    file = (lead + "\n".join(f"@article{{{key}x,\n  title={{T {key}}}   ,\n}}\n% note on {key}\n" for key in standing)).replace(
        "\n", line_end
    )
    line_end = line_end if line_end in file else "\n"
    entries = {f"{key}new": f"@article{{{key}new,\n  title = {{N}}\n}}\n" for key in new}
    after = inserted(file, entries)
    for entry in entries.values():
        shown = entry.strip("\n").replace("\n", line_end)
        assert after.count(shown) == 1
    stripped = after
    for entry in entries.values():
        shown = entry.strip("\n").replace("\n", line_end)
        for around in (f"{line_end * 2}{shown}", f"{shown}{line_end * 2}", f"{shown}{line_end}"):
            if around in stripped:
                stripped = stripped.replace(around, "", 1)
                break
    assert stripped.rstrip("\r\n") == file.rstrip("\r\n")


def test_a_file_that_is_not_utf8_is_refused_and_left(tmp_path):
    """Another encoding is named with its line; the file stays as it is."""
    path = tmp_path / "references.bib"
    path.write_bytes(b"@article{a, title = {M\xfcller}}\n")
    with pytest.raises(ValueError, match=r"references.bib:1: .*Nothing was changed"):
        add_entries(path, {"b": "@article{b,\n}\n"})
    assert path.read_bytes() == b"@article{a, title = {M\xfcller}}\n"
