"""An inbox in this process, or in one of its own, and a reader who writes to it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from evidence_atlas.inbox.app import Options, create_app
from evidence_atlas.inbox.store import Store

SITE = "https://atlas.example.org"
FORM = {"Origin": SITE, "Content-Type": "application/x-www-form-urlencoded"}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


@dataclass
class Answer:
    """An answer of the service."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def ticket(self) -> str:
        found = TICKET.search(self.text)
        assert found, self.text
        return found[1]


class Service:
    """The application, asked as a server asks it."""

    def __init__(self, store: Store, **options: Any) -> None:
        options = {"quickest": -1, "site": SITE, "each": 1000} | options
        self.store = store
        self.app = create_app(Options(path="/contribute", origins=frozenset({SITE}), **options), store)

    def ask(
        self, method: str, path: str, body: bytes | list[bytes] = b"", headers: Mapping[str, str] | None = None, client: str = ""
    ) -> Answer:
        path, _mark, query = path.partition("?")
        parts = body if isinstance(body, list) else [body]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
            "client": (client, 1234) if client else None, "server": ("127.0.0.1", 80),
        }  # fmt: skip
        events = [{"type": "http.request", "body": p, "more_body": i < len(parts) - 1} for i, p in enumerate(parts)]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not events:
                await asyncio.sleep(3600)
            return events.pop(0)

        async def send(event: Any) -> None:
            sent.append(event)

        asyncio.run(self.app(scope, receive, send))
        text = b"".join(event.get("body", b"") for event in sent).decode()
        return Answer(sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, text)

    def post(self, client: str = "", **fields: str) -> Answer:
        body = urlencode({"kind": "error", "message": "A word"} | fields).encode()
        return self.ask("POST", "/contribute", body, FORM, client)

    def send(self, **fields: str) -> str:
        """Send a message as a reader does, in two steps, and return its reference."""
        ticket = self.post(**fields).ticket
        answer = self.post(ticket=ticket, **fields)
        assert answer.status == 201, answer.text
        return ticket.partition(".")[0]


def free_port() -> int:
    """Return the number of a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def served(database: Path, *more: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the service as its users do, until it is ready; give the process and its port."""
    port = port or free_port()
    log = database.with_name("log.txt").open("a")
    command = [sys.executable, "-m", "evidence_atlas.cli", "contribute", "--database", str(database), "serve"]
    options = ["--site", SITE, "--port", str(port), "--each", "1000000", "--together", "1000000", "--quickest", "0", *more]
    with log, subprocess.Popen([*command, *options], stderr=log, cwd=database.parent, text=True) as process:
        try:
            wait_for(port)
            yield process, port
        finally:
            process.kill()


def wait_for(port: int) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError):
            assert http_ask(port, "GET", "/contribute/health")[0] == 200
            return
        time.sleep(0.05)
    raise AssertionError("the service did not start")


def http_ask(port: int, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body or None, dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def http_post(port: int, **fields: str) -> tuple[int, str]:
    return http_ask(port, "POST", "/contribute", urlencode({"kind": "error"} | fields), FORM)
