"""Measures what the patches in ``upstream`` for Sphinx, MyST-Parser and sphinx-design spare, each by itself and all together.

The packages are copied and patched; the copies build the same pages in turn with the installed ones, and what is
built must be the same to the byte. Figures are CPU seconds, children included.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import corpus
from measured import take

PATCHES = Path(__file__).parents[1] / "upstream"
PACKAGES = {"sphinx": "sphinx", "myst-parser": "myst_parser", "sphinx-design": "sphinx_design"}
INSTALLED, TOGETHER = "as installed", "all patches"


def patched(target: Path, names: list[str]) -> Path:
    """Copy packages into a folder, apply their patches, and return the folder, which goes first on Python's path."""
    for name in names:
        spec = find_spec(PACKAGES[name])
        if spec is None or not spec.submodule_search_locations:
            sys.exit(f"{name} is not installed.")
        shutil.copytree(spec.submodule_search_locations[0], target / PACKAGES[name])
        for patch in sorted((PATCHES / name).glob("*.patch")):
            subprocess.run(["patch", "--quiet", "-p1", "-i", str(patch)], cwd=target, check=True)
    return target


def differing(one: Path, other: Path) -> list[str]:
    """Return the files of two sites that are not the same."""
    names = {str(path.relative_to(site)) for site in (one, other) for path in site.rglob("*") if path.is_file()}
    _same, changed, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    return [*changed, *missing]


def main() -> None:
    """Print the table, or say which files differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300, help="pages to build (300)")
    parser.add_argument("--runs", type=int, default=3, help="builds of each kind (3)")
    parser.add_argument("--project", choices=("plain", "atlas"), default="plain", help="what to build (plain)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project = corpus.make(root / "bench", options.pages, cited=2)[options.project]
        kinds = {name: patched(root / name, [name]) for name in PACKAGES}
        paths = {INSTALLED: root / "none", **kinds, TOGETHER: patched(root / "all", [*PACKAGES])}
        taken: dict[str, list[float]] = {kind: [] for kind in paths}
        for _run in range(options.runs):
            for kind, path in paths.items():
                site = root / "sites" / kind
                shutil.rmtree(site, ignore_errors=True)
                searched = os.pathsep.join(filter(None, (str(path), os.environ.get("PYTHONPATH", ""))))
                build = [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", "-d", str(root / "doctrees"), "-E"]
                taken[kind].append(take(["env", f"PYTHONPATH={searched}", *build, str(project), str(site)]).cpu)
        for kind in paths:
            if wrong := differing(root / "sites" / INSTALLED, root / "sites" / kind):
                sys.exit(f"{kind}: these files are not the same: {', '.join(wrong[:10])}")
    base = statistics.median(taken[INSTALLED])
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    print(f"{options.project}, {options.pages} pages, medians of {options.runs}; {versions}; the same bytes by all")
    for kind, runs in taken.items():
        took = statistics.median(runs)
        each, spared = took / options.pages * 1e3, (took - base) / options.pages * 1e3
        print(f"{kind:<16}{each:8.1f} ms a page{took / base:8.2f}{spared:+8.1f} ms")


if __name__ == "__main__":
    main()
