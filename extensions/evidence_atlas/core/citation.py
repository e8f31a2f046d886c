"""A reference in the formats that reference managers read: BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import rispy
from pybtex.database import BibliographyData, Entry
from pybtex.database.output.bibtex import Writer

from evidence_atlas.core.entry_types import type_of
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.references import Reference, pages

_SPECIAL = re.compile(r"[_%&#$]")  # marks that LaTeX reads as commands, in DOIs too
ABRIDGED = "The list of authors is abridged in the source."


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


def notes_on(notices: Sequence[Notice]) -> list[str]:
    """Return what a reference manager is to keep of notices about a work, such as ``Retracted, 2011-12-23, doi:10.…``."""
    return [", ".join(filter(None, (n.label, str(n.date or ""), f"doi:{n.doi}" if n.doi else ""))) for n in notices]


def bibtex(reference: Reference, notices: Sequence[Notice] = ()) -> str:
    """Return the entry as it stands in the bibliography, in BibTeX; with what was issued about the work as its note.

    Args:
        reference: The work.
        notices: What was issued about it, gravest first.
    """
    entry = reference.entry
    if notices:
        notes = [entry.fields.get("note", ""), *(_SPECIAL.sub(r"\\\g<0>", note) for note in notes_on(notices))]
        fields = [*(pair for pair in entry.fields.items() if pair[0].lower() != "note"), ("note", "; ".join(filter(None, notes)))]
        entry = Entry(entry.original_type, fields, entry.persons)
    text: str = SourceWriter(encoding="utf-8").to_string(BibliographyData({reference.key: entry}))
    return text if "," in text else text.replace("\n}", ",\n}")  # an entry without fields still has its comma


def ris(reference: Reference, notices: Sequence[Notice] = ()) -> str:
    """Return the reference in RIS, with a note for each notice about the work."""
    start, end = pages(reference)
    values: dict[str, Any] = {
        "type_of_reference": type_of(reference.type).ris,
        "id": reference.key,
        "authors": [name.sorted_form for name in reference.authors],
        "title": reference.title,
        "secondary_title": reference.container if reference.type != "book" else "",
        "publisher": reference.fields.get("publisher", ""),
        "year": reference.year,
        "volume": reference.fields.get("volume", ""),
        "number": reference.issue,
        "start_page": start,
        "end_page": end,
        "doi": reference.doi,
        "accession_number": reference.pmid,
        "urls": [reference.url] if reference.url else [],
        "notes": [*notes_on(notices), *([ABRIDGED] if reference.abridged else [])],
    }
    text: str = rispy.dumps([{key: value for key, value in values.items() if value}], implementation=Unnumbered)
    return text.strip("\n") + "\n"


def csl(reference: Reference, notices: Sequence[Notice] = ()) -> dict[str, Any]:
    """Return the reference as one CSL-JSON item; its status says where the work no longer stands."""
    start, end = pages(reference)
    item: dict[str, Any] = {
        "id": reference.key,
        "type": type_of(reference.type).csl,
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
        "issue": reference.issue,
        "page": f"{start}-{end}" if end else start,
        "DOI": reference.doi,
        "PMID": reference.pmid,
        "PMCID": reference.fields.get("pmcid", ""),
        "URL": reference.url,
        "status": notices[0].label.lower() if notices and notices[0].withdraws else "",
        "note": "; ".join([*notes_on(notices), *([ABRIDGED] if reference.abridged else [])]),
    }
    if (year := reference.year_number) is not None:
        item["issued"] = {"date-parts": [[year]]}
    return {key: value for key, value in item.items() if value}


def csl_json(reference: Reference, notices: Sequence[Notice] = ()) -> str:
    """Return the reference as a CSL-JSON array of one item."""
    return json.dumps([csl(reference, notices)], ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Reference, Sequence[Notice]], str]] = {
    "paper.bib": bibtex,
    "paper.ris": ris,
    "paper.csl.json": csl_json,
}
