"""A page's parts as its Markdown has them: title, directives, markup that a page may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DIRECTIVE = re.compile(r"\{([^{}\s]+)\}[ \t]*(.*)")
# directives whose content is not Markdown
_VERBATIM = frozenset(
    {"code", "code-block", "code-cell", "sourcecode", "literalinclude", "math", "raw", "eval-rst", "parsed-literal", "highlight"}
)
_OPTION = re.compile(r"[ \t]*:[\w-]+:")
_NESTING = 10
TITLE = "title"  # the section of a page's first heading


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive as it stands on the page.

    Attributes:
        name: Its name.
        argument: The rest of its first line.
        line: The line of its name.
        empty: Whether it has no content apart from options and comments.
    """

    name: str
    argument: str
    line: int
    empty: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """A block of text that readers read.

    Attributes:
        line: Its first line.
        section: Its part of the page: ``title``; the name of the directive around it; the heading above it, or an empty text.
        token: The block as the parser has it, with its inline markup.
    """

    line: int
    section: str
    token: Token = field(compare=False)


@dataclass(slots=True)
class Page:
    """What the Markdown of a page holds; every line is counted from 1 in the file.

    Attributes:
        title: The text of the first heading; empty where there is none.
        title_line: Its line, or the first line of the text.
        directives: In the order of the page, nested ones after those around them.
        html: Line and text of raw HTML.
        links: Line and address of links.
        images: Line and address of images.
        roles: Line, name and content of roles.
        prose: Blocks of text, headings and cells of tables.
    """

    title: str = ""
    title_line: int = 1
    directives: list[Directive] = field(default_factory=list)
    html: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    images: list[tuple[int, str]] = field(default_factory=list)
    roles: list[tuple[int, str, str]] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)


@cache
def _parser() -> MarkdownIt:
    """Return the parser; a build that reads no page loads none."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.colon_fence import colon_fence_plugin
    from mdit_py_plugins.myst_blocks import myst_block_plugin
    from mdit_py_plugins.myst_role import myst_role_plugin

    parser = MarkdownIt("commonmark").enable("table")
    parser.use(colon_fence_plugin).use(myst_block_plugin).use(myst_role_plugin)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005  (the checker wants to see them all)
    return parser


def read_page(text: str) -> Page:
    """Read the parts of a page.

    Args:
        text: The Markdown, with blank lines in place of its front matter.
    """
    page = Page(title_line=1 + len(text) - len(text.lstrip("\n")))
    _read(text, 1, page, 0)
    return page


def _read(text: str, first_line: int, page: Page, depth: int, section: str = "") -> None:
    tokens = _parser().parse(text)
    for index, token in enumerate(tokens):
        line = first_line + token.map[0] if token.map else first_line
        if token.type == "heading_open" and token.tag == "h1" and not page.title and depth == 0:
            page.title, page.title_line, section = tokens[index + 1].content, line, TITLE
        elif token.type == "heading_open" and depth == 0:
            section = tokens[index + 1].content
        elif token.type == "heading_close" and section == TITLE:
            section = ""
        elif token.type in ("fence", "colon_fence"):
            _read_fence(token, line, page, depth, section)
        elif token.type == "html_block":
            page.html.append((line, token.content.strip()))
        elif token.type == "inline":
            page.prose.append(Prose(line, section, token))
            _read_inline(token, line, page)


def _read_fence(token: Token, line: int, page: Page, depth: int, section: str) -> None:
    match = _DIRECTIVE.match(token.info.strip())
    if not match:
        return
    name, argument = match[1], match[2].strip()
    page.directives.append(Directive(name, argument, line, not any(_content(token.content))))
    if token.content.strip() and name not in _VERBATIM and depth < _NESTING:
        _read(_without_options(token.content), line + 1, page, depth + 1, name if depth == 0 else section)


def _without_options(body: str) -> str:
    """Return a directive's content with empty lines in place of its options."""
    lines = body.split("\n")
    last = 0
    if lines[0].strip() == "---" and "---" in (rest := [line.strip() for line in lines[1:]]):
        last = rest.index("---") + 2
    while last < len(lines) and _OPTION.match(lines[last]):
        last += 1
    return "\n" * last + "\n".join(lines[last:])


def _content(body: str) -> Iterator[str]:
    """Yield the lines of a directive that are neither options nor comments nor blank."""
    in_options = True
    lines = body.strip().splitlines()
    if lines[:1] == ["---"] and "---" in lines[1:]:  # options as a block of YAML
        lines = lines[lines.index("---", 1) + 1 :]
    for line in lines:
        text = line.strip()
        in_options = in_options and (text.startswith(":") or not text)
        if text and not in_options and not text.startswith("%"):
            yield text


def _read_inline(token: Token, line: int, page: Page) -> None:
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "html_inline":
            page.html.append((line, child.content))
        elif child.type == "link_open":
            page.links.append((line, str(child.attrs.get("href", ""))))
        elif child.type == "image":
            page.images.append((line, str(child.attrs.get("src", ""))))
        elif child.type == "myst_role":
            page.roles.append((line, str(child.meta["name"]), child.content))
