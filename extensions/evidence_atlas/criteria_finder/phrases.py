"""Phrases as patterns: the small notation of ``names.toml``, so that a list of names reads like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

# what stands between the words of a name: blanks, and a few marks such as those of "CDC (1994)"
_BETWEEN = r"(?:['’]s?)?[\s.\-‐-―,:/()\[\]“”\"'‘’]{1,4}"
_TOKEN = re.compile(r"<[a-z-]+>|[\[\]()|]|[^\s\[\]()|<>]+|\S")
_CLOSING = {"[": "]", "(": ")"}
_CAPITALS = 2  # a word with so many is matched as it is written
_DEEPEST = 4  # of lists that use lists


def pattern(phrases: Iterable[str], lists: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return a pattern that finds each of some phrases as whole words.

    Args:
        phrases: In the notation that ``names.toml`` explains.
        lists: Phrases by the name under which others use them.

    Raises:
        ValueError: A phrase has marks that do not match, or names a list that is not there.
    """
    return re.compile(rf"(?<!\w){_any_of(phrases, lists, 0)}(?!\w)")


def _any_of(phrases: Iterable[str], lists: Mapping[str, Sequence[str]], depth: int) -> str:
    """Return an expression for any of some phrases, longer ones first, since the first that fits is taken."""
    if depth > _DEEPEST:
        raise ValueError("A list of phrases uses itself.")
    return f"(?:{'|'.join(_Phrase(phrase, lists, depth).read() for phrase in sorted(phrases, key=len, reverse=True))})"


class _Phrase:
    """Reads one phrase from left to right."""

    def __init__(self, phrase: str, lists: Mapping[str, Sequence[str]], depth: int) -> None:
        self._phrase, self._lists, self._depth = phrase, lists, depth
        self._tokens = _TOKEN.findall(phrase)
        self._next = 0

    def read(self) -> str:
        """Return the expression."""
        made = self._choice()
        if self._next < len(self._tokens) or "(?:)" in made:
            raise ValueError(f"The phrase {self._phrase!r} has marks that do not match, or nothing between them.")
        return made

    def _choice(self) -> str:
        """Read alternatives up to a closing mark or the end."""
        choices = [self._sequence()]
        while self._next < len(self._tokens) and self._tokens[self._next] == "|":
            self._next += 1
            choices.append(self._sequence())
        return f"(?:{'|'.join(choices)})" if all(choices) else "(?:)"

    def _sequence(self) -> str:
        """Read what follows one another; a part that may be missing takes its blank along."""
        made, begun = "", False
        while self._next < len(self._tokens) and self._tokens[self._next] not in {"|", "]", ")"}:
            mark = self._tokens[self._next]
            self._next += 1
            part = self._group(mark) if mark in _CLOSING else self._part(mark)
            if mark == "[":
                made += f"(?:{_BETWEEN}{part})?" if begun else f"(?:{part}{_BETWEEN})?"
            else:
                made += f"{_BETWEEN}{part}" if begun else part
                begun = True
        return made if begun else ""

    def _group(self, opening: str) -> str:
        made = self._choice()
        if self._tokens[self._next : self._next + 1] != [_CLOSING[opening]]:
            raise ValueError(f"The phrase {self._phrase!r} has a mark {opening!r} that is not closed.")
        self._next += 1
        return made

    def _part(self, part: str) -> str:
        if not part.startswith("<"):
            return _word(part)
        name = part[1:-1]
        if name not in self._lists:
            raise ValueError(f"The phrase {self._phrase!r} uses the list {name!r}, which is not there.")
        return _any_of(self._lists[name], self._lists, self._depth + 1)


def _word(word: str) -> str:
    """Match a word with two capitals as it is, another one in either case; ``*`` stands for any ending."""
    escaped = re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "")
    return escaped if sum(letter.isupper() for letter in word) >= _CAPITALS else f"(?i:{escaped})"
