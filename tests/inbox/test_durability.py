"""What was acknowledged is there: after kills, with a full, read-only, locked or broken disk, and from back-ups."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from evidence_atlas.inbox import restore as restoring
from evidence_atlas.inbox.message import Message
from evidence_atlas.inbox.restore import back_up, restore
from evidence_atlas.inbox.store import Store, StoreError

from .helpers import TICKET, Service, http_post, served

WORD = Message("error", "A word")


class Writer(threading.Thread):
    """A reader who sends message after message, and tries each again until it is acknowledged."""

    def __init__(self, name: str, ports: list[int]) -> None:
        super().__init__(name=name, daemon=True)
        self.ports, self.stop = ports, threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.interrupted = 0

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            text, ticket = f"{self.name} {number}", ""
            while not self.stop.is_set():
                try:
                    status, page = http_post(self.ports[-1], message=text, **({"ticket": ticket} if ticket else {}))
                except (OSError, ValueError, HTTPException):
                    self.interrupted += 1
                    time.sleep(0.02)
                    continue
                if status == 201:
                    self.acknowledged[text] = ticket.partition(".")[0]
                    break
                found = TICKET.search(page)
                if found and found[1] != ticket:
                    ticket = found[1]


def kill_under_load(folder: Path, kills: int) -> None:
    """Kill the service again and again while readers write; every acknowledged message must be there once."""
    database, ports, killed = folder / "inbox.db", [0], 0
    writers = [Writer(f"writer {n}", ports) for n in range(4)]
    counts = []
    for kill in range(kills + 1):
        with served(database) as (process, port):
            ports.append(port)
            if not kill:
                for writer in writers:
                    writer.start()
            before = sum(len(writer.acknowledged) for writer in writers)
            deadline = time.monotonic() + 20
            # at another moment each time, and always with messages acknowledged by this very process
            while (
                sum(len(writer.acknowledged) for writer in writers) < before + 20 + 7 * (kill % 7) and time.monotonic() < deadline
            ):
                time.sleep(0.001)
            counts.append(sum(len(writer.acknowledged) for writer in writers) - before)
            if kill < kills:
                process.send_signal(signal.SIGKILL)
                assert process.wait() == -signal.SIGKILL
                killed += 1
            else:
                for writer in writers:
                    writer.stop.set()
                for writer in writers:
                    writer.join()
    store = Store(database)
    store.check(thorough=True)
    kept = store.messages()
    store.close()
    texts = [message.message for message in kept]
    acknowledged = {text: reference for writer in writers for text, reference in writer.acknowledged.items()}
    assert killed == kills
    assert min(counts) > 0
    assert sum(writer.interrupted for writer in writers) > 0
    assert {text: texts.count(text) for text in acknowledged} == dict.fromkeys(acknowledged, 1)
    assert {message.message: message.reference for message in kept if message.message in acknowledged} == acknowledged


def test_killed_under_load(tmp_path: Path):
    """After three kills under load, every acknowledged message is there once, under the reference that was given."""
    kill_under_load(tmp_path, 3)


@pytest.mark.deep
def test_killed_many_times_under_load(tmp_path: Path):
    """After thirty-five kills under load, every acknowledged message is there once."""
    kill_under_load(tmp_path, 35)


def test_the_reply_comes_after_the_commit(store: Store):
    """Another connection sees a message at the moment at which it is acknowledged, and SQLite flushes each commit."""
    reference = Service(store).send()
    other = sqlite3.connect(store.path)
    assert other.execute("select reference from message").fetchall() == [(reference,)]
    other.close()
    with store.use() as database:
        assert database.execute("pragma synchronous").fetchone() == (2,)
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)


def test_each_message_is_flushed(tmp_path: Path):
    """The process asks the system to flush the journal for each message, before it goes on."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    code = (
        "import sys; from pathlib import Path\n"
        "from evidence_atlas.inbox.message import Message; from evidence_atlas.inbox.store import Store\n"
        "s = Store(Path(sys.argv[1]), create=True); s.add(Message('error', 'x'), 'A')\n"
        "for n in range(5): print('mark', flush=True); s.add(Message('error', 'x'), str(n))\n"
        "print('mark', flush=True)"
    )
    trace = ["strace", "-f", "-e", "trace=write,fsync,fdatasync", "-o", str(tmp_path / "trace")]
    command = [*trace, sys.executable, "-c", code, str(tmp_path / "i.db")]
    subprocess.run(command, check=True, capture_output=True)
    between = (tmp_path / "trace").read_text().split("mark")[1:-1]
    assert len(between) == 5
    assert all("sync(" in calls for calls in between)


# ---------------------------------------------------------------------------------------------------------
# Disks and files that fail
# ---------------------------------------------------------------------------------------------------------


def refused(service: Service, caplog: pytest.LogCaptureFixture, says: str) -> str:
    """Send a message that cannot be kept; return the ticket with which it can be sent again."""
    ticket = service.post(message="Mine").ticket
    caplog.clear()
    answer = service.post(message="Mine", ticket=ticket)
    assert answer.status == 503
    assert "could not be stored just now" in answer.text
    assert answer.headers["retry-after"] == "60"
    assert "Mine" in answer.text  # what was written is not lost on the reader
    assert answer.ticket == ticket
    (line,) = caplog.messages
    assert line.startswith("not stored: ")
    assert says in line
    return ticket


def unhealthy(service: Service) -> None:
    """Those who watch the service are told."""
    assert service.ask("GET", "/contribute/health").status == 503


def recovered(service: Service, ticket: str) -> None:
    """The same form goes through, and the message is there once."""
    assert service.post(message="Mine", ticket=ticket).status == 201
    assert [kept.message for kept in service.store.messages()].count("Mine") == 1
    assert service.ask("GET", "/contribute/health").status == 200


def test_locked(service: Service, caplog: pytest.LogCaptureFixture):
    """While another program holds the database, readers get a 503 soon; then the same form goes through."""
    other = sqlite3.connect(service.store.path, isolation_level=None)
    other.execute("begin exclusive")
    ticket = refused(service, caplog, "SQLITE_BUSY")
    unhealthy(service)
    other.close()
    recovered(service, ticket)


def test_corrupt(service: Service, caplog: pytest.LogCaptureFixture, tmp_path: Path):
    """With a database that was overwritten, readers get a 503; with a back-up in its place, the same form goes through."""
    service.send(message="Before")
    backup, _old = back_up(service.store, tmp_path / "backups", None)
    service.store.close()
    service.store.path.write_bytes(b"\x13" * service.store.path.stat().st_size)
    ticket = refused(service, caplog, "SQLITE_NOTADB")
    unhealthy(service)
    restore(backup, service.store.path)
    recovered(service, ticket)
    assert [kept.message for kept in service.store.messages()] == ["Before", "Mine"]


def test_full_by_its_own_bound(service: Service, caplog: pytest.LogCaptureFixture):
    """The inbox never grows beyond its bound: then it is full, and says so."""
    with service.store.use() as database:
        pages = database.execute("pragma page_count").fetchone()[0]
        database.execute(f"pragma max_page_count = {pages}")
        for number in range(200):  # fills the pages that are there
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute("insert into erased values (?)", (f"{number}{'x' * 300}",))
    ticket = service.post(message="Mine" + "x" * 4800).ticket
    assert service.post(message="Mine" + "x" * 4800, ticket=ticket).status == 503
    assert any("SQLITE_FULL" in line for line in caplog.messages)
    with service.store.use() as database:  # a new connection has the usual bound
        database.execute("delete from erased")
    assert service.post(message="Mine" + "x" * 4800, ticket=ticket).status == 201


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    if os.name != "posix" or not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk(small_disk: Path, caplog: pytest.LogCaptureFixture):
    """On a full disk readers get a 503; once there is room, the same form goes through and all that was kept is there."""
    service = Service(Store(small_disk / "inbox.db", create=True, patience=0.1))
    service.send(message="Before")
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    for number in range(60):  # fills what is left of the journal's last page
        try:
            service.store.add(Message("error", "x" * 4000), f"FILL-{number}")
        except StoreError:
            break
    ticket = refused(service, caplog, "SQLITE_")
    kept = len(service.store.messages())
    ballast.unlink()
    recovered(service, ticket)
    assert len(service.store.messages()) == kept + 1
    service.store.check(thorough=True)
    service.store.close()


def test_read_only_disk(small_disk: Path, caplog: pytest.LogCaptureFixture):
    """On a disk that turned read-only readers get a 503; once it can be written, the same form goes through."""
    service = Service(Store(small_disk / "inbox.db", create=True, patience=0.1))
    service.send(message="Before")
    service.store.close()
    remount = ["mount", "-o", "remount,{}", str(small_disk)]
    subprocess.run([word.format("ro") for word in remount], check=True)
    try:
        ticket = refused(service, caplog, "SQLITE_")
        unhealthy(service)
    finally:
        subprocess.run([word.format("rw") for word in remount], check=True)
    recovered(service, ticket)
    service.store.close()


def test_a_file_that_was_replaced(service: Service, tmp_path: Path):
    """A message goes into the file that has the name now, and not into one that was moved away."""
    service.send(message="Old")
    service.store.copy_to(tmp_path / "copy.db")
    for part in ("", "-wal", "-shm"):
        (tmp_path / f"inbox.db{part}").rename(tmp_path / f"away.db{part}")
    (tmp_path / "copy.db").rename(tmp_path / "inbox.db")
    service.send(message="New")
    with contextlib.closing(Store(tmp_path / "inbox.db")) as replaced:
        assert [kept.message for kept in replaced.messages()] == ["Old", "New"]


def test_no_inbox(tmp_path: Path):
    """A file of another kind is not touched, and one that is not there is not made by those who only read."""
    with pytest.raises(StoreError):
        Store(tmp_path / "none.db").messages()
    assert not (tmp_path / "none.db").exists()
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("create table mine (x)")
    other.close()
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(StoreError, match="no inbox"):
        Store(tmp_path / "other.db", create=True).check()
    assert b"create table mine" in before.lower()
    assert b"reference" not in (tmp_path / "other.db").read_bytes()


# ---------------------------------------------------------------------------------------------------------
# Back-ups
# ---------------------------------------------------------------------------------------------------------


def test_back_up_and_restore(service: Service, tmp_path: Path):
    """A back-up made while the service writes is whole, and restoring it brings back what was kept by then."""
    for number in range(20):
        service.send(message=str(number))
    path, _old = back_up(service.store, tmp_path / "backups", None)
    service.send(message="later")
    assert [child.name for child in (tmp_path / "backups").iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    service.store.close()
    aside, _gone = restore(path, service.store.path)
    assert [kept.message for kept in service.store.messages()] == [str(number) for number in range(20)]
    assert aside is not None
    with contextlib.closing(Store(aside)) as old:
        assert len(old.messages()) == 21
    assert service.send(message="and on")


def test_restore_brings_back_nobody(service: Service, tmp_path: Path):
    """A message that its sender had deleted after the back-up is not brought back by it."""
    kept, gone = service.send(message="stays"), service.send(message="goes")
    path, _old = back_up(service.store, tmp_path, None)
    service.store.erase([gone])
    assert restore(path, service.store.path)[1] == 1
    assert [message.reference for message in service.store.messages()] == [kept]


def test_a_broken_back_up_is_refused(service: Service, tmp_path: Path):
    """A back-up that is not whole replaces nothing."""
    service.send()
    broken = tmp_path / "broken.db"
    path, _old = back_up(service.store, tmp_path / "backups", None)
    broken.write_bytes(path.read_bytes()[:-5000])
    before = sorted(child.name for child in tmp_path.iterdir())
    with pytest.raises(StoreError):
        restore(broken, service.store.path)
    assert len(service.store.messages()) == 1
    assert {child.name for child in tmp_path.iterdir()} - set(before) == {"inbox.db.lock"}


def test_old_back_ups_go(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Back-ups older than their term are deleted; other files in the folder are not."""
    monkeypatch.setattr(restoring, "today", lambda: dt.date(2026, 1, 1))
    old, _deleted = back_up(service.store, tmp_path / "b", 30)
    (tmp_path / "b" / "notes.txt").write_text("mine")
    monkeypatch.setattr(restoring, "today", lambda: dt.date(2026, 2, 1))
    new, deleted = back_up(service.store, tmp_path / "b", 30)
    assert deleted == [old]
    assert sorted(child.name for child in (tmp_path / "b").iterdir()) == sorted([new.name, "notes.txt"])
