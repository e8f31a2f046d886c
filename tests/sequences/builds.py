"""Builds in forked children of one process that has everything loaded; a child can be killed while it builds."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.console import strip_escape_sequences
from sphinx.util.docutils import docutils_namespace, patch_docutils

from evidence_atlas import browse_html, evidence_references
from evidence_atlas.charts import papers
from evidence_atlas.scanner.files import check_and_screen
from evidence_atlas.tables import rows

from .atlas import Atlas

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OTHER_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen"})


@dataclass(frozen=True)
class Killed:
    """Where a build is killed.

    Attributes:
        after: The number of changes to files that it makes before.
        torn: Whether the file that it would write next is left empty, as a kill between opening and writing leaves it.
    """

    after: int
    torn: bool


@dataclass(frozen=True)
class Way:
    """How a folder is built."""

    builder: str = "dirhtml"
    processes: int = 1
    doctrees: str = "doctrees"
    everything: bool = False
    killed: Killed | None = None


@dataclass(frozen=True)
class Result:
    """What a build said: its warnings without the name of the folder, and the documents that it read."""

    warnings: list[str]
    read: set[str]


def load(folder: Path) -> None:
    """Import what builds need, by building an atlas in an empty folder, so that children need not.

    No PDF is made here: the compiler's threads would not be there after a fork.
    """
    Atlas().write(folder)
    _build(folder, Way(), folder / "said.json")


def build(root: Path, way: Way) -> Result | None:
    """Build a folder; return nothing where the build was killed."""
    said = root / "said.json"
    said.unlink(missing_ok=True)

    def run() -> None:
        browse_html.MOST_PAPERS = evidence_references.MOST_WORKS = 1  # so that lists of a few papers stand on several pages
        rows.MOST_ROWS, papers.MOST_OF_ROW, papers.MOST_OF_CELL = 2, 2, 1
        _build(root, way, said)

    in_child(run, may_be_killed=way.killed is not None)
    return Result(**(data | {"read": set(data["read"])})) if said.is_file() and (data := json.loads(said.read_text())) else None


def check(root: Path) -> list[str]:
    """Return what ``atlas check`` says of a folder, as a build would say it."""
    said = root / "said.json"

    def run() -> None:
        os.chdir(root)
        findings, _pages = check_and_screen()
        said.write_text(json.dumps([f"{f.place}: {f.message} [{f.label}]" for f in findings if f.severity != "hint"]))

    in_child(run)
    return list(json.loads(said.read_text()))


def in_child(run: Callable[[], None], *, may_be_killed: bool = False) -> None:
    """Run something in a child, which leads a group of processes of its own.

    Raises:
        RuntimeError: It raised something, or died.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            os.close(reader)
            run()
            status = 0
        except BaseException:  # noqa: BLE001  (told to the parent)
            with os.fdopen(writer, "w") as stream:
                stream.write(traceback.format_exc())
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as stream:
        told = stream.read()
    _pid, status = os.waitpid(child, 0)
    if told or (status != 0 and not (may_be_killed and os.WIFSIGNALED(status))):
        raise RuntimeError(told or f"the build ended with status {status}")


def _build(root: Path, way: Way, said: Path) -> None:
    source, out = root / "docs", root / "out" / way.builder
    stream, read = io.StringIO(), set()
    if way.killed:
        sys.addaudithook(_killer(root, way.killed))
    with patch_docutils(source), docutils_namespace():
        app = Sphinx(
            source, source, out, root / way.doctrees, way.builder, {}, status=None, warning=stream,
            freshenv=way.everything, parallel=way.processes,
        )  # fmt: skip
        app.connect("env-before-read-docs", lambda _app, _env, docnames: read.update(docnames))
        app.build(force_all=way.everything)
    text = strip_escape_sequences(stream.getvalue()).replace(f"{root}/", "")
    warnings = [line for line in text.splitlines() if re.search(r"WARNING|ERROR|CRITICAL", line)]
    said.write_text(json.dumps({"warnings": warnings, "read": sorted(read)}))


def _killer(root: Path, killed: Killed) -> Callable[[str, tuple[Any, ...]], None]:
    """Return a hook that kills this process and those that it has started, once it has changed so many files."""
    left = killed.after

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        opened = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITES)
        if not opened and event not in _OTHER_CHANGES:
            return
        path = os.fspath(arguments[0]) if isinstance(arguments[0], (str, os.PathLike)) else ""
        if opened and not str(path).startswith(str(root)):
            return
        left -= 1
        if left == 0:
            if opened and killed.torn:
                with contextlib.suppress(OSError):
                    Path(path).parent.mkdir(parents=True, exist_ok=True)
                    os.truncate(path, 0)
            os.killpg(0, signal.SIGKILL)

    return hook


def files(root: Path, builder: str) -> dict[str, bytes]:
    """Return what a builder wrote, by name, apart from Sphinx's bookkeeping."""
    out = root / "out" / builder
    found = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file() and path.name != ".buildinfo"}
    return {name: path.read_bytes() for name, path in sorted(found.items())}
