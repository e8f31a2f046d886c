"""The PDFs: CPU of the compiler for a page, and memory, by the functions of :mod:`pdf`."""

from __future__ import annotations

import os
from collections.abc import Sequence

from figures import NO_BOUND, Bound, Cell, Group
from measured import exponent
from projects import Projects

import pdf

PDF = Bound(20.0, 1000, "ms")


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``pdf``; each size is built once, since that takes long."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    rows: list[list[Cell]] = []
    peaks: dict[int, float] = {}
    for projects in sizes:
        project = projects.roots["atlas"]
        built = pdf.build_alone(project, volumes=False)
        projects.built.discard("atlas")  # the site that lay there is gone
        sheets = pdf.sheets(min((projects.out("atlas") / "pdf").glob("*.pdf")))
        peaks[projects.pages] = built.after
        rows += [
            ["compiler, CPU ms a PDF", projects.pages, built.each, *PDF.cells(built.each, projects.pages)],
            ["compiler, CPU ms a printed page", projects.pages, built.each / sheets, *NO_BOUND],
            ["memory before the first PDF, MB", projects.pages, float(built.before), *NO_BOUND],
            ["memory at the end, MB", projects.pages, float(built.after), *NO_BOUND],
        ]
    sizes_told = " to ".join(f"{pages:,}" for pages in peaks)
    rows.append(["growth of memory: exponent, 0 is flat", sizes_told, exponent(peaks), *NO_BOUND])
    return {"pdf": Group(("PDFs", "Pages", "Figure", "Bound", "Met"), rows)}
