"""Finds where a text names a case definition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from evidence_atlas.core.policy import Policy
from evidence_atlas.core.sentences import split_sentences
from evidence_atlas.criteria_finder.names import Name, Names, names_for
from evidence_atlas.criteria_finder.uses import Sentence, joined, negated, pem_change, role

_UNLESS_WITHIN = 8  # words
# full stops of references and of sentences that were joined without a blank, as abstracts of some sources are
_JAMMED = re.compile(r"(?<=[a-z0-9)%][.!?])(?=[A-Z][a-z])")
_ABBREVIATED = re.compile(r"\b((?:[\w’']++[\s-]++){1,9}+)\(\s*+([A-Z][A-Za-z/]{1,7})\s*+\)")
_MOST = 200_000  # characters that are read: more than any methods section has
_LONGEST = 1200  # characters of a sentence; a longer one is a table or a list, and is read in pieces
_PIECE = re.compile(rf".{{1,{_LONGEST}}}(?:(?<=\s)|\Z)|.{{1,{_LONGEST}}}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a case definition. It is a suggestion; whoever writes the page decides.

    Attributes:
        id: The definition, by its id in the policy.
        name: The words that name it, as they stand.
        role: What the study seems to have used it for, by the ids of the policy; empty where the policy has no such role.
        negated: Whether the sentence says that it was not met.
        modified: Whether the sentence says that the study changed it.
        pem: What the change does to PEM: ``required``, ``not-required``, or empty where nothing is said of it.
        joined: How the sentence combines it with others that were needed: ``all``, ``any``, or empty.
        sentence: The sentence, as it stands.
        start: Where the name begins in the text, in characters from 0.
        end: Where it ends.
        sentence_start: Where the sentence begins.
        others: Definitions that the same words could mean as well.
    """

    id: str
    name: str
    role: str
    negated: bool
    modified: bool
    pem: str
    joined: str
    sentence: str
    start: int
    end: int
    sentence_start: int
    others: tuple[str, ...] = ()

    def place(self, text: str) -> tuple[int, int]:
        """Return line and column of the name in the text, both counted from 1."""
        before = text[: self.start]
        return before.count("\n") + 1, self.start - (before.rfind("\n") + 1) + 1


def find(text: str, policy: Policy) -> tuple[Mention, ...]:
    """Find the case definitions that a text names.

    Args:
        text: Prose, such as an abstract or the methods of a paper.
        policy: Says which definitions there are; those without a name of their own ("diagnosed by a clinician") are not found.

    Returns:
        Every place, in the order of the text; the same for the same text, always.

    Raises:
        ValueError: A name in the policy cannot be used.
    """
    text = text[:_MOST]
    names = names_for(policy.definition)
    here = [name for name in names.names if name.text is None or name.text.search(text)]
    elsewhere = _abbreviations(text)
    asks = bool(names.cues["asks-how-many"].search(text))
    found: list[Mention] = []
    for start, sentence in _sentences(text):
        named = list(_named(sentence, here, names, elsewhere))
        if named:
            found += _mentions(Sentence(sentence, asks, names.cues), start, named, policy)
    return tuple(found)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and text of each sentence, those too between which a blank was lost."""
    for start, sentence in split_sentences(text):
        cuts = [0, *(match.start() for match in _JAMMED.finditer(sentence)), len(sentence)]
        for begin, end in pairwise(cuts):
            for piece in _PIECE.finditer(sentence, begin, end):
                lead = len(piece[0]) - len(piece[0].lstrip())
                if shown := piece[0].strip():
                    yield start + piece.start() + lead, shown


@dataclass(frozen=True, slots=True)
class _Found:
    name: Name
    start: int
    end: int


def _named(sentence: str, names: list[Name], known: Names, elsewhere: dict[str, str]) -> Iterator[_Found]:
    """Yield the names in a sentence, the longest where several overlap."""
    found = []
    for name in names:
        for match in name.words.finditer(sentence):
            meant = _meant(elsewhere.get(match[0], ""), name, known)
            if meant == "it" or (meant != "another" and _fits(sentence, match, name)):
                found.append(_Found(name, match.start(), match.end()))
    taken: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start, bool(one.name.others))):
        if not any(one.start < other.end and other.start < one.end for other in taken):
            taken.append(one)
    yield from sorted(taken, key=lambda one: one.start)


def _meant(meaning: str, name: Name, known: Names) -> str:
    """Tell what an abbreviation stands for where the text spells it out.

    Returns:
        "it" where the full name is one of the definition by itself, "perhaps" where it needs more, "another" where it is none
        of the definition, nothing where the text does not spell it out.
    """
    if not meaning:
        return ""
    same = [other for other in known.names if other.id == name.id and other.words.search(meaning)]
    if not same:
        return "another"
    return "it" if any(other.near is None for other in same) else "perhaps"


def _fits(sentence: str, match: re.Match[str], name: Name) -> bool:
    """Tell whether what stands around a name lets it be one."""
    if name.unless and any(_apart(sentence, match, other) <= _UNLESS_WITHIN for other in name.unless.finditer(sentence)):
        return False
    return not name.near or any(_apart(sentence, match, other) <= name.within for other in name.near.finditer(sentence))


def _apart(sentence: str, one: re.Match[str], other: re.Match[str]) -> int:
    """Return how many words stand between two places; 0 where they touch."""
    first, second = sorted((one.span(), other.span()))
    return len(sentence[first[1] : max(first[1], second[0])].split())


def _abbreviations(text: str) -> dict[str, str]:
    """Return what the text spells out before an abbreviation in brackets.

    That the words before it are meant is told by their initials: in "intraclass correlation (ICC)" they begin with I, C and C.
    """
    meanings: dict[str, str] = {}
    for match in _ABBREVIATED.finditer(text):
        words = re.findall(r"[^\W_]+", match[1])
        letters = [letter.lower() for letter in match[2] if letter.isalpha()]
        initials = [word[0].lower() for word in words]
        for begin in range(len(words) - 1, -1, -1):
            if initials[begin] == letters[0] and _in_order(letters, initials[begin:], words[begin:]):
                meanings.setdefault(match[2], " ".join(words[begin:]))
                break
    return meanings


def _in_order(letters: list[str], initials: list[str], words: list[str]) -> bool:
    """Tell whether letters are the initials of words in their order; a word may give two ("intraclass")."""
    rest = iter("".join(word.lower() if len(letters) > len(initials) else word[0].lower() for word in words))
    return all(letter in rest for letter in letters)


def _mentions(sentence: Sentence, start: int, named: list[_Found], policy: Policy) -> Iterator[Mention]:
    made = []
    for one in named:
        span = one.start, one.end
        changed, pem = pem_change(sentence, span, policy.definition[one.name.id].pem)
        is_negated = negated(sentence, span)
        use = role(sentence, span, is_negated=is_negated)
        made.append(
            Mention(
                one.name.id,
                sentence.text[one.start : one.end],
                use if use in policy.role else "",
                is_negated,
                changed,
                pem,
                "",
                sentence.text,
                start + one.start,
                start + one.end,
                start,
                one.name.others,
            )
        )
    needed = [mention for mention in made if mention.role in policy.resolution.counting_roles and not mention.negated]
    how = joined(sentence, [(m.start - start, m.end - start) for m in needed]) if len({m.id for m in needed}) > 1 else ""
    together: defaultdict[bool, str] = defaultdict(str, {True: how})
    for mention in made:
        yield replace(mention, joined=together[mention in needed])
