"""Formulas: TeX to Typst by tylax, each tried alone before it may stand in a document.

The template evaluates a formula from a string literal, where it can neither end the literal nor read a file. What
would be code within it (``#``) is refused, so that a formula can only be a formula; text within one is taken out
before the conversion and comes back as a string. Results are kept in a folder, one file per formula, which
processes that translate at the same time may share.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import tylax
import typst

from typst_builder.literals import literal

_TEXT = re.compile(r"\\(?:text|textrm|mbox|hbox)\s*\{((?:[^{}\\]|\\[^a-zA-Z])*)\}")
_NAMED = re.compile(r"\\(?:label|tag)\*?\{[^{}]*\}")  # Sphinx numbers formulas itself
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MARK = "QZTEXTQZ"


class Formulas:
    """Converts formulas and remembers the results.

    Args:
        folder: Where results are kept.
        loaded: The fonts.
        versions: What results depend on besides the formula, as text.
    """

    def __init__(self, folder: Path, loaded: typst.Fonts, versions: str) -> None:
        self.folder = folder
        self.loaded = loaded
        self.versions = versions
        empty: bytes = b""
        self.compiler = typst.Compiler(empty, font_paths=loaded)
        self.kept: dict[str, str | None] = {}

    def convert(self, tex: str, *, block: bool) -> str | None:
        """Return a formula as Typst math; nothing where it cannot be converted or does not compile."""
        digest = hashlib.sha256(f"{self.versions}\0{block}\0{tex}".encode()).hexdigest()
        if digest in self.kept:
            return self.kept[digest]
        path = self.folder / digest
        result: str | None
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            result = self._checked(_converted(tex), block=block)
            self.folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(result), encoding="utf-8")
            part.replace(path)
        self.kept[digest] = result
        return result

    def _checked(self, source: str | None, *, block: bool) -> str | None:
        """Return Typst math if it is nothing else, says something, and compiles."""
        if not source or not source.strip() or "#" in _STRING.sub("", source).replace("\\#", ""):
            return None
        equation = f'#math.equation(alt: "x", block: {literal(block)}, eval({literal(source)}, mode: "math"))'
        try:
            self.compiler.compile(
                f'#set document(title: "x")\n{equation}'.encode(), format="pdf", pdf_standards=["ua-1"], timestamp=0
            )
        except typst.TypstError:
            return None
        return source


def _converted(tex: str) -> str | None:
    texts: list[str] = []

    def take(found: re.Match[str]) -> str:
        texts.append(re.sub(r"\\(.)", r"\1", found[1]))
        return rf"\operatorname{{{_MARK}{'I' * len(texts)}J}}"

    options = tylax.L2TOptions(frac_to_slash=False)
    try:
        said = tylax.latex_to_typst(_TEXT.sub(take, _NAMED.sub("", tex)), options=options)
    except (RuntimeError, ValueError):
        return None
    said = re.sub(rf'op\("{_MARK}(I+)J"\)', lambda found: literal(texts[len(found[1]) - 1]), said)
    return None if _MARK in said else said
