"""A small atlas in a repository, and releases of it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from conftest import BIB
from evidence_atlas.cli import main
from pdf_project import FILES

VERSION, DATE, EPOCH = "2026.11", "2026-11-22", "1795348800"
CONF = 'project = "My Atlas"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n'
PROJECT = FILES | {
    "docs/conf.py": CONF,
    "references.bib": BIB,
    "atlas.toml": FILES["atlas.toml"] + 'pdf = true\nrepository = "https://git.example.org/my/atlas"\n',
}
# the least that Sphinx and git take
EMPTY = {"docs/conf.py": 'project = "Empty"\nextensions = ["evidence_atlas"]\n', "docs/index.md": "# Home\n", "atlas.toml": ""}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder with settings and a day of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment |= {"GIT_AUTHOR_DATE": f"@{EPOCH} +0000", "GIT_COMMITTER_DATE": f"@{EPOCH} +0000"}
    command = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files by name."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def repository(folder: Path, files: dict[str, str], tag: str = f"atlas-{VERSION}") -> Path:
    """Make a repository of one commit, with a tag."""
    write(folder, files)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    if tag:
        git(folder, "tag", tag)
    return folder


def snapshot(folder: Path, *options: str, **environment: str) -> int:
    """Run ``atlas snapshot`` in a folder, with the settings of git that every machine has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in ({"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull} | environment).items():
            patch.setenv(name, value)
        return main(["snapshot", *options])


def releases(root: Path) -> tuple[Path, Path]:
    """Make two releases of one commit, in other places, days, zones and by other means; return their folders."""
    one = repository(root / "one", PROJECT)
    two = root / "far/away/two"
    two.parent.mkdir(parents=True)
    git(root, "clone", "-q", str(one), str(two))
    git(two, "checkout", "-q", "--detach")
    assert snapshot(one, "--jobs", "1") == 0
    mask = os.umask(0o077)
    try:
        settings = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "86400", "LANG": "de_DE.UTF-8"}
        assert snapshot(two / "docs", "--jobs", "2", "--out", str(root / "out"), **settings) == 0
    finally:
        os.umask(mask)
    return one / "dist" / VERSION, root / "out" / VERSION


def made_once(root: Path) -> tuple[Path, Path]:
    """Make the releases, or wait until another process of the same test run has made them."""
    folder, done = root / "releases", root / "releases.done"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if done.is_file():
                break
            time.sleep(0.1)
        said = done.read_text(encoding="utf-8").splitlines()
        return Path(said[0]), Path(said[1])
    found: tuple[Path, ...] = ()
    try:
        found = releases(folder)
    finally:
        done.with_suffix(".new").write_text("\n".join(map(str, found)), encoding="utf-8")
        done.with_suffix(".new").replace(done)
    return found[0], found[1]
