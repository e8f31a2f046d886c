"""Making strangers' words harmless where they are shown: in a terminal, a log, a Markdown page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST_COMMENT = 60_000  # characters; code hosts take about 65,000
# joins letters in Persian and in emoji, and does nothing to a terminal
_HARMLESS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_FENCE = re.compile(r"`+")


def visible(text: str, keep: str = "") -> str:
    """Return text with every character that steers a terminal, or reorders text on it, spelled out.

    Args:
        text: Anything.
        keep: Such characters that are meant, for example line ends.
    """
    return "".join(
        character if character in keep or character in _HARMLESS or unicodedata.category(character) not in _UNSAFE
        # no backslash alone: what a stranger spelled out themselves must look different from what we did
        else f"‹U+{ord(character):04X}›"
        for character in text
    )  # fmt: skip


def on_one_line(text: str) -> str:
    """Return text on one line, of which nothing steers a terminal or reorders what stands there."""
    return visible(" ".join(text.split()))


def indented(text: str, margin: str = "  │ ") -> str:
    """Return lines behind a margin, so that no line of a message can pass for one of ours."""
    return "\n".join(f"{margin}{visible(line, keep=chr(9))}" for line in text.split("\n"))


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is: no link, no markup, no directive."""
    return _MARKDOWN.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Return text as Markdown that shows it as it is, on one line."""
    shown = on_one_line(text).replace("`", "'")
    return f"`{shown}`"


def fenced(lines: str) -> str:
    """Return lines as a block of Markdown that shows them as they are, coloured as differences."""
    fence = "`" * max(3, *(len(run) + 1 for run in _FENCE.findall(lines)), 3)
    return f"{fence}diff\n{lines}\n{fence}\n"


def comment(head: str, parts: Sequence[str], left_out: str, most: int = LONGEST_COMMENT) -> str:
    """Return Markdown for a comment on a code host, with as many parts as fit in one.

    Args:
        head: What it begins with.
        parts: What follows, the weightiest first.
        left_out: What is said where parts are left out; ``{number}`` in it stands for how many.
        most: How many characters head and parts may have.
    """
    room = most - len(head)
    for place, part in enumerate(parts):
        room -= len(part)
        if room < 0:
            return f"{head}{''.join(parts[:place])}\n{left_out.format(number=len(parts) - place)}\n"
    return f"{head}{''.join(parts)}"
