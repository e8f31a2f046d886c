"""Names as parts of addresses and as sort keys: transliterated to ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anyascii import anyascii

_BETWEEN = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Return a sort key under which accents and capitals do not count and any script has its place."""
    return anyascii(text).casefold()


def slug(text: str) -> str:
    """Return text as part of an address: lower-case ASCII letters and digits, joined by hyphens."""
    return _BETWEEN.sub("-", folded(text)).strip("-") or "other"


def slugs(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Give each name a slug of its own.

    Of names that are written alike in ASCII, the one that is ASCII itself comes first, the others in the order of
    their letters; each after the first gets a number (``muller-j``, ``muller-j-2``).

    Args:
        names: Different names, in any order.
        taken: Slugs that no name may get.
    """
    given: dict[str, str] = {}
    used = set(taken)
    for name in sorted(names, key=lambda name: (not name.isascii(), name)):
        base = candidate = slug(name)
        number = 1
        while candidate in used:
            number += 1
            candidate = f"{base}-{number}"
        used.add(candidate)
        given[name] = candidate
    return given
