"""``atlas references``: bibliography files in their one form, and letters for works that share a label.

The form leaves nothing to taste, so that a change of a file shows what changed in the works. What it cannot keep, it
does not touch: such a file is refused as a whole.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product, zip_longest
from pathlib import Path
from string import ascii_lowercase

from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.references import Bibliography, Reference
from evidence_atlas.core.settings import find_project, find_sources
from indexed_bibtex.decoding import decode, line_feeds
from indexed_bibtex.entries import Abbreviations, Command, Field, parse
from indexed_bibtex.pieces import COMMENT, PREAMBLE, STRING, TEXT, split
from indexed_bibtex.reader import Read, parse_bibtex

SUFFIX = "year-suffix"  # the variable of CSL
_FIRST = (
    *("author", "editor", "title", "journal", "booktitle", "publisher", "year", SUFFIX),
    *("volume", "number", "pages", "doi", "pmid", "pmcid", "url"),
)
_PLACE = {name: place for place, name in enumerate(_FIRST)}
_WIDTH = 8  # of a field's name; a longer one pushes its value to the right and moves no other
_NOT_KEPT = {STRING: "@string", PREAMBLE: "@preamble", COMMENT: "@comment", TEXT: "text after its first entry"}


def ambiguous(bibliography: Mapping[str, Reference]) -> dict[str, str]:
    """Return the works that need a letter after their year, with the letter that is free for each.

    Works of the same year need letters where their names read alike: one or two family names, or the first with
    "et al.". A letter that stands is never proposed for another work, nor is another proposed in its place, unless a
    work before it has the same.

    Args:
        bibliography: The works by key.

    Returns:
        Letters by key, in the order of the keys.
    """
    groups: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for key in sorted(bibliography, key=in_order):
        work = bibliography[key]
        if work.authors and work.year:
            groups[_names(work), work.year].append(work)
    letters: dict[str, str] = {}
    for works in groups.values():
        if len(works) > 1:
            letters |= _letters(works)
    return dict(sorted(letters.items(), key=lambda pair: in_order(pair[0])))


def format_texts(texts: Mapping[Path, str]) -> dict[Path, str]:
    """Return the contents of bibliography files in their one form, with the letters that works need.

    Args:
        texts: The contents by file; works are told apart across all of them.

    Raises:
        ValueError: A file has a mistake, or holds what the form has no place for; or two works have the same letter.
    """
    read = parse_bibtex(texts)
    if read.problems:
        first, more = read.problems[0], len(read.problems) - 1
        rest = f" There {'is 1 other problem' if more == 1 else f'are {more} other problems'}." if more else ""
        raise ValueError(f"{first.file}:{first.line}: {first.message}{rest} Nothing was changed.")
    needed = _needed(read)
    letters = {path: {key: needed[key] for key in keys if key in needed} for path, keys in read.keys.items()}
    return {path: _formatted(path, line_feeds(text), letters[path]) for path, text in texts.items()}


def format_files(files: Sequence[Path], *, check: bool = False) -> list[Finding]:
    """Put bibliography files into their one form.

    Args:
        files: The files.
        check: Whether to leave them as they are.

    Returns:
        For each file that was not in the form, a finding at its first line that differs.

    Raises:
        OSError: A file cannot be read or written.
        ValueError: A file is refused; then none is changed.
    """
    before = {path: path.read_bytes() for path in files}
    after = format_texts({path: _text(path, data) for path, data in before.items()})
    findings = []
    for path, text in after.items():
        # git may have checked the file out with the line ends of Windows, and that is no change of it
        data = (text.replace("\n", "\r\n") if b"\r\n" in before[path] else text).encode()
        if data != before[path]:
            message = "The file is not in the form that `atlas references` gives it: this is the first line that differs."
            findings.append(Finding(str(path), _first_difference(before[path], data), Code.BIBLIOGRAPHY, message))
            if not check:
                write(path, data)
    return findings


def files_of_atlas(start: Path) -> list[Path]:
    """Return the bibliography files of the atlas to which a folder belongs, as seen from the current folder.

    Raises:
        ValueError: There is no atlas, or it has no bibliography.
    """
    project, _findings = find_project(find_sources(start))
    if not project.bibliography:
        raise ValueError("the atlas has no bibliography file")
    here = Path.cwd()
    return [path.relative_to(here) if path.is_relative_to(here) else path for path in project.bibliography]


def write(path: Path, data: bytes) -> None:
    """Replace a file's content, whole or not at all.

    Args:
        path: The file; of a link, what it leads to is replaced.
        data: Its new content.

    Raises:
        OSError: It cannot be written; then it is as before.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_changed(path: Path, text: str) -> None:
    """Make a file, or replace its content where that differs, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    if not path.exists():
        path.touch()
    if path.read_bytes() != (data := text.encode()):
        write(path, data)


# -- letters -----------------------------------------------------------------------------------------------


def _names(work: Reference) -> str:
    """Return the names of a label, as they are shown: composed and decomposed letters look the same."""
    names = [" ".join(filter(None, (name.particle, name.family))) for name in work.authors]
    shown = f"{names[0]} et al." if work.abridged or len(names) > 2 else " and ".join(names)  # noqa: PLR2004  (two are named)
    return unicodedata.normalize("NFC", shown)


def _letters(works: Sequence[Reference]) -> dict[str, str]:
    """Return letters for those works of one label that have none, or one that a work before them has."""
    standing = [work.fields.get(SUFFIX, "").casefold() for work in works]
    taken = set(standing)
    free = (letter for letter in _alphabet() if letter not in taken)
    return {work.key: next(free) for n, work in enumerate(works) if not standing[n] or standing[n] in standing[:n]}


def _alphabet() -> Iterator[str]:
    """Yield a to z, then aa, ab and so on."""
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            yield "".join(letters)


def _needed(read: Read) -> dict[str, str]:
    """Return the letters that works lack.

    Raises:
        ValueError: Two works of one label have the same letter; which of them keeps it is not for a program to say.
    """
    bibliography = Bibliography(read.data.entries)
    letters = ambiguous(bibliography)
    for key, letter in letters.items():
        if standing := bibliography[key].fields.get(SUFFIX, ""):
            shown = f"{_names(bibliography[key])} {bibliography[key].year}{standing}"
            raise ValueError(
                f"{key!r} and another work are both {shown!r}: give it the {SUFFIX} {letter!r}. Nothing was changed."
            )
    return letters


# -- form --------------------------------------------------------------------------------------------------


def in_order(key: str) -> tuple[str, str]:
    """Return what keys are sorted by."""
    return key.casefold(), key


def _text(path: Path, data: bytes) -> str:
    """Return the text of a file.

    Raises:
        ValueError: It is not UTF-8.
    """
    text, line, message = decode(data)
    if message or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{path}:{line}: {message or 'The file is in UTF-16.'} Save it as UTF-8 first. Nothing was changed.")
    return text


def _formatted(path: Path, text: str, letters: Mapping[str, str]) -> str:
    """Return one file in the form."""
    lead, entries = "", dict[str, str]()
    strings = Abbreviations()
    for piece in split(text):
        if piece.kind == TEXT and not entries:
            lead = text[: piece.end].lstrip("\n").rstrip() + "\n"
        elif piece.kind in _NOT_KEPT:
            raise ValueError(
                f"{path}:{piece.line}: The file holds {_NOT_KEPT[piece.kind]}, which cannot be kept. Nothing was changed."
            )
        else:
            command = parse(text, piece, strings)
            entries[command.key] = _entry(command, letters.get(command.key, ""))
    return "\n".join(filter(None, [lead, *(entries[key] for key in sorted(entries, key=in_order))]))


def _entry(command: Command, letter: str) -> str:
    values = {field.name: _value(field) for field in command.fields if not (letter and field.name.lower() == SUFFIX)}
    if letter:
        values[SUFFIX] = f"{{{letter}}}"
    names = sorted(values, key=lambda name: (_PLACE.get(name.lower(), len(_FIRST)), name.lower()))
    rows = ",\n".join(f"  {name:<{_WIDTH}} = {values[name]}" for name in names)
    return f"@{command.type}{{{command.key},\n{rows}\n}}\n" if rows else f"@{command.type}{{{command.key},\n}}\n"


def _value(field: Field) -> str:
    """Return a value in braces; an abbreviation and what ``#`` joins stay as they are."""
    if field.parts > 1 or not re.match(r'[{"0-9]', field.raw):
        return field.raw
    return field.raw if field.raw.startswith("{") else f"{{{field.value}}}"


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = zip_longest(one.splitlines(keepends=True), other.splitlines(keepends=True))
    return next((line for line, (left, right) in enumerate(pairs, 1) if left != right), 1)
