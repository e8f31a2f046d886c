"""Bounds on what a page from anyone makes the program do, so that it never stops the build of the others."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from pybtex.plugin import PluginNotFound, find_plugin
from sphinx.directives.code import CodeBlock
from sphinx.directives.other import HList
from sphinx.parsers import RSTParser
from sphinx.transforms import SphinxTransform
from sphinxcontrib.bibtex.directives import BibliographyDirective

import evidence_atlas
from evidence_atlas.core import limits
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.domain import warn
from evidence_atlas.guard import is_guarded
from evidence_atlas.markdown import Markdown

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


class _Bounded:
    """Reads a page, and empties one from anyone that would stop the build of all the others."""

    def parse(self, inputstring: Any, document: nodes.document) -> None:
        """Read the page into the document."""
        env: BuildEnvironment = document.settings.env
        if not is_guarded(env, env.docname):
            super().parse(inputstring, document)  # type: ignore[misc]
            return
        kept = {name: copy(value) for name, value in vars(document).items() if isinstance(value, dict | list)}
        transformer = document.transformer
        transforms = list(transformer.transforms)
        wrong = _tried(partial(super().parse, inputstring, document)) or _too_much(document)  # type: ignore[misc]
        if wrong:
            _empty(document, kept, wrong)
            transformer.transforms[:] = transforms
            super().parse("", document)  # type: ignore[misc]
        else:
            bounded = partial(_transform, document, kept, transformer.apply_transforms)
            transformer.apply_transforms = bounded  # type: ignore[method-assign]


def _transform(document: nodes.document, kept: dict[str, Any], apply_transforms: Callable[[], None]) -> None:
    """Apply a page's transforms; if one fails, or takes too long, apply the rest to an empty page."""
    if wrong := _tried(apply_transforms):
        _empty(document, kept, wrong)
        transformer = document.transformer
        transformer.transforms[:] = [planned for planned in transformer.transforms if planned[2] is None]  # of no node gone
        apply_transforms()


def _tried(run: Callable[[], None]) -> str:
    """Return why a page cannot be read, or an empty text."""
    try:
        with limits.bounded_time():
            run()
    except RecursionError:
        return limits.TOO_DEEP
    except limits.TooLong:
        return limits.took_too_long()
    except Exception as error:  # noqa: BLE001  (any directive and transform of any extension runs here)
        return limits.stopped(error)
    return ""


def _empty(document: nodes.document, kept: dict[str, Any], why: str) -> None:
    """Make a document what it was before it was read; a half-read page leaves targets behind."""
    env: BuildEnvironment = document.settings.env
    warn(Finding(str(env.doc2path(env.docname)), 1, Code.UNREADABLE_PAGE, why))
    vars(document).update(kept)


class BoundedMarkdown(_Bounded, Markdown):
    """The parser of Markdown."""


class BoundedText(_Bounded, RSTParser):
    """The parser of reStructuredText."""


def _too_much(document: nodes.document) -> str:
    """Return why a page that was read cannot be written, or an empty text."""
    level: list[nodes.Node] = [document]
    number = 1
    for _depth in range(limits.MAX_DEPTH):
        level = [child for node in level for child in node.children]
        number += len(level)
        if number > limits.MAX_NODES:
            return limits.TOO_MANY
        if not level:
            return ""
    return limits.TOO_DEEP


class BoundedCodeBlock(CodeBlock):
    """The directive ``code-block``, whose numbers of lines are those of a page."""

    option_spec: ClassVar[Any] = {**(CodeBlock.option_spec or {}), "emphasize-lines": limits.lines}


class BoundedColumns(HList):
    """The directive ``hlist``, whose columns are as many as stand beside each other."""

    option_spec: ClassVar[Any] = {**(HList.option_spec or {}), "columns": limits.columns}


class BoundedBibliography(BibliographyDirective):
    """The directive ``bibliography``, whose style is there and whose filter is one that a person writes."""

    def run(self) -> Any:
        """List the works, in the project's own style where the one named is not there."""
        for option, why in self._refused():
            message = f"The option {option!r} of a list of works cannot be used: {why}; it is left out."
            warn(Finding(*self.get_source_info(), Code.UNKNOWN_VALUE, message))
            del self.options[option]
        return super().run()

    def _refused(self) -> list[tuple[str, str]]:
        found = []
        if len(self.options.get("filter", "")) > limits.MAX_FILTER:
            found.append(("filter", f"it has more than {limits.MAX_FILTER} characters"))
        try:
            find_plugin("pybtex.style.formatting", self.options.get("style"))
        except PluginNotFound as error:
            found.append(("style", str(error)))
        return found


class BoundedColours(SphinxTransform):
    """Shows code in one colour where it would take long to find the colours."""

    default_priority = 300  # before Sphinx gives code the language of the project

    def apply(self, **kwargs: Any) -> None:
        """Take the language of what is too long."""
        if not is_guarded(self.env, self.env.docname):
            return
        for kind in (nodes.literal_block, nodes.doctest_block, nodes.literal):
            for node in self.document.findall(kind):
                if len(node.astext()) > limits.MAX_COLOURED:
                    node["language"] = "none"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the bounded parsers and directives in place."""
    app.setup_extension("evidence_atlas.base")
    app.add_transform(BoundedColours)
    for parser in (BoundedMarkdown, BoundedText):
        app.add_source_parser(parser, override=True)
    for name, directive in (
        ("code-block", BoundedCodeBlock),
        ("sourcecode", BoundedCodeBlock),
        ("hlist", BoundedColumns),
        ("bibliography", BoundedBibliography),
    ):
        app.add_directive(name, directive, override=True)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
