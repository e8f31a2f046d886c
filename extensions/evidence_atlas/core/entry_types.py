"""What an entry type of BibTeX is in other formats: one row for each type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenUrl:
    """How the registry of OpenURL (Z39.88-2004) describes a work.

    Attributes:
        form: The matrix of keys.
        genre: The genre within it; empty where the matrix has none.
        title: The key of the title.
        container: The key of what the work stands in; empty where it stands alone.
    """

    form: str
    genre: str
    title: str
    container: str = ""


@dataclass(frozen=True, slots=True)
class EntryType:
    """A type of work.

    Attributes:
        ris: Its type in RIS (the specification of 2011).
        csl: Its type in CSL 1.0.2.
        openurl: Its description in OpenURL.
        schema: Its class in schema.org.
    """

    ris: str
    csl: str
    openurl: OpenUrl
    schema: str = "CreativeWork"


_ARTICLE = OpenUrl("journal", "article", "atitle", "jtitle")
_BOOK = OpenUrl("book", "book", "btitle")
_DOCUMENT = OpenUrl("book", "document", "btitle")
_PART = OpenUrl("book", "bookitem", "atitle", "btitle")
_REPORT = OpenUrl("book", "report", "btitle")
_THESIS = OpenUrl("dissertation", "", "title", "inst")

OTHER = EntryType("GEN", "document", _DOCUMENT)
TYPES = {
    "article": EntryType("JOUR", "article-journal", _ARTICLE, "ScholarlyArticle"),
    "book": EntryType("BOOK", "book", _BOOK, "Book"),
    "booklet": EntryType("PAMP", "pamphlet", _DOCUMENT, "Book"),
    "inbook": EntryType("CHAP", "chapter", _PART, "Chapter"),
    "incollection": EntryType("CHAP", "chapter", _PART, "Chapter"),
    "inproceedings": EntryType(
        "CPAPER", "paper-conference", OpenUrl("book", "proceeding", "atitle", "btitle"), "ScholarlyArticle"
    ),
    "proceedings": EntryType("CONF", "book", OpenUrl("book", "conference", "btitle"), "Book"),
    "phdthesis": EntryType("THES", "thesis", _THESIS, "Thesis"),
    "mastersthesis": EntryType("THES", "thesis", _THESIS, "Thesis"),
    "thesis": EntryType("THES", "thesis", _THESIS, "Thesis"),
    "techreport": EntryType("RPRT", "report", _REPORT, "Report"),
    "report": EntryType("RPRT", "report", _REPORT, "Report"),
    "manual": EntryType("BOOK", "book", _BOOK, "Book"),
    "online": EntryType("ELEC", "webpage", _DOCUMENT, "WebPage"),
    "unpublished": EntryType("UNPB", "manuscript", OpenUrl("journal", "preprint", "atitle", "jtitle"), "ScholarlyArticle"),
    "dataset": EntryType("DATA", "dataset", _DOCUMENT, "Dataset"),
}


def type_of(name: str) -> EntryType:
    """Return what an entry type is elsewhere; the most general for one that is not known."""
    return TYPES.get(name, OTHER)
