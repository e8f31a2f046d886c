"""MyST's parser, made ready once for all documents instead of once for each.

For each document MyST-Parser puts its rules together again, and makes a spare document with all of docutils' options
that nobody uses; together that takes as long as reading a page. The parser here keeps the first and leaves out the
second. (``upstream/myst-parser`` holds what would make the latter needless.) Of the options it tells docutils the values
alone where no file can set others.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser as RstParser
from docutils.parsers.rst.languages import get_language
from markdown_it import MarkdownIt
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

# the released versions whose renderer is set up as it is here; a test compares
TESTED = ((5, 2), (5, 3))


class Renderer(SphinxRenderer):
    """MyST's renderer, which takes the document that it is given."""

    def setup_render(self, options: dict[str, Any], env: MutableMapping[str, Any]) -> None:
        """Set up what belongs to one document.

        Args:
            options: MyST's configuration, and the document.
            env: What markdown-it's plugins keep about the text.
        """
        if "document" not in options:
            super().setup_render(options, env)
            return
        self.md_env, self.md_options, self.md_config = env, options, options["myst_config"]
        self.document: nodes.document = options["document"]
        self.current_node: nodes.Element = options.get("current_node", self.document)
        self.reporter = self.document.reporter
        self.language_module_rst: Any = get_language(self.document.settings.language_code)
        self._heading_offset = 0
        self._level_to_section = {0: self.document}
        self._heading_slugs: dict[str, tuple[int | None, str, str]] = {}


def _values_of_options() -> dict[str, Any]:
    """Return what docutils' options of reStructuredText are unless somebody says otherwise."""
    common, of_all = vars(get_default_settings()), vars(get_default_settings(RstParser))
    return {name: value for name, value in of_all.items() if name not in common}


class Markdown(MystParser):
    """MyST's parser of a Sphinx project."""

    settings_default_overrides = _values_of_options()

    @property
    def settings_spec(self) -> tuple[Any, ...]:  # type: ignore[override]  # a class cannot know it
        """The options of reStructuredText, by which docutils reads ``docutils.conf``; none where it reads none."""
        return () if self._env.settings.get("_disable_config") else RstParser.settings_spec

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Read Markdown into a document.

        Args:
            inputstring: The text.
            document: The document, which is empty.
        """
        parser = _parser(document.settings.env)
        own_settings = inputstring.startswith("---")  # front matter may change the configuration for its document
        if own_settings or parser is None or "document" in parser.options:  # the last while a directive reads another document
            super().parse(inputstring, document)
            return
        parser.options["document"] = document
        try:
            parser.render(inputstring)
        finally:
            del parser.options["document"]


@lru_cache(maxsize=1)
def _parser(env: BuildEnvironment) -> MarkdownIt | None:
    """Return the parser of a project; nothing where MyST-Parser is of a version that was not tested."""
    numbers = tuple(int(part) for part in metadata.version("myst-parser").split(".")[:2] if part.isdecimal())
    config = env.myst_config  # type: ignore[attr-defined]
    return create_md_parser(config, Renderer) if TESTED[0] <= numbers < TESTED[1] else None
