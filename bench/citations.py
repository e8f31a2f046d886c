"""Measures sphinxcontrib-bibtex as it is released against a changed copy of it, on the same pages, in one run.

``python bench/citations.py --changed SRC``: ``SRC`` is the folder ``src`` of the changed copy. Pages cite two of as
many works as there are pages, and one bibliography lists them all. Figures are CPU seconds, children included.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from measured import cpu_seconds, row

CONF = """extensions = ["sphinxcontrib.bibtex"]
bibtex_bibfiles = ["works.bib"]
html_theme = "basic"
html_sidebars = {"**": []}
"""
ENTRY = "@article{{w{0}, author = {{Author, Anna{0} and Ode, Bo}}, title = {{Title {0}}}, journal = {{J}}, year = {{{1}}}}}\n"
PAGE = ":orphan:\n\nPage {0}\n===========\n\nText :cite:p:`w{0}` and :cite:t:`w{1}`.\n"


def make(folder: Path, pages: int) -> None:
    """Write the project."""
    folder.mkdir()
    (folder / "conf.py").write_text(CONF)
    (folder / "works.bib").write_text("".join(ENTRY.format(n, 1990 + n % 30) for n in range(pages)))
    (folder / "index.rst").write_text("Index\n=====\n\n.. bibliography::\n")
    for n in range(pages):
        (folder / f"page{n}.rst").write_text(PAGE.format(n, random.Random(n).randrange(pages)))


def outputs(folder: Path) -> dict[str, bytes]:
    """Return what a build wrote, apart from Sphinx's own bookkeeping."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".buildinfo")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changed", type=Path, required=True, help="the folder src of the changed copy")
    parser.add_argument("--pages", type=int, nargs="+", default=[250, 1000], help="sizes to build (250 1000)")
    options = parser.parse_args()
    for pages in options.pages:
        with tempfile.TemporaryDirectory() as temporary:
            project, doctrees = Path(temporary) / "project", Path(temporary) / "doctrees"
            make(project, pages)
            made = []
            for name, path in (("released", ""), ("changed", str(options.changed.resolve()))):
                out = Path(temporary) / name
                command = ["env", f"PYTHONPATH={path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"]
                command += [sys.executable, "-m", "sphinx", "-q", "-d", str(doctrees), str(project), str(out)]
                row(f"{name}, {pages:,} pages: full build (CPU s)", f"{cpu_seconds(command):.2f}")
                row(f"{name}, {pages:,} pages: nothing changed (CPU s)", f"{cpu_seconds(command):.2f}")
                made.append(outputs(out))
                shutil.rmtree(doctrees)
            row(
                f"{pages:,} pages: files that differ",
                str(sum(made[0].get(name) != made[1].get(name) for name in made[0] | made[1])),
            )


if __name__ == "__main__":
    main()
