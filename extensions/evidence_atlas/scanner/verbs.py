"""Matchers of verbs: is this form, where it stands, the verb of a claim? Each looks at the neighbours and at nothing else."""

from __future__ import annotations

from itertools import pairwise

from evidence_atlas.scanner.grammar import View
from evidence_atlas.scanner.matches import CAUSAL, RELATED, SPOT, Match
from evidence_atlas.scanner.participles import active_form, has_finite, past_form
from evidence_atlas.scanner.prospects import means
from evidence_atlas.scanner.words import Verb

# what stands before a noun, so that a form which can be one is one
_STANDING_ALONE = frozenset({"this", "that", "which", "these", "those", "both"})
_SHARE = 9  # words within which "explained" names the share of the variance
_WORKS = frozenset({"work", "works", "worked", "act", "acts", "acted"})
_KNOWING = frozenset({"understanding", "insight", "insights", "knowledge"})
_RELATIONS = frozenset({"relationship", "relationships", "association", "associations", "correlation"})
_AFTER_PEOPLE = frozenset(
    {".", ",", "and", "or", "of", "in", "with", "who", "worldwide", "globally", "across", "from", "at", "than", "living"}
)
_BEFORE_NOUNS = frozenset({"det", "prep", "adj", "num", "conj", "cue", "ed", "ing", "other-verbs", "be", "have", "punct", ""})


def verb(view: View, index: int) -> Match | None:
    """Match a verb of the lexicon."""
    word = view.words[index]
    if cue := view.known.causal.get(word):
        last = _particle(view, index, cue)
        if cue.lemma in {"mediate", "modify", "attenuate", "weaken", "strengthen"} and _RELATIONS & set(view.within(index, 4)):
            return Match(RELATED, index, index)
        if view.known["causal.idioms"] & set(view.words[index + 1 : index + 4]):
            return None
        work = cue.lemma == "contribute" and view.subject(index) in view.known["actors.words"]
        return None if last is None or work else _causal_verb(view, index, last, cue)
    if cue := view.known.related.get(word):
        last = _particle(view, index, cue)
        return None if last is None else _related_verb(view, index, last, cue)
    return None


def _particle(view: View, index: int, cue: Verb) -> int | None:
    """Return the last word of a verb with its particle; ``None`` where a particle is needed and missing."""
    if not cue.particles:
        return index
    for place in range(index + 1, min(index + 5, len(view.words))):
        if view.words[place] in cue.particles:
            return place
        if view.kinds[place] in {"prep", "punct", "be", "modal", "have"}:
            return None
    return None


def _related_verb(view: View, index: int, last: int, cue: Verb) -> Match | None:
    before, word = view.word(view.before(index)), view.words[index]
    if cue.lemma in {"correlate", "differ", "parallel"} and (before in {"a", "the", "using"} or word == "differing"):
        return None
    if word.endswith("ed") and view.word(index - 1) in view.known["frames.no-subjects"]:
        return None
    if cue.lemma == "explain" and "variance" not in view.within(index, _SHARE):
        return None
    return None if cue.lemma == "predict" and _by_tool(view, index) else Match(RELATED, index, last)


def _by_tool(view: View, index: int) -> bool:
    """Whether a model or a tool is what predicts."""
    if view.word(index + 1) in {"value", "values", "model", "models", "by"}:
        return True
    tools = view.known["frames.tools"]
    return view.subject(index) in tools or (view.words[index] == "predicting" and bool(tools & set(view.words[:index])))


def _causal_verb(view: View, index: int, last: int, cue: Verb) -> Match | None:
    before = view.before(index)
    # "this reduces": an article that stands for a noun
    kind = "pron" if view.word(before) in _STANDING_ALONE else _kind_before(view, before)
    if _says_no_effect(view, index, last, cue):
        return None
    return _of_form(view, index, last, cue, kind)


def _of_form(view: View, index: int, last: int, cue: Verb, kind: str) -> Match | None:
    """Match a verb by its form; ``kind`` is that of the word before."""
    if "VBG" in cue.tags:
        return _ing(view, index, last, cue)
    if cue.tags & {"VBD", "VBN"} and ("VB" not in cue.tags or kind not in {"to", "modal"}):
        return past_form(view, index, last, cue)
    if "VB" in cue.tags and (to := _to_before(view, index)) is not None:
        return _infinitive(view, index, last, to)
    noun = cue.ambiguous and not _is_verb(view, index, last, cue)
    sure = "VBZ" in cue.tags and not cue.ambiguous and kind == "adj"  # "growing up poor alters"
    if noun or _is_use(view, last) or (kind in {"det", "be", "have", "other-verbs", "adj", "prep"} and not sure):
        return None
    return active_form(view, index, last, cue)


def _says_no_effect(view: View, index: int, last: int, cue: Verb) -> bool:
    """Whether a form is none of a verb of effect: how frequent an illness is, "falls" as a noun, "lower" as a comparative."""
    if cue.lemma == "affect" and _affects_people(view, last):
        return True
    if cue.lemma == "translate" and view.kind(view.before(index)) == "be":
        return True
    if cue.lemma == "lead" and view.word(last + 1) in view.known["hedges.verbs"] | view.known["speech.verbs"]:
        return True
    if cue.lemma == "lead" and view.subject(index) in _KNOWING and view.known["uses.products"] & set(view.within(last, 7)):
        return True
    if cue.lemma in view.known["causal.only-past"] and "VBD" not in cue.tags:
        return True
    return index == last and view.words[index] == "lower" and not _lowers(view, index)


def _is_use(view: View, index: int) -> bool:
    """Whether the object of a verb is knowledge or a use, on which nothing acts: "facilitate the evaluation"."""
    return bool(view.known["uses.objects"] & set(view.within(index, 3)))


def _lowers(view: View, index: int) -> bool:
    """Whether "lower" is a verb: it is a comparative more often."""
    before = view.before(index)
    if view.word(before) == "to":
        return view.word(view.before(before)) not in view.known.related
    return (
        view.kind(before) == "modal"
        or view.word(before) in view.known["causatives.help"]
        or view.kind(view.after(index)) == "det"
    )


def _affects_people(view: View, index: int) -> bool:
    """Whether an illness "affects" so many of some people, which says how frequent it is."""
    following = view.within(index, 5)
    return any(
        word[0].isdigit()
        or word.startswith("one-")
        or (word in view.known["related.groups"] and (following[place + 1 : place + 2] or ["."])[0] in _AFTER_PEOPLE)
        or word in view.known["frames.shares"]
        for place, word in enumerate(following)
    )


def _to_before(view: View, index: int) -> int | None:
    """Return the place of the "to" of an infinitive, also of one that "and" joins to another: "to assist and improve"."""
    before = view.before(index)
    if view.word(before) in view.known["causatives.help"]:
        before = view.before(before)
    if view.word(before) == "to":
        return before
    if view.word(before) not in {"and", "or", ","}:
        return None
    for place in range(before - 1, -1, -1):
        if view.kinds[place] in {"modal", "be", "have", "do", "sub"} or view.words[place] in {";", ":"}:
            return None
        if view.words[place] == "to" and view.kind(view.after(place)) not in {"det", "num", "adj"}:
            return place
    return None


def _kind_before(view: View, before: int) -> str:
    """Return the kind of the word before, where "support" and the like are nouns after another noun or an adjective."""
    a_noun = view.word(before) in view.known["frames.verbs-or-nouns"] and view.kind(before - 1) in {"nom", "adj", "det"}
    return "nom" if a_noun else view.kind(before)


def _is_verb(view: View, index: int, last: int, cue: Verb) -> bool:
    """Whether a form that can be a noun is a verb here."""
    before, after = view.before(index), view.after(index)
    kind = _kind_before(view, before)
    adverb = view.kind(index - 1) == "adv" and view.word(index - 1).endswith("ly")
    joined = view.word(before) in {"but", "and"} and view.kind(after) == "det"
    if kind in {"modal", "to", "do"} or view.word(before) in {"which", "that", "who"} or adverb or joined:
        return True
    if kind == "ing" and "VBZ" in cue.tags and last == index:  # "Smoking causes pain", but "existing causes were rare"
        return view.kind(before - 1) in {"", "adj"} and view.starts_noun_phrase(after) and not has_finite(view, index)
    if kind in _BEFORE_NOUNS:
        return kind in {"conj", "punct", "cue"} and view.kind(after) == "det" and "VBZ" in cue.tags
    if last > index:  # "results in", "benefit from"
        return kind in {"nom", "pron", "sub"}
    if "VBZ" in cue.tags:
        return (
            view.starts_noun_phrase(after)
            or view.word(after) in {"what", "how", "whether"}
            or (cue.intransitive and not has_finite(view, index) and view.word(after) != "of")
        )
    follows = view.kind(after) in {"nom", "adj", "cue", "ed"} and (view.word(before).endswith("s") or not has_finite(view, index))
    return follows or view.kind(after) == "det"


def _infinitive(view: View, index: int, last: int, to: int) -> Match:
    """Match "to reduce", which is stated after some verbs, and only meant after most words."""
    governor = view.before(to)
    word = view.word(governor)
    if view.known.causal[view.words[index]].intransitive and view.word(last + 1) == "with":
        return Match(RELATED, index, last)
    if word in view.known["prospects.nouns"] and (purpose := means(view, index, to)):
        return purpose
    stated = word in view.known["stated.before-to"] or _potential_for(view, to)
    return Match(CAUSAL, index, last, open=not stated, hedged=word in view.known["frames.potential"] or _potential_for(view, to))


def _potential_for(view: View, to: int) -> bool:
    """Whether what stands before "to" is "the potential for X": X can do it."""
    return any(pair == ("potential", "for") for pair in pairwise(view.words[max(0, to - SPOT) : to]))


def _ing(view: View, index: int, last: int, cue: Verb) -> Match | None:
    before = view.before(index)
    word, kind = view.word(before), view.kind(before)
    if word == "," and (
        _begins_subject(view, last) or (cue.lemma == "affect" and view.known["frames.defining"] & set(view.words[:index]))
    ):
        return None
    if kind == "nom" and last > index and cue.lemma in {"result", "lead"}:
        return Match(CAUSAL, index, last)
    object_follows = last > index or (view.starts_noun_phrase(view.after(index)) and view.word(index + 1) != "according")
    if not object_follows:
        return None
    if word in {",", "thereby", "by", "and", "while"} or kind == "be":
        works = word == "by" and (view.word(before - 1) in _WORKS or _by_acting(view, before))
        return Match(CAUSAL, index, last, open=word in {"and", "by"} and not (works or _claims_before(view, before)))
    if kind != "prep":
        return None
    maybe = word == "for" and view.word(view.before(before)) in view.known["frames.maybe-good-at"]
    return Match(CAUSAL, index, last, open=not (maybe or _governing_adjective(view, before)), needs_hedge=maybe)


def _by_acting(view: View, by: int) -> bool:
    """Whether "by" tells how a thing acts, and not what people do: "exhibits activity by disrupting the membrane"."""
    people = view.known["actors.words"] | view.known["outcomes.people"] | view.known["study.words"]
    acts = any(word in view.known["frames.exerting"] for word in view.words[:by])
    return acts and "be" not in view.kinds[:by] and "to" not in view.words[:by] and not people & set(view.words[:by])


def _begins_subject(view: View, last: int) -> bool:
    """Whether a form in -ing is the subject of what follows: "…, restoring the flora represents an option"."""
    for place in range(last + 1, len(view.words)):
        word = view.words[place]
        if word in {",", "and", "that", "which", "who", "while", "as", ";", "or"}:
            return False
        if view.kinds[place] in {"be", "have", "modal"} or (word.endswith("s") and word in view.known["verbs"]):
            return True
    return False


def _claims_before(view: View, index: int) -> bool:
    """Whether a verb of effect stands before, which "and reducing" goes on with."""
    return any(word in view.known.causal and word.endswith("ing") for word in view.words[:index])


def _governing_adjective(view: View, preposition: int) -> bool:
    if view.word(preposition) in {"at", "in", "for"} and view.known["frames.good-at"] & set(
        view.words[max(0, preposition - 6) : preposition]
    ):
        return True
    governor = view.word(view.before(preposition))
    return governor in view.known["causal.adjectives"] or governor in {
        "role",
        "roles",
        "effects",
        "effect",
        "efficacy",
        "effectiveness",
    }


def _from_doing(view: View, index: int) -> bool:
    """Whether "stops" is followed by what is stopped "from" doing something."""
    following = view.within(index, 8)
    return any(word == "from" and following[place + 1].endswith("ing") for place, word in enumerate(following[:-1]))


def _changed(view: View, index: int, following: list[str]) -> bool:
    """Whether "make" is followed by somebody or something and by what it becomes: "people more sensitive to pain"."""
    for place, word in enumerate(following[1:], 1):
        if word in {",", "and", "that", "which"}:
            return False
        grows = (
            word in {"more", "less"} and view.kind(index + 1 + place) != "det" and following[place + 1 : place + 2] != ["than"]
        )
        if grows or word in view.known["causatives.results"]:
            return True
    return False


def _lets(view: View, following: list[str]) -> bool:
    """Whether something is let act: "allows the virus to spread", and not "allows clinicians to plan"."""
    known = view.known
    if "to" not in following[1:-1]:
        return False
    to = following.index("to", 1)
    actors = known["actors.words"] | known["outcomes.people"] | {"us", "them", "scientists", "investigators"}
    acts = known["causatives.done"] | known["outcomes.verbs"] | known.causal.keys()
    return following[to + 1] in acts and not actors & set(following[:to])


def causative(view: View, index: int) -> Match | None:
    """Match "makes symptoms worse" and "helps people sleep"; "helps identify" and "help guide" are about use."""
    word = view.words[index]
    if word in view.known["causatives.stop"] and _from_doing(view, index):
        return Match(CAUSAL, index, index)
    before = view.before(index)
    if view.word(before) != "to" and view.kind(before) in {"be", "det", "adj", "prep"}:
        return None
    following = view.within(index, 7)
    if word not in view.known["causatives.help"]:
        differs = "difference" in following[:4] and not {"no", "little", "any"} & set(following[:2])
        makes = word in view.known["causatives.make"] and (differs or _changed(view, index, following))
        lets = word in view.known["causatives.let"] and _lets(view, following)
        return Match(CAUSAL, index, index) if makes or lets else None
    return _helps(view, index, following)


def _helps(view: View, index: int, following: list[str]) -> Match | None:
    """Match "helps people sleep"; the verb of effect in "helps reduce" is a match of its own."""
    if not following or following[0] in view.known["causatives.uses"] or following[0] in {"to", "us", "them", "explain", "and"}:
        return None
    to = _to_before(view, index)
    purpose = to is not None and view.word(view.before(to)) not in view.known["stated.before-to"]
    return Match(CAUSAL, index, index, open=purpose) if following[0] not in view.known.causal else None
