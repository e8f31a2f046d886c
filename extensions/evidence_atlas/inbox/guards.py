"""What keeps programs and floods out without a third party, and without keeping who sent what."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from itsdangerous import BadData, TimestampSigner

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike
_GROUPS, _GROUP = 3, 4  # 60 bits: nobody guesses another person's reference
OLDEST = 12 * 3600  # seconds; a tired reader may take hours over a form


def new_reference() -> str:
    """Return a random reference such as ``K7QF-2M9X-HBPT``, which says nothing about its message."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


class Tickets:
    """Forms that the service handed out: each may be sent once, after a while, and not too late.

    A ticket is the message's future reference with the time, signed. So nothing is kept of a form that is not
    sent, and a form that is sent twice is one message.

    Args:
        key: Signs the tickets.
        quickest: Seconds that a person needs at least.
    """

    def __init__(self, key: bytes, quickest: float) -> None:
        self._signer = TimestampSigner(key, salt="inbox-ticket", digest_method=hashlib.sha256)
        self.quickest = quickest

    def issue(self) -> str:
        """Return a new ticket."""
        return self._signer.sign(new_reference()).decode("ascii")

    def read(self, ticket: str) -> tuple[str, bool] | None:
        """Return a ticket's reference, and whether it comes too soon for a person; ``None`` where it does not hold."""
        try:
            reference, issued = self._signer.unsign(ticket, max_age=OLDEST, return_timestamp=True)
        except BadData:
            return None
        return reference.decode("ascii"), time.time() - issued.timestamp() < self.quickest


@dataclass
class RateLimit:
    """Counts requests in windows of time. What it counts by is forgotten with each window.

    Networks are counted by a hash whose salt is random, stays in memory and is thrown away with the window:
    nothing that is left says who was here, and two windows cannot be joined.

    Attributes:
        each: How many a network may send in a window.
        together: How many all networks may send together, which bounds the memory too.
        period: Length of a window in seconds.
        clock: Gives the time in seconds.
    """

    each: int
    together: int
    period: float = 3600
    clock: Callable[[], float] = time.monotonic
    _salt: bytes = b""
    _ends: float = float("-inf")
    _counts: Counter[bytes] = field(default_factory=Counter)

    def wait(self, address: str) -> int:
        """Count a request.

        Args:
            address: The sender's IP address; empty where it is not known.

        Returns:
            0 where it is within the limits, else the seconds until the next window.
        """
        now = self.clock()
        if now >= self._ends:
            self._salt, self._ends = secrets.token_bytes(16), now + self.period
            self._counts = Counter()
        who = hashlib.blake2b(_network(address), key=self._salt, digest_size=16).digest()
        full = self._counts.total() >= self.together or (bool(address) and self._counts[who] >= self.each)
        if full:
            return max(1, int(self._ends - now))
        self._counts[who] += 1
        return 0


def _network(address: str) -> bytes:
    """Return what stands for one household: an IPv4 address, or the first half of one of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return b""
    return parsed.packed if parsed.version == 4 else parsed.packed[:8]  # noqa: PLR2004


def origin_of(address: str) -> str:
    """Return the origin of a web address: scheme, host and, where it is not the usual one, port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_ours(origins: list[str], ours: Collection[str]) -> bool:
    """Whether a request comes from a page of ours: it names exactly one origin, and that is among them."""
    return len(origins) == 1 and origins[0].lower() in ours
