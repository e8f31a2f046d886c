"""The checker: every finding of ``check_page``, from pages in ``findings/*.txt`` and in here.

A case in those files is title, page and expected findings ("LINE CODE MESSAGE"), each ended by a line with a dot.
There, ``<right body>`` stands for a body without fault, ``<U+202E>`` for a character that would not be seen, and
``<topic>`` for the ids of a vocabulary of the policy.
"""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from evidence_atlas.core import checker, frontmatter
from evidence_atlas.core.checker import check_duplicates, check_page
from evidence_atlas.core.frontmatter import blank, read_front_matter
from evidence_atlas.core.policy import BUILT_IN, built_in

from .helpers import EVIDENCE, as_lines, bibliography

BODY = """\
# A cohort
:::{pem-badge}
:::
:::{limitations}
It does not show why.
:::
:::{cite-block}
:::
"""
WORKS = """\
@article{good2020, author = {Good, A.}, title = {A cohort}, year = {2020}, doi = {10.1000/good}}
@article{other2019, author = {Other, B.}, title = {Another cohort}, year = {2019}, doi = {10.1000/other}}
@article{nobody1999, title = {No author}, year = {1999}, doi = {10.1000/nobody}}
@article{unnumbered1998, author = {Un, C.}, title = {No identifier}, year = {1998}}
@article{malformed1997, title = {Malformed}, year = {1997}, doi = {somewhere}, pmid = {PMC5}}
@article{medline1996, author = {Med, D.}, title = {PMID alone}, year = {1996}, pmid = {12345}}
"""
POLICY = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
NAME = "docs/evidence/good-2020-cohort.md"


def expand(text: str) -> str:
    """Fill in what a fixture file names instead of holding it."""
    text = text.replace("<right body>\n", BODY)
    text = re.sub(r"<(definition|design|context|topic)>", lambda match: ", ".join(POLICY[match[1]]), text)
    return re.sub(r"<U\+([0-9A-F]{4})>", lambda match: chr(int(match[1], 16)), text)


CASES = [
    pytest.param(expand(page), expand(expected).splitlines(), id=title)
    for file in sorted(Path(__file__).with_name("findings").glob("*.txt"))
    for _line, title, page, expected in read_fixture_file(file)
]
CLEAN = next(case.values[0] for case in CASES if case.id == "a clean page gives no finding")
assert isinstance(CLEAN, str)


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    """Return a bibliography with sound and unsound entries."""
    references, findings = bibliography(tmp_path_factory.mktemp("works"), WORKS)
    assert findings == []
    return references


def check(page, works, name=NAME):
    """Check a page: its findings as lines of text."""
    checked = check_page(name, page, built_in(), works)
    assert {finding.file for finding in checked.findings} <= {name}
    return as_lines(checked.findings)


def edit(old, new):
    """Return the clean page with one part replaced."""
    assert CLEAN.count(old) == 1
    return CLEAN.replace(old, new)


@pytest.mark.parametrize(("page", "expected"), CASES)
def test_a_page_has_exactly_these_findings(page, expected, works):
    """Each page of the fixture files has the findings that stand below it, with line, kind and wording, and no others."""
    assert check(page, works) == expected


@pytest.mark.parametrize(("page", "_expected"), CASES)
def test_line_ends_of_windows_and_a_byte_order_mark_change_no_finding(page, _expected, works):
    """A page has the same findings when it is saved with CRLF line ends, a byte order mark, or both."""
    plain, windows = check(page, works), page.replace("\n", "\r\n")
    assert [check(windows, works), check(f"\ufeff{page}", works), check(f"\ufeff{windows}", works)] == [plain] * 3


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_front_matter_as_such(mark):
    """A block is read behind a byte order mark too; it knows its end and its lines, and the text below keeps its own."""
    text = f"{mark}---\nevidence:\n  topics:\n  - pain\nother: 1\n---\nText.\n"
    front = read_front_matter(text)
    assert (front.present, front.problems, front.value) == (True, [], {"evidence": {"topics": ["pain"]}, "other": 1})
    assert text[front.end :] == "Text.\n"
    assert blank(text, front) == "\n\n\n\n\n\nText.\n"
    keys = [("evidence",), ("evidence", "topics"), ("evidence", "topics", 0), ("other",), ("evidence", "no", "such"), ("no",), ()]
    assert [front.line(key) for key in keys] == [2, 3, 4, 5, 2, 1, 1]
    assert front.stated == {"topics": ["pain"]}
    none = read_front_matter(f"{mark}Text.\n---\n")
    assert (none.present, none.value, none.end, none.stated, blank("Text.", none)) == (False, None, 0, None, "Text.")


def test_the_fixture_files_cover_every_kind_of_finding_of_a_page():
    """Every kind of finding that the checker or the reader of front matter names is expected in a fixture file."""
    source = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (checker, frontmatter))
    named = set(re.findall(r"\bCode\.([A-Z_]+)", source)) - {"FILE_NAME", "DUPLICATE_PAPER"}  # not of the text: below
    expected = {line.split()[1] for case in CASES for line in case.values[1]}
    assert expected == {name.lower().replace("_", "-") for name in named}
    assert len(expected) == 19


@pytest.mark.parametrize("page", sorted(EVIDENCE.glob("*-*-*.md")), ids=lambda page: page.stem)
def test_the_pages_of_this_atlas_have_no_finding(page, references):
    """Every evidence page of the repository is without a finding."""
    assert check(page.read_text(encoding="utf-8"), references, str(page)) == []


@pytest.mark.parametrize(
    "key", ["paper", "summary", "read", "design", "context", "level", "topics", "criteria", "drafted", "review"]
)
def test_a_required_key_is_missed(key, works):
    """A page without one of the ten required keys has one finding, at the line of 'evidence', that names the key."""
    page = re.sub(rf"^  {key}: .*\n", "", CLEAN, flags=re.MULTILINE)
    assert check(page, works) == [f"2 missing-key The key {key!r} of an evidence page is missing."]


LEVELS = list(POLICY["level"])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("design", POLICY["design"])
def test_no_level_is_above_that_of_the_design(design, level, works):
    """A level is a finding exactly where it stands above the highest that the policy gives the design."""
    highest = POLICY["design"][design]["highest"]
    page = edit("E2", level).replace(
        "cohort\n  context", f"{design}\n  outcome: {{primary: Fatigue, direction: mixed}}\n  context"
    )
    message = f"9 level The level cannot be {level}: the highest for the design {design!r} is {highest}."
    assert check(page, works) == [message] * (LEVELS.index(level) < LEVELS.index(highest))


@pytest.mark.parametrize("name", ["good-2020-x", "de-la-cruz-2020-a-b-c", "who-undated-x2", "a1-1999-1"])
def test_a_file_name_of_the_right_form(name, works):
    """A file name of surname, year or 'undated', and words gives no finding."""
    assert check(CLEAN, works, f"docs/evidence/{name}.md") == []


@pytest.mark.parametrize(
    "name",
    ["good", "good-2020", "2020-x", "Good-2020-x", "good-20-x", "good-2020-x-", "-good-2020-x", "good--2020-x", "good_2020_x", "göod-2020-x",
     "good-2020-x y", "good-2020-ｘ", "good-٢٠٢٠-x"],
)  # fmt: skip
def test_a_file_name_of_another_form(name, works):
    """A file name of any other form gives one finding on line 1 that shows it."""
    message = f"1 file-name The file name {name!r} is not of the form surname-year-words in plain lower-case ASCII."
    assert check(CLEAN, works, f"docs/evidence/{name}.md") == [message]


@pytest.mark.parametrize("code", [*range(0x9), 0xB, 0xC, *range(0xE, 0x20), *range(0x7F, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F,
                                  *range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF])  # fmt: skip
def test_no_hidden_character_stands_in_front_matter(code, works):
    """A control character, a line separator or a mark of the bidirectional algorithm is a finding at its line."""
    findings = check(edit("half of", f"half{chr(code)} of"), works)
    assert [line.split(" (")[0] for line in findings] == ["4 hidden-character The front matter holds a hidden character"]


def billion_laughs():
    """Return YAML that names nine times nine times … nine values by aliases."""
    rows = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(["a: &a [x, x, x, x, x, x, x, x, x]", *rows])


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (billion_laughs(), "3 front-matter The front matter uses a YAML alias (*name); write the value out."),
        (f"evidence: {'[' * 9900}{']' * 9900}", "2 front-matter The front matter is nested more than 8 deep."),
        (f"evidence:\n  {'- ' * 9900}", "3 front-matter The front matter is nested more than 8 deep."),
        (f"evidence: {'{a: ' * 3300}{'}' * 3300}", "2 front-matter The front matter is nested more than 8 deep."),
        (f"evidence: {'x' * 20_000}", "1 front-matter The front matter has 20,011 characters; at most 20,000 are read."),
        ("x: 1\n" * 50_000, "1 front-matter The front matter has 250,001 characters; at most 20,000 are read."),
    ],
    ids=["billion laughs", "deep list", "deep list of lines", "deep mapping", "too large", "far too large"],
)
def test_front_matter_made_to_exhaust_the_reader(block, expected, works):
    """Front matter that is made to exhaust memory, stack or time gives one finding in less than a second."""
    started = time.process_time()
    assert check(f"---\n{block}\n---\n{BODY}", works) == [expected]
    assert time.process_time() - started < 1


@pytest.mark.parametrize("depth", [7, 8])
def test_front_matter_is_read_down_to_eight_levels(depth, works):
    """Nesting that the reader still allows is told by the record's own rules, and one level more by the reader."""
    page = edit("  review: none", f"  review: {'[' * depth}{']' * depth}")
    found = check(page, works)
    refused = ["12 front-matter The front matter is nested more than 8 deep."]
    accepted = [f"12 unknown-value 'review' cannot be {'[' * depth}{']' * depth}; expected one of none."]
    assert found == (accepted if depth == 7 else refused)


@pytest.mark.parametrize("number", [2**53, 10**30])
def test_a_number_that_the_digest_cannot_hold(number, works):
    """A number of people beyond what canonical JSON holds exactly is a finding, since no digest of it can be made."""
    [found] = check(edit("criteria: []", f"criteria: []\n  participants: {{cases: {number}}}"), works)
    assert found.startswith(f"11 wrong-type 'participants.cases' is {number}; ")


def test_two_pages_of_one_paper():
    """The second page of a paper, by file name, is a finding at the line of its 'paper' that names the first."""
    pages = [("b.md", 4, "good2020"), ("a.md", 3, "good2020"), ("c.md", 3, "other2019"), ("d.md", 5, "good2020")]
    assert [(finding.file, *as_lines([finding])) for finding in check_duplicates(pages)] == [
        ("b.md", "4 duplicate-paper The paper 'good2020' has a page already: a.md."),
        ("d.md", "5 duplicate-paper The paper 'good2020' has a page already: a.md."),
    ]
