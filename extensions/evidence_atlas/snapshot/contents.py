"""What a file of an atlas says of itself: of which atlas and version it is, and whether its record is whole."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from evidence_atlas.core.digest import digest
from evidence_atlas.snapshot.readings import parse_page

RECORD, VOLUME = "record.json", "volume.json"  # the files that travel inside PDFs
_LARGEST = 256 * 2**20  # bytes; the largest volumes have some tens of millions


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of itself.

    Attributes:
        kind: What the file is, in words.
        version: The version of the atlas; may be empty.
        address: The citable address of the page or volume; may be empty.
        digest: The digest that it states; empty where it states none.
        whole: Whether the record in it has that digest; ``None`` where no record is in it.
    """

    kind: str
    version: str
    address: str = ""
    digest: str = ""
    whole: bool | None = None

    @property
    def base_url(self) -> str:
        """The address of the atlas."""
        return self.address.partition(f"/v/{self.version}/")[0]

    @property
    def page(self) -> str:
        """The name of the page's folder; empty for what is no evidence page."""
        return self.address.rstrip("/").rpartition("/")[2] if self.digest else ""


def read(path: Path) -> Said:
    """Read what a file says of itself.

    Raises:
        ValueError: It is no file of an atlas, cannot be read, or a library for it is missing; the message says which.
    """
    if path.stat().st_size > _LARGEST:
        raise ValueError("it is larger than any file of an atlas")
    content = path.read_bytes()
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    start = content[:200].lstrip().lower()
    if start.startswith(b"{"):
        return _record(content, "the record of a page")
    if start.startswith((b"<!doctype html", b"<html")):
        return _html(content)
    raise ValueError("it is no page, PDF or record of an atlas")


def _record(content: bytes, kind: str) -> Said:
    page = parse_page(content, RECORD)
    addresses = json.loads(content).get("addresses")
    address = addresses.get("citable") if isinstance(addresses, dict) else ""
    try:
        whole = digest(page.content) == page.digest
    except ValueError:  # a number that canonical JSON does not have
        whole = False
    return Said(kind, page.versions.atlas, str(address), page.digest, whole)


def _pdf(content: bytes) -> Said:
    if find_spec("pypdf") is None:
        raise ValueError("what travels inside a PDF is read with pypdf, which is missing: pip install 'evidence-atlas[release]'")
    try:
        inside = _attachments(content)
    except Exception as error:  # a damaged PDF fails in any way
        raise ValueError("the PDF is damaged or was cut off") from error
    if RECORD in inside:
        return _record(inside[RECORD], "the PDF of a page")
    if VOLUME in inside:
        try:
            data = json.loads(inside[VOLUME])
            return Said("the volume", str(data["version"]), str(data["address"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"what the volume says of itself ({VOLUME}) is damaged") from error
    raise ValueError("the PDF is of no atlas: no record travels inside")


def _attachments(content: bytes) -> dict[str, bytes]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a damaged file is said here
    found: dict[str, Any] = dict(PdfReader(BytesIO(content), strict=True).attachments)
    return {name: versions[0] for name, versions in found.items() if name in {RECORD, VOLUME}}


class _Head(HTMLParser):
    """Gathers what a page says of its version."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the metadata of the atlas; what comes first counts."""
        given = dict(attrs)
        if tag == "meta" and (given.get("name") or "").startswith("atlas-"):
            self.said.setdefault(str(given["name"]), given.get("content") or "")


def _html(content: bytes) -> Said:
    head = _Head()
    head.feed(content.decode("utf-8", errors="replace"))
    if "atlas-version" not in head.said:
        raise ValueError("the page is of no atlas: it does not say of which version it is")
    version, address, digest_ = (head.said.get(f"atlas-{name}", "") for name in ("version", "address", "digest"))
    return Said("a page of the site", version, address, digest_)
