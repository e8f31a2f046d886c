"""Tries images in a process of its own: what is made to exhaust a program takes this one with it, and not the build.

The compiler cannot be stopped from within its own process. The other one is told the names of images, a line each, and
answers with a line for each: why it cannot be shown, or an empty text.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typst_builder.literals import literal

SECONDS = 30  # that one image may take; it takes some thousandths
MEMORY = 4 * 2**30  # bytes of address space, of which the compiler and its fonts have reserved a part before the first image
_EXHAUSTS = f"it takes more than {SECONDS} seconds, or more than {MEMORY // 2**30} GB of memory, to be shown"


class Trial:
    """Asks the other process, which runs from the first question on.

    Args:
        root: The folder that the compiler may read.
        font_paths: Folders of fonts.
        standards: Standards of PDF to keep to.
    """

    def __init__(self, root: Path, font_paths: Sequence[Path], standards: Sequence[str]) -> None:
        self._told = {"root": str(root), "fonts": [str(path) for path in font_paths], "standards": [*standards]}
        self._process: subprocess.Popen[str] | None = None

    def refusal(self, name: str) -> str:
        """Return why an image cannot be shown; nothing if it can.

        Args:
            name: Its name below the folder of images.
        """
        process = self._process or self._start()
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        try:
            answer = _asked(process, name)
        finally:
            limit.cancel()
        if answer:
            return str(json.loads(answer))
        self.close()
        return _EXHAUSTS

    def close(self) -> None:
        """End the other process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "typst_builder.trial"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # modules are those of this process
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",  # as JSON is written
        )
        _asked(self._process, self._told)
        return self._process


def _asked(process: subprocess.Popen[str], question: object) -> str:
    """Return the line that answers a question; an empty text where the process has ended."""
    assert process.stdin  # noqa: S101  (both are pipes)
    assert process.stdout  # noqa: S101
    try:
        process.stdin.write(f"{json.dumps(question)}\n")
        process.stdin.flush()
    except OSError:
        return ""
    return process.stdout.readline()


# ---------------------------------------------------------------------------------------------------------
# The other process
# ---------------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer questions until there are no more."""
    import typst

    from typst_builder import fonts

    _limit_memory()
    told = json.loads(sys.stdin.readline())
    empty: bytes = b""
    compiler: Any = typst.Compiler(empty, root=told["root"], font_paths=fonts.load([Path(path) for path in told["fonts"]]))
    _answer("")
    for line in sys.stdin:
        source = f'#set document(title: "x")\n#image({literal("/images/" + json.loads(line))}, alt: "x")'.encode()
        try:
            compiler.compile(input=source, format="pdf", pdf_standards=told["standards"], timestamp=0)
        except typst.TypstError as error:
            _answer(str(error.message))
        else:
            _answer("")


def _answer(refusal: str) -> None:
    sys.stdout.write(f"{json.dumps(refusal)}\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


if __name__ == "__main__":
    main()
