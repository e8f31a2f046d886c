"""Code in tokens: what Pygments says of it, by the short names that its own style sheets use."""

from __future__ import annotations

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound


def tokens(text: str, language: str, default: str) -> list[list[tuple[str, str]]]:
    """Return the lines of code, each as runs of a kind and text.

    Args:
        text: The code.
        language: Its language; ``none`` for text without one.
        default: The project's language, for code that names none.

    Returns:
        The lines. Kinds are Pygments' short names (``k`` for a keyword), empty for plain text.
    """
    name = {"": default, "default": "python3", "none": "text"}.get(language, language)
    try:
        lexer = get_lexer_by_name({"default": "python3", "none": "text"}.get(name, name), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return [[("", line)] for line in text.split("\n")]
    lines: list[list[tuple[str, str]]] = [[]]
    for kind, value in lexer.get_tokens(text):
        first, *rest = value.split("\n")
        short = "" if kind is Token.Error else STANDARD_TYPES.get(kind, "")
        if first:
            lines[-1].append((short, first))
        lines += [[(short, part)] if part else [] for part in rest]
    return lines
