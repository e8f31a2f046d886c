"""A first look: does a text have any word that a rule could be about? Most sentences have none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evidence_atlas.scanner.rules import Rules
from evidence_atlas.scanner.words import lexicon

_WORD = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Triggers:
    """The first words of all that rules look for.

    Attributes:
        words: Whole words.
        beginnings: Beginnings of words.
    """

    words: frozenset[str]
    beginnings: tuple[str, ...]

    def any_in(self, text: str) -> bool:
        """Whether a text has one of them."""
        found = set(_WORD.findall(text.lower()))
        return not self.words.isdisjoint(found) or any(word.startswith(self.beginnings) for word in found)


def triggers(rules: Rules) -> Triggers:
    """Return the first words of all that rules look for."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for rule in rules.rule.values():
        if rule.find.claims:
            words |= lexicon().cues
        for first in _first_words(rule.find.words):
            (beginnings if first.endswith("*") else words).add(first.removesuffix("*"))
    return Triggers(frozenset(words), tuple(sorted(beginnings)))


def _first_words(phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        first = phrase.lower().split()[0]
        found = _WORD.match(first)
        yield first if first.endswith("*") else found[0] if found else first
