"""The bibliography: BibTeX files in, plain references out."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pybtex.database import Entry, Person

from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.links import unsafe_scheme
from indexed_bibtex.names import PlainPerson
from indexed_bibtex.reader import read_bibtex
from indexed_bibtex.store import Entries, entry_digest

UNDATED = "undated"  # stands for the year of a work that states none
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S*[^\s.])$", re.IGNORECASE)
_IN_PATHS = "/:;()@!$&'*+,=~"  # marks that stand in the path of an address as they are; old DOIs have others too
_MARKUP = re.compile(r"\\|\$|~|--|``|''")
_DOTLESS = re.compile(r"""(\\['`^"~=.])\s*\{?\s*\\([ij])(?![A-Za-z])\s*\}?""")
_PERCENT = re.compile(r"(?<!\\)%")
_VERBATIM = frozenset({"pages", "doi", "url", "pmid", "pmcid", "eprint"})
_PAGES = re.compile(r"\s*([^\s,–—-]+)\s*(?:--?-?|–|—)\s*([^\s,–—-]+)\s*")
_YEAR = re.compile(r"[0-9]{4}")
_LONGEST_YEAR = 4  # digits
_ESCAPABLE = "_%&#~$"
_ESCAPED = re.compile(r"\\([_%&#~$])")
_HREF = re.compile(r"\\href\s*\{[^{}]*\}\s*(\{[^{}]*\})")
# commands that formatting styles turn into links, and those of them whose address is plainly of the web
_LINK = re.compile(r"\\(?:url|href)(?![A-Za-z])[^}]*")
# a source without these has no link of an unsafe kind
# one set of first characters, so that the search leaps from one to the next
_LINKING = re.compile(
    r"[\\uU](?:(?<=\\)(?:[uU][rR][lL]|[hH][rR][eE][fF])|(?<!\\)[rR][lL]\s*+=\s*+(?![{\"]\s*+[hH][tT][tT][pP][sS]?://))"
)
_ARGUMENT = re.compile(r"\\(?:url|href)\s*\{\s*")
_WEB_LINK = re.compile(r"\\(?:url|href)\s*\{\s*https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A person, or a group that stands as an author.

    Attributes:
        family: Family name, or the whole name of a group.
        given: Given names; empty for a group.
        particle: What stands before the family name, such as "van der".
        suffix: What stands after it, such as "Jr".
        literal: Whether this is a group.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: bool = False

    @property
    def sorted_form(self) -> str:
        """The name as "van der Berg, Anna, Jr"."""
        if self.given and not (self.particle or self.suffix):
            return f"{self.family}, {self.given}" if self.family else self.given
        parts = [" ".join(part for part in (self.particle, self.family) if part), self.given, self.suffix]
        return ", ".join(part for part in parts if part)

    @property
    def display_form(self) -> str:
        """The name as "Anna van der Berg Jr"."""
        return " ".join(part for part in (self.given, self.particle, self.family, self.suffix) if part)


@dataclass(frozen=True)
class Reference:
    """One work of the bibliography, its markup decoded to Unicode.

    Attributes:
        key: Its key in the file.
        type: The BibTeX entry type, lower case.
        authors: In the order of the file.
        abridged: Whether the source's list of authors ends in "and others".
        fields: The other fields, by lower-case name, as text.
        entry: The entry as pybtex holds it, for its formatting styles.
    """

    key: str
    type: str
    authors: tuple[Name, ...]
    abridged: bool
    fields: Mapping[str, str]
    entry: Entry = field(repr=False, compare=False)

    @property
    def title(self) -> str:
        """The title without its last full stop."""
        title = self.fields.get("title", "")
        return title[:-1] if title.endswith(".") and not title.endswith("..") else title

    @property
    def year(self) -> str:
        """The year, as the file has it."""
        return self.fields.get("year", "") or self.fields.get("date", "")[:4]

    @property
    def year_number(self) -> int | None:
        """The year as a number; None where it is no year, as :func:`as_year` says."""
        return as_year(self.year)

    @property
    def container(self) -> str:
        """The journal, book or publisher in which the work stands."""
        for name in ("journal", "journaltitle", "booktitle", "publisher", "institution", "school"):
            if name in self.fields:
                return self.fields[name]
        return ""

    @functools.cached_property
    def doi(self) -> str:
        """The DOI in lower case, since DOIs know no case; empty where there is none or it is malformed."""
        return normal_doi(self.fields.get("doi", ""))

    @property
    def issue(self) -> str:
        """The issue of a journal, which BibTeX calls its number."""
        return self.fields.get("number", "") or self.fields.get("issue", "")

    @property
    def pmid(self) -> str:
        """The PubMed identifier, digits only."""
        return _pmid(self.fields)

    @property
    def url(self) -> str:
        """Where the work can be found: its DOI's address, else a web address of the entry, else empty."""
        if self.doi:
            return f"https://doi.org/{quote(self.doi, safe=_IN_PATHS)}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        url = self.fields.get("url", "")
        return url if url.lower().startswith(("https://", "http://")) else ""

    def byline(self, most: int = 8, last: str = "{names} and {last}", others: str = "{names} and {number} others") -> str:
        """Return the authors for reading.

        Args:
            most: The most names; more are counted. "et al." stands where the source itself is abridged.
            last: How the last name follows the others.
            others: How names are followed by the number of those that are left out.
        """
        names = [name.display_form for name in self.authors]
        if self.abridged:
            return f"{', '.join(names[: most - 2])} et al."
        if len(names) > most:
            return others.format(names=", ".join(names[: most - 2]), number=len(names) - most + 2)
        return last.format(names=", ".join(names[:-1]), last=names[-1]) if names[1:] else "".join(names)

    def as_data(self) -> dict[str, object]:
        """Return the reference as plain data for ``record.json``."""
        authors = [
            {k: v for k, v in (("family", n.family), ("given", n.given), ("particle", n.particle), ("suffix", n.suffix)) if v}
            for n in self.authors
        ]
        return {
            "key": self.key,
            "type": self.type,
            "authors": authors,
            **({"authors-abridged": True} if self.abridged else {}),
            **dict(sorted(self.fields.items())),
        }


def pages(work: Reference) -> tuple[str, str]:
    """Return first and last page; an article number or a list of pages is a first page alone."""
    match = _PAGES.fullmatch(work.fields.get("pages", ""))
    return (match[1], match[2]) if match else (work.fields.get("pages", ""), "")


def _pmid(fields: Mapping[str, str]) -> str:
    value = fields.get("pmid", "").strip()
    return value if value.isascii() and value.isdecimal() else ""


@dataclass(frozen=True, slots=True)
class Identifiers:
    """By what others know a work.

    Attributes:
        doi: Its DOI in lower case, or empty.
        pmid: Its PubMed identifier, or empty.
    """

    doi: str
    pmid: str

    @property
    def name(self) -> str:
        """The one under which the atlas keeps what it hears of the work: the DOI, else ``pmid:`` and digits, else empty."""
        return self.doi or (f"pmid:{self.pmid}" if self.pmid else "")


def normal_doi(text: str) -> str:
    """Return the DOI that a text is, in lower case and without the address before it; empty where it is none."""
    match = _DOI.match(text.strip())
    return match[1].lower() if match else ""


class Bibliography(Mapping[str, Reference]):
    """References by key; each is decoded when it is first asked for.

    Args:
        entries: The entries as pybtex holds them.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._cache: dict[str, Reference] = {}

    def __getitem__(self, key: str) -> Reference:
        if key not in self._cache:
            self._cache[key] = reference(key, self._entries[key])
        return self._cache[key]

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def digest(self, key: str) -> str:
        """Return a digest of all that a reference states; empty where there is none of that key."""
        if key not in self._entries:
            return ""
        return self._entries.digest(key) if isinstance(self._entries, Entries) else entry_digest(self._entries[key])

    def written(self, names: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Return some fields of all works by key, as the files have them; found without decoding the works.

        Args:
            names: The fields' names, in lower case.
        """
        if isinstance(self._entries, Entries):
            return self._entries.written(names)
        return {
            key: {name.lower(): value for name, value in entry.fields.items() if name.lower() in names}
            for key, entry in self._entries.items()
        }

    @functools.cached_property
    def identifiers(self) -> Mapping[str, Identifiers]:
        """The identifiers of all works by key, found without decoding them."""
        rows = self.written(("doi", "pmid"))
        plain = {key: {name: _field(name, value) for name, value in row.items()} for key, row in rows.items()}
        return {key: Identifiers(normal_doi(fields.get("doi", "")), _pmid(fields)) for key, fields in plain.items()}

    @functools.cached_property
    def years(self) -> Mapping[str, str]:
        """The year of each work, as it states it; a work is decoded only where its year is not plainly written."""
        rows = self.written(("year", "crossref"))
        plain = {key: row.get("year", "").strip() for key, row in rows.items() if "crossref" not in row}
        return {key: plain[key] if _YEAR.fullmatch(plain.get(key, "")) else self[key].year for key in rows}

    def with_doi(self, dois: Collection[str]) -> dict[str, str]:
        """Return the keys of the references that have one of these DOIs, with the DOI.

        Args:
            dois: In lower case.
        """
        if not dois:
            return {}
        escaped = ("".join(rf"\\?{re.escape(mark)}" if mark in _ESCAPABLE else re.escape(mark) for mark in doi) for doi in dois)
        mentioned = _may_match(self._entries, re.compile("|".join(escaped), re.IGNORECASE))
        return {key: self[key].doi for key in mentioned if self[key].doi in dois}


def _may_match(entries: Mapping[str, Entry], pattern: re.Pattern[str]) -> Iterable[str]:
    """Return the keys of the entries that may hold a text, without reading those that plainly do not."""
    return entries.may_match(pattern) if isinstance(entries, Entries) else entries


def _unsafe_command(link: str) -> bool:
    return link.startswith("\\") and not _WEB_LINK.match(link)


def drop_unsafe_links(entries: Mapping[str, Entry], keys: Iterable[str] | None = None) -> list[str]:
    """Delete every field that a formatting style would turn into a link of an unsafe kind.

    Args:
        entries: Where to delete them.
        keys: The entries to look at, unless all of them.

    Returns:
        A message for each field that was deleted.
    """
    messages = []
    wanted = None if keys is None else set(keys)
    for key in _may_match(entries, _LINKING):
        if wanted is not None and key not in wanted:
            continue
        entry = entries[key]
        for name, value in list(entry.fields.items()):
            links = [value] if name.lower() == "url" else _LINK.findall(value)
            if unsafe := [link for link in links if (name.lower() == "url" and unsafe_scheme(link)) or _unsafe_command(link)]:
                scheme = unsafe_scheme(_ARGUMENT.sub("", unsafe[0]))
                what = f"begins with '{scheme}:'" if scheme else "is not plainly of the web"
                messages.append(f"The field {name!r} of {key!r} holds a link that {what}; it is left out.")
                del entry.fields[name]
    return messages


def load_bibliography(paths: Sequence[Path]) -> tuple[Bibliography, list[Finding]]:
    """Read BibTeX files.

    Args:
        paths: Files in the order in which they count; a key that stands in two files keeps its first entry.

    Returns:
        The references that can be read, and what is wrong with the files.
    """
    read = read_bibtex(paths)
    findings = [Finding(str(found.file), found.line, Code.BIBLIOGRAPHY, found.message) for found in read.problems]
    for path, keys in read.keys.items():
        findings += [Finding(str(path), 1, Code.UNSAFE_LINK, message) for message in drop_unsafe_links(read.data.entries, keys)]
    return Bibliography(read.data.entries), findings


def as_year(text: str) -> int | None:
    """Return a year as a number; None of what is not one to four digits, which no list or chart could place."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_YEAR else None


def plain(value: str) -> str:
    """Return BibTeX markup as Unicode text: accents decoded, braces and line breaks gone."""
    if not _MARKUP.search(value):
        value = value.replace("{", "").replace("}", "")
    elif not _MARKUP.search(_ESCAPED.sub("", value)):
        value = _ESCAPED.sub(r"\1", value).replace("{", "").replace("}", "")
    else:
        # BibTeX knows no comments, and dotless letters below an accent are dotted in Unicode
        source = _DOTLESS.sub(r"\1{\2}", _PERCENT.sub(r"\%", value))
        value = _decode(source)
    return " ".join(value.split())


def _decode(source: str) -> str:
    try:
        text: str = _latex_to_text().latex_to_text(_HREF.sub(r"\1", source))
    except Exception:  # noqa: BLE001  (the decoder fails in many ways on what is not LaTeX; the text is kept without its braces)
        return source.replace("{", "").replace("}", "")
    return text


@functools.cache
def _latex_to_text() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    known = get_default_latex_context_db()
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # what it cannot decode is no news to a contributor
    # what it lacks of PubMed's exports, and commands whose text it drops
    symbols = {"textless": "<", "textgreater": ">", "textbar": "|", "textunderscore": "_"}
    specs = [MacroTextSpec(name, text) for name, text in symbols.items()]
    specs += [
        MacroTextSpec(name, discard=False)
        for name in ("mbox", "texttt", "textsf", "textmd", "textsuperscript", "textsubscript", "ensuremath")
    ]
    known.add_context_category("bibliography", macros=specs, prepend=True)
    return LatexNodes2Text(known, math_mode="text", keep_comments=False, strict_latex_spaces=True)


def _field(name: str, value: str) -> str:
    """Return a field as text; addresses and identifiers hold no LaTeX but the escapes that BibTeX programs add."""
    return _ESCAPED.sub(r"\1", value).strip() if name in _VERBATIM else plain(value)


def reference(key: str, entry: Entry) -> Reference:
    """Decode one entry."""
    people = list(entry.persons.get("author", ())) or list(entry.persons.get("editor", ()))
    names = [_name(person) for person in people]
    others = [name for name in names if not (name.family == "others" and not name.given)]
    fields = {name.lower(): _field(name.lower(), value) for name, value in entry.fields.items()}
    return Reference(key, entry.type.lower(), tuple(others), len(others) < len(names), fields, entry)


def _name(person: Person) -> Name:
    if isinstance(person, PlainPerson):
        return Name(" ".join(person.last_names), " ".join(person.first_names + person.middle_names))
    family = plain(" ".join(person.last_names))
    given = plain(" ".join(person.first_names + person.middle_names))
    particle, suffix = plain(" ".join(person.prelast_names)), plain(" ".join(person.lineage_names))
    literal = len(person.last_names) == 1 and person.last_names[0].startswith("{") and not given
    return Name(family, given, particle, suffix, literal)
