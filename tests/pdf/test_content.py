"""What documents hold is in the PDF, with its roles: lists, notes, tables, figures, numbers, cards."""

from __future__ import annotations

from .conftest import PNG, SVG, Make, links, walk

SECTIONS = """
Top
===

para one

Sub *title*
-----------

Deep
~~~~

- tight one
- tight two

3. three
4. four

term : class
   meaning

:field: value

--opt=X  an option

| line one
|   line two

    quoted words

    -- Someone

.. note:: noted
.. admonition:: Own title

   body of it

.. versionadded:: 1.2
   new thing

.. glossary::

   entry
      meaning of entry

.. py:function:: call(a, b=1)

   does it

.. productionlist::
   rule: "x" | `other`

.. hlist::

   * left
   * right

.. rubric:: aside heading
"""


def test_what_is_written_is_in_the_pdf(make: Make):
    """Lists, definitions, options, quotations, admonitions, signatures and grammar are all there as text."""
    built = make({"index.rst": SECTIONS})
    assert built.warnings == []
    text = built.text()
    wanted = [
        "Top", "para one", "Sub title", "Deep", "tight one", "3. three", "4. four", "term : class", "meaning", "field: value", "--opt=X",
        "an option", "line one", "line two", "quoted words", "— Someone", "Note", "noted", "Own title", "body of it",
        "Added in version 1.2", "new thing", "entry", "meaning of entry", "call(a, b=1)", "does it", 'rule ::= "x" | other', "left", "right", "aside heading",
    ]  # fmt: skip
    assert [each for each in wanted if each not in text] == []


def test_structure_is_tagged(make: Make):
    """Headings, lists, tables with header cells, figures, formulas, code, links and notes have their roles."""
    files = {
        "p.png": PNG,
        "index.rst": SECTIONS
        + """
.. list-table:: Numbers
   :header-rows: 1

   * - a
     - b
   * - 1
     - 2

.. figure:: p.png
   :alt: A dot

   The dot

.. math:: a^2

Text with `a link <https://example.org>`_ and a note [1]_.

::

   code()

.. [1] the note
""",
    }
    built = make(files)
    pdf = built.pdf()
    roles = [role for role, _ in walk(pdf)]
    for role in (
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TH",
        "/TD",
        "/Figure",
        "/Caption",
        "/Formula",
        "/Code",
        "/Link",
        "/Note",
    ):
        assert role in roles, role
    assert roles.count("/TH") == 2
    alts = {str(each.Alt) for role, each in walk(pdf) if role in {"/Figure", "/Formula"} and "/Alt" in each}
    assert alts == {"A dot", "a^2"}


def test_footnotes(make: Make):
    """A note stands once at the foot, with the label of the web, however often it is referred to; in a title it is linked."""
    built = make(
        {
            "index.rst": """
Home [#t]_
==========

One [2]_, again [2]_, auto [#]_, symbol [*]_, two blocks [#b]_.

.. [2] second
.. [#] automatic
.. [*] symbolic
.. [#b] first block

   * item

.. [#t] of the title
.. [9] never referred to
"""
        }
    )
    assert built.warnings == ["index.rst:15: WARNING: Footnote [9] is not referenced. [ref.footnote]"]
    text = built.text()
    for each in ("second", "automatic", "symbolic", "first block", "item", "of the title", "never referred to"):
        assert text.count(each) == 1
    assert len([role for role, _ in walk(built.pdf()) if role == "/Note"]) == 4


def test_tables_keep_spans_widths_and_stubs(make: Make):
    """Spans, column widths, header rows and stub columns reach the compiler; an empty table is left out."""
    built = make(
        {
            "index.rst": """
Home
====

.. table::
   :widths: 1 3 2

   +---+---+---+
   | A | B | C |
   +===+===+===+
   | 1 | 2     |
   +   +---+---+
   |   | 4 | 5 |
   +---+---+---+

.. list-table::
   :stub-columns: 1

   * - stub
     - - x
       - y
"""
        }
    )
    source = built.source()
    assert "(1, 3, 2,)" in source
    assert "rowspan: 2" in source
    assert "colspan: 2" in source
    assert "stub: true" in source
    assert built.warnings == []


def test_numbers_of_figures_tables_and_code(make: Make):
    """With ``numfig`` the numbers of the web are those of the PDF."""
    text = """
Home
====

.. figure:: p.svg
   :name: fig
   :alt: A shape

   Shape

.. table:: Numbers
   :name: tab

   == ==
   a  b
   == ==

.. code-block:: python
   :caption: Program
   :name: prog

   x = 1

See :numref:`fig`, :numref:`tab`, :numref:`prog`.
"""
    built = make({"index.rst": text, "p.svg": SVG}, numfig=True)
    assert built.warnings == []
    for each in ("Fig. 1 Shape", "Table 1 Numbers", "Listing 1 Program", "See Fig. 1, Table 1, Listing 1."):
        assert each in built.text()


def test_sphinx_design_degrades_to_its_content(make: Make):
    """Cards, grids, badges, tabs, dropdowns and buttons show what they hold, in order."""
    page = """
# Page

::::{grid} 2
:::{grid-item-card} Card title
Card body {bdg-primary}`badge`
:::
:::{grid-item-card} Linked
:link: https://example.org
Second body
:::
::::

::::{tab-set}
:::{tab-item} Tab A
Content A
:::
:::{tab-item} Tab B
Content B
:::
::::

:::{dropdown} Drop title
Dropped words
:::

```{button-link} https://example.org/b
Button words
```
"""
    built = make(
        {"page.md": page, "index.rst": "Home\n====\n\n.. toctree::\n\n   page\n"},
        extensions=["typst_builder", "myst_parser", "sphinx_design"],
        myst_enable_extensions=["colon_fence"],
    )
    assert built.warnings == []
    order = [
        "Card title",
        "Card body",
        "badge",
        "Linked",
        "Second body",
        "Tab A",
        "Content A",
        "Tab B",
        "Content B",
        "Drop title",
        "Dropped words",
        "Button words",
    ]
    text = built.text("page")
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert {"https://example.org", "https://example.org/b"} <= set(links(built.pdf("page")))


def test_levels_have_no_gap(make: Make):
    """A document that skips levels, or has no title, or empty ones, is made with levels 1, 2, 3."""
    icon = ".. role:: icon(raw)\n   :format: html\n\n"
    files = {
        "index.rst": "Home\n====\n\n.. toctree::\n\n   skip\n   none\n   empty\n   icons\n   logo\n",
        "icons.rst": f"{icon}One\n###\n\n:icon:`<i>star</i>`\n********************\n\nTwo\n~~~\n\ntext\n\n.. rubric:: :icon:`<i>star</i>`\n",
        "logo.md": "# One\n\n## ![A red square](red.png)\n\n### Two\n\ntext\n",
        "red.png": PNG,
        "skip.md": "# One\n\n#### Four\n\ntext\n\n## Two\n\ntext\n",
        "none.rst": "Just a paragraph.\n\n.. rubric:: Deep\n   :heading-level: 5\n",
        "empty.rst": "",
    }
    built = make(files, extensions=["typst_builder", "myst_parser"], suppress_warnings=["myst.header", "toc"])
    assert built.warnings == []
    assert [role for role, _ in walk(built.pdf("skip")) if role.startswith("/H")] == ["/H1", "/H2", "/H2"]
    assert [role for role, _ in walk(built.pdf("none")) if role.startswith("/H")] == ["/H1"]
    assert [role for role, _ in walk(built.pdf("icons")) if role.startswith("/H")] == ["/H1", "/H2"]
    roles = [role for role, _ in walk(built.pdf("logo"))]
    assert [role for role in roles if role.startswith("/H")] == ["/H1", "/H2"]
    assert roles.index("/H1") < roles.index("/Figure") < roles.index("/H2")
    assert "Just a paragraph." in built.text("small")
