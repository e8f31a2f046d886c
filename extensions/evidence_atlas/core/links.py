"""Which links and pictures a page may hold, by the scheme of their address."""

from __future__ import annotations

import re

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# what browsers drop from an address before they look at its scheme (WHATWG URL, "basic URL parser")
_IGNORED = re.compile(r"[\x00-\x20]+")


def unsafe_scheme(address: str) -> str:
    """Return the scheme of a link that a page may not hold, or an empty text for a link that it may."""
    match = _SCHEME.match(_IGNORED.sub("", address))
    return match[1].lower() if match and match[1].lower() not in SAFE_SCHEMES else ""


def is_remote(address: str) -> bool:
    """Whether a picture is asked for from another host."""
    bare = _IGNORED.sub("", address)
    return bare.startswith("//") or bool(re.match(r"(?:https?|ftp):", bare, re.IGNORECASE))
