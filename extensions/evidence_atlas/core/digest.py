"""The digest of a page: what must be the same for two readings to be the same."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

SCHEMA = 1  # of record.json: another number means that what stands there now has another meaning


def digest(content: dict[str, Any]) -> str:
    """Return ``sha256:`` and the hexadecimal SHA-256 of the canonical JSON (RFC 8785) of a page's content."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(content)).hexdigest()}"
