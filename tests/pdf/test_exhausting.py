"""What is made to exhaust the compiler, or goes beyond what it counts, stops neither its PDF nor that of others."""

from __future__ import annotations

import pytest

from typst_builder import trial
from typst_builder.literals import literal

from .conftest import PNG, SVG, Make

BLURRED = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000 9000"><filter id="f" x="-9999" width="99999" height="99999">'
    '<feTurbulence numOctaves="99999" baseFrequency="9"/></filter><rect filter="url(#f)" width="9000" height="9000"/></svg>'
)
# a picture of 65,535 by 65,535 points in 40 bytes, after the GIF89a specification
VAST = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"


@pytest.mark.parametrize(("name", "data"), [("slow.svg", BLURRED), ("vast.gif", VAST)])
def test_a_picture_that_exhausts_its_reader(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, data: str | bytes):
    """Its alternative text stands in its place with a warning, and the pictures before and after it are shown."""
    monkeypatch.setattr(trial, "SECONDS", 3)
    page = f"Home\n====\n\n.. image:: one.svg\n   :alt: One\n\n.. image:: {name}\n   :alt: Instead\n\n.. image:: two.png\n   :alt: Two\n"
    built = make({"index.rst": page, name: data, "one.svg": SVG, "two.png": PNG})
    assert "[Instead]" in built.text()
    assert "[One]" not in built.text()
    assert "[Two]" not in built.text()
    (warning,) = built.warnings
    assert f"the image {name!r} cannot be shown, and its alternative text stands in its place: it takes more than" in warning


def test_numbers_that_nothing_counts(make: Make):
    """A list or lines of code that begin with a number beyond all use begin with a million million."""
    page = (
        "Home\n====\n\n999999999999999999999. One\n\n"
        ".. code-block:: python\n   :linenos:\n   :lineno-start: 9223372036854775807\n\n   one\n   two\n"
    )
    text = make({"index.rst": page}).text()
    assert text.count("1000000000000") == 2
    assert "1000000000001" in text


def test_whole_numbers():
    """Dates in seconds are told as they are; what the compiler could not count on from is not."""
    assert [literal(number) for number in (0, -7, 1_795_348_800)] == ["0", "-7", "1795348800"]
    assert [literal(number) for number in (2**63, -(10**30))] == [str(10**12), str(-(10**12))]
    assert literal(True) == "true"


def test_thousands_of_lines_of_code(make: Make):
    """Long code is set in parts, which count on; what was marked is marked."""
    lines = "".join(f"   line_{number}\n" for number in range(1, 4_502))
    page = f"Home\n====\n\n.. code-block:: python\n   :linenos:\n   :emphasize-lines: 1,2001,4501\n\n{lines}"
    built = make({"index.rst": page})
    words = built.text().split()
    assert [word for word in words if word.startswith("line_")] == [f"line_{number}" for number in range(1, 4_502)]
    assert words[words.index("line_4501") - 1] == "4501"
    source = built.source()
    assert [source.count(said) for said in ("marked: (1,)", "first: 2001", "first: 4001, marked: (501,)")] == [2, 1, 1]


@pytest.mark.parametrize("marks", ["\u0301" * 40_000, "\u2066" * 20_000], ids=["accents", "controls"])
def test_marks_without_a_width(make: Make, marks: str):
    """Marks that fill no line, one upon the other, are as many as a letter can carry."""
    built = make({"index.rst": f"Home\n====\n\nBefore a{marks} after.\n"})
    assert built.names() == {"index.pdf", "small.pdf"}
    assert "after." in built.text()
    assert built.text().count(marks[0]) <= 100  # what is read out of a PDF may have them twice
