"""Pages on disk, checked and screened: what ``atlas check`` and ``atlas scan`` do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.check_files import Reader, check_files
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.scanner.screener import Screener

WORDING = frozenset({Code.WORDING, Code.WAIVER, Code.WORDING_RULES})


def check_and_screen(files: Sequence[Path] = (), *, cached: bool = True) -> tuple[list[Finding], int]:
    """Check an atlas, or some pages of it, and screen their wording.

    Args:
        files: Files or folders of one atlas; without any, the whole atlas of the current folder.
        cached: Whether what was found in the same text before is taken from, and kept in, the atlas's cache.

    Returns:
        The findings by file and line, and the number of pages.

    Raises:
        ValueError: A file is not there, or there is no atlas.
    """
    screeners: list[Screener] = []

    def readers(atlas: Atlas) -> list[Reader]:
        screeners.append(Screener(atlas, cached=cached))
        return [screeners[0].check]

    findings, pages = check_files(files, readers)
    for screener in screeners:
        screener.save()
        findings = [*screener.problems, *findings]
    return findings, pages


def screen_files(files: Sequence[Path] = (), *, cached: bool = True) -> tuple[list[Finding], int]:
    """Screen the wording of an atlas or of some pages of it, and nothing else; see :func:`check_and_screen`."""
    findings, pages = check_and_screen(files, cached=cached)
    return [finding for finding in findings if finding.code in WORDING], pages


def fails(findings: Sequence[Finding]) -> bool:
    """Whether findings make a command fail: hints do not."""
    return any(finding.severity != "hint" for finding in findings)
