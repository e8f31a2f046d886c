"""Files of references: what they hold, and that no bytes get more than one clear error."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import BIB
from evidence_atlas.core.citation import bibtex, csl_json, ris
from evidence_atlas.core.references import Name, load_bibliography
from evidence_atlas.sources.files import READERS, read_data, read_file, work_of_reference
from evidence_atlas.sources.services import SourceError
from evidence_atlas.sources.work import Link, Work

from .conftest import pubmed_record, pubmed_set

NBIB = """
PMID- 99999901
TI  - A made-up trial: a long title that goes on
      on a second line.
FAU - Erfundén, Anna B
FAU - van der Nobody, Carl
CN  - Made-up Study Group
LA  - eng
PT  - Journal Article
PT  - Randomized Controlled Trial
DP  - 2024 Jul 5
JT  - Journal of Made-up Results
VI  - 12
IP  - 3
PG  - 101-9
LID - 10.5555/made.up.1 [doi]
AB  - Nothing was measured
      by anyone.
MH  - *Fatigue Syndrome, Chronic/therapy
RIN - J Made Up. 2025;1:1. doi: 10.5555/notice.1. PMID: 99999902
PMC - PMC9999999

PMID- 99999903
TI  - A second one
AU  - Nobody C
DEP - 20230102
"""
RIS = """TY  - JOUR
AU  - Erfundén, Anna B
AU  - Made-up Study Group
AU  - et al.
TI  - A made-up trial
JO  - Journal of Made-up Results
PY  - 2024/07/05
VL  - 12
IS  - 3
SP  - 101
EP  - 109
UR  - https://doi.org/10.5555/Made.Up.1
AB  - Nothing was measured.
ER  -
"""


def test_nbib_is_read_with_its_long_lines_and_links():
    """Tagged lines of PubMed become works: continued lines, repeated tags, groups, links to notices."""
    first, second = read_data(NBIB.encode(), "export.nbib").works
    assert first == Work(
        title="A made-up trial: a long title that goes on on a second line",
        authors=(Name("Erfundén", "Anna B"), Name("van der Nobody", "Carl"), Name("Made-up Study Group", literal=True)),
        journal="Journal of Made-up Results",
        date="2024-07-05",
        volume="12",
        issue="3",
        pages="101-109",
        doi="10.5555/made.up.1",
        pmid="99999901",
        pmcid="PMC9999999",
        abstract="Nothing was measured by anyone.",
        publication_types=("Journal Article", "Randomized Controlled Trial"),
        subjects=("Fatigue Syndrome, Chronic",),
        language="eng",
        updated_by=(Link("retraction", "10.5555/notice.1", "99999902", "", "J Made Up. 2025;1:1. doi: 10.5555/notice.1."),),
        source="export.nbib",
    )
    assert (second.authors, second.date) == ((Name("Nobody", "C"),), "2023-01-02")


def test_ris_is_read():
    """A RIS record becomes a work; "et al." is no author, and the DOI is found in its address."""
    (work,) = read_data(RIS.encode(), "export.ris").works
    assert (work.title, work.date, work.pages, work.doi) == ("A made-up trial", "2024-07-05", "101-109", "10.5555/made.up.1")
    assert work.authors == (Name("Erfundén", "Anna B"), Name("Made-up Study Group", literal=True))
    assert work.abridged
    assert work.abstract == "Nothing was measured."


def test_pubmed_xml_is_read():
    """A file of PubMed's XML holds the same works as PubMed's answer."""
    works = read_data(pubmed_set(pubmed_record(), pubmed_record("99999903", "10.5555/2")).encode(), "export.xml").works
    assert [work.pmid for work in works] == ["99999901", "99999903"]


@pytest.mark.parametrize(("write", "name"), [(bibtex, "a.bib"), (ris, "a.ris"), (csl_json, "a.json")])
def test_what_the_atlas_writes_it_reads_again(write, name, tmp_path):
    """The atlas's own downloads come back as the same works."""
    path = tmp_path / "references.bib"
    path.write_text(BIB, encoding="utf-8")
    bibliography, _findings = load_bibliography([path])
    for reference in bibliography.values():
        (work,) = read_data(write(reference).encode(), name).works
        expected = work_of_reference(reference)
        for field in ("title", "authors", "abridged", "kind", "journal", "date", "volume", "issue", "pages", "doi"):
            assert getattr(work, field) == getattr(expected, field), field


@pytest.mark.parametrize(
    ("name", "data", "works"),
    [
        ("noname", RIS, 1),
        ("noname", NBIB, 2),
        ("noname", BIB, 3),
        ("noname", '[{"title": "A"}]', 1),
        ("zotero.json", '{"items": [{"title": "A"}]}', 1),
        ("a.json", '{"title": "A"}', 1),
        ("a.RIS", RIS.replace("\n", "\r\n"), 1),
        ("a.nbib", NBIB.replace("\n", "\r\n"), 2),
    ],
)
def test_the_format_is_told_by_name_or_beginning(name, data, works):
    """A file without an ending that tells is recognised by how it begins; line ends of any system do."""
    assert len(read_data(data.encode(), name).works) == works
    assert len(read_data(b"\xef\xbb\xbf" + data.encode(), name).works) == works


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.ris", b"", "a.ris holds no reference"),
        ("a.ris", b"\xff\xfe\xff", "a.ris cannot be read: it is not UTF-16"),
        ("a.nbib", b"PMID- \xff", "it is not UTF-8 \\(byte 7\\)"),
        ("a.json", b"[1, 2]", "it is no CSL-JSON"),
        ("a.json", b'"text"', "it is no CSL-JSON"),
        ("a.json", b"<html></html>", "an HTML page and no JSON"),
        ("a.xml", b"<records/>", "holds no records of PubMed"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "it defines entities"),
        ("a.bib", b"name@example.org", "a.bib holds no reference"),
        ("a.txt", b"Dear editors,", "a.txt is no file of references"),
    ],
)
def test_a_file_of_no_use_is_one_sentence(name, data, message, tmp_path):
    """The error names the file and what is wrong with it."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=message):
        read_file(tmp_path / name)


@pytest.mark.parametrize("digits", [3, 400, 5000])
def test_a_number_that_is_no_day_or_month_leaves_the_rest_of_the_date(digits):
    """However many digits somebody typed, the record is read, with as much of its date as there is."""
    number = "9" * digits
    records = "".join(f"PMID- 1\nTI  - A\n{date}\n\n" for date in (f"DEP - 202411{number}", f"DP  - 2024 {number} 3"))
    assert [work.date for work in read_data(records.encode(), "a.nbib").works] == ["2024-11", "2024"]


def test_a_broken_entry_costs_no_other():
    """What can be read of a BibTeX file is read, and what is wrong is named with its line."""
    contents = read_data(f"@article{{broken, title = }}\n{BIB}\n".encode(), "a.bib")
    assert [work.identifiers["key"] for work in contents.works][-3:] == ["alpha2020trial", "gamma2021cohort", "delta2019review"]
    assert contents.problems[0].startswith("Line 1: ")


_MARKS = [
    b"TY  - JOUR\n",
    b"ER  - \n",
    b"AU  - A, B\n",
    b"PMID- 1\n",
    b"TI  - x\n",
    b"LID - 10.5555/1 [doi]\n",
    b"\n\n",
    b"      more\n",
    b"@article{a,",
    b"title = {",
    b"}",
    b'{"title": ',
    b"[",
    b'{"author": [{"family": 1}], "issued": {"date-parts": [[null]]}}]',
    b"<PubmedArticleSet>",
    b"<PubmedArticle>",
    b"<MedlineCitation><Article><ArticleTitle>",
    b"\xff",
    b"\x00",
    b"UR  - \xc2\xa0\n",
    b"PY  - 99999/13/41\n",
    b"UK  - \n",
]
_BYTES = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(_MARKS), max_size=12).map(b"".join))


def works_or_error(data: bytes, name: str) -> tuple[Work, ...] | str:
    """Read a file; any other exception comes through."""
    try:
        return read_data(data, name).works
    except SourceError as error:
        return str(error)


@given(_BYTES, st.sampled_from([*READERS, "txt"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_works_or_one_error(data, suffix):
    """Whatever a file holds, reading it ends with works or with one sentence."""
    found = works_or_error(data, f"a.{suffix}")
    assert all(isinstance(one, Work) for one in found) if isinstance(found, tuple) else "\n" not in found


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "author", "family", "issued", "date-parts", "DOI", "note", "id"]), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
@settings(max_examples=100, deadline=None)
def test_any_json_is_works_or_one_error(value):
    """No form of CSL-JSON breaks the reading."""
    assert works_or_error(json.dumps(value).encode(), "a.json")
