"""Matchers of what a treatment or a factor is said to be good or bad for: promising, a way to prevent, a contributing factor."""

from __future__ import annotations

from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, REACH, RELATED, Match

_WINDOW = 7
_INTO = frozenset({"for", "in", "to", "against", "of", "as", "that", "when"})
_REMEDIES = frozenset({"alternative", "option", "remedy"})
_HEALS = frozenset({"treatment", "prevention", "management", "treating", "preventing"})
_ENDS = frozenset({",", ";", ":", "and", "but", "that", "which", "while", "whereas"})


def outcome_verb(view: View, index: int) -> Match | None:
    """Match a verb of many meanings that acts on health here: "support recovery", "control symptoms", "save lives"."""
    known, word = view.known, view.words[index]
    before = view.before(index)
    kind = "to" if view.word(before) == "to" else view.kind(before)
    if word in known["outcomes.only-hedged"] and view.word(index - 1) in {"likely", "probably", "possibly"}:
        return Match(CAUSAL, index, index, hedged=True)
    if kind == "prep" and word in known["outcomes.treating"] and word.endswith("ing"):
        useful = known["frames.good-at"] & set(view.words[max(0, before - 1) : before])
        return Match(CAUSAL, index, index) if useful else None
    if word not in known["outcomes.verbs"] or kind in {"det", "adj", "prep", "be", "num"}:
        return None
    if word in known["outcomes.only-hedged"]:
        doubted = view.kind(before) == "modal" or view.word(index - 1) in known["hedges.words"]
        return Match(CAUSAL, index, index, needs_hedge=True) if doubted else None
    following = _object(view, index)
    no_object = not following or (known["uses.objects"] | known["outcomes.no-objects"]) & set(following[:3])
    return None if no_object or _is_noun(view, index) else _acting(view, index, following)


def _is_noun(view: View, index: int) -> bool:
    """Whether a word that is more often a noun, such as "age" and "change", has no object right after it."""
    known, word = view.known, view.words[index]
    if view.kind(index + 1) == "det":
        return False
    return word in known["outcomes.needs-article"] or (
        word.startswith("change") and view.word(index + 1) not in known["outcomes.words"]
    )


def _acting(view: View, index: int, following: list[str]) -> Match | None:
    """Match a verb of many meanings by whether its object names health."""
    known, word = view.known, view.words[index]
    before = view.before(index)
    after_modal = view.kind(before) == "modal"
    acts = bool(known["outcomes.words"] & set(following))
    people = (known["actors.words"] | known["outcomes.people"]) & set(view.words[max(0, index - 4) : index])
    if people or (word.endswith("ed") and not (acts and (view.ends_noun_phrase(before) or view.kind(before) == "have"))):
        return None
    if view.word(before) == "to":
        return _for_what(view, index, before) if acts or word in known["outcomes.treating"] else None
    if after_modal and word not in known["outcomes.only-with-object"]:
        return Match(CAUSAL, index, index, needs_hedge=not acts)
    if not acts or word in known["outcomes.treating"]:
        return None
    if word.endswith("ing"):
        return Match(CAUSAL, index, index) if view.word(before) in {",", "by", "thereby"} and index > REACH else None
    joined = view.kind(before) in {"conj", "punct"} and any(other in known.causal for other in view.words[:index])
    return (
        Match(CAUSAL, index, index)
        if after_modal or joined or view.kind(before) == "have" or view.ends_noun_phrase(before)
        else None
    )


def may_act(view: View, index: int) -> Match | None:
    """Match "could" with a verb that no list has and its object: what may do something to something."""
    known = view.known
    if view.words[index] not in {"may", "might", "could"}:
        return None
    verb = view.after(index)
    following = view.within(verb, _WINDOW)
    unknown = view.kind(verb) == "nom" and view.word(verb) not in known["uses.verbs"]
    if not unknown or not view.starts_noun_phrase(view.after(verb)) or known["uses.objects"] & set(following[:4]):
        return None
    people = known["actors.words"] | known["outcomes.people"] | known["related.groups"]
    return None if people & set(view.words[max(0, index - 4) : index]) else Match(CAUSAL, index, verb, hedged=True)


def _object(view: View, index: int) -> list[str]:
    """Return the words of what a verb acts on."""
    found = []
    for word in view.within(index, _WINDOW):
        if word in _ENDS:
            break
        found.append(word)
    return found


def _for_what(view: View, index: int, to: int) -> Match | None:
    governor = view.word(view.before(to))
    if governor in view.known["frames.potential"]:
        return Match(CAUSAL, index, index, hedged=True)
    if governor in view.known["stated.before-to"]:
        return Match(CAUSAL, index, index, needs_hedge=governor in {"used", "due"})
    return means(view, index, to)


def means(view: View, index: int, to: int) -> Match | None:
    """Match an infinitive that says what a means is for: "is a promising way to reduce …".

    Args:
        view: The sentence.
        index: Place of the verb.
        to: Place of its "to".
    """
    governor = view.before(to)
    if view.word(governor) not in view.known["prospects.nouns"]:
        return None
    place = _predicate(view, governor)
    return None if place is None else Match(CAUSAL, index, index, verb=place, hedged=_promising(view, governor))


def _promising(view: View, index: int) -> bool:
    return bool(view.known["prospects.adjectives"] & set(view.words[max(0, index - 5) : index]))


def _predicate(view: View, index: int) -> int | None:
    """Return the place of the verb of which a noun is the predicate: "is a", "represents an", "serve as a", "offers a"."""
    for place in range(index - 1, max(-1, index - REACH), -1):
        word, kind = view.words[place], view.kinds[place]
        if kind == "be" or word in view.known["prospects.being"]:
            return place
        if kind in {"prep", "sub", "modal"} and word not in {"of", "as"}:
            return None
        if word in {";", ":"}:
            return None
    return None


def prospect(view: View, index: int) -> Match | None:
    """Match "is a promising treatment for" and "as a potential therapeutic target in", but no tool of diagnosis."""
    known, word = view.known, view.words[index]
    if word == "promise":
        given = view.word(view.before(index)) in known["prospects.giving"] or view.kind(view.before(index)) == "adj"
        plain = view.word(index + 1) in {"for", "in", "as"} and not known["prospects.no-treatments"] & set(
            view.within(index, _WINDOW)
        )
        return Match(CAUSAL, index, index, hedged=True) if given and plain else None
    around = set(view.words[max(0, index - 4) : index + _WINDOW])
    if word not in known["prospects.nouns"] or (known["prospects.no-treatments"] & around and not _HEALS & around):
        return None
    place = _predicate(view, index)
    after = view.word(index + 1)
    if place is None or after not in _INTO or (after == "to" and not _new_verb(view, index + 2)):
        return None
    healing = (
        after == "to"
        or word in known["prospects.healing"] | _REMEDIES
        or bool(known["prospects.healing"] & set(view.words[place:index]))
    )
    if _promising(view, index):
        return Match(CAUSAL, index, index, verb=place, hedged=True, needs_hedge=True)
    return Match(CAUSAL, index, index, verb=place, needs_hedge=True) if healing else None


def _new_verb(view: View, index: int) -> bool:
    """Whether a verb stands here that no list has: "a strategy to overcome …"."""
    word = view.word(index)
    unknown = view.kind(index) == "nom" or word in view.known["outcomes.verbs"]
    return unknown and word not in view.known["uses.verbs"] | view.known["aims.base"]


def potential(view: View, index: int) -> Match | None:
    """Match "therapeutic potential", and "have potential in managing"."""
    if view.words[index] not in {"potential", "potentials"}:
        return None
    before, after = view.word(index - 1), view.word(index + 1)
    window = set(view.within(index, _WINDOW))
    if view.known["prospects.no-treatments"] & window or view.known["actors.words"] & window:
        return None
    healing = before in view.known["prospects.healing"]
    given = any(word in view.known["prospects.giving"] for word in view.words[max(0, index - 4) : index])
    stated = given and (healing or after in {"in", "for", "as"})
    return Match(CAUSAL, index, index, noun=True, hedged=True) if stated else None


def factor(view: View, index: int) -> Match | None:
    """Match "is a contributing factor" and "are major contributors to"."""
    word, before = view.words[index], view.word(index - 1)
    if word in view.known["factors.markers"]:
        place = _predicate(view, index) if view.word(index + 1) in {"of", "for"} else None
        return None if place is None else Match(RELATED, index, index, verb=place)
    if word in view.known["factors.by-themselves"]:
        stated = view.word(index + 1) in {"to", "of", "in", "behind", "for"}
    else:
        stated = word in view.known["factors.nouns"] and before in view.known["factors.adjectives"]
    if not stated:
        return None
    if before in {"potential", "possible", "likely", "suspected"} and {"include", "includes", "are", "is"} & set(
        view.within(index, REACH)
    ):
        return Match(CAUSAL, index, index, hedged=True)
    place = _predicate(view, index)
    doubted = bool(view.known["factors.doubted"] & set(view.words[max(0, index - REACH) : index]))
    return None if place is None else Match(CAUSAL, index, index, verb=place, hedged=doubted)
