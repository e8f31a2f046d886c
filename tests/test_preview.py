"""The preview while one writes: its builds are warm, and spare the search."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from conftest import BIB, page
from evidence_atlas.preview import serve

CONF = 'project = "Preview"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n'


@pytest.fixture
def project(tmp_path):
    """Return the arguments of a build of one paper's page, as sphinx-autobuild passes them on, and the source of the page."""
    source = tmp_path / "docs" / "evidence" / "alpha-2020-rest.md"
    source.parent.mkdir(parents=True)
    (tmp_path / "docs" / "conf.py").write_text(CONF)
    (tmp_path / "docs" / "index.md").write_text("# Home\n")
    (tmp_path / "references.bib").write_text(BIB, encoding="utf-8")
    source.write_text(page(), encoding="utf-8")
    return [*serve.OPTIONS, "-q", str(tmp_path / "docs"), str(tmp_path / "site")], source


def builder(arguments):
    return serve.WarmBuilder(arguments, url_host="127.0.0.1:1", pre_build_commands=[], post_build_commands=[])


def test_a_saved_page_is_built_in_the_same_process(project, monkeypatch, capsys):
    """The page is made again without another Python; the search index and the search page stay as the first build made them."""
    arguments, source = project
    site = Path(arguments[-1])
    warm = builder(arguments)
    run, made = subprocess.run, []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: made.append(command) or run(command, **options))
    warm(changed_paths=())
    assert len([command for command in made if "pagefind" in str(command[0])]) == 1
    assert (site / "search" / "index.html").is_file()
    before = {path: path.stat().st_mtime_ns for path in (site / "pagefind").rglob("*")}
    searched = (site / "search" / "index.html").stat().st_mtime_ns
    made.clear()
    source.write_text(page(body="Zeppelins."), encoding="utf-8")
    warm(changed_paths=[source])
    assert "Zeppelins." in (site / "evidence" / "alpha-2020-rest" / "index.html").read_text(encoding="utf-8")
    assert not [command for command in made if sys.executable in map(str, command) or "pagefind" in str(command[0])]
    assert {path: path.stat().st_mtime_ns for path in (site / "pagefind").rglob("*")} == before
    assert (site / "search" / "index.html").stat().st_mtime_ns == searched
    assert "Serving on http://127.0.0.1:1" in capsys.readouterr().out


def test_a_build_that_fails_says_so(project, capsys):
    """The server goes on after a build that stopped, and says that what it shows is older."""
    arguments, source = project
    warm = builder(arguments)
    (source.parents[1] / "conf.py").write_text("raise RuntimeError('broken')\n")
    warm(changed_paths=[source])
    assert "The build failed with exit code 2; what is shown is from the build before." in capsys.readouterr().out


def test_changed_code_is_loaded_anew(project, monkeypatch, tmp_path):
    """After a module that is being worked on has changed, each build starts another Python; installed packages are not watched."""
    arguments, source = project
    warm = builder(arguments)
    calls = []
    monkeypatch.setattr(warm, "cold", lambda *, changed_paths: calls.append(changed_paths))
    warm.cold.pre_build_commands = warm.cold.post_build_commands = ()
    own_part = ModuleType("own_part")
    own_part.__file__ = str(tmp_path / "own_part.py")
    Path(own_part.__file__).write_text("")
    monkeypatch.setitem(sys.modules, "own_part", own_part)  # which takes it away after the test

    watched = list(serve.code())
    assert Path(own_part.__file__) in watched
    assert Path(serve.__file__) in watched
    assert not [path for path in watched if "site-packages" in path.parts]
    later = time.time() + 60
    os.utime(tmp_path / "own_part.py", (later, later))
    warm(changed_paths=[source])
    assert calls == [[source]]
