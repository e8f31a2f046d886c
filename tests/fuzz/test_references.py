"""Files of references and of notices from others: works or one sentence, and what is taken over can be read again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from conftest import BIB
from evidence_atlas.core.citation import csl_json, ris
from evidence_atlas.core.notice_checks import load_checks
from evidence_atlas.core.policy import BUILT_IN, load_policy
from evidence_atlas.core.references import Bibliography
from evidence_atlas.core.search_query import load_search
from evidence_atlas.drafting.page import Draft, draft_page
from evidence_atlas.sources.files import read_data
from evidence_atlas.sources.imports import FORMATS, plan_import
from evidence_atlas.sources.retraction_watch import read_retraction_watch
from evidence_atlas.sources.services import SourceError
from indexed_bibtex.reader import parse_bibtex
from sources.conftest import pubmed_record, pubmed_set
from sources.test_files import NBIB, RIS

from .damage import encoded, endure
from .test_readers import ROOT, placed

pytestmark = pytest.mark.deep
THERE = Bibliography(parse_bibtex({Path("a.bib"): BIB}).data.entries)
POLICY = load_policy(BUILT_IN)[0]
TODAY = dt.date(2026, 11, 22)
CORRECTED = (
    '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Made Up. 2025;1:1. doi: 10.5555/n.1'
    "</RefSource><PMID>99999902</PMID></CommentsCorrections></CommentsCorrectionsList>"
)
FILES = {
    "ris": [RIS, "\n".join(map(ris, THERE.values()))],
    "nbib": [NBIB],
    "xml": [pubmed_set(pubmed_record(inner=CORRECTED), pubmed_record("99999903", "", year="<MedlineDate>2001 Spring</MedlineDate>"))],
    "json": [json.dumps([item for work in THERE.values() for item in json.loads(csl_json(work))], indent=1)],
    "bib": [BIB, '@string{j = "Journal"}\n@article{new2022, author = "Né, A and {The {NEW} Group}", title = {A {\\"o} $x^2$ # b} , journal = j # " of B", year = 2022, note={x}}\n'],
}  # fmt: skip


def one_sentence(error: SourceError) -> None:
    """Assert that a refusal can be told on one line."""
    assert "\n" not in str(error)


@pytest.mark.parametrize("suffix", FILES)
def test_files_of_references(tmp_path: Path, suffix: str):
    """Each new reference becomes an entry that is read back without a problem, and a page can be drawn up from it."""
    file = tmp_path / f"a.{suffix}"

    def look(text: str) -> None:
        file.write_bytes(encoded(text))
        try:
            plan = plan_import(file, THERE)
        except SourceError as error:
            one_sentence(error)
            return
        for write in FORMATS.values():
            write(plan).encode()
        read = parse_bibtex({file: "\n".join(plan.entries.values())})
        assert (list(read.problems), set(read.data.entries)) == ([], set(plan.entries))
        for work in read_data(encoded(text), file.name).works[:2]:
            draft_page(Draft(work, "new2022", (), TODAY), POLICY).encode()

    assert all(read_data(text.encode(), file.name).works for text in FILES[suffix])
    assert endure(FILES[suffix], look) > 100


CHECKS = {"schema": 1, "works": {"10.5555/alpha.1": {"crossref": {"asked": "2026-11-22", "answer": "none"}}}}
STATE = {
    "schema": 1,
    "asked": {"pubmed": {"until": "2026-11-22", "query": "a AND b"}},
    "seen": {"10.5555/alpha.1": "2026-11-20", "pmid:99999901": "2026-11-21"},
}
KEPT = {
    "notice-checks.json": (json.dumps(CHECKS, indent=1), load_checks),
    "watch.json": (json.dumps(STATE, indent=1), lambda path: load_search(None, path)),
    "query.toml": ((ROOT / "query.toml").read_text(encoding="utf-8"), lambda path: load_search(path, None)),
}


@pytest.mark.parametrize("name", KEPT)
def test_files_of_earlier_runs(tmp_path: Path, name: str):
    """What earlier runs left, and the published search: a file that cannot be used is a finding at its line."""
    original, read = KEPT[name]

    def look(text: str) -> None:
        (tmp_path / name).write_bytes(encoded(text))
        _value, findings = read(tmp_path / name)
        placed(findings, text)

    assert endure([original], look, 0.2) > 100


def test_retraction_watch(tmp_path: Path):
    """A damaged file of Retraction Watch is read or refused with one sentence, and knows no day that is still to come."""
    file = tmp_path / "rw.csv"
    head = "Record ID,Title,RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\r\n"
    rows = '1,"A, ""b""",11/20/2026 0:00,10.5555/notice.1,10.5555/alpha.1,11111,Retraction,+Error;+Doubt;\r\n2,B,1/2/2020,unavailable,10.5555/x,0,Correction,\r\n'

    def look(text: str) -> None:
        file.write_bytes(encoded(text))
        try:
            found = read_retraction_watch(file, {"10.5555/alpha.1", "pmid:11111"}, TODAY)
        except SourceError as error:
            one_sentence(error)
            return
        assert found.until <= TODAY.isoformat()
        assert all(report.date <= TODAY.isoformat() for report in found.about("10.5555/alpha.1", "11111"))

    assert endure([head + rows], look, 0.2) > 100
