"""COinS: the paper of a page as an OpenURL ContextObject (Z39.88-2004) in a span, from which reference managers save it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from evidence_atlas.core.entry_types import type_of
from evidence_atlas.core.references import Reference, pages


def span(reference: Reference) -> str:
    """Return the span of a paper, as HTML."""
    said = "&".join(f"{key}={quote(value, safe='')}" for key, value in _pairs(reference) if value)
    return f'<span class="Z3988" title="{escape(said)}"></span>'


def _pairs(reference: Reference) -> Iterator[tuple[str, str]]:
    kind = type_of(reference.type).openurl
    start, end = pages(reference)
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{kind.form}"
    yield "rft.genre", kind.genre
    yield f"rft.{kind.title}", reference.title
    if kind.container:
        yield f"rft.{kind.container}", reference.container
    yield "rft.date", reference.year
    yield "rft.volume", reference.fields.get("volume", "")
    yield "rft.issue", reference.issue
    yield "rft.spage", start
    yield "rft.epage", end
    yield "rft.pub", reference.fields.get("publisher", "")
    for name in reference.authors:
        yield ("rft.aucorp", name.family) if name.literal else ("rft.au", name.sorted_form)
    yield "rft_id", f"info:doi/{reference.doi}" if reference.doi else ""
    yield "rft_id", f"info:pmid/{reference.pmid}" if reference.pmid else ""
    yield "rft_id", "" if reference.doi or reference.pmid else reference.url
