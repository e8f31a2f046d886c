"""Pagefind's index of a release, with its filters in one order.

Pagefind writes filters and their values in an order that differs from run to run; all else it writes is the same. Its
files hold CBOR after a mark of their kind, packed with gzip, and are named by the beginning of the CBOR's SHA-1.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_FOLDER = "pagefind"
_ENTRY = "pagefind-entry.json"
_MARK = b"pagefind_dcd"
_FILTERS = 3  # where the metadata of an index name its filters, each with the file of it


def put_in_order(site: Path) -> None:
    """Write the filters of a site's index again, sorted; without Pagefind's index, nothing is done.

    Raises:
        ValueError: The index is of a form that is not known here.
    """
    folder = site / _FOLDER
    if not (folder / _ENTRY).is_file():
        return
    entry = json.loads((folder / _ENTRY).read_text(encoding="utf-8"))
    for language in sorted(entry["languages"]):
        known = entry["languages"][language]
        known["hash"] = _order_language(folder, known["hash"])
    (folder / _ENTRY).write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _order_language(folder: Path, name: str) -> str:
    """Sort the filters of one language; return the new name of its metadata."""
    old = folder / f"pagefind.{name}.pf_meta"
    metadata = _read(old)
    filters: list[list[str]] = metadata[_FILTERS]
    metadata[_FILTERS] = sorted([label, _order_filter(folder / "filter" / f"{file}.pf_filter")] for label, file in filters)
    old.unlink()
    return _write(folder, "pagefind.", metadata, name, ".pf_meta")


def _order_filter(old: Path) -> str:
    """Sort the values of one filter; return the new name of its file."""
    label, values = _read(old)
    old.unlink()
    return _write(old.parent, "", [label, sorted([value, sorted(pages)] for value, pages in values)], old.stem, ".pf_filter")


def _read(path: Path) -> Any:
    import cbor2

    content = gzip.decompress(path.read_bytes())
    body = content.removeprefix(_MARK)
    digest = path.stem.rpartition("_")[2]
    if body == content or not _hash(body).startswith(digest):
        raise ValueError(f"{path.name} is not as Pagefind 1.5 writes it; the order of its filters cannot be made the same")
    return cbor2.loads(body)


def _write(folder: Path, prefix: str, data: Any, old: str, suffix: str) -> str:
    """Write data under a name that is as long as the old one; return the name."""
    import cbor2

    body = cbor2.dumps(data)
    language, _, digest = old.rpartition("_")
    name = f"{language}_{_hash(body)[: len(digest)]}"
    (folder / f"{prefix}{name}{suffix}").write_bytes(gzip.compress(_MARK + body, mtime=0))
    return name


def _hash(body: bytes) -> str:
    """Return the SHA-1 of a text as Pagefind writes it: each byte without a leading zero."""
    return "".join(f"{byte:x}" for byte in hashlib.sha1(body, usedforsecurity=False).digest())
