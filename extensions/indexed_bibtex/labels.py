"""What an author-year citation is made from: an entry with its letter, and with the names that will be shown."""

from __future__ import annotations

from typing import Any

from pybtex.database import Entry
from sphinxcontrib.bibtex.style.referencing import BaseReferenceStyle, PersonStyle

from indexed_bibtex.names import PlainPerson

# upstream's styles show all names of a work of one or two, and else the first and "et al."
SHOWN = 3
_KNOWN = ("sphinxcontrib.bibtex.style.", "pybtex.style.")


def with_suffix(entry: Entry) -> Entry:
    """Return an entry whose year carries its ``year-suffix`` (CSL's name for the letter), which labels then show."""
    suffix = entry.fields.get("year-suffix")
    if not suffix:
        return entry
    return _copy(entry, {**entry.fields, "year": entry.fields.get("year", "") + suffix}, entry.persons)


def shows_all_names(role: str) -> bool:
    """Whether citations of a role name every author, whatever the style."""
    return "s" in role


def with_shown_names(entry: Entry, role: str, *, abbreviates: bool) -> Entry:
    """Return an entry without the names that a citation leaves out, since each costs as much as one that it shows.

    Args:
        entry: The entry.
        role: The citation's role.
        abbreviates: What :func:`abbreviates` says of the style.
    """
    if not abbreviates or shows_all_names(role) or all(len(people) <= SHOWN for people in entry.persons.values()):
        return entry
    shown = {kind: people[:SHOWN] for kind, people in entry.persons.items()}
    if not all(isinstance(person, PlainPerson) for people in shown.values() for person in people):
        return entry  # a name that LaTeX turns into nothing would not count
    return _copy(entry, entry.fields, shown)


def abbreviates(style: BaseReferenceStyle) -> bool:
    """Whether a reference style is upstream's own and shortens every long list of names to the first."""
    parts: list[Any] = [style, *getattr(style, "styles", ())]
    people = [value for part in parts for value in vars(part).values() if isinstance(value, PersonStyle)]
    known = [type(item).__module__.startswith(_KNOWN) for item in (*parts, *(person.style_plugin for person in people))]
    return all(known) and all(person.other is not None for person in people)


def _copy(entry: Entry, fields: Any, persons: Any) -> Entry:
    copied = Entry(entry.type, fields, persons)
    copied.key = entry.key
    return copied
