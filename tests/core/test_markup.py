"""What a page's Markdown holds, and which of it a page from anyone may not hold."""

from __future__ import annotations

import pytest

from evidence_atlas.core.frontmatter import read_front_matter
from evidence_atlas.core.links import is_remote, unsafe_scheme
from evidence_atlas.core.markup import check_markup, page_settings, unsafe_tex
from evidence_atlas.core.page import read_page

from .helpers import as_lines

PAGE = """\

Title
=====

Text with <i>markup</i> and
a [link](javascript:x) on the next line, {cite}`one,two` and ![](https://other.example/a.png).

::::{note} With an argument
:class: wide

```{pem-badge}
```

<div>
block
</div>
::::

- :::{limitations}
  [Nested](data:x)
  :::

```{code-block} md
[Not a link](javascript:x) <b>
```

`<b>` and {math}`a <b> c`
"""
RAW = "raw-html Raw HTML is shown as text, not run: {!r}; use Markdown or a directive."
LINK = "unsafe-link A link begins with '{}:'; only http:, https:, mailto: and links within the site are kept."


def check(text):
    """Return the findings of a page's markup as lines of text."""
    return as_lines(check_markup("page.md", text, read_page(text)))


def test_the_parts_of_a_page():
    """Title, directives, roles, links, pictures and raw HTML are found with their lines, nested ones too, and none in code."""
    page = read_page(PAGE)
    assert (page.title, page.title_line) == ("Title", 2)
    assert [(part.name, part.argument, part.line, part.empty) for part in page.directives] == [
        ("note", "With an argument", 8, False),
        ("pem-badge", "", 11, True),
        ("limitations", "", 19, False),
        ("code-block", "md", 23, False),
    ]
    assert page.links == [(6, "javascript:x"), (20, "data:x")]
    assert page.images == [(6, "https://other.example/a.png")]
    assert page.html == [(5, "<i>"), (5, "</i>"), (14, "<div>\nblock\n</div>")]
    assert page.roles == [(6, "cite", "one,two"), (27, "math", "a <b> c")]


def test_what_a_page_from_anyone_may_not_hold():
    """Raw HTML, pictures of other hosts, unsafe links and hidden characters are findings at their lines."""
    assert check(f"{PAGE}a\u200bb") == [
        f"5 {RAW.format('<i>')}",
        f"5 {RAW.format('</i>')}",
        f"14 {RAW.format('<div>' + chr(10) + 'block' + chr(10) + '</div>')}",
        "6 remote-image The picture 'https://other.example/a.png' is on another host; put the file into the sources.",
        f"6 {LINK.format('javascript')}",
        f"20 {LINK.format('data')}",
        "28 hidden-character The text holds a hidden character (ZERO WIDTH SPACE); delete it.",
    ]


def test_long_markup_is_cut():
    """Raw HTML of more than forty signs is shown with its first thirty-nine."""
    assert check(f"<p {'x' * 36}>\n") == [f"1 {RAW.format('<p ' + 'x' * 36 + '>')}"]
    assert check(f"<p {'x' * 37}>\n") == [f"1 {RAW.format('<p ' + 'x' * 36 + '…')}"]


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("https://example.org", ""), ("HTTP://example.org", ""), ("mailto:a@example.org", ""), ("../page.md", ""), ("#part", ""), ("", ""),
        ("page.md#a:b", ""), ("/a:b", ""), ("?a:b", ""), ("javascript:x", "javascript"), ("JavaScript:x", "javascript"),
        (" javascript:x", "javascript"), ("java\nscript:x", "javascript"), ("\x01java\tscript\r:x", "javascript"), ("data:text/html,x", "data"),
        ("vbscript:x", "vbscript"), ("file:///etc/passwd", "file"), ("ftp://example.org", "ftp"), ("blob:x", "blob"), ("x-y.z+1:x", "x-y.z+1"),
    ],
)  # fmt: skip
def test_which_links_are_unsafe(address, scheme):
    """A link is unsafe by its scheme, read as browsers read it; http, https, mailto and relative ones are safe."""
    assert unsafe_scheme(address) == scheme


@pytest.mark.parametrize(
    ("address", "remote"),
    [("https://a.example/x", True), ("HTTP:x", True), ("//a.example/x", True), (" //a.example/x", True), ("/\t/a.example/x", True),
     ("ftp://a.example/x", True), ("x.png", False), ("/x.png", False), ("https.png", False), ("data:x", False)],
)  # fmt: skip
def test_which_pictures_are_remote(address, remote):
    """A picture is remote where its address names another host, also without a scheme."""
    assert is_remote(address) is remote


@pytest.mark.parametrize(
    "formula",
    [r"\input{x}", r"a \include {x}", r"\openout1=x", r"\write18{ls}", r"\immediate", r"\catcode`\%", r"\csname input\endcsname",
     r"\def\a{b}", r"\let\a\b", r"\newcommand{\a}{b}", r"\usepackage{x}", r"\href{javascript:x}{y}", r"\url{x}", r"\unicode{x41}",
     r"\require{html}", r"\directlua{x}", r"\html{x}", r"\class{x}{y}", r"\style{x}{y}", r"\begin {filecontents}", r"\loop\repeat",
     r"\InputIfFileExists{/etc/passwd}{}{}", r"\makeatletter", r"^^5cinput{/etc/passwd}", r"\in^^70ut{/etc/passwd}"],
)  # fmt: skip
def test_commands_that_no_formula_may_hold(formula):
    """A TeX command that reads or writes files, runs programs, or changes what TeX means is found, however it is spelt."""
    assert unsafe_tex(formula) != ""


@pytest.mark.parametrize(
    "formula",
    [
        r"\alpha^2 + \frac{a}{b}",
        r"\left( \leftarrow \right)",
        r"\inputs",
        r"\text{input}",
        r"x^{y^{z}}",
        r"\begin{aligned}a\\b\end{aligned}",
    ],
)
def test_formulas_that_are_no_commands(formula):
    """An ordinary formula holds no such command, also where a name begins like one."""
    assert unsafe_tex(formula) == ""


def test_settings_of_a_page():
    """Front matter of a page that is no evidence may set what changes that page alone, and nothing of the parser."""
    front = read_front_matter("---\norphan: true\ntocdepth: 2\nmyst:\n  html_meta: {}\nsubstitutions: {}\n---\n")
    may = "html_theme.sidebar_secondary.remove, no-search, nocomments, nosearch, orphan, title, tocdepth"
    assert as_lines(page_settings("page.md", front)) == [
        f"4 page-setting The front matter's 'myst' is not a page's to set; a page may set {may}.",
        f"6 page-setting The front matter's 'substitutions' is not a page's to set; a page may set {may}.",
    ]
