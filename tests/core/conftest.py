"""Fixtures that several tests of the core share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evidence_atlas.core.references import load_bibliography

from .helpers import REFERENCES, run


@pytest.fixture(scope="session")
def references():
    """The bibliography of this repository, read once."""
    works, findings = load_bibliography([REFERENCES])
    assert findings == []
    return works


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return an atlas made by ``atlas init`` once, which no test changes."""
    folder = tmp_path_factory.mktemp("made") / "atlas"
    code, output, errors = run(folder.parent, "init", "atlas")
    assert (code, errors) == (0, "")
    assert sorted(output.splitlines()) == sorted(
        str(path.relative_to(folder.parent)) for path in folder.rglob("*") if path.is_file()
    )
    return folder


@pytest.fixture
def atlas(made, tmp_path):
    """Return a copy of that atlas."""
    return Path(shutil.copytree(made, tmp_path / "atlas"))


@pytest.fixture
def sources(tmp_path):
    """Make a repository with a folder of sources, and return that folder."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "docs" / "evidence").mkdir(parents=True)
    (tmp_path / "repository" / "docs" / "conf.py").write_text("", encoding="utf-8")
    return tmp_path / "repository" / "docs"
