"""What ``atlas diff`` says of two versions, and why."""

from __future__ import annotations

import json
import re

import pytest

from core.helpers import run
from evidence_atlas.core.plain import LONGEST_COMMENT
from evidence_atlas.snapshot.changes_page import changes_page
from evidence_atlas.snapshot.diff import compare, compare_text
from evidence_atlas.snapshot.diff_formats import as_json, as_markdown, as_text
from evidence_atlas.snapshot.version_links import CONTENT_BLANK

from .versions import ALPHA, GAMMA, TEXT, record, versions, write

RETRACTION = {"kind": "retraction", "date": "2026-11-02", "reason": "It was made up."}


def changed(tmp_path, policy="0.1", **changes):
    """Compare a page with itself after changes."""
    old, new = versions(tmp_path, {ALPHA: record()}, {ALPHA: record("2026.11", policy, **changes)})
    (change,) = compare(old, new).changes
    return change


def test_the_same_content_is_no_difference(tmp_path):
    """Another version of atlas and policy, with the same content, differs in nothing."""
    old, new = versions(tmp_path, {ALPHA: record()}, {ALPHA: record("2026.11", "0.2")})
    difference = compare(old, new)
    assert (difference.changes, difference.unchanged) == ((), ((ALPHA, "Rest"),))
    assert as_text(difference) == ""


@pytest.mark.parametrize(
    ("changes", "name", "before", "after", "cause"),
    [
        ({"record__level": "E3"}, "record.level", "E2", "E3", "data"),
        ({"record__participants": {"cases": 14}}, "record.participants.cases", 12, 14, "data"),
        ({"record__harms": "None."}, "record.harms", None, "None.", "data"),
        ({"record__topics": ["pain", "immunology"]}, "record.topics", ["sleep"], ["immunology"], "data"),
        ({"record__topics": ["sleep", "pain"]}, "record.topics", ["pain", "sleep"], ["sleep", "pain"], "data"),
        ({"reference__title": "Rest?"}, "reference.title", "Does rest help?", "Rest?", "data"),
        ({"title": "Sleep", "text": TEXT.replace("Rest\n", "Sleep\n")}, "title", "Rest", "Sleep", "text"),
        ({"text": TEXT.replace("help.\nTwelve", "help. Twelve")}, "text", "", "", "text"),
    ],
)
def test_a_field_is_named_with_what_it_belongs_to(tmp_path, changes, name, before, after, cause):
    """A changed value is named by its place, a list by what only one version has; and nothing else is."""
    change = changed(tmp_path, **changes)
    assert [(f.name, f.before, f.after, f.cause) for f in change.fields] == [(name, before, after, cause)]
    assert (change.causes, change.text, change.badge) == ((cause,), (), None)


def test_line_breaks_alone_are_said_to_be_so(tmp_path):
    """Where a text has other line breaks and the same words, readers are told that, and shown no words that changed."""
    old, new = versions(
        tmp_path, {ALPHA: record()}, {ALPHA: record("2026.11", text=TEXT.replace("help.\nTwelve", "help. Twelve"))}
    )
    lines = [line.strip() for line in as_text(compare(old, new)).splitlines()]
    assert "text: line breaks alone" in lines
    assert not [line for line in lines if line.startswith(("+", "- ")) or line in {"text:", "text (text):"}]


def test_sentences(tmp_path):
    """Of a text, the sentences that were changed, added and removed are told, those around them not."""
    change = changed(tmp_path, text="Rest\n\nRest did help.\nTwelve people took part. Nobody paid.\n\n")
    assert [(part.before, part.after) for part in change.text] == [
        (("Rest did not help.",), ("Rest did help.",)),
        (("Nobody was harmed.",), ("Nobody paid.",)),
    ]
    assert change.causes == ("text",)


def test_a_moved_sentence_is_no_new_statement():
    """A sentence that stands elsewhere moved; one that stands there twice now was added once."""
    assert compare_text("One. Two. Three.", "Three. One. Two.") == ((), ("Three.",))
    parts, moved = compare_text("One. Two.", "Two. One. Two.")
    assert (sum((part.after for part in parts), ()), moved) == (("Two.",), ())


@pytest.mark.parametrize(
    ("old", "new", "parts", "moved"),
    [
        ("It was. Then?", "It was. Then?", [], ()),
        ("It\nwas.\n\n\nThen?", "It was. Then?", [], ()),
        ("No point\n\nbetween", "No point between", [(("No point", "between"), ("No point between",))], ()),
        ("Did it? It did! It was.", "Did it? It was.", [(("It did!",), ())], ()),
        ("一。二！三？", "一。四！三？", [(("二！",), ("四！",))], ()),
        ("", "One.", [((), ("One.",))], ()),
        ("A. A. B.", "B. A.", [(("A.",), ())], ("B.",)),
    ],
)
def test_what_is_a_sentence(old, new, parts, moved):
    """Points, question and exclamation marks end a sentence, also in Chinese and Japanese, and so does a paragraph."""
    changes, elsewhere = compare_text(old, new)
    assert [(part.before, part.after) for part in changes] == parts
    assert elsewhere == moved


def test_a_long_text_in_which_words_recur():
    """In a text of hundreds of sentences, one that often recurs is compared as any other."""
    often = [f"{'Often' if number % 3 else f'Sentence {number}'}." for number in range(600)]
    changes, moved = compare_text(" ".join(often), " ".join([*often[:300], "New.", *often[300:]]))
    assert [(part.before, part.after) for part in changes] == [((), ("New.",))]
    assert moved == ()


REQUIRED, UNCLEAR = ({"state": state, "reason": state, "policy": "0.1"} for state in ("required", "unclear"))
OTHER_ROLE = [{"id": "ccc-2003", "role": "subgroup"}]
OTHER_QUOTE = [{"id": "ccc-2003", "role": "inclusion", "quote": "words", "locator": "page 1"}]


@pytest.mark.parametrize(
    ("criteria", "policy", "causes"),
    [
        (None, "0.2", ("policy",)),
        (None, "0.1", ("policy",)),
        (OTHER_QUOTE, "0.2", ("policy",)),
        (OTHER_ROLE, "0.1", ("data",)),
        (OTHER_ROLE, "0.2", ("data", "policy")),
    ],
)
def test_what_flipped_a_badge(tmp_path, criteria, policy, causes):
    """A badge flips by the policy where all that it rests on is the same, by data under one policy, else by either."""
    more = {"record__criteria": criteria} if criteria else {}
    change = changed(tmp_path, policy, pem=UNCLEAR, badge="PEM unclear", **more)
    assert change.badge.causes == causes
    assert change.badge.flips
    assert (change.badge.before[0], change.badge.after) == ("PEM required", ("PEM unclear", "unclear"))


def test_another_reason_is_no_flip(tmp_path):
    """A badge whose reason alone is worded anew did not flip."""
    assert not changed(tmp_path, pem=REQUIRED).badge.flips


def test_newly_retracted(tmp_path):
    """A paper is newly retracted once: where the old version had no such notice; a correction is none."""
    old = {ALPHA: record(), GAMMA: record(notices=[RETRACTION])}
    new = {ALPHA: record("2026.11", notices=[RETRACTION]), GAMMA: record("2026.11", notices=[RETRACTION], text="Other.")}
    difference = compare(*versions(tmp_path, old, new))
    assert [change.docname for change in difference.withdrawn] == [ALPHA]
    assert changed(tmp_path / "b", notices=[{"kind": "correction"}]).withdrawn is None


def test_readers_of_an_old_version_learn_first_what_was_retracted(tmp_path):
    """The page of what changed begins with the papers that are newly retracted, each with a link to its part of the page."""
    old, new = versions(tmp_path, {ALPHA: record()}, {ALPHA: record("2026.11", notices=[RETRACTION])})
    html = changes_page(CONTENT_BLANK, compare(old, new))
    first = html.index('class="atlas-mark-withdrawn"')
    assert html.index('<a href="#alpha-2020-rest">Rest</a>') > first
    assert html.index('id="alpha-2020-rest"') > first
    assert "atlas-mark-withdrawn" not in changes_page(CONTENT_BLANK, compare(new, new))


def test_added_removed_renamed(tmp_path):
    """A page is known by its address, or by its paper where the address is gone."""
    old = {ALPHA: record(), GAMMA: record(record__paper="gamma")}
    new = {"evidence/alpha-2020-sleep": record("2026.11"), "evidence/new-2026-x": record("2026.11", record__paper="new")}
    found = [(c.docname, c.kind, c.former) for c in compare(*versions(tmp_path, old, new)).changes]
    assert found == [
        ("evidence/alpha-2020-sleep", "changed", ALPHA),
        (GAMMA, "removed", ""),
        ("evidence/new-2026-x", "added", ""),
    ]


# ---------------------------------------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------------------------------------


def two(tmp_path):
    """Write two versions that differ in every way."""
    write(tmp_path / "old", {ALPHA: record(), GAMMA: record(record__paper="gamma")})
    write(
        tmp_path / "new",
        {ALPHA: record("2026.11", notices=[RETRACTION], record__level="E3"), "evidence/new-2026-x": record("2026.11", record__paper="new")},
    )  # fmt: skip


def test_the_command_in_text_and_json(tmp_path):
    """Differences: exit 1, each page with its details, and the counts; none: exit 0 and nothing on the output."""
    two(tmp_path)
    code, output, errors = run(tmp_path, "diff", "old", "new")
    assert (code, errors) == (1, "")
    assert output == (
        "2026.10 (2026-10-01, policy 0.1) → 2026.11 (2026-10-01, policy 0.1)\n"
        "changed: evidence/alpha-2020-rest: Rest (data)\n"
        "  + newly retracted: retraction, 2026-11-02, It was made up.\n"
        "    record.level (data):\n  - E2\n  + E3\n"
        "    notices (data):\n  - nothing\n  + kind: retraction, date: 2026-11-02, reason: It was made up.\n"
        "removed: evidence/gamma-2021-cohort: Rest\n"
        "added: evidence/new-2026-x: Rest\n"
        "1 changed, 1 added, 1 removed, 1 newly retracted, 0 unchanged.\n"
    )
    code, output, _errors = run(tmp_path, "diff", "old", "new", "--format", "json")
    report = json.loads(output)
    assert report.keys() == {"schema", "old", "new", "counts", "pages"}
    assert (code, report["schema"], report["counts"]["withdrawn"]) == (1, 1, 1)
    assert run(tmp_path, "diff", "old", "old") == (0, "", "No page changed, of 2 pages.\n")


def spoil(tmp_path, old, new):
    """Replace a part of the first record of the new version."""
    path = tmp_path / "new" / ALPHA / "record.json"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"schema": 1', '"schema": 9', "has schema 9; this program reads schema 1"),
        ('"schema": 1', '"scheme": 1', "is not the record of a page"),
        ('"text": "', '"text": "\n', "is no JSON, or was cut off"),
        ('"state": "required"', '"state": "perhaps"', "is not the record of a page: pem.state"),
        ('"criteria": [', '"criteria": ["x", ', "is not the record of a page: record"),
        ('"atlas": "2026.11"', '"atlas": "2026.12"', "is of version 2026.1"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, old, new, message):
    """A record of another schema, cut off, malformed or of another version: exit 2 and one line that names it."""
    two(tmp_path)
    spoil(tmp_path, old, new)
    code, output, errors = run(tmp_path, "diff", "old", "new")
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert message in errors


def test_a_folder_without_pages(tmp_path):
    """A folder that is not there, or holds no page: exit 2 and what was looked for."""
    two(tmp_path)
    assert run(tmp_path, "diff", "old", "nowhere") == (2, "", "atlas: nowhere is no folder\n")
    assert "no record.json was found" in run(tmp_path, "diff", "old", "new/evidence")[2]


HOSTILE = "See @someone, <img src=x>, ``` and ![x](https://evil.example.org/x) \x1b[31m\u202e `."


def test_a_comment_shows_and_does_nothing(tmp_path):
    """In Markdown all that comes from pages stands in code: no mention, picture, link or escape gets out of it."""
    old, new = versions(
        tmp_path,
        {ALPHA: record()},
        {ALPHA: record("2026.11 @x", f"{HOSTILE}", title=HOSTILE, text=HOSTILE, record__level=HOSTILE)},
    )
    comment = as_markdown(compare(old, new))
    outside = re.sub(r"^(`{3,})diff\n.*?\n\1$", "", comment, flags=re.MULTILINE | re.DOTALL)
    outside = re.sub(r"`[^`\n]*`", "", outside)
    assert not re.search(r"[@<!\x1b\u202e]|https?:", outside), outside
    assert "@someone" in comment
    assert "\x1b" not in as_text(compare(old, new))


def test_a_comment_has_an_end(tmp_path):
    """Of very many changes a comment shows what fits, retractions first, and says how many are left out."""
    names = [f"evidence/page-2020-{number}" for number in range(400)]
    new = {name: record("2026.11", text=f"Rest\n\n{number}. {'Word ' * 60}") for number, name in enumerate(names)}
    new[names[-1]] = record("2026.11", notices=[RETRACTION])
    difference = compare(*versions(tmp_path, {name: record() for name in names}, new))
    comment = as_markdown(difference)
    assert len(comment) <= LONGEST_COMMENT + 200
    assert comment.index("newly retracted**") < comment.index("**changed**")
    left = int(re.search(r"(\d+) more pages", comment)[1])
    assert left + comment.count("```diff") == 400
    assert len(json.loads(as_json(difference))["pages"]) == 400
