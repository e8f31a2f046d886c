"""One work under two keys is found, and what only belongs together is kept apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_atlas.core.duplicates import Catalogue, Stated, check_references, normal_title, traits
from evidence_atlas.core.notice_titles import kind_of, own_title
from evidence_atlas.core.references import load_bibliography

ROOT = Path(__file__).parents[2]
PAPER = Stated("Rest and recovery after effort: a cohort", "Doe, Ann and Roe, Bob", "2024", doi="10.5555/rest.1", pmid="111")
NO_IDS = replace(PAPER, doi="", pmid="")


def relation(one, other):
    """How ``other`` stands to ``one``."""
    found = Catalogue([traits("one", one)]).matches(traits("other", other))
    return [match.relation for match in found]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (replace(NO_IDS, title="Another title", doi="https://doi.org/10.5555/REST.1"), ["same"]),
        (replace(NO_IDS, title="Another title", pmid="111"), ["same"]),
        (replace(PAPER, title="Another title", doi="10.5555/other"), ["alike"]),
        (NO_IDS, ["same"]),
        (replace(NO_IDS, year="2025"), ["same"]),
        (replace(NO_IDS, year=""), ["same"]),
        (replace(NO_IDS, year="2026"), []),
        (replace(NO_IDS, author="Moe, Cat"), []),
        (replace(NO_IDS, title="{R}est and Recovery after Effort -- A Cohort."), ["same"]),
        (replace(NO_IDS, title="RETRACTED: Rest and recovery after effort: a cohort"), ["same"]),
        (replace(NO_IDS, author="Do{\\'e}, A."), ["same"]),
        (replace(PAPER, doi="10.5555/abstract.9", pmid=""), ["alike"]),
        (replace(PAPER, doi="", pmid="222"), ["alike"]),
        (replace(NO_IDS, doi="10.1101/2024.01.02.12345678"), ["preprint-of"]),
        (replace(NO_IDS, doi="10.21203/rs.3.rs-1234567/v1"), ["preprint-of"]),
        (replace(PAPER, doi="10.1101/2024.01.02.12345678"), ["preprint-of"]),
        (replace(NO_IDS, container="medRxiv"), ["preprint-of"]),
        (replace(NO_IDS, title=f"Correction: {PAPER.title}"), ["notice-of"]),
        (replace(NO_IDS, title=f"Comment on “{PAPER.title}” by Doe"), ["notice-of"]),
        (replace(NO_IDS, title="Correction", targets=["10.5555/rest.1"]), ["notice-of"]),
        (replace(NO_IDS, types=["Comment"]), []),
    ],
)
def test_how_two_works_stand_to_each_other(other, expected):
    """By identifiers, by title with first author and year, by preprint servers, and by what notices say."""
    assert relation(PAPER, other) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.1002/14651858.cd003200.pub8", "10.1002/14651858.cd003200.pub9"),
        ("10.1002/14651858.cd003200", "10.1002/14651858.cd003200.pub2"),
        ("10.21203/rs.3.rs-1234567/v1", "10.21203/rs.3.rs-1234567/v2"),
        ("10.20944/preprints202401.0001.v1", "10.20944/preprints202401.0001.v2"),
    ],
)
def test_versions_of_one_work_are_told_by_their_dois(one, other):
    """They are linked whatever their titles and years are; both are kept."""
    first = Stated("Exercise", "Doe", "2019", doi=one)
    assert relation(first, Stated("Exercise again", "Doe", "2024", doi=other)) == ["version-of"]


def test_a_doi_that_only_looks_like_a_version_is_none():
    """MDPI numbers its articles with a v for Viruses, and two of them are two papers."""
    assert relation(Stated("One", "Doe", doi="10.3390/v13112345"), Stated("Two", "Roe", doi="10.3390/v13112346")) == []


@pytest.mark.parametrize(
    ("title", "kind", "about"),
    [
        ("Author Correction: Long COVID", "correction", "Long COVID"),
        ("Corrigendum to “Rest”", "correction", "Rest"),
        ("Erratum", "correction", ""),
        ("Correction: Doe et al. Rest and sleep. Viruses 2025, 17, 617", "correction", "Rest and sleep."),
        ("Retraction for Lo et al., Detection of a virus", "retraction", "Detection of a virus"),
        ("Retraction", "retraction", ""),
        ("Editorial expression of concern", "expression-of-concern", ""),
        ("Comment on 'Rest'", "comment", "Rest'"),
        ("Re: ‘Rest’ by Doe et al", "comment", "Rest’ by Doe et al"),
        ("Reply to: Rest", "reply", "Rest"),
        ("Authors’ Response to Peer Reviews of “Rest”", "reply", "Rest"),
        ("Response to the letter by Doe", "reply", "by Doe"),
        ("Response to vitamin B12 in myalgic encephalomyelitis", "paper", ""),
        ("Responses to exercise differ", "paper", ""),
        ("Correction of vision in patients", "paper", ""),
        ("Corrections officers and fatigue", "paper", ""),
        ("Recovery from long COVID", "paper", ""),
        ("Retracted: Rest", "paper", ""),
        ("Withdrawal symptoms after rest", "paper", ""),
    ],
)
def test_notices_are_told_from_papers_by_their_titles(title, kind, about):
    """A paper whose title begins like a notice stays a paper."""
    assert kind_of(title) == (kind, about)


def test_the_mark_of_a_retracted_paper_is_not_part_of_its_title():
    """Publishers put it before the title of the paper itself."""
    assert own_title("RETRACTED ARTICLE: Rest") == "Rest"
    assert own_title("Retracted genes in yeast") == "Retracted genes in yeast"


WORD = st.text(alphabet="abcdeéüß", min_size=1, max_size=6)
TITLE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
STATED = st.builds(
    Stated,
    title=st.sampled_from(["Rest", "Sleep and rest", "Correction: Sleep and rest", ""]) | TITLE,
    author=st.sampled_from(["Doe, A.", "Roe", ""]),
    year=st.sampled_from(["", "2023", "2024", "2026"]),
    doi=st.sampled_from(["", "10.5555/a", "10.5555/b", "10.1101/2024.01.02.12345678"]),
    pmid=st.sampled_from(["", "1", "2"]),
)
INVERSE = {"preprint-of": "journal-version-of", "journal-version-of": "preprint-of"}


@given(STATED, STATED)
@settings(max_examples=200, deadline=None)
def test_two_works_stand_to_each_other_as_the_other_way_round(one, other):
    """Whether two works are one does not depend on which came first."""
    there = [r for r in relation(one, other) if r != "notice-of"]
    back = [r for r in relation(other, one) if r != "notice-of"]
    assert there == [INVERSE.get(r, r) for r in back]


@given(TITLE, st.sampled_from(["{%s}", "%s.", " %s ", "“%s”", "%s!"]))
@settings(max_examples=100, deadline=None)
def test_marks_and_case_are_no_part_of_a_title(title, frame):
    """The same words give the same title for comparison, however they are written."""
    assert normal_title(frame % title.upper()) == normal_title(title.upper())
    assert normal_title(normal_title(title)) == normal_title(title)


def test_a_work_under_two_keys_is_a_warning_with_its_line(tmp_path):
    """The later entry is named with its line, and so is the first; a second registration of a title is a hint."""
    bib = tmp_path / "references.bib"
    entry = "@article{{{},\n  author = {{Doe, A.}},\n  title = {{Rest and sleep}},\n  year = {{2024}},\n  {}\n}}\n"
    rows = [("first", "doi = {10.5555/a}"), ("Second", "doi = {10.5555/A}"), ("third", "doi = {10.5555/c}")]
    bib.write_text("\n".join(entry.format(*row) for row in rows))
    bibliography, _problems = load_bibliography([bib])
    found = list(check_references(bibliography, [bib]))
    assert [(f.line, f.code.slug, f.severity) for f in found] == [
        (8, "duplicate-reference", "warning"),
        (15, "duplicate-reference", "hint"),
    ]
    assert found[0].message == "'Second' is the same work as 'first': the same DOI."


def test_the_atlas_has_no_work_twice():
    """Its own bibliography is clean."""
    bib = ROOT / "references.bib"
    assert list(check_references(load_bibliography([bib])[0], [bib])) == []
