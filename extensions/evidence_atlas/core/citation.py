"""A reference in the formats that reference managers read: BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import rispy
from pybtex.database import BibliographyData
from pybtex.database.output.bibtex import Writer

from evidence_atlas.core.references import Reference

ABRIDGED = "The list of authors is abridged in the source."

# BibTeX entry type: type of RIS (the RIS specification of 2011), type of CSL 1.0.2
_TYPES: dict[str, tuple[str, str]] = {
    "article": ("JOUR", "article-journal"),
    "book": ("BOOK", "book"),
    "booklet": ("PAMP", "pamphlet"),
    "inbook": ("CHAP", "chapter"),
    "incollection": ("CHAP", "chapter"),
    "inproceedings": ("CPAPER", "paper-conference"),
    "proceedings": ("CONF", "book"),
    "phdthesis": ("THES", "thesis"),
    "mastersthesis": ("THES", "thesis"),
    "thesis": ("THES", "thesis"),
    "techreport": ("RPRT", "report"),
    "report": ("RPRT", "report"),
    "manual": ("BOOK", "book"),
    "online": ("ELEC", "webpage"),
    "unpublished": ("UNPB", "manuscript"),
    "dataset": ("DATA", "dataset"),
}
_OTHER = ("GEN", "document")


class SourceWriter(Writer):  # type: ignore[misc]
    """Writes an entry's own markup, which is LaTeX already, instead of encoding it again."""

    def _encode(self, text: str) -> str:
        return text

    def quote(self, s: str) -> str:
        """Return a value between its delimiters."""
        return f"{{{s}}}"  # braces match: the value was read from BibTeX


class Unnumbered(rispy.RisWriter):  # type: ignore[misc]
    """Writes a record without a line that counts it, which is no part of RIS."""

    def set_header(self, count: int) -> str:
        """Return what stands before a record."""
        return ""


def bibtex(reference: Reference) -> str:
    """Return the entry as it stands in the bibliography, in BibTeX."""
    text: str = SourceWriter(encoding="utf-8").to_string(BibliographyData({reference.key: reference.entry}))
    return text if "," in text else text.replace("\n}", ",\n}")  # an entry without fields still has its comma


def ris(reference: Reference) -> str:
    """Return the reference in RIS."""
    start, end = pages(reference)
    values: dict[str, Any] = {
        "type_of_reference": _TYPES.get(reference.type, _OTHER)[0],
        "id": reference.key,
        "authors": [name.sorted_form for name in reference.authors],
        "title": reference.title,
        "secondary_title": reference.container if reference.type != "book" else "",
        "publisher": reference.fields.get("publisher", ""),
        "year": reference.year,
        "volume": reference.fields.get("volume", ""),
        "number": reference.fields.get("number", "") or reference.fields.get("issue", ""),
        "start_page": start,
        "end_page": end,
        "doi": reference.doi,
        "accession_number": reference.pmid,
        "urls": [reference.url] if reference.url else [],
        "notes": [ABRIDGED] if reference.abridged else [],
    }
    text: str = rispy.dumps([{key: value for key, value in values.items() if value}], implementation=Unnumbered)
    return text.strip("\n") + "\n"


def csl(reference: Reference) -> dict[str, Any]:
    """Return the reference as one CSL-JSON item."""
    start, end = pages(reference)
    item: dict[str, Any] = {
        "id": reference.key,
        "type": _TYPES.get(reference.type, _OTHER)[1],
        "title": reference.title,
        "author": [
            {"literal": name.family}
            if name.literal
            else {
                key: part
                for key, part in (
                    ("family", name.family),
                    ("given", name.given),
                    ("non-dropping-particle", name.particle),
                    ("suffix", name.suffix),
                )
                if part
            }
            for name in reference.authors
        ],
        "container-title": reference.container if reference.type != "book" else "",
        "publisher": reference.fields.get("publisher", ""),
        "volume": reference.fields.get("volume", ""),
        "issue": reference.fields.get("number", "") or reference.fields.get("issue", ""),
        "page": f"{start}-{end}" if end else start,
        "DOI": reference.doi,
        "PMID": reference.pmid,
        "PMCID": reference.fields.get("pmcid", ""),
        "URL": reference.url,
        "note": ABRIDGED if reference.abridged else "",
    }
    if reference.year.isdecimal():
        item["issued"] = {"date-parts": [[int(reference.year)]]}
    return {key: value for key, value in item.items() if value}


def csl_json(reference: Reference) -> str:
    """Return the reference as a CSL-JSON array of one item."""
    return json.dumps([csl(reference)], ensure_ascii=False, indent=2) + "\n"


def pages(reference: Reference) -> tuple[str, str]:
    """Return first and last page; an article number or a list of pages is a first page alone."""
    match = re.fullmatch(r"\s*([^\s,–—-]+)\s*(?:--?-?|–|—)\s*([^\s,–—-]+)\s*", reference.fields.get("pages", ""))
    return (match[1], match[2]) if match else (reference.fields.get("pages", ""), "")


FORMATS: dict[str, Callable[[Reference], str]] = {
    "paper.bib": bibtex,
    "paper.ris": ris,
    "paper.csl.json": csl_json,
}
