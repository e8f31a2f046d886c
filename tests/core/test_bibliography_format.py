"""``atlas references``: the one form of a bibliography file, letters that tell works apart, and what is left alone."""

from __future__ import annotations

import re
import stat
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_atlas.cli import main
from evidence_atlas.core import bibliography_format
from evidence_atlas.core.bibliography_format import ambiguous, format_files, format_texts, write
from evidence_atlas.core.findings import Code
from evidence_atlas.core.references import Bibliography
from indexed_bibtex.reader import parse_bibtex

from .helpers import PROPERTY, REFERENCES

HERE = Path("works.bib")


def formatted(text):
    """Return a text in the form."""
    return format_texts({HERE: text})[HERE]


def attempt(text):
    """Return a text in the form, or nothing, and the message of a refusal."""
    try:
        return formatted(text), ""
    except ValueError as error:
        return None, str(error)


def letters(text):
    """Return the letters that the works of a text need."""
    return ambiguous(Bibliography(parse_bibtex({HERE: text}).data.entries))


def work(key, author="Good, Anna", year="2020", suffix=None, **fields):
    """Return one entry in the form."""
    values = {"author": author, "year": year, "year-suffix": suffix} | fields
    rows = ",\n".join(f"  {name:<8} = {{{value}}}" for name, value in values.items() if value is not None)
    return f"@article{{{key},\n{rows}\n}}\n"


def works(*entries):
    """Return entries as a file."""
    return "\n".join(entries)


# -- form --------------------------------------------------------------------------------------------------


def test_the_bibliography_of_this_repository_is_in_form():
    """The repository's bibliography comes out byte by byte as it is, apart from letters that are added."""
    text = REFERENCES.read_text(encoding="utf-8")
    assert re.sub(r"  year-suffix = \{[a-z]+\},\n", "", formatted(text)) == re.sub(r"  year-suffix = \{[a-z]+\},\n", "", text)


def test_entries_are_sorted_by_key_without_regard_to_case():
    """Entries stand in the order of their keys, capitals among small letters, one blank line between them."""
    assert re.findall(r"\{(.*),", formatted("@misc{b}@misc{C}\n\n\n@misc{a}@misc{B1}@misc{é}@misc{Z9}")) == [
        "a",
        "b",
        "B1",
        "C",
        "Z9",
        "é",
    ]
    assert formatted("@misc{b}@misc{a}") == "@misc{a,\n}\n\n@misc{b,\n}\n"


def test_fields_have_one_order():
    """The fields that every reader looks for come first in a fixed order, the others after them by the alphabet."""
    first = [
        "author",
        "editor",
        "title",
        "journal",
        "booktitle",
        "publisher",
        "year",
        "year-suffix",
        "volume",
        "number",
        "pages",
        "doi",
        "pmid",
        "pmcid",
        "url",
    ]
    names = [*first, "abstract", "Keywords", "note", "zzz"]
    text = "@article{k," + ",".join(f"{name}={{x}}" for name in sorted(names, reverse=True)) + "}"
    assert re.findall(r"^  (\S+) +=", formatted(text), re.MULTILINE) == names


def test_fields_are_aligned_and_separated():
    """Names are as wide as "abstract"; longer ones move no other; commas stand between fields only."""
    assert formatted('@Book{k, publisher={P} , AUTHOR = "A",year=2020,\n}') == (
        "@Book{k,\n  AUTHOR   = {A},\n  publisher = {P},\n  year     = {2020}\n}\n"
    )  # fmt: skip


VALUES = [
    ("{A {B} \\'{e} {\\\"o}}", "{A {B} \\'{e} {\\\"o}}"), ("{ spaces  and\n    line ends\t}", "{ spaces  and\n    line ends\t}"), ("{}", "{}"),
    ('"A {"}B{"} \\& C"', '{A {"}B{"} \\& C}'), ('""', "{}"), ("2020", "{2020}"), ("007", "{007}"),
    ("jan", "jan"), ("JAN", "JAN"), ('"3~" # jan', '"3~" # jan'), ("{a}   #\n {b}", "{a}   #\n {b}"), ("{10.1000/ABC_d<e>}", "{10.1000/ABC_d<e>}"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "result"), VALUES, ids=[row[0] for row in VALUES])
def test_values_are_kept_as_they_are(source, result):
    """A value keeps every character; only its delimiters become braces, and months and joined parts stay as written."""
    assert formatted(f"@misc{{k, doi={source}}}") == f"@misc{{k,\n  doi      = {result}\n}}\n"


def test_types_keys_and_names_are_kept_as_they_are():
    """Types, keys and names of fields keep their capitals, and parentheses around an entry become braces."""
    assert (
        formatted("@InBook(DBLP:x/Y-1, DOI={x}, booktitle={Y})")
        == "@InBook{DBLP:x/Y-1,\n  booktitle = {Y},\n  DOI      = {x}\n}\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [("% one\n@misc{b}", "% one\n"), ("\n\n% one\n%\n\n  % two  \n\n\n@misc{b}", "% one\n%\n\n  % two\n"), ("\ufeff% mark\n@misc{b}", "% mark\n"),
     ("Written by a@b.c\n@misc{b}", "Written by a@b.c\n")],
)  # fmt: skip
def test_the_comment_at_the_top_is_kept(before, after):
    """What stands before the first entry stays there, with one blank line after it."""
    assert formatted(before + "@misc{a}") == after + "\n@misc{a,\n}\n\n@misc{b,\n}\n"


def test_a_file_without_entries():
    """An empty file stays empty, and a comment alone stays a comment."""
    assert (formatted(""), formatted("\n \n"), formatted("% nothing yet")) == ("", "", "% nothing yet\n")


REFUSED = [
    ("@misc{a}\n\n@misc{b, title={B\n", "works.bib:3: The entry 'b' is not closed: '}' was expected here at the latest. Its last field, 'title', begins in line 3. Nothing was changed."),
    ("@misc{a}\n@misc{A}\n@misc{}\n", "works.bib:2: The key 'A' is repeated: the entry of line 1 is used, this one is left out. There is 1 other problem. Nothing was changed."),
    ("@misc{a}\n" * 4, "works.bib:2: The key 'a' is repeated: the entry of line 1 is used, this one is left out. There are 2 other problems. Nothing was changed."),
    ("@misc{a, crossref={b}}", "works.bib:1: The entry 'a' refers by crossref to 'b', which is not there. Nothing was changed."),
    ("@misc{a}\n\n@string{x={y}}", "works.bib:3: The file holds @string, which cannot be kept. Nothing was changed."),
    ("@preamble{{y}}\n@misc{a}", "works.bib:1: The file holds @preamble, which cannot be kept. Nothing was changed."),
    ("@misc{a}\n@comment{y}", "works.bib:2: The file holds @comment, which cannot be kept. Nothing was changed."),
    ("@misc{a}\n\n% mine\n@misc{b}", "works.bib:3: The file holds text after its first entry, which cannot be kept. Nothing was changed."),
    ("@misc{a},\n@misc{b}", "works.bib:1: The file holds text after its first entry, which cannot be kept. Nothing was changed."),
    ("@misc{a}\nthe end", "works.bib:2: The file holds text after its first entry, which cannot be kept. Nothing was changed."),
    (works(work("a", suffix="a"), work("b", suffix="a")), "'b' and another work are both 'Good 2020a': give it the year-suffix 'b'. Nothing was changed."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[row[1][:60] for row in REFUSED])
def test_what_cannot_be_kept_is_refused(text, message):
    """A file with a mistake, or with something that the form has no place for, is refused with one message and its line."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        formatted(text)


# -- letters -----------------------------------------------------------------------------------------------

ALIKE = [
    ("Good, Anna", "Good, Bob"), ("van der Berg, A.", "B. van der Berg"), ("{WHO}", "{WHO}"), ("Good, A. and Best, B.", "Good, C. and Best, D."),
    ("A, A. and B, B. and C, C.", "A, X. and D, D. and E, E. and F, F."), ("A, A. and others", "A, A. and B, B. and C, C."), ("A, A. and others", "A, A. and B, B. and others"),
    ("B{\\'e}ta, B.", "Béta, C."), ("Béta, B.", "Be\u0301ta, C."),
]  # fmt: skip
UNLIKE = [
    ("Good, Anna", "Best, Anna"), ("van der Berg, A.", "Berg, A."), ("van der Berg, A.", "van Berg, A."), ("Good, A.", "Good, A. and Best, B."),
    ("Good, A. and Best, B.", "Best, B. and Good, A."), ("Good, A.", "Good, A. and others"), ("A, A. and B, B.", "A, A. and B, B. and others"),
    ("A, A. and B, B.", "A, A. and B, B. and C, C."), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=[" | ".join(row) for row in ALIKE])
def test_works_of_one_label_get_letters(one, other):
    """Works of one year get letters where they show the same: one family name or two, or the first with "et al."."""
    assert letters(works(work("k2", one), work("k1", other))) == {"k1": "a", "k2": "b"}


@pytest.mark.parametrize(("one", "other"), UNLIKE, ids=[" | ".join(row) for row in UNLIKE])
def test_works_of_different_labels_get_none(one, other):
    """Works that show different names need no letters, nor do those that show none."""
    assert letters(works(work("k2", one), work("k1", other))) == {}


def test_works_of_other_years_get_none():
    """Works of different years, and those without a year, need no letters; the year of a date is a year."""
    assert letters(works(work("a"), work("b", year="2021"), work("c", year=None), work("d", year=None))) == {}
    assert letters(works(work("a"), work("b", year=None, date="2020-05-01"))) == {"a": "a", "b": "b"}


def test_editors_stand_in_for_authors():
    """A work without authors shows its editors, and is told apart by them."""
    assert letters(works(work("a", author=None, editor="Good, E."), work("b"))) == {"a": "a", "b": "b"}


def test_a_letter_stands_after_the_year():
    """The letter is written into the field "year-suffix" after the year, in small letters."""
    first, second = formatted(works(work("b", volume="1"), work("a", volume="2"))).split("\n\n")
    assert first == "@article{a,\n  author   = {Good, Anna},\n  year     = {2020},\n  year-suffix = {a},\n  volume   = {2}\n}"
    assert second == "@article{b,\n  author   = {Good, Anna},\n  year     = {2020},\n  year-suffix = {b},\n  volume   = {1}\n}\n"


def test_letters_that_stand_are_kept_and_gaps_are_filled():
    """A letter that stands is never changed, whatever it is; works without one get the free letters in the order of keys."""
    text = works(
        work("k1"), work("k2", suffix="c"), work("k3"), work("k4", suffix="A"), work("k5", suffix=""), work("k6", suffix="x2")
    )
    assert letters(text) == {"k1": "b", "k3": "d", "k5": "e"}
    assert re.findall(r"year-suffix = \{(.*)\}", formatted(text)) == ["b", "c", "d", "A", "e", "x2"]


def test_a_letter_that_is_no_longer_needed_is_kept():
    """A work keeps its letter when the other work of its label has gone, since someone may have cited it so."""
    assert formatted(work("k", suffix="b")) == work("k", suffix="b")


def test_two_works_with_one_letter():
    """Of two works with the same label and letter, the second in the order of keys is named, with the letter that is free."""
    assert letters(works(work("k2", suffix="a"), work("k1", suffix="a"), work("k3"))) == {"k2": "b", "k3": "c"}


def test_more_works_than_letters():
    """After z come aa, ab and so on."""
    found = letters(works(*(work(f"k{number:03}") for number in range(704))))
    assert [found[f"k{number:03}"] for number in (0, 25, 26, 27, 52, 701, 702, 703)] == [
        "a",
        "z",
        "aa",
        "ab",
        "ba",
        "zz",
        "aaa",
        "aab",
    ]
    assert len(set(found.values())) == 704


def test_works_are_told_apart_across_files():
    """Works of one label in two files get different letters; an entry that another file overrides is left as it is."""
    one, two = Path("one.bib"), Path("two.bib")
    done = format_texts({one: work("b"), two: works(work("a"), work("b", suffix="z"))})
    assert re.findall(r"year-suffix = \{(.*)\}", done[one]) == ["b"]
    assert re.findall(r"year-suffix = \{(.*)\}", done[two]) == ["a", "z"]


AUTHORS = st.sampled_from(
    [
        "Good, Anna",
        "Good, Bob",
        "Good, A. and Best, B.",
        "Good, A. and others",
        "van der Berg, C.",
        "Good, A. and B, B. and C, C.",
    ]
)
WORK = st.tuples(AUTHORS, st.sampled_from(["2020", "2021"]), st.sampled_from([None, None, "a", "b", "d", "aa"]))
KEYS = st.dictionaries(st.text("abcXYZ019", min_size=1, max_size=3), WORK, min_size=1, max_size=14)


def suffixes(text):
    """Return the letters in a text by key."""
    return {key.lower(): entry.fields.get("year-suffix") for key, entry in parse_bibtex({HERE: text}).data.entries.items()}


@PROPERTY
@given(KEYS, KEYS)
def test_a_work_that_is_added_shifts_no_letter(first, later):
    """However works are added, letters that stand stay, every work of a shared label has one, and no two are the same."""

    def drawn(chosen, known):
        taken = set(known)
        return [work(key, *values) for key, values in chosen.items() if not (key.lower() in taken or taken.add(key.lower()))]

    text = works(*drawn(first, ()))
    before, message = attempt(text)
    if before is None:
        assert "are both" in message
        return
    after_text = before + "\n" + works(*(re.sub(r"  year-suffix.*\n", "", entry) for entry in drawn(later, suffixes(before))))
    after = formatted(after_text)
    standing = {key: letter for key, letter in suffixes(before).items() if letter}
    assert standing.items() <= suffixes(after).items()
    assert {key: letter for key, letter in suffixes(text).items() if letter}.items() <= standing.items()
    assert letters(after) == {}
    assert formatted(after) == after


# -- the same result, whatever the source -------------------------------------------------------------------

NAME = st.sampled_from(["author", "title", "Year", "doi", "note", "keywords", "month", "abstract", "x-y"])
TEXT = st.text("aé \\'\"@%,=#\n\t", max_size=12)
VALUE = st.one_of(TEXT.map("{{{}}}".format), TEXT.map("{{a{{{}}}b}}".format), st.text("ab {}").filter(lambda t: t.count("{") == t.count("}") == 0).map('"{}"'.format),
                  st.sampled_from(["2020", "jan", '"a" # feb', "{} # 3", '"{"}"']))  # fmt: skip
ENTRY = st.tuples(
    st.sampled_from(["article", "Book", "MISC"]),
    st.dictionaries(NAME, VALUE, max_size=5),
    st.sampled_from(["{}", "()"]),
    st.sampled_from(["", ",", "\n"]),
)


@PROPERTY
@given(
    st.dictionaries(st.text("abcé:-_1", min_size=1, max_size=4), ENTRY, max_size=6),
    st.sampled_from(["", "% top\n", "\n\n% a\n\n% b"]),
)
def test_the_form_is_one(entries, top):
    """Formatting twice is formatting once, the order of the source does not matter, and no entry states anything else."""
    texts = []
    for key, (kind, fields, brackets, end) in entries.items():
        body = ",\n".join(f"{name} = {value}" for name, value in fields.items())
        texts.append(f"@{kind}{brackets[0]}{key} ,{body}{end}{brackets[1]}")
    text = "\n\n".join([top, *texts])
    once, _message = attempt(text)
    if once is None:
        assert parse_bibtex({HERE: text}).problems
        return
    assert formatted(once) == once
    assert formatted("\n\n".join([top, *reversed(texts)])) == once
    before, after = parse_bibtex({HERE: text}).data, parse_bibtex({HERE: once}).data
    assert set(before.entries) == set(after.entries)
    for key, entry in before.entries.items():
        stated = dict(after.entries[key].fields)
        stated.pop("year-suffix", None)
        assert (entry.original_type, dict(entry.fields), entry.persons) == (
            after.entries[key].original_type,
            stated,
            after.entries[key].persons,
        )


ONE = "".join(islice(re.findall(r"@.*?\n\}\n\n?", REFERENCES.read_text(encoding="utf-8"), re.DOTALL), 4))


@PROPERTY
@given(st.lists(st.tuples(st.integers(0, len(ONE)), st.integers(0, 9), st.text('{}",=@#%()\n é', max_size=3)), max_size=4))
def test_a_damaged_file_is_formatted_or_refused(mutations):
    """A damaged file is refused with a message, or its form is stable and all its works are in it."""
    text = ONE
    for start, length, new in mutations:
        text = text[:start] + new + text[start + length :]
    once, message = attempt(text)
    if once is None:
        assert message.endswith("Nothing was changed.")
        return
    assert formatted(once) == once
    assert set(parse_bibtex({HERE: once}).data.entries) == set(parse_bibtex({HERE: text}).data.entries)


# -- files -------------------------------------------------------------------------------------------------

UNSORTED, SORTED = "@misc{b}\n@misc{a}\n", "@misc{a,\n}\n\n@misc{b,\n}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [(UNSORTED.encode(), SORTED.encode()), (UNSORTED.replace("\n", "\r\n").encode(), SORTED.replace("\n", "\r\n").encode()),
     (UNSORTED.replace("\n", "\r").encode(), SORTED.encode()), (UNSORTED.encode("utf-8-sig"), SORTED.encode()), (b"", b"")],
    ids=["LF", "CRLF", "CR", "a mark", "empty"],
)  # fmt: skip
def test_a_file_is_written_in_its_line_ends_and_in_utf_8(before, after, tmp_path):
    """A file keeps the line ends of Windows; it is UTF-8 without a mark; a second run changes nothing."""
    file = tmp_path / "works.bib"
    file.write_bytes(before)
    findings = format_files([file])
    assert file.read_bytes() == after
    assert [finding.file for finding in findings] == [str(file)] * (before != after)
    assert format_files([file]) == format_files([file], check=True) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("\n\n@misc{ö}".encode("cp1252"), ":3: The file is not in utf-8"),
        (b"\xff\xfe" + "@misc{a}".encode("utf-16-le"), ":1: The file is in UTF-16"),
    ],
)
def test_a_file_in_another_encoding_is_refused(data, message, tmp_path):
    """A file in another encoding than UTF-8 is refused with its line, and stays as it is."""
    file = tmp_path / "works.bib"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(f"{file}{message}")):
        format_files([file])
    assert file.read_bytes() == data


def test_one_refused_file_keeps_all_as_they_are(tmp_path):
    """Where one of several files is refused, none is changed."""
    good, bad = tmp_path / "good.bib", tmp_path / "bad.bib"
    good.write_text(UNSORTED, encoding="utf-8")
    bad.write_text("@misc{c}\n@string{x={y}}", encoding="utf-8")
    with pytest.raises(ValueError, match=f"^{re.escape(str(bad))}:2: The file holds @string"):
        format_files([good, bad])
    assert good.read_text(encoding="utf-8") == UNSORTED


def test_the_finding_is_at_the_first_line_that_differs(tmp_path):
    """A check finds the first line that is not in form, and writes nothing."""
    file = tmp_path / "works.bib"
    text = SORTED + "\n@misc{c,\n  title    = {C},\n  year = {2020}\n}\n"
    file.write_text(text, encoding="utf-8")
    [finding] = format_files([file], check=True)
    assert (finding.file, finding.line, finding.code) == (str(file), 9, Code.BIBLIOGRAPHY)
    assert finding.message == "The file is not in the form that `atlas references` gives it: this is the first line that differs."
    assert file.read_text(encoding="utf-8") == text


def test_writing_replaces_the_file_whole(tmp_path):
    """A file is replaced with its rights kept, through a link too, and nothing else is left in the folder."""
    file, link = tmp_path / "works.bib", tmp_path / "link.bib"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    write(link, b"new")
    assert (file.read_bytes(), link.is_symlink(), stat.S_IMODE(file.stat().st_mode)) == (b"new", True, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.bib", "works.bib"]


def test_a_write_that_fails_leaves_the_file(tmp_path, monkeypatch):
    """Where the file cannot be replaced, it is as it was, and nothing is left behind."""
    file = tmp_path / "works.bib"
    file.write_bytes(b"old")

    def fail(*_paths):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(bibliography_format.Path, "replace", fail)
    with pytest.raises(PermissionError):
        write(file, b"new")
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"old", [file])


# -- command -----------------------------------------------------------------------------------------------


@pytest.fixture
def atlas(tmp_path, monkeypatch):
    """A folder with an atlas of one unsorted bibliography, which is the current one."""
    (tmp_path / "atlas.toml").touch()
    (tmp_path / "conf.py").touch()
    (tmp_path / "references.bib").write_text(UNSORTED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_formats_the_atlas_s_bibliography(atlas, capsys):
    """Without a file, the command formats the bibliography of the atlas, and names each file that it changed."""
    assert main(["references"]) == 0
    assert capsys.readouterr() == ("references.bib\n", "")
    assert (atlas / "references.bib").read_text(encoding="utf-8") == SORTED
    assert main(["references"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_command_checks(atlas, capsys):
    """With --check the command writes nothing, prints a finding and ends with 1; on a file in form it ends with 0."""
    assert main(["references", "--check"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("references.bib:1: The file is not in the form")
    assert printed.out.endswith("[atlas.bibliography]\n")
    assert (atlas / "references.bib").read_text(encoding="utf-8") == UNSORTED
    (atlas / "references.bib").write_text(SORTED, encoding="utf-8")
    assert main(["references", "--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_command_takes_a_file(atlas, capsys):
    """With a file, the command formats that one, be it of an atlas or not, and no other."""
    (atlas / "other.bib").write_text(UNSORTED, encoding="utf-8")
    assert main(["references", "other.bib"]) == 0
    assert capsys.readouterr().out == "other.bib\n"
    assert (atlas / "other.bib").read_text(encoding="utf-8") == SORTED
    assert (atlas / "references.bib").read_text(encoding="utf-8") == UNSORTED


@pytest.mark.parametrize("check", [[], ["--check"]], ids=["write", "check"])
def test_the_command_refuses(atlas, check, capsys):
    """A file that is refused, or missing, and a folder without an atlas end with 2, one message and no change."""
    (atlas / "references.bib").write_text("@misc{a\n", encoding="utf-8")
    assert main(["references", *check]) == 2
    assert capsys.readouterr() == (
        "",
        "atlas: references.bib:1: The entry 'a' is not closed: '}' was expected here at the latest. Nothing was changed.\n",
    )
    assert (atlas / "references.bib").read_text(encoding="utf-8") == "@misc{a\n"
    assert main(["references", "none.bib", *check]) == 2
    assert "No such file" in capsys.readouterr().err
    (atlas / "references.bib").unlink()
    assert main(["references", *check]) == 2
    assert capsys.readouterr().err == "atlas: the atlas has no bibliography file\n"
    (atlas / "conf.py").unlink()
    assert main(["references", *check]) == 2
    assert capsys.readouterr().err.startswith("atlas: no atlas at or above")
