"""How long PDFs take: a project of documents of two pages, built once, with the compiler's share told apart.

``python tests/pdf/measure.py 1000`` prints the figures of :func:`measure` as JSON.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

WORDS = [
    "patients",
    "with",
    "fatigue",
    "after",
    "exertion",
    "were",
    "asked",
    "how",
    "they",
    "felt",
    "on",
    "the",
    "next",
    "day",
    "and",
    "a",
    "score",
    "was",
    "taken",
]
CONF = """
project = "Measured"
extensions = ["typst_builder"]
typst_pages = ["pages/*"]
typst_base_url = "https://example.org"
typst_timestamp = 0
"""


def write_project(folder: Path, documents: int) -> None:
    """Write a project of documents of two pages each, the same for the same number."""
    chance = random.Random(documents)  # noqa: S311 (words, not secrets)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."

    (folder / "pages").mkdir(parents=True)
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.rst").write_text("Measured\n========\n\n.. toctree::\n   :glob:\n\n   pages/*\n", encoding="utf-8")
    for number in range(documents):
        link = f":doc:`page {chance.randrange(documents)} </pages/{chance.randrange(documents)}>`"
        sections = "".join(
            f"{words(4)}\n{'-' * 60}\n\n{words(80)} *{words(3)}* {link} [#n{section}]_\n\n{words(80)}\n\n- {words(8)}\n- {words(8)}\n\n"
            f".. note:: {words(20)}\n\n.. [#n{section}] {words(8)}\n\n"
            for section in range(4)
        )
        (folder / f"pages/{number}.rst").write_text(f"{words(8)}\n{'=' * 80}\n\n{words(60)}\n\n{sections}", encoding="utf-8")


def measure(documents: int, folder: Path, *, volumes: bool = True, jobs: int = 1) -> dict[str, float]:
    """Build the project in this process and return what it took.

    Args:
        documents: How many documents of two pages.
        folder: An empty folder.
        volumes: Whether the volume is made too.
        jobs: How many PDFs are made at the same time.

    Returns:
        CPU seconds of the build; CPU milliseconds of the compiler per page PDF; seconds per volume; peak memory in MB.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from typst_builder.compiler import PdfCompiler

    write_project(folder, documents)
    real, took = PdfCompiler.compile, {"pages": 0.0, "volumes": 0.0}

    def timed(self: PdfCompiler, job) -> bytes:
        start = time.process_time(), time.perf_counter()
        made = real(self, job)
        volume = "#show: n.volume" in job.source
        took["volumes" if volume else "pages"] += time.perf_counter() - start[1] if volume else time.process_time() - start[0]
        return made

    PdfCompiler.compile = timed
    try:
        with patch_docutils(folder), docutils_namespace():
            app = Sphinx(folder, folder, folder / "out", folder / "trees", "typst", status=None, parallel=jobs)
            if not volumes:
                app.connect("typst-volumes", lambda _app, listed: listed.clear())
            start = time.process_time()
            app.build()
            spent = time.process_time() - start
    finally:
        PdfCompiler.compile = real
    return {
        "documents": documents,
        "build_cpu_s": round(spent, 2),
        "page_cpu_ms": round(took["pages"] * 1000 / documents, 1),
        "volumes_s": round(took["volumes"], 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        options = {"volumes": "--no-volumes" not in sys.argv}
        print(json.dumps(measure(int(sys.argv[1]), Path(name) / "project", **options)))  # noqa: T201 (it is there to print)
