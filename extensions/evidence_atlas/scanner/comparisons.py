"""Matchers of comparisons between groups, and of the highest among them."""

from __future__ import annotations

from itertools import pairwise

from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, REACH, RELATED, SPOT, Match

_FIRST = 3
_LIKE = frozenset({"similar", "comparable", "same", "alike", "equivalent", "unchanged"})


def comparison(view: View, index: int) -> Match | None:
    """Match "higher in X than in Y" and "patients had lower Y"."""
    word, known = view.words[index], view.known
    if word == "than":
        return _than(view, index)
    if word not in known["related.comparatives"]:
        return None
    following = view.within(index, SPOT)
    if word in {"more", "less", "fewer"} and following[:1] == ["than"]:
        return None
    people = known["actors.words"] | known["related.groups"]
    if word == "better" and following[:1] == ["than"] and {"for", "at"} & set(following) and not people & set(view.words[:index]):
        return Match(CAUSAL, index, index)
    if known["frames.comparing"] & set(following) and not _than_number(following):
        works = view.compares_arms() and bool(known["frames.outcomes"] & {word, *following})
        return Match(CAUSAL if works else RELATED, index, index)
    before = view.before(index)
    among = {"in", "among", "for", "with", "when"} & set(following[:4])
    stated = view.kind(before) == "be" and among and not _than_number(following)
    found = (
        stated
        or _in_course(view, index)
        or _the_more(view, index)
        or _had(view, index, before)
        or _observed(view, index, following)
    )
    return Match(RELATED, index, index) if found else None


def _in_course(view: View, index: int) -> bool:
    """Whether something took another course in some people: "tend to weigh more", "declined faster in", "followed by faster"."""
    before = view.words[:index]
    tends = {"tend", "tends", "tended"} & set(before) and view.known["related.groups"] & set(before)
    paced = view.words[index] in {"faster", "slower", "sooner"} and view.word(index + 1) in {"in", "among"}
    return bool(tends) or paced or before[-2:] == ["followed", "by"]


def _the_more(view: View, index: int) -> bool:
    """Whether a comparative is the second one of "the more …, the lower …"."""
    if view.words[index - 2 : index] != [",", "the"]:
        return False
    comparatives = view.known["related.comparatives"]
    return any(one == "the" and two in comparatives for one, two in pairwise(view.words[: index - 1]))


def _than(view: View, index: int) -> Match | None:
    compared = view.word(index - 1)
    if compared == "more" and view.word(index + 1) in {"their", "those"}:
        return Match(RELATED, index, index)
    other = compared in {"other", "rather", "further"} or not compared.endswith("er")
    return None if other or _than_number(view.words[index : index + SPOT + 1]) else Match(RELATED, index, index)


def _had(view: View, index: int, before: int) -> bool:
    """Whether some people, or some sort of thing, had more or less of something."""
    known, word = view.known, view.words[index]
    directly = view.kind(before) in {"have", "det", "num"} or view.word(before) in known["frames.people-show"]
    shown = any(view.kind(i) == "have" or view.word(i) in known["frames.people-show"] for i in range(max(0, index - 3), index))
    if not (shown and directly):
        return False
    if known["related.groups"] & set(view.words[:index]):
        return True
    marked = {"with", "who", "born", "living", "whose"} & set(view.words[:before])
    aged = view.words[0] in known["related.comparatives"]
    return bool(marked or aged) and word in known["related.plain-comparatives"] and view.kind(view.after(index)) == "nom"


def _observed(view: View, index: int, following: list[str]) -> bool:
    """Whether a sentence begins with more or less of something that was seen in some people."""
    seen = view.known["frames.seen"] & set(following)
    return index <= _FIRST and bool(seen) and bool({"in", "among"} & set(following))


def highest(view: View, index: int) -> Match | None:
    """Match "was highest among people who smoked"."""
    if view.words[index] not in view.known["related.superlatives"]:
        return None
    people = view.known["related.groups"] & set(view.words[:index])
    if people and view.word(index - 1) == "the" and view.kind(index - 2) == "have":
        return Match(RELATED, index, index)
    if view.kind(view.before(index)) != "be":
        return None
    following = view.within(index, 4)
    return Match(RELATED, index, index) if {"in", "among", "for", "when", "during"} & set(following) else None


def against(view: View, index: int) -> Match | None:
    """Match "was significantly enlarged compared with controls": any change that a comparison is made of."""
    word, following = view.words[index], view.word(index + 1)
    if not (word == "compared" and following in {"with", "to"}) and word not in {"versus", "vs"}:
        return None
    words = set(view.words[max(0, index - SPOT) : index])
    if _LIKE & words or view.kind(view.before(index)) in {"be", "have"} or "compared" in words:
        return None
    strongly = {"significantly", "markedly", "substantially", "differential", "differentially"} & words
    marked = bool(strongly) or any(other.endswith("fold") for other in words)
    return Match(RELATED, index, index) if marked else None


def grades(view: View, index: int) -> Match | None:
    """Match "each extra hour … a rise" and "rose along with": one thing counted by the other."""
    if view.words[index] not in {"each", "every", "per"}:
        return None
    following = view.within(index, REACH)
    stepped = {"additional", "extra", "increase", "increment", "unit", "decrease"} & set(following[:4])
    later = {"increase", "increased", "decrease", "decreased", "rise", "rose", "higher", "lower", "odds", "risk", "drop", "fell"}
    return Match(RELATED, index, index) if stepped and later & set(view.words[index + 3 :]) else None


def _than_number(following: list[str]) -> bool:
    """Whether a comparison is with a number or with what is usual, and not between groups."""
    for place, (one, two) in enumerate(pairwise(following)):
        if one == "than":
            rest = following[place + 1 : place + 4]
            if {"previous", "previously", "national", "recommended"} & set(rest):
                return True
            return two[0].isdigit() or two in {"half", "one", "two", "three", "a", "usual", "expected", "previously", "ever"}
    return False
