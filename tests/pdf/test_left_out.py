"""What is left out of PDFs, and where lines end."""

from __future__ import annotations

import pytest

from typst_builder import line_ends

from .conftest import Make, links


def test_a_pattern_with_a_mark_of_exclamation_leaves_documents_out(make: Make) -> None:
    """A document that a pattern after ``!`` names gets no PDF of its own, whichever pattern comes first."""
    built = make({"a.rst": "A\n=\n", "b.rst": "B\n=\n"}, typst_pages=["!b", "**"])
    assert "a.pdf" in built.names()
    assert "b.pdf" not in built.names()


def test_what_has_a_class_that_is_left_out_is_not_shown(make: Make) -> None:
    """A block of such a class is missing with the headings in it, and a link to it leads to the web."""
    text = "Home\n====\n\nSee :ref:`there <place>`.\n\n.. container:: screen\n\n   .. _place:\n\n   .. rubric:: Unseen\n\nSeen\n"
    built = make({"index.rst": text}, typst_left_out=["screen"], typst_base_url="https://docs.example.org")
    assert not built.warnings
    assert "Seen" in built.text()
    assert "Unseen" not in built.text()
    assert links(built.pdf()) == ["https://docs.example.org/#place"]


def test_a_toctree_shows_its_caption_where_it_lists_documents(make: Make) -> None:
    """The caption stands above the list in the PDF of a page, and with the list gives way to the documents in a volume."""
    files = {"index.rst": "Home\n====\n\n.. toctree::\n   :caption: Further pages\n\n   a\n", "a.rst": "A\n=\n"}
    built = make(files, typst_documents=[("index", "book", "Book", "")])
    assert not built.warnings
    assert "Further pages • A" in built.text()
    assert "Further pages" not in built.text("book")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("plain / text", '"plain / text"'),
        ("", '""'),
        ("ME/CFS", 'n.unbroken("ME/CFS")'),
        ("a ME/CFS b", '{\n"a "\nn.unbroken("ME/CFS")\n" b"\n}'),
        ("doi:10.5555/abc-defgh", '"doi:10.5555/abc-defgh"'),  # the compiler ends lines before letters itself
        ("doi:10.5555/0001-2abc", 'n.breakable(("doi:10.5555/", "0001-", "2abc",))'),
        ("sha256:" + "0123456789abcdef" * 4, "n.breakable((" + ", ".join(['"sha256:"', *['"0123456789abcdef"'] * 4]) + ",))"),
        ('doi:10.5555/a"b\\c_defgh', 'n.breakable(("doi:10.5555/a\\"b\\\\c_", "defgh",))'),
    ],
)
def test_places_where_lines_may_end_are_marked(text: str, source: str) -> None:
    """Short forms stay whole, DOIs and digests may be parted, and neither can end the literal that holds it."""
    assert line_ends.code(text) == source
