"""The examples of the documentation run, against the data of a small site."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
from pathlib import Path

import pytest

from core.helpers import ROOT

PAGE = (ROOT / "docs" / "reference" / "data.md").read_text(encoding="utf-8")
PYTHON = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "conf.py" not in code]
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def project(site, tmp_path, monkeypatch) -> Path:
    """Return a folder in which the site lies where the examples look for it."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "site").symlink_to(site.out)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", PYTHON)
def test_python(project, code):
    """An example in Python runs and prints something."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "data.md", "exec"), {})  # noqa: S102  (the documentation's own code)
    assert said.getvalue().strip()


@pytest.mark.parametrize("question", SQL)
def test_sql(project, question):
    """A question in SQL has an answer."""
    with contextlib.closing(sqlite3.connect(project / "build/site/atlas.sqlite")) as database:
        assert database.execute(question).fetchall()


def test_every_file_is_named(site):
    """The page names every file of the whole, and every file beside a page."""
    files = {path.name for path in site.out.iterdir() if path.is_file()}
    ours = {name for name in files if name.startswith(("atlas.", "feed.", "sitemap", "robots"))}
    beside = {path.name for path in (site.out / "evidence/alpha-2020-rest").iterdir()} - {"index.html"}
    assert [name for name in sorted(ours | beside) if f"`{name}`" not in PAGE] == []
    schemas = {f"schemas/{path.name}" for path in (site.out / "schemas").iterdir()}
    assert [name for name in sorted(schemas) if f"`{name}`" not in PAGE] == []
