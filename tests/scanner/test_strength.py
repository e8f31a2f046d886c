"""The strength of a sentence: what the words around a verb do to its claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_atlas.scanner import strength
from evidence_atlas.scanner.sentences import split_sentences
from evidence_atlas.scanner.words import inflect

OWN = [tuple(line.split("\t", 1)) for line in Path(__file__).with_name("strengths.tsv").read_text("utf-8").splitlines()]


def test_strength():
    """Sentences of our own have the strengths that the scheme gives them."""
    wrong = [(expected, strength(sentence), sentence) for expected, sentence in OWN if strength(sentence) != int(expected)]
    assert not wrong


def test_nouns_that_look_like_verbs():
    """ "Increases" and "causes" after an article, an adjective or a preposition are nouns."""
    assert strength("Large increases in weight were common.") == 0
    assert strength("The causes of the illness were many.") == 0
    assert strength("Stress increases pain.") == 3


def test_participles_before_nouns_are_no_effects():
    """ "Reduced sleep" does not say what reduced it."""
    assert strength("Reduced sleep and impaired memory were described.") == 0


@pytest.mark.parametrize("text", ["", " ", "?", "(", "....", "\ufffc", "—", '"', "a" * 5000, "may " * 400, "(((" * 300])
def test_odd_input_has_no_strength(text):
    """What is no sentence has the strength 0 and no traceback."""
    assert strength(text) == 0


def test_forms_of_regular_and_irregular_verbs():
    """Regular forms follow the rules of spelling; others stand in the lexicon."""
    assert set(inflect("modify", {})) == {"modify", "modifies", "modified", "modifying"}
    assert set(inflect("reduce", {})) == {"reduce", "reduces", "reduced", "reducing"}
    assert set(inflect("suppress", {})) == {"suppress", "suppresses", "suppressed", "suppressing"}
    assert inflect("lead", {"lead": "leads led led leading"})["led"] == {"VBD", "VBN"}


def test_full_stops_that_end_no_sentence():
    """Abbreviations, initials and decimal points end no sentence; their places hold."""
    text = "Cases (e.g. adults) differed, P = 0.04. Smith et al. Disagree? No."
    found = list(split_sentences(text))
    assert next(piece for _start, piece in found) == "Cases (e.g. adults) differed, P = 0.04."
    assert all(text[start : start + len(piece)] == piece for start, piece in found)
