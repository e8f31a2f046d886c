"""The warnings of this package: each has the type ``typst`` and one of these subtypes, for ``suppress_warnings``."""

from __future__ import annotations

SUBTYPES = {
    "alt": "an image has no alternative text; its caption or its name stands in for it",
    "compile": "a PDF cannot be made; the message is the compiler's",
    "config": "a configuration value cannot be used; its default is",
    "glyph": "no font shows a character; its code point stands in the text",
    "image": "an image, or a graph, cannot be shown; its alternative text or source stands in its place",
    "math": "a formula cannot be set; its TeX stands in its place",
    "name": "two PDFs would have one file name",
    "node": "nodes of a class are unknown; what they hold is shown",
    "raw": "raw Typst is left out, since the project does not take any",
}
