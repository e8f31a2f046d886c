"""What a build to Typst has at hand: settings, a private folder, fonts, formulas and pictures.

The translator, the plan and the jobs ask their builder for these; what the builder does with their answers is no matter
of theirs, and stands in :mod:`typst_builder.builder`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util import logging

from typst_builder import settings

if TYPE_CHECKING:  # a build of another format needs no compiler
    from typst_builder.images import Images

logger = logging.getLogger(__name__)

# configuration of Sphinx that a translation depends on, besides our own
_CONFIG = ("numfig", "numfig_format", "highlight_language", "language", "math_numfig")


class EquippedBuilder(Builder):
    """A builder with all that translating a document, and putting PDFs together, need of it."""

    picture: Images  # there once documents are translated

    def init(self) -> None:
        """Read the settings and find the private folder."""
        from typst_builder import fonts
        from typst_builder.compiler import VERSIONS
        from typst_builder.formulas import Formulas
        from typst_builder.workspace import Workspace

        self.settings = settings.read(self.config, Path(self.confdir))
        self.workspace = Workspace(Path(self.doctreedir) / "typst")
        self.font_paths = [*self.settings.font_paths, *fonts.folders()]
        self.fonts_digest = fonts.digest(self.font_paths)
        self.fonts = fonts.load(self.font_paths)
        self.glyphs = fonts.Glyphs(self.fonts)
        self.formulas = Formulas(self.workspace.root / "formulas", self.fonts, VERSIONS + self.fonts_digest)
        self.current_docname = ""
        self.secnumbers: dict[str, tuple[int, ...]] = {}
        self.fignumbers: dict[str, dict[str, tuple[int, ...]]] = {}
        self.unknown: set[str] = set()
        self.manner = self._manner()

    def _manner(self) -> str:
        """Return a digest of all but the documents that translations depend on."""
        from typst_builder.compiler import VERSIONS

        own = [
            *map(repr, (self.settings.base_url, sorted(self.settings.left_out), self.settings.raw, self.settings.standards)),
            VERSIONS,
            self.fonts_digest,
            _own_digest(),
        ]
        said = [*own, *(repr(getattr(self.config, name)) for name in _CONFIG)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    def warn_unknown(self, node: nodes.Node) -> None:
        """Warn once of a class of nodes that this builder does not know."""
        name = type(node).__name__
        if name not in self.unknown:
            self.unknown.add(name)
            message = "nodes of class %r are unknown; what they hold is shown"
            logger.warning(message, name, location=node, type="typst", subtype="node")


def _own_digest() -> str:
    """Return a digest of this package, so that a development version translates anew."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
