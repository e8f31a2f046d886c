"""Matchers of nouns, adjectives, phrases and comparisons."""

from __future__ import annotations

from typing import Literal

from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, REACH, RELATED, SPOT, Match
from evidence_atlas.scanner.participles import has_finite

_SUBJECT = 3  # a noun that stands later is no subject
_NEAR = 6
_FINITE = frozenset({"be", "have", "do", "modal"})
_REMAINS = frozenset({"remains", "remain"})
_RELATIONS = frozenset({"relationship", "relationships", "association", "associations", "correlation", "link"})
_POWERS = frozenset({"effectiveness", "efficacy"})


def noun(view: View, index: int) -> Match | None:
    """Match a noun that states an effect or a relation."""
    word, known = view.words[index], view.known
    if word in known["related.nouns"]:
        return None if _only_named(view, index) else Match(RELATED, index, index)
    if word == "role":
        return _role_of(view, index)
    if word in known["related.relating-nouns"]:
        return _relating_noun(view, index)
    if word not in known["causal.nouns"] or view.kind(index + 1) in {"nom", "ing"} or view.word(index - 1) == "side":
        return None
    return _effect_noun(view, index)


def _role_of(view: View, index: int) -> Match | None:
    """Match "supports a role for … in" and "shows the role of … in"."""
    following = view.within(index, SPOT)
    weighed = view.word(index - 1) in view.known["frames.weighty"]
    if following[:1] not in (["of"], ["for"]) or ("in" not in following and not weighed):
        return None
    if view.known["actors.words"] & set(following[:4]):
        return None
    before = set(view.words[max(0, index - _NEAR) : index])
    hedged = bool(before & view.known["frames.supporting"])
    shown = bool(before & view.known["frames.proving"]) or (weighed and bool(before & view.known["frames.stressing"]))
    return Match(CAUSAL, index, index, noun=True, hedged=hedged) if hedged or shown else None


def _only_named(view: View, index: int, but: str = "") -> bool:
    """Whether a relation is what something is about, and is not stated: "insights into the association between"."""
    place = index - 1
    while view.kind(place) in {"det", "adj", "adv"}:
        place -= 1
    return view.word(place) in view.known["frames.about"] and view.word(place) != but


def _relating_noun(view: View, index: int) -> Match | None:
    if _only_named(view, index):
        return None
    following, before = set(view.within(index, REACH + 2)), view.word(index - 1)
    compared = view.words[index].startswith("difference") and {"compared", "versus"} & following
    shaped = before.endswith("-shaped")  # "J-shaped"
    told = shaped or (before in view.known["frames.telling"] and {"with", "of", "in", "to", "for"} & following)
    sorts = view.word(index - 1) in view.known["frames.sorts"] or (
        view.words[index] in view.known["frames.spread"] and {"by", "across"} & set(view.within(index, 5))
    )
    if not (compared or told or sorts or {"between", "among"} & following):
        return None
    return Match(CAUSAL if before == "causal" else RELATED, index, index)


def _effect_noun(view: View, index: int) -> Match | None:
    if view.known["frames.alike"] & set(view.words[max(0, index - 2) : index]):
        return None
    light = _light_verb(view, index)
    if light is not None:
        if _had_by_people(view, light, index):
            return Match(RELATED, index, index)
        return Match(CAUSAL, index, index, noun=True, verb=light)
    after, following = view.word(index + 1), view.within(index, SPOT)
    if view.words[index] not in view.known["frames.effects"]:
        return _change_noun(view, index, following)
    if _only_named(view, index, but="for"):
        return None
    upon = after in {"on", "in", "upon", "for"} or (after == "of" and "on" in following[:REACH])
    copula = next((place for place in range(index, len(view.kinds)) if view.kinds[place] == "be"), None)
    subject = _is_subject(view, index) and copula is not None
    stated = (view.word(index - 1) in view.known["causal.effect-adjectives"] and upon) or (
        after == "of" and "on" in following and subject
    )
    verb = copula if subject and stated else None
    return Match(CAUSAL, index, index, noun=True, verb=verb) if stated or _stressed(view, index) else None


def _had_by_people(view: View, verb: int, index: int) -> bool:
    """Whether some people had less or more of a risk than others: "women who smoked had a drop in their risk"."""
    change = view.words[index] in view.known["frames.weak"]
    return change and bool(view.known["related.groups"] & set(view.words[:verb]))


def _change_noun(view: View, index: int, following: list[str]) -> Match | None:
    """Match "improvement was seen after the treatment" and "stresses the effectiveness of"."""
    seen = bool(view.known["frames.seen"] & set(following))
    if seen and view.words[0] in {"after", "following"} and view.known["treatments.words"] & set(view.words[:_NEAR]):
        return Match(RELATED, index, index)
    there = view.words[0] == "there" and view.kind(1) == "be"
    if there and view.known["frames.comparing"] & set(following):
        return Match(RELATED, index, index)
    seen = seen or there
    stated = seen and view.names_treatment() and bool((view.known["frames.after"] | {"in"}) & set(following))
    stressed = view.words[index] in _POWERS and _stressed(view, index)
    return Match(CAUSAL, index, index, noun=True) if stated or stressed else None


def _stressed(view: View, index: int) -> bool:
    """Whether an effect is what a sentence stresses: "underlines the impact of"."""
    place = index - 1
    while view.kind(place) in {"det", "adj", "adv", "nom"} and index - place < _NEAR:
        place -= 1
    about_use = view.known["uses.objects"] & set(view.within(index, 5))
    return view.word(index + 1) == "of" and view.word(place) in view.known["frames.stressing"] and not about_use


def _is_subject(view: View, index: int) -> bool:
    """Whether a noun begins the sentence, so that what is said later is said of it."""
    if "that" in view.words[max(0, index - _SUBJECT) : index]:
        return True
    return index <= _SUBJECT and view.kind(0) in {"det", "adj", "nom"}


def _light_verb(view: View, index: int) -> int | None:
    """Return the place of the verb that makes a noun of effect a statement: "had an effect"."""
    known = view.known
    for place in range(index - 1, max(-1, index - 1 - REACH), -1):
        word = view.words[place]
        if word in {";", ":", ",", "of", "on", "that", "for"} or view.kinds[place] == "to":
            return None
        if word in known["causal.light-verbs"] and word not in {"result", "results", "notes", "finding"}:
            given = word == "given" and view.kind(view.before(place)) not in _FINITE  # "given the impact of"
            return place if not given and _carries(view, place, index) else None
    return None


def _carries(view: View, place: int, index: int) -> bool:
    """Whether a light verb makes a statement of a noun: not in "reported benefits", nor where people report an impact."""
    known, word = view.known, view.words[place]
    before = view.before(place)
    effect = view.words[index] in known["frames.effects"]
    if word.endswith("ed") and view.kind(before) in {"prep", "det", "adj"}:
        return False
    people = known["related.groups"] & set(view.words[:place])
    if view.words[index].startswith("burden") and ("on" not in view.within(index, REACH) or view.kinds[place] == "have"):
        return False
    if people and view.words[index] in known["frames.weak"]:
        compared = known["frames.comparing"] | {"risk", "risks", "odds", "likelihood", "chance", "chances"}
        return bool(compared & set(view.within(index, SPOT)))
    if effect and word in known["frames.undergo"]:
        return False
    if word in known["frames.showing"] and (view.words[index] in known["frames.weak"] or not (view.names_treatment() or effect)):
        return False
    return view.word(before) != "to" or view.word(view.before(before)) in known["stated.before-to"]


def adjective(view: View, index: int) -> Match | None:
    """Match an adjective that says that something works or harms."""
    word, after = view.words[index], view.word(index + 1)
    if word in view.known["related.adjectives"]:
        goes_with = after in {"of", "to", "with", "on"} and _copula(view, view.before(index)) is not None
        return Match(RELATED, index, index) if goes_with else None
    if word not in view.known["causal.adjectives"]:
        return None
    if after in view.known["frames.tests"] or _no_effect(view, index):
        return None
    if word in view.known["frames.offered"] and (offer := _offer(view, index)) is not None:
        return Match(CAUSAL, index, index, verb=offer)
    copula = _copula(view, view.before(index))
    goes_on = after in {"in", "for", "at", "against", "than", "on", "to", "as"}
    if (copula is None and not goes_on) or (
        word in view.known["frames.needing-object"] and after not in {"in", "for", "to", "at", "than"}
    ):
        return None
    return Match(CAUSAL, index, index, verb=copula, denied=word == "ineffective")


def _no_effect(view: View, index: int) -> bool:
    """Whether an adjective says no effect: "good" without "for", "successful in 9 of 10", "were equally effective"."""
    word, after = view.words[index], view.word(index + 1)
    if word in {"good", "bad"}:
        return after != "for"
    counted = word == "successful" and after == "in" and view.kind(index + 2) == "num"
    return counted or (view.word(index - 1) == "equally" and after in {".", ""})


def _offer(view: View, index: int) -> int | None:
    """Return the place of the verb in "provides superior analgesia", where a treatment and no person is what does."""
    place = view.before(index)
    if view.kind(place) == "det":
        place = view.before(place)
    offers = view.word(place) in view.known["frames.offering"] and view.kind(index + 1) in {"nom", "cue"}
    people = view.known["actors.words"] | view.known["outcomes.people"]
    return place if offers and not people & set(view.words[:place]) else None


def _copula(view: View, index: int) -> int | None:
    """Return the place of the verb in "is an effective", "proved more effective", "appears to be effective"."""
    for place in range(index, max(-1, index - _NEAR), -1):
        kind, word = view.kind(place), view.word(place)
        if kind == "be" or word in view.known["frames.copulas"]:
            return place
        if kind not in {"det", "adj", "adv", "conj", "num", "nom"} and word not in view.known["frames.beside"]:
            return None
    return None


def phrase(view: View, first: int, last: int, kind: Literal["causal", "related"]) -> Match | None:
    """Match a phrase, unless what stands before makes it part of a name or of a plan."""
    words, before = view.words[first : last + 1], view.before(first)
    if words[0] == "at" and words[-1] == "risk" and view.known["frames.putting"] & set(view.words[max(0, first - _NEAR) : first]):
        return Match(CAUSAL, first, last)
    if words[-1] == "by" and words[0] in {"mediated", "explained"} and _RELATIONS & set(view.words[:first]):
        return Match(RELATED, first, last)
    if words[0] in {"role", "roles", "part"}:
        return _role(view, first, last)
    listed = words[0] == "risk" and words[1].startswith("factor") and _listed(view, first, last)
    if listed or (words[-1] in {"to", "of"} and words[0] in {"due", "owing", "because"} and _no_reason(view, first)):
        return None
    names = words[-1] == "by" or view.word(before) in view.known["frames.due"]
    if (words[0] in {"due", "secondary"} or words[-1] == "by") and view.kind(before) in {"nom", "punct"} and names:
        return None if has_finite(view, first) else Match(kind, first, last)
    return Match(kind, first, last)


def _listed(view: View, first: int, last: int) -> bool:
    """Whether risk factors are only spoken of, and nothing is said to be one: "adjusted for cardiovascular risk factors"."""
    place = first - 1
    while view.kind(place) in {"nom", "adj", "adv", "det", "cue", "ed", "num"}:
        place -= 1
    return view.word(place) in {"of", "for", "by", "with", "about", "on", "between", "including"} and view.word(last + 1) != "for"


def cause(view: View, index: int) -> Match | None:
    """Match "is a common cause of", unless it is of death, which counts deaths."""
    if view.word(index + 1) not in {"of", "for", "behind"}:
        return None
    if {"death", "deaths", "mortality", "disability", "morbidity"} & set(view.within(index + 1, 2)):
        return None
    for place in range(index - 1, max(-1, index - _NEAR), -1):
        if view.words[place] == "as":
            return Match(CAUSAL, index, index + 1, noun=True)
        if view.kinds[place] == "be" or view.words[place] in {"remain", "remains", "became", "become"}:
            return Match(CAUSAL, index, index + 1, verb=place)
        if view.kinds[place] not in {"det", "adj", "adv", "nom", "cue", "ing", "ed", "num", "conj"}:
            return None
    return None


def _no_reason(view: View, index: int) -> bool:
    """Whether "due to" gives a reason for all that is said, or only names a thing: "treatment for pain due to cancer is"."""
    if index == 0 or view.known["frames.stopping"] & set(view.words[max(0, index - _NEAR) : index]):
        return True
    named = view.kind(index - 1) == "nom" and not any(kind in _FINITE or kind == "cue" for kind in view.kinds[:index])
    verb = any(word in view.known["verbs"] and kind != "nom" for word, kind in zip(view.words[:index], view.kinds, strict=False))
    return (
        named
        and not verb
        and any(
            kind in {"be", "have", "modal"} or word in _REMAINS
            for word, kind in zip(view.words[index:], view.kinds[index:], strict=True)
        )
    )


def _role(view: View, first: int, last: int) -> Match | None:
    for place in range(first - 1, max(-1, first - _NEAR - 1), -1):
        word = view.words[place]
        if word in view.known["frames.playing"] and (view.words[first] != "part" or word.startswith("play")):
            people = view.known["actors.words"] | {"they", "we"}
            return None if people & set(view.words[:place]) else Match(CAUSAL, place, last)
        if word in {"causal", "key", "pathogenic", "causative"}:
            return Match(CAUSAL, first, last)
        if word in {",", ";", "of", "the"}:
            return None
    return None
