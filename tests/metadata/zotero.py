"""How Zotero reads a COinS span, as its documentation of OpenURL and its translators have it, in Python."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

_FORMATS = {"journal": "journalArticle", "book": "book", "dissertation": "thesis"}
_GENRES = {"bookitem": "bookSection", "conference": "conferencePaper", "proceeding": "conferencePaper", "report": "report"}
_PARTS_OF = ("journalArticle", "bookSection", "conferencePaper")
_PLAIN = {"rft.date": "date", "rft.volume": "volume", "rft.issue": "issue", "rft.pub": "publisher", "rft.inst": "publisher"}


def read(span: str) -> dict[str, Any]:
    """Return the item that Zotero makes of a span's title."""
    pairs = [tuple(part.split("=", 1)) for part in span.split("&")]
    said = dict(pairs)
    assert said["ctx_ver"] == "Z39.88-2004"
    form = unquote(said["rft_val_fmt"]).removeprefix("info:ofi/fmt:kev:mtx:")
    kind = _FORMATS[form]
    if kind == "book":
        kind = {**_GENRES, "document": "document"}.get(said.get("rft.genre", ""), "book")
    item: dict[str, Any] = {"itemType": kind, "creators": []}
    for key, raw in pairs:
        _take(item, key, unquote(raw.replace("+", " ").replace("%2B", " ").replace("%2b", " ")))
    return item


def _take(item: dict[str, Any], key: str, value: str) -> None:
    kind = item["itemType"]
    if key == "rft_id":
        _identify(item, value)
    elif key in _PLAIN:
        item[_PLAIN[key]] = value
    elif key in ("rft.atitle", "rft.title") or (key == "rft.btitle" and kind not in _PARTS_OF):
        item["title"] = value
    elif key in ("rft.jtitle", "rft.btitle"):
        item["publicationTitle"] = value
    elif key == "rft.spage":
        item["pages"] = value
    elif key == "rft.epage":
        item["pages"] = f"{item['pages']}-{value}"
    elif key == "rft.au":
        last, _comma, first = value.partition(",")
        item["creators"].append((last.strip(), first.strip()))
    elif key == "rft.aucorp":
        item["creators"].append((value, None))
    else:
        assert key in {"ctx_ver", "rft_val_fmt", "rft.genre"}, key


def _identify(item: dict[str, Any], value: str) -> None:
    for start, name in (("info:doi/", "DOI"), ("info:pmid/", "PMID"), ("http", "url")):
        if value.startswith(start):
            item[name] = value if name == "url" else value.removeprefix(start)
