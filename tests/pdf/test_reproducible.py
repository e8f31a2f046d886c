"""The same sources give the same bytes, whoever builds them, where and when."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sphinx.util.console import strip_escape_sequences

from .conftest import EPOCH
from .test_builder import TREE


def run(folder: Path, *options: str, python: str = sys.executable, **environment: str) -> dict[str, bytes]:
    """Build a project in another process and return the PDFs."""
    command = [python, "-m", "sphinx", "-q", "-W", "-b", "typst", "-d", f"{folder}/trees", *options, str(folder), f"{folder}/out"]
    environ = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"} | environment
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert (done.returncode, strip_escape_sequences(done.stderr)) == (0, "")
    return {path.name: path.read_bytes() for path in sorted((folder / "out").glob("*.pdf"))}


def test_same_bytes_everywhere(tmp_path: Path):
    """Folder, hash seed, ``-j`` and other dates of the files change no byte; the date is the set one."""
    made = []
    many = {f"m{number}.rst": f":orphan:\n\nMany {number}\n=======\n\n:math:`x^{number}` text\n" for number in range(12)}
    for number, (options, seed) in enumerate([((), "1"), (("-j", "2"), "2"), (("-j", "4"), "3")]):
        folder = tmp_path / ("deep/" * number + "project")
        for name, text in (TREE | many).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            os.utime(path, (10**9 * (number + 1) // 2,) * 2)
        (folder / "conf.py").write_text("project = 'Small'\nextensions = ['typst_builder']\ntypst_pages = ['**']\n")
        made.append(run(folder, *options, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH=str(EPOCH)))
    assert len(made[0]) == 16
    assert made[0] == made[1] == made[2]


def test_the_date_is_never_now(tmp_path: Path):
    """Without a set date it is that of the commit, and outside a repository a fixed one."""
    (tmp_path / "index.rst").write_text("Home\n====\n")
    (tmp_path / "conf.py").write_text("project = 'Small'\nextensions = ['typst_builder']\n")
    git = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "GIT_CONFIG_GLOBAL": os.devnull}
    assert b"D:19800101000000" in run(tmp_path, **git)["small.pdf"]
    date = {"GIT_AUTHOR_DATE": "2001-02-03T04:05:06Z", "GIT_COMMITTER_DATE": "2001-02-03T04:05:06Z"}
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "index.rst"], [*identity, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, env=os.environ | git | date)
    assert b"D:20010203040506" in run(tmp_path, **git)["small.pdf"]
