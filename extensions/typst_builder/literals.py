"""Python values as Typst literals: the one place where text of a document becomes Typst source.

Text only ever becomes a string literal, in which the backslash and the quotation mark are the two characters with
a meaning. So no text can end the literal that holds it, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

# what no font shows and no PDF may hold as text: controls but tab and newline, surrogates, noncharacters
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LAST_OF_PLANE = re.compile("[" + "".join(chr((plane << 16) + low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)) + "]")
_SPACE = re.compile("[ \t\n]+")
_MOST = 10**12  # the compiler counts to 2^63, and the template counts on from here


class Code(str):
    """Typst source that is complete as an expression, to be told from text."""

    __slots__ = ()


EMPTY = Code("[]")


def printable(text: str) -> str:
    """Return text without the characters that nothing can print; line ends of all kinds become newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\ufeff", "")
    return _LAST_OF_PLANE.sub("\ufffd", _UNPRINTABLE.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Return printable text with each run of blanks and line ends as one space, as in running text."""
    return _SPACE.sub(" ", printable(text))


def literal(value: Any) -> Code:
    """Return a value as a Typst expression.

    Args:
        value: Text, number, boolean, none, or sequences and mappings of them; :class:`Code` stays as it is. A whole number
            beyond a million million becomes that.

    Returns:
        The expression, on one line unless it holds code of several.

    Raises:
        TypeError: The value is of another type.
    """
    if isinstance(value, Code):
        return value
    return Code(_plain(value))


def _plain(value: Any) -> str:
    match value:
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case None:
            return "none"
        case bool() | float():
            return repr(value).lower()
        case int():
            return repr(max(-_MOST, min(value, _MOST)))
        case Mapping():
            pairs = ", ".join(f"{literal(str(key))}: {literal(each)}" for key, each in value.items())
            return f"({pairs})" if value else "(:)"
        case Sequence():
            return "(" + "".join(f"{literal(each)}, " for each in value).rstrip() + ")"
    raise TypeError(f"No Typst literal for a {type(value).__name__}.")


def call(function: str, *content: Any, **arguments: Any) -> Code:
    """Return a call of a function of the template.

    Args:
        function: Its name.
        content: What it is given by position.
        arguments: What it is given by name, with ``_`` for ``-``; what is ``None`` or empty is left to its default.

    Returns:
        The call.
    """
    named = [
        f"{key.replace('_', '-')}: {literal(value)}" for key, value in arguments.items() if value not in (None, (), [], "", {})
    ]
    return Code(f"n.{function}({', '.join([*named, *(literal(each) for each in content)])})")


def block(pieces: Sequence[str]) -> Code:
    """Return pieces of content, each an expression, as one expression."""
    if not pieces:
        return EMPTY
    if len(pieces) == 1 and not pieces[0].startswith("//"):
        return Code(pieces[0])
    return Code("{\n" + "\n".join(pieces) + "\n}")
