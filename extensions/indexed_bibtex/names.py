"""Lists of names as BibTeX has them; the parts of a name are pybtex's."""

from __future__ import annotations

import re

from pybtex.database import Person
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

ROLES = frozenset(Person.valid_roles)
_LONGEST = 1000
# what LaTeX would not read as it stands: all but letters, digits, stops, single hyphens and apostrophes
_LITERAL = re.compile(r"(?:[^\W_]++|[.’ ]|-(?!-)|'(?!'))*+")
_UNUSUAL = re.compile(r"[{}\\~$\"]")
_AND, _COMMA = re.compile(r"[{}]| [Aa][Nn][Dd] "), re.compile(r"[{}]|,")


class PlainPerson(Person):  # type: ignore[misc]
    """A person whose names hold no LaTeX, so that they need not be read as LaTeX whenever they are formatted."""

    @property
    def rich_first_names(self) -> list[Text]:
        """Given name."""
        return [Text(name) for name in self.first_names]

    @property
    def rich_middle_names(self) -> list[Text]:
        """Further given names."""
        return [Text(name) for name in self.middle_names]

    @property
    def rich_last_names(self) -> list[Text]:
        """Family name."""
        return [Text(name) for name in self.last_names]


def people(value: str) -> tuple[list[Person], str]:
    """Return the people whom a field names, and what is wrong with one of them.

    Args:
        value: The field, its whitespace normalised.
    """
    found = [_person(name) for name in _split(value, _AND)]
    return [person for person, _wrong in found], next((wrong for _person, wrong in found if wrong), "")


def are_plain(value: str) -> bool:
    """Whether a list of names has nothing but names of at most two parts, so that :func:`people` finds no fault."""
    if _UNUSUAL.search(value):
        return False
    for name in " ".join(value.split()).split(" and "):
        parts = name.split(",")
        if len(name) > _LONGEST or len(parts) > 2 or not all(part.strip() for part in parts):  # noqa: PLR2004  (family, given)
            return False
    return True


def _split(value: str, separator: re.Pattern[str]) -> list[str]:
    """Split a value at a separator that stands in no braces; unlike pybtex's, in one pass."""
    parts, start, depth = [], 0, 0
    for match in separator.finditer(value):
        if match[0] in {"{", "}"}:
            depth += 1 if match[0] == "{" else -1
        elif not depth:
            parts.append(value[start : match.start()].strip())
            start = match.end()
    return [*parts, value[start:].strip()] if value else []


def _person(name: str) -> tuple[Person, str]:
    """Return a name in its parts, and what is wrong with it."""
    wrong = ""
    if len(name) > _LONGEST:  # pybtex's time for a name grows with the square of its length
        return _made([name]), f"a name of {len(name)} characters"
    if name.count(",") > 2 and len(parts := _split(name, _COMMA)) > 3:  # noqa: PLR2004  (family, suffix, given)
        wrong = f"a name with too many commas ({name[:40]!r})"
        name = ", ".join((*parts[:2], " ".join(parts[2:])))
    try:
        return _usual(name) or Person(name), wrong
    except (PybtexError, ValueError, IndexError):
        return _made([name]), f"a name that cannot be read ({name[:40]!r})"


def _usual(name: str) -> Person | None:
    """Return a name without markup or particle, "Family, Given" or a word, as pybtex would, in a tenth of the time."""
    if name.isalnum():
        return _made([name], [], PlainPerson)
    family, _comma, given = name.partition(",")
    last, first = family.split(), given.split()
    if not (last and first) or not all([word[0].isupper() for word in last]):  # noqa: C419  (a list is quicker)
        return None
    if _LITERAL.fullmatch(family + given):
        return _made(last, first, PlainPerson)
    return None if _UNUSUAL.search(name) or "," in given else _made(last, first)


def _made(last: list[str], given: list[str] | None = None, kind: type[Person] = Person) -> Person:
    person = object.__new__(kind)  # the constructor takes apart six empty texts
    person.first_names, person.middle_names = (given or [])[:1], (given or [])[1:]
    person.prelast_names, person.last_names, person.lineage_names = [], last, []
    return person
