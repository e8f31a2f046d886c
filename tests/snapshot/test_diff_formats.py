"""What a difference says, in each form, to the last word: programs read the JSON, and people decide by the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evidence_atlas.snapshot.changes_page import changes_page
from evidence_atlas.snapshot.diff import BadgeChange, Difference, FieldChange, PageChange, TextChange, compare
from evidence_atlas.snapshot.diff_formats import as_json, as_markdown, as_text, in_words
from evidence_atlas.snapshot.readings import Versions
from evidence_atlas.snapshot.version_links import CONTENT_BLANK, VERSION_BLANK

from .versions import ALPHA, DELTA, GAMMA, record, versions

RENAMED, NEW = "evidence/alpha-2020-sleep", "evidence/new-2026-x"
NOTICE = {"kind": "retraction", "date": "2026-11-02", "issuer": "Journal", "reason": "It was made up.", "doi": "10.5555/n.1"}
OLD, MADE = Versions("2026.10", "0.1", "2026-10-01"), Versions("2026.11", "0.2", "2026-10-01")


@pytest.fixture
def difference(tmp_path: Path) -> Difference:
    """Return two versions compared: one page changed in every way, one was retracted, one is gone, one is new."""
    changed = record(
        "2026.11",
        "0.2",
        title="Müde",
        text="Müde\n\nTwelve people took part.\n\nRest did not help.\nNobody was paid.",
        pem={"state": "unclear", "reason": "Nobody said.", "policy": "0.2"},
        badge="PEM unclear",
        record__criteria=[{"id": "ccc-2003", "role": "subgroup"}],
        record__participants={"cases": 14},
        record__blinded=True,
        reference__doi="10.5555/alpha.1",
    )
    old = {ALPHA: record(), GAMMA: record(record__paper="gamma"), DELTA: record(record__paper="delta")}
    new = {
        RENAMED: changed,
        GAMMA: record("2026.11", "0.2", record__paper="gamma", notices=[NOTICE]),
        NEW: record("2026.11", "0.2", record__paper="new"),
    }
    return compare(*versions(tmp_path, old, new))


COUNTS = "2 changed, 1 added, 1 removed, 1 newly retracted, 0 unchanged."
# what happened to the two pages, as lines begun by what was, what is, or a space
CHANGED = """\
  renamed: it was evidence/alpha-2020-rest
  badge (data or policy):
- PEM required: CCC 2003 requires PEM.
+ PEM unclear: Nobody said.
  title (text):
- Rest
+ Müde
  record.criteria (data):
- id: ccc-2003, role: inclusion
+ id: ccc-2003, role: subgroup
  record.participants.cases (data):
- 12
+ 14
  record.blinded (data):
- nothing
+ yes
  reference.doi (data):
- nothing
+ 10.5555/alpha.1
  text:
- Nobody was harmed.
+ Nobody was paid.
  moved: Twelve people took part.
"""
RETRACTED = """\
+ newly retracted: retraction, 2026-11-02, Journal, It was made up., doi:10.5555/n.1
  notices (data):
- nothing
+ kind: retraction, date: 2026-11-02, issuer: Journal, reason: It was made up., doi: 10.5555/n.1
"""


def indented(lines: str) -> str:
    return "".join(f"  {line}\n" for line in lines.splitlines())


def test_text(difference: Difference):
    """Each page with its details, in the order of the pages."""
    assert as_text(difference) == (
        "2026.10 (2026-10-01, policy 0.1) → 2026.11 (2026-10-01, policy 0.2)\n"
        f"changed: evidence/alpha-2020-sleep: Müde (text, data, policy)\n{indented(CHANGED)}"
        "removed: evidence/delta-2019-review: Rest\n"
        f"changed: evidence/gamma-2021-cohort: Rest (data)\n{indented(RETRACTED)}"
        f"added: evidence/new-2026-x: Rest\n{COUNTS}\n"
    )


def test_markdown(difference: Difference):
    """The same for a comment, what was retracted first."""
    assert as_markdown(difference) == (
        "### What changes on the pages\n\n"
        f"`2026.10 (2026-10-01, policy 0.1)` → `2026.11 (2026-10-01, policy 0.2)`: {COUNTS}\n"
        f"\n**newly retracted** (data): `evidence/gamma-2021-cohort` `Rest`\n\n```diff\n{RETRACTED}```\n"
        f"\n**changed** (text, data, policy): `evidence/alpha-2020-sleep` `Müde`\n\n```diff\n{CHANGED}```\n"
        "\n**removed**: `evidence/delta-2019-review` `Rest`\n"
        "\n**added**: `evidence/new-2026-x` `Rest`\n"
    )


def row(docname: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a page as the JSON has it."""
    empty = {"withdrawn": None, "badge": None, "fields": [], "text": [], "moved": [], "causes": [], "former": ""}
    return {"docname": docname, "title": "Rest", "kind": kind} | empty | more


def changed_field(name: str, before: object, after: object, cause: str = "data") -> dict[str, object]:
    return {"name": name, "before": before, "after": after, "cause": cause}


def test_json(difference: Difference):
    """All of it for programs, in letters as they are written."""
    said = as_json(difference)
    assert "Müde" in said
    assert json.loads(said) == {
        "schema": 1,
        "old": {"atlas": "2026.10", "policy": "0.1", "date": "2026-10-01"},
        "new": {"atlas": "2026.11", "policy": "0.2", "date": "2026-10-01"},
        "counts": {"changed": 2, "added": 1, "removed": 1, "withdrawn": 1, "unchanged": 0},
        "pages": [
            row(
                RENAMED,
                "changed",
                title="Müde",
                badge={
                    "before": ["PEM required", "CCC 2003 requires PEM."],
                    "after": ["PEM unclear", "Nobody said."],
                    "flips": True,
                    "causes": ["data", "policy"],
                },
                fields=[
                    changed_field("title", "Rest", "Müde", "text"),
                    changed_field(
                        "record.criteria", [{"id": "ccc-2003", "role": "inclusion"}], [{"id": "ccc-2003", "role": "subgroup"}]
                    ),
                    changed_field("record.participants.cases", 12, 14),
                    changed_field("record.blinded", None, True),
                    changed_field("reference.doi", None, "10.5555/alpha.1"),
                ],
                text=[{"before": ["Nobody was harmed."], "after": ["Nobody was paid."]}],
                moved=["Twelve people took part."],
                causes=["text", "data", "policy"],
                former=ALPHA,
            ),
            row(DELTA, "removed"),
            row(GAMMA, "changed", withdrawn=NOTICE, fields=[changed_field("notices", [], [NOTICE])], causes=["data"]),
            row(NEW, "added"),
        ],
    }


def words_of(html: str) -> str:
    """Return what a page says, with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_page(difference: Difference):
    """The page for readers names fields in words, and leads to each page as it is and as it was."""
    html = changes_page(f"{VERSION_BLANK}: {CONTENT_BLANK}", difference)
    assert words_of(html) == (
        "2026.10: What changed since version 2026.10 "
        "Version 2026.10 of 2026-10-01 is compared here with version 2026.11 of 2026-10-01, the newest. "
        f"Pages: {COUNTS} "
        "The policy, by which badges are given, changed from v0.1 to v0.2. "
        "Every page of version 2026.10, kept as it was "
        "Newly retracted Retracted. Rest "
        "Changed pages Müde "
        "Changed: the text, the data of the paper or of the page, the rules of the badge. The page as it was in 2026.10 . "
        "Address Before: evidence/alpha-2020-rest Now: evidence/alpha-2020-sleep "
        "Badge (the data changed or the rules changed) "
        "Before: PEM required: CCC 2003 requires PEM. Now: PEM unclear: Nobody said. "
        "Title Before: Rest Now: Müde "
        "Case definitions Before: id: ccc-2003, role: inclusion Now: id: ccc-2003, role: subgroup "
        "Participants, cases Before: 12 Now: 14 "
        "Blinded Before: nothing Now: yes "
        "Paper: DOI Before: nothing Now: 10.5555/alpha.1 "
        "Text Before: Nobody was harmed. Now: Nobody was paid. "
        "Moved within the text Twelve people took part. "
        "Rest Changed: the data of the paper or of the page. The page as it was in 2026.10 . "
        "Notices Before: nothing "
        "Now: kind: retraction, date: 2026-11-02, issuer: Journal, reason: It was made up., doi: 10.5555/n.1 "
        "New pages Rest "
        "Pages that are no longer there Rest: The page as it was in 2026.10"
    )
    assert re.findall(r'(?:href|id)="([^"]+)"', html) == [
        "../../../v/2026.10/",
        "#gamma-2021-cohort",
        "alpha-2020-rest",
        f"../../../{RENAMED}/",
        f"../../../v/2026.10/{ALPHA}/",
        "gamma-2021-cohort",
        f"../../../{GAMMA}/",
        f"../../../v/2026.10/{GAMMA}/",
        "new-2026-x",
        f"../../../{NEW}/",
        "delta-2019-review",
        f"../../../v/2026.10/{DELTA}/",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fields": (FieldChange("record.level", "E2", "E3", "data"),)}, "Level Before: E2 Now: E3"),
        ({"fields": (FieldChange("record.follow-up.longest-time", 1, 0, "data"),)}, "Follow up, longest time Before: 1 Now: 0"),
        ({"fields": (FieldChange("harms", None, "None.", "data"),)}, "Harms Before: nothing Now: None."),
        ({"fields": (FieldChange("reference.page-range", "", "1-2", "data"),)}, "Paper: page range Before: Now: 1-2"),
        ({"fields": (FieldChange("text", "", "", "text"),)}, "Text Line breaks alone."),
        ({"text": (TextChange((), ("It came.", "It stayed.")),)}, "Text Added: It came. It stayed."),
        ({"text": (TextChange(("It went.", "It was."), ()),)}, "Text Removed: It went. It was."),
        *(
            ({"badge": BadgeChange(("A", "b."), ("A", "c."), flips=False, causes=causes)}, f"Badge ({words}) Before: A: b. Now: A: c.")
            for causes, words in ((("data",), "the data changed"), (("policy",), "the rules changed"))
        ),
    ],
)  # fmt: skip
def test_a_part_of_the_page(change: dict[str, Any], said: str):
    """What may happen to a page is said in words, also of a field that has no name of its own."""
    html = changes_page(CONTENT_BLANK, Difference(OLD, MADE, (PageChange(ALPHA, "Rest", "changed", **change),), ()))
    assert words_of(html).endswith(f"Changed pages Rest The page as it was in 2026.10 . {said}")


def test_the_page_of_versions_without_a_day():
    """Where no day is known, none is named; where nothing changed, pages are listed as the same."""
    old, new = Versions("2026.10", "0.1"), Versions("2026.11", "0.1")
    html = changes_page(CONTENT_BLANK, Difference(old, new, (), ((ALPHA, "Rest"), (GAMMA, "Sleep"))))
    assert words_of(html) == (
        "What changed since version 2026.10 Version 2026.10 is compared here with version 2026.11, the newest. "
        "Pages: No page changed, of 2 pages. Every page of version 2026.10, kept as it was Pages that say the same Rest Sleep"
    )
    newest = changes_page(CONTENT_BLANK, Difference(new, new, (), ((ALPHA, "Rest"),)))
    assert "Version 2026.11 is the newest. Nothing has changed since." in words_of(newest)
    change = (PageChange(ALPHA, "Rest", "added"),)
    assert as_text(Difference(old, new, change, ())).startswith("2026.10 (policy 0.1) → 2026.11 (policy 0.1)\n")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ([], "nothing"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("", ""),
        ("two\nlines", "two lines"),
        (["a", True, None], "a; yes; nothing"),
        ({"a": [1, 2], "b": {"c": False}}, "a: 1; 2, b: c: no"),
    ],
)
def test_values_in_words(value: object, words: str):
    """A value of a record becomes words on one line."""
    assert in_words(value) == words
