"""How texts name case definitions: rows of phrases, read from ``names.toml`` and from a policy, made into patterns."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from evidence_atlas.core.policy import Definition
from evidence_atlas.criteria_finder.phrases import pattern

BUILT_IN = Path(__file__).with_name("names.toml")
WITHIN = 12  # words between a name and what has to be near it

_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))
_Phrases = list[Annotated[str, Field(min_length=1)]]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of names; ``names.toml`` says what each key means."""

    __pydantic_config__ = ConfigDict(extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    id: str
    words: Annotated[_Phrases, Field(min_length=1)]
    near: _Phrases = field(default_factory=list)
    within: Annotated[int, Field(gt=0)] = WITHIN
    unless: _Phrases = field(default_factory=list)
    text: _Phrases = field(default_factory=list)
    or_: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """All that ``names.toml`` holds."""

    __pydantic_config__ = _CONFIG

    version: str
    lists: dict[str, _Phrases]
    name: list[_Row]
    cues: dict[str, _Phrases]


@dataclass(frozen=True, slots=True)
class Name:
    """A row as patterns; what a row does not have is None.

    Attributes:
        id: The definition.
        others: Definitions that the same words could mean.
        words: Finds the name.
        near: Finds what has to be near it in its sentence.
        within: At most so many words away.
        unless: Finds what makes it no name of the definition.
        text: Finds what has to be anywhere in the text.
    """

    id: str
    others: tuple[str, ...]
    words: Pattern[str]
    near: Pattern[str] | None
    within: int
    unless: Pattern[str] | None
    text: Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a policy's definitions.

    Attributes:
        names: One for each row whose definition the policy has.
        cues: Patterns of words that tell what a study used a definition for, by what they tell.
    """

    names: tuple[Name, ...]
    cues: Mapping[str, Pattern[str]]


@functools.cache
def _file() -> _File:
    return TypeAdapter(_File).validate_python(tomllib.loads(BUILT_IN.read_text(encoding="utf-8")))


def names_version() -> str:
    """Return the version of the names that come with the package."""
    return _file().version


def names_for(definitions: Mapping[str, Definition]) -> Names:
    """Return the names of a policy's definitions.

    Args:
        definitions: Rows of the policy by id; the ``names`` of a row stand beside those of ``names.toml``.

    Raises:
        ValueError: A phrase cannot be used.
    """
    return _compiled(tuple((key, row.names) for key, row in definitions.items()))


@functools.lru_cache(maxsize=8)
def _compiled(own: tuple[tuple[str, tuple[str, ...]], ...]) -> Names:
    file, known = _file(), {key for key, _names in own}
    rows = [row for row in file.name if row.id in known]
    rows += [_Row(key, list(names)) for key, names in own if names]
    cues = {key: pattern(phrases, file.lists) for key, phrases in file.cues.items()}
    return Names(tuple(_name(row, file.lists, known) for row in rows), cues)


def _name(row: _Row, lists: Mapping[str, Sequence[str]], known: set[str]) -> Name:
    near, unless, text = (pattern(some, lists) if some else None for some in (row.near, row.unless, row.text))
    others = tuple(key for key in row.or_ if key in known)
    return Name(row.id, others, pattern(row.words, lists), near, row.within, unless, text)
