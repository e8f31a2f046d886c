"""COinS: the paper of a page as an OpenURL ContextObject (Z39.88-2004) in a span, from which reference managers save it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from evidence_atlas.core.citation import pages
from evidence_atlas.core.references import Reference

# BibTeX entry type: format and genre of the OpenURL registry, and the keys for title and container
_JOURNAL = ("journal", "article", "atitle", "jtitle")
_KINDS = {
    "article": _JOURNAL,
    "book": ("book", "book", "btitle", ""),
    "booklet": ("book", "document", "btitle", ""),
    "manual": ("book", "book", "btitle", ""),
    "inbook": ("book", "bookitem", "atitle", "btitle"),
    "incollection": ("book", "bookitem", "atitle", "btitle"),
    "inproceedings": ("book", "proceeding", "atitle", "btitle"),
    "proceedings": ("book", "conference", "btitle", ""),
    "techreport": ("book", "report", "btitle", ""),
    "report": ("book", "report", "btitle", ""),
    "phdthesis": ("dissertation", "", "title", "inst"),
    "mastersthesis": ("dissertation", "", "title", "inst"),
    "thesis": ("dissertation", "", "title", "inst"),
    "unpublished": ("journal", "preprint", "atitle", "jtitle"),
}
_OTHER = ("book", "document", "btitle", "")


def span(reference: Reference) -> str:
    """Return the span of a paper, as HTML."""
    said = "&".join(f"{key}={quote(value, safe='')}" for key, value in _pairs(reference) if value)
    return f'<span class="Z3988" title="{escape(said)}"></span>'


def _pairs(reference: Reference) -> Iterator[tuple[str, str]]:
    form, genre, title, container = _KINDS.get(reference.type, _OTHER)
    start, end = pages(reference)
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"
    yield "rft.genre", genre
    yield f"rft.{title}", reference.title
    if container:
        yield f"rft.{container}", reference.container
    yield "rft.date", reference.year
    yield "rft.volume", reference.fields.get("volume", "")
    yield "rft.issue", reference.fields.get("number", "") or reference.fields.get("issue", "")
    yield "rft.spage", start
    yield "rft.epage", end
    yield "rft.pub", reference.fields.get("publisher", "")
    for name in reference.authors:
        yield ("rft.aucorp", name.family) if name.literal else ("rft.au", name.sorted_form)
    yield "rft_id", f"info:doi/{reference.doi}" if reference.doi else ""
    yield "rft_id", f"info:pmid/{reference.pmid}" if reference.pmid else ""
    yield "rft_id", "" if reference.doi or reference.pmid else reference.url
