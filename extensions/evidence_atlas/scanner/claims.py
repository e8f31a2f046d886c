"""The claims of a sentence: where it says that one thing acts on another, or that two things go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from evidence_atlas.scanner import comparisons, nouns, prospects, verbs
from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, REACH, RELATED, SPOT, Match
from evidence_atlas.scanner.scopes import PLAIN, Scope, scopes
from evidence_atlas.scanner.sentence import Sentence
from evidence_atlas.scanner.words import lexicon

Kind = Literal["causal", "related"]
_PHRASE = 3
_MATCHERS = {
    verbs.verb: (),
    nouns.noun: ("causal.nouns", "related.nouns", "related.relating-nouns", "role"),
    nouns.adjective: ("causal.adjectives", "related.adjectives"),
    nouns.cause: ("cause", "causes", "reason", "reasons"),
    verbs.causative: ("causatives.make", "causatives.let", "causatives.help", "causatives.stop"),
    prospects.factor: ("factors.nouns", "factors.by-themselves", "factors.markers"),
    prospects.prospect: ("prospects.nouns", "promise"),
    prospects.potential: ("potential",),
    prospects.outcome_verb: ("outcomes.verbs",),
    prospects.may_act: ("may", "might", "could"),
    comparisons.comparison: ("related.comparatives", "than"),
    comparisons.highest: ("related.superlatives",),
    comparisons.against: ("compared", "versus", "vs"),
    comparisons.grades: ("each", "every", "per"),
}
"""In the order in which they are asked: matchers, with the words, or lists of words, that they look at."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes:
        kind: Whether it says that something acts, or that things go together.
        start: Where its words begin in the sentence's text.
        end: Where they end.
        scope: Whether it is hedged, denied, open or told by somebody else.
        quoted: Whether it stands in quotation marks.
        compared: Whether it compares the groups of a trial.
        subject: The head of what stands before its verb, in lower case; empty where none was found.
    """

    kind: Kind
    start: int
    end: int
    scope: Scope
    quoted: bool
    compared: bool
    subject: str

    @property
    def strength(self) -> int:
        """0 where nothing is stated, 1 for things that go together, 2 for a hedged effect, 3 for an effect."""
        if self.scope.denied or self.scope.open or (self.kind == CAUSAL and self.subject in lexicon()["study.words"]):
            return 0
        return 1 if self.kind == RELATED else 2 if self.scope.hedged else 3


def find_claims(sentence: Sentence) -> list[Claim]:
    """Return the claims of a sentence in their order, the denied and the asked ones included."""
    view = View.of(sentence)
    matches = list(_matches(view))
    if not matches:
        return []
    scope = scopes(view.sentence)
    governed = _governed(view, matches)
    found, purpose = [], False
    for match in matches:
        if match.noun and match.first in governed:
            continue
        claim = _claim(view, match, scope)
        if purpose and view.words[match.first].endswith("ing"):  # "to help X, thereby reducing Y"
            claim = replace(claim, scope=replace(claim.scope, open=True))
        purpose = claim.scope.open
        if claim.scope.hedged or not match.needs_hedge:
            found.append(claim)
    return found


def _matches(view: View) -> Iterator[Match]:
    taken, cues = -1, view.known.cues
    for index in [place for place, word in enumerate(view.words) if word in cues]:
        if index <= taken:
            continue
        word = view.words[index]
        match = _phrase(view, index) or next((found for matcher in _asked(word) if (found := matcher(view, index))), None)
        if match:
            taken = match.last if match.last - match.first < _PHRASE else match.first
            yield match


@cache
def _asked(cue: str) -> tuple[Callable[[View, int], Match | None], ...]:
    """Return the matchers that look at a word."""
    known = lexicon()
    return tuple(
        matcher
        for matcher, lists in _MATCHERS.items()
        if any(cue in known[name] if "." in name else cue == name for name in lists)
        or (matcher is verbs.verb and (cue in known.causal or cue in known.related))
    )


def _phrase(view: View, index: int) -> Match | None:
    """Match a phrase of the lexicon."""
    for words, kind in view.known.phrases.get(view.words[index], ()):
        if tuple(view.words[index : index + len(words)]) == words:
            last = index + len(words) - 1
            return nouns.phrase(view, index, last, CAUSAL if kind == "causal" else RELATED)
    return None


def _governed(view: View, matches: list[Match]) -> frozenset[int]:
    """Return the nouns of effect that are what something is only related to: "associated with a reduction"."""
    found = set()
    for match in matches:
        if match.noun and any(
            other.kind == RELATED
            and not other.noun
            and 0 < match.first - other.last <= REACH
            and view.one_clause(other.last, match.first)
            for other in matches
        ):
            found.add(match.first)
    return frozenset(found)


def _claim(view: View, match: Match, scope: list[Scope]) -> Claim:
    here = scope[match.first]
    at_verb = scope[match.verb] if match.verb is not None else PLAIN
    merged = Scope(
        hedged=here.hedged or at_verb.hedged or match.hedged,
        denied=here.denied
        or at_verb.denied
        or match.denied
        or (here.lacking and (match.noun or view.words[match.first].endswith("ing"))),
        open=here.open or at_verb.open or match.open or _explored(view, match),
        said=here.said or at_verb.said,
    )
    spans = view.sentence.spans
    return Claim(
        kind=match.kind,
        start=spans[match.first][0],
        end=spans[match.last][1],
        scope=merged,
        quoted=view.sentence.quoted[match.first],
        compared=view.compares_arms(),
        subject="" if _shown(view, match) else view.subject(match.first if match.verb is None else match.verb),
    )


def _explored(view: View, match: Match) -> bool:
    """Whether a relation is what was looked at: "associations … were explored"."""
    known, last = view.known, match.last
    if view.words[last] not in known["related.nouns"] | known["related.relating-nouns"] | known["causal.nouns"]:
        return False
    for index in range(last + 1, min(last + 1 + SPOT, len(view.words))):
        if view.words[index] in {"that", "which", ";", "and"}:
            return False
        if view.kinds[index] == "be":
            return view.word(view.after(index)) in known["aims.studied"]
    return False


def _shown(view: View, match: Match) -> bool:
    """Whether an effect is what a study showed, so that the study is not what acts: "the study showed an effect"."""
    if not match.noun:
        return False
    return match.verb is None or view.words[match.verb] in view.known["frames.showing"] | view.known["frames.stressing"]
