"""The reference of a page of the atlas, which is the atlas's reading of a paper and not the paper, for reference managers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rispy
from pybtex.database import BibliographyData, Entry

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.citation import SourceWriter, Unnumbered

# what LaTeX takes for a command; braces by their names, so that those of BibTeX match
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "&%$#_"},
    }
)


@dataclass(frozen=True, slots=True)
class OwnReference:
    """What a page states of itself where it is cited.

    Attributes:
        key: The name of the page's folder.
        title: The page's title.
        author: Who runs the atlas; may be empty.
        atlas: The atlas's name.
        version: The version of the atlas.
        policy: The version of the policy.
        date: The day of the version, where it is known.
        address: The address to cite; empty where the atlas has none.
        digest: The digest of what the page says.
    """

    key: str
    title: str
    author: str
    atlas: str
    version: str
    policy: str
    date: dt.date | None
    address: str
    digest: str

    @property
    def note(self) -> str:
        """Version with its day, policy and digest in a line."""
        day = f" of {self.date}" if self.date else ""
        return f"{self.atlas}, version {self.version}{day}, policy v{self.policy}, {self.digest}"


def address_to_cite(atlas: Atlas, docname: str) -> str:
    """Return the address of this version of a page where it is a release, which stays; else that of the page."""
    if not atlas.settings.base_url:
        return ""
    return atlas.citable_address(docname) if atlas.identity.is_release else atlas.address(docname)


def own_reference(docname: str, title: str, digest: str, atlas: Atlas) -> OwnReference:
    """Return the reference of a page."""
    return OwnReference(
        key=docname.rpartition("/")[2],
        title=" ".join(title.split()),
        author=atlas.settings.operator,
        atlas=atlas.settings.name,
        version=atlas.identity.version,
        policy=atlas.policy.version,
        date=atlas.identity.date,
        address=address_to_cite(atlas, docname),
        digest=digest,
    )


def bibtex(own: OwnReference) -> str:
    """Return a BibTeX entry of a kind that every style knows."""
    fields = {
        "author": f"{{{_latex(own.author)}}}" if own.author else "",
        "title": f"{{{_latex(own.title)}}}",
        "howpublished": rf"\url{{{own.address}}}" if own.address else "",
        "year": str(own.date.year) if own.date else "",
        "note": _latex(own.note),
    }
    entry = Entry("misc", fields={name: value for name, value in fields.items() if value})
    text: str = SourceWriter(encoding="utf-8").to_string(BibliographyData({own.key: entry}))
    return text


def _latex(text: str) -> str:
    return " ".join(text.translate(_LATEX).split())


def ris(own: OwnReference) -> str:
    """Return the reference in RIS."""
    values: dict[str, Any] = {
        "type_of_reference": "ELEC",
        "id": own.key,
        "authors": [" ".join(own.author.split())] if own.author else [],
        "title": own.title,
        "secondary_title": " ".join(own.atlas.split()),
        "edition": own.version,
        "year": str(own.date.year) if own.date else "",
        "date": f"{own.date:%Y/%m/%d}/" if own.date else "",
        "urls": [own.address] if own.address else [],
        "notes": [" ".join(own.note.split())],
    }
    text: str = rispy.dumps([{key: value for key, value in values.items() if value}], implementation=Unnumbered)
    return text.strip("\n") + "\n"


def csl_json(own: OwnReference) -> str:
    """Return the reference as a CSL-JSON array of one item."""
    item: dict[str, Any] = {
        "id": own.key,
        "type": "webpage",
        "title": own.title,
        "author": [{"literal": own.author}] if own.author else [],
        "container-title": own.atlas,
        "version": own.version,
        "issued": {"date-parts": [[own.date.year, own.date.month, own.date.day]]} if own.date else {},
        "URL": own.address,
        "note": own.note,
    }
    return json.dumps([{key: value for key, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[OwnReference], str]] = {
    "page.bib": bibtex,
    "page.ris": ris,
    "page.csl.json": csl_json,
}
