"""The projects of one size, made once, and how they are built: from nothing, from what is there, after an edit."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import corpus
from counting import FILE
from measured import Taken, take

from evidence_atlas.scanner.cache import FOLDER

OUT = "_build"


@dataclass
class Projects:
    """The projects of one size.

    Attributes:
        folder: Where they lie; what lies there from a run with the same arguments is used again.
        pages: How many evidence pages they have.
        bib: A BibTeX file that the references are taken from, or None for this atlas's own.
    """

    folder: Path
    pages: int
    bib: Path | None = None
    built: set[str] = field(default_factory=set)

    @cached_property
    def roots(self) -> dict[str, Path]:
        """The folders of the projects by name."""
        done = self.folder / "made"
        if not done.is_file():
            shutil.rmtree(self.folder, ignore_errors=True)
            roots = corpus.make(self.folder, self.pages, self.bib, cited=2)
            done.write_text(json.dumps({name: str(root.relative_to(self.folder)) for name, root in roots.items()}))
        return {name: self.folder / root for name, root in json.loads(done.read_text()).items()}

    def out(self, name: str) -> Path:
        """Return the folder that a project is built into."""
        return self.roots[name] / OUT

    def build(self, name: str, *arguments: str) -> Taken:
        """Build a project from what is there; return what that took."""
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", *arguments, str(self.roots[name]), str(self.out(name))]
        taken = take(command)
        self.built.add(name)
        return taken

    def fresh(self, name: str, *arguments: str, screened: bool = False) -> Taken:
        """Build a project from nothing; return what that took.

        Args:
            name: The project.
            arguments: Further arguments of the build.
            screened: Keep what the scanner found before, as after ``atlas check``.
        """
        shutil.rmtree(self.out(name), ignore_errors=True)
        if not screened:
            shutil.rmtree(self.roots[name].parent / FOLDER, ignore_errors=True)
        return self.build(name, *arguments)

    def ready(self, *names: str) -> None:
        """See to it that projects are built and that nothing has changed since."""
        for name in names:
            if name not in self.built:
                self.build(name)

    def counts(self, name: str) -> dict[str, Any]:
        """Return what the last build of a project said that it did."""
        counts: dict[str, Any] = json.loads((self.out(name) / ".doctrees" / FILE).read_text(encoding="utf-8"))
        return counts

    def page(self, name: str, number: int = 0) -> Path:
        """Return the source of an evidence page."""
        return sorted((self.roots[name] / "evidence").glob("*.md"))[number]

    def configure(self, extensions: Sequence[str] = ("evidence_atlas",), more: str = "") -> None:
        """Give ``whole`` another ``conf.py``, as :func:`corpus.whole_conf` says."""
        (self.roots["whole"] / "conf.py").write_text(corpus.whole_conf(extensions, more))


def edit(path: Path, old: str, new: str) -> None:
    """Change a file at the first place that matches.

    Raises:
        ValueError: If no place matches.
    """
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{path} holds no {old!r}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
