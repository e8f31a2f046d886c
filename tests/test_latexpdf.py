"""The PDF that LaTeX makes of an atlas; Typst makes the ones that are cited."""

from __future__ import annotations

import shutil
import subprocess

import pypdfium2
import pytest

from conftest import Build, page

needs_tex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="no TeX here; 'nox -s latexpdf' says what to install")


@needs_tex
def test_latex_makes_one_pdf_of_all(build: Build):
    """XeLaTeX sets every evidence page, names with accents, badge, limitations and the works cited, without a complaint."""
    built = build(
        {
            "docs/evidence/alpha-2020-rest.md": page(body="Short: Ψ, Ж, Việt. {cite}`gamma2021cohort`"),
            "docs/index.md": "# Home\n",
        },
        "latex",
    )
    assert built.warnings == []
    done = subprocess.run(
        ["make", "LATEXMKOPTS=-halt-on-error -silent"], cwd=built.out, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    (file,) = built.out.glob("*.pdf")
    text = " ".join("".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(file)).split())
    for part in (
        "PEM required",
        "What it does not prove",
        "Béta",
        "Ψ, Ж, Việt",
        "A cohort of XMRV",
        "the Evidence Atlas contributors",
    ):
        assert part in text
    assert "Missing character" not in file.with_suffix(".log").read_text(errors="replace")
