"""The services that are asked, how patiently, and what they may fail to give."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024  # 200 records of PubMed are 4 MB
KEPT_DAYS = 7
PATIENCE = 60.0  # seconds: the longest pause that a service may ask for


class SourceError(ValueError):
    """A service or file gave nothing that can be used; the message is one sentence for the user."""


class NotFound(SourceError):  # noqa: N818  (an answer, if not the one that was hoped for)
    """The service has no such record."""


class Unreachable(SourceError):  # noqa: N818  (a state of the network)
    """There was no answer at all, or none may be asked for."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service on the web.

    Attributes:
        name: As users know it.
        address: Its base address.
        variable: The environment variable that names another address, such as a mirror's.
        per_second: Requests that it allows a second.
        per_second_with_key: Requests that it allows those who have a key; 0 where keys make no difference.
        key_variable: The environment variable that holds the key.
    """

    name: str
    address: str
    variable: str
    per_second: float
    per_second_with_key: float = 0
    key_variable: str = ""

    @property
    def base(self) -> str:
        """The address in force, without a stroke at its end."""
        return (os.environ.get(self.variable) or self.address).rstrip("/")

    @property
    def key(self) -> str:
        """The user's key, where there is one."""
        return os.environ.get(self.key_variable, "") if self.key_variable else ""

    @property
    def rate(self) -> float:
        """Requests that are sent a second."""
        return self.per_second_with_key if self.key and self.per_second_with_key else self.per_second


PUBMED = Service("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "ATLAS_PUBMED_URL", 3, 10, "NCBI_API_KEY")
CROSSREF = Service("Crossref", "https://api.crossref.org", "ATLAS_CROSSREF_URL", 3)
EUROPE_PMC = Service("Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", "ATLAS_EUROPE_PMC_URL", 3)
SERVICES = (PUBMED, CROSSREF, EUROPE_PMC)


@dataclass(frozen=True, slots=True)
class Manners:
    """How patiently services are asked.

    Attributes:
        folder: Where answers are kept; without it, the user's folder for caches, which no repository holds.
        timeout: Seconds to wait for a connection, and for each part of an answer.
        pause: Seconds before the second attempt; each later one waits twice as long.
        per_second: Requests a second, in place of what each service allows: for a mirror of one's own.
    """

    folder: Path | None = None
    timeout: float = 20.0
    pause: float = 1.0
    per_second: float | None = None
