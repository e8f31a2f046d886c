"""Small projects, made beside the assertion and built for real."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from lxml.html import HtmlElement, fromstring
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.util.console import strip_escape_sequences
from sphinx.util.docutils import docutils_namespace, patch_docutils

BIB = """
@article{alpha2020trial,
  author = {Alpha, Ann and Béta, Bob},
  title = {Does rest help?},
  journal = {Journal of Rest},
  year = {2020},
  volume = {4},
  number = {2},
  pages = {10--19},
  doi = {10.5555/alpha.1},
  pmid = {11111}
}

@article{gamma2021cohort,
  author = {Gamma, Gus and others},
  title = {A cohort of XMRV},
  journal = {Journal of Cohorts},
  year = {2021},
  doi = {10.5555/gamma.2}
}

@article{delta2019review,
  author = {{The Delta Group}},
  title = {What is known},
  journal = {Reviews},
  year = {2019},
  doi = {10.5555/delta.3}
}
"""

CONF = """
project = "Test atlas"
extensions = ["evidence_atlas"]
html_theme = "basic"
"""


# a record without fault, each value as YAML
RECORD = {
    "summary": "In 12 people, rest made no difference.",
    "read": "abstract",
    "design": "cohort",
    "context": "[me-cfs]",
    "level": "E2",
    "topics": "[pain]",
    "criteria": "[{id: ccc-2003, role: inclusion}]",
    "drafted": "software",
    "review": "none",
}


def page(paper: str = "alpha2020trial", *, body: str = "The short version.", parts: str = "", **keys: str) -> str:
    """Return the source of an evidence page; keys of the record are given as YAML text."""
    record = RECORD | {key.replace("_", "-"): value for key, value in keys.items()}
    lines = "\n".join(f"  {key}: {value}" for key, value in record.items() if value is not None)
    parts = parts or "```{pem-badge}\n```\n\n```{limitations}\nIt does not prove that rest helps.\n```"
    return (
        f"---\nevidence:\n  paper: {paper}\n{lines}\n---\n\n# Rest made no difference\n\n{parts}\n\n{body}\n\n"
        "```{cite-block}\n```\n\n```{contribute}\n```\n"
    )


@dataclass
class Built:
    """A finished build."""

    app: Sphinx
    out: Path
    source: Path
    warnings: list[str]
    resolved: dict[str, nodes.document]
    read: set[str]

    @property
    def written(self) -> set[str]:
        """The documents that were written."""
        return set(self.resolved)

    def html(self, docname: str) -> str:
        """Return the HTML of a document of a dirhtml or html build."""
        folder = self.out / docname / "index.html"
        return (folder if folder.is_file() else self.out / f"{docname}.html").read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Return all files of the output by name, apart from Sphinx's own bookkeeping."""
        own = {".buildinfo", ".doctrees"}
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and not own & set(path.relative_to(self.out).parts)
        }


Build = Callable[..., Built]


def by_class(built: Built, docname: str, name: str) -> list[HtmlElement]:
    """Return the elements of a page that have a class."""
    return fromstring(built.html(docname)).find_class(name)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build a project from ``{file name: text}``; called again without files it builds what is there."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    return build_in(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the built site of `data_project`, which no test changes."""
    from data_project import FILES  # which takes its pages from here

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        return build_in(tmp_path_factory.mktemp("data"))(FILES)


@contextmanager
def apart(source: Path) -> Iterator[None]:
    """Let a build find nothing that another one of this process has left: no class of nodes, no directive, no language."""
    locale.translators.clear()
    with patch_docutils(source), docutils_namespace():
        yield


def build_in(tmp_path: Path) -> Build:
    """Return what the fixture ``build`` gives, for a folder that more than one test looks at."""

    def run(
        files: dict[str, str] | None = None, builder: str = "dirhtml", *, parallel: int = 1, folder: str = "a", **conf: Any
    ) -> Built:
        root = tmp_path / folder
        source = root / "docs"
        if files is not None:
            defaults = {"docs/conf.py": CONF, "docs/index.md": "# Home\n", "references.bib": BIB, "atlas.toml": ""}
            for name, text in (defaults | files).items():
                target = root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(textwrap.dedent(text) if name.endswith(".py") else text, encoding="utf-8")
        out = root / "out" / builder
        stream = io.StringIO()
        resolved: dict[str, nodes.document] = {}
        read: set[str] = set()
        with apart(source):
            app = Sphinx(source, source, out, root / "doctrees", builder, conf, status=None, warning=stream, parallel=parallel)
            app.connect("source-read", lambda _app, docname, _source: read.add(docname))
            app.connect("doctree-resolved", lambda _app, doctree, docname: resolved.setdefault(docname, doctree))
            app.build()
        text = strip_escape_sequences(stream.getvalue())
        warnings = [line.replace(f"{root}/", "") for line in text.splitlines() if re.search(r"WARNING|ERROR|CRITICAL", line)]
        return Built(app, out, source, warnings, resolved, read)

    return run
