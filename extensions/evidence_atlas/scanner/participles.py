"""Forms in -ed, which can be past, passive or an adjective, and verbs of what happens by itself."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile

from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, RELATED, SPOT, Match
from evidence_atlas.scanner.words import Verb

_FINITE = frozenset({"be", "have", "modal", "do"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_ADJECTIVES = ("ic", "al", "ive", "ous", "ble", "ful", "safe", "tolerated")
_FRONT = 7  # words within which a treatment is named after "after" or "with"


def past_form(view: View, index: int, last: int, cue: Verb) -> Match | None:
    """Match a form in -ed by what stands before it.

    Args:
        view: The sentence.
        index: Place of the form.
        last: Place of its particle, or its own.
        cue: The verb.
    """
    before = view.before(index)
    kind = view.kind(before)
    if kind == "be" or view.word(before) in {"got", "get"}:
        return _passive(view, index, last, cue)
    if kind in {"have", "modal"}:
        return (_perfect if kind == "have" else active_form)(view, index, last, cue)
    if kind in {"conj", "punct"}:
        if view.word(before) == "," and view.word(view.after(last)) == "by" and "VBN" in cue.tags:
            return Match(CAUSAL, index, last)
        joined = _verb_before(view, before) or _goes_on(view, index, before)
        return Match(CAUSAL, index, last) if joined and view.starts_noun_phrase(view.after(last)) else None
    # "that prolonged illness is": a clause begins, with a participle
    begins = view.word(before) == "that" and view.kind(view.before(before)) not in {"nom", "ing", "pron"}
    if kind == "num" and view.kind(view.after(last)) == "nom":
        return None  # "214 methylated fragments"
    subject = view.word(before) in {"which", "that", "who", "both"} or _ends_subject(view, before)
    return _past(view, index, last, cue) if subject and not begins else None


def _ends_subject(view: View, index: int) -> bool:
    """Whether a noun phrase ends before a past form; of the words in -ing, those that are nouns."""
    if view.word(index - 1) in view.known["related.groups"] and view.word(index) in view.known["frames.verbs-or-nouns"]:
        return False  # "patients experience improved …"
    if view.word(index) in view.known["frames.verbs-or-nouns"] and view.kind(index - 1) in {"nom", "adj", "det", "prep", ""}:
        return True
    if view.kind(index) == "ing":
        word = view.word(index)
        return word in view.known["treatments.words"] or (
            word not in view.known["frames.no-nouns"] | view.known["verbs"]
            and (view.kind(index - 1) in {"nom", "adj", ""} or view.word(index - 1) in {"with", "of"})
        )
    return view.ends_noun_phrase(index)


def _goes_on(view: View, index: int, before: int) -> bool:
    """Whether "…, which …, reduced" or "was safe and significantly reduced" goes on with a past form."""
    words = view.words[:before]
    if view.words[before] == ",":
        return any(one == "," and two in {"which", "who"} for one, two in pairwise(words))
    later = {"be", "have", "modal"} & set(view.kinds[index:])
    if view.words[before] != "and" or "be" not in view.kinds[:before] or later:
        return False
    described = view.kind(view.before(before - 1)) == "be" and view.words[before - 1].endswith(_ADJECTIVES)
    return view.word(index - 1).endswith("ly") or (described and "there" not in words)


def _verb_before(view: View, index: int) -> bool:
    """Whether an active past form stands before, which "and reduced" goes on with."""
    if view.word(index) == "but":
        return True
    for place in range(index - 1, 0, -1):
        cue = view.known.causal.get(view.words[place])
        if (
            cue
            and "VBD" in cue.tags
            and view.kind(view.before(place)) in {"nom", "pron", "num"}
            and view.starts_noun_phrase(view.after(place))
        ):
            return True
    return False


def _past(view: View, index: int, last: int, cue: Verb) -> Match | None:
    after = view.after(last)
    if view.word(after) == "by" or "VBD" not in cue.tags:
        return None
    if last > index or view.starts_noun_phrase(after):
        return Match(CAUSAL, index, last)
    return by_itself(view, index) if cue.intransitive else None


def _passive(view: View, index: int, last: int, cue: Verb) -> Match | None:
    following = view.within(index, SPOT)
    if last > index:
        return Match(CAUSAL, index, last)
    if "by" in following[:6] or following[:1] in (["through"], ["via"]):
        return Match(CAUSAL, index, index)
    if any(word in view.known["frames.comparing"] for word in following):
        return Match(CAUSAL if view.compares_arms() else RELATED, index, index)
    if _treated(view, following):
        return Match(CAUSAL, index, index)
    if following[:1] and following[0] in {"in", "among", "for", "after", "following"}:
        return Match(RELATED, index, index)
    return None


def _perfect(view: View, index: int, last: int, cue: Verb) -> Match | None:
    auxiliary, after = view.before(index), view.after(last)
    if last > index:
        return Match(CAUSAL, index, last)
    subject = view.word(view.before(auxiliary))
    if view.starts_noun_phrase(after):
        people = subject in view.known["related.groups"] or view.words[auxiliary] in {"had", "have"}
        possessed = people and view.kind(after) != "det"
        return Match(RELATED if possessed else CAUSAL, index, last)
    return by_itself(view, index) if cue.intransitive else None


def has_finite(view: View, index: int) -> bool:
    """Whether another verb that can be the sentence's only one stands beside."""
    return any(kind in _FINITE for i, kind in enumerate(view.kinds) if i != index)


def active_form(view: View, index: int, last: int, cue: Verb) -> Match | None:
    """Match a finite active form by what follows it; the arguments are those of :func:`past_form`."""
    after = view.after(last)
    bare = view.words[last] == "up" and not view.starts_noun_phrase(after)  # "breathing speeds up"
    if bare:
        return None
    if last > index or view.starts_noun_phrase(after) or view.kind(after) in {"other-verbs", "pron", "sub"}:
        return Match(CAUSAL, index, last)
    if cue.intransitive:
        return by_itself(view, index)
    return Match(CAUSAL, index, last) if view.kind(after) in {"conj", "to", "prep", "adv"} else None


def by_itself(view: View, index: int) -> Match | None:
    """Match "improved after treatment", which says that the treatment did it, and "increased with age"."""
    following = view.within(index, SPOT)
    if _over_years(view):
        return None
    in_some = following[:1] in (["more"], ["less"]) and following[1:2] in (["in"], ["among"], ["for"])
    in_group = in_some and following[2:3] == ["the"] and "group" in following
    if following[:2] == ["rather", "than"] or in_group:
        return Match(CAUSAL, index, index)
    if any(word in view.known["frames.comparing"] for word in following):
        return Match(CAUSAL if view.compares_arms() else RELATED, index, index)
    if "among" in following[:2] or in_some or ("with" in following[:3] and not view.names_treatment()):
        return Match(RELATED, index, index)
    if _treated(view, following) or _after_something(view, following):
        return Match(CAUSAL, index, index)
    grouped = {"group", "groups", "arm"} & set(view.words) and following[:1] in (["from"], ["in"], ["by"])
    return Match(RELATED, index, index) if grouped else None


def _over_years(view: View) -> bool:
    """Whether a sentence tells how something changed in the course of years, which is no relation."""
    words = view.words
    return any(
        (word in {"past", "last", "recent"} and {"decade", "decades", "years"} & set(words[i + 1 : i + 4]))
        or (word in {"since", "between", "from"} and _YEAR.fullmatch(view.word(i + 1)))
        for i, word in enumerate(words)
    )


def _treated(view: View, following: list[str]) -> bool:
    """Whether a change came with a treatment: "improved after … therapy", "With therapy, …"."""
    said = list(takewhile(lambda word: word != "," and view.known.kinds.get(word) not in _FINITE, following))
    for words in (said, view.words[:_FRONT]):
        places = [place for place, word in enumerate(words) if word in view.known["frames.after"]]
        places = places if words is said else [place for place in places if place == 0]
        if any(view.known["treatments.words"] & set(words[place + 1 : place + _FRONT]) for place in places):
            return True
    return False


def _after_something(view: View, following: list[str]) -> bool:
    """Whether a change came after something that was done, and not just after some time."""
    said = following[: following.index(",")] if "," in following else following
    for one, two in pairwise(said):
        if one in {"after", "following", "upon"}:
            return not two[0].isdigit() and not view.known["frames.times"] & set(following)
    return False
