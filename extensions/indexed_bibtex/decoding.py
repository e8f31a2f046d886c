"""Bytes of a BibTeX file to text, whatever its encoding is; nothing is lost but what no encoding reads."""

from __future__ import annotations

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, encoding: str = "utf-8-sig") -> tuple[str, int, str]:
    """Return the text of a file, and the line and message of what is wrong with its encoding.

    Args:
        data: The file.
        encoding: Its encoding, unless it begins with a byte order mark.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark) and (name == "utf-8" or "@".encode(name) in data):
            encoding, data = name, data[len(mark) :]
            break
    try:
        return data.decode(encoding), 1, ""
    except LookupError:
        place, wrong = 0, f"There is no encoding {encoding!r}"
    except UnicodeError as error:
        place = getattr(error, "start", 0)
        wrong = f"The file is not in {encoding.removesuffix('-sig')}: this line holds bytes that it does not have"
    line = len(re.findall(rb"\r\n|\r|\n", data[:place])) + 1
    if encoding.startswith(("utf-16-", "utf-32-")):
        return data.decode(encoding, errors="replace"), line, f"{wrong}; they are replaced."
    text, strange = _by_line(data)
    if not strange:
        return text, line, f"{wrong}; utf-8 was assumed."
    others = len(strange) - 1
    more = f" and in {others} other line{'s' * (others > 1)}" if others else ""
    return text, strange[0], f"{wrong}; cp1252 was assumed here{more}. Save the file as UTF-8."


def _by_line(data: bytes) -> tuple[str, list[int]]:
    """Decode each line as UTF-8 or else as cp1252, so that one strange letter spoils no other line."""
    lines, strange = [], []
    for number, raw in enumerate(data.splitlines(keepends=True), 1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(raw.decode("cp1252", errors="replace"))
            strange.append(number)
    return "".join(lines), strange


def line_feeds(text: str) -> str:
    """Return a text with line feeds as its only line ends, and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
