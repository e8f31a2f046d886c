"""Entries of a BibTeX file as they are written, so that an import keeps the braces and accents that their authors chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.core.bibliography_format import SUFFIX, format_texts
from evidence_atlas.core.frontmatter import HIDDEN
from evidence_atlas.core.references import drop_unsafe_links
from evidence_atlas.sources.files import READERS
from indexed_bibtex.decoding import decode, line_feeds
from indexed_bibtex.entries import Abbreviations, Command, entry_of, parse
from indexed_bibtex.pieces import COMMENT, PREAMBLE, STRING, TEXT, split

# bibliographic facts; an abstract is its authors' text, and notes and files are their collector's
_KEPT = frozenset(
    (
        *("author", "editor", "title", "subtitle", "journal", "journaltitle", "booktitle", "series", "edition", "year", "date"),
        *("month", "volume", "number", "issue", "pages", "eid", "publisher", "address", "location", "institution", "school"),
        *("organization", "type", "howpublished", "doi", "pmid", "pmcid", "isbn", "issn", "eprint"),
        *("archiveprefix", "eprinttype", "url", "urldate", "language", SUFFIX),
    )
)


@dataclass(frozen=True, slots=True)
class Original:
    """An entry as a file has it."""

    command: Command

    def entry(self, key: str, letter: str = "") -> str:
        """Return the entry in the form of ``atlas references``.

        Args:
            key: Its key.
            letter: What tells its year apart from that of another work with the same names.
        """
        values: dict[str, str] = {}
        for part in self.command.fields:
            if (name := part.name.lower()) in _KEPT:
                as_written = part.parts == 1 and part.raw[:1] in {"{", '"'}
                values.setdefault(name, part.raw if as_written else f"{{{part.value}}}")
        if letter:
            values[SUFFIX] = f"{{{letter}}}"
        rows = "".join(f"{name} = {value},\n" for name, value in values.items())
        path = Path("entry.bib")
        return format_texts({path: f"@{self.command.type.lower()}{{{key},\n{rows}}}\n"})[path]

    def refusals(self) -> Iterator[str]:
        """Yield why it cannot be taken over."""
        if self.command.faults:
            yield f"it cannot be read: {self.command.faults[0].message}"
        entry = entry_of(self.command)[0]
        if "crossref" in entry.fields:
            yield "it takes fields from another entry by crossref; write them into it"
        if any(HIDDEN.search(part.value) for part in self.command.fields if part.name.lower() in _KEPT):
            yield "it holds a control character, or one that reorders text on the screen"
        if unsafe := drop_unsafe_links({self.command.key: entry}):
            yield f"it is unsafe: {unsafe[0].removesuffix('; it is left out.')}"


def originals(path: Path) -> dict[str, Original]:
    """Return the entries of a BibTeX file by their keys in lower case, of a repeated one the first; none of another format."""
    suffix = path.name.lower().rpartition(".")[2]
    if suffix in READERS and suffix != "bib":
        return {}
    text = line_feeds(decode(path.read_bytes())[0])
    found: dict[str, Original] = {}
    strings = Abbreviations()
    for piece in split(text):
        if piece.kind in {TEXT, COMMENT}:
            continue
        command = parse(text, piece, strings)
        if piece.kind not in {STRING, PREAMBLE} and command.key:
            found.setdefault(command.key.casefold(), Original(command))
    return found
