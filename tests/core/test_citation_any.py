"""References made to break a format: any printable sign, braces that balance, many authors, missing fields."""

from __future__ import annotations

import json

import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from evidence_atlas.core.citation import bibtex, csl, csl_json, ris

from .helpers import PROPERTY, bibliography
from .readers import CSL_ITEM, TYPES, by_rispy, expected_ris, read_bibtex, read_ris

# no backslash and no tilde, which are commands of LaTeX; those have their examples in test_references.py
SIGNS = st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="{}\\~")
RISKY = [
    "&", "<", ">", "</script>", '"', "'", "%", "%%", "$", "$x$", "#", "@", "@article", "_", "^", "--", ";", "//", "!", ",", "=", "and",
    "ER  - ", "TY  - JOUR", "x\nAU  - Evil, E.", "x\u2028AU  - Evil, E.", "x\x85AU  - Evil, E.", "\r\n", "\t",
]  # fmt: skip
PIECES = st.text(SIGNS, min_size=1, max_size=6) | st.sampled_from(RISKY)
VALUES = st.builds(
    lambda shape, pieces: shape.format(*pieces),
    st.sampled_from(["{0} {1} {2}", "{0}{1}{2}", "{{{0}}} {1}{2}", "{0} {{{1} {{{2}}}}}", "{{{{{0}}}}}"]),
    st.tuples(PIECES, PIECES, PIECES),
).filter(lambda value: value.strip(" {}\t\r\n\u2028\x85"))
WORDS = st.text(st.characters(categories=["L", "N"], include_characters="&<>'\"$%.-"), min_size=1, max_size=6).filter(
    lambda word: word.casefold() not in {"and", "others"}
)
PEOPLE = st.builds(
    lambda particle, family, suffix, given: ", ".join(filter(None, (f"{particle}{family}", suffix, given))),
    st.sampled_from(["", "van der ", "de la ", "von "]),
    WORDS,
    st.sampled_from(["", "", "Jr", "III"]),
    WORDS,
)
GROUPS = st.builds("{{{} {} {}}}".format, WORDS, st.sampled_from(["and", "and others,", "&"]), WORDS)
AUTHORS = st.builds(
    lambda people, number, more: " and ".join([people[index % len(people)] for index in range(number)] + more),
    st.lists(PEOPLE | GROUPS, min_size=1, max_size=3),
    st.integers(1, 60),
    st.sampled_from([[], [], ["others"]]),
)
FIELDS = {
    **dict.fromkeys(["title", "journal", "publisher", "volume", "number", "year", "note", "booktitle"], VALUES),
    "author": AUTHORS,
    "pages": VALUES | st.sampled_from(["1--9", "S1–S9", "e5"]),
    "doi": st.sampled_from(["10.1000/a<b>c;2-#", "https://doi.org/10.1000/X", "none"]) | VALUES,
    "pmid": st.integers(1, 10**8).map(str) | VALUES,
}
ENTRIES = st.tuples(
    st.sampled_from(sorted(TYPES)),
    st.sampled_from(["one", "Ab:2020-x_y.z/1+2", "öberg2020", "a" * 80]),
    st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=6, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in names})
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
