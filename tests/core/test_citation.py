"""What reference managers get: BibTeX, RIS and CSL-JSON, read back by programs that are not this one."""

from __future__ import annotations

import json
import re

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from evidence_atlas.core.citation import FORMATS, bibtex, csl, csl_json, pages, ris

from .helpers import PROPERTY, REFERENCES, bibliography

TYPES = {  # BibTeX: RIS, CSL
    "article": ("JOUR", "article-journal"), "book": ("BOOK", "book"), "incollection": ("CHAP", "chapter"),
    "inproceedings": ("CPAPER", "paper-conference"), "phdthesis": ("THES", "thesis"), "techreport": ("RPRT", "report"),
    "online": ("ELEC", "webpage"), "unpublished": ("UNPB", "manuscript"), "misc": ("GEN", "document"), "webpost": ("GEN", "document"),
}  # fmt: skip

# The rules of an item of CSL-JSON (csl-data 1.0.2) for the fields in use; every other field is refused.
TEXT = {"type": "string", "minLength": 1}
CSL_TYPES = (
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset document "
    "entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation manuscript map "
    "motion_picture musical_score pamphlet paper-conference patent performance periodical personal_communication post post-weblog "
    "regulation report review review-book software song speech standard thesis treaty webpage"
)
CSL_ITEM = Draft202012Validator(
    {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(["id", "title", "container-title", "publisher", "volume", "issue", "page", "URL", "note"], TEXT),
            "type": {"enum": CSL_TYPES.split()},
            "DOI": {"type": "string", "pattern": r"^10\.\d{4,9}/\S+$"},
            "PMID": {"type": "string", "pattern": "^[0-9]+$"},
            "PMCID": {"type": "string", "pattern": "^PMC[0-9]+$"},
            "author": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": dict.fromkeys(["family", "given", "non-dropping-particle", "suffix", "literal"], TEXT),
                    "oneOf": [{"required": ["family"]}, {"required": ["literal"], "maxProperties": 1}],
                },
            },
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "additionalProperties": False,
                "properties": {
                    "date-parts": {
                        "type": "array", "minItems": 1, "maxItems": 1,
                        "items": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "integer"}},
                    }
                },
            },
        },
    }
)  # fmt: skip

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


def read_ris(text):
    """Read one record of RIS strictly: every line is a tag of two signs, two spaces, hyphen, space and a value."""
    assert text.endswith("\n")
    lines = text.removesuffix("\n").split("\n")
    assert lines == text.splitlines()
    matches = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in lines]
    assert [line for line, match in zip(lines, matches, strict=True) if not match] == []
    rows = [(match[1], match[2]) for match in matches]
    assert (rows[0][0], rows[-1]) == ("TY", ("ER", ""))
    assert [tag for tag, _value in rows].count("TY") == [tag for tag, _value in rows].count("ER") == 1
    return rows[:-1]


def expected_ris(work):
    """Return the rows that the RIS record of a reference must have, in any order but that of the authors."""
    first, last = pages(work)
    fields = work.fields
    rows = [("TY", TYPES.get(work.type, ("GEN", ""))[0]), ("ID", work.key), ("TI", work.title), ("PY", work.year)]
    rows += [("AU", name.sorted_form) for name in work.authors]
    rows += [("T2", "" if work.type == "book" else work.container), ("PB", fields.get("publisher", ""))]
    rows += [("VL", fields.get("volume", "")), ("IS", fields.get("number", "")), ("SP", first), ("EP", last)]
    rows += [("DO", work.doi), ("AN", work.pmid), ("UR", work.url)]
    rows += [("N1", "The list of authors is abridged in the source.")] * work.abridged
    return sorted(row for row in rows if row[1])


def read_bibtex(text):
    """Read BibTeX by another parser: the fields of each entry by its key, white space made even."""
    parser = BibTexParser(ignore_nonstandard_types=False, common_strings=True)
    entries = bibtexparser.loads(text, parser).entries
    return {entry["ID"]: {name: " ".join(value.split()) for name, value in entry.items()} for entry in entries}


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
    assert FORMATS == {"paper.bib": bibtex, "paper.ris": ris, "paper.csl.json": csl_json}


def test_bibtex_of_every_entry_of_the_bibliography(references):
    """Another parser reads the same entries from the exported BibTeX as from the bibliography itself."""
    exported = read_bibtex("".join(bibtex(work) for work in references.values()))
    assert exported == read_bibtex(REFERENCES.read_text(encoding="utf-8"))
    assert list(exported) == list(references)


def test_ris_of_every_entry_of_the_bibliography(references):
    """A strict reader of lines finds in the RIS of every entry exactly the rows that the reference has."""
    assert [key for key, work in references.items() if sorted(read_ris(ris(work))) != expected_ris(work)] == []
    for work in references.values():
        assert [value for tag, value in read_ris(ris(work)) if tag == "AU"] == [name.sorted_form for name in work.authors]


def by_rispy(record):
    """Return what rispy read as rows of RIS; it takes a semicolon in an address for the end of it."""
    tags = {name: tag for tag, name in rispy.TAG_KEY_MAPPING.items()} | {"notes": "N1"}
    rows = [(tags[name], value) for name, values in record.items() for value in (values if isinstance(values, list) else [values])]
    address = ";".join(value for tag, value in rows if tag == "UR")
    return sorted([row for row in rows if row[0] != "UR"] + [("UR", address)] * bool(address))


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


# ---- references made to break a format: any printable sign, braces that balance, many authors, missing fields

# no backslash and no tilde, which are commands of LaTeX; those have their examples in test_references.py
SIGNS = st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="{}\\~")
RISKY = st.sampled_from(["&", "<", ">", "</script>", '"', "'", "%", "$", "#", "@", "_", "^", "ER  - ", "TY  - JOUR", "--", ";", "//", "ﬁ", "\u2028", "\n"])
PIECES = st.lists(st.one_of(st.text(SIGNS, max_size=12), RISKY), min_size=1, max_size=6).map(" ".join)
VALUES = st.recursive(PIECES, lambda inner: st.builds("{}{{{}}} {}".format, inner, inner, inner), max_leaves=4).filter(str.strip)
WORDS = st.text(st.characters(categories=["L", "N"], include_characters="&<>'\"$%.-"), min_size=1, max_size=9).filter(
    lambda word: word.casefold() not in {"and", "others"}
)
PEOPLE = st.builds(
    lambda particle, family, suffix, given: ", ".join(filter(None, (f"{particle}{family}", suffix, given))),
    st.sampled_from(["", "van der ", "de la ", "von "]), WORDS, st.sampled_from(["", "", "Jr", "III"]), st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
)  # fmt: skip
GROUPS = st.lists(WORDS | st.sampled_from(["and", "and others,"]), min_size=1, max_size=4).map(lambda words: f"{{{' '.join(words)}}}")
AUTHORS = st.tuples(st.lists(PEOPLE | GROUPS, min_size=1, max_size=5), st.integers(1, 60), st.sampled_from([[], [], ["others"]])).map(
    lambda drawn: " and ".join([drawn[0][number % len(drawn[0])] for number in range(drawn[1])] + drawn[2])
)
PLAIN = ["title", "journal", "publisher", "volume", "number", "year", "note", "booktitle"]
ENTRIES = st.tuples(
    st.sampled_from(sorted(TYPES)),
    st.from_regex(r"[A-Za-z][A-Za-z0-9:_.+/-]{0,15}", fullmatch=True),
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(PLAIN, VALUES),
            "author": AUTHORS,
            "pages": VALUES | st.sampled_from(["1--9", "S1–S9", "e5"]),
            "doi": st.sampled_from(["10.1000/a<b>c;2-#", "https://doi.org/10.1000/X", "none"]) | VALUES,
            "pmid": st.integers(1, 10**8).map(str) | VALUES,
        },
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder for the files of one property test after the other."""
    return tmp_path_factory.mktemp("entries")


def made(folder, entry):
    """Write an entry as BibTeX and read it by our reader."""
    kind, key, fields = entry
    text = f"@{kind}{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"
    references, findings = bibliography(folder, text)
    assert findings == []
    return references[key]


@PROPERTY
@given(ENTRIES)
def test_bibtex_of_any_entry(folder, entry):
    """Another parser reads from the exported BibTeX of any entry the type, the key and the fields that were written."""
    kind, key, fields = entry
    expected = {name: " ".join(value.split()) for name, value in fields.items()}
    assert read_bibtex(bibtex(made(folder, entry))) == {key: {"ENTRYTYPE": kind, "ID": key} | expected}


@PROPERTY
@given(ENTRIES)
def test_ris_of_any_entry(folder, entry):
    """No field of any entry adds a line to its RIS, and the lines are the rows that the reference has."""
    work = made(folder, entry)
    assert sorted(read_ris(ris(work))) == expected_ris(work)


@PROPERTY
@given(ENTRIES)
def test_rispy_reads_any_entry(folder, entry):
    """rispy reads from the RIS of any entry the rows that the reference has."""
    work = made(folder, entry)
    [record] = rispy.loads(ris(work))
    assert by_rispy(record) == expected_ris(work)


@PROPERTY
@given(ENTRIES)
def test_csl_of_any_entry(folder, entry):
    """The CSL-JSON of any entry keeps the rules of the format, survives JSON, and is read by citeproc-py."""
    work = made(folder, entry)
    [item] = json.loads(csl_json(work))
    assert [error.message for error in CSL_ITEM.iter_errors(item)] == []
    assert item == csl(work)
    read = CiteProcJSON([item])[work.key.lower()]
    assert (str(read.get("title", "")), len(read.get("author", []))) == (work.title, len(work.authors))
