"""Measures the PDFs of an atlas: CPU of the compiler a page, seconds and memory of the volume, and LaTeX beside it.

One build of the whole in this process, with the compiler's share told apart from reading and translating. Page PDFs
are counted in CPU milliseconds, all threads included; the volume in seconds, since that is what one waits for.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import corpus
import pypdfium2
from measured import cpu_seconds, row
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from typst_builder.compiler import Job, PdfCompiler


class TimedCompiler:
    """Stands in for the compiler's method, and adds up what it takes."""

    def __init__(self) -> None:
        self.pages = self.volumes = 0.0
        self.count = self.before = 0
        self._real = PdfCompiler.compile

    def __enter__(self) -> Self:
        timer = self

        def compile_timed(compiler: PdfCompiler, job: Job) -> bytes:
            timer.before = timer.before or peak()
            cpu, wall = time.process_time(), time.perf_counter()
            try:
                return timer._real(compiler, job)
            finally:
                if "#show: n.volume" in job.source:
                    timer.volumes += time.perf_counter() - wall
                else:
                    timer.pages += time.process_time() - cpu
                    timer.count += 1

        PdfCompiler.compile = compile_timed  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        PdfCompiler.compile = self._real  # type: ignore[method-assign]


def peak() -> int:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@dataclass(frozen=True)
class Built:
    """What a build took.

    Attributes:
        each: Compiler's CPU milliseconds of a PDF of one page.
        volumes: Compiler's seconds of all volumes.
        before: Most memory held before the first PDF, in MB.
        after: Most memory held by the end, in MB.
    """

    each: float
    volumes: float
    before: int
    after: int


def build(project: Path, volumes: bool) -> Built:
    """Build the PDFs of a project in this process."""
    out = project / "_build"
    shutil.rmtree(out, ignore_errors=True)
    with TimedCompiler() as timer, patch_docutils(project), docutils_namespace():
        app = Sphinx(project, project, out / "pdf", out / "trees", "typst", {"keep_warnings": True}, status=None)
        if not volumes:
            app.connect("typst-volumes", lambda _app, found: found.clear(), priority=900)
        app.build()
        if app.statuscode:
            raise SystemExit("a PDF could not be made")
    return Built(timer.pages / max(1, timer.count) * 1e3, timer.volumes, timer.before, peak())


def build_alone(project: Path, *, volumes: bool) -> Built:
    """Build in a process of its own, since a process never forgets the most memory that it held."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(build, project, volumes).result()


def sheets(path: Path) -> int:
    """Return the number of pages of a PDF."""
    return len(pypdfium2.PdfDocument(path))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000, help="evidence pages (1000)")
    parser.add_argument("--volume", type=int, default=400, help="evidence pages of the volume (400)")
    parser.add_argument("--bib", type=Path, help="a BibTeX file to take the references from")
    options = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    with tempfile.TemporaryDirectory() as folder:
        for count, volumes in ((max(1, options.pages // 10), False), (options.pages, False), (options.volume, True)):
            project = corpus.make(Path(folder) / f"{count}-{volumes}", count, options.bib, cited=2)["atlas"]
            built = build_alone(project, volumes=volumes)
            if not volumes:
                made = sorted((project / "_build" / "pdf").glob("*.pdf"))
                printed = sheets(made[0])
                label = f"{count:,} PDFs of {printed} pages"
                row(
                    f"{label}: compiler, CPU ms each, and a page of it (20)",
                    f"{built.each:.1f}, {built.each / sheets(made[0]):.1f}",
                )
                row(f"{label}: peak memory before compiling, after (MB; flat)", f"{built.before}, {built.after}")
            else:
                made = sorted((project / "_build" / "pdf").glob("evidence-atlas-*.pdf"))
                label = f"{len(made)} volume(s) of {sum(map(sheets, made)):,} pages"
                row(f"{label}: seconds (at most 15 at 1,000)", f"{built.volumes:.1f}")
                row(f"{label}: peak memory (MB; at most 2,048)", str(built.after))
        if shutil.which("latexmk"):
            project, few = Path(folder) / f"{max(1, options.pages // 10)}-False" / "atlas", max(1, options.pages // 10)
            command = [sys.executable, "-m", "sphinx", "-q", "-b", "latex", str(project), str(project / "_latex")]
            subprocess.run(command, check=True)
            took = cpu_seconds(["make", "-s", "-C", str(project / "_latex"), "LATEXMKOPTS=-silent"])
            row(f"LaTeX, one PDF of {few:,} pages: CPU ms each", f"{took / few * 1e3:.1f}")
        else:
            row("LaTeX", "not installed")


if __name__ == "__main__":
    main()
