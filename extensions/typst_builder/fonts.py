"""Which characters the fonts can show, as the compiler itself says.

A character without a glyph would be an empty box, and a standard of PDF refuses the whole file. So text is looked
through when it is translated: what no font shows is given as its code point, ``[U+4E2D]``, with a warning. The
fonts are those inside the compiler and those in folders that are given; a system's fonts differ between systems.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path

import typst
from sphinx.util import logging

from typst_builder.literals import literal

logger = logging.getLogger(__name__)

# the compiler's two complaints: a text without a glyph, and a character that a standard does not allow
_REFUSED = re.compile(r'(?:the text|codepoint) `"((?:[^`]|`(?!\s))*?)"`', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# categories of characters that only act on others, and are left out where no font knows them
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
# packages that hold fonts and nothing else, used where they are installed
PACKAGES = ("justmytype_intl_cjk",)


def folders() -> list[Path]:
    """Return the folders of the packages of fonts that are installed."""
    return [Path(str(resources.files(import_module(name)) / "fonts")) for name in PACKAGES if find_spec(name)]


def digest(font_paths: list[Path]) -> str:
    """Return a digest of the fonts in folders, by name and size."""
    files = sorted(
        path for folder in font_paths for path in folder.rglob("*") if path.suffix.lower() in {".ttf", ".otf", ".ttc", ".otc"}
    )
    return hashlib.sha256("\0".join(f"{path.name} {path.stat().st_size}" for path in files).encode()).hexdigest()


def load(font_paths: list[Path]) -> typst.Fonts:
    """Return the fonts inside the compiler and those in folders; none of the system's, which differ between systems."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(path) for path in font_paths])


def unshown(characters: set[str], loaded: typst.Fonts) -> set[str]:
    """Return those characters that no font shows.

    Args:
        characters: Characters, one each.
        loaded: The fonts.

    Returns:
        Those for which the compiler finds no glyph.
    """
    lines = "\n".join(f"#par({literal('x' + character)})" for character in sorted(characters))
    source = f'#set document(title: "x")\n{lines}'.encode()
    try:
        typst.compile(source, format="pdf", pdf_standards=["ua-1", "a-3a"], timestamp=0, font_paths=loaded)
    except typst.TypstError as error:
        refused = "".join(_REFUSED.findall(error.diagnostic))
        return set(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), refused)) & characters
    return set()


class Glyphs:
    """Shows text by its code points where there are no glyphs.

    Args:
        loaded: The fonts.
    """

    def __init__(self, loaded: typst.Fonts) -> None:
        self.loaded = loaded
        self.asked: dict[str, bool] = {}

    def replaced(self, text: str, where: tuple[str, str]) -> str:
        """Return text with what no font shows as code points, with a warning at a document and line."""
        if text.isascii():
            return text
        new = {character for character in text if not character.isascii() and character not in self.asked}
        if new:
            missing = unshown(new, self.loaded)
            self.asked |= {character: character in missing for character in new}
        lost = sorted({character for character in text if self.asked.get(character)})
        visible = [character for character in lost if unicodedata.category(character) not in _INVISIBLE]
        if visible:
            points = ", ".join(f"U+{ord(character):04X}" for character in visible)
            location = (where[0], int(where[1]) if where[1] else None) if where[0] else None
            logger.warning(
                "no font shows %s; code points stand in the text", points, location=location, type="typst", subtype="glyph"
            )
        for character in lost:
            text = text.replace(character, f"[U+{ord(character):04X}]" if character in visible else "")
        return text
