"""Licences: what their addresses in the settings are called, by readers and by tools."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/(\d\.\d)/?")


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence.

    Attributes:
        address: Where it stands.
        name: Its name, for readers; the address where no name is known.
        spdx: Its identifier in the list of SPDX; empty where none is known.
    """

    address: str
    name: str
    spdx: str


def licence_at(address: str) -> Licence | None:
    """Return the licence of an address; those of Creative Commons are known by name. ``None`` for no address."""
    if not address:
        return None
    known = _CREATIVE_COMMONS.fullmatch(address)
    if known is None:
        return Licence(address, address, "")
    kind, version = known[1], known[2]
    name = f"CC {kind.upper()} {version}" if kind else f"CC0 {version}"
    return Licence(address, name, name.replace(" ", "-"))
