"""The reader of BibTeX files: real files as they are, each fault one problem at its line, and nothing else lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pybtex.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database.input.bibtex import Parser

from evidence_atlas.core.findings import Code
from evidence_atlas.core.references import load_bibliography
from indexed_bibtex.decoding import decode
from indexed_bibtex.reader import parse_bibtex, read_bibtex

from .helpers import PROPERTY, REFERENCES

HERE = Path("works.bib")


def read(text):
    """Read a text: the entries as ``{key: (type, fields and people)}``, and the problems as (line, key, message)."""
    found = parse_bibtex({HERE: text})
    assert {problem.file for problem in found.problems} <= {HERE}
    assert found.keys == {HERE: list(found.data.entries)}
    entries = {
        key: (entry.type, dict(entry.fields) | {role: [str(name) for name in names] for role, names in entry.persons.items()})
        for key, entry in found.data.entries.items()
    }
    return entries, [(problem.line, problem.key, problem.message) for problem in found.problems]


def as_bytes(folder, data, name="works.bib", encoding="utf-8-sig"):
    """Read a file of these bytes: titles by key, and the problems as (line, message)."""
    file = folder / name
    file.write_bytes(data)
    found = read_bibtex([file], encoding)
    assert {problem.file for problem in found.problems} <= {file}
    titles = {key: entry.fields.get("title") for key, entry in found.data.entries.items()}
    return titles, [(problem.line, problem.message) for problem in found.problems]


A = {"a": ("misc", {"title": "A"})}
AB = A | {"b": ("misc", {"title": "B"})}

CLEAN = {
    "braces, quotes, numbers": ('@misc{a, title = {A}, note = "B {"} C", year = 2020}', {"a": ("misc", {"title": "A", "note": 'B {"} C', "year": "2020"})}),
    "a comma at the end": ("@misc{a, title = {A},}", A),
    "nothing but a key": ("@misc{a}\n@misc{b,}", {"a": ("misc", {}), "b": ("misc", {})}),
    "parentheses": ('@misc(a, title = {A})\n@misc( b , title = "B" )', AB),
    "a parenthesis in parentheses": ('@misc(a, title = {A :)}, note = "B :)")', {"a": ("misc", {"title": "A :)", "note": "B :)"})}),
    "capitals and spaces": ("@ MISC {a,TITLE={A}}", {"a": ("misc", {"TITLE": "A"})}),
    "entries on one line": ("@misc{a, title={A}}@misc{b, title={B}}", AB),
    "commas between entries": ("@misc{a, title={A}},\n\n@misc{b, title={B}},\n", AB),
    "an empty value": ('@misc{a, title={}, note=""}', {"a": ("misc", {"title": "", "note": ""})}),
    "months": ('@misc{a, month = jan, note = 3 # "~" # DEC}', {"a": ("misc", {"month": "January", "note": "3~December"})}),
    "nested braces": ("@misc{a, title = {{A} {\\'{e}} {{B}}}}", {"a": ("misc", {"title": "{A} {\\'{e}} {{B}}"})}),
    "a value over several lines": ("@misc{a,\n title = {A\n    long\n\n  one}}", {"a": ("misc", {"title": "A long one"})}),
    "biblatex": ("@online{a, title={A}, date={2020-01-02}, journaltitle={J}, eprinttype={arxiv}, urldate={2021}, xdata={x}, related={b}}\n@dataset{b,}",
                 {"a": ("online", {"title": "A", "date": "2020-01-02", "journaltitle": "J", "eprinttype": "arxiv", "urldate": "2021", "xdata": "x", "related": "b"}), "b": ("dataset", {})}),
    "keys with marks": ("@misc{DBLP:conf/x-y_1+2.3, title={A}}\n@misc{ö'ß, title={B}}",
                        {"DBLP:conf/x-y_1+2.3": ("misc", {"title": "A"}), "ö'ß": ("misc", {"title": "B"})}),
    "text around": ("% by someone@example.org\n@misc{a, title={A}}\nmore text, see a@b.c {x}\n@misc{b, title={B}}\nthe end", AB),
    "a comment": ("@comment{jabref-meta: databaseType:bibtex;}\n@misc{a, title={A}}\n@Comment no braces at all\n@comment(x)\n@misc{b, title={B}}", AB),
    "entries in a comment": ("@comment{\n@misc{a, title={A}}\n}\n@misc{b, title={B}}\n", AB),
    "a preamble": ('@preamble{"\\newcommand{\\x}[1]{#1}" # {y}}\n@misc{a, title={A}}', A),
    "an @ at the start of a value's line": ("@misc{a, title={A\n@home, or\n@code{x} and\n@Foo(b, c)}}", {"a": ("misc", {"title": "A @home, or @code{x} and @Foo(b, c)"})}),
    "abbreviations, before and after": ('@string{x = "A"}\n@misc{a, title=x, note=y}\n@STRING(y = x # {B})\n@misc{b, title=Y}',
                                        {"a": ("misc", {"title": "A", "note": "AB"}), "b": ("misc", {"title": "AB"})}),
    "an abbreviation that changes": ("@string{x={A}}@misc{a, title=x}@string{x={B}}@misc{b, title=x}", AB),
    "people": ('@misc{a, author={Berg, A. van der AND {B and C, Ltd} and others}, editor = "van der Berg, Jr, C."}',
               {"a": ("misc", {"author": ["Berg, A. van der", "{B and C, Ltd}", "others"], "editor": ["van der Berg, Jr, C."]})}),
    "a mark in the middle": ("@misc{a, title={A}}\n\ufeff@misc{b, title={B}}", AB),
    "control characters of old systems": ("@misc{a, title={A}}\n\f\n@misc{b, title={B}}\n\x1a", AB),
    "nothing": ("", {}), "blank": (" \n\t\n", {}), "only a comment": ("% nothing yet\n\n   % at all", {}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CLEAN.values(), ids=CLEAN)
def test_what_bibtex_allows(text, expected):
    """Whatever BibTeX allows is read in full and without a problem."""
    assert read(text) == (expected, [])


def test_the_whole_bibliography_is_what_pybtex_makes_of_it():
    """A file without faults gives the entries that pybtex gives, in its order, with types and fields as written."""
    text = REFERENCES.read_text(encoding="utf-8")
    ours, theirs = parse_bibtex({HERE: text}), Parser().parse_string(text)
    assert ours.problems == []
    assert ours.data == theirs
    assert ours.keys[HERE] == list(ours.data.entries) == list(theirs.entries)
    assert [e.original_type for e in ours.data.entries.values()] == [e.original_type for e in theirs.entries.values()]
    assert [list(e.fields.items()) for e in ours.data.entries.values()] == [
        list(e.fields.items()) for e in theirs.entries.values()
    ]


BEFORE, AFTER = "@misc{a, title = {A}}\n\n", "\n\n@misc{z,\n  title = {Z}\n}\n"
LAST = "Its last field, 'title', begins in line 4."

FAULTS = {  # what stands from line 3 on; line, key and message of the problem; what is left of the entry
    "a brace too few": ("@misc{b,\n  title = {B,\n  year = {2020}\n}", (6, "b", f"The entry 'b' is not closed: '}}' was expected here at the latest. {LAST}"), {}),
    "a brace too few, at the end": ("@misc{b,\n  note = {N},\n  title = {B}\n", (5, "b", "The entry 'b' is not closed: '}' was expected here at the latest. Its last field, 'title', begins in line 5."), {"note": "N"}),
    "two braces too few": ("@misc{b,\n  title = {{B,\n  note = {N}\n", (5, "b", f"The entry 'b' is not closed: '}}' was expected here at the latest. {LAST}"), {}),
    "a brace too many": ("@misc{b,\n  title = {B}},\n  year = {2020}\n}", (4, "b", "The entry 'b' ends before this place, where there is a closing brace too many; what stands here is not read."), {"title": "B"}),
    "a brace too many, at the end": ("@misc{b,\n  title = {B}\n}\n}", (6, "b", "The entry 'b' ends before this place, where there is a closing brace too many; what stands here is not read."), {"title": "B"}),
    "a brace too many, within a value": ("@misc{b,\n  title = {B}},\n  note = {N", (4, "b", "The entry 'b' ends before this place, where fields follow; what stands here is not read."), {"title": "B"}),
    "a parenthesis too few": ("@misc(b,\n  title = {B},", (4, "b", f"The entry 'b' is not closed: ')' was expected here at the latest. {LAST}"), {"title": "B"}),
    "the wrong bracket": ("@misc(b,\n  title = {B}\n}", (5, "b", "The entry 'b' cannot be read from here on: a comma or ')' was expected, not '}'."), {"title": "B"}),
    "a quotation mark too few": ('@misc{b,\n  title = "B,\n  year = 2020\n}', (6, "b", "The entry 'b' cannot be read from here on: the quotation mark of line 4 is not closed before this brace."), {}),
    "a quotation mark too many": ('@misc{b,\n  title = "B"",\n  year = 2020\n}', (4, "b", "The entry 'b' cannot be read from here on: a comma or '}' was expected, not '\",'."), {"title": "B"}),
    "an open brace in quotation marks": ('@misc{b,\n  title = "{B",\n  year = 2020\n}', (6, "b", f"The entry 'b' is not closed: '}}' was expected here at the latest. {LAST}"), {}),
    "no comma between fields": ("@misc{b,\n  title = {B}\n  year = 2020\n}", (5, "b", "The entry 'b' has no comma before the field 'year'."), {"title": "B", "year": "2020"}),
    "no comma after the key": ("@misc{b\n  title = {B}\n}", (3, "b", "The entry 'b' has no comma after its key."), {"title": "B"}),
    "no equals sign": ("@misc{b,\n  title {B}\n}", (4, "b", "The entry 'b' cannot be read from here on: '=' was expected, not '{B}'."), {}),
    "no value": ("@misc{b,\n  note = {N},\n  title = ,\n}", (5, "b", "The entry 'b' cannot be read from here on: a value in braces was expected, not ','."), {"note": "N"}),
    "a value without braces": ("@misc{b,\n  title = 10.1000/x,\n}", (4, "b", "The entry 'b' cannot be read from here on: a comma or '}' was expected, not '.1000/x,'."), {"title": "10"}),
    "a remark in an entry": ("@misc{b,\n  title = {B},\n  % year = 2020\n}", (5, "b", "The entry 'b' cannot be read from here on: a comma or '}' was expected, not '% year = 2020'."), {"title": "B"}),
    "an unknown abbreviation": ("@misc{b,\n  title = {B},\n  month = never\n}", (5, "b", "The entry 'b' uses the abbreviation 'never', which no @string defines; it counts as empty."), {"title": "B", "month": ""}),
    "a field twice": ("@misc{b,\n  title = {B},\n  Title = {C}\n}", (5, "b", "The entry 'b' has the field 'Title' twice; the first is used."), {"title": "B"}),
    "a name with commas": ("@misc{b,\n  author = {A and One, Two, Three, Four}\n}", (4, "b", "The entry 'b' has a name with too many commas ('One, Two, Three, Four') in 'author'. 'Family, Given and Family, Given' was expected."), {"author": ["A", "One, Two, Three Four"]}),
    "a name without end": ("@misc{b,\n  author = {" + "A" * 1001 + "}\n}", (4, "b", "The entry 'b' has a name of 1001 characters in 'author'. 'Family, Given and Family, Given' was expected."), {"author": ["A" * 1001]}),
    "braces without end": ("@misc{b,\n  title = {" + "{" * 101 + "}" * 101 + "}\n}", (4, "b", "The entry 'b' cannot be read from here on: its braces are nested more than 100 deep."), {}),
    "a key twice": ("@misc{A,\n  title = {B}\n}", (3, "A", "The key 'A' is repeated: the entry of line 1 is used, this one is left out."), None),
    "an empty key": ("@misc{,\n  title = {B}\n}", (3, "", "The key of this @misc is missing; it is left out. '@type{key,' was expected."), None),
    "no key": ("@misc{\n  title = {B}\n}", (4, "", "The key of this @misc is missing; it is left out. '@type{key,' was expected."), None),
    "no key, tight": ("@misc{title={B}\n}", (3, "", "The key of this @misc is missing; it is left out. '@type{key,' was expected."), None),
    "nothing at all": ("@misc{}", (3, "", "The key of this @misc is missing; it is left out. '@type{key,' was expected."), None),
    "a key in braces": ("@misc{{b},\n  title = {B}\n}", (3, "", "The key of this @misc begins with '{'; it is left out. '@type{key,' was expected."), None),
    "a brace in a key": ("@misc{b{c},\n  title = {B}\n}", (3, "", "The key that begins with 'b' holds a space or a brace; its entry is left out. A comma was expected."), None),
    "a space in a key": ("@misc{b 2020,\n  title = {B}\n}", (3, "", "The key that begins with 'b' holds a space or a brace; its entry is left out. A comma was expected."), None),
    "no bracket": ("@misc b, title = {B}", (3, "", "An entry cannot be read: '@type{key,' was expected, not '@misc b, title = {B}'."), None),
    "no type": ("see below\n  @{b, title = {B}}", (4, "", "An entry cannot be read: '@type{key,' was expected, not '@{b, title = {B}}'."), None),
    "a broken @string": ("@string{x {B}}", (3, "", "The @string cannot be read from here on: '=' was expected, not '{B}}'."), None),
    "an open @string": ("@string{x = {B}", (3, "", "The @string is not closed: '}' was expected here at the latest."), None),
    "an open @preamble": ('@preamble{"x', (3, "", "The @preamble is not closed: '}' was expected here at the latest."), None),
}  # fmt: skip


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("text", "problem", "left"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_problem_and_spoils_nothing_else(text, problem, left, line_end):
    """A fault is one problem with line and key; the entry keeps what stands before it, and the entries around are whole."""
    entries, problems = read((BEFORE + text + AFTER).replace("\n", line_end))
    assert problems == [problem]
    assert entries == A | ({"b": ("misc", left)} if left is not None else {}) | {"z": ("misc", {"title": "Z"})}


@pytest.mark.parametrize(("text", "problem", "left"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_last_entry(text, problem, left):
    """A fault in the last entry of a file is the same problem as between others."""
    entries, problems = read(BEFORE + text)
    assert problems == [problem]
    assert entries == A | ({"b": ("misc", left)} if left is not None else {})


def test_every_fault_is_its_own_problem():
    """Many faults in one file are as many problems, in the order of their lines."""
    parts = [re.sub(r"^(@misc[{(])b", rf"\g<1>b{number}", text) for number, (text, *_) in enumerate(FAULTS.values())]
    _entries, problems = read(BEFORE + "".join(f"{part}{AFTER.replace('z', f'z{n}')}" for n, part in enumerate(parts)))
    assert len(problems) == len(FAULTS)
    assert [line for line, *_ in problems] == sorted(line for line, *_ in problems)


def test_entries_between_two_faults_that_make_up_for_each_other():
    """A brace too few and one too many further down do not swallow the entries between them."""
    text = "@misc{a,\n  title = {{A,\n}\n\n@misc{b,\n  title = {B}\n}\n\n@misc{c,\n  title = {C}\n}}}\n"
    entries, problems = read(text)
    assert list(entries) == ["a", "b", "c"]
    assert (entries["b"][1], entries["c"][1]) == ({"title": "B"}, {"title": "C"})
    assert [(line, key) for line, key, _message in problems] == [(3, "a"), (11, "c")]


def test_an_open_entry_before_one_without_fields_to_be_seen():
    """An open entry ends at the next line that begins an entry of any kind, one without a key included."""
    entries, problems = read("@misc{a, title = {A\n@misc{b,\n  % x\n}\n@misc{\n}\n@misc{c, title = {C}}")
    assert list(entries) == ["a", "b", "c"]
    assert [(line, key) for line, key, _message in problems] == [(1, "a"), (3, "b"), (6, "")]


def test_too_many_problems_are_counted():
    """Of more than 1,000 problems of a file the first 1,000 are told, and the number of the rest."""
    _entries, problems = read("@misc{a}\n" * 1501)
    assert len(problems) == 1001
    assert problems[-1] == (1002, "", "500 further problems are not listed.")


CROSSREFS = {
    "to one after": ("@inbook{a, crossref={b}}\n@book{b}", [], {"a": "b"}),
    "to one before": ("@book{b}\n@inbook{a, crossref={b}}", [], {"a": "b"}),
    "in another case": ("@Book{B}\n@inbook{a, CrossRef={b}}", [], {"a": "b"}),
    "to nothing": ("@inbook{a,\n  title={A},\n  crossref={none}}", [(3, "a", "The entry 'a' refers by crossref to 'none', which is not there.")], {"a": "none"}),
    "to itself": ("@inbook{a,\n  crossref={A}}", [(2, "a", "The crossref of the entry 'a' is part of a circle (a → a); it is left out.")], {}),
    "in a circle of two": ("@inbook{a, crossref={b}}\n@inbook{b, crossref={a}}", [(2, "b", "The crossref of the entry 'b' is part of a circle (a → b → a); it is left out.")], {"a": "b"}),
    "into a circle": ("@inbook{x, crossref={a}}\n@inbook{a, crossref={b}}\n@inbook{b, crossref={c}}\n@inbook{c, crossref={a}}",
                      [(4, "c", "The crossref of the entry 'c' is part of a circle (a → b → c → a); it is left out.")], {"x": "a", "a": "b", "b": "c"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "problems", "left"), CROSSREFS.values(), ids=CROSSREFS)
def test_crossref(text, problems, left):
    """A crossref finds its entry wherever it stands; one to nothing is a problem, and a circle is one, and is cut."""
    entries, found = read(text)
    assert found == problems
    assert {
        key: ref for key, (_type, fields) in entries.items() if (ref := fields.get("crossref") or fields.get("CrossRef"))
    } == left


def test_no_field_is_looked_up_without_end():
    """After a circle or a chain of 5,000 is read, pybtex can look up a field that nobody has."""
    circle = "".join(f"@misc{{a{n}, crossref={{a{(n + 1) % 900}}}}}\n" for n in range(900))
    chain = "".join(f"@misc{{b{n}, crossref={{b{n + 1}}}}}\n" for n in range(5000)) + "@misc{b5000}"
    found = parse_bibtex({HERE: circle + chain})
    for entry in found.data.entries.values():
        with pytest.raises(KeyError):
            entry._find_field("publisher", found.data)
    assert "stands below more than 50 others; it is left out." in found.problems[0].message


def test_crossref_between_files():
    """A crossref finds its entry in another file, and one to nothing is a problem of its own file."""
    one, two = Path("one.bib"), Path("two.bib")
    found = parse_bibtex({one: "@inbook{a, crossref={b}}", two: "@book{b}\n@book{c,\n crossref={none}}"})
    assert [(problem.file, problem.line, problem.key) for problem in found.problems] == [(two, 3, "c")]


def test_several_files():
    """Of a key in two files the first counts, without a problem; keys are listed by file; abbreviations hold further on."""
    one, two = Path("one.bib"), Path("two.bib")
    found = parse_bibtex({one: '@string{x = "X"}\n@misc{a, title={one}}', two: "@misc{A, title={two}}\n@misc{b, title=x}"})
    assert found.problems == []
    assert found.keys == {one: ["a"], two: ["b"]}
    assert {key: entry.fields["title"] for key, entry in found.data.entries.items()} == {"a": "one", "b": "X"}


def test_the_preambles_are_kept():
    """Preambles of all files are kept in their order."""
    found = parse_bibtex({HERE: '@preamble{"a" # {b}}\n@misc{k}\n@preamble{{c}}', Path("two.bib"): '@preamble{"d"}'})
    assert found.data.preamble_list == ["ab", "c", "d"]


TEXT = "@misc{ä, title={Öl – “Ü”}}\n"
ENCODINGS = {
    "utf-8": (TEXT.encode(), []),
    "utf-8 with a mark": (TEXT.encode("utf-8-sig"), []),
    "utf-16, little end first": (b"\xff\xfe" + TEXT.encode("utf-16-le"), []),
    "utf-16, big end first": (b"\xfe\xff" + TEXT.encode("utf-16-be"), []),
    "utf-32": (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), []),
    "cp1252": (b"% x\r\n\r\n" + TEXT.encode("cp1252"), [(3, "The file is not in utf-8: this line holds bytes that it does not have; cp1252 was assumed here. Save the file as UTF-8.")]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "problems"), ENCODINGS.values(), ids=ENCODINGS)
def test_encodings(data, problems, tmp_path):
    """Text in UTF-8, UTF-16 and UTF-32 with a mark and in cp1252 is read; what had to be assumed is said, with the line."""
    assert as_bytes(tmp_path, data) == ({"ä": "Öl – “Ü”"}, problems)


def test_latin_1(tmp_path):
    """The letters of Latin-1 are those of cp1252."""
    assert as_bytes(tmp_path, "@misc{a, title={Müßig}}".encode("latin-1"))[0] == {"a": "Müßig"}


def test_one_strange_line_spoils_no_other(tmp_path):
    """In a file that is part UTF-8, part cp1252, each line is read as what it is, in one problem."""
    parts = [("a", "Ö", "utf-8"), ("b", "Ü", "cp1252"), ("c", "ß", "cp1252"), ("d", "Ä", "utf-8")]
    data = b"".join(f"@misc{{{key}, title={{{title}}}}}\n".encode(encoding) for key, title, encoding in parts)
    titles, problems = as_bytes(tmp_path, data)
    assert titles == {key: title for key, title, _encoding in parts}
    assumed = "cp1252 was assumed here and in 1 other line. Save the file as UTF-8."
    assert problems == [(2, f"The file is not in utf-8: this line holds bytes that it does not have; {assumed}")]


def test_the_encoding_that_is_asked_for(tmp_path):
    """Another encoding can be asked for; where it does not fit or does not exist, UTF-8 is assumed and said."""
    assert as_bytes(tmp_path, "@misc{a, title={Œ}}".encode("iso8859-15"), encoding="iso8859-15") == ({"a": "Œ"}, [])
    assert as_bytes(tmp_path, "\n@misc{a, title={Œ}}".encode(), encoding="ascii") == (
        {"a": "Œ"}, [(2, "The file is not in ascii: this line holds bytes that it does not have; utf-8 was assumed.")]
    )  # fmt: skip
    assert as_bytes(tmp_path, "@misc{a, title={Œ}}".encode(), encoding="utf-9") == (
        {"a": "Œ"},
        [(1, "There is no encoding 'utf-9'; utf-8 was assumed.")],
    )


def test_a_utf_16_file_that_is_cut_off(tmp_path):
    """Half a character at the end of a file is one problem, and the rest is read."""
    titles, problems = as_bytes(tmp_path, (b"\xff\xfe" + "@misc{a, title={Ö}}\n".encode("utf-16-le"))[:-1])
    assert (titles, problems) == (
        {"a": "Ö"},
        [(1, "The file is not in utf-16-le: this line holds bytes that it does not have; they are replaced.")],
    )


def test_bytes_that_only_look_like_a_mark():
    """Two bytes at the start that could be a mark of UTF-16 make no other text of a file that is not."""
    assert decode(b"\xff\xfe@misc{a}") == (
        "ÿþ@misc{a}",
        1,
        "The file is not in utf-8: this line holds bytes that it does not have; cp1252 was assumed here. Save the file as UTF-8.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bytes(range(256)) * 20, "The file is not BibTeX but something binary: text was expected."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR@misc{x,a={b}}", "The file is not BibTeX but something binary: text was expected."),
        ("@misc{a, title={A}}".encode("utf-16-le"), "The file is not BibTeX but something binary: text was expected."),
        (b"TY  - JOUR\nTI  - A\nER  - \n", "The file holds no entry: '@type{key,' was expected."),
        (b"<!DOCTYPE html>\n<p>a@b.c", "The file holds no entry: '@type{key,' was expected."),
    ],
)  # fmt: skip
def test_what_is_no_bibtex(data, message, tmp_path):
    """A file that is something else is one problem, and no entry."""
    assert as_bytes(tmp_path, data) == ({}, [(1, message)])


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    """A missing file, a folder, a device, a name that cannot be, a file without permission: one problem each, at line 1."""
    (tmp_path / "good.bib").write_text("@misc{a, title={A}}", encoding="utf-8")
    (tmp_path / "secret.bib").touch()
    known = Path.read_bytes

    def refuse(path):
        if path.name == "secret.bib":
            raise PermissionError(13, "Permission denied")
        return known(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    names = ["none.bib", "", "good.bib/none.bib", "nul\0.bib", "secret.bib", "good.bib"]
    found = read_bibtex([*(tmp_path / name for name in names), Path(os.devnull)])
    assert list(found.data.entries) == ["a"]
    assert {problem.line for problem in found.problems} == {1}
    assert [
        (problem.file, re.sub(r": .*(No such|Not a dir|[Nn]ull).*", r": \1", problem.message)) for problem in found.problems
    ] == [
        (tmp_path / "none.bib", "The file cannot be read: No such"),
        (tmp_path, "The file cannot be read: it is a folder."),
        (tmp_path / "good.bib/none.bib", "The file cannot be read: Not a dir"),
        (tmp_path / "nul\0.bib", "The file cannot be read: null"),
        (tmp_path / "secret.bib", "The file cannot be read: Permission denied."),
        (Path(os.devnull), "The file cannot be read: it is no ordinary file."),
    ]


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    """A file that stands twice in the list is no reason to call its keys repeated."""
    file = tmp_path / "works.bib"
    file.write_text("@misc{a}", encoding="utf-8")
    assert read_bibtex([file, file]).problems == []


def test_the_atlas_reports_what_the_reader_finds(tmp_path):
    """What is wrong with a bibliography file is a finding of the kind "bibliography" with the reader's file and line."""
    file = tmp_path / "works.bib"
    file.write_text("@misc{a}\n\n@misc{A}\n", encoding="utf-8")
    works, findings = load_bibliography([file, tmp_path / "none.bib"])
    assert list(works) == ["a"]
    assert [(finding.file, finding.line, finding.code) for finding in findings] == [
        (str(file), 3, Code.BIBLIOGRAPHY), (str(tmp_path / "none.bib"), 1, Code.BIBLIOGRAPHY),
    ]  # fmt: skip


def test_an_unsafe_link_is_a_finding_of_its_own_file(tmp_path):
    """A link of an unsafe kind is found in the file that holds it, whichever of several that is."""
    for name, url in (("one.bib", "javascript:x"), ("two.bib", "https://example.org")):
        (tmp_path / name).write_text(f"@misc{{{name}, url={{{url}}}}}", encoding="utf-8")
    _works, findings = load_bibliography([tmp_path / "one.bib", tmp_path / "two.bib"])
    assert [(finding.file, finding.code) for finding in findings] == [(str(tmp_path / "one.bib"), Code.UNSAFE_LINK)]


def test_the_reader_needs_no_sphinx():
    """Importing the reader imports neither Sphinx nor docutils."""
    code = "import sys, indexed_bibtex.reader; print({name.split('.')[0] for name in sys.modules} & {'sphinx', 'docutils'})"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"


def test_the_reader_leaves_pybtex_as_it_is():
    """A file with faults leaves pybtex's switches alone, which are one for the whole program."""
    before = (pybtex.errors.strict, pybtex.errors.error_code, pybtex.errors.captured_errors)
    read("@misc{a, title={A\n@misc{b, author={A, B, C, D}, month=x}")
    assert (pybtex.errors.strict, pybtex.errors.error_code, pybtex.errors.captured_errors) == before


# -- time --------------------------------------------------------------------------------------------------


def seconds(action):
    """Return the processor time that an action takes."""
    start = time.process_time()
    action()
    return time.process_time() - start


def test_three_megabytes_take_no_longer_than_with_pybtex():
    """A bibliography of 3 MB is read in about the time that pybtex alone takes, whether or not a fault is in it."""
    one = REFERENCES.read_text(encoding="utf-8")
    text = "".join(re.sub(r"^(@\w+\{)", rf"\g<1>v{n}", one, flags=re.MULTILINE) for n in range(6))[:3_000_000]
    assert seconds(lambda: read(text + "}\n\n@misc{b, title={B")) < 1.5 * seconds(
        lambda: Parser().parse_string(text[: text.rindex("@")])
    )


HOSTILE = {
    "marks": "@" * 300_000, "heads": "@a{\n" * 60_000, "open entries": "@a{b,\n" * 40_000, "open parentheses": "@a(b,c={\n" * 30_000,
    "open braces": "@a{b,t=" + "{" * 300_000, "closing braces": "}" * 300_000, "deep braces": "@a{b,t={" + ("{" * 99 + "}" * 99) * 1500 + "}}",
    "open quotes": '@a{b,t="' + '"#"' * 100_000, "spaces": "@a" + " " * 300_000 + "\n" * 300_000, "comments": "@comment{" * 30_000,
    "names": "@a{b,author={" + "{A} and " * 40_000 + "B}}", "a name": "@a{b,author={" + "{A}" * 100_000 + "B}}", "commas": "@a{b,author={" + "A, " * 100_000 + "B}}",
    "fields": "@a{b," + "t={x} " * 40_000 + "}", "heads in a value": "@a{b,t={" + "\n@c{" * 60_000, "a long key": "@a{" + "k " * 150_000,
    "repeated keys": "@a{b,t={x}}\n" * 25_000, "crossrefs": "".join(f"@a{{b{n},crossref={{b{n + 1}}}}}\n" for n in range(10_000)),
    "abbreviations of abbreviations": '@string{a0="' + "x" * 100 + '"}\n' + "".join(f"@string{{a{n + 1}=a{n}{f'#a{n}' * 9}}}\n" for n in range(20)) + "@a{b,t=a20}",
    "a long abbreviation": '@string{a="' + "x" * 60_000 + '"}\n@a{b,t=a' + "#a" * 120_000 + "}",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text):
    """Texts made to take time that grows with the square of their length, or faster, are read in seconds."""
    assert seconds(lambda: parse_bibtex({HERE: text})) < 8


# -- fuzz --------------------------------------------------------------------------------------------------

SLICE = ("% works\n" + "".join(f"\n@{entry}" for entry in REFERENCES.read_text(encoding="utf-8").split("\n@")[1:9])).encode()
PRISTINE = parse_bibtex({HERE: SLICE.decode()})
PLACES = {match[1].decode(): match.span() for match in re.finditer(rb"\n@\w+\{([^,]+),.*?\n\}\n", SLICE, re.DOTALL)}
PARTS = st.sampled_from(
    [
        "{",
        "}",
        '"',
        "(",
        ")",
        ",",
        "=",
        "#",
        "@",
        "\n",
        "\r",
        "@misc{",
        "@string{",
        "@comment{",
        "@preamble(",
        "\n@misc{x,",
        "\\",
        "%",
        "\0",
    ]
)
PAYLOAD = st.one_of(
    st.binary(max_size=12),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(PARTS, max_size=4).map(lambda parts: "".join(parts).encode()),
)
MUTATION = st.tuples(st.sampled_from(["delete", "insert", "duplicate"]), st.integers(0, len(SLICE)), st.integers(1, 300), PAYLOAD)


def mutated(mutations):
    """Apply mutations: the bytes, and for each the place in the slice that it is from, or -1."""
    data, origin = list(SLICE), list(range(len(SLICE)))
    for kind, start, length, payload in mutations:
        if kind == "delete":
            del data[start : start + length], origin[start : start + length]
        elif kind == "insert":
            data[start:start], origin[start:start] = payload, [-1] * len(payload)
        else:
            data[start:start], origin[start:start] = data[start : start + length], origin[start : start + length]
    return bytes(data), origin


def untouched(origin):
    """Yield the keys whose entry, from the line end before it to the one after it, is there as it was."""
    for key, (start, end) in PLACES.items():
        whole = list(range(start, end))
        if any(origin[place : place + len(whole)] == whole for place, source in enumerate(origin) if source == start):
            yield key


@PROPERTY
@given(st.lists(MUTATION, min_size=1, max_size=5))
def test_mutations_spoil_only_what_they_touch(mutations):
    """Whatever is deleted, inserted or doubled, nothing is raised, it ends soon, and each entry that was not touched is as it was."""
    data, origin = mutated(mutations)
    text, _line, _message = decode(data)
    start = time.process_time()
    found = parse_bibtex({HERE: text})
    assert time.process_time() - start < 2
    assert all(1 <= problem.line <= len(re.findall(rb"\r\n|\r|\n", data)) + 1 for problem in found.problems)
    repeated = {problem.key.lower() for problem in found.problems if "is repeated" in problem.message}
    for key in untouched(origin):
        assert key in found.data.entries
        if key not in repeated:
            assert found.data.entries[key] == PRISTINE.data.entries[key]


def test_the_slice_of_the_mutations():
    """The slice that is mutated has eight entries without a problem, and all are found untouched in it."""
    assert (list(PRISTINE.data.entries), PRISTINE.problems) == (list(PLACES), [])
    assert list(untouched(list(range(len(SLICE))))) == list(PLACES)
    assert len(PLACES) == 8


@PROPERTY
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.one_of(PARTS, st.text(max_size=5)), max_size=30).map(lambda parts: "".join(parts).encode("utf-8", "replace")),
    )
)
def test_any_bytes_can_be_read(data):
    """Any bytes at all are read without an exception, with at most one problem that is not at a line of theirs."""
    text, _line, _message = decode(data)
    found = parse_bibtex({HERE: text})
    assert found.keys == {HERE: list(found.data.entries)}
    assert all(1 <= problem.line <= len(re.findall(r"\r\n|\r|\n", text)) + 1 for problem in found.problems)
