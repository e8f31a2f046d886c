"""What a sentence tells of a definition that it names: what it was used for, whether it was met, and how it was changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int]
_MODIFIED_WITHIN, _NEGATED_WITHIN, _PEM_WITHIN = 4, 8, 15  # words
# where the reach of a denial ends
_CLAUSE = re.compile(r"[;:]|,?\s+(?:but|whereas|while|although|however)\b", re.IGNORECASE)
_NUMBER_MET = re.compile(
    r"(?:\d\s*%|\d\s*\)|\b\d+)\s*(?:(?!who\b|that\b)[\w/-]+\s+){0,5}?(?:also\s+)?(?:met|fulfilled|satisfied|meet|fulfil|fulfill)\b"
)
_REQUIRING = {"yes", "equivalent"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and what is needed to read it.

    Attributes:
        text: The sentence.
        asks_how_many: Whether the text that it is from asks how many people have an illness.
        cues: Patterns by what they tell.
    """

    text: str
    asks_how_many: bool
    cues: Mapping[str, re.Pattern[str]]
    _found: dict[str, list[Span]] = field(default_factory=dict, compare=False)

    def tells(self, cue: str) -> bool:
        """Whether the sentence has such words."""
        return bool(self.places(cue))

    def places(self, cue: str) -> list[Span]:
        """Return where the sentence has such words."""
        if cue not in self._found:
            self._found[cue] = [match.span() for match in self.cues[cue].finditer(self.text)]
        return self._found[cue]

    def words_between(self, cue: str, span: Span, *, before_only: bool = False) -> int | None:
        """Return how many words stand between a place and the nearest such words; None where there are none."""
        found = [other for other in self.places(cue) if not before_only or other[1] <= span[0]]
        return min((self.apart(span, other) for other in found), default=None)

    def apart(self, one: Span, other: Span) -> int:
        """Return how many words stand between two places; 0 where they touch."""
        first, second = sorted((one, other))
        between = self.text[first[1] : max(first[1], second[0])].split()
        return sum(any(map(str.isalnum, word)) for word in between)


def role(sentence: Sentence, span: Span, *, is_negated: bool) -> str:
    """Return what the study seems to have used a definition for.

    Args:
        sentence: The sentence that names it.
        span: Where.
        is_negated: Whether it was not met.

    Returns:
        ``inclusion``, ``subgroup``, ``sensitivity`` or ``descriptive``.
    """
    if sentence.tells("sensitivity"):
        return "sensitivity"
    if sentence.tells("subgroup"):
        return "subgroup"
    if is_negated or sentence.tells("counted") or sentence.tells("told") or _NUMBER_MET.search(sentence.text):
        return "descriptive"
    if sentence.tells("selected") or sentence.words_between("people", span, before_only=True) == 0:
        return "inclusion"
    return "inclusion" if sentence.tells("based") and not sentence.asks_how_many else "descriptive"


def negated(sentence: Sentence, span: Span) -> bool:
    """Tell whether a denial stands before a name, in the same clause."""
    begin = max((match.end() for match in _CLAUSE.finditer(sentence.text, 0, span[0])), default=0)
    apart = [sentence.apart(span, other) for other in sentence.places("negation") if begin <= other[0] and other[1] <= span[0]]
    return min(apart, default=_NEGATED_WITHIN + 1) <= _NEGATED_WITHIN


def pem_change(sentence: Sentence, span: Span, pem: str) -> tuple[bool, str]:
    """Return whether the study changed a definition, and what the change does to PEM.

    Args:
        sentence: The sentence that names it.
        span: Where.
        pem: Whether the definition itself needs PEM: that one asks for what it asks for anyway is no change.
    """
    modified = sentence.words_between("modified", span, before_only=True)
    changed = modified is not None and modified <= _MODIFIED_WITHIN
    for cue, state, fits in (
        ("pem-not-required", "not-required", pem in _REQUIRING),
        ("pem-required", "required", pem not in _REQUIRING),
    ):
        apart = sentence.words_between(cue, span)
        if apart is not None and apart <= _PEM_WITHIN:
            return (True, state) if fits else (changed, "")
    return changed, ""


def joined(sentence: Sentence, spans: Sequence[Span]) -> str:
    """Return how a sentence combines several definitions: ``all``, ``any``, or nothing where it does not say."""
    begin, end = min(span[0] for span in spans), max(span[1] for span in spans)
    between = sentence.text[begin:end]
    before = sentence.text[max(0, begin - len("at least one of the following ")) : begin]
    for how in ("any", "all"):
        if sentence.cues[how].search(between) or sentence.cues[how].search(before):
            return how
    return ""
