"""The translator, put together from its parts."""

from __future__ import annotations

from typst_builder.media import Media
from typst_builder.references import References
from typst_builder.structure import Signatures


class TypstTranslator(Signatures, References, Media):
    """Translates a doctree into Typst source."""
