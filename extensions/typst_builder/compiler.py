"""The Typst compiler: one job in, one PDF out, and its complaints in words of the project's sources."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import typst

from typst_builder.workspace import Workspace

# the programs on which the bytes of a PDF depend, this package being known by its template and its translations
VERSIONS = "/".join(metadata.version(name) for name in ("typst", "tylax"))
# a compiler keeps every file that it has read, some 70 kB a PDF, so each is used for so many PDFs and no more; a new one
# reads the template again, which takes as long as four PDFs
_LIFE = 500
# Typst forgets what has not been asked for in so many PDFs
_MEMORY = 11
_PLACE = re.compile(r"┌─ (.+?):(\d+):\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Job:
    """A PDF to make.

    Attributes:
        name: Its file name without suffix.
        source: The Typst source that puts it together.
        digest: Digest of all that its bytes depend on.
        files: Files that travel inside it, by the name under which the source reads them.
        large: Whether it is of many documents.
    """

    name: str
    source: str
    digest: str
    files: Mapping[str, bytes]
    large: bool = False


# said where the compiler meets a fault of its own: typst 0.15 does while it tags, say, a block within emphasised words
# that a line breaks; no source is known that a person would write
BROKE_OFF = "the compiler itself broke off"


class Failed(Exception):  # noqa: N818 (it is the result of a job, not an error of the program)
    """A PDF that could not be made.

    Attributes:
        message: What the compiler says.
        places: Files below the root and lines in them, innermost first.
    """

    def __init__(self, message: str, places: list[tuple[str, int]]) -> None:
        super().__init__(message)
        self.message = message
        self.places = places


class PdfCompiler:
    """Compiles jobs; each thread has a compiler and uses it again, since fonts and template are then read once.

    Args:
        workspace: The folder that the compiler may read, and no other.
        loaded: The fonts.
        standards: Standards of PDF to keep to.
        timestamp: Date of the PDFs, in seconds since 1970 (UTC).
        options: What the template is told, the same for all PDFs, so that it is evaluated once.
    """

    def __init__(
        self, workspace: Workspace, loaded: typst.Fonts, standards: list[str], timestamp: int, options: Mapping[str, object]
    ) -> None:
        self.workspace = workspace
        self.loaded = loaded
        self.standards = standards
        self.timestamp = timestamp
        self.inputs = {"options": json.dumps(options), "fonts": json.dumps(sorted(loaded.families()))}
        self._own = threading.local()

    def compile(self, job: Job) -> bytes:
        """Return the bytes of a PDF.

        Raises:
            Failed: The compiler refused.
        """
        for name, data in job.files.items():
            self.workspace.place_file(name, data)
        try:
            made: bytes = self._compiler().compile(
                input=job.source.encode(),
                format="pdf",
                pdf_standards=self.standards,
                timestamp=self.timestamp,
            )
        except typst.TypstError as error:
            found = [(Path(path), int(line)) for path, line in _PLACE.findall(error.diagnostic or "")]
            message = " ".join([error.message, *(f"({hint})" for hint in error.hints)])
            raise Failed(message, [(path.as_posix(), line) for path, line in found]) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how Rust's panics reach Python; the class cannot be imported
                raise
            self._own.used = 0  # the compiler may be left in any state; the next PDF gets another
            raise Failed(f"{BROKE_OFF}: {error}", []) from error
        finally:
            if job.large:
                self._forget()
        return made

    def _forget(self) -> None:
        """Have Typst forget a large PDF, which it holds 2.4 MB of memory a document for, before the next one comes."""
        for _ in range(_MEMORY):
            self._compiler().compile(input=b'#set document(title: "x")', format="pdf", timestamp=self.timestamp)

    def _compiler(self) -> Any:
        """Return this thread's compiler."""
        used: int = getattr(self._own, "used", 0)
        if used % _LIFE == 0:
            empty: bytes = b""
            root = str(self.workspace.root)
            self._own.compiler = typst.Compiler(empty, root=root, font_paths=self.loaded, sys_inputs=self.inputs)
        self._own.used = used + 1
        return self._own.compiler
