"""What reference managers get: BibTeX, RIS and CSL-JSON, read back by programs that are not this one."""

from __future__ import annotations

import json
import re

import pytest
import rispy
from citeproc.source.json import CiteProcJSON

from evidence_atlas.core.citation import FORMATS, bibtex, csl, csl_json, ris
from evidence_atlas.core.references import pages

from .helpers import REFERENCES, bibliography
from .readers import CSL_ITEM, TYPES, by_rispy, expected_ris, read_bibtex, read_ris

FULL = r"""@article{one,
  author = {van der Berg, Jr, Anna and {The {ME} Group, Ltd} and Smith, B. and others},
  title = {Is {ME} 50\% of it? A \& B},
  journal = {Brain, Behavior, \& Immunity},
  year = {2020},
  volume = {5},
  number = {2},
  pages = {1--9},
  doi = {10.1000/ABC},
  pmid = {123},
  pmcid = {PMC9}
}
"""


def test_bibtex_of_an_entry(tmp_path):
    """BibTeX holds the entry's own markup, with names in the order that no parser mistakes."""
    references, _ = bibliography(tmp_path, FULL)
    assert read_bibtex(bibtex(references["one"])) == read_bibtex(FULL)
    assert r"title = {Is {ME} 50\% of it? A \& B}" in bibtex(references["one"])


def test_ris_of_an_entry(tmp_path):
    """RIS has one tag a line, from TY to ER, with each author on a line of its own as family, given names, suffix."""
    references, _ = bibliography(tmp_path, FULL)
    assert ris(references["one"]).splitlines() == [
        "TY  - JOUR", "ID  - one", "AU  - van der Berg, Anna, Jr", "AU  - The ME Group, Ltd", "AU  - Smith, B.",
        "TI  - Is ME 50% of it? A & B", "T2  - Brain, Behavior, & Immunity", "PY  - 2020", "VL  - 5", "IS  - 2", "SP  - 1", "EP  - 9",
        "DO  - 10.1000/abc", "AN  - 123", "UR  - https://doi.org/10.1000/abc",
        "N1  - The list of authors is abridged in the source.", "ER  - ",
    ]  # fmt: skip


def test_csl_json_of_an_entry(tmp_path):
    """CSL-JSON is an array of one item, with the parts of names apart and the year as a number."""
    references, _ = bibliography(tmp_path, FULL)
    assert json.loads(csl_json(references["one"])) == [{
        "id": "one", "type": "article-journal", "title": "Is ME 50% of it? A & B", "container-title": "Brain, Behavior, & Immunity",
        "author": [{"family": "Berg", "given": "Anna", "non-dropping-particle": "van der", "suffix": "Jr"},
                   {"literal": "The ME Group, Ltd"}, {"family": "Smith", "given": "B."}],
        "volume": "5", "issue": "2", "page": "1-9", "DOI": "10.1000/abc", "PMID": "123", "PMCID": "PMC9",
        "URL": "https://doi.org/10.1000/abc", "issued": {"date-parts": [[2020]]},
        "note": "The list of authors is abridged in the source.",
    }]  # fmt: skip


@pytest.mark.parametrize(("kind", "names"), TYPES.items(), ids=TYPES)
def test_the_type_of_a_work(kind, names, tmp_path):
    """Each BibTeX type has its type of RIS and of CSL, and an unknown one is a work of no special kind."""
    references, _ = bibliography(tmp_path, f"@{kind}{{one, author={{A, B}}, title={{T}}, publisher={{P}}, year={{undated}}}}")
    item = csl(references["one"])
    assert (ris(references["one"]).count(f"TY  - {names[0]}\n"), item["type"], item["publisher"]) == (1, names[1], "P")
    assert item.get("container-title") == (None if kind == "book" else "P")
    assert "issued" not in item


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1--9", ("1", "9")), ("1-9", ("1", "9")), ("1–9", ("1", "9")), ("S1 -- S9", ("S1", "S9")), ("e12", ("e12", "")), ("1,3", ("1,3", "")),
     ("1--3, 5--9", ("1--3, 5--9", "")), ("", ("", "")), ("1---9", ("1", "9")), ("A-1-A-9", ("A-1-A-9", ""))],
)  # fmt: skip
def test_pages(written, expected, tmp_path):
    """A range gives first and last page, an article number or a list a first page alone."""
    references, _ = bibliography(tmp_path, f"@article{{one, title={{T}}, pages={{{written}}}}}")
    assert pages(references["one"]) == expected


def test_the_files_of_a_page():
    """A page offers three files, each made by the function of its format."""
    assert {"paper.bib": bibtex, "paper.ris": ris, "paper.csl.json": csl_json} == FORMATS


def test_bibtex_of_every_entry_of_the_bibliography(references):
    """Another parser reads from the exported BibTeX of every entry the lines that stand in the bibliography itself."""
    _head, *entries = REFERENCES.read_text(encoding="utf-8").split("\n@")
    expected = {}
    for entry in entries:
        kind, key = re.match(r"(\w+)\{([^,\s]+),\n", entry).groups()
        fields = dict(re.findall(r"^  ([\w-]+) *= \{(.*)\},?$", entry, re.MULTILINE))
        assert entry.count("\n  ") == len(fields)
        expected[key] = {"ENTRYTYPE": kind, "ID": key, **fields}
    exported = read_bibtex("".join(bibtex(work) for work in references.values()))
    assert exported == expected
    assert list(exported) == list(references)


def test_ris_of_every_entry_of_the_bibliography(references):
    """A strict reader of lines finds in the RIS of every entry exactly the rows that the reference has."""
    assert [key for key, work in references.items() if sorted(read_ris(ris(work))) != expected_ris(work)] == []
    for work in references.values():
        assert [value for tag, value in read_ris(ris(work)) if tag == "AU"] == [name.sorted_form for name in work.authors]


def test_rispy_reads_every_entry_of_the_bibliography(references):
    """rispy reads the RIS of all entries, one after the other, to the rows that the references have."""
    records = rispy.loads("\n".join(map(ris, references.values())))
    assert [record["id"] for record in records] == list(references)
    assert [r["id"] for r, work in zip(records, references.values(), strict=True) if by_rispy(r) != expected_ris(work)] == []


def test_csl_of_every_entry_of_the_bibliography(references):
    """Every entry's CSL-JSON keeps the rules of the format and is read by citeproc-py with the same title, names and year."""
    items = [csl(work) for work in references.values()]
    assert [error.message for item in items for error in CSL_ITEM.iter_errors(item)] == []
    source = CiteProcJSON(items)
    for key, work in references.items():
        read = source[key.lower()]
        assert (str(read.title), read.issued.year, str(read.container_title)) == (work.title, int(work.year), work.container)
        names = [(name.get("family") or name["literal"], name.get("given", "")) for name in read.author]
        assert names == [(name.family, name.given) for name in work.authors]
