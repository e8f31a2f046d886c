"""What a page from anyone may not do: run code, read the machine, reach other hosts.

Pages that the setting ``guard`` names are checked before they are parsed (front matter, hidden characters, files
behind links) and after (raw markup, links, pictures, downloads, formulas, whatever directive or role made them).
What is refused stays visible as text, with a located warning; nothing of it reaches the output as markup.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.misc import Raw
from myst_parser.mocking import MockIncludeDirective, MockState
from sphinx import addnodes
from sphinx.directives.code import LiteralInclude
from sphinx.directives.other import Include
from sphinx.directives.patches import CSVTable as SphinxCSVTable
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core import limits, markup
from evidence_atlas.core.active_files import refuse_download, refuse_picture
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.frontmatter import blank, read_front_matter
from evidence_atlas.core.links import is_remote, unsafe_scheme
from evidence_atlas.core.page import read_page
from evidence_atlas.domain import atlas_domain, warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


def is_guarded(env: BuildEnvironment, docname: str) -> bool:
    """Whether a document may come from anyone."""
    return atlas_domain(env).atlas.project.is_guarded(docname)


def outside(env: BuildEnvironment, name: str) -> bool:
    """Whether a file that a page names lies outside the sources, links followed."""
    _relative, path = env.relfn2path(name)
    return _leads_out(env, path)


def _leads_out(env: BuildEnvironment, path: str | Path) -> bool:
    return not os.path.realpath(path).startswith(_within(env.srcdir))


@lru_cache(maxsize=1)
def _within(folder: Path) -> str:
    """Return how the real path of what a folder holds begins."""
    return f"{os.path.realpath(folder)}{os.sep}"


# ---------------------------------------------------------------------------------------------------------
# Before parsing
# ---------------------------------------------------------------------------------------------------------


def refuse_page(app: Sphinx, docname: str, source: list[str]) -> None:
    """Empty a page that is a link out of the sources, or too large, before anybody looks at what it holds."""
    if not is_guarded(app.env, docname):
        return
    path = app.env.doc2path(docname)
    if _leads_out(app.env, path):
        warn(Finding(str(path), 1, Code.FILE_ACCESS, "The page is a link to a file outside the sources; it is left empty."))
        source[0] = ""
    elif message := limits.too_large(source[0]):
        warn(Finding(str(path), 1, Code.UNREADABLE_PAGE, message))
        source[0] = ""


def guard_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Refuse settings in front matter; warn of markup that will be refused."""
    if not is_guarded(app.env, docname):
        return
    path = app.env.doc2path(docname)
    if path.suffix != ".md":
        return
    front = read_front_matter(source[0])
    if front.present and docname not in atlas_domain(app.env).stated:
        findings = [Finding(str(path), p.line, p.code, p.message) for p in front.problems]
        findings += markup.page_settings(str(path), front)
        for finding in findings:
            warn(finding)
        if findings:
            source[0] = blank(source[0], front)
    text = blank(source[0], front)
    found = sorted(
        markup.check_markup(str(path), text, app.env.temp_data.pop("atlas_page", None) or read_page(text)), key=lambda f: f.line
    )
    for finding in found:
        warn(finding)
    app.env.temp_data["atlas_reported"] = {finding.code for finding in found}
    if "substitution" in app.config.myst_enable_extensions and "{{" in text:
        line = text.count("\n", 0, text.index("{{")) + 1
        warn(Finding(str(path), line, Code.PAGE_SETTING, "A substitution runs a template; it is shown as text."))
        source[0] = source[0].replace("{{", "{\u2060{")


# ---------------------------------------------------------------------------------------------------------
# While parsing: directives that read files as they run
# ---------------------------------------------------------------------------------------------------------


class _Guarded(SphinxDirective):
    """Runs a directive unless it would read a file outside the sources."""

    files: ClassVar[tuple[str, ...]] = ()

    def refused(self, names: list[str]) -> bool:
        """Warn if the page may not read a file."""
        if not is_guarded(self.env, self.env.docname):
            return False
        wrong = [name for name in names if "://" in name or name.startswith("<") or outside(self.env, name)]
        source, line = self.get_source_info()
        for name in wrong:
            message = f"'{self.name}' reads {name!r}, which is outside the sources; it is left out."
            warn(Finding(source, line, Code.FILE_ACCESS, message))
        return bool(wrong) or not self._counted(names)

    def _counted(self, names: list[str]) -> bool:
        """Count what the page reads: files that include each other twice would grow it without end."""
        for name in names:
            path = Path(self.env.relfn2path(name)[1])
            total = (self.env.temp_data.get("atlas_included") or 0) + (path.stat().st_size if path.is_file() else 0)
            if message := limits.too_much_included(name, total):
                warn(Finding(*self.get_source_info(), Code.FILE_ACCESS, message))
                return False
            self.env.temp_data["atlas_included"] = total
        return True


class GuardedInclude(_Guarded):
    """The directive ``include``."""

    required_arguments = 1
    final_argument_whitespace = True
    # naming a parser imports the module of that name, so this waits until it is known whose page it is
    option_spec: ClassVar[Any] = {**(Include.option_spec or {}), "parser": directives.unchanged, "tab-width": limits.tab_width}

    def run(self) -> list[nodes.Node]:
        """Include the file as the parser in use does it."""
        if self.refused([self.arguments[0]]):
            return []
        if "parser" in self.options and is_guarded(self.env, self.env.docname):
            raise self.error("A page from anyone may not choose the parser of a file.")
        if "parser" in self.options:
            self.options["parser"] = directives.parser_name(self.options["parser"])
        if isinstance(self.state, MockState):
            renderer = self.state._renderer
            mock = MockIncludeDirective(
                renderer, self.name, Include, self.arguments, self.options, list(self.content), self.lineno
            )
            return list(mock.run())
        return list(_delegate(Include, self).run())


def _delegate(directive: type[Directive], to: Directive) -> Directive:
    arguments = (to.name, to.arguments, to.options, to.content, to.lineno, to.content_offset, to.block_text)
    return directive(*arguments, to.state, to.state_machine)


class GuardedLiteralInclude(LiteralInclude, _Guarded):
    """The directive ``literalinclude``."""

    option_spec: ClassVar[Any] = {
        **(LiteralInclude.option_spec or {}),
        "lines": limits.lines,
        "emphasize-lines": limits.lines,
        "tab-width": limits.tab_width,
    }

    def run(self) -> list[nodes.Node]:
        """Include the file, and the one it is compared with."""
        named = [self.arguments[0], *([self.options["diff"]] if "diff" in self.options else [])]
        return [] if self.refused(named) else super().run()


class GuardedCSVTable(SphinxCSVTable, _Guarded):
    """The directive ``csv-table``."""

    def run(self) -> Any:
        """Read the table from the page or from a file of the sources."""
        named = [self.options[option] for option in ("file", "url") if option in self.options]
        return [] if named and self.refused(named) else super().run()


class GuardedRaw(Raw, _Guarded):
    """The directive ``raw``; its content is neutralised after parsing, its files are never read."""

    def run(self) -> list[nodes.Node]:
        """Read no file for a guarded page."""
        named = [self.options[option] for option in ("file", "url") if option in self.options]
        if named and is_guarded(self.env, self.env.docname):
            source, line = self.get_source_info()
            message = f"'raw' reads {named[0]!r} as markup for one format; it is left out."
            warn(Finding(source, line, Code.FILE_ACCESS, message))
            return []
        return list(super().run())


# ---------------------------------------------------------------------------------------------------------
# After parsing
# ---------------------------------------------------------------------------------------------------------


class GuardDocument(SphinxTransform):
    """Turns what a page may not hold into text, whichever directive or role made it."""

    default_priority = 300  # before anything collects images and downloads

    def apply(self, **kwargs: Any) -> None:
        """Look at every node that can run, read or reach out."""
        if not is_guarded(self.env, self.env.docname):
            return
        reported: set[Code] = self.env.temp_data.pop("atlas_reported", None) or set()
        for node, finding in list(self._refuse()):
            if finding.code not in reported:
                warn(finding)
            if not isinstance(node, addnodes.toctree):
                _replace(node, finding.code)

    def _refuse(self) -> Iterator[tuple[nodes.Element, Finding]]:
        for node in self.document.findall(nodes.Element):
            check = _CHECKS.get(type(node))
            if check and (refused := check(node, self.env)):
                code, message = refused
                source, line = _position(node)
                yield node, Finding(source or str(self.env.doc2path(self.env.docname)), line, code, message)


def _position(node: nodes.Node) -> tuple[str, int]:
    current: nodes.Node | None = node
    while current is not None and not current.line:
        current = current.parent
    return (current.source or "", current.line or 1) if current is not None else ("", 1)


def _replace(node: nodes.Element, code: Code) -> None:
    if code in (Code.UNSAFE_LINK, Code.REMOTE_IMAGE):
        address = node.get("uri", "") if isinstance(node, nodes.image) else ""
        shown = [nodes.Text(node.get("alt") or address)] if address else list(node.children)
        replacement: list[nodes.Node] = [nodes.inline("", "", *shown)]
        if isinstance(node, nodes.image) and not isinstance(node.parent, nodes.TextElement):
            replacement = [nodes.paragraph("", "", *replacement)]
    elif code in (Code.FILE_ACCESS, Code.ACTIVE_FILE) or isinstance(node, nodes.meta):
        replacement = list(node.children) if node.children else [nodes.inline("", "")]
    elif isinstance(node.parent, nodes.TextElement):
        replacement = [nodes.literal("", node.astext())]
    else:
        replacement = [nodes.literal_block("", node.astext(), language="none")]
    if isinstance(node, nodes.meta):
        replacement = []
    node.parent.replace(node, replacement)


Refusal = tuple[Code, str] | None


def _check_raw(node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    return Code.RAW_HTML, markup.raw_html_message(node.astext())


def _check_link(node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    scheme = unsafe_scheme(str(node.get("refuri", "")))
    return (Code.UNSAFE_LINK, markup.unsafe_link_message(scheme)) if scheme else None


def _check_image(node: nodes.Element, env: BuildEnvironment) -> Refusal:
    address = str(node.get("uri", ""))
    if is_remote(address):
        return Code.REMOTE_IMAGE, markup.remote_image_message(address)
    if scheme := unsafe_scheme(address):
        return Code.UNSAFE_LINK, markup.unsafe_link_message(scheme)
    if outside(env, address):
        return Code.FILE_ACCESS, f"The picture {address!r} is outside the sources; it is left out."
    for name in ("width", "height", "scale"):
        if re.search(r"\d{6}|\d[eE]|inf|nan", str(node.get(name, ""))):
            message = f"The {name} of the picture {address!r} is larger than any page; the picture is left out."
            return Code.ACTIVE_FILE, message
    for path in _named(env, address):
        if why := refuse_picture(path):
            return Code.ACTIVE_FILE, f"The picture {address!r} is left out: {why}."
    return None


def _named(env: BuildEnvironment, address: str) -> list[Path]:
    """Return the files that a picture's address names: ``a.*`` leaves the choice of the format to the builder."""
    path = Path(env.relfn2path(address)[1])
    return sorted(path.parent.glob(path.name)) if path.name.endswith(".*") else [path]


def _check_download(node: nodes.Element, env: BuildEnvironment) -> Refusal:
    target = str(node.get("reftarget", ""))
    if scheme := unsafe_scheme(target):
        return Code.UNSAFE_LINK, markup.unsafe_link_message(scheme)
    if "://" in target:
        return None
    if outside(env, target):
        return Code.FILE_ACCESS, f"The download {target!r} is outside the sources; it is left out."
    if why := refuse_download(Path(env.relfn2path(target)[1])):
        return Code.ACTIVE_FILE, f"The download {target!r} is left out: {why}."
    return None


def _check_toctree(node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    """Take links that run out of a list of pages, which becomes links only when it is written."""
    wrong = [unsafe_scheme(address) for _title, address in node["entries"] if address]
    node["entries"] = [entry for entry in node["entries"] if not unsafe_scheme(entry[1] or "")]
    return next(((Code.UNSAFE_LINK, markup.unsafe_link_message(scheme)) for scheme in wrong if scheme), None)


def _check_math(node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    command = markup.unsafe_tex(node.astext())
    return (
        (Code.TEX, f"A formula holds the TeX command {command!r}, which is not for formulas; it is shown as text.")
        if command
        else None
    )


def _check_meta(node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    if "http-equiv" in node.attributes:
        return Code.RAW_HTML, "A 'meta' element with 'http-equiv' tells the browser what to do; it is left out."
    return None


def _check_columns(_node: nodes.Element, _env: BuildEnvironment) -> Refusal:
    return Code.TEX, "'tabularcolumns' is raw LaTeX; it is left out."


_CHECKS: dict[type[nodes.Element], Any] = {
    nodes.raw: _check_raw,
    nodes.reference: _check_link,
    nodes.image: _check_image,
    addnodes.download_reference: _check_download,
    nodes.math: _check_math,
    nodes.math_block: _check_math,
    nodes.meta: _check_meta,
    addnodes.tabular_col_spec: _check_columns,
    addnodes.toctree: _check_toctree,
}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the guarded directives in place and connect the checks."""
    app.setup_extension("evidence_atlas.base")
    app.setup_extension("evidence_atlas.bounded")
    app.connect("source-read", refuse_page, priority=100)
    app.connect("source-read", guard_source, priority=300)
    for name, directive in (
        ("include", GuardedInclude),
        ("literalinclude", GuardedLiteralInclude),
        ("csv-table", GuardedCSVTable),
        ("raw", GuardedRaw),
    ):
        app.add_directive(name, directive, override=True)
    app.add_transform(GuardDocument)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
