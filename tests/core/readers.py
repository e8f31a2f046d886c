"""Readers of BibTeX, RIS and CSL-JSON that are not this package's, and what they must find."""

from __future__ import annotations

import re

import bibtexparser
import rispy
from bibtexparser.bparser import BibTexParser
from jsonschema import Draft202012Validator

from evidence_atlas.core.references import pages

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
            **dict.fromkeys(["id", "title", "container-title", "publisher", "volume", "issue", "page", "URL", "note", "status"], TEXT),
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


def expected_ris(work, notes=()):
    """Return the rows that the RIS record of a reference, with notes on its notices, must have; in any order but that of the authors."""
    first, last = pages(work)
    fields = work.fields
    rows = [("TY", TYPES.get(work.type, ("GEN", ""))[0]), ("ID", work.key), ("TI", work.title), ("PY", work.year)]
    rows += [("AU", name.sorted_form) for name in work.authors]
    rows += [("T2", "" if work.type == "book" else work.container), ("PB", fields.get("publisher", ""))]
    rows += [("VL", fields.get("volume", "")), ("IS", fields.get("number", "")), ("SP", first), ("EP", last)]
    rows += [("DO", work.doi), ("AN", work.pmid), ("UR", work.url)]
    rows += [("N1", note) for note in notes]
    rows += [("N1", "The list of authors is abridged in the source.")] * work.abridged
    return sorted(row for row in rows if row[1])


def read_bibtex(text):
    """Read BibTeX by another parser: the fields of each entry by its key, white space made even."""
    parser = BibTexParser(ignore_nonstandard_types=False, common_strings=True)
    entries = bibtexparser.loads(text, parser).entries
    return {entry["ID"]: {name: " ".join(value.split()) for name, value in entry.items()} for entry in entries}


def by_rispy(record):
    """Return what rispy read as rows of RIS; it takes a semicolon in an address for the end of it."""
    tags = {name: tag for tag, name in rispy.TAG_KEY_MAPPING.items()} | {"notes": "N1"}
    rows = [
        (tags[name], value) for name, values in record.items() for value in (values if isinstance(values, list) else [values])
    ]
    address = ";".join(value for tag, value in rows if tag == "UR")
    return sorted([row for row in rows if row[0] != "UR"] + [("UR", address)] * bool(address))
