"""Images: copied to where the compiler may read them, each tried alone before it may stand in a document."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

import typst

from typst_builder.literals import literal
from typst_builder.workspace import Workspace


class Images:
    """Places images and remembers which of them can be shown.

    Args:
        workspace: The private folder.
        loaded: The fonts, which drawings with text ask for.
        standards: Standards of PDF to keep to.
    """

    def __init__(self, workspace: Workspace, loaded: typst.Fonts, standards: list[str]) -> None:
        self.workspace = workspace
        self.standards = cast("list[typst.PDFStandard]", standards)
        empty: bytes = b""
        self.compiler = typst.Compiler(empty, root=str(workspace.root), font_paths=loaded)
        self.tried: dict[tuple[str, str], str] = {}

    def place(self, path: Path, name: str) -> str:
        """Copy an image.

        Args:
            path: The image.
            name: Its name below the folder of images.

        Returns:
            Why it cannot be shown; nothing if it can.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            return error.strerror or "cannot be read"
        key = name, hashlib.sha256(data).hexdigest()
        if key not in self.tried:
            self.workspace.place_image(name, data)
            self.tried[key] = self._try(name)
        return self.tried[key]

    def _try(self, name: str) -> str:
        source = f'#set document(title: "x")\n#image({literal(f"/images/{name}")}, alt: "x")'.encode()
        try:
            self.compiler.compile(input=source, format="pdf", pdf_standards=self.standards, timestamp=0)
        except typst.TypstError as error:
            return str(error.message)
        return ""
