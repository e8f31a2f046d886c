"""``atlas.sqlite``: the pages in tables, to be asked with SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.files import new_file
from evidence_atlas.exports.rows import Row
from evidence_atlas.exports.schemas import SCHEMA

FILE = "atlas.sqlite"
_TABLES = f"""
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA user_version = {SCHEMA};
BEGIN;
CREATE TABLE atlas (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE term (vocabulary TEXT, id TEXT, label TEXT, position INTEGER, PRIMARY KEY (vocabulary, id)) WITHOUT ROWID;
CREATE TABLE page (
  page TEXT PRIMARY KEY, paper TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, pem TEXT NOT NULL, badge TEXT NOT NULL,
  reason TEXT NOT NULL, limitations TEXT NOT NULL, design TEXT NOT NULL, level TEXT NOT NULL, read TEXT NOT NULL,
  drafted TEXT NOT NULL, reviewed TEXT NOT NULL, cases INTEGER, controls INTEGER, other INTEGER, paper_title TEXT NOT NULL,
  container TEXT NOT NULL, year INTEGER, doi TEXT, pmid TEXT, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE author (page TEXT, position INTEGER, family TEXT, given TEXT, particle TEXT, suffix TEXT,
  PRIMARY KEY (page, position)) WITHOUT ROWID;
CREATE TABLE topic (page TEXT, id TEXT, PRIMARY KEY (page, id)) WITHOUT ROWID;
CREATE TABLE context (page TEXT, id TEXT, PRIMARY KEY (page, id)) WITHOUT ROWID;
CREATE TABLE criterion (page TEXT, position INTEGER, id TEXT, role TEXT, pem TEXT, quote TEXT, locator TEXT,
  PRIMARY KEY (page, position)) WITHOUT ROWID;
CREATE TABLE notice (page TEXT, position INTEGER, kind TEXT, doi TEXT, date TEXT, issuer TEXT, reason TEXT, source TEXT,
  PRIMARY KEY (page, position)) WITHOUT ROWID;
CREATE TABLE relation (page TEXT, type TEXT, paper TEXT, PRIMARY KEY (page, type, paper)) WITHOUT ROWID;
"""
_AUTHOR = ("family", "given", "particle", "suffix")
_CRITERION = ("id", "role", "pem", "quote", "locator")
_NOTICE = ("kind", "doi", "date", "issuer", "reason", "source")
_VOCABULARIES = ("badge", "level", "design", "context", "topic", "read", "definition")
_VERSION_PLACE, _VERSION_SIZE = 96, 4  # where the file says which SQLite wrote it, which must not tell two builds apart


@contextmanager
def open_file(root: Path, atlas: Atlas, said: dict[str, Any]) -> Iterator[Callable[[Row], None]]:
    """Open the file, and give what adds a page to it; all is one transaction.

    Args:
        root: The root of the site.
        atlas: Gives the labels of the ids.
        said: What is said of the whole.
    """
    with new_file(root / FILE) as made:
        with closing(sqlite3.connect(made, isolation_level=None)) as database:
            database.executescript(_TABLES)
            facts = {name: value for name, value in said.items() if not isinstance(value, dict)}
            facts |= {f"version_{name}": value for name, value in said["versions"].items()}
            _insert(database, "atlas", [(name, None if value is None else str(value)) for name, value in facts.items()])
            _insert(database, "term", _terms(atlas))
            yield lambda row: _add(database, row)
            database.execute("COMMIT")
        with made.open("r+b") as file:
            file.seek(_VERSION_PLACE)
            file.write(bytes(_VERSION_SIZE))


def _terms(atlas: Atlas) -> list[tuple[str, str, str, int]]:
    rows = []
    for name in _VOCABULARIES:
        for position, (key, value) in enumerate(atlas.policy.vocabulary(name).items()):
            rows.append((name, key, value if isinstance(value, str) else value.label, position))
    return rows


def _add(database: sqlite3.Connection, row: Row) -> None:
    page, record, data, work = row.address, row.record, row.data, row.reference
    participants, review = record.get("participants", {}), record["review"]
    values = (
        page, record["paper"], data["title"], record["summary"], data["pem"]["state"], data["badge"], data["pem"]["reason"],
        data["limitations"], record["design"], record["level"], record["read"], record["drafted"],
        review if review == "none" else review["by"], *(participants.get(name) for name in ("cases", "controls", "other")),
        work.title, work.container, row.year, work.doi or None, work.pmid or None, data["digest"],
    )  # fmt: skip
    _insert(database, "page", [values])
    _insert(database, "author", _numbered(page, data["reference"]["authors"], _AUTHOR))
    _insert(database, "topic", [(page, topic) for topic in dict.fromkeys(record["topics"])])
    _insert(database, "context", [(page, context) for context in dict.fromkeys(record["context"])])
    _insert(database, "criterion", _numbered(page, record["criteria"], _CRITERION))
    _insert(database, "notice", _numbered(page, data["notices"], _NOTICE))
    relations = {(page, one["type"], one["paper"]) for one in record.get("relations", ())}
    _insert(database, "relation", sorted(relations))


def _numbered(page: str, rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [(page, position, *(one.get(name) for name in names)) for position, one in enumerate(rows)]


def _insert(database: sqlite3.Connection, table: str, rows: list[Any]) -> None:
    if rows:
        blanks = ", ".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({blanks})", rows)  # noqa: S608  (the tables are named above)
