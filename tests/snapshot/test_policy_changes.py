"""Which badges a changed policy would change of an atlas whose one page uses CCC 2003."""

from __future__ import annotations

import json
import re
import shutil

import pygit2
import pytest

from conftest import BIB, page
from core.helpers import edited, run
from evidence_atlas.core.plain import LONGEST_COMMENT
from evidence_atlas.core.policy import BUILT_IN
from evidence_atlas.snapshot.policy_changes import Badge, Changed, Report, as_markdown, as_text

NAME = "evidence/alpha-2020-rest.md"
BEFORE = "PEM required: Patients had to meet CCC 2003, which requires PEM (contested wording)."


@pytest.fixture
def atlas(tmp_path):
    """Make an atlas of one page."""
    for name, text in {"docs/conf.py": "", "atlas.toml": "", "references.bib": BIB, f"docs/{NAME}": page()}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def policy(folder, name, table, key, value):
    """Write the built-in policy with one value replaced."""
    (folder / name).write_text(edited(table, key, value), encoding="utf-8")
    return name


def test_a_flip_and_a_word(atlas):
    """A badge that would have another state flips, one with another reason is reworded: exit 1; neither: exit 0."""
    policy(atlas, "no.toml", "definition.ccc-2003", "pem", '"no"')
    policy(atlas, "word.toml", "definition.ccc-2003", "label", '"Canada 2003"')
    code, output, errors = run(atlas, "policy-changes", "no.toml")
    assert (code, errors) == (1, "")
    assert output.splitlines()[1:3] == [f"flips: {NAME}", f"  - {BEFORE}"]
    assert output.splitlines()[3].startswith("  + PEM not required: Patients had to meet CCC 2003, which does not require PEM")
    assert output.endswith("1 of 1 badges would flip.\n")
    code, output, _errors = run(atlas, "policy-changes", "word.toml", "--format", "json")
    report = json.loads(output)
    assert report.keys() == {"schema", "old", "new", "counts", "badges"}
    assert (code, report["schema"], report["counts"]) == (1, 1, {"pages": 1, "flips": 0, "reworded": 1})
    shutil.copy(BUILT_IN, atlas / "same.toml")
    assert run(atlas, "policy-changes", "same.toml", "same.toml") == (0, "", "No badge would change, of 1 page.\n")


OTHER = "evidence/beta-2020-both.md"
FUKUDA = "Patients had to meet Fukuda 1994 (CDC), which"


@pytest.fixture
def two(atlas):
    """Add a page to the atlas that uses Fukuda 1994, and pages that are not evidence."""
    text = page("gamma2021cohort", criteria="[{id: fukuda-1994, role: inclusion}]")
    for name, words in {OTHER: text, "evidence/index.md": "# Papers\n", "other.md": text}.items():
        (atlas / "docs" / name).write_text(words, encoding="utf-8")
    both = edited("definition.ccc-2003", "label", '"Kanada für 2003"').replace('version = "0.1"', 'version = "0.2"')
    (atlas / "both.toml").write_text(edited("definition.fukuda-1994", "pem", '"yes"', both), encoding="utf-8")
    return atlas


def test_every_word_of_a_report(two):
    """In each form: the versions, each page with both badges, those that flip first, and the counts."""
    flip = [f"- PEM not required: {FUKUDA} does not require PEM.", f"+ PEM required: {FUKUDA} requires PEM."]
    reworded = [f"- {BEFORE}", f"+ {BEFORE.replace('CCC 2003', 'Kanada für 2003')}"]
    said = "1 of 2 badges would flip, 1 would say the same in other words."
    assert run(two, "policy-changes", "both.toml")[1].splitlines() == [
        "policy 0.1 → 0.2",
        *(f"flips: {OTHER}", f"  {flip[0]}", f"  {flip[1]}"),
        *(f"reworded: {NAME}", f"  {reworded[0]}", f"  {reworded[1]}"),
        said,
    ]
    assert run(two, "policy-changes", "both.toml", "--format", "markdown")[1].splitlines() == [
        *("### What the policy changes", "", f"`policy 0.1 → 0.2`: {said}", ""),
        *(f"**flips**: `{OTHER}`", "", "```diff", *flip, "```", ""),
        *(f"**reworded**: `{NAME}`", "", "```diff", *reworded, "```"),
    ]
    output = run(two, "policy-changes", "both.toml", "--format", "json")[1]
    assert "für" in output

    def badge(line, state):
        label, reason = line[2:].split(": ", 1)
        return {"state": state, "label": label, "reason": reason}

    assert json.loads(output) == {
        "schema": 1,
        "old": "0.1",
        "new": "0.2",
        "counts": {"pages": 2, "flips": 1, "reworded": 1},
        "badges": [
            {"page": OTHER, "before": badge(flip[0], "not-required"), "after": badge(flip[1], "required"), "flips": True},
            {"page": NAME, "before": badge(reworded[0], "required"), "after": badge(reworded[1], "required"), "flips": False},
        ],
    }


def test_a_report_has_an_end():
    """Of very many badges a comment shows what fits, and says how many are left out; the text has all."""
    badges = [Badge(state, state, "Words. " * 60) for state in ("required", "unclear")]
    report = Report("0.1", "0.2", 400, tuple(Changed(f"evidence/page-{number}.md", *badges) for number in range(400)))
    comment = as_markdown(report)
    assert LONGEST_COMMENT - 2000 < len(comment) <= LONGEST_COMMENT + 100
    left = int(re.search(r"\n(\d+) more; `atlas policy-changes` shows them all\.\n$", comment)[1])
    assert left + comment.count("```diff") == 400
    assert as_text(report).count("flips: ") == 400


def test_two_files_are_compared_with_each_other(atlas):
    """Of two files the first is the old policy, whatever policy is in force: what it says is what a badge says now."""
    policy(atlas, "no.toml", "definition.ccc-2003", "pem", '"no"')
    shutil.copy(BUILT_IN, atlas / "same.toml")
    code, output, errors = run(atlas, "policy-changes", "no.toml", "same.toml")
    assert (code, errors) == (1, "")
    assert output.splitlines()[2].startswith("  - PEM not required: Patients had to meet CCC 2003, which does not require PEM")
    assert output.splitlines()[3].startswith(f"  + {BEFORE}")
    policy(atlas, "word.toml", "definition.ccc-2003", "label", '"Canada 2003"')
    assert "Canada 2003" in run(atlas, "policy-changes", "no.toml", "word.toml")[1].splitlines()[3]


def test_a_page_that_would_lose_its_badge(atlas):
    """A definition that is no longer in the policy takes the badge away from the pages that use it."""
    text = BUILT_IN.read_text(encoding="utf-8")
    (atlas / "gone.toml").write_text(text.replace("[definition.ccc-2003]", "[definition.ccc-2004]"), encoding="utf-8")
    code, output, _errors = run(atlas, "policy-changes", "gone.toml", "--format", "markdown")
    assert code == 1
    assert f"**flips**: `{NAME}`" in output
    assert f"- {BEFORE}\n+ no badge: criteria.0.id: the policy has no 'ccc-2003'" in output


def test_since_a_commit(atlas):
    """Without a file, the policy in force is compared with what it was in a commit, built-in where there was no file."""
    git = pygit2.init_repository(str(atlas))
    someone = pygit2.Signature("A", "a@example.org", 1_790_000_000, 0)

    def commit():
        git.index.add_all()
        parents = [] if git.head_is_unborn else [git.head.target]
        git.create_commit("HEAD", someone, someone, "Work", git.index.write_tree(), parents)

    commit()
    policy(atlas, "policy.toml", "definition.ccc-2003", "pem", '"no"')
    assert run(atlas, "policy-changes")[0] == 1
    commit()
    assert run(atlas, "policy-changes") == (0, "", "No badge would change, of 1 page.\n")
    assert "flips" in run(atlas, "policy-changes", "--since", "HEAD~1")[1]
    code, output, errors = run(atlas, "policy-changes", "--since", "nope")
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert "the commit 'nope' cannot be read" in errors
    (atlas / "policy.toml").write_text("= 1", encoding="utf-8")
    commit()
    git.branches.local.create("new/rules", git.revparse_single("HEAD"))
    shutil.copy(BUILT_IN, atlas / "policy.toml")
    assert "/policy@new-rules.toml:1: The file is not TOML" in run(atlas, "policy-changes", "--since", "new/rules")[2]
    (atlas / "policy.toml").unlink()
    assert run(atlas, "policy-changes") == (
        2,
        "",
        f"atlas: {BUILT_IN} is not in the repository {atlas}: name two policy files\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.toml"], "nowhere.toml:1: The policy cannot be read"),
        (["wrong.toml"], "wrong.toml:1: The file is not TOML"),
        (["a", "b", "c"], "at most 2 policy files are compared"),
        ([], "name two policy files"),
    ],
)
def test_what_cannot_be_compared(atlas, arguments, message):
    """A file that is not there or no policy, too many files, no repository: exit 2 and one line."""
    (atlas / "wrong.toml").write_text("= 1", encoding="utf-8")
    code, output, errors = run(atlas, "policy-changes", *arguments)
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert message in errors
