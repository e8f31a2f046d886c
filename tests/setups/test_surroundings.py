"""Machines of other people: their locale, terminal, folders and tools."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Build, page

NAME = "evidence/alpha-2020-rest"
FILES = {f"docs/{NAME}.md": page(body="Größe ≥ 3 — “wörtlich”. {cite}`alpha2020trial`")}
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb"}


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command of this Python with nothing of our own surroundings but the path."""
    given = {"PATH": os.environ["PATH"], "HOME": str(cwd), "SOURCE_DATE_EPOCH": "1790000000"} | environment
    return subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=given, capture_output=True, check=False)


def site(root: Path, **environment: str) -> dict[str, bytes]:
    """Build a project's site with warnings as errors; return its files."""
    out = root / "site"
    done = run(
        "sphinx", "-W", "--keep-going", "-b", "dirhtml", "-d", str(root / "trees"), "docs", str(out), cwd=root, **environment
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"\x1b[" not in done.stdout
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


@pytest.fixture
def latin(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a Latin-1 locale, made for the test where the system has its sources."""
    made = tmp_path / "locales" / "de_DE.ISO-8859-1"
    made.parent.mkdir()
    command = ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(made)]
    if not shutil.which("localedef") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("the system cannot make a Latin-1 locale")
    return {"LOCPATH": str(made.parent), "LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"}


def test_any_locale_and_no_git(build: Build, latin: dict[str, str]):
    """In a locale of plain ASCII or Latin-1, without a terminal and without git, the site is the same to the byte."""
    built = build(FILES)
    wanted = {name: data for name, data in built.files().items() if not name.startswith("_static/documentation_options")}
    root = built.source.parent
    (root / "empty").mkdir()
    for environment in ({**PLAIN, "PATH": str(root / "empty")}, latin):
        ours = site(root, **environment)
        assert wanted.keys() <= ours.keys()
        assert [name for name in wanted if ours[name] != wanted[name]] == []
        shutil.rmtree(root / "site")
        shutil.rmtree(root / "trees")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_findings_in_any_encoding(build: Build, encoding: str):
    """A finding whose words the terminal's encoding lacks is written with escapes, and JSON stays JSON."""
    root = build({f"docs/{NAME}.md": page(design="“kohört” 𝔸")}).source.parent
    environment = PLAIN | {"PYTHONIOENCODING": encoding}
    text = run("evidence_atlas.cli", "check", cwd=root, **environment)
    assert (text.returncode, b"\\u201ckoh" in text.stdout) == (1, True)
    assert b"Traceback" not in text.stderr
    data = run("evidence_atlas.cli", "check", "--format", "json", cwd=root, **environment)
    assert "“kohört” 𝔸" in json.loads(data.stdout.decode(encoding))[0]["message"]


def test_any_folder(build: Build):
    """Spaces, signs and letters of any script in the path leave site and PDF as they are."""
    odd = "ä b #1 %20 (中文) 'q'"
    here, there = build(FILES, folder="a"), build(FILES, folder=odd)
    assert there.warnings == []
    assert here.files() == there.files()
    one, other = build(builder="typst", folder="a"), build(builder="typst", folder=odd)
    assert other.warnings == []
    assert (one.out / "alpha-2020-rest.pdf").read_bytes() == (other.out / "alpha-2020-rest.pdf").read_bytes()


def test_a_source_tree_that_is_only_read(build: Build, tmp_path: Path):
    """Nothing but what the scanner remembers is written beside the sources: they can lie on a medium that cannot be written."""
    source = build(FILES).source
    root = source.parent
    shutil.rmtree(root / "out")
    shutil.rmtree(root / "doctrees")
    shutil.rmtree(root / ".atlas-cache")  # which an administrator can write everywhere, and others go without
    (root / ".atlas-cache").mkdir()
    before = {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
    for path in (*before,):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        for builder in ("dirhtml", "typst"):
            out = tmp_path / "elsewhere"
            command = ("sphinx", "-W", "--keep-going", "-b", builder, "-d", str(out / "trees"), str(source), str(out / builder))
            done = run(*command, cwd=tmp_path)
            assert done.returncode == 0, done.stderr.decode()
        now = {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")] if ".atlas-cache" not in path.parts}
        assert now == {path: time for path, time in before.items() if ".atlas-cache" not in path.parts}
    finally:
        for path in before:
            path.chmod(path.stat().st_mode | 0o200)


def test_a_check_whose_memory_cannot_be_kept(build: Build, tmp_path: Path):
    """Where the folder for what ``atlas check`` remembers cannot be made, it checks all the same."""
    root = build(FILES).source.parent
    shutil.rmtree(root / ".atlas-cache")
    (root / ".atlas-cache").write_text("a file stands in its place, which not even an administrator can write into")
    done = run("evidence_atlas.cli", "check", str(root / "docs"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"2 pages checked, no findings.\n")
