"""A first look: has a text any word that a rule could be about? Most sentences have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from evidence_atlas.scanner.rules import Rule, Rules
from evidence_atlas.scanner.words import lexicon

_CORRELATIONAL = 1
_ONLY_RELATED = (
    "related.nouns",
    "related.relating-nouns",
    "related.adjectives",
    "related.comparatives",
    "related.superlatives",
    "factors.markers",
)
_COUNTING = frozenset({"each", "every", "per"})
_MOST_IDLE = 1 << 16
_WORD = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words of which a text needs one so that a rule can find something in it.

    Attributes:
        words: Whole words.
        beginnings: Beginnings of words.
        phrases: By a word of theirs: phrases of which the text has to have one whole, where it has no other of the words.
    """

    words: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]

    def is_word(self, word: str) -> bool:
        """Whether a word is one of them."""
        return word in self.words or word.startswith(self.beginnings)


class Triggers:
    """Which rules could find something in a text."""

    def __init__(self, rules: Rules) -> None:
        self._triggers = {key: trigger(rule) for key, rule in rules.rule.items()}
        self._of_word = lru_cache(maxsize=1 << 12)(self._called)
        self._idle: set[str] = set()  # words that call no rule, which is most of them

    def _called(self, word: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        by_word = frozenset(key for key, its in self._triggers.items() if its.is_word(word))
        by_phrase = ((key, phrase) for key, its in self._triggers.items() for phrase in its.phrases.get(word, ()))
        return by_word, tuple(pair for pair in by_phrase if pair[0] not in by_word)

    def of(self, text: str) -> set[str]:
        """Return the ids of the rules of which a text has a word."""
        lower, found = text.lower(), set[str]()
        words = set(_WORD.findall(lower))
        if "'" in lower or "’" in lower:  # "children's"
            words |= {word[:-2] for word in words if word.endswith(("'s", "’s"))}
        for word in words - self._idle:
            by_word, by_phrase = self._of_word(word)
            found |= by_word
            if by_phrase:
                # what stands in brackets may divide a phrase
                plain, divided = " ".join(lower.split()), "(" in lower or "[" in lower
                found.update(key for key, phrase in by_phrase if divided or phrase in plain)
            elif not by_word and len(self._idle) < _MOST_IDLE:
                self._idle.add(word)
        return found


def trigger(rule: Rule) -> Trigger:
    """Return what a text needs so that a rule can find something in it: of each phrase, its longest word."""
    words: set[str] = set()
    beginnings: set[str] = set()
    for longest in map(_longest, rule.find.words):
        (beginnings if longest.endswith("*") else words).add(longest.removesuffix("*"))
    claims = frozenset(rule.find.claims)
    phrases = _phrases(related=_CORRELATIONAL in claims) if claims else {}
    return Trigger(frozenset(words) | _claiming(claims), tuple(sorted(beginnings)), phrases)


@cache
def _claiming(strengths: frozenset[int]) -> frozenset[str]:
    """Return the words of which a claim of one of some strengths needs one, unless it is a phrase."""
    if not strengths:
        return frozenset()
    known = lexicon()
    if _CORRELATIONAL in strengths:
        return known.single_cues
    related = known.related.keys() | {word for name in _ONLY_RELATED for word in known[name]} | _COUNTING
    # a comparison says more than that things go together only where it has one of these
    return known.single_cues - (related - known.causal.keys() - _causal_lists()) | known["frames.comparing"]


def _causal_lists() -> frozenset[str]:
    known = lexicon()
    names = ("causal.nouns", "causal.adjectives", "outcomes.verbs", "prospects.nouns", "factors.nouns", "factors.by-themselves")
    return frozenset(word for name in names for word in known[name])


@cache
def _phrases(*, related: bool) -> Mapping[str, tuple[str, ...]]:
    """Return the phrases that are a claim by their longest word, which may mean nothing by itself; also those of relations."""
    found: dict[str, list[str]] = {}
    for rows in lexicon().phrases.values():
        for words, kind in rows:
            put_at_risk = words[0] == "at" and words[-1] == "risk"  # "puts people at risk"
            if related or kind == "causal" or put_at_risk:
                phrase = " ".join(words).removesuffix(" .")
                found.setdefault(_longest(phrase), []).append(phrase)
    return {word: tuple(phrases) for word, phrases in found.items()}


def _longest(phrase: str) -> str:
    """Return the longest word of a phrase."""
    pieces = phrase.lower().split()
    found = [_WORD.match(word) for word in pieces]
    whole = [
        word if word.endswith("*") else match[0]
        for word, match in zip(pieces, found, strict=True)
        if match and (word.endswith("*") or match[0] == word)
    ]
    return max(whole, key=len) if whole else next(match[0] for match in found if match)
