"""The parts of a page as its Markdown has them: each with its line, however it is nested."""

from __future__ import annotations

import pytest

from evidence_atlas.core.page import Directive, read_page

TEXT = """\


Before the title.

# A *title*

Under the title, <b>raw</b>
and [a link](https://example.org/a)\\
and ![a picture](a.png) and
{cite}`good2020` here.

<div>
raw
</div>

## A part

```{pem-badge} key2020
:class: wide
```

::::{limitations}
---
class: wide
---
# No title

Within, <i>raw</i>.

:::{note} A word
:class: x
:name: y

Deep [link](b.md).
:::
::::

```{math}
<b>no HTML</b>
```

```python
# no part
```

| cell |
|------|
| {role}`x` |

# Another title
"""


@pytest.fixture(scope="module")
def parts():
    """Return the parts of a page that has one of each."""
    return read_page(TEXT)


def test_the_title_is_the_first_heading_of_the_page(parts):
    """The first heading of the first rank outside of directives is the title; without one the first line of text counts."""
    assert (parts.title, parts.title_line) == ("A *title*", 5)
    assert [(page.title, page.title_line) for page in map(read_page, ("\n\n\nText.\n", "## Two\n", ""))] == [
        ("", 4),
        ("", 1),
        ("", 1),
    ]


def test_directives_stand_in_order_with_their_lines(parts):
    """A directive has name, argument and line, is empty without content of its own, and stands before those within it."""
    assert parts.directives == [
        Directive("pem-badge", "key2020", 18, empty=True),
        Directive("limitations", "", 22, empty=False),
        Directive("note", "A word", 30, empty=False),
        Directive("math", "", 38, empty=False),
    ]


def test_markup_has_the_line_on_which_it_stands(parts):
    """Raw HTML, links, pictures and roles have their own line within a paragraph, and within directives; formulas are not read."""
    assert parts.html == [(7, "<b>"), (7, "</b>"), (12, "<div>\nraw\n</div>"), (28, "<i>"), (28, "</i>")]
    assert parts.links == [(8, "https://example.org/a"), (34, "b.md")]
    assert parts.images == [(9, "a.png")]
    assert parts.roles == [(10, "cite", "good2020"), (48, "role", "x")]


def test_text_knows_its_part_of_the_page(parts):
    """A block of text is of the title, of the heading above it, or of the outermost directive around it."""
    assert [(block.line, block.section, block.token.content.partition("\n")[0]) for block in parts.prose] == [
        (3, "", "Before the title."),
        (5, "title", "A *title*"),
        (7, "", "Under the title, <b>raw</b>"),
        (16, "A part", "A part"),
        (26, "limitations", "No title"),
        (28, "limitations", "Within, <i>raw</i>."),
        (34, "limitations", "Deep [link](b.md)."),
        (46, "A part", "cell"),
        (48, "A part", "{role}`x`"),
        (50, "Another title", "Another title"),
    ]


@pytest.mark.parametrize(
    ("content", "empty"),
    [
        ("", True),
        (":class: x\n\n:name: y", True),
        ("---\nclass: x\n---", True),
        ("---\nclass: x\n---\n:name: y\n", True),
        ("% a comment\n\n% another", True),
        (":class: x\n\n% a comment\nText.", False),
        ("---\nclass: x\n---\nText.", False),
        ("---\nText.", False),
        ("Text.\n:class: x", False),
    ],
)
def test_a_directive_is_empty_without_content_of_its_own(content, empty):
    """Options in either form, comments and blank lines are no content."""
    [directive] = read_page(f"```{{limitations}}\n{content}\n```\n").directives
    assert directive.empty is empty


def test_directives_are_read_ten_deep():
    """Nesting is read down to ten directives within one another and no deeper, so that no page exhausts the reader."""
    fences = [":" * (20 - depth) for depth in range(13)]
    text = "\n".join([f"{fence}{{note}}" for fence in fences] + ["Text."] + fences[::-1])
    assert len(read_page(text).directives) == 11
