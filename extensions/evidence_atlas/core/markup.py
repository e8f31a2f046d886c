"""Markup that a page from anyone may not hold: links and commands that run, read or write outside the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.frontmatter import FrontMatter, hidden_characters
from evidence_atlas.core.links import is_remote, unsafe_scheme
from evidence_atlas.core.page import Page

# Sphinx's own settings of a page (its documentation, "File-wide metadata") that change nothing outside the page
PAGE_SETTINGS = frozenset(
    {"orphan", "tocdepth", "nocomments", "no-search", "nosearch", "title", "html_theme.sidebar_secondary.remove"}
)

# commands of TeX that read or write files, run programs, reach out, or change what later text means
_TEX = re.compile(
    r"\^\^|\\(?:input|InputIfFileExists|IfFileExists|include|includegraphics|includeonly|openin|openout|read|readline|"
    r"write|immediate|special|catcode|csname|makeatletter|makeatother|ExplSyntaxOn|"
    r"endcsname|def|edef|gdef|xdef|let|futurelet|newcommand|renewcommand|providecommand|usepackage|RequirePackage|"
    r"documentclass|lstinputlisting|verbatiminput|url|href|unicode|require|directlua|luaexec|ShellEscape|loop|repeat|"
    r"expandafter|scantokens|everymath|everydisplay|output|shipout|html|class|style|cssId|data|begin\s*\{filecontents)"
    r"(?![A-Za-z])"
)


def unsafe_tex(formula: str) -> str:
    """Return the first TeX command that a formula may not hold, or an empty text."""
    match = _TEX.search(formula)
    return match[0] if match else ""


def unsafe_link_message(scheme: str) -> str:
    """Say what is wrong with a link."""
    return f"A link begins with '{scheme}:'; only http:, https:, mailto: and links within the site are kept."


SHOWN = 40


def remote_image_message(address: str) -> str:
    """Say what is wrong with a picture."""
    return f"The picture {address!r} is on another host; put the file into the sources."


def raw_html_message(markup: str) -> str:
    """Say what is wrong with raw markup."""
    shown = markup if len(markup) <= SHOWN else f"{markup[: SHOWN - 1]}…"
    return f"Raw HTML is shown as text, not run: {shown!r}; use Markdown or a directive."


def page_settings(file: str, front: FrontMatter) -> Iterator[Finding]:
    """Find front matter by which a page would change how it is parsed."""
    data: dict[str, Any] = front.value or {}
    for key in data:
        if key not in PAGE_SETTINGS:
            message = f"The front matter's {key!r} is not a page's to set; a page may set {', '.join(sorted(PAGE_SETTINGS))}."
            yield Finding(file, front.line((key,)), Code.PAGE_SETTING, message)


def check_markup(file: str, text: str, page: Page) -> Iterator[Finding]:
    """Find what a page holds that will be shown as text, or not at all.

    Args:
        file: Path of the page, as findings shall name it.
        text: The source below the front matter, with line numbers kept.
        page: What was read from it, inline markup included.
    """
    for line, markup in page.html:
        yield Finding(file, line, Code.RAW_HTML, raw_html_message(markup))
    for line, address in page.images:
        if is_remote(address):
            yield Finding(file, line, Code.REMOTE_IMAGE, remote_image_message(address))
    for line, address in page.links + page.images:
        if (scheme := unsafe_scheme(address)) and not is_remote(address):
            yield Finding(file, line, Code.UNSAFE_LINK, unsafe_link_message(scheme))
    for line, name in hidden_characters(text):
        yield Finding(file, line, Code.HIDDEN_CHARACTER, f"The text holds a hidden character ({name}); delete it.")
