"""What a stranger gets: the built wheel alone, in a Sphinx project of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.xdist_group("wheel")  # one process builds it once


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
        "evidence_atlas/pdf/template.typ",
        "evidence_atlas/locale/de/LC_MESSAGES/evidence_atlas.mo",
        "evidence_atlas/locale/de/LC_MESSAGES/atlas-words.js",
        "evidence_atlas/pdf/classes.typ",
        "evidence_atlas/snapshot/changes.html",
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


# ---------------------------------------------------------------------------------------------------------
# The tutorial, command by command
# ---------------------------------------------------------------------------------------------------------

ADDRESS = "https://git.example.org/evidence-atlas/evidence-atlas"
# what the environment with the wheel stands for
GETTING_TOOLS = ["python3 -m venv .venv", ". .venv/bin/activate", "pip install -q -e ."]
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<kind>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r":caption: (?P<how>Save as|Add to) (?P<file>\S+)\n\n")


def tutorial() -> Iterator[tuple[str, str]]:
    """Yield the steps of the tutorial: a command with the answer that the page shows, or a file with its text."""
    for block in FENCE.finditer((ROOT / "docs/contributing/tutorial.md").read_text(encoding="utf-8")):
        if block["kind"] == "console":
            for step in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
                command, _newline, answer = step.partition("\n")
                yield f"$ {command}", answer
        elif caption := CAPTION.match(block["body"]):
            yield f"{caption['how']} {caption['file']}", block["body"][caption.end() :]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with the atlas's sources, and none of its code."""
    folder = tmp_path / "origin"
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("_build"))
    for name in ("references.bib", "notices.toml", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    for command in ("git init -q -b main", "git add .", "git commit -q -m Sources"):
        subprocess.run(command.split(), cwd=folder, env=os.environ | GIT, check=True)
    return folder


GIT = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def test_the_tutorial(stranger: Path, repository: Path, tmp_path: Path):
    """Every command of the tutorial answers as the page shows, from a clone to a pushed branch, with the wheel alone."""
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{repository}.insteadOf", "GIT_CONFIG_VALUE_0": ADDRESS}
    environment = os.environ | GIT | git | {"PATH": f"{stranger}{os.pathsep}{os.environ['PATH']}"}
    environment = {key: value for key, value in environment.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    here, left_out = tmp_path, []
    for what, text in tutorial():
        how, _space, rest = what.partition(" ")
        if rest in GETTING_TOOLS:
            left_out.append(rest)
        elif rest.startswith("cd "):
            here /= rest.removeprefix("cd ")
        elif how == "$":
            done = subprocess.run(["bash", "-c", rest], cwd=here, env=environment, capture_output=True, text=True, check=False)
            finds = "[atlas." in text or rest.startswith("grep ")
            assert done.returncode == (1 if finds else 0), (rest, done.stdout, done.stderr)
            if text:
                assert done.stdout + done.stderr == text, rest
            else:  # a build may warn of other pages, which are not the tutorial's concern
                assert "thomas-2026" not in done.stdout + done.stderr, rest
        else:
            file = here / rest.rpartition(" ")[2]
            file.write_text((file.read_text(encoding="utf-8") + "\n" if how == "Add" else "") + text, encoding="utf-8")
    assert left_out == GETTING_TOOLS
    pushed = subprocess.run(
        ["git", "show", "--stat", "--format=%s", "thomas-2026"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert pushed.stdout.splitlines()[0] == "Add a page on Thomas 2026"
    assert "2 files changed" in pushed.stdout
