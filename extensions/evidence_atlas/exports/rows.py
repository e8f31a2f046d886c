"""A page as a row of an export, read from the files that lie beside it, so that both say the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pybtex.database import Entry

from evidence_atlas.core.references import Name, Reference


@dataclass(frozen=True)
class Row:
    """A page.

    Attributes:
        docname: Its document.
        folder: The folder of its files.
        source: ``record.json`` as it is.
        data: The same, decoded.
    """

    docname: str
    folder: Path
    source: bytes
    data: dict[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """What the front matter states."""
        record: dict[str, Any] = self.data["record"]
        return record

    @property
    def address(self) -> str:
        """The folder of the page's files below the root of the site."""
        return f"{self.docname}/"

    @cached_property
    def reference(self) -> Reference:
        """The paper; its names do not tell groups from people, which the record does not say."""
        data = dict(self.data["reference"])
        key, kind = data.pop("key"), data.pop("type")
        authors = tuple(Name(**{"family": "", **name}) for name in data.pop("authors"))
        abridged = bool(data.pop("authors-abridged", False))
        return Reference(key, kind, authors, abridged, data, Entry(kind))

    @property
    def year(self) -> int | None:
        """The paper's year, if it is a number."""
        return self.reference.year_number

    def brief(self) -> dict[str, Any]:
        """Return what shards say of a page; nothing of it changes with the atlas's version alone."""
        work, record, data = self.reference, self.record, self.data
        return {
            "key": record["paper"],
            "page": self.address,
            "record": f"{self.address}record.json",
            "title": data["title"],
            "summary": record["summary"],
            "badge": data["badge"],
            "pem": data["pem"]["state"],
            **{name: record[name] for name in ("design", "level", "read", "context", "topics")},
            "notices": [notice["kind"] for notice in data["notices"]],
            "reference": {
                "authors": [name.sorted_form for name in work.authors],
                "title": work.title,
                "container": work.container,
                "year": self.year,
                "doi": work.doi or None,
                "pmid": work.pmid or None,
            },
            "digest": data["digest"],
        }


def read_row(docname: str, folder: Path) -> Row:
    """Read a page's files."""
    source = (folder / "record.json").read_bytes()
    return Row(docname, folder, source, json.loads(source))
