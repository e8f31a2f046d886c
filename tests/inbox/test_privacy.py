"""What the privacy page promises."""

from __future__ import annotations

import ast
import datetime as dt
import re
import signal
import sys
from pathlib import Path

import pytest

import evidence_atlas.inbox
from evidence_atlas.inbox import store as storing
from evidence_atlas.inbox.guards import RateLimit
from evidence_atlas.inbox.store import Store

from .helpers import FORM, SITE, Service, http_ask, http_post, served

ADDRESS, AGENT, REFERER = "203.0.113.77", "Mozilla/5.0 (Peculiar)", f"{SITE}/evidence/peculiar/"
PACKAGE = Path(evidence_atlas.inbox.__file__).parent


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_address_is_stored_or_logged(tmp_path: Path):
    """The service that its users run, behind a proxy, leaves no trace of who sent a message: in no file and in no log."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    headers = FORM | {"X-Forwarded-For": ADDRESS, "User-Agent": AGENT, "Referer": REFERER, "Cookie": "who=peculiar"}
    with served(folder / "inbox.db") as (process, port):
        status, page = http_ask(port, "POST", "/contribute", "kind=error&message=Hello", headers)
        assert status == 200
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        assert http_ask(port, "POST", "/contribute", f"kind=error&message=Hello&ticket={ticket[1]}", headers)[0] == 201
        assert http_ask(port, "POST", "/contribute", "kind=nonsense", headers)[0] == 422
        assert http_ask(port, "POST", "/contribute", "noise", headers | {"Origin": "https://evil.example"})[0] == 403
        assert http_ask(port, "GET", f"/contribute/{ADDRESS}", "", headers)[0] == 404
        process.terminate()
        assert process.wait() in (0, -signal.SIGTERM)
    left = bytes_in(folder).replace(f"http://127.0.0.1:{port}".encode(), b"")  # where it listens is said
    assert b"Hello" in left
    for trace in (ADDRESS, "127.0.0.1", AGENT, "Peculiar", "peculiar", "evil.example"):
        assert trace.encode() not in left
    assert b"stored" in (folder / "log.txt").read_bytes()


def test_the_proxy_is_believed_and_others_are_not(tmp_path: Path):
    """Behind the proxy, networks are told apart for the limit; whoever is no proxy cannot pretend to be another."""
    with served(tmp_path / "inbox.db", "--each", "1") as (_process, port):
        asked = [
            http_ask(port, "POST", "/contribute", "kind=error&message=x", FORM | {"X-Forwarded-For": f"203.0.113.{n}"})[0]
            for n in range(4)
        ]
        assert asked == [200] * 4
    with served(tmp_path / "inbox.db", "--each", "1", "--proxies", "192.0.2.1") as (_process, port):
        asked = [
            http_ask(port, "POST", "/contribute", "kind=error&message=x", FORM | {"X-Forwarded-For": f"203.0.113.{n}"})[0]
            for n in range(4)
        ]
        assert asked == [200, 200, 429, 429]
        assert http_post(port, message="x")[0] == 429


def test_columns(store: Store):
    """A message has these columns and no others: none for an address, a browser or a time of day."""
    with store.use() as database:
        columns = [row[1] for row in database.execute("pragma table_info(message)")]
    assert columns == [
        "number", "reference", "received", "kind", "message", "contact", "thanks", "page", "version",
        "status", "resolved", "link", "original", "note",
    ]  # fmt: skip
    Service(store).send()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", store.messages()[0].received)


def test_rate_limits_keep_hashes_only():
    """What counts requests holds no address, and the hash of one needs a salt that is random and goes with the hour."""
    one, other = RateLimit(5, 5), RateLimit(5, 5)
    for limit in (one, other):
        limit.wait(ADDRESS)
    assert ADDRESS not in repr(one)
    assert bytes(map(int, ADDRESS.split("."))) not in b"".join(one._counts)
    assert not set(one._counts) & set(other._counts)


def test_contacts_are_forgotten_in_time(store: Store, monkeypatch: pytest.MonkeyPatch):
    """After their term contact and name are gone from every file of the inbox; the message stays."""
    service = Service(store)
    for number in range(30):
        service.send(message=f"Message {number}", contact=f"ann-{number}@peculiar.example", thanks=f"Peculiar Name {number}")
    assert b"peculiar.example" in bytes_in(store.path.parent)
    assert store.forget_contacts(180) == 0
    day = storing.today()
    monkeypatch.setattr(storing, "today", lambda: day + dt.timedelta(days=180))
    service.send(message="New", contact="new@example.org")
    assert store.forget_contacts(180) == 30
    left = bytes_in(store.path.parent)
    assert b"peculiar.example" not in left
    assert b"Peculiar Name" not in left
    assert b"new@example.org" in left
    assert [kept.message for kept in store.messages()][:2] == ["Message 0", "Message 1"]


def test_the_service_forgets_by_itself(tmp_path: Path):
    """Nobody has to remember it: the service deletes what is due when it starts, and each day that it runs."""
    store = Store(tmp_path / "inbox.db", create=True)
    Service(store).send(contact="old@peculiar.example")
    with store.use() as database:
        database.execute("update message set received = date('now', '-91 days')")
    store.close()
    with served(tmp_path / "inbox.db", "--days", "90") as (process, _port):
        process.terminate()
        process.wait()
    assert b"peculiar.example" not in bytes_in(tmp_path)
    assert b"contacts forgotten: 1" in (tmp_path / "log.txt").read_bytes()


def test_deleted_is_gone(store: Store):
    """A deleted message is in no file of the inbox any more."""
    service = Service(store)
    gone = service.send(message="Peculiar " * 500, contact="ann@example.org")
    service.send(message="Another")
    assert b"Peculiar" in bytes_in(store.path.parent)
    store.erase([gone])
    assert b"Peculiar" not in bytes_in(store.path.parent)
    assert [kept.message for kept in store.messages()] == ["Another"]


def test_only_the_owner_reads(store: Store):
    """Every file of the inbox is for its owner's eyes alone."""
    Service(store).send()
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.path.parent.glob("inbox.db*")}
    assert modes == {"inbox.db": 0o600, "inbox.db-wal": 0o600, "inbox.db-shm": 0o600}


def test_no_third_party():
    """The inbox's code opens no connection: it imports nothing that could, the server apart, and its pages name no host."""
    clients = {"socket", "ssl", "http", "urllib.request", "smtplib", "ftplib", "requests", "httpx", "aiohttp", "webbrowser"}
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            assert not names & clients, (path.name, names & clients)
    for path in (PACKAGE / "templates").iterdir():
        assert not re.search(r"https?://|//\w", path.read_text(encoding="utf-8")), path.name


def test_no_connection_goes_out(service: Service):
    """While messages are taken, listed and exported, Python sees no attempt to connect to anything."""
    seen: list[str] = []
    active = [True]
    sys.addaudithook(
        lambda event, _arguments: seen.append(event) if active[0] and event in ("socket.connect", "socket.getaddrinfo") else None
    )
    service.send(contact="ann@example.org")
    active[0] = False
    assert seen == []
