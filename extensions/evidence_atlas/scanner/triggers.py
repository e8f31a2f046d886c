"""A first look: has a text any word that a rule could be about? Most sentences have none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from evidence_atlas.scanner.rules import Rule, Rules
from evidence_atlas.scanner.words import lexicon

_WORD = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words of which a text needs one so that a rule can find something in it.

    Attributes:
        words: Whole words.
        beginnings: Beginnings of words.
    """

    words: frozenset[str]
    beginnings: tuple[str, ...]

    def is_word(self, word: str) -> bool:
        """Whether a word is one of them."""
        return word in self.words or word.startswith(self.beginnings)


class Triggers:
    """Which rules could find something in a text."""

    def __init__(self, rules: Rules) -> None:
        self._triggers = {key: trigger(rule) for key, rule in rules.rule.items()}
        self._of_word = lru_cache(maxsize=1 << 16)(self._called)

    def _called(self, word: str) -> frozenset[str]:
        return frozenset(key for key, its in self._triggers.items() if its.is_word(word))

    def of(self, text: str) -> frozenset[str]:
        """Return the ids of the rules of which a text has a word."""
        return frozenset().union(*map(self._of_word, _WORD.findall(text.lower())))


def trigger(rule: Rule) -> Trigger:
    """Return what a text needs so that a rule can find something in it: of each phrase, its longest word."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for longest in _longest(rule.find.words):
        (beginnings if longest.endswith("*") else words).add(longest.removesuffix("*"))
    return Trigger(frozenset(words) | (_claiming() if rule.find.claims else frozenset()), tuple(sorted(beginnings)))


@cache
def _claiming() -> frozenset[str]:
    """Return the words of which a claim needs one."""
    known = lexicon()
    phrases = [" ".join(words) for rows in known.phrases.values() for words, _kind in rows]
    return known.cues - (known.phrases.keys() - known.single_cues) | frozenset(_longest(phrases))


def _longest(phrases: Iterable[str]) -> Iterable[str]:
    for phrase in phrases:
        found = [_WORD.match(word) for word in phrase.lower().split()]
        whole = [
            word if word.endswith("*") else match[0]
            for word, match in zip(phrase.lower().split(), found, strict=True)
            if match and (word.endswith("*") or match[0] == word)
        ]
        yield max(whole, key=len) if whole else next(match[0] for match in found if match)
