"""Keeping text in a table from being a formula."""

from __future__ import annotations

import re

# what spreadsheets take for the beginning of one, also behind blanks, and its wide forms
_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r]")


def plain_cell(text: str) -> str:
    """Return text as a spreadsheet takes it for text: what would be a formula gets an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text
