"""The bibliography: names, markup, identifiers, what is wrong with a file, and how a reference is printed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.backends import html, plaintext
from pybtex.plugin import find_plugin

from evidence_atlas.core.references import Name, as_year, load_bibliography, plain
from evidence_atlas.core.style import AtlasStyle, format_reference

from .helpers import PROPERTY, REFERENCES, as_lines, bibliography


def article(**fields):
    """Return one entry as BibTeX."""
    values = {"author": "Good, Anna", "title": "A cohort", "year": "2020"} | fields
    return "@article{one,\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in values.items() if value) + "}\n"


def one(folder, **fields):
    """Write an entry and read it back, without findings."""
    references, findings = bibliography(folder, article(**fields))
    assert findings == []
    return references["one"]


def printed(reference):
    """Return a reference as the bibliography prints it, without its markup."""
    return format_reference(reference).render(plaintext.Backend("utf-8"))


def test_the_whole_bibliography_can_be_read(references):
    """Every entry of the repository's bibliography has authors, a title, a year of four digits and no markup left over."""
    keys = re.findall(r"^@\w+\{([^,\s]+),$", REFERENCES.read_text(encoding="utf-8"), re.MULTILINE)
    assert list(references) == keys
    assert len(references) == len(keys) > 1000
    works = list(references.values())
    assert [work.key for work in works if not work.authors or not work.title or not re.fullmatch(r"\d{4}", work.year)] == []
    texts = [text for work in works for text in (*work.fields.values(), *(name.sorted_form for name in work.authors))]
    assert [text for text in texts if re.search(r"[\\{}]|  |\s$|^\s", text)] == []


def test_every_reference_is_printed_without_a_double_stop(references):
    """No printed reference of the repository has two stops in a row, a space before a stop, or a DOI that ends in one."""
    texts = [printed(work) for work in references.values()]
    assert [text for text in texts if re.search(r"[.?!…]\s*\.(?!\w)| \.|  |[.,;:]\.$", text)] == []


NAMES = [
    ("Good, Anna B.", Name("Good", "Anna B."), "Good, Anna B.", "Anna B. Good"),
    ("Anna B. Good", Name("Good", "Anna B."), "Good, Anna B.", "Anna B. Good"),
    ("van der Berg, Anna", Name("Berg", "Anna", "van der"), "van der Berg, Anna", "Anna van der Berg"),
    ("Anna van der Berg", Name("Berg", "Anna", "van der"), "van der Berg, Anna", "Anna van der Berg"),
    ("Chandler, Jr., Francis W.", Name("Chandler", "Francis W.", "", "Jr."), "Chandler, Francis W., Jr.", "Francis W. Chandler Jr."),
    ("van der Berg, Jr, Anna", Name("Berg", "Anna", "van der", "Jr"), "van der Berg, Anna, Jr", "Anna van der Berg Jr"),
    ("De Meirleir, Kenny", Name("De Meirleir", "Kenny"), "De Meirleir, Kenny", "Kenny De Meirleir"),
    ("Ludwig {van Beethoven}", Name("van Beethoven", "Ludwig"), "van Beethoven, Ludwig", "Ludwig van Beethoven"),
    ("Plato", Name("Plato"), "Plato", "Plato"),
    ("{World Health Organization}", Name("World Health Organization", literal=True), "World Health Organization", "World Health Organization"),
    ("{Smith and Sons, Ltd}", Name("Smith and Sons, Ltd", literal=True), "Smith and Sons, Ltd", "Smith and Sons, Ltd"),
    (r"Fluge, {\O}ystein", Name("Fluge", "Øystein"), "Fluge, Øystein", "Øystein Fluge"),
    ("Fluge, Øystein", Name("Fluge", "Øystein"), "Fluge, Øystein", "Øystein Fluge"),
    (r"Garc{\'\i}a-L{\'o}pez, Mar{\'i}a", Name("García-López", "María"), "García-López, María", "María García-López"),
    (r"N{\'{u}}{\~{n}}ez, Jos\'{e}", Name("Núñez", "José"), "Núñez, José", "José Núñez"),
    (r"Garc{\'{\i}}a, Ana", Name("García", "Ana"), "García, Ana", "Ana García"),
    (r"O{\textquoteright}Brien, Ann", Name("O’Brien", "Ann"), "O’Brien, Ann", "Ann O’Brien"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "name", "by_family", "in_order"), NAMES, ids=[row[0] for row in NAMES])
def test_a_name(written, name, by_family, in_order, tmp_path):
    """A name's parts are told apart, decoded, and put in order: family, given, suffix for lists; as spoken for bylines."""
    [found] = one(tmp_path, author=written).authors
    assert found == name
    assert (found.sorted_form, found.display_form) == (by_family, in_order)


def test_and_others_is_no_author(tmp_path):
    """A list that ends in "and others" has the authors before it, and is marked as abridged."""
    work = one(tmp_path, author="Good, A. and {A Group} and others")
    assert (work.authors, work.abridged) == ((Name("Good", "A."), Name("A Group", literal=True)), True)
    assert (work.byline(), printed(work)) == ("A. Good, A Group et al.", "Good, A.; A Group; et al. (2020). A cohort.")


def test_a_byline_is_cut_short_in_words_that_say_so(tmp_path):
    """Up to eight authors are named, of more the first six and the number of the rest."""
    families = ["Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg", "Hh", "Ii"]
    eight, nine = (one(tmp_path, author=" and ".join(families[:count])) for count in (8, 9))
    assert eight.byline() == "Aa, Bb, Cc, Dd, Ee, Ff, Gg and Hh"
    assert nine.byline() == "Aa, Bb, Cc, Dd, Ee, Ff and 3 others"
    assert one(tmp_path, author="Aa and Bb").byline() == "Aa and Bb"


def test_editors_stand_in_for_authors(tmp_path):
    """A work without authors has its editors in their place, and one without either has nobody."""
    assert one(tmp_path, author="", editor="Ed, E.").authors == (Name("Ed", "E."),)
    assert one(tmp_path, author="").authors == ()


MARKUP = [
    (r"{\"O}berg", "Öberg"), (r"\"{o}", "ö"), (r"\v{s}\c{c}\H{o}\k{a}\u{g}", "šçőąğ"), (r"{\ss}{\ae}{\aa}{\l}{\oe}", "ßæåłœ"),
    ("Öberg ßæ", "Öberg ßæ"), (r"na{\"\i}ve", "naïve"), (r"na\"{\i}ve", "naïve"), (r"a \& b", "a & b"), (r"4.5\% of", "4.5% of"),
    ("a & b", "a & b"), ("4.5% of", "4.5% of"), (r"suppl\_1 \#2", "suppl_1 #2"), (r"from \$5 to \$6", "from $5 to $6"),
    (r"$\alpha$-synuclein", "α-synuclein"), (r"\emph{In vitro} \textit{study}", "In vitro study"), ("{XMRV} in {ME/CFS}", "XMRV in ME/CFS"),
    (r"\mbox{In vivo} and \texttt{R}", "In vivo and R"), (r"See \href{https://a.example}{here}", "See here"),
    ("two\n   lines", "two lines"), (r"a \{b\}", "a {b}"), (r"4% of {\"a}lter", "4% of älter"), (r"patient{\textquoteright}s", "patient’s"),
    (r"p {\textless} 0.05", "p < 0.05"), ('p < 0.05 "x"', 'p < 0.05 "x"'),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), MARKUP, ids=[row[0] for row in MARKUP])
def test_markup_becomes_text(markup, text):
    """BibTeX markup becomes the characters that it stands for, and nothing of the text is lost."""
    assert plain(markup) == text


TOKENS = [
    r"a", "\\", r"{", r"}", r"$", r"~", r"--", r"%", r"&", r"#", r"_", r"^", r"[", r"]", r"|", r"é", "\\\\", r"\'", '\\"',
    r"\i", r"\c", r"\url", r"\href", r"\emph", r"\mbox", r"\frac", r"\sqrt", r"\item", r"\begin", r"\end", r"\begin{a}",
    r"\(", r"\[", r"$$", r"\verb", r"\input", r"\newcommand", r"\char", r"\left", r"\title", r"\textcolor",
    r"\includegraphics", r"\ref", r"\ensuremath", r"\hat", r"\substack", r"\begin{array}", r"\begin{equation}", r"\par",
    r"\x", " ", "\n",
]  # fmt: skip


@PROPERTY
@given(st.lists(st.sampled_from(TOKENS), max_size=6).map("".join))
def test_no_markup_stops_the_reader(markup):
    """Markup of any kind, also broken, becomes one line of text, without an error of Python."""
    assert len(plain(markup).splitlines()) <= 1


IDENTIFIERS = [
    ({"doi": "10.1000/ABC"}, ("10.1000/abc", "", "https://doi.org/10.1000/abc")),
    ({"doi": "https://doi.org/10.1000/abc"}, ("10.1000/abc", "", "https://doi.org/10.1000/abc")),
    ({"doi": "doi: 10.1000/abc"}, ("10.1000/abc", "", "https://doi.org/10.1000/abc")),
    ({"doi": r"10.1000/a\_b"}, ("10.1000/a_b", "", "https://doi.org/10.1000/a_b")),
    ({"doi": "10.1000/a b"}, ("", "", "")),
    ({"doi": "11.1000/a"}, ("", "", "")),
    ({"pmid": "12345"}, ("", "12345", "https://pubmed.ncbi.nlm.nih.gov/12345/")),
    ({"pmid": "PMC12345"}, ("", "", "")),
    ({"pmid": "١٢٣"}, ("", "", "")),
    ({"doi": "10.1000/a", "pmid": "5"}, ("10.1000/a", "5", "https://doi.org/10.1000/a")),
    ({"url": "https://example.org/x"}, ("", "", "https://example.org/x")),
    ({"url": r"https://example.org/~me/a\_b"}, ("", "", "https://example.org/~me/a_b")),
    ({"url": r"https://example.org/a%20b\_c"}, ("", "", "https://example.org/a%20b_c")),
    ({"url": "ftp://example.org/x"}, ("", "", "")),
    ({"url": "//example.org/x"}, ("", "", "")),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), IDENTIFIERS, ids=[str(row[0]) for row in IDENTIFIERS])
def test_identifiers_and_addresses(fields, expected, tmp_path):
    """DOI, PMID and address are taken from every usual spelling, and one that cannot be read counts as missing."""
    references, _findings = bibliography(tmp_path, article(**fields))
    work = references["one"]
    assert (work.doi, work.pmid, work.url) == expected


@pytest.mark.parametrize(
    ("title", "text"),
    [("Is it?", "Is it?"), ("It is!", "It is!"), ("It is.", "It is."), ("It is", "It is."), ("And so on …", "And so on …"),
     ("And so on...", "And so on..."), ("{Is it?}", "Is it?"), ("It is {ME}.", "It is ME.")],
)  # fmt: skip
def test_a_title_gets_one_stop(title, text, tmp_path):
    """A title that ends in a full stop, a question or exclamation mark or an ellipsis gets no second stop, any other one stop."""
    work = one(tmp_path, title=title, journal="J Test", volume="5", number="2", pages="1--9", doi="10.1000/x")
    assert printed(work) == f"Good, Anna (2020). {text} J Test 5(2):1–9. doi:10.1000/x."


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"journal": "Ann. Sci."}, "Good, Anna (2020). A cohort. Ann. Sci."),
        ({"journal": "J Test", "pages": "e12"}, "Good, Anna (2020). A cohort. J Test e12."),
        ({"journal": "J Test", "volume": "5", "pmid": "7"}, "Good, Anna (2020). A cohort. J Test 5. PMID 7."),
        ({"year": "", "url": "https://a.example/"}, "Good, Anna (undated). A cohort. https://a.example/."),
        ({"author": ""}, "(2020). A cohort."),
    ],
)
def test_a_reference_with_parts_missing(fields, text, tmp_path):
    """A reference is printed without the parts that it lacks, and without stops or spaces left behind by them."""
    assert printed(one(tmp_path, **fields)) == text


def test_the_style_is_found_by_its_name():
    """pybtex finds the style under the name that conf.py takes for it."""
    assert find_plugin("pybtex.style.formatting", "evidence-atlas") is AtlasStyle


UNSAFE = [
    ("url", "javascript:alert(1)", "javascript"), ("url", " JavaScript:alert(1)", "javascript"), ("url", "java\n script:alert(1)", "javascript"),
    ("URL", "data:text/html,x", "data"), ("url", "vbscript:x", "vbscript"), ("url", "file:///etc/passwd", "file"),
    ("note", r"\url{javascript:alert(1)}", "javascript"), ("howpublished", r"See \href {data:text/html,x}{here}", "data"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "scheme"), UNSAFE, ids=[f"{row[0]} {row[1]!r}" for row in UNSAFE])
def test_a_field_with_an_unsafe_link_is_dropped(field, value, scheme, tmp_path):
    """A field that some style would turn into a link that runs code or reads files is left out, with a finding."""
    references, findings = bibliography(tmp_path, article(**{field: value}))
    assert findings == [f"1 unsafe-link The field {field!r} of 'one' holds a link that begins with '{scheme}:'; it is left out."]
    assert references["one"].fields == {"title": "A cohort", "year": "2020"}
    assert list(references["one"].entry.fields) == ["title", "year"]


HIDDEN = [
    r"\url{javascript:x}",
    r"{javascript:x}",
    r"\url{{javascript:x}}",
    r"\href{java{}script:x}{y}",
    "\\href%\n{javascript:x}{y}",
]


@pytest.mark.parametrize("style", ["unsrt", "plain", "alpha", "evidence-atlas"])
@pytest.mark.parametrize("field", ["url", "note", "howpublished", "journal"])
@pytest.mark.parametrize("value", [*HIDDEN, *(row[1] for row in UNSAFE)])
def test_no_style_makes_an_unsafe_link(value, field, style, tmp_path):
    """Whatever a field holds, each style that comes with pybtex makes of it no address that begins with an unsafe scheme."""
    references, _findings = bibliography(tmp_path, article(**({"journal": "J"} | {field: value})))
    if "journal" not in references["one"].fields:
        references["one"].entry.fields["journal"] = "J"  # the styles of pybtex refuse an article without one
    [entry] = find_plugin("pybtex.style.formatting", style)().format_entries([references["one"].entry])
    addresses = re.findall(r'href="([^"]*)"', entry.text.render(html.Backend("utf-8")))
    assert [
        address for address in addresses if re.match(r"\s*(?:javascript|data|vbscript|file)\s*:", address, re.IGNORECASE)
    ] == []


FILES = [  # text, findings, keys that remain
    ("@article{a, title={A}}\n\n@article{b, title={B}}\n@article{a, title={C}}\n",
     ["4 bibliography The key 'a' is repeated: the entry of line 1 is used, this one is left out."], ["a", "b"]),
    ("@article{a, title={A}}\n@article{A, title={B}}\n",
     ["2 bibliography The key 'A' is repeated: the entry of line 1 is used, this one is left out."], ["a"]),
    ("@article{a, title={A}}\n@article{b,\n  title={B}\n  year=2000}\n",
     ["4 bibliography The entry 'b' has no comma before the field 'year'."], ["a", "b"]),
    ("@article{a, title={A}}\n@article{b,\n  title={B\n}",
     ["4 bibliography The entry 'b' is not closed: '}' was expected here at the latest. Its last field, 'title', begins in line 3."],
     ["a", "b"]),
    ("@article{a, title={A}}\n@article{b, month=never, title={B}}\n",
     ["2 bibliography The entry 'b' uses the abbreviation 'never', which no @string defines; it counts as empty."], ["a", "b"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "keys"), FILES, ids=["repeated", "repeated in capitals", "comma", "open", "macro"])
def test_what_is_wrong_with_a_file(text, expected, keys, tmp_path):
    """A mistake in the file is one finding at its line, and the entries before it are kept as they are."""
    references, findings = bibliography(tmp_path, text)
    assert findings == expected
    assert list(references) == keys
    assert references["a"].title == "A"


def test_files_that_cannot_be_read(tmp_path):
    """A missing file and one that is not UTF-8 give a finding each, and all that can be read is read."""
    (tmp_path / "latin.bib").write_bytes("@article{b, title={Öl}}".encode("latin-1"))
    (tmp_path / "good.bib").write_text("@article{a, title={A}}", encoding="utf-8")
    references, findings = load_bibliography([tmp_path / name for name in ("none.bib", "latin.bib", "good.bib")])
    assert {key: work.title for key, work in references.items()} == {"b": "Öl", "a": "A"}
    assert [finding.file for finding in findings] == [str(tmp_path / "none.bib"), str(tmp_path / "latin.bib")]
    assert as_lines(findings)[0].startswith("1 bibliography The file cannot be read: No such file")
    assert as_lines(findings)[1].startswith("1 bibliography The file is not in utf-8: this line holds bytes")


def test_the_first_file_wins(tmp_path):
    """A key that stands in two files keeps the entry of the first."""
    for name in ("first", "second"):
        (tmp_path / name).write_text(f"@article{{a, title={{{name}}}}}", encoding="utf-8")
    references, findings = load_bibliography([tmp_path / "first", tmp_path / "second"])
    assert (references["a"].title, findings) == ("first", [])


def test_the_digest_of_a_reference(tmp_path):
    """The digest stays for the same entry however it is laid out, and changes with each thing that it states."""
    changes = [
        {},
        {"title": "Another"},
        {"author": "Good, A."},
        {"author": "Good, Anna and others"},
        {"author": "Good, Anna, Jr, Dr"},
        {"volume": "1"},
        {"year": "2021"},
    ]
    digests = [bibliography(tmp_path, article(**change))[0].digest("one") for change in changes]
    assert len(set(digests)) == len(changes)
    assert bibliography(tmp_path, article().replace("\n", "\n\n   "))[0].digest("one") == digests[0]
    assert bibliography(tmp_path, article())[0].digest("nowhere") == ""


def test_keys_by_doi(tmp_path):
    """The papers of a notice are found by DOI in any case and with the escapes of BibTeX programs; a mention is none."""
    text = (
        "@misc{a, doi = {10.1/A\\_B}}\n@misc{b, doi = {https://doi.org/10.1/x}}\n"
        "@misc{c, note = {not 10.1/a_b}}\n@misc{d, doi = 10.1 # {/X}}\n"
    )
    (tmp_path / "works.bib").write_text(text, encoding="utf-8")
    works, _findings = load_bibliography([tmp_path / "works.bib"])
    assert works.with_doi({"10.1/a_b", "10.1/x"}) == {}  # no registered prefix is that short
    (tmp_path / "works.bib").write_text(text.replace("10.1", "10.1234"), encoding="utf-8")
    works, _findings = load_bibliography([tmp_path / "works.bib"])
    assert works.with_doi({"10.1234/a_b", "10.1234/x"}) == {"a": "10.1234/a_b", "b": "10.1234/x"}
    assert works.with_doi(()) == {}


def test_years_are_those_of_the_works(tmp_path):
    """The years of all works are what each work states: plain, in quotation marks, inherited, of a date, marked up, none."""
    text = (
        '@article{a, year = {2001}}\n@article{b, year = "1999"}\n@article{c, year = 2003}\n@article{d, date = {2004-05}}\n'
        "@article{e, year = {{2005}}}\n@article{f, year = {in press}}\n@article{g, title = {None}}\n"
        "@incollection{h, crossref = {i}}\n@book{i, year = {2009}}\n@article{j, year = {2010}, year = {2011}}\n"
    )
    (tmp_path / "works.bib").write_text(text, encoding="utf-8")
    works, _findings = load_bibliography([tmp_path / "works.bib"])
    assert works.years == {key: work.year for key, work in works.items()}
    assert {works.years[key] for key in "abcdef"} == {"2001", "1999", "2003", "2004", "2005", "in press"}
    assert works.years["g"] == ""


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2020", 2020),
        ("0800", 800),
        ("", None),
        ("in press", None),
        ("٢٠٢٠", None),
        ("²", None),
        ("20201", None),
        ("9" * 5000, None),
    ],
)
def test_what_counts_as_a_year(text, year):
    """A year is one to four digits; Python refuses to read thousands of them."""
    assert as_year(text) == year
