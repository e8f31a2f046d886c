"""``atlas check``: an atlas on disk, without a build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from evidence_atlas.core.atlas import Atlas, load_atlas
from evidence_atlas.core.checker import check_duplicates, check_page
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.frontmatter import blank, read_front_matter
from evidence_atlas.core.markup import check_markup, page_settings
from evidence_atlas.core.page import read_page
from evidence_atlas.core.settings import find_sources

_NOT_SOURCES = frozenset({"_build", "build", "node_modules"})


def check_files(files: Sequence[Path] = ()) -> tuple[list[Finding], int]:
    """Check an atlas: its settings, policy, notices and bibliography, and pages.

    Args:
        files: Files or folders of one atlas; without any, the whole atlas of the current folder.

    Returns:
        The findings by file and line, and the number of pages that were checked.

    Raises:
        ValueError: A file is not there, or there is no atlas.
    """
    for file in files:
        if not file.exists():
            raise ValueError(f"{file} is not there")
    sources = find_sources(files[0] if files else Path())
    atlas, findings = load_atlas(sources)
    everything = [sources] if not files else [file.resolve() for file in files]
    wanted = {page for file in everything for page in _pages_in(file)}
    for page in wanted:
        findings += _check(page, atlas)
    papers = list(_papers(atlas))
    findings += [finding for finding in check_duplicates(papers) if Path(finding.file) in wanted]
    shown = (replace(finding, file=_from_here(finding.file)) for finding in findings)
    return sorted(shown, key=lambda f: (f.file, f.line, f.code.slug, f.message)), len(wanted)


def _pages_in(path: Path) -> Iterator[Path]:
    if path.is_file():
        if path.suffix == ".md":
            yield path
        return
    for child in sorted(path.iterdir()):
        if not child.name.startswith(".") and child.name not in _NOT_SOURCES:
            yield from _pages_in(child)


def _check(page: Path, atlas: Atlas) -> list[Finding]:
    project, name = atlas.project, str(page)
    if not page.resolve().is_relative_to(project.sources):
        return [Finding(name, 1, Code.FILE_ACCESS, "The page is a link to a file outside the sources; it is left empty.")]
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [Finding(name, 1, Code.FRONT_MATTER, f"The page cannot be read: {error}.")]
    docname = page.relative_to(project.sources).with_suffix("").as_posix()
    if project.is_evidence_page(docname):
        checked = check_page(name, text, atlas.policy, atlas.bibliography)
        findings, body, parts = checked.findings, checked.body, checked.page
    elif project.is_guarded(docname):
        front = read_front_matter(text)
        body = blank(text, front)
        parts = read_page(body)
        findings = [Finding(name, p.line, p.code, p.message) for p in front.problems] + list(page_settings(name, front))
    else:
        return []
    return [*findings, *check_markup(name, body, parts)] if project.is_guarded(docname) else findings


def _papers(atlas: Atlas) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and key of the paper of every page of the atlas."""
    folder = atlas.project.evidence
    for page in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        if page.stem != "index":
            front = read_front_matter(page.read_text(encoding="utf-8", errors="replace"))
            record = (front.value or {}).get("evidence")
            if isinstance(record, dict) and isinstance(record.get("paper"), str):
                yield str(page), front.line(("evidence", "paper")), record["paper"]


def _from_here(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else file
