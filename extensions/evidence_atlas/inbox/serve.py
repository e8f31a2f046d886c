"""Running the service: its server, its log, and the lock that keeps a database to one service."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.core.plain import visible

_AT_ONCE = 200  # requests under way; more are told to come later
_KEEP_ALIVE = 5  # seconds
_LAST_REQUESTS = 10  # seconds that requests under way get when the service stops


@dataclass(frozen=True)
class Place:
    """Where the service listens.

    Attributes:
        host: Address of the interface.
        port: Its port.
        socket: Path of a Unix socket, in place of both.
        proxies: Addresses, with commas, of the proxies that are believed when they say who asks.
    """

    host: str = "127.0.0.1"
    port: int = 8010
    socket: str = ""
    proxies: str = "127.0.0.1,::1"


class OneLine(logging.Formatter):
    """Writes each record as one line in which nothing steers a terminal, so that no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return visible(super().format(record))


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Hold a database for this process.

    Raises:
        ValueError: Another process serves it, or puts a back-up in its place.
    """
    handle = os.open(database.with_name(f"{database.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"{database} is in use by a service that runs; stop it first") from None
        yield
    finally:
        os.close(handle)


def serve(app: object, place: Place) -> None:
    """Serve until a signal comes."""
    import uvicorn

    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    uvicorn.run(
        app,  # type: ignore[arg-type]
        host=place.host,
        port=place.port,
        uds=place.socket or None,
        log_config=None,
        access_log=False,  # it would keep addresses
        proxy_headers=True,
        forwarded_allow_ips="*" if place.socket else place.proxies,
        server_header=False,
        ws="none",
        http="h11",
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_REQUESTS,
    )
