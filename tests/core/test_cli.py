"""The command ``atlas``, run as its users run it: as a program, on an atlas made by ``atlas init``."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from evidence_atlas.core.findings import Code, Finding, as_github, as_sarif

from .helpers import PAGE, ROOT, edit, run

COPY = Path("docs/evidence/fluge-2019-second-page.md")


def spoil(atlas):
    """Put two findings into the page."""
    edit(atlas, "  level: none", "  level: nothing")
    edit(atlas, "```{cite-block}\n```\n", "")


LEVEL = "'level' cannot be 'nothing'; expected one of E0, E1, E2, E3, none."
BLOCK = "The page has no 'cite-block'; every evidence page has one."
ROWS = [{"file": str(PAGE), "line": 8, "code": "atlas.unknown-value", "severity": "warning", "message": LEVEL},
        {"file": str(PAGE), "line": 16, "code": "atlas.missing-directive", "severity": "warning", "message": BLOCK}]  # fmt: skip


def test_a_new_atlas_is_clean(atlas):
    """The atlas that init makes has no finding: exit 0, nothing on the output, the number of pages on the errors."""
    assert run(atlas, "check") == (0, "", "5 pages checked, no findings.\n")
    assert run(atlas, "check", PAGE) == (0, "", "1 page checked, no findings.\n")
    assert run(atlas, "check", "--format", "json") == (0, "[]\n", "")
    assert run(atlas, "check", "--format", "github") == (0, "", "")


def test_findings_as_text(atlas):
    """Findings are lines of file, line, message and kind: exit 1, and their number on the errors."""
    spoil(atlas)
    text = f"{PAGE}:8: {LEVEL} [atlas.unknown-value]\n{PAGE}:16: {BLOCK} [atlas.missing-directive]\n"
    assert run(atlas, "check") == (1, text, "5 pages checked, 2 findings.\n")


def test_findings_as_json(atlas):
    """Findings as JSON are an array of objects with file, line, code, severity and message."""
    spoil(atlas)
    code, output, errors = run(atlas, "check", "--format", "json")
    assert (code, json.loads(output), errors) == (1, ROWS, "")


def test_findings_as_sarif(atlas):
    """Findings as SARIF 2.1.0 are results of one run, each with a rule that the run describes, a text and a place."""
    spoil(atlas)
    code, output, errors = run(atlas, "check", "--format", "sarif")
    log = json.loads(output)
    assert (code, errors, sorted(log), log["version"], len(log["runs"])) == (1, "", ["$schema", "runs", "version"], "2.1.0", 1)
    driver, results = log["runs"][0]["tool"]["driver"], log["runs"][0]["results"]
    assert driver["name"] == "evidence-atlas"
    assert [rule["id"] for rule in driver["rules"]] == [f"atlas.{code.slug}" for code in Code]
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in driver["rules"])
    assert results == [
        {
            "ruleId": row["code"],
            "level": "warning",
            "message": {"text": row["message"]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": row["file"]}, "region": {"startLine": row["line"]}}}],
        }
        for row in ROWS
    ]


def test_addresses_in_sarif():
    """A file's name is in SARIF an address: spaces, per cent signs and the like are encoded, as its standard demands."""
    log = json.loads(as_sarif([Finding("docs/a b%#é.md", 1, Code.TITLE, "x")]))
    [result] = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "docs/a%20b%25%23%C3%A9.md"


def test_findings_as_annotations_of_github(atlas):
    """Findings as commands of a GitHub workflow are lines with file, line, kind and message."""
    spoil(atlas)
    expected = "".join(f"::warning file={row['file']},line={row['line']},title={row['code']}::{row['message']}\n" for row in ROWS)
    assert run(atlas, "check", "--format", "github") == (1, expected, "")


def test_escapes_in_annotations_of_github():
    """Per cent signs and line ends are escaped in annotations, and in their properties colons and commas too."""
    finding = Finding("a,b:c%\n.md", 3, Code.TITLE, "50%, so: one\r\n::error::two")
    assert (
        as_github([finding]) == "::warning file=a%2Cb%3Ac%25%0A.md,line=3,title=atlas.title::50%25, so: one%0D%0A::error::two\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nothing.md"], "atlas: nothing.md is not there\n"),
        (["check", PAGE, "nothing.md"], "atlas: nothing.md is not there\n"),
        (["init", "."], "atlas: . is not an empty folder; nothing was made\n"),
        (["init", "atlas.toml"], "atlas: atlas.toml is not an empty folder; nothing was made\n"),
    ],
)
def test_a_command_that_cannot_be_carried_out(arguments, message, atlas):
    """A file that is not there, and a folder that is not empty, end in exit 2 with one line on the errors."""
    before = sorted(atlas.rglob("*"))
    assert run(atlas, *arguments) == (2, "", message)
    assert sorted(atlas.rglob("*")) == before


@pytest.mark.parametrize("command", ["check", "schema"])
def test_no_atlas(command, tmp_path):
    """Where there is no atlas the command ends in exit 2 and says where it looked."""
    message = f"atlas: no atlas at or above {tmp_path.resolve()}: no conf.py was found there, nor in a folder docs\n"
    assert run(tmp_path, command) == (2, "", message)


@pytest.mark.parametrize("arguments", [[], ["chekc"], ["check", "--format", "xml"], ["init"]])
def test_a_wrong_use(arguments, tmp_path):
    """A wrong command, option or number of arguments ends in exit 2 with the usage."""
    code, output, errors = run(tmp_path, *arguments)
    assert (code, output, errors.startswith("usage: atlas"), "atlas: error: " in errors or "atlas check: error: " in errors or
            "atlas init: error: " in errors) == (2, "", True, True)  # fmt: skip


def test_init_fills_an_empty_folder(tmp_path, made):
    """init fills a folder that is there and empty with the same files as a new one."""
    assert run(tmp_path, "init", ".")[0] == 0
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {
        path.relative_to(made): path.read_bytes() for path in made.rglob("*") if path.is_file()
    }


def test_only_the_named_files_are_told(atlas):
    """With files only their findings are told; with a folder those of its pages."""
    spoil(atlas)
    (atlas / "docs/index.md").write_text("# Start\n\n<b>bold</b>\n", encoding="utf-8")
    (atlas / "atlas.toml").write_text('guard = ["**"]\n', encoding="utf-8")
    files = {
        name: [row["file"] for row in json.loads(run(atlas, "check", name, "--format", "json")[1])]
        for name in (PAGE, "docs/index.md", "docs/evidence", "docs")
    }
    assert files == {PAGE: [str(PAGE)] * 2, "docs/index.md": ["docs/index.md"] * 2, "docs/evidence": [str(PAGE)] * 2,
                     "docs": [str(PAGE)] * 2 + ["docs/index.md"] * 2}  # fmt: skip


def test_a_citation_of_an_unknown_work(atlas):
    """A page that cites a work that the bibliography does not have is told at the line of the citation, with the nearest key."""
    edit(atlas, "{cite}`fluge2019lymphocyte`", "{cite}`fluge2019lymphocytes`")
    message = "The bibliography has no entry 'fluge2019lymphocytes' (did you mean 'fluge2019lymphocyte'?)."
    assert run(atlas, "check") == (1, f"{PAGE}:25: {message} [atlas.unknown-reference]\n", "5 pages checked, 1 finding.\n")


def test_two_pages_of_one_paper(atlas):
    """A second page of a paper is a finding at that page, also when it alone is named, and none when the first one is."""
    shutil.copy(atlas / PAGE, atlas / COPY)
    message = f"The paper 'fluge2019lymphocyte' has a page already: {PAGE.name}."
    finding = f"{COPY}:3: {message} [atlas.duplicate-paper]\n"
    assert run(atlas, "check") == (1, finding, "6 pages checked, 1 finding.\n")
    assert run(atlas, "check", COPY) == (1, finding, "1 page checked, 1 finding.\n")
    assert run(atlas, "check", PAGE) == (0, "", "1 page checked, no findings.\n")


def test_paths_are_told_from_the_current_folder(atlas):
    """From a folder below, the whole atlas is checked and paths begin there; from elsewhere they are whole."""
    spoil(atlas)
    shutil.copy(atlas / PAGE, atlas / "docs/evidence/sub-2020-page.md")
    rows = json.loads(run(atlas / "docs/evidence", "check", "--format", "json")[1])
    assert {row["file"] for row in rows} == {PAGE.name, "sub-2020-page.md"}
    rows = json.loads(run(atlas.parent, "check", atlas / PAGE, "--format", "json")[1])
    assert {row["file"] for row in rows} == {str(Path("atlas") / PAGE)}
    rows = json.loads(run(ROOT / "docs", "check", atlas / PAGE, "--format", "json")[1])
    assert {row["file"] for row in rows} == {str(atlas / PAGE)}


def test_what_is_wrong_besides_the_pages(atlas):
    """Findings in settings, policy, notices and bibliography are told with their files and lines."""
    (atlas / "atlas.toml").write_text("\ncolour = 1\n", encoding="utf-8")
    (atlas / "policy.toml").write_text("= 1\n", encoding="utf-8")
    (atlas / "notices.toml").write_text("\n\nx = 1\n", encoding="utf-8")
    (atlas / "references.bib").write_bytes((atlas / "references.bib").read_bytes() * 2)
    rows = json.loads(run(atlas, "check", PAGE, "--format", "json")[1])
    assert [(row["file"], row["line"], row["code"]) for row in rows] == [
        ("atlas.toml", 2, "atlas.setting"), ("notices.toml", 3, "atlas.notice"), ("policy.toml", 1, "atlas.policy"),
        ("references.bib", 12, "atlas.bibliography"),
    ]  # fmt: skip


def test_check_loads_nothing_of_sphinx(atlas):
    """``atlas check`` and ``atlas schema`` load no module of Sphinx, docutils or MyST-Parser."""
    program = (
        "import sys; from evidence_atlas.cli import main; codes = [main(['check']), main(['schema'])]; "
        "print(codes, sorted({name.split('.')[0] for name in sys.modules} & {'sphinx', 'docutils', 'myst_parser', 'sphinxcontrib', 'sphinx_design'}))"
    )
    code, output, _errors = run(atlas, module=("-c", program))
    assert (code, output.splitlines()[-1]) == (0, "[0, 0] []")


def test_the_version():
    """``atlas --version`` names the package and its version."""
    code, output, errors = run(ROOT, "--version")
    assert (code, errors) == (0, "")
    assert re.fullmatch(r"evidence-atlas \d+\.\d+\.\d+\S*\n", output)
