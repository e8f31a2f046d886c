"""What a stranger gets: the built wheel alone, in a Sphinx project of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the ``bin`` of a fresh environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("stranger")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT), cwd=folder)
    (wheel,) = folder.glob("evidence_atlas-*.whl")
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel), cwd=folder)
    return binaries


def run(*command: str, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_all_packages_and_templates(stranger: Path):
    """Besides the atlas, the wheel holds the bibliography and the PDF builder, and the files of their look."""
    (wheel,) = stranger.parents[1].glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "evidence_atlas/pdf.typ",
        "evidence_atlas/pdf_classes.typ",
        "typst_builder/template.typ",
        "indexed_bibtex/__init__.py",
    }
    assert wanted <= names


def test_pdf_without_the_extra(stranger: Path, tmp_path: Path):
    """Without the extra, the builder says in one line what to install."""
    run(str(stranger / "atlas"), "init", "mine", cwd=tmp_path)
    command = [str(stranger / "sphinx-build"), "-b", "typst", "docs", "pdf"]
    done = subprocess.run(command, cwd=tmp_path / "mine", capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "pip install 'evidence-atlas[pdf]'" in done.stderr


def test_init_check_and_build(stranger: Path, tmp_path: Path):
    """From the wheel, ``atlas init`` makes an atlas that passes ``atlas check`` and builds without a warning."""
    run(str(stranger / "atlas"), "init", "mine", cwd=tmp_path)
    run(str(stranger / "atlas"), "check", cwd=tmp_path / "mine")
    run(str(stranger / "sphinx-build"), "-W", "--keep-going", "-n", "-b", "dirhtml", "docs", "site", cwd=tmp_path / "mine")
    page = (tmp_path / "mine/site/evidence/fluge-2019-lymphocyte-depletion/index.html").read_text(encoding="utf-8")
    assert "PEM unclear" in page
    assert (tmp_path / "mine/site/_static/atlas.css").is_file()
    record = json.loads((tmp_path / "mine/site/evidence/fluge-2019-lymphocyte-depletion/record.json").read_text())
    assert record["versions"]["generator"].startswith("evidence-atlas ")


def test_one_line_in_an_existing_project(stranger: Path, tmp_path: Path):
    """In a project that has only the one line in its ``conf.py``, the directives work by key, in reST too."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text('extensions = ["evidence_atlas"]\n')
    (docs / "references.bib").write_text("@article{a, author={A, B}, title={T}, journal={J}, year={2020}, doi={10.5555/a}}\n")
    (docs / "index.rst").write_text("Home\n====\n\n.. evidence-table::\n\n.. evidence-policy:: badges\n")
    run(str(stranger / "sphinx-build"), "-W", "-b", "html", "docs", "out", cwd=tmp_path)
    assert "No page matches." in (tmp_path / "out/index.html").read_text(encoding="utf-8")


def test_a_project_without_a_bibliography(stranger: Path, tmp_path: Path):
    """``extensions = ["evidence_atlas"]`` alone builds: nothing else is asked for."""
    (tmp_path / "conf.py").write_text('extensions = ["evidence_atlas"]\n')
    (tmp_path / "index.md").write_text("# Home\n")
    run(str(stranger / "sphinx-build"), "-W", "-b", "html", ".", "out", cwd=tmp_path)
