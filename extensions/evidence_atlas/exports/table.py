"""``atlas.csv``: a row for each page, for spreadsheets and statistics (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evidence_atlas.core.files import new_stream
from evidence_atlas.core.spreadsheet import plain_cell
from evidence_atlas.exports.rows import Row

FILE = "atlas.csv"
_COLUMNS: dict[str, Callable[[Row], Any]] = {
    "key": lambda row: row.record["paper"],
    "page": lambda row: row.address,
    "title": lambda row: row.data["title"],
    "summary": lambda row: row.record["summary"],
    "pem": lambda row: row.data["pem"]["state"],
    "badge": lambda row: row.data["badge"],
    "reason": lambda row: row.data["pem"]["reason"],
    "limitations": lambda row: row.data["limitations"],
    "design": lambda row: row.record["design"],
    "level": lambda row: row.record["level"],
    "context": lambda row: row.record["context"],
    "topics": lambda row: row.record["topics"],
    "criteria": lambda row: [f"{one['id']} ({one['role']})" for one in row.record["criteria"]],
    "cases": lambda row: row.record.get("participants", {}).get("cases"),
    "controls": lambda row: row.record.get("participants", {}).get("controls"),
    "other": lambda row: row.record.get("participants", {}).get("other"),
    "read": lambda row: row.record["read"],
    "drafted": lambda row: row.record["drafted"],
    "reviewed": lambda row: row.record["review"] if row.record["review"] == "none" else row.record["review"]["by"],
    "notices": lambda row: [notice["kind"] for notice in row.data["notices"]],
    "authors": lambda row: [name.sorted_form for name in row.reference.authors],
    "paper_title": lambda row: row.reference.title,
    "container": lambda row: row.reference.container,
    "year": lambda row: row.reference.year,
    "doi": lambda row: row.reference.doi,
    "pmid": lambda row: row.reference.pmid,
    "digest": lambda row: row.data["digest"],
}
COLUMNS = tuple(_COLUMNS)


def cell(value: Any) -> str:
    """Return a value as a cell: a list joined by semicolons, and an apostrophe before what would be a formula."""
    text = "" if value is None else "; ".join(value) if isinstance(value, list) else str(value)
    return plain_cell(text)


@contextmanager
def open_file(root: Path) -> Iterator[Callable[[Row], None]]:
    """Open the file, and give what adds a page to it."""
    with new_stream(root / FILE) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        yield lambda row: writer.writerow([cell(take(row)) for take in _COLUMNS.values()])
        text.detach()  # flushes, and leaves the stream open for who opened it
