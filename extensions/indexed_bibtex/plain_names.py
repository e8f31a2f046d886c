"""Names in pybtex's style "plain", which most of its formatting styles have, for people without markup.

pybtex makes a tree of templates for every name and a rich text of each of its words: of a list of works, with names as
they are in medicine, that is nearly half of the time. What it comes to for such a person is a few words and ties.
"""

from __future__ import annotations

from typing import Any

from pybtex.database import Person
from pybtex.richtext import Text, nbsp
from pybtex.style.names.plain import NameStyle
from pybtex.style.template import Node
from pybtex.textutils import tie_or_space

from indexed_bibtex.names import PlainPerson


def quicken(style: Any) -> None:
    """Let a formatting style whose names are plain make them quicker; any other style is left as it is.

    Args:
        style: An instance of a style of pybtex's kind.
    """
    names: Any = getattr(style, "name_style", None)
    if type(names) is NameStyle and getattr(style, "format_name", None) == names.format:
        style.format_name = format_name


def format_name(person: Person, abbr: bool = False) -> Node:
    """Return a template of a name, as pybtex's style does.

    Args:
        person: Whose name it is.
        abbr: Whether given names become initials.
    """
    if abbr or type(person) is not PlainPerson or person.prelast_names or person.lineage_names:
        return NameStyle().format(person, abbr)
    return Node("name", lambda _children, _data: _text(person))


def _text(person: PlainPerson) -> Text:
    given, family = _together(person.first_names + person.middle_names), _together(person.last_names)
    if given:
        length = sum(len(word) for word in given)
        given.append(tie_or_space("x" * length, nbsp, " "))
    return Text(*given, *family)


def _together(words: list[str]) -> list[Any]:
    """Return words with what stands between them: the last two stay on a line, and short ones with their neighbour."""
    words = [word for word in words if word]
    if len(words) < 2:  # noqa: PLR2004
        return list(words)
    if len(words) == 2:  # noqa: PLR2004
        return [words[0], nbsp, words[1]]
    return [words[0], tie_or_space(words[0], nbsp, " "), " ".join(words[1:-1]), nbsp, words[-1]]
