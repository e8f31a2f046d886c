"""The criteria finder names the definitions that a text names, tells what they were used for, and says where."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_atlas.core.policy import Definition, built_in, load_policy
from evidence_atlas.criteria_finder import find
from evidence_atlas.criteria_finder.phrases import pattern

CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
POLICY = built_in()


def said(text, policy=POLICY):
    """What is found, in the words of cases.toml; a definition that is named twice in the same way stands once."""
    rows = {}
    for mention in find(text, policy):
        words = [mention.id, mention.role]
        words += ["not"] * mention.negated
        words += [f"pem={mention.pem}"] if mention.pem else ["modified"] * mention.modified
        words += [mention.joined] if mention.joined else []
        rows[" ".join(words)] = None
    return list(rows)


@pytest.mark.parametrize(("sentence", "expected"), [case for table in CASES.values() for case in table.items()])
def test_a_sentence_gives_the_definitions_that_it_names(sentence, expected):
    """Names and spellings, roles, denials, changes, combinations; and names that mean something else give nothing."""
    assert said(sentence) == expected


# Text


def test_a_mention_is_quoted_and_placed():
    """Its words stand where it says, in characters and as line and column, and its sentence is as the text has it."""
    text = "Background. Much.\nMethods: Patients with ME/CFS\nmet the Fukuda criteria. Results followed."
    (mention,) = find(text, POLICY)
    assert text[mention.start : mention.end] == mention.name == "Fukuda"
    assert text[mention.sentence_start :].startswith(mention.sentence)
    assert mention.place(text) == (3, 9)
    assert text.splitlines()[2][8:].startswith("Fukuda")


def test_sentences_that_lost_their_blank_are_read_apart():
    """Abstracts of some sources run together at their headings; a name is quoted with its own sentence alone."""
    (mention,) = find("ME/CFS is an illness.Patients met the IOM criteria.ResultsThey slept.", POLICY)
    assert mention.sentence == "Patients met the IOM criteria."


def test_an_abbreviation_means_what_the_text_spells_out():
    """The same three letters are a definition in one text and a coefficient in another."""
    named = "ME/CFS patients met the Canadian Consensus Criteria (CCC). People with CCC slept less."
    other = "Agreement in CFS was a concordance correlation coefficient (CCC). The CCC met our criteria."
    assert [mention.name for mention in find(named, POLICY)] == ["Canadian Consensus Criteria", "CCC", "CCC"]
    assert find(other, POLICY) == ()


def test_words_that_could_mean_several_definitions_name_the_others():
    """The agency issued three; which one was meant is for a reader to say."""
    (mention,) = find("Patients with CFS met the CDC criteria.", POLICY)
    assert (mention.id, mention.others) == ("fukuda-1994", ("holmes-1988", "reeves-2005"))


# Policies


def test_a_policy_brings_names_of_its_own():
    """A definition of another field is found by the names in its row; those that the policy lacks are not found."""
    row = Definition("ACR 2016", "no", names=("ACR 2016 [fibromyalgia] criteria", "2016 (ACR|American College of Rheumatology)"))
    policy = replace(POLICY, definition={"acr-2016": row})
    text = "Patients who met the ACR (2016) fibromyalgia criteria, not the Fukuda criteria of CFS, were included."
    assert said(text, policy) == ["acr-2016 inclusion"]


def test_a_policy_file_may_hold_names(tmp_path):
    """They are read from the row; a name that is no text is a finding."""
    source = (Path(built_in().source)).read_text(encoding="utf-8")
    path = tmp_path / "policy.toml"
    path.write_text(source.replace('label = "Ramsay 1988"', 'label = "Ramsay 1988"\nnames = ["Ramsay ME"]'), encoding="utf-8")
    policy, findings = load_policy(path)
    assert findings == []
    assert said("Patients met the Ramsay ME.", policy) == ["ramsay-1988 inclusion"]
    path.write_text(source.replace('label = "Ramsay 1988"', 'label = "Ramsay 1988"\nnames = [3]'), encoding="utf-8")
    assert [finding.code.slug for finding in load_policy(path)[1]] == ["policy"]


def test_a_role_that_the_policy_lacks_is_left_empty():
    """The finder's four roles are those of our policy; another may have fewer."""
    policy = replace(POLICY, role={"inclusion": "in"})
    assert said("The Oxford criteria of CFS ask for fatigue.", policy) == ["oxford-1991 "]


# Phrases


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("CDC 1994", "the CDC-1994 criteria", "CDC-1994"),
        ("CDC 1994", "the CDC (1994) criteria", "CDC (1994"),
        ("CDC 1994", "the cdc 1994 criteria", None),
        ("CDC 1994", "the CDC 19940", None),
        ("[revised] Canadian [case] (criteria|definition)", "a Revised Canadian definition", "Revised Canadian definition"),
        ("[revised] Canadian [case] (criteria|definition)", "Canadian case criteria", "Canadian case criteria"),
        ("fulfil*", "they fulfilled", "fulfilled"),
        ("<use> it", "they met it", "met it"),
        ("Holmes", "Holmes' criteria", "Holmes"),
        ("Fukuda criteria", "Fukuda's criteria", "Fukuda's criteria"),
    ],
)
def test_a_phrase_finds_its_spellings(phrase, text, expected):
    """Marks between words, parts that may be missing, alternatives, endings and lists."""
    match = pattern([phrase], {"use": ["met", "meet"]}).search(text)
    assert (match[0] if match else None) == expected


@pytest.mark.parametrize("phrase", ["(a", "a)", "[a", "a [b|] c", "<none>", "", "[a]", "a || b"])
def test_a_phrase_that_means_nothing_is_an_error(phrase):
    """It says which phrase it is; no name is silently never found."""
    with pytest.raises(ValueError, match="phrase"):
        pattern([phrase], {})


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_text_as_a_phrase_is_a_pattern_or_an_error(phrase):
    """A policy's author never sees a traceback of the regular expressions."""
    with suppress(ValueError):
        pattern([phrase], {"use": ["met"]}).search("met it")


PIECES = [
    *(sentence for table in CASES.values() for sentence in table),
    "(ICC)",
    "\n\n",
    "criteria of",
    "“",
    "é",
    "\u202e",
    " (",
    ".",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6).map(" ".join))
@settings(max_examples=80, deadline=None)
def test_whatever_the_text_mentions_are_quoted_from_it_and_the_same_each_time(text):
    """No text breaks the finder, every mention is where it says, none overlap, and the answer depends on nothing else."""
    found = find(text, POLICY)
    assert find(text, POLICY) == found
    for mention in found:
        assert text[mention.start : mention.end] == mention.name
        assert text[mention.sentence_start : mention.sentence_start + len(mention.sentence)] == mention.sentence
        assert mention.id in POLICY.definition
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_long_text_is_read_in_time_that_grows_with_it():
    """Brackets, capitals and names without end are no trap for the patterns."""
    import time

    text = "ME/CFS Fukuda (ICC CCC NICE) criteria, " * 150
    begin = time.process_time()
    find(text, POLICY)
    assert time.process_time() - begin < 5
