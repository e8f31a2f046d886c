"""What a work is by its title: a paper, or a notice about one, and about which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

Kind = Literal["paper", "correction", "retraction", "expression-of-concern", "comment", "reply"]

_LETTER = r"(?:letters?|comments?|peer reviews?|reviews?|editors?)\b"
_AUTHORS = r"authors?['’]?s?['’]? "
# how titles of notices begin; "Response to exercise" is a paper, "Response to the letter …" is none
_BEGINNINGS: Mapping[Kind, str] = {
    "expression-of-concern": r"""
        (?:editorial\ )? expression\ of\ concern\b [:\s]* (?: (?:on|for|to|regarding)\b )?
    """,
    "retraction": r"""
        (?:notice\ of\ )? (?:retraction|withdrawal) (?: \ note | \ notice | \ statement )?
        (?: \s*: | \s+(?:to|of|for)\b | \s*\[ | \s*$ )
    """,
    "correction": r"""
        (?: (?:author|publisher)['’]?s?\  )? (?:correction|corrigendum|corrigenda|erratum|errata|addendum)
        (?: \s*: | \s+(?:to|for)\b | \s*\[ | \s*$ )
    """,
    "reply": rf"""
        in\ reply\b | reply\ to\b
        | (?: {_AUTHORS.replace(" ", "[ ]")} )? (?:reply|response) (?: \ by\ the\ authors? )? \s*:
        | {_AUTHORS.replace(" ", "[ ]")} (?:reply|response)\b
        | response\ to\s* (?: [:“\"‘'] | (?:the\ )? {_LETTER} )
    """,
    "comment": r"""
        comments?\ (?:on|to)\b | commentary\s* (?: : | on\b ) | re\s*:
        | peer[-\ ]review\ (?:of|report)\b | reviewed\ article\s*:
        | letter\ to\ the\ editor\b \s* (?: : | (?:regarding|on)\b )?
    """,
}
_NOTICES: Mapping[Kind, re.Pattern[str]] = {
    kind: re.compile(f"(?:{begin})", re.IGNORECASE | re.VERBOSE) for kind, begin in _BEGINNINGS.items()
}
_QUOTES = "“\"‘'[( "
# a publisher marks the paper itself so; that is no notice
_RETRACTED = re.compile(r"^\W*retracted(?: article| paper)?\s*[:\]]\s*", re.IGNORECASE)
_WHOSE = re.compile(r"^[\W_]*(?:[\w’'-]+(?: [\w’'-]+)? et al\.?[,:]?\s*)?[\W_]*")
_QUOTED = re.compile(r"[“\"](.+?)[”\"](?:\W|$)")
# some journals name themselves after the title: "Correction: Doe et al. Rest. Sleep 2025, 4, 17"
_JOURNAL = re.compile(r"(?<=[.?!]) [A-Z][\w.&: -]* (?:19|20)\d\d\b[^.?!]*\.?$")
# PubMed's words
_PUBLICATION_TYPES: Mapping[str, Kind] = {
    "published erratum": "correction",
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "expression of concern": "expression-of-concern",
    "comment": "comment",
}


def own_title(title: str) -> str:
    """Return the title of a paper without the mark that it was retracted."""
    return _RETRACTED.sub("", title)


def kind_of(title: str, types: Iterable[str] = ()) -> tuple[Kind, str]:
    """Return what a work is, and of a notice the title that its own title names.

    Args:
        title: As plain text.
        types: What a source calls the kind of publication.
    """
    title = title.lstrip(_QUOTES)
    for kind, begin in _NOTICES.items():
        if match := begin.match(title):
            return kind, _named(title[match.end() :])
    stated = (_PUBLICATION_TYPES.get(name.strip().lower()) for name in types)
    return next((kind for kind in stated if kind), "paper"), ""


def _named(rest: str) -> str:
    """Return the title that stands in the title of a notice, after the words that make it one."""
    quoted = _QUOTED.search(rest)
    return quoted[1] if quoted else _JOURNAL.sub("", _WHOSE.sub("", rest))
