"""The site and the PDFs of a release, built so that the same commit gives the same bytes."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.pdf.copies import copy_beside_pages

# Sphinx's notes for the next build into the same folder
_OWN = (".buildinfo", ".buildinfo.bak", ".doctrees")


class Unfit(Exception):  # noqa: N818 (a page of the atlas is at fault, not the program)
    """An atlas with findings or warnings, which the message holds."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where and how a release is built.

    Attributes:
        tree: The copy of the commit's files.
        sources: The folder of ``conf.py``.
        trees: A folder for what Sphinx keeps of the pages, which the site and the PDFs share.
        seconds: When the commit was made, in seconds since 1970, which is the time of all that is made.
        jobs: How many processes build at the same time, as ``sphinx-build -j`` takes it.
    """

    tree: Path
    sources: Path
    trees: Path
    seconds: int
    jobs: str


def build_site(workshop: Workshop, target: Path) -> None:
    """Build the site into a folder.

    Raises:
        Unfit: There are warnings.
    """
    _sphinx("dirhtml", workshop, target)
    for name in _OWN:
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def build_pdfs(workshop: Workshop, target: Path, site: Path) -> None:
    """Make the PDFs in a folder, and put those of pages beside the pages of a site.

    Raises:
        Unfit: There are warnings, or the compiler is not installed.
    """
    _sphinx("typst", workshop, target)
    copy_beside_pages(target, site)


def _sphinx(builder: str, workshop: Workshop, target: Path) -> None:
    """Run Sphinx in a process of its own, whose surroundings are the same everywhere.

    Raises:
        OSError: The disk is full; Sphinx says so only within a report for its own developers.
        Unfit: There are warnings or errors.
    """
    fixed = {"SOURCE_DATE_EPOCH": str(workshop.seconds), "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "NO_COLOR": "1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | fixed
    options = ["-q", "-W", "--keep-going", "-j", workshop.jobs, "-b", builder, "-d", str(workshop.trees)]
    command = [sys.executable, "-m", "sphinx", *options, str(workshop.sources), str(target)]
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = done.stdout.strip() or f"sphinx-build -b {builder} ended with code {done.returncode}"
        if (full := os.strerror(errno.ENOSPC)) in said:
            raise OSError(errno.ENOSPC, full, str(target))
        raise Unfit(said.replace(f"{workshop.tree}{os.sep}", ""))  # files are named as the repository has them
