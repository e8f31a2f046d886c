"""The codec by which pybtex reads TeX, answering at once for text that holds none.

latexcodec takes every text apart character by character, which is more than half of what it costs to format an entry.
Most fields have nothing that TeX would read otherwise, and of those the answer is the text itself. All else goes to
latexcodec, so the results are its own. ``upstream/latexcodec`` offers it the same.
"""

from __future__ import annotations

import codecs
import re
import sys
from functools import cache
from typing import Any

_NAME = "ulatex"
# no command, comment, tie or mathematics; no run of spaces; none of the ligatures of hyphens, commas and quotation marks
_AS_IT_STANDS = re.compile(r"(?! )(?:[^\\%#$~`\s,'-]|,(?!,)|-(?!-)|'(?!')| (?! ))*+")


def install() -> None:
    """Put the codec before latexcodec's; a second call changes nothing."""
    uninstall()
    codecs.register(_find)
    if loaded := sys.modules.get("latexcodec.codec"):  # else it comes after when it is loaded
        codecs.unregister(loaded.find_latex)
        codecs.register(loaded.find_latex)


def uninstall() -> None:
    """Leave the reading of LaTeX to latexcodec."""
    codecs.unregister(_find)


def decode(text: str, errors: str = "strict") -> tuple[str, int]:
    """Turn LaTeX into plain text.

    Args:
        text: LaTeX, as text.
        errors: As of every codec.

    Returns:
        What it says, and how many characters were read.
    """
    if type(text) is str and _AS_IT_STANDS.fullmatch(text):
        return text, len(text)
    decoded: tuple[str, int] = _theirs().decode(text, errors)
    return decoded


@cache
def _theirs() -> Any:
    from latexcodec.codec import find_latex  # only where a build formats entries

    return find_latex(_NAME)


def _find(encoding: str) -> codecs.CodecInfo | None:
    if encoding != _NAME:
        return None
    theirs = _theirs()
    return codecs.CodecInfo(
        encode=theirs.encode,
        decode=decode,  # type: ignore[arg-type]  # a codec from text to text
        streamreader=theirs.streamreader,
        streamwriter=theirs.streamwriter,
        incrementalencoder=theirs.incrementalencoder,
        incrementaldecoder=theirs.incrementaldecoder,
        name=_NAME,
    )
