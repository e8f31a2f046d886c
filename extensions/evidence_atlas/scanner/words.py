"""The scanner's English, read from ``lexicon.toml``: every form of every word that the engine looks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).with_name("lexicon.toml")
_VOWELS = "aeiou"
_SIBILANT = re.compile(r"(?:[sxz]|[cs]h)$")
# lists whose words can be a claim by themselves
_CUES = (
    "causal.nouns",
    "causal.adjectives",
    "related.nouns",
    "related.relating-nouns",
    "related.comparatives",
    "causatives.make",
    "causatives.let",
    "causatives.help",
    "related.superlatives",
    "outcomes.verbs",
    "prospects.nouns",
    "factors.nouns",
    "factors.by-themselves",
    "factors.markers",
    "related.adjectives",
    "causatives.stop",
)
# the ends of verbs that have a second spelling
_SPELLINGS = (("ize", "ise"), ("yze", "yse"))


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that the engine looks for, in one of its forms.

    Attributes:
        lemma: The base form.
        tags: What the form can be, by the names of the Penn Treebank: VB, VBZ, VBD, VBN, VBG.
        particles: Words of which one has to follow, such as "to" for "lead"; empty where none has to.
        ambiguous: Whether the same form can be a noun.
        intransitive: Whether the verb also says what happens by itself.
    """

    lemma: str
    tags: frozenset[str]
    particles: frozenset[str] = frozenset()
    ambiguous: bool = False
    intransitive: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every form by what it means to the engine; see ``lexicon.toml`` for each list's meaning.

    Attributes:
        version: Its version.
        kinds: Closed classes by word.
        causal: Verbs that state an effect, by form.
        related: Verbs that state that things go together, by form.
        phrases: By their first word: phrases, longest first, with the sort of claim that they are.
        sets: Lists that need no more than membership, by ``table.list``.
        cues: Every word with which a claim can begin.
        single_cues: Those of them that are a claim by themselves, and not only as the first word of a phrase.
    """

    version: str
    kinds: Mapping[str, str]
    causal: Mapping[str, Verb]
    related: Mapping[str, Verb]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    sets: Mapping[str, frozenset[str]] = field(repr=False)
    cues: frozenset[str] = field(repr=False)
    single_cues: frozenset[str] = field(repr=False)

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the words of a list that needs no more than membership."""
        return self.sets[name]


def inflect(verb: str, irregular: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return every form of a verb with what it can be.

    Args:
        verb: The base form.
        irregular: By base form: third person, past, participle and -ing form, for verbs that do not follow the rules.
    """
    forms = irregular[verb].split() if verb in irregular else _regular(verb)
    found: dict[str, set[str]] = {verb: {"VB"}}
    for form, tag in zip(forms, ("VBZ", "VBD", "VBN", "VBG"), strict=True):
        found.setdefault(form, set()).add(tag)
    return {form: frozenset(tags) for form, tags in found.items()}


def _regular(verb: str) -> tuple[str, str, str, str]:
    if verb.endswith("e"):
        third, past, doing = f"{verb}s", f"{verb}d", f"{verb[:-1] if not verb.endswith('ee') else verb}ing"
        return third, past, past, doing
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if _SIBILANT.search(verb) else f"{verb}s"
    return third, f"{verb}ed", f"{verb}ed", f"{verb}ing"


def plural(noun: str) -> str:
    """Return the plural of a noun that follows the rules."""
    if noun.endswith("y") and noun[-2] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if _SIBILANT.search(noun) else f"{noun}s"


def _spellings(verb: str) -> Iterable[str]:
    yield verb
    for american, british in _SPELLINGS:
        if verb.endswith(american):
            yield f"{verb.removesuffix(american)}{british}"


def _verbs(
    rows: Iterable[str], irregular: Mapping[str, str], ambiguous: frozenset[str], alone: frozenset[str]
) -> dict[str, Verb]:
    """Return verbs by form; rows such as ``lead-to`` name a word that has to follow."""
    particles: dict[str, set[str]] = {}
    for row in rows:
        base, _, particle = (row, "", "") if row in irregular else row.rpartition("-") if "-" in row else (row, "", "")
        particles.setdefault(base, set()).add(particle)
    found: dict[str, Verb] = {}
    for base, after in particles.items():
        needed = frozenset() if "" in after else frozenset(after)
        for spelling in _spellings(base):
            for form, tags in inflect(spelling, irregular).items():
                noun = base in ambiguous and bool(tags & {"VB", "VBZ"})
                found[form] = Verb(base, tags, needed, noun, base in alone)
    return found


def _phrases(groups: Mapping[str, Iterable[str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for group, phrases in groups.items():
        for phrase in phrases:
            words = tuple(phrase.split())
            by_first.setdefault(words[0], []).append((words, group))
    return {first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in by_first.items()}


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value.split() if isinstance(value, str) else value)


@cache
def lexicon() -> Lexicon:
    """Read the words once."""
    data = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    irregular: Mapping[str, str] = data["irregular"]
    kinds = {word: kind for kind, words in reversed(data["kinds"].items()) for word in words.split()}
    for verb in _words(kinds_verbs := data["kinds"]["other-verbs"]):
        kinds.pop(verb, None)
    sets = {
        f"{table}.{name}": frozenset(_words(value))
        for table, rows in data.items()
        if isinstance(rows, dict)
        for name, value in rows.items()
    }
    for name in ("causal.light-verbs", "hedges.verbs", "aims.verbs", "speech.verbs", "outcomes.verbs"):
        sets[name] = _all_forms(sets[name], irregular)
    sets["aims.base"] = frozenset(s for verb in _words(data["aims"]["verbs"]) for s in _spellings(verb))
    sets["verbs"] = _all_forms(_words(kinds_verbs), irregular)
    for name in ("causal.nouns", "related.nouns", "related.relating-nouns", "aims.nouns"):
        sets[name] |= {plural(noun) for noun in sets[name]}
    causal = _verbs(
        sorted({*_words(data["causal"]["verbs"]), *_words(data["causal"]["ambiguous"])}),
        irregular,
        sets["causal.ambiguous"] | sets["causal.also-nouns"],
        sets["causal.intransitive"],
    )
    related = _verbs(sorted(sets["related.verbs"]), irregular, frozenset(), frozenset())
    phrases = _phrases({"causal": data["causal"]["phrases"], "related": data["related"]["phrases"]})
    single_cues = sets["cues.words"].union(causal, related, *(sets[name] for name in _CUES))
    return Lexicon(
        version=data["version"],
        kinds=kinds | {word: "other-verbs" for word in sets["verbs"] if word not in kinds},
        causal=causal,
        related=related,
        phrases=phrases,
        sets=sets,
        cues=single_cues.union(phrases),
        single_cues=single_cues,
    )


def _all_forms(verbs: Iterable[str], irregular: Mapping[str, str]) -> frozenset[str]:
    return frozenset(form for verb in verbs for spelling in _spellings(verb) for form in inflect(spelling, irregular))
