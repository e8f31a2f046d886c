"""What sources write, as plain text: without markup, with dates and identifiers in one form."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata

from evidence_atlas.core.frontmatter import HIDDEN

_TAG = re.compile(r"</?(?:[a-z]+:)?[a-z][\w.-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?<!\d)(1[5-9]|2[01])\d\d(?!\d)")
_PMID = re.compile(r"(?:pmid:?\s*)?([1-9][0-9]{0,8})", re.IGNORECASE)
_PMCID = re.compile(r"(?:pmcid:?\s*)?(PMC[0-9]{1,9})(?:\.[0-9]+)?", re.IGNORECASE)
_BRACKETED = re.compile(r"\[(.*)\]")


def clean(value: object) -> str:
    """Return a value as one line of text, without tags, references to characters and characters that hide."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = HIDDEN.sub("", _TAG.sub("", html.unescape(_TAG.sub("", str(value)))))
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cs", "Co", "Cn"})
    return unicodedata.normalize("NFC", " ".join(text.split()))


def title_of(value: object) -> str:
    """Return a title without its last full stop, and without the brackets by which PubMed marks a translation."""
    text = clean(value).removesuffix(".") if not clean(value).endswith("..") else clean(value)
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1].removesuffix(".").strip() if bracketed and "]" not in bracketed[1] else text


def pmid_of(value: object) -> str:
    """Return the digits of a PubMed identifier; empty where the value is none."""
    match = _PMID.fullmatch(clean(value))
    return match[1] if match else ""


def pmcid_of(value: object) -> str:
    """Return a PubMed Central identifier; empty where the value is none."""
    match = _PMCID.fullmatch(clean(value))
    return match[1].upper() if match else ""


def date_of(year: object, month: object = "", day: object = "") -> str:
    """Return as much of a date as its parts make: ``2024``, ``2024-07`` or ``2024-07-05``; empty without a year.

    Args:
        year: Four digits, or a text that holds them, such as "2024 Spring".
        month: A number, or an English name or its first three letters.
        day: A number.
    """
    found = _YEAR.search(clean(year))
    if not found:
        return ""
    name = clean(month).lower()
    number = _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else _two_digits(name)
    try:
        return dt.date(int(found[0]), number, _two_digits(clean(day))).isoformat()
    except ValueError:
        return f"{found[0]}-{number:02}" if number in range(1, 13) else found[0]


def _two_digits(text: str) -> int:
    """Return the number that a text of at most two digits is; of another, 0."""
    return int(text) if text.isdecimal() and len(text) in {1, 2} else 0


def spoken_date(value: object) -> str:
    """Return the date that a text such as "2024 Jul 5", "2024/07/05" or "July 2024" tells, as much of it as it tells."""
    text = clean(value)
    found = _YEAR.search(text)
    if not found:
        return ""
    rest = re.split(r"[\s/.,-]+", f"{text[: found.start()]} {text[found.end() :]}".strip())
    names = [part for part in rest if part[:3].lower() in _MONTHS]
    numbers = [part for part in rest if part.isdecimal()]
    month = names[0] if names else numbers[0] if numbers else ""
    days = numbers if names else numbers[1:]
    return date_of(found[0], month, days[0] if days else "")


def whole_pages(text: str) -> str:
    """Return pages with the last one written out, which PubMed abridges: ``2134-50`` is ``2134-2150``."""
    first, dash, last = text.partition("-")
    if dash and first.isdecimal() and last.isdecimal() and len(last) < len(first):
        return f"{first}-{first[: len(first) - len(last)]}{last}"
    return text
