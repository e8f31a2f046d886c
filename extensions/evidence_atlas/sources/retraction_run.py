"""One run of ``atlas retractions``: whom to ask about what, and what is written and told afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.bibliography_format import write_changed
from evidence_atlas.core.check_files import pages_in, paper_of
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.notice_checks import Checks, checks_text
from evidence_atlas.core.tomlfile import line_of
from evidence_atlas.sources import retractions
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.notice_merge import Merged, add_notices, merge
from evidence_atlas.sources.retraction_watch import RetractionWatch, read_retraction_watch
from evidence_atlas.sources.retractions import Heard, Wanted
from evidence_atlas.sources.services import Unreachable

_STALE = 14  # days: Retraction Watch adds notices every working day


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do.

    Attributes:
        today: The day of the run.
        only_pages: Whether only papers that have a page are asked about.
        file: A copy of the Retraction Watch file.
        services: Whether Crossref and PubMed are asked.
        dry: Whether nothing is written.
    """

    today: dt.date
    only_pages: bool = False
    file: Path | None = None
    services: bool = True
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found.

    Attributes:
        findings: What a person should see.
        works: What was asked about.
        checks: Who was asked so far, and what the answers were.
    """

    findings: list[Finding]
    works: list[Wanted]
    checks: Checks


def check_retractions(atlas: Atlas, options: Options, client: Client) -> Outcome:
    """Ask about what an atlas cites, and bring what is new into its notices.

    Args:
        atlas: The atlas; its notices and checks must be without fault.
        options: What to do.
        client: Asks services.

    Raises:
        Unreachable: No source answered at all; then nothing is written.
        ValueError: A file cannot be used.
        OSError: A file cannot be read or written.
    """
    works = sorted(_wanted(atlas, only_pages=options.only_pages), key=lambda work: work.name)
    file = read_retraction_watch(options.file, _names(works), options.today) if options.file else None
    asking = client if options.services else None
    heard = retractions.ask_all(works, asking, file, options.today)
    answers = [check.answer for checks in heard.checks.values() for check in checks.values()]
    if works and not any(answer != "failed" for answer in answers):
        raise Unreachable(" ".join(heard.failures) + " Nothing was written.")
    merged = merge(atlas.notices, heard.reports)
    merged.new = retractions.with_issuers(merged.new, asking)
    checks = retractions.later(atlas.checks, heard, [ids.name for ids in atlas.bibliography.identifiers.values() if ids.name])
    notices = _place(atlas, atlas.project.notices, atlas.settings.notices)
    kept = _place(atlas, atlas.project.notice_checks, atlas.settings.notice_checks)
    if not options.dry:
        _write_notices(notices, merged, {work.name: work.title for work in works})
        write_changed(kept, checks_text(checks))
    findings = [*_remarks(notices, merged), *_failures(kept, heard), *_about_file(options, file)]
    return Outcome(findings, works, checks)


def _wanted(atlas: Atlas, *, only_pages: bool) -> Iterator[Wanted]:
    """Yield the works of the bibliography that have an identifier, each once."""
    keys = (
        {key for page in pages_in(atlas.project.evidence) if (paper := paper_of(page)) and (key := paper[2])}
        if only_pages
        else None
    )
    seen = set()
    for key, ids in atlas.bibliography.identifiers.items():
        if ids.name and ids.name not in seen and (keys is None or key in keys):
            seen.add(ids.name)
            yield Wanted(ids.name, ids.doi, ids.pmid, _about(atlas, key))


def _about(atlas: Atlas, key: str) -> str:
    """Return a line about a work, such as "Lo 2010, Proceedings of the National Academy of Sciences"."""
    work = atlas.bibliography[key]
    first = work.authors[0].family if work.authors else work.title
    return ", ".join(filter(None, (f"{first} {work.year}".strip(), work.container)))


def _names(works: list[Wanted]) -> set[str]:
    return {name for work in works for name in (work.doi, f"pmid:{work.pmid}" if work.pmid else "") if name}


def _place(atlas: Atlas, file: Path | None, name: str) -> Path:
    """Return where a file of the atlas is, or is to be: beside the first bibliography file."""
    return file or (atlas.project.bibliography[0].parent if atlas.project.bibliography else atlas.project.root) / name


def _write_notices(path: Path, merged: Merged, titles: Mapping[str, str]) -> None:
    if merged.new:
        text = path.read_bytes().decode() if path.is_file() else ""
        write_changed(path, add_notices(text, merged.new, titles))


def _remarks(path: Path, merged: Merged) -> Iterator[Finding]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for remark in merged.remarks:
        line = line_of(text, (remark.name,))
        yield Finding(str(path), line, Code.RETRACTION, remark.message, severity=remark.severity, rule=remark.rule)


def _failures(path: Path, heard: Heard) -> Iterator[Finding]:
    for why, count in heard.failures.items():
        message = f"{why} Whether there are notices on {count} work{'s' * (count != 1)} is not known from there."
        yield Finding(str(path), 1, Code.RETRACTION, message, rule="no-answer")


def _about_file(options: Options, file: RetractionWatch | None) -> Iterator[Finding]:
    """Yield what makes the Retraction Watch file worth less than it could be."""
    if file is None:
        return
    if (options.today - dt.date.fromisoformat(file.until)).days > _STALE:
        message = f"The newest notice in the file is of {file.until}; fetch a newer file."
        yield Finding(str(options.file), 1, Code.RETRACTION, message, severity="hint", rule="old-file")
    if file.unreadable:
        message = f"{file.unreadable} of the {file.rows} notices in the file name no paper by DOI or PubMed number."
        yield Finding(str(options.file), 1, Code.RETRACTION, message, severity="hint", rule="unreadable")
