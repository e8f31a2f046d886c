"""``atlas snapshot``: a release in ``dist/<version>/``, whole or not at all."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata as packages
from importlib.util import find_spec
from pathlib import Path

from evidence_atlas.core.check_files import check_files
from evidence_atlas.core.findings import as_text
from evidence_atlas.core.policy import BUILT_IN, load_policy
from evidence_atlas.core.settings import Project, find_project, find_sources
from evidence_atlas.snapshot import manifest, metadata
from evidence_atlas.snapshot.build import Unfit, Workshop, build_pdfs, build_site
from evidence_atlas.snapshot.readings import read_version
from evidence_atlas.snapshot.source import Source, copy, find_source

# the packages on which the bytes of a release depend
_TOOLS = ("evidence-atlas", "sphinx", "docutils", "myst-parser", "sphinxcontrib-bibtex", "sphinx-design", "pybtex", "pygments",
          "pagefind_bin", "typst", "tylax", "pygit2")  # fmt: skip
_PARTS = {
    "site/": "The site",
    "pdf/": "A PDF of each page, and of all pages as a volume",
    "references.bib": "The bibliography",
    "data/records.jsonl": "The records of all pages, one in a line",
    "data/policy.toml": "The rules behind the badge",
    "data/notices.toml": "Retractions and other notices about the papers",
    "data/notice-checks.json": "Who was asked about notices, and the answers",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What release is asked for.

    Attributes:
        out: Where releases are; without it, ``dist`` in the atlas's folder.
        tag: The tag that must name the commit; without it, the newest of the content that does.
        development: Whether the commit is released as a development version.
        jobs: How many processes build at the same time, as ``sphinx-build -j`` takes it.
    """

    out: Path | None = None
    tag: str = ""
    development: bool = False
    jobs: str = "auto"


def make_release(start: Path, wanted: Wanted, say: Callable[[str], None]) -> Path:
    """Make a release of the commit that is checked out.

    All is made in a folder beside the release's place and moved there in one step at the end, so that a release that
    is there is whole.

    Args:
        start: A folder of the atlas.
        wanted: What is asked for.
        say: Is told what is being done.

    Returns:
        The folder of the release.

    Raises:
        ValueError: The commit cannot be released, a library is missing, or the release is there already.
        Unfit: The atlas has findings, or the build has warnings.
    """
    _require_libraries()
    sources = find_sources(start)
    project, _findings = find_project(sources)
    out = (wanted.out or project.root / "dist").resolve()
    source = find_source(sources, out, tag=wanted.tag, development=wanted.development)
    target = out / source.version
    _refuse_existing(target)
    say("checking the atlas")
    findings, _pages = check_files([sources])
    if findings:
        raise Unfit(as_text(findings).rstrip())
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{source.version}-", dir=out, ignore_cleanup_errors=True) as name:
        made = _make(Path(name), source, sources.relative_to(source.repository), wanted.jobs, say)
        _refuse_existing(target)
        made.rename(target)
    return target


def _make(work: Path, source: Source, sources: Path, jobs: str, say: Callable[[str], None]) -> Path:
    """Make a release below a folder of its own; return where it is.

    Args:
        work: The folder.
        source: The commit.
        sources: The folder of ``conf.py``, from that of the repository.
        jobs: How many processes build at the same time.
        say: Is told what is being done.
    """
    tree, release = work / "tree", work / "release"
    copy(source, tree)
    project, _findings = find_project(tree / sources)
    say("building the site")
    workshop = Workshop(tree, project.sources, work / "trees", source.seconds, jobs)
    build_site(workshop, release / "site")
    if project.settings.pdf:
        say("making the PDFs")
        build_pdfs(workshop, release / "pdf", release / "site")
    say("adding data, metadata and hashes")
    _add_data(release, project)
    _describe(release, project, source)
    return release


def _add_data(release: Path, project: Project) -> None:
    """Copy what the pages were made from, and gather their records."""
    data = release / "data"
    data.mkdir()
    shutil.copyfile(project.policy or BUILT_IN, data / "policy.toml")
    if project.notices:
        shutil.copyfile(project.notices, data / "notices.toml")
    if project.notice_checks:
        shutil.copyfile(project.notice_checks, data / "notice-checks.json")
    (release / "references.bib").write_bytes(b"\n".join(path.read_bytes() for path in project.bibliography))
    records = sorted((release / "site").glob(f"{project.settings.evidence}/*/record.json"))
    (data / "records.jsonl").write_bytes(b"".join(path.read_bytes() for path in records))


def _describe(release: Path, project: Project, source: Source) -> None:
    """Write the metadata, the manifest and the hashes."""
    policy, _findings = load_policy(project.policy)
    date = dt.datetime.fromtimestamp(source.seconds, dt.UTC).date().isoformat()
    generator = f"evidence-atlas {packages.version('evidence-atlas')}"
    pages = read_version(release).pages
    facts = metadata.Facts(project.settings, source.version, date, source.commit, generator, pages)
    metadata.write_citation(release, facts)
    metadata.write_zenodo(release, facts)
    metadata.write_crate(release, facts, {name: what for name, what in _PARTS.items() if (release / name).exists()})
    stated = manifest.Manifest(
        manifest.SCHEMA,
        project.settings.name,
        project.settings.base_url,
        source.version,
        date,
        source.commit,
        not source.tag,
        generator,
        policy.version,
        _tools(),
        {docname.rpartition("/")[2]: page.digest for docname, page in pages.items()},
        manifest.hashes(release),
    )
    manifest.write(release, stated)


def _tools() -> dict[str, str]:
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in _TOOLS:
        try:
            found[name] = packages.version(name)
        except packages.PackageNotFoundError:
            continue
    return found


def _require_libraries() -> None:
    missing = [name for name in ("rocrate", "cbor2", "pygit2") if find_spec(name) is None]
    if missing:
        raise ValueError(f"{' and '.join(missing)} are missing, which a release needs: pip install 'evidence-atlas[release]'")


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise ValueError(f"{target} is there already: a release is never changed")
