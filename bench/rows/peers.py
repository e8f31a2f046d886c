"""Other programs on the same pages: each in an environment of its own, with what it does not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from figures import Cell, Group
from measured import in_turn, take
from projects import Projects

HEAD = ("Program", "Version", "Pages", "CPU, ms a page", "Times plain Sphinx", "What it does not do here")
LIMIT = 1000  # pages; stock sphinxcontrib-bibtex grows faster than its pages
NOT_THE_ATLAS = "badges, records, checks, notices, exports, PDFs"
FIGURE = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)  # front matter that is the atlas's own
STOCK = """extensions = ["myst_parser", "sphinxcontrib.bibtex"]
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
html_theme = "basic"
html_sidebars = {"**": []}
exclude_patterns = ["_build"]
suppress_warnings = ["bibtex"]
"""
MKDOCS = """site_name: Bench
docs_dir: pages
site_dir: site
theme:
  name: material
plugins:
  - search
  - bibtex:
      bib_file: references.bib
nav:
  - Home: index.md
markdown_extensions:
  - footnotes
"""
MYST = """version: 1
project:
  title: Bench
  bibliography: [references.bib]
site:
  template: {template}
"""


@dataclass(frozen=True)
class Peer:
    """A program.

    Attributes:
        name: Its name as readers know it.
        lacks: What it does not do of what the atlas's build does.
        prepare: Makes its environment and its project in a folder; returns the version, and the command that builds.
    """

    name: str
    lacks: str
    prepare: Callable[[Projects, Path], tuple[str, list[str], Path]]


def _pip(folder: Path, *packages: str) -> Path:
    """Return the folder of programs of an environment with some packages."""
    programs = folder / "venv" / "bin"
    if not (programs / "ready").exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
        (programs / "ready").touch()
    return programs


def _version(python: Path, package: str) -> str:
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def _stock(projects: Projects, folder: Path) -> tuple[str, list[str], Path]:
    """Prepare sphinxcontrib-bibtex as it is released: the cited pages, and one bibliography."""
    root = folder / "project"
    if not root.exists():
        shutil.copytree(projects.roots["cited"], root, ignore=shutil.ignore_patterns("_build"))
        (root / "conf.py").write_text(STOCK)
        (root / "works.md").write_text("---\norphan: true\n---\n\n# Works\n\n```{bibliography}\n:style: plain\n```\n")
    version = _version(Path(sys.executable), "sphinxcontrib-bibtex")
    return version, [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", str(root), str(folder / "site")], folder / "site"


def _mkdocs(projects: Projects, folder: Path) -> tuple[str, list[str], Path]:
    """Prepare Material for MkDocs with mkdocs-bibtex, whose list of works stands at the end of each page."""
    programs = _pip(folder, "mkdocs<2", "mkdocs-material", "mkdocs-bibtex")
    root = folder / "project"
    if not root.exists():
        _copy(projects, root / "pages", lambda text: re.sub(r"{cite}`(\w+)`", r"[@\1]", text) + "\n\\bibliography\n")
        (root / "references.bib").write_bytes((projects.roots["cited"] / "references.bib").read_bytes())
        (root / "mkdocs.yml").write_text(MKDOCS)
    versions = [_version(programs / "python", name) for name in ("mkdocs-material", "mkdocs-bibtex")]
    return " with ".join(versions), [str(programs / "mkdocs"), "build", "--quiet", "-f", str(root / "mkdocs.yml")], root / "site"


def _mystmd(projects: Projects, folder: Path) -> tuple[str, list[str], Path]:
    """Prepare mystmd, which makes its content as JSON; the pages of HTML need a template that it fetches from the net."""
    root = folder / "project"
    program = folder / "node_modules" / ".bin" / "myst"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "mystmd"], check=True)
    if not root.exists():
        _copy(projects, root, lambda text: text)
        (root / "references.bib").write_bytes((projects.roots["cited"] / "references.bib").read_bytes())
        template = folder / "template"
        template.mkdir(exist_ok=True)
        (template / "template.yml").write_text("jtex: v1\ntitle: None\nversion: 1.0.0\n")
        (root / "myst.yml").write_text(MYST.format(template=template))
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return version, ["env", "-C", str(root), str(program), "build", "--site", "--ci"], root / "_build"


def _copy(projects: Projects, target: Path, change: Callable[[str], str]) -> None:
    """Copy the cited pages without the atlas's front matter."""
    (target / "evidence").mkdir(parents=True)
    for path in projects.roots["cited"].rglob("*.md"):
        text = FIGURE.sub("", path.read_text(encoding="utf-8"))
        (target / path.relative_to(projects.roots["cited"])).write_text(change(text), encoding="utf-8")


PEERS = (
    Peer("sphinxcontrib-bibtex as released, one page of all works", f"works cited on each page, {NOT_THE_ATLAS}", _stock),
    Peer(
        "Material for MkDocs with mkdocs-bibtex", f"author and year in the text, links between papers, {NOT_THE_ATLAS}", _mkdocs
    ),
    Peer("mystmd, content as JSON alone", f"HTML and search (a template from the net makes the pages), {NOT_THE_ATLAS}", _mystmd),
)


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``peers``, at the largest size up to a limit; a program that cannot be fetched or run is not measured."""
    projects = max((one for one in sizes if one.pages <= LIMIT), key=lambda one: one.pages, default=sizes[0])
    ready, rows = {}, {}
    for peer in PEERS:
        folder = projects.folder / "peers" / peer.prepare.__name__.strip("_")
        try:
            ready[peer.name] = peer.prepare(projects, folder)
            take(ready[peer.name][1])  # a first build shows whether it works, and fetches what the program fetches once
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "output", "") or error
            print(f"{peer.name}: {said}")
            ready.pop(peer.name, None)

    def build(command: list[str], out: Path) -> object:
        shutil.rmtree(out, ignore_errors=True)
        return take(command)

    kinds: dict[str, Callable[[], object]] = {"plain Sphinx with MyST": lambda: projects.fresh("plain")}
    kinds |= {"the atlas, whole": lambda: projects.fresh("whole")}
    kinds |= {name: lambda c=command, o=out: build(c, o) for name, (_, command, out) in ready.items()}
    found = in_turn(runs, kinds)  # type: ignore[arg-type]
    plain = found["plain Sphinx with MyST"].cpu
    lacks = {"plain Sphinx with MyST": f"references, {NOT_THE_ATLAS}", "the atlas, whole": ""} | {p.name: p.lacks for p in PEERS}
    versions = {name: version for name, (version, _, _) in ready.items()} | {
        name: _version(Path(sys.executable), package)
        for name, package in (("plain Sphinx with MyST", "sphinx"), ("the atlas, whole", "evidence-atlas"))
    }
    for name, missing in lacks.items():
        cpu = found[name].cpu if name in found else None
        each: list[Cell] = [None, None] if cpu is None else [cpu / projects.pages * 1e3, cpu / plain]
        rows[name] = [name, versions.get(name), projects.pages, *each, missing]
    return {"peers": Group(HEAD, list(rows.values()))}
