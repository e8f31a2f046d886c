"""The policy file: the built-in one, unusable ones and where their mistakes stand, and what a page rests on."""

from __future__ import annotations

import tomllib

import pytest

from evidence_atlas.core.policy import BUILT_IN, built_in, load_policy
from evidence_atlas.core.tomlfile import line_of

from .helpers import as_lines, edited, edited_policy, record

TEXT = BUILT_IN.read_text(encoding="utf-8")
DATA = tomllib.loads(TEXT)


def line(text, start, below=""):
    """Return the number of the first line that begins so, below the one that begins with ``below``."""
    lines = text.splitlines()
    first = next(number for number, row in enumerate(lines) if row.startswith(below)) if below else 0
    return next(number for number, row in enumerate(lines) if number >= first and row.startswith(start)) + 1


def load(folder, text):
    """Read a policy's text from a file: its findings; an unusable file must give the built-in policy."""
    file = folder / "policy.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    policy, findings = load_policy(file)
    assert {finding.file for finding in findings} <= {str(file)}
    assert policy is built_in() if findings else policy.source == str(file)
    return as_lines(findings)


def test_the_built_in_policy_is_the_file_of_the_package():
    """Without a path the file of the package is read, and each table of it is a vocabulary in the file's order."""
    policy, findings = load_policy()
    assert findings == []
    assert policy.source == str(BUILT_IN)
    for table in ("badge", "text", "phrase", "definition", "level", "design", "context", "read", "role", "joined", "topic"):
        assert list(policy.vocabulary(table)) == list(DATA[table])
    assert (policy.version, policy.title) == (DATA["version"], DATA["title"])


def test_a_copy_of_the_built_in_policy_is_the_same_policy(tmp_path):
    """A file with the built-in text gives an equal policy and no finding."""
    assert load(tmp_path, TEXT) == []
    assert load_policy(tmp_path / "policy.toml")[0] == built_in()


def test_levels_are_ordered_by_the_file():
    """The first level of the file is the strongest, and an unknown one is weaker than any."""
    assert [built_in().strength(level) for level in ("E0", "E1", "E2", "E3", "none", "E9")] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("key", DATA["definition"])
def test_a_doi_that_nobody_looked_up_is_not_in_the_policy(key):
    """A definition of which neither verdict nor DOI was checked carries no DOI, as the head of the policy file promises."""
    definition = built_in().definition[key]
    assert definition.verdict_checked or definition.doi_checked or definition.doi == ""


@pytest.mark.parametrize("key", DATA["definition"])
def test_a_checked_doi_is_there(key):
    """A definition whose DOI was checked carries one, and every DOI has the form of one."""
    definition = built_in().definition[key]
    assert definition.doi.startswith("10.") or (definition.doi == "" and not definition.doi_checked)


def test_a_file_that_is_not_toml(tmp_path):
    """A file that is not TOML gives one finding at the line of the mistake, and the built-in policy."""
    text = TEXT.replace("[definition.icc-2011]\n", "[definition.icc-2011\n")
    [found] = load(tmp_path, text)
    assert found.startswith(f"{line(text, '[definition.icc-2011')} policy The file is not TOML: ")


def test_a_file_that_is_not_utf_8(tmp_path):
    """A file in another encoding than UTF-8 gives one finding, and the built-in policy."""
    [found] = load(tmp_path, b'version = "\xff"\n')
    assert found.startswith("1 policy The policy cannot be read: 'utf-8' codec can't decode byte 0xff")


def test_a_file_that_is_not_there(tmp_path):
    """A missing file gives one finding, and the built-in policy."""
    policy, [finding] = load_policy(tmp_path / "none.toml")
    assert policy is built_in()
    assert as_lines([finding])[0].startswith("1 policy The policy cannot be read: [Errno 2] No such file or directory")


def test_an_empty_file(tmp_path):
    """An empty file gives a finding for each table and key that a policy needs."""
    assert load(tmp_path, "") == [f"1 policy {key!r} is missing." for key in (
        "version", "title", "resolution", "badge", "text", "phrase", "definition", "level", "design", "context", "read", "role",
        "joined", "topic")]  # fmt: skip


ROWS = [  # table, key, its new value, message
    ("definition.icc-2011", "pem", '"perhaps"', "'definition.icc-2011.pem': Input should be 'yes', 'equivalent', 'partial', 'no' or 'unclear'."),
    ("definition.icc-2011", "verdict-checked", '"yes"', "'definition.icc-2011.verdict-checked': Input should be a valid boolean."),
    ("definition.icc-2011", "label", "5", "'definition.icc-2011.label': Input should be a valid string."),
    ("definition.icc-2011", "note", '"x"\ncolour = "red"', "'definition.icc-2011.colour' is not part of a policy."),
    ("resolution.pem", "partial", '"perhaps"', "'resolution.pem.partial': Input should be 'required', 'not-required' or 'unclear'."),
    ("resolution.join", "any", '"xor"', "'resolution.join.any': Input should be 'or', 'and' or 'agree'."),
    ("resolution", "counting-roles", '["inclusoin"]', "The role 'inclusoin' is not in the table [role] (did you mean 'inclusion'?)."),
    ("design.rct", "highest", '"E9"', "The design 'rct' has the unknown level 'E9'."),
    ("design.rct", "highest", '"nonne"', "The design 'rct' has the unknown level 'nonne' (did you mean 'none'?)."),
    ("design.review", "without-criteria", '"required"', "'design.review.without-criteria': Input should be 'unclear' or 'not-applicable'."),
    ("text", "met-one", '"Patients had to meet {one}, {who}."', "The sentence 'met-one' has the unknown blank {who}."),
    ("text", "each", '"{} {several}."', "The sentence 'each' has the unknown blank {}."),
    ("text", "each", '"{0} {several}."', "The sentence 'each' has the unknown blank {0}."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "key", "value", "message"), ROWS, ids=[f"{row[0]}.{row[1]} = {row[2].splitlines()[0]}" for row in ROWS]
)
def test_a_row_that_cannot_be_used(table, key, value, message, tmp_path):
    """A row with a wrong key, value or reference gives one finding at the line of the key, and the built-in policy."""
    text = edited(table, key, value)
    where = line(text, "colour" if "colour" in value else f"{key} = ", f"[{table}]")
    assert load(tmp_path, text) == [f"{where} policy {message}"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("met-one", "Patients had to meet {several}."),
        ("none-named", "People were selected by {one}."),
        ("each", "{several}, each of which {phrase.name}."),
        ("each", "{several:>9999999999}, each of which {phrase}."),
        ("each", "{several}, each of which {phrase}, {."),
    ],
)
def test_a_sentence_that_cannot_be_filled_in(key, sentence, tmp_path):
    """A sentence with a blank that is another sentence's, or that cannot be read, is a finding, since filling it in fails."""
    text = edited("text", key, f'"{sentence}"')
    [found] = load(tmp_path, text)
    assert found.startswith(f"{line(text, f'{key} = ', '[text]')} policy The sentence {key!r} has ")


@pytest.mark.parametrize(("table", "key"), [("text", "each"), ("phrase", "partial")])
def test_a_missing_sentence(table, key, tmp_path):
    """A policy without a sentence or phrase that the built-in one has gives one finding at the table."""
    text = edited(table, key, '"REMOVED"').replace(f'{key} = "REMOVED"\n', "")
    assert load(tmp_path, text) == [f"{line(text, f'[{table}]')} policy The table [{table}] has no {key!r}."]


def test_a_missing_badge(tmp_path):
    """A policy without one of the badges gives one finding; no line of the file is that of all badges."""
    text = TEXT[: TEXT.index("[badge.unclear]")] + TEXT[TEXT.index("[badge.not-applicable]") :]
    assert load(tmp_path, text) == ["1 policy The table [badge] has no 'unclear'."]


@pytest.mark.parametrize(("name", "key"), [("pem", "partial"), ("join", "unknown")])
def test_a_missing_rule(name, key, tmp_path):
    """A policy without one of the rules gives one finding at the table of the rules."""
    text = edited(f"resolution.{name}", key, '"REMOVED"').replace(f'{key} = "REMOVED"\n', "")
    assert load(tmp_path, text) == [f"{line(text, f'[resolution.{name}]')} policy The rule for {key!r} is missing."]


def test_each_wrong_row_is_told(tmp_path):
    """Two wrong rows give two findings, each at its own line."""
    text = TEXT.replace('pem = "yes"', 'pem = "YES"')
    wrong = [number for number, row in enumerate(text.splitlines(), 1) if row == 'pem = "YES"']
    assert len(wrong) == [row["pem"] for row in DATA["definition"].values()].count("yes")
    assert [int(found.split()[0]) for found in load(tmp_path, text)] == wrong


PAGE = {
    "design": "cohort", "context": ["me-cfs", "healthy"], "level": "E2", "topics": ["pain"], "read": "abstract",
    "criteria": [{"id": "ccc-2003", "role": "inclusion"}, {"id": "oxford-1991", "role": "subgroup"}],
}  # fmt: skip
USED = [
    ("definition.ccc-2003", "note", '"Another note."'), ("definition.oxford-1991", "doi-checked", "false"),
    ("design.cohort", "label", '"Cohort"'), ("level.E2", "meaning", '"Another meaning."'), ("context", "healthy", '"Well"'),
    ("topic", "pain", '"Aches"'), ("read", "abstract", '"a summary"'), ("text", "each", '"{several}: {phrase}."'),
    ("phrase", "no", '"is without PEM"'), ("badge.unclear", "label", '"PEM not clear"'), ("resolution.join", "all", '"and"'),
]  # fmt: skip
UNUSED = [
    ("definition.icc-2011", "pem", '"no"'), ("design.rct", "label", '"Trial"'), ("level.E0", "meaning", '"Another meaning."'),
    ("context", "pots", '"POTS"'), ("topic", "sleep", '"Nights"'), ("read", "full-text", '"everything"'),
]  # fmt: skip


@pytest.mark.parametrize(("table", "key", "value"), USED, ids=[f"{row[0]}.{row[1]}" for row in USED])
def test_a_page_rests_on_the_rows_that_it_names(table, key, value, tmp_path):
    """The digest of a page's share of the policy changes with each row that it names and each rule for all pages."""
    uses = record(built_in(), **PAGE).uses()
    assert edited_policy(tmp_path, table, key, value).slice_digest(uses) != built_in().slice_digest(uses)


@pytest.mark.parametrize(("table", "key", "value"), UNUSED, ids=[f"{row[0]}.{row[1]}" for row in UNUSED])
def test_a_page_does_not_rest_on_other_rows(table, key, value, tmp_path):
    """The digest of a page's share of the policy stays where a row changes that it does not name, and the whole one changes."""
    policy, uses = edited_policy(tmp_path, table, key, value), record(built_in(), **PAGE).uses()
    assert policy.slice_digest(uses) == built_in().slice_digest(uses)
    assert policy.whole_digest != built_in().whole_digest


def test_an_unknown_id_counts_as_absent():
    """A page that names an id without a row has a digest of its own, so that it is checked again once the row is there."""
    digests = {built_in().slice_digest({"topic": topics}) for topics in ((), ("nothing",), ("pain",), ("sleep",))}
    assert len(digests) == 4


LAYOUTS = [
    ("a = 1\nb = 2\n", ("b",), 2),
    ("[a]\nb = 1\n[c]\nb = 2\n", ("c", "b"), 4),
    ("[a]\n\n[a.b]\nc = 1\n", ("a", "b", "c"), 4),
    ("[a]\nb.c = 1\n", ("a", "b", "c"), 2),
    ("[a]\nb = { c = 1 }\n", ("a", "b", "c"), 2),
    ('[a] # a comment\n  "b" = 1\n', ("a", "b"), 2),
    ("# a = 1\n[ a ]\n'b' = 1\n", ("a", "b"), 3),
    ('["10.1000/a.b"]\nnotices = []\n["10.1000/a.b.c"]\nnotices = []\n', ("10.1000/a.b.c",), 3),
    ('["10.1000/a.b.c"]\nnotices = []\n["10.1000/a.b"]\nnotices = []\n', ("10.1000/a.b", "notices"), 4),
    ("[ab]\nc = 1\n[a]\nc = 2\n", ("a", "c"), 4),
    ("[a]\nbc = 1\nb = 2\n", ("a", "b"), 3),
    ("x = 1\n[a]\ny = 1\n[b]\n", ("a", "z"), 2),
    ("x = 1\n", ("a", "z"), 1),
    ("", (), 1),
    ("[a]\nb = [\n  1,\n  2,\n]\nc = 3\n", ("a", "c"), 6),
    ("[a]\nb = [\n  1,\n  2,\n]\n", ("a", "b", 1), 2),
    ("[a]\r\nb = 1\r\nc = 2\r\n", ("a", "c"), 3),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), LAYOUTS, ids=range(len(LAYOUTS)))
def test_the_line_of_a_key(text, path, expected):
    """The line of a key is found in every layout of TOML: tables, dotted and quoted keys, inline tables, comments, CRLF."""
    tomllib.loads(text)
    assert line_of(text, path) == expected
