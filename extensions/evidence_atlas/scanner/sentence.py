"""A sentence as words with their place and coarse kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from evidence_atlas.scanner.words import lexicon

_WORD = re.compile(r"\d[\d.,]*+%?(?![^\W\d_])|[^\W_]+(?:[-'’/][^\W_]+)*|n[’']t|\ufffc|[^\w\s]", re.UNICODE)
_SHORT = 4  # "bed", "king"
_CONTRACTED = re.compile(r"(?<=\w)(?:n['’]t|['’](?:s|re|ve|ll|d|m))\Z", re.IGNORECASE)
OPEN_QUOTES, CLOSE_QUOTES = "“‘«", "”’»"
_QUOTES = frozenset(OPEN_QUOTES + CLOSE_QUOTES + '"')


@dataclass(slots=True)
class Sentence:
    """A sentence.

    Attributes:
        text: The sentence as it stands.
        start: Where it begins in the text that it is from.
        words: Its words and marks, in lower case.
        spans: Beginning and end of each word in ``text``.
        kinds: What each word is: a closed class of the lexicon, ``verb`` forms of cue verbs, or ``nom`` for all else.
        quoted: Whether each word stands in quotation marks.
    """

    text: str
    start: int
    words: list[str]
    spans: list[tuple[int, int]]
    kinds: list[str]
    quoted: list[bool]


def read_sentence(text: str, start: int = 0) -> Sentence:
    """Return a sentence with its words."""
    if "'" in text or "’" in text:
        words, spans = _with_contractions(text)
    else:
        spans = [match.span() for match in _WORD.finditer(text)]
        words = [text[begin:end].lower() for begin, end in spans]
    return Sentence(text, start, words, spans, list(map(_kind, words)), _quoted(words))


def _with_contractions(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the words of a text with apostrophes, and where they stand: "doesn't" is two words."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        word, at = match[0], match.start()
        if contracted := _CONTRACTED.search(word):
            words += [word[: contracted.start()].lower(), contracted[0].lower().replace("’", "'")]
            spans += [(at, at + contracted.start()), (at + contracted.start(), match.end())]
        else:
            words.append(word.lower().replace("’", "'"))
            spans.append((at, match.end()))
    return words, spans


@lru_cache(maxsize=1 << 15)
def _kind(word: str) -> str:
    known = lexicon()
    if kind := known.kinds.get(word):
        return kind
    if word in known.causal or word in known.related:
        return "cue"
    if not word[0].isalpha():
        return (
            ("num" if word[-1] in "%.," or word[-1].isdigit() else "nom")
            if word[0].isdigit()
            else "nom"
            if word == "\ufffc"
            else "punct"
        )
    if word.endswith("ly") and len(word) > 4:  # noqa: PLR2004  (shorter words in -ly are nouns: "fly")
        return "adv"
    if len(word) <= _SHORT or word in known["frames.no-forms"]:
        return "nom"
    return "ed" if word.endswith("ed") else "ing" if word.endswith("ing") else "nom"


def _quoted(words: list[str]) -> list[bool]:
    """Tell which words stand in quotation marks; an apostrophe alone opens nothing."""
    if _QUOTES.isdisjoint(words):
        return [False] * len(words)
    inside, straight, result = False, False, []
    for word in words:
        if word == '"':
            straight = not straight
        elif word in OPEN_QUOTES:
            inside = True
        elif word in CLOSE_QUOTES:
            inside = False
        result.append(inside or straight)
    return result
