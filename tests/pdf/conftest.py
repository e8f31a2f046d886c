"""Small projects, made beside the assertion and built into PDFs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.console import strip_escape_sequences

from conftest import apart

EPOCH = 1790000000
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="teal"/></svg>'


@dataclass
class Pdfs:
    """A finished build.

    Attributes:
        app: The application.
        out: The folder of the PDFs.
        warnings: What was warned of.
        written: The documents that were translated.
        compiled: The PDFs that were compiled.
    """

    app: Sphinx
    out: Path
    warnings: list[str]
    written: set[str] = field(default_factory=set)
    compiled: list[str] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names of all files in the output, apart from Sphinx's own."""
        return {
            path.relative_to(self.out).as_posix()
            for path in self.out.rglob("*")
            if path.is_file() and ".doctrees" not in path.parts
        }

    def data(self, name: str = "index") -> bytes:
        """Return the bytes of a PDF."""
        return (self.out / f"{name}.pdf").read_bytes()

    def text(self, name: str = "index") -> str:
        """Return the text of a PDF, with single blanks."""
        return text_of(self.data(name))

    def pdf(self, name: str = "index") -> pikepdf.Pdf:
        """Return a PDF, opened."""
        return pikepdf.open(io.BytesIO(self.data(name)))

    def source(self, docname: str = "index", segment: int = 0) -> str:
        """Return the Typst source of a document."""
        return (Path(self.app.doctreedir) / "typst" / "doc" / f"{docname}.{segment}.typ").read_text(encoding="utf-8")


def text_of(data: bytes) -> str:
    """Return the text of a PDF, with single blanks."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    return " ".join("\n".join(pages).replace("\ufffe\r\n", "").replace("\ufffe", "").split())


def walk(pdf: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """Return the structure elements of a PDF, as role and element, in order."""
    found: list[tuple[str, Any]] = []

    def visit(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for each in element:
                visit(each)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append((str(element.S), element))
            if "/K" in element:
                visit(element.K)

    visit(pdf.Root.StructTreeRoot.K)
    return found


def links(pdf: pikepdf.Pdf) -> list[str]:
    """Return where the links of a PDF lead: addresses, and ``inside`` for places within it."""
    found = []
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            action = note.get("/A")
            found.append(str(action.URI) if action is not None and "/URI" in action else "inside")
    return found


Make = Callable[..., Pdfs]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Build a project from ``{file name: text or bytes}``; called again it adds or changes files and builds anew."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH))

    def run(
        files: dict[str, str | bytes] | None = None,
        *,
        folder: str = "a",
        listen: dict[str, Any] | None = None,
        parallel: int = 1,
        doctree: Callable[[nodes.document], None] | None = None,
        **conf: Any,
    ) -> Pdfs:
        root = tmp_path / folder
        defaults = {} if (root / "conf.py").exists() else {"conf.py": "project = 'Small'\n", "index.rst": "Home\n====\n"}
        for name, text in (defaults | (files or {})).items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        conf = {"typst_pages": ["**"], "extensions": ["typst_builder"]} | conf
        stream, built = io.StringIO(), root / "out"
        with apart(root):
            app = Sphinx(root, root, built, root / "doctrees", "typst", conf, status=None, warning=stream, parallel=parallel)
            pdfs = Pdfs(app, built, [])
            for event, listener in (listen or {}).items():
                app.connect(event, listener)
            if doctree:
                app.connect("doctree-resolved", lambda _app, tree, _docname: doctree(tree))
            app.connect("doctree-resolved", lambda _app, _tree, docname: pdfs.written.add(docname))
            _spy(monkeypatch, pdfs)
            app.build()
        said = strip_escape_sequences(stream.getvalue()).replace(f"{root}/", "")
        pdfs.warnings = [line for line in said.splitlines() if re.search(r"WARNING|ERROR|CRITICAL", line)]
        return pdfs

    return run


def _spy(monkeypatch: pytest.MonkeyPatch, pdfs: Pdfs) -> None:
    from typst_builder.compiler import PdfCompiler

    real = getattr(PdfCompiler.compile, "real", PdfCompiler.compile)

    def compile_(self, job):
        pdfs.compiled.append(job.name)
        return real(self, job)

    compile_.real = real
    monkeypatch.setattr(PdfCompiler, "compile", compile_)
