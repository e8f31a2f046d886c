"""Files of references as works: BibTeX, RIS, PubMed's .nbib and XML, CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import rispy

from evidence_atlas.core.citation import ABRIDGED
from evidence_atlas.core.references import Bibliography, Name, Reference, normal_doi
from evidence_atlas.sources.client import json_of, xml_of
from evidence_atlas.sources.pubmed import LINKS, works
from evidence_atlas.sources.services import SourceError
from evidence_atlas.sources.text import clean, date_of, pmcid_of, pmid_of, spoken_date, title_of, whole_pages
from evidence_atlas.sources.work import Link, Work

MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds.

    Attributes:
        works: In the order of the file.
        problems: What could not be read, a sentence each.
    """

    works: tuple[Work, ...]
    problems: tuple[str, ...] = ()


def read_file(path: Path) -> Contents:
    """Read a file of references, of the format that its name or its beginning tells.

    Raises:
        OSError: It cannot be opened.
        SourceError: It is of no known format, or cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(f"{path} is larger than {MOST_BYTES // 1024**2} MB.")
    return read_data(path.read_bytes(), path.name)


def read_data(data: bytes, name: str) -> Contents:
    """Read references.

    Args:
        data: A file's content.
        name: Its name, which may tell the format, and which errors give.

    Raises:
        SourceError: It is of no known format, or cannot be read.
    """
    suffix = name.lower().rpartition(".")[2]
    reader = READERS.get(suffix) or _by_beginning(data)
    if reader is None:
        raise SourceError(f"{name} is no file of references: {', '.join(f'.{suffix}' for suffix in READERS)} can be read.")
    try:
        contents = reader(data, name)
    except SourceError:
        raise
    except ValueError as error:
        raise SourceError(f"{name} cannot be read: {str(error).rstrip('.')}.") from None
    if not contents.works:
        raise SourceError(
            f"{name} holds no reference that can be read{f': {contents.problems[0]}' if contents.problems else '.'}"
        )
    return contents


def work_of_reference(reference: Reference, source: str = "") -> Work:
    """Return the work that an entry of a bibliography describes; its key is among its identifiers."""
    fields = reference.fields
    return Work(
        title=reference.title,
        authors=reference.authors,
        abridged=reference.abridged,
        kind=reference.type,
        journal=reference.container,
        date=reference.year if fields.get("year") else fields.get("date", ""),
        volume=fields.get("volume", ""),
        issue=fields.get("number", "") or fields.get("issue", ""),
        pages=re.sub(r"\s*-+\s*", "-", fields.get("pages", "")),
        doi=reference.doi,
        pmid=reference.pmid,
        pmcid=pmcid_of(fields.get("pmcid", "")),
        url=reference.url if not reference.doi and not reference.pmid else "",
        abstract=clean(fields.get("abstract")),
        language=fields.get("language", ""),
        identifiers={"key": reference.key},
        source=source,
    )


def _by_beginning(data: bytes) -> Callable[[bytes, str], Contents] | None:
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:400]
    marks = ((b"TY  -", "ris"), (b"PMID-", "nbib"), (b"<?xml", "xml"), (b"<Pubmed", "xml"), (b"[", "json"), (b"{", "json"))
    known = next((suffix for mark, suffix in marks if start.startswith(mark)), "bib" if b"@" in start else "")
    return READERS.get(known)


def _text(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
            except UnicodeDecodeError as error:
                raise ValueError(f"it is not {encoding.removesuffix('-sig').upper()} (byte {error.start + 1})") from None
    raise AssertionError  # every data begins with nothing


def _bib(data: bytes, name: str) -> Contents:
    from indexed_bibtex.reader import parse_bibtex

    read = parse_bibtex({Path(name): _text(data)})
    problems = tuple(f"Line {problem.line}: {problem.message}" for problem in read.problems)
    return Contents(tuple(work_of_reference(one, name) for one in Bibliography(read.data.entries).values()), problems)


def _xml(data: bytes, name: str) -> Contents:
    return Contents(tuple(works(xml_of(data), name)))


# -- RIS ---------------------------------------------------------------------------------------------------

_MORE = frozenset({"et al", "others", "and others"})
_RIS_KINDS = {
    "BOOK": "book",
    "CHAP": "incollection",
    "CONF": "inproceedings",
    "CPAPER": "inproceedings",
    "RPRT": "techreport",
    "THES": "phdthesis",
    "UNPB": "misc",
    "GEN": "misc",
    "ELEC": "misc",
}


def _ris(data: bytes, name: str) -> Contents:
    try:
        records: list[dict[str, Any]] = rispy.loads(_text(data))
    except (KeyError, TypeError, AttributeError, IndexError, OSError, rispy.parser.ParseError) as error:
        raise ValueError(f"it is no RIS ({type(error).__name__})") from None
    return Contents(tuple(_ris_work(record, name) for record in records))


def _ris_work(record: dict[str, Any], name: str) -> Work:
    def first(*names: str) -> str:
        values = (record.get(name) for name in names)
        return next((text for value in values if (text := clean(value[0] if isinstance(value, list) and value else value))), "")

    authors = record.get("authors") or record.get("first_authors") or []
    pages = "-".join(filter(None, (first("start_page"), first("end_page"))))
    links = [clean(url) for key in ("urls", "url", "link1", "link2") for url in _listed(record.get(key))]
    return Work(
        title=title_of(first("title", "primary_title")),
        authors=tuple(filter(None, map(_name, _listed(authors)))),
        abridged=_is_abridged(authors, record.get("notes")),
        kind=_RIS_KINDS.get(first("type_of_reference"), "article"),
        journal=first("journal_name", "secondary_title", "alternate_title3", "alternate_title1", "publisher"),
        date=spoken_date(first("date")) or spoken_date(first("year", "publication_year")),
        volume=first("volume"),
        issue=first("number", "issue"),
        pages=pages,
        doi=normal_doi(first("doi")) or next((doi for url in links if (doi := normal_doi(url))), ""),
        pmid=pmid_of(first("accession_number")) if "pubmed" in first("name_of_database", "database_provider").lower() else "",
        url=next((url for url in links if url.startswith(("https://", "http://"))), ""),
        abstract=first("abstract", "notes_abstract"),
        language=first("language"),
        identifiers={"key": identifier} if (identifier := first("id")) else {},
        source=name,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _is_abridged(authors: Any, notes: Any) -> bool:
    """Whether a list of authors ends in a name such as "et al.", or a note says that there are more."""
    return any(clean(name).lower().strip(".") in _MORE for name in _listed(authors)) or ABRIDGED in map(clean, _listed(notes))


def _name(value: Any) -> Name | None:
    """Return the name that "Family, Given, Suffix" tells; without a comma it is that of a group."""
    parts = [part.strip() for part in clean(value).split(",")]
    if not parts[0] or clean(value).lower().strip(".") in _MORE:
        return None
    if len(parts) == 1:
        return Name(parts[0], literal=True)
    return Name(parts[0], parts[1], suffix=" ".join(parts[2:]))


# -- PubMed's .nbib ----------------------------------------------------------------------------------------

_NBIB_LINKS = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedAndRepublishedFrom",
    "CRI": "CorrectedAndRepublishedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
_ONCE = ("PMID", "TI", "VI", "IP", "PG", "DP", "DEP", "JT", "TA", "AB", "LA", "PMC", "BTI")
_MANY = ("FAU", "AU", "CN", "PT", "MH", "LID", "AID", *_NBIB_LINKS)


class _Nbib(rispy.RisParser):  # type: ignore[misc]
    """Reads the tagged lines of PubMed, whose tags are longer than those of RIS and whose records end at an empty line."""

    START_TAG = "PMID"
    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {tag: tag for tag in (*_ONCE, *_MANY, "UK")}
    DEFAULT_LIST_TAGS: ClassVar[list[str]] = list(_MANY)
    DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}

    def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
        """Return tag and content of a line; a line without a tag goes on with the one before."""
        if re.match(r"[A-Z]{2,4} *- ", line[:6]):
            return line[:4].strip(), line[6:].strip()
        return None, line.strip()


def _nbib(data: bytes, name: str) -> Contents:
    chunks = re.split(r"\n[ \t]*\n+", _text(data).strip("\n"))
    parser = _Nbib(skip_unknown_tags=True)
    records = [record for chunk in chunks for record in parser.parse(f"{chunk}\nER  - ")]
    return Contents(tuple(_nbib_work(record, name) for record in records))


def _nbib_work(record: dict[str, Any], name: str) -> Work:
    doi = next((text[:-6] for text in (*record.get("LID", ()), *record.get("AID", ())) if text.endswith(" [doi]")), "")
    names = record.get("FAU") or record.get("AU") or ()
    persons = [_name(text if "," in text else text.replace(" ", ", ", 1)) for text in names]
    groups = [Name(text, literal=True) for value in record.get("CN", ()) if (text := clean(value))]
    types, published = tuple(map(clean, record.get("PT", ()))), clean(record.get("DEP"))
    links = [(LINKS[_NBIB_LINKS[tag]], value) for tag in _NBIB_LINKS for value in record.get(tag, ())]
    return Work(
        title=title_of(record.get("TI") or record.get("BTI")),
        authors=(*filter(None, persons), *groups),
        kind="misc" if "Preprint" in types else "article",
        journal=clean(record.get("JT") or record.get("TA")),
        date=spoken_date(record.get("DP")) or date_of(published[:4], published[4:6], published[6:]),
        volume=clean(record.get("VI")),
        issue=clean(record.get("IP")),
        pages=whole_pages(clean(record.get("PG"))),
        doi=normal_doi(clean(doi)),
        pmid=pmid_of(record.get("PMID")),
        pmcid=pmcid_of(record.get("PMC")),
        abstract=clean(record.get("AB")),
        publication_types=types,
        subjects=tuple(clean(value).replace("*", "").partition("/")[0] for value in record.get("MH", ())),
        language=clean(record.get("LA")),
        updated_by=tuple(_nbib_link(kind, value) for (kind, by_other), value in links if by_other),
        update_to=tuple(_nbib_link(kind, value) for (kind, by_other), value in links if not by_other),
        source=name,
    )


def _nbib_link(kind: str, value: str) -> Link:
    place, _mark, pmid = clean(value).partition(" PMID: ")
    after = place.partition("doi: ")[2].split()
    return Link(kind, normal_doi(after[0].rstrip(".;")) if after else "", pmid_of(pmid), "", place)


# -- CSL-JSON ----------------------------------------------------------------------------------------------

_CSL_KINDS = {
    "article": "misc",
    "book": "book",
    "chapter": "incollection",
    "manuscript": "misc",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
    "webpage": "misc",
}


def _csl(data: bytes, name: str) -> Contents:
    value = json_of(_text(data).encode())
    items: Iterable[Any] = value.get("items", [value]) if isinstance(value, dict) else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError("it is no CSL-JSON, which is a list of items")
    return Contents(tuple(_csl_work(item, name) for item in items))


def _csl_work(item: dict[str, Any], name: str) -> Work:
    return Work(
        title=title_of(item.get("title")),
        authors=tuple(_csl_names(item.get("author"))),
        abridged=ABRIDGED in clean(item.get("note")),
        kind=_CSL_KINDS.get(clean(item.get("type")), "article"),
        journal=clean(item.get("container-title")) or clean(item.get("publisher")),
        date=_csl_date(item.get("issued")),
        volume=clean(item.get("volume")),
        issue=clean(item.get("issue")),
        pages=clean(item.get("page")) or clean(item.get("number")),
        doi=normal_doi(clean(item.get("DOI"))),
        pmid=pmid_of(item.get("PMID")),
        pmcid=pmcid_of(item.get("PMCID")),
        url=clean(item.get("URL")),
        abstract=clean(item.get("abstract")),
        language=clean(item.get("language")),
        identifiers={"key": key} if (key := clean(item.get("citation-key")) or clean(item.get("id"))) else {},
        source=name,
    )


def _csl_names(value: Any) -> Iterator[Name]:
    for person in value if isinstance(value, list) else ():
        if not isinstance(person, dict):
            continue
        family, group = clean(person.get("family")), clean(person.get("literal"))
        if family:
            before = (person.get("dropping-particle"), person.get("non-dropping-particle"))
            particle = " ".join(filter(None, map(clean, before)))
            yield Name(family, clean(person.get("given")), particle, clean(person.get("suffix")))
        elif group:
            yield Name(group, literal=True)


def _csl_date(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return date_of(*first[:3])
    return spoken_date(value.get("raw") or value.get("literal"))


READERS: dict[str, Callable[[bytes, str], Contents]] = {
    "bib": _bib,
    "ris": _ris,
    "nbib": _nbib,
    "json": _csl,
    "xml": _xml,
}
