"""Where messages are kept: one SQLite file, in which a message that was acknowledged is on the disk."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from evidence_atlas.inbox.message import Message

SCHEMA = 1
RESOLUTIONS = ("fixed", "declined", "duplicate")
_APPLICATION = 0x41544C42
_LARGEST = 256 * 1024 * 1024  # bytes, so that a flood never fills the disk
_TABLES = """
create table message (
  number integer primary key,
  reference text not null unique,
  received text not null,
  kind text not null,
  message text not null,
  contact text not null,
  thanks text not null,
  page text not null,
  version text not null,
  status text not null default 'open' check (status in ('open', 'fixed', 'declined', 'duplicate')),
  resolved text not null default '',
  link text not null default '',
  original text not null default '',
  note text not null default ''
) strict;
create table erased (reference text primary key) strict;
create table secret (value blob not null) strict;
"""


class StoreError(Exception):
    """The database cannot be used now."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it is kept.

    Attributes:
        reference: What its sender was given.
        received: The day, without a time, which could be joined with another server's log.
        kind: See `Message`, as for the five below.
        status: ``open``, ``fixed``, ``declined`` or ``duplicate``.
        resolved: The day on which it was resolved.
        link: The commit that resolved it.
        original: The reference of the message that it repeats.
        note: The editors' own words.
    """

    reference: str
    received: str
    kind: str
    message: str
    contact: str
    thanks: str
    page: str
    version: str
    status: str
    resolved: str
    link: str
    original: str
    note: str


_COLUMNS = ", ".join(field.name for field in fields(Kept))
_SENT = ", ".join(field.name for field in fields(Message))


def today() -> dt.date:
    """Return the day in universal time."""
    return dt.datetime.now(dt.UTC).date()


class Store:
    """The database. One thread at a time may use it.

    A message is added in a transaction of its own with SQLite's ``synchronous=FULL``: when `add` returns, it has
    been flushed to the disk. After any error the connection is opened anew, so that the service recovers when the
    disk does.

    Args:
        path: The file.
        create: Whether it is made where there is none.
        patience: Seconds to wait for another program that writes.
    """

    def __init__(self, path: Path, *, create: bool = False, patience: float = 5) -> None:
        self.path = path
        self._create = create
        self._patience = patience
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)

    def add(self, message: Message, reference: str) -> bool:
        """Keep a message.

        Returns:
            Whether it is on the disk now, be it by this call or by an earlier one. ``False`` where another
            message has this reference.

        Raises:
            StoreError: It could not be kept.
        """
        values = astuple(message)
        places = ", ".join("?" * (len(values) + 2))
        with self.use() as database:
            done = database.execute(
                f"insert into message (reference, received, {_SENT}) values ({places}) on conflict do nothing",  # noqa: S608
                (reference, today().isoformat(), *values),
            )
            if done.rowcount:
                return True
            there = database.execute(f"select {_SENT} from message where reference = ?", (reference,)).fetchone()  # noqa: S608
            return bool(there == values)

    def messages(self, status: str = "", reference: str = "", contact: str = "") -> list[Kept]:
        """Return messages, oldest first.

        Args:
            status: Only those of this status.
            reference: Only the one with this reference.
            contact: Only those of the person with this contact, in whatever case it is written.
        """
        given = {"status": status, "reference": reference.upper(), "folded(contact)": contact.strip().casefold()}
        wanted = {column: value for column, value in given.items() if value}
        where = " and ".join(f"{column} = ?" for column in wanted) or "true"
        with self.use() as database:
            rows = database.execute(f"select {_COLUMNS} from message where {where} order by number", tuple(wanted.values()))  # noqa: S608
            return [Kept(*row) for row in rows]

    def mentions(self, contact: str) -> list[str]:
        """Return the references of messages whose text names a contact but which are not from that person."""
        folded = contact.strip().casefold()
        query = "select reference from message where instr(folded(message), ?) and folded(contact) != ? order by number"
        with self.use() as database:
            return [reference for (reference,) in database.execute(query, (folded, folded))]

    def resolve(self, reference: str, status: str, *, link: str = "", original: str = "", note: str = "") -> Kept:
        """Mark a message as dealt with.

        Args:
            reference: The message.
            status: One of `RESOLUTIONS`.
            link: Address of the commit.
            original: Reference of the message that it repeats.
            note: A word on the reason.

        Raises:
            KeyError: There is no such message.
        """
        values = (status, today().isoformat(), link, original.upper(), note, reference.upper())
        with self.use() as database:
            statement = "update message set status = ?, resolved = ?, link = ?, original = ?, note = ? where reference = ?"
            if not database.execute(statement, values).rowcount:
                raise KeyError(reference)
        return self.messages(reference=reference)[0]

    def forget_contacts(self, days: int) -> int:
        """Empty contact and name in messages that came at least so many days ago; return how many had one."""
        before = (today() - dt.timedelta(days=days)).isoformat()
        where = "received <= ? and (contact != '' or thanks != '')"
        with self.use() as database:
            changed = database.execute(f"update message set contact = '', thanks = '' where {where}", (before,)).rowcount  # noqa: S608
        self._scrub()
        return changed

    def erase(self, references: list[str]) -> None:
        """Delete messages for good; their references are remembered, so that a restored back-up does not bring them back."""
        rows = [(reference.upper(),) for reference in references]
        with self.use() as database:
            database.execute("begin immediate")
            database.executemany("insert into erased (reference) values (?) on conflict do nothing", rows)
            database.executemany("delete from message where reference = ?", rows)
            database.execute("commit")
        self._scrub()

    def resolved_before(self, days: int) -> list[str]:
        """Return the references of messages that were resolved at least so many days ago."""
        before = (today() - dt.timedelta(days=days)).isoformat()
        with self.use() as database:
            rows = database.execute("select reference from message where resolved != '' and resolved <= ?", (before,))
            return [reference for (reference,) in rows]

    def erased(self) -> list[str]:
        """Return the references of messages that were deleted."""
        with self.use() as database:
            return [reference for (reference,) in database.execute("select reference from erased order by reference")]

    def key(self) -> bytes:
        """Return the secret with which the service signs forms; it outlives a restart."""
        with self.use() as database:
            return bytes(database.execute("select value from secret").fetchone()[0])

    def check(self, *, thorough: bool = False) -> None:
        """See that messages can be kept now.

        Args:
            thorough: Whether the whole file is read.

        Raises:
            StoreError: They cannot.
        """
        with self.use() as database:
            if thorough:
                _check_whole(database)
            database.execute("update secret set value = value")  # a real write: a full disk lets a transaction begin

    def copy_to(self, target: Path) -> None:
        """Copy the database, also while the service runs; the copy is checked and on the disk when this returns."""
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with self.use() as database:
            copy = sqlite3.connect(part)
            try:
                database.backup(copy)
                copy.execute("pragma journal_mode = delete")  # one file, whole in itself
                _check_whole(copy)
            finally:
                copy.close()
        flush(part)
        part.replace(target)
        flush(target.parent)

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """Give the connection.

        Raises:
            StoreError: Whatever SQLite or the disk said.
        """
        try:
            yield self._open()
        except (sqlite3.Error, OSError) as error:
            try:
                self.close()
            except sqlite3.Error:
                self._connection = None
            raise StoreError(getattr(error, "sqlite_errorname", "") or str(error) or type(error).__name__) from error

    def _open(self) -> sqlite3.Connection:
        """Return the connection; a new one where the file is not the one that was opened, as after a restore."""
        if self._connection and _identity(self.path) == self._file:
            return self._connection
        self.close()
        if self._create and not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            flush(self.path.parent)
        address = f"{self.path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, timeout=self._patience, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, create=self._create)
        except BaseException:
            connection.close()
            raise
        self._connection, self._file = connection, _identity(self.path)
        return connection

    def _scrub(self) -> None:
        """Take what was deleted out of the journal too; ``secure_delete`` overwrote it in the file itself."""
        with self.use() as database:
            database.execute("pragma wal_checkpoint(truncate)")


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_whole(connection: sqlite3.Connection) -> None:
    if (said := connection.execute("pragma integrity_check(1)").fetchone()[0]) != "ok":
        raise sqlite3.DatabaseError(said)


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino


def _folded(text: str) -> str:
    return text.strip().casefold()


_PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "full",
    "fullfsync": 1,
    "secure_delete": "on",
    "trusted_schema": "off",
    "cell_size_check": "on",
    "temp_store": "memory",
}


def _prepare(connection: sqlite3.Connection, *, create: bool) -> None:
    """Set up a connection, and the tables of a new file."""
    for name, value in _PRAGMAS.items():
        connection.execute(f"pragma {name} = {value}")
    page = connection.execute("pragma page_size").fetchone()[0]
    connection.execute(f"pragma max_page_count = {_LARGEST // page}")
    one: Callable[[str], int] = lambda query: int(connection.execute(query).fetchone()[0])  # noqa: E731
    connection.create_function("folded", 1, _folded, deterministic=True)
    version = one("pragma user_version")
    if create and version == 0 and one("select count(*) from sqlite_schema") == 0:
        connection.executescript(f"begin exclusive; {_TABLES}")
        connection.execute("insert into secret values (?)", (secrets.token_bytes(32),))
        connection.execute(f"pragma application_id = {_APPLICATION}")
        connection.execute(f"pragma user_version = {SCHEMA}")
        connection.execute("commit")
    elif one("pragma application_id") != _APPLICATION or version != SCHEMA:
        raise sqlite3.DatabaseError("this is no inbox, or one of another version")
