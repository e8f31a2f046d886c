"""Authors as lists name them: family name and initials, as far as the bibliography prints them."""

from __future__ import annotations

import re

from evidence_atlas.core.references import Name, Reference

_WORD = re.compile(r"[^\W\d_][^\s.\-‐]*")
_MOST_INITIALS = 3  # "JAC" stands for three given names, "ANNA" for one


def family_and_initials(name: Name) -> str:
    """Return a name as "van der Berg, A. M."; a group's name, and one without given names, as it stands."""
    family = " ".join(part for part in (name.particle, name.family) if part)
    initials = " ".join("-".join(map(_initials, _WORD.findall(part))) for part in re.split(r"[\s.]+", name.given) if part)
    return ", ".join(part for part in (family, initials.strip(), name.suffix) if part)


def _initials(word: str) -> str:
    if word.isupper() and len(word) <= _MOST_INITIALS:
        return " ".join(f"{letter}." for letter in word)
    has_case = word[0].isupper() or word[0].islower()
    return f"{word[0]}." if has_case else word  # a script without capitals has no initials


def short_authors(reference: Reference, two: str = "{first} and {second}") -> str:
    """Return the authors of a paper in a few words: one, two, or the first and "et al.".

    Args:
        reference: The paper.
        two: How two names are joined.
    """
    families = [" ".join(part for part in (name.particle, name.family) if part) for name in reference.authors]
    if len(families) > 2 or (reference.abridged and families):  # noqa: PLR2004  (two names are still short)
        return f"{families[0]} et al."
    return two.format(first=families[0], second=families[1]) if families[1:] else "".join(families)
