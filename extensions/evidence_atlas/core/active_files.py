"""Files of the sources that a browser would run, were they copied into the site and opened there.

A picture or a download becomes a file of the site itself, so what it runs has the rights of the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".svg", ".webp"})
# what browsers show as a document or run, by the types of the WHATWG's "MIME Sniffing" and its scriptable types
_DOCUMENTS = frozenset(
    {
        ".hta",
        ".htm",
        ".html",
        ".js",
        ".mht",
        ".mhtml",
        ".mjs",
        ".shtml",
        ".swf",
        ".svgz",
        ".wasm",
        ".xht",
        ".xhtml",
        ".xml",
        ".xsl",
    }
)
MAX_BYTES = 5_000_000
MAX_DEPTH = 100

_ELEMENTS = frozenset(
    {
        *(
            "script",
            "foreignobject",
            "iframe",
            "embed",
            "object",
            "handler",
            "listener",
            "audio",
            "video",
            "link",
            "meta",
            "base",
        ),
        *("animate", "animatemotion", "animatetransform", "set", "a"),
    }
)
_INSIDE = re.compile(r"#|data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_OUTSIDE = re.compile(r"url\((?![\"']?#)|@import|(?:java|vb)script:|expression\(|\\", re.IGNORECASE)


class _Refused(Exception):  # noqa: N818  (a refusal is no error of the program)
    pass


def refuse_picture(path: Path) -> str:
    """Return why a picture may not be shown, or an empty text where it may, or is not there.

    Args:
        path: The file; only an SVG is looked into, since no other picture can hold a program.
    """
    if path.suffix.lower() not in PICTURES:
        return f"its name does not end in one of {', '.join(sorted(PICTURES))}"
    return refuse_svg(path.read_bytes()) if path.suffix.lower() == ".svg" and path.is_file() else ""


def refuse_download(path: Path) -> str:
    """Return why a file may not be offered for download, or an empty text where it may, or is not there."""
    if path.suffix.lower() in _DOCUMENTS:
        return "a browser would run it as a page of this site"
    return refuse_svg(path.read_bytes()) if path.suffix.lower() == ".svg" and path.is_file() else ""


def refuse_svg(data: bytes) -> str:
    """Return why an SVG may not be shown: it holds a program, names other files, or is made to exhaust its reader."""
    if len(data) > MAX_BYTES:
        return f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read"
    try:
        _Reader().read(data)
    except _Refused as refused:
        return str(refused)
    except (expat.ExpatError, LookupError, ValueError) as error:
        return f"it is no SVG that can be read ({error})"
    return ""


class _Reader:
    """Walks an SVG without building it, and stops at the first thing that it may not hold."""

    def __init__(self) -> None:
        self.depth = 0
        self.style = False

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ProcessingInstructionHandler = self.instruction
        parser.buffer_text = True
        parser.Parse(data, True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        space, _blank, element = name.rpartition(" ")
        if self.depth > MAX_DEPTH:
            raise _Refused(f"it is nested more than {MAX_DEPTH} deep")
        if element.lower() in _ELEMENTS or space.endswith("xhtml"):
            raise _Refused(f"it holds the element {element!r}")
        self.style = element.lower() == "style"
        for full, value in attributes.items():
            attribute = full.rpartition(" ")[2].lower()
            bare = re.sub(r"[\x00-\x20]", "", value)
            if attribute.startswith("on"):
                raise _Refused(f"it holds the attribute {attribute!r}")
            if attribute in {"href", "src"} and not _INSIDE.match(bare):
                raise _Refused(f"it names another file: {value[:60]!r}")
            if _OUTSIDE.search(bare) and attribute not in {"href", "d", "id", "label"}:
                raise _Refused(f"the attribute {attribute!r} names another file")

    def end(self, _name: str) -> None:
        self.depth -= 1
        self.style = False

    def text(self, text: str) -> None:
        if self.style and _OUTSIDE.search(re.sub(r"\s", "", text)):
            raise _Refused("its style names another file")

    @staticmethod
    def doctype(_name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise _Refused("it declares entities")

    @staticmethod
    def instruction(target: str, _data: str) -> None:
        raise _Refused(f"it holds the instruction {target!r}")
