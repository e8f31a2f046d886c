"""``atlas check``: an atlas on disk, without a build."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evidence_atlas.core.atlas import Atlas, load_atlas
from evidence_atlas.core.checker import check_duplicates, check_page
from evidence_atlas.core.duplicates import check_references
from evidence_atlas.core.findings import Code, Finding, nearest
from evidence_atlas.core.frontmatter import FrontMatter, blank, read_front_matter
from evidence_atlas.core.limits import too_large
from evidence_atlas.core.markup import check_markup, page_settings
from evidence_atlas.core.page import Page, read_page
from evidence_atlas.core.record import Record
from evidence_atlas.core.references import Reference
from evidence_atlas.core.settings import find_sources

_NOT_SOURCES = frozenset({"_build", "build", "node_modules"})


@dataclass(frozen=True, slots=True)
class Source:
    """A page on disk, for checks of what it says.

    Attributes:
        file: Its path, as findings shall name it.
        text: Its source.
        body: The source with empty lines in place of the front matter.
        front: The front matter with its lines.
        page: What was read from the body.
        record: The record of an evidence page, where it is usable.
    """

    file: str
    text: str
    body: str
    front: FrontMatter
    page: Page
    record: Record | None


Reader = Callable[[Source, Atlas], Sequence[Finding]]


def check_files(
    files: Sequence[Path] = (), readers: Callable[[Atlas], Sequence[Reader]] | None = None
) -> tuple[list[Finding], int]:
    """Check an atlas: its settings, policy, notices and bibliography, and pages.

    Args:
        files: Files or folders of one atlas; without any, the whole atlas of the current folder.
        readers: Returns further checks of each page, once the atlas is known.

    Returns:
        The findings by file and line, and the number of pages that were checked.

    Raises:
        ValueError: A file is not there, or there is no atlas.
    """
    for file in files:
        if not file.exists() and not file.is_symlink():
            raise ValueError(f"{file} is not there")
    # a link is named by its own place, not by that of its target
    places = [file.parent.resolve() / file.name if file.is_symlink() else file.resolve() for file in files]
    sources = find_sources(places[0].parent if places and not places[0].is_dir() else places[0] if places else Path())
    atlas, findings = load_atlas(sources)
    if not files:
        findings += check_references(atlas.bibliography, atlas.project.bibliography)
    wanted = {page for place in places or [sources] for page in pages_in(place) if page.is_relative_to(sources)}
    papers: dict[Path, tuple[str, int, str]] = {}
    further = readers(atlas) if readers else ()
    for page in sorted(wanted):
        findings += _check(page, atlas, papers, further)
    others = set(pages_in(atlas.project.evidence)) - wanted if papers else set()
    papers |= {page: paper for page in others if page.resolve().is_relative_to(sources) and (paper := paper_of(page))}
    findings += [finding for finding in check_duplicates(papers.values()) if Path(finding.file) in wanted]
    shown = (replace(finding, file=_from_here(finding.file)) for finding in findings)
    return sorted(shown, key=lambda f: (f.file, f.line, f.code.slug, f.message)), len(wanted)


def pages_in(path: Path) -> Iterator[Path]:
    """Yield the pages of a folder, or the page itself; a link that leads back to a folder above is not followed."""
    if path.is_dir():
        circular = path.is_symlink() and path.parent.resolve().is_relative_to(path.resolve())
        for child in () if circular else sorted(path.iterdir()):
            if not child.name.startswith(".") and child.name not in _NOT_SOURCES:
                yield from pages_in(child)
    elif path.suffix == ".md" and path.is_file():
        yield path


def _check(page: Path, atlas: Atlas, papers: dict[Path, tuple[str, int, str]], further: Sequence[Reader]) -> list[Finding]:
    """Check a page, and add its paper to ``papers``."""
    project, name = atlas.project, str(page)
    if not page.resolve().is_relative_to(project.sources):
        return [Finding(name, 1, Code.FILE_ACCESS, "The page is a link to a file outside the sources; it is left empty.")]
    try:
        text = page.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [Finding(name, 1, Code.FRONT_MATTER, f"The page cannot be read: {error}.")]
    docname, record = page.relative_to(project.sources).with_suffix("").as_posix(), None
    if project.is_guarded(docname) and (message := too_large(text)):
        return [Finding(name, 1, Code.UNREADABLE_PAGE, message)]
    if project.is_evidence_page(docname):
        checked = check_page(name, text, atlas.policy, atlas.bibliography)
        findings, body, parts, front, record = checked.findings, checked.body, checked.page, checked.front, checked.record
        if record:
            papers[page] = (name, front.line(("evidence", "paper")), record.paper)
    else:
        front = read_front_matter(text)
        body = blank(text, front)
        parts = read_page(body)
        findings = [Finding(name, p.line, p.code, p.message) for p in front.problems]
        findings = findings + list(page_settings(name, front)) if project.is_guarded(docname) else []
    if project.is_guarded(docname):
        findings = [*findings, *check_markup(name, body, parts)]
    source = Source(name, text, body, front, parts, record)
    for reader in further:
        findings = [*findings, *reader(source, atlas)]
    return [*findings, *check_citations(name, parts, atlas.bibliography)]


def check_citations(file: str, page: Page, bibliography: Mapping[str, Reference]) -> Iterator[Finding]:
    """Find citations of works that the bibliography does not have.

    A build hears of them from sphinxcontrib-bibtex, with the same place.
    """
    for line, name, content in page.roles:
        if name == "cite" or name.startswith("cite:"):
            for key in (part.strip() for part in content.split(",")):
                if key not in bibliography:
                    message = f"The bibliography has no entry {key!r}{nearest(key, bibliography)}."
                    yield Finding(file, line, Code.UNKNOWN_REFERENCE, message)


def paper_of(page: Path) -> tuple[str, int, str] | None:
    """Return file, line and key of the paper of a page that was not asked for."""
    front = read_front_matter(page.read_text(encoding="utf-8", errors="replace"))
    record = front.stated
    key = record.get("paper") if isinstance(record, dict) else None
    return (str(page), front.line(("evidence", "paper")), key) if isinstance(key, str) and page.stem != "index" else None


def _from_here(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else file
