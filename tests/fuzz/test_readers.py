"""Every reader of files from others gets damaged ones: it returns, in time, and each finding has a place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from conftest import BIB, page
from evidence_atlas.core.checker import check_page
from evidence_atlas.core.citation import bibtex, csl, ris
from evidence_atlas.core.findings import FORMATS, Finding
from evidence_atlas.core.markup import check_markup, page_settings
from evidence_atlas.core.notices import load_notices
from evidence_atlas.core.policy import BUILT_IN, load_policy
from evidence_atlas.core.references import Bibliography
from evidence_atlas.core.settings import find_project
from evidence_atlas.scanner import rules as wording
from evidence_atlas.scanner.rules import load_rules
from indexed_bibtex.decoding import decode
from indexed_bibtex.reader import parse_bibtex

from .damage import encoded, endure

pytestmark = pytest.mark.deep
ROOT = Path(__file__).parents[2]
POLICY = load_policy(BUILT_IN)[0]
WORKS = Bibliography(parse_bibtex({Path("a.bib"): BIB}).data.entries)
PAGES = [
    page(),
    *((ROOT / "docs/evidence" / f"{name}.md").read_text(encoding="utf-8") for name in ("walitt-2024-deep-phenotyping",)),
]


def placed(findings: Iterable[Finding], text: str) -> None:
    """Assert that every finding can be written in every format and names a line of the text."""
    found = list(findings)
    for write in FORMATS.values():
        write(found).encode("utf-8", "backslashreplace")
    lines = len(text.splitlines()) + 2
    assert [finding for finding in found if not 1 <= finding.line <= lines] == []


def test_pages():
    """A page is checked as a whole: front matter, record, rules, parts, markup."""

    def look(text: str) -> None:
        text = encoded(text).decode("utf-8", "replace")
        checked = check_page("a-2020-b.md", text, POLICY, WORKS)
        placed(
            [*checked.findings, *check_markup("a-2020-b.md", checked.body, checked.page), *page_settings("a", checked.front)],
            text,
        )
        if checked.record:
            checked.record.as_data()

    assert endure(PAGES, look) > 100


TOML: dict[str, tuple[str, Callable[[Path], object]]] = {
    "policy.toml": (BUILT_IN.read_text(encoding="utf-8"), load_policy),
    "notices.toml": ((ROOT / "notices.toml").read_text(encoding="utf-8")[:4000], load_notices),
    "atlas.toml": (
        'name = "Ours"\nguard = ["**"]\npdf = true\ninbox-contact-days = 3\nbase-url = "https://atlas.example.org"\n',
        lambda path: find_project(path.parent),
    ),
    "wording.toml": (Path(wording.__file__).with_name("rules.toml").read_text(encoding="utf-8"), load_rules),
}


@pytest.mark.parametrize("name", TOML)
def test_files_of_rules(tmp_path: Path, name: str):
    """Policy, notices, settings and rules of wording: a file that cannot be used is a finding at its line."""
    original, read = TOML[name]

    def look(text: str) -> None:
        (tmp_path / name).write_bytes(encoded(text))
        _value, findings = read(tmp_path / name)  # type: ignore[misc]
        placed(findings, text)

    assert endure([original[:3000], original], look) > 100


def test_bibliographies():
    """A bibliography, decoded as its file is, gives entries, each of which can be cited in every format, and problems with their lines."""
    originals = [BIB, (ROOT / "references.bib").read_text(encoding="utf-8")[:3000]]

    def look(text: str) -> None:
        text, _line, _message = decode(encoded(text))
        read = parse_bibtex({Path("a.bib"): text})
        works = Bibliography(read.data.entries)
        for key in works:
            for form in (bibtex, csl, ris):
                form(works[key])
            works.digest(key)
        assert [problem for problem in read.problems if not 1 <= problem.line <= len(text.splitlines()) + 1] == []

    assert endure(originals, look) > 100
