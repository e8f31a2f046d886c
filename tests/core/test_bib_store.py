"""Entries that are read when they are first asked for: the same as if all had been read at once."""

from __future__ import annotations

import pickle
import re
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import Entry, Person
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as Unsrt
from pybtex.style.names.plain import NameStyle

from indexed_bibtex.entries import Abbreviations, entry_of, parse
from indexed_bibtex.formatting import Formatter
from indexed_bibtex.names import PlainPerson, people
from indexed_bibtex.pieces import split
from indexed_bibtex.plain_names import format_name, quicken
from indexed_bibtex.reader import parse_bibtex, read_bibtex
from indexed_bibtex.store import Entries, regular_entry, regular_key

from .helpers import PROPERTY, REFERENCES

HERE = Path("works.bib")
PARTS = (
    "@misc{a, ", "@Article {b,\n", "@misc(c, ", "title = ", "AUTHOR=", "editor =\n", "crossref = ", "{A title}", "{{XMRV} and {a {b}}}",
    '"quoted"', "1994", "jan", "DEC", "abbr", "{Good, Ann and Müller, J.}", "{de la Rosa, Eva and O'Neil, Pat}", "{A, B, C, D}", "{{Group}}",
    "{Good, Ann and others}", "{and and , }", '" and "', "{}", " # ", ",\n", ", ", "}\n", ")", "{", "}", "\\'e", "@string{jan = {Y}}\n", "title = {Once}, Title = {Twice}, ",
)  # fmt: skip


@PROPERTY
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_a_regular_entry_has_no_fault(text):
    """Whatever is taken for regular, the whole parser finds no fault in it and reads the same."""
    for piece in split(text):
        if piece.kind and regular_key(text, piece, months=True):
            command = parse(text, piece, Abbreviations())
            entry, faults = entry_of(command)
            assert (command.faults, faults) == ([], [])
            regular = regular_entry(text, piece.start, piece.end)
            assert regular == entry
            assert list(regular.fields.items()) == list(entry.fields.items())


def test_the_common_entry_is_regular():
    """Nearly all entries of the atlas's own bibliography need not be read to be known."""
    entries = read_bibtex([REFERENCES]).data.entries
    regular = [key for key in entries if entries.is_regular(key)]
    assert len(regular) > 0.9 * len(entries)


def test_months_that_mean_something_else():
    """Where a file defines an abbreviation, every bare word is looked up."""
    read = parse_bibtex({HERE: "@string{jan = {Jänner}}\n@misc{a, month = jan}\n@misc{b, month = feb}"})
    assert {key: entry.fields["month"] for key, entry in read.data.entries.items()} == {"a": "Jänner", "b": "February"}


def test_what_is_kept_holds_no_entry(tmp_path):
    """A pickle of the entries holds places; they are read again from the file, and eager ones are kept."""
    file = tmp_path / "works.bib"
    file.write_text('@misc{Plain, title = "Ä"}\n@misc{joined, title = {A} # {B}}\n', encoding="utf-8")
    entries = read_bibtex([file]).data.entries
    assert entries["plain"].key == "Plain"
    pickled = pickle.dumps(entries)
    assert "Ä".encode() not in pickled
    loaded: Entries = pickle.loads(pickled)  # noqa: S301  (our own)
    assert list(loaded) == ["Plain", "joined"]
    assert [entry.fields["title"] for entry in loaded.values()] == ["Ä", "AB"]
    assert loaded == entries
    assert [loaded.digest(key) for key in loaded] == [entries.digest(key) for key in entries]
    assert len({entries.digest(key) for key in entries}) == 2


def test_entries_that_may_hold_a_text():
    """A text is looked for in the files, entry by entry; an entry that is not regular may always hold it."""
    files = {
        HERE: "% X\n@misc{a, title = {X}} X\n@misc{b, title = {Y}}\n@misc{c, title = {A} # {B}}",
        Path("b.bib"): "@misc{d, note={xX}}",
    }
    assert parse_bibtex(files).data.entries.may_match(re.compile("X")) == ["a", "c", "d"]


def test_an_entry_that_is_replaced_or_deleted():
    """What is put in place of a regular entry counts, with a digest of its own; what is deleted is gone."""
    entries = parse_bibtex({HERE: "@misc{a, title = {A}}\n@misc{b, title = {B}}"}).data.entries
    before = entries.digest("a")
    entries["a"], entries["b"].key = entries["b"], "a"
    assert entries["a"].fields["title"] == "B"
    assert entries.digest("a") != before
    del entries["b"]
    assert list(entries) == ["a"]
    with pytest.raises(KeyError):
        entries["b"]


@PROPERTY
@given(st.text(st.sampled_from("Aäßб漢.-'’ {}\\~$`^\"%&_#/1"), max_size=12), st.text(st.sampled_from("Bo.-' "), max_size=6))
def test_plain_names_are_formatted_as_latex_would_be(family, given_name):
    """A name that is taken for plain text has the rich text that reading it as LaTeX gives."""
    (person, *_), _wrong = people(f"{family}x, {given_name}y".strip())
    if isinstance(person, PlainPerson):
        for shown, names in (
            (person.rich_last_names, person.last_names),
            (person.rich_first_names, person.first_names),
            (person.rich_middle_names, person.middle_names),
        ):
            assert shown == [Text.from_latex(name) for name in names]


@PROPERTY
@given(
    st.lists(st.text("AÄb漢.-", min_size=1, max_size=4), min_size=1, max_size=5),
    st.lists(st.text("Bc.", min_size=1, max_size=4), max_size=5),
)
def test_plain_names_look_as_in_pybtex(family, given_names):
    """A style whose names are plain shows a person without markup as pybtex's own code does, with every tie."""
    (person, *_), _wrong = people(f"{' '.join(family)}, {' '.join(given_names)}")
    for abbreviate in (False, True):
        ours, theirs = (names(person, abbreviate).format() for names in (format_name, NameStyle().format))
        assert (ours, repr(ours)) == (theirs, repr(theirs))


@pytest.mark.parametrize(
    "name", ["others", "WHO", "WHO2", "de", "漢字", "Good, Ann", "good, Ann", "Good Best, Ann B.", "Ann Good", "Good,", "A_b"]
)
def test_names_have_the_parts_that_pybtex_finds(name: str):
    """The parts of a name are pybtex's, however it was read."""
    assert people(name) == ([Person(name)], "")


def test_only_plain_names_are_made_quicker():
    """Neither a style with other names nor one that formats names by a method of its own is touched."""
    plain, other, own = Unsrt(), Unsrt(name_style="lastfirst"), Unsrt()
    own.format_name = lambda person, _abbr: str(person)
    kept = other.format_name, own.format_name
    for style in (plain, other, own, object()):
        quicken(style)
    assert plain.format_name is format_name
    assert (other.format_name, own.format_name) == kept


def test_an_entry_in_passing_is_not_kept(tmp_path: Path):
    """Who holds an entry shares it with all who ask; once nobody does, it is read again."""
    file = tmp_path / "works.bib"
    file.write_text("@misc{a, title = {A}}\n@misc{b, title = {B}}", encoding="utf-8")
    entries = read_bibtex([file]).data.entries
    passing = entries.passing("A")
    passing.fields["title"] = "Changed"
    assert entries.passing("a") is passing
    assert entries["a"] is passing
    kept = weakref.ref(entries.passing("b"))
    assert kept() is None
    del passing
    assert entries["a"].fields["title"] == "Changed"  # asked for by its key, it is kept
    again = pickle.loads(pickle.dumps(entries))  # noqa: S301
    assert list(again) == ["a", "b"]
    assert again.passing("b").fields["title"] == "B"
    assert again["a"].fields["title"] == "A"  # a regular entry is its place in the file
    with pytest.raises(KeyError):
        entries.passing("c")


@pytest.mark.parametrize("depth", range(8))
def test_an_entry_ends_where_its_braces_are_closed(depth: int):
    """However deep its braces are, an entry ends with the one that closes it, and one that lacks a brace is not closed."""
    entry = f"@misc{{a, title = {{{'{x' * depth}{'}' * depth} y}}}}"
    for text, closed in ((entry, True), (entry[:-1], False)):
        first, *_rest = split(f"{text}\n\n@misc{{b, note = {{n}}}}}}")
        assert (text[first.start : first.end], first.closed) == (text, closed)


def test_a_text_that_is_kept_needs_no_entry(tmp_path: Path):
    """An entry is read for its text once, even by another build."""
    entry, digest = regular_entry("@misc{a, title = {A}}", 0, 21), "digest"

    def never() -> Entry:
        raise AssertionError

    first = Formatter(tmp_path, tmp_path / "conf.py")
    text = first.text("unsrt", lambda: entry, digest)
    assert first.text("unsrt", never, digest) == text
    first.save()
    assert Formatter(tmp_path, tmp_path / "conf.py").text("unsrt", never, digest) == text
