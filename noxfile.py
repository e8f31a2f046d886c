"""The parts of the work on an atlas, each a thin call: ``nox -l`` lists them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["site", "pdf"]
nox.options.reuse_existing_virtualenvs = True

PROJECT = nox.project.load_toml("pyproject.toml")
BUILD = Path("build")
LOCK, TOOLS = Path("requirements") / "release.txt", Path("requirements") / "tools.txt"
# the oldest versions that pyproject.toml allows, where a bound says so; [readability] and [pdf-cjk] are not in [all]
EXTRAS = ("pdf", "charts", "search", "history", "release", "inbox", "sources")
OLDEST = [
    requirement.split(",")[0].replace(">=", "==")
    for requirements in (PROJECT["project"]["dependencies"], *(PROJECT["project"]["optional-dependencies"][it] for it in EXTRAS))
    for requirement in requirements
    if ">=" in requirement
]


def _install(session: nox.Session, *groups: str, editable: bool = True, extras: str = "[charts,search,history]") -> None:
    session.install(*(["-e", f".{extras}"] if editable else ["."]), *nox.project.dependency_groups(PROJECT, *groups))


def _sphinx(session: nox.Session, builder: str, target: Path, *arguments: str) -> None:
    session.run("sphinx-build", "-b", builder, "-d", str(BUILD / "doctrees" / builder), *arguments, "docs", str(target))


@nox.session
def site(session: nox.Session) -> None:
    """Build the site into build/site."""
    _install(session)
    _sphinx(session, "dirhtml", BUILD / "site", "-W", "--keep-going", *session.posargs)
    session.log(f"The site is in {BUILD / 'site'}: open {BUILD / 'site' / 'index.html'} or run 'nox -s serve'.")


@nox.session
def pdf(session: nox.Session) -> None:
    """Make the PDFs in build/pdf, and copy them beside the pages of the site; after '--shard K/N', one share of N of them."""
    session.install("-e", ".[charts,pdf,history]")
    match session.posargs:
        case ["--shard", shard, *arguments]:
            _sphinx(session, "typst", BUILD / "pdf", "-D", f"typst_shard={shard}", *arguments)
        case arguments:
            _sphinx(session, "typst", BUILD / "pdf", *arguments)
            session.run("python", "-m", "evidence_atlas.pdf.copies", str(BUILD / "pdf"), str(BUILD / "site"))


@nox.session
def serve(session: nox.Session) -> None:
    """Build the site, show it on this machine, and build again when a file is saved; warnings stand on the pages."""
    _install(session, "serve")
    session.run("atlas", "schema", "-o", str(BUILD / "evidence.schema.json"))
    watch = [
        argument
        for path in ("references.bib", "notices.toml", "query.toml", "pyproject.toml", "extensions")
        for argument in ("--watch", path)
    ]
    session.run("python", "-m", "evidence_atlas.preview.serve", *watch, *session.posargs, "docs", str(BUILD / "serve"))


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test that needs no browser and no TeX."""
    _install(session, "tests")
    session.run("pytest", "-n", "auto", "--dist", "loadgroup", "--ignore=tests/browser", *session.posargs)
    session.log("Left out: the browser tests; run them with 'nox -s browser' where Chromium is installed.")
    if shutil.which("latexmk") is None:
        session.log("Left out: the PDF by LaTeX; 'nox -s latexpdf' says what to install, and then this runs its test too.")


@nox.session
def deep(session: nox.Session) -> None:
    """Run the tests that take longer than tests may."""
    _install(session, "tests")
    session.run("pytest", "-m", "deep", "--ignore=tests/browser", *session.posargs)
    generated = ["tests/exports", "tests/metadata", "tests/core/test_citation_any.py"]
    session.run("pytest", "-k", "any_", *generated, *session.posargs, env={"ATLAS_RANDOM": "500"})


@nox.session
def coverage(session: nox.Session) -> None:
    """Run every test as 'tests' does, but for those of speed, and fail where more than 5 % of lines and branches go unused."""
    _install(session, "tests", "coverage")
    slower = "--deselect=tests/scanner/test_places.py::test_rate"  # while each line is noted
    session.run("pytest", "-n", "auto", "--dist", "loadgroup", "--ignore=tests/browser", slower, "--cov", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the code in one place at a time, and count the changes that no test notices; '--all' takes hours."""
    _install(session, "tests", "mutants")
    session.run("python", "bench/mutants.py", *session.posargs)


@nox.session
def flaky(session: nox.Session) -> None:
    """Run the tests of processes, ports, threads and time 20 times each, to find one that fails now and then."""
    session.install("-e", ".[all]", *nox.project.dependency_groups(PROJECT, "tests", "flaky"))
    session.run("pytest", *(session.posargs or ["--count", "20", "tests/inbox", "tests/sources", "tests/snapshot"]))


@nox.session
def setups(session: nox.Session) -> None:
    """Build the projects of other people: their themes, locales, folders and bibliographies."""
    _install(session, "tests", "setups")
    session.run("pytest", "-m", "", "tests/setups", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open the built site in a real Chromium."""
    _install(session, "tests", "browser")
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def minimums(session: nox.Session) -> None:
    """Run the tests with the oldest versions that pyproject.toml allows."""
    session.install("-e", ".[all]", *OLDEST, *nox.project.dependency_groups(PROJECT, "tests"))
    session.run("pytest", "-n", "auto", "--dist", "loadgroup", "--ignore=tests/browser", *session.posargs)


@nox.session
def upstream(session: nox.Session) -> None:
    """Run sphinxcontrib-bibtex's own released tests with the indexed domain in place; then with our patch for it."""
    _install(session, "tests")
    session.install("pytest-cov", "sphinx-autoapi")
    folder = Path(session.create_tmp()).resolve()
    version = session.run(
        "python", "-c", "from importlib.metadata import version; print(version('sphinxcontrib-bibtex'))", silent=True
    )
    name = f"sphinxcontrib-bibtex=={str(version).strip()}"
    session.run("python", "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), name)
    (archive,) = folder.glob("sphinxcontrib*.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    released = folder / archive.name.removesuffix(".tar.gz")
    plugin, patch = Path("tests/upstream").resolve(), Path("upstream/sphinxcontrib-bibtex/indexes.patch").resolve()
    session.chdir(released)
    session.run("pytest", "-q", "-p", "load_indexed", *session.posargs, env={"PYTHONPATH": str(plugin)})
    session.run("patch", "-p1", "-i", str(patch), external=True)
    session.run("pytest", "-q", *session.posargs, env={"PYTHONPATH": str(released / "src")})
    session.chdir(patch.parents[2])
    session.run("python", "bench/citations.py", "--changed", str(released / "src"))


@nox.session
def messages(session: nox.Session) -> None:
    """Collect the words for readers, and bring each language up to date; name a language to begin it."""
    _install(session)
    session.run("python", "tools/messages.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, imports and the atlas's own pages."""
    _install(session, "lint", extras="[all]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports", "--no-cache")
    session.run("atlas", "check")
    session.run("zizmor", "--offline", "--quiet", "--persona", "pedantic", ".github")


@nox.session
def release(session: nox.Session) -> None:
    """Make a release of the commit that is checked out, in dist/<version>, with the locked versions of all packages."""
    session.install("--require-hashes", "-r", str(LOCK))
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("atlas", "snapshot", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Look up the newest versions that are allowed, lock them with their hashes for releases, and list their licences."""
    session.install(*nox.project.dependency_groups(PROJECT, "tools"))
    how = ["--universal", "--python-version", "3.11", "--upgrade", "--generate-hashes", "--no-emit-index-url", "--no-annotate"]
    for what, target in ((["pyproject.toml", "--extra", "all", "--group", "release"], LOCK), (["--group", "tools"], TOOLS)):
        session.run("uv", "pip", "compile", "--quiet", *what, *how, "--custom-compile-command", "nox -s lock", "-o", str(target))
    session.run("python", "tools/licences.py")


@nox.session
def licences(session: nox.Session) -> None:
    """List the licence of each locked package in docs/reference/licences.md; one that is not allowed makes it fail."""
    session.install("--require-hashes", "-r", str(TOOLS))
    session.run("python", "tools/licences.py")


@nox.session
def sbom(session: nox.Session) -> None:
    """List the locked packages with their hashes and licences in build/sbom.json, as CycloneDX has it."""
    session.install("--require-hashes", "-r", str(TOOLS))
    session.run("python", "tools/sbom.py", str(BUILD / "sbom.json"))


@nox.session
def audit(session: nox.Session) -> None:
    """Ask whether weaknesses of the locked packages are known; needs the internet."""
    session.install("--require-hashes", "-r", str(TOOLS))
    for locked in (LOCK, TOOLS):  # strict: a package of which nothing can be known is no good news
        session.run("pip-audit", "--strict", "--disable-pip", "--require-hashes", "-r", str(locked), *session.posargs)


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Ask every address that the pages link to whether it is there; needs the internet."""
    _install(session)
    _sphinx(session, "linkcheck", BUILD / "linkcheck", *session.posargs)


@nox.session
def watch(session: nox.Session) -> None:
    """Ask for notices about what the atlas cites, then for new papers; needs the internet."""
    _install(session, extras="[sources]")
    for command in ("retractions", "watch"):
        session.run("atlas", command, success_codes=[0, 1])


@nox.session
def latexpdf(session: nox.Session) -> None:
    """Build one PDF through LaTeX, where TeX is installed."""
    if shutil.which("latexmk") is None:
        packages = "latexmk texlive-xetex texlive-latex-extra texlive-fonts-recommended fonts-freefont-otf tex-gyre"
        session.error(f"latexmk is not installed; on Debian: apt-get install --no-install-recommends {packages}")
    _install(session)
    session.run("sphinx-build", "-M", "latexpdf", "docs", str(BUILD / "latex"), *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure builds against plain Sphinx, and write the figures that the site shows; after 'table', 'inbox' and so on, those."""
    alone = {"pdf", "shards", "table", "inbox", "charts", "exports"}
    what, *arguments = session.posargs if set(session.posargs[:1]) & alone else ["run", *session.posargs]
    _install(session, "tests", "browser", "serve", editable=False)
    session.install(".[all]")
    session.run("python", f"bench/{what}.py", *arguments)


@nox.session
def profile(session: nox.Session) -> None:
    """Say which part of the house a build's CPU goes to, and write its samples for speedscope."""
    _install(session, "profile", extras="[all]")
    session.run("python", "bench/flame.py", *session.posargs)


@nox.session(name="scanner-quality")
def scanner_quality(session: nox.Session) -> None:
    """Measure the wording scanner on labelled sentences, and write the figures that the site shows."""
    _install(session, extras="")
    session.run("python", "bench/scanner_quality.py", *session.posargs)


@nox.session(name="criteria-quality")
def criteria_quality(session: nox.Session) -> None:
    """Measure the criteria finder on labelled abstracts, and write the figures that the site shows."""
    _install(session, extras="")
    session.run("python", "bench/criteria_quality.py", *session.posargs)


@nox.session
def screenshots(session: nox.Session) -> None:
    """Take pictures of the built site for review and for the README."""
    _install(session, "browser")
    _sphinx(session, "dirhtml", BUILD / "site")
    session.run("python", "tests/browser/screenshots.py", *session.posargs, env={"PYTHONDONTWRITEBYTECODE": "1", **os.environ})
