"""The reference of a page of the atlas, kept apart from that of its paper, read back by other programs."""

from __future__ import annotations

import datetime as dt
import json
import re

import bibtexparser
import rispy
from bibtexparser.bparser import BibTexParser
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from core.readers import read_ris
from data_project import ALPHA, BASE, NASTY, PROPERTY
from evidence_atlas.core.own_reference import OwnReference, bibtex, csl_json, ris

ADDRESS = f"{BASE}/v/2026.11/{ALPHA}/"
DIGEST = f"sha256:{'0' * 64}"


def own(title="Rest", author="The group", atlas="An atlas", day=dt.date(2026, 11, 22)):
    """Return a page's reference."""
    return OwnReference("alpha-2020-rest", title, author, atlas, "2026.11", "0.1", day, ADDRESS, DIGEST)


def read_bib(text):
    """Return the one entry that another parser finds."""
    [entry] = bibtexparser.loads(text, BibTexParser(ignore_nonstandard_types=False)).entries
    return entry


def test_bibtex(site):
    """BibTeX has the page as ``@misc``, with its address, the day and, in a note, version, policy and digest."""
    assert bibtex(own()) == (
        "@misc{alpha-2020-rest,\n"
        "    author = {{The group}},\n"
        "    title = {{Rest}},\n"
        f"    howpublished = {{\\url{{{ADDRESS}}}}},\n"
        "    year = {2026},\n"
        f"    note = {{An atlas, version 2026.11 of 2026-11-22, policy v0.1, {DIGEST}}}\n"
        "}\n"
    )
    assert (site.out / ALPHA / "page.bib").read_text(encoding="utf-8").startswith("@misc{alpha-2020-rest,")


def test_ris():
    """RIS has it as an electronic source with its version and day."""
    assert read_ris(ris(own())) == [
        ("TY", "ELEC"), ("ID", "alpha-2020-rest"), ("AU", "The group"), ("TI", "Rest"), ("T2", "An atlas"), ("ET", "2026.11"),
        ("PY", "2026"), ("DA", "2026/11/22/"), ("UR", ADDRESS), ("N1", own().note),
    ]  # fmt: skip


def test_csl():
    """CSL-JSON has it as a web page of the atlas."""
    [item] = json.loads(csl_json(own()))
    assert (item["type"], item["version"], item["issued"]) == ("webpage", "2026.11", {"date-parts": [[2026, 11, 22]]})
    assert str(CiteProcJSON([item])["alpha-2020-rest"].title) == "Rest"


def test_what_is_not_known_is_left_out():
    """Without a day there is no year, in any format."""
    undated = own(day=None)
    assert "year" not in bibtex(undated)
    assert not {tag for tag, _value in read_ris(ris(undated))} & {"PY", "DA"}
    assert "issued" not in json.loads(csl_json(undated))[0]


def test_it_is_not_the_paper(site):
    """None of the files names the paper's DOI or title."""
    for name in ("page.bib", "page.ris", "page.csl.json"):
        text = (site.out / NASTY / name).read_text(encoding="utf-8")
        assert "10.5555" not in text
        assert "alert(1)" not in text


def test_the_page_offers_them(site):
    """The citation block links to them, by names that tell them from the paper's."""
    html = site.html(ALPHA)
    for name, label in (("page.bib", "BibTeX"), ("page.ris", "RIS"), ("page.csl.json", "CSL-JSON")):
        assert re.search(rf'<a [^>]*href="{name}">{label} of this page</a>', html)


# what the decoder does not know, or takes for another sign
STAND_INS = {
    r"\textbraceleft{}": "\ue000",
    r"\textbraceright{}": "\ue001",
    r"\textasciicircum{}": "\ue002",
    r"\textasciitilde{}": "\ue003",
}


def decoded(latex):
    """Return LaTeX as text."""
    for command, sign in STAND_INS.items():
        latex = latex.replace(command, sign)
    return LatexNodes2Text().latex_to_text(latex).translate(dict(zip(map(ord, STAND_INS.values()), "{}^~", strict=True)))


# no letters that a decoder of LaTeX takes for its own
WORDS = st.lists(
    st.text('abcÄöé中 &%$#_{}~^<>"@=;,', min_size=1, max_size=6) | st.sampled_from(["\\", "\n", "ER  - ", "\u2028", "TY  - JOUR"]),
    min_size=1,
    max_size=6,
).map("".join).filter(str.split)  # fmt: skip


@settings(PROPERTY, max_examples=30)
@given(WORDS, WORDS)
def test_any_title(title, author):
    """No title or name breaks a record; every format gives it back."""
    made = own(" ".join(title.split()), author)
    entry = read_bib(bibtex(made))
    assert set(entry) == {"ENTRYTYPE", "ID", "author", "title", "howpublished", "year", "note"}
    assert decoded(entry["title"]).split() == made.title.split()
    rows = dict(read_ris(ris(made)))
    assert (rows["TI"], rows["AU"]) == (made.title, " ".join(author.split()))
    assert len(rispy.loads(ris(made))) == 1
    assert json.loads(csl_json(made))[0]["title"] == made.title
