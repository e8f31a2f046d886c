"""What the guide and the reference are made of, and what helps those who write: each from the code, so that it is true."""

from __future__ import annotations

import io
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from docutils import nodes
from sphinx.application import Sphinx

from conftest import Build, Built, apart, build_in, page
from evidence_atlas import PARTS, cli
from evidence_atlas.core.policy import built_in
from evidence_atlas.core.verdict import verdict
from evidence_atlas.worked_case import read_case

ROOT = Path(__file__).parents[1]
ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
FUKUDA = "[{id: fukuda-1994, role: inclusion, pem: required, quote: PEM was needed, locator: Methods}]"
FILES = {
    f"docs/{ALPHA}.md": page(criteria="[{id: ccc-2003, role: inclusion}, {id: fukuda-1994, role: descriptive}]"),
    f"docs/{GAMMA}.md": page("gamma2021cohort", criteria="[]", read="full-text"),
    "docs/index.md": "# Home\n\n```{toctree}\ndefinitions\ncoverage\n```\n",
    "docs/definitions.md": "# Definitions\n\n```{case-definitions}\n```\n",
    "docs/coverage.md": "# Coverage\n\n```{evidence-coverage}\n```\n\n```{evidence-references}\n```\n",
}


def text(html: str) -> str:
    """Return the text of a generated page without tags."""
    found = re.search(r'<section class="atlas-browse">.*?</section>', html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a built atlas with the pages that are made from the policy."""
    return build_in(tmp_path_factory.mktemp("guide"))(FILES)


# ---------------------------------------------------------------------------------------------------------
# Case definitions
# ---------------------------------------------------------------------------------------------------------


def test_every_definition_has_a_page(built: Built):
    """There is a page for each case definition of the policy, and the list links to each with the badge that it gives alone."""
    assert built.warnings == []
    ids = set(built_in().definition)
    assert {path.parent.name for path in (built.out / "definitions").glob("*/index.html")} == ids
    rows = [item.astext() for item in built.resolved["definitions"].findall(nodes.list_item)]
    assert "CCC 2003: PEM required (1 paper)" in rows
    assert "Oxford 1991: PEM not required" in rows
    assert "London 1994: PEM required (equivalent wording)" in rows
    assert len(rows) == len(ids)


def test_the_page_of_a_definition(built: Built):
    """It says what the policy says and where that was read, the badge by itself, and the papers by role."""
    shown = text(built.html("definitions/ccc-2003"))
    assert "CCC 2003 (Canadian Consensus Criteria) requires PEM (contested wording)." in shown
    assert "doi:10.1300/J092v11n01_02" in shown
    assert "PEM required : Patients had to meet CCC 2003, which requires PEM (contested wording). Policy v" in shown
    assert "Needed to enter the study 1 paper. Rest made no difference" in shown
    assert "Measured or reported, not needed to enter 1 paper." in text(built.html("definitions/fukuda-1994"))
    assert "No paper of this atlas used it, as far as was read." in text(built.html("definitions/oxford-1991"))
    assert "Not yet checked against a source: verdict" in text(built.html("definitions/ramsay-1988"))


def test_definition_pages_follow_the_papers(build: Build):
    """A paper that comes to use a definition changes the pages that count it, other words change none; its own rule is shown."""
    first = build(FILES)
    before = first.files()
    worded = build({**FILES, f"docs/{GAMMA}.md": f"{FILES[f'docs/{GAMMA}.md']}\nOther words.\n"})
    assert [name for name, data in worded.files().items() if name.startswith("definitions/") and data != before[name]] == []
    changed = page("gamma2021cohort", read="full-text", criteria=FUKUDA)
    second = build({**FILES, f"docs/{GAMMA}.md": changed})
    after = second.files()
    names = {name for name in after if name.startswith("definitions/") and after[name] != before[name]}
    assert names >= {"definitions/index.html", "definitions/fukuda-1994/index.html"}
    shown = text(second.html("definitions/fukuda-1994"))
    assert "The study's own rule: in “ Rest made no difference ”, the definition was applied with PEM as a further" in shown
    third = build({**FILES, "docs/definitions.md": "# Definitions\n"})
    assert [name for name in third.files() if name.startswith("definitions/")] == ["definitions/index.html"]


def test_long_lists_of_a_definition_stand_below_it(build: Build, monkeypatch: pytest.MonkeyPatch):
    """The papers of a role, and those whose badge would change, have pages of their own, which go when the list is short again."""
    ccc = page("gamma2021cohort")
    name = "definitions/ccc-2003"
    short = build({**FILES, f"docs/{GAMMA}.md": ccc}, folder="short").html(name)
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_PAPERS", 1)
    built = build({**FILES, f"docs/{GAMMA}.md": ccc})
    html = built.html(name)
    assert text(html).count("Of 2 papers: 1 · 2") == 3
    assert short.count("atlas-paper-title") == 2
    assert "atlas-paper-title" not in html
    assert {"inclusion/", "inclusion/2/", "if-no/", "if-no/2/", "if-unclear/"} <= set(re.findall(r'href="([^"]+)"', html))
    parts = [built.html(f"{name}/{part}") for part in ("inclusion", "inclusion/2")]
    assert [part.count("atlas-paper-title") for part in parts] == [1, 1]
    assert all("browse.css" in part for part in parts)
    changed = [text(built.html(f"{name}/{part}")) for part in ("if-no", "if-no/2")]
    said = "Rest made no difference : now PEM required , then PEM not required ."
    assert [one.count(said) for one in changed] == [1, 1]
    (built.source / f"{GAMMA}.md").unlink()
    again = build()
    assert sorted(path.name for path in (again.out / name).iterdir()) == ["index.html"]


@pytest.mark.parametrize("name", ["definitions/oxford-1991", "works/2019"])
def test_a_document_takes_the_place_of_a_page_without_a_source(build: Build, name: str):
    """Where a document comes to have the name of such a page, it stands there and stays, and the page is back when it goes."""
    works = {"docs/works.md": "# Works\n\n```{evidence-references}\n```\n"}
    made = build({**FILES, **works}).html(name)
    own = {f"docs/{name}.md": "---\norphan: true\n---\n\n# Words of our own\n"}
    taken = build({**FILES, **works, **own})
    assert "Words of our own" in taken.html(name)
    assert "Words of our own" in build({**FILES, **works, **own}).html(name)
    (taken.source / f"{name}.md").unlink()
    assert build({**FILES, **works}).html(name) == made


# ---------------------------------------------------------------------------------------------------------
# Coverage
# ---------------------------------------------------------------------------------------------------------


def test_coverage_as_data(built: Built):
    """``coverage.json`` names works without a page, pages by what was read, and unclear badges with their reason."""
    data = json.loads((built.out / "coverage.json").read_text(encoding="utf-8"))
    assert data["references"] == {"all": 3, "with-page": 2, "without-page": ["delta2019review"]}
    assert data["read"]["abstract"] == [ALPHA]
    assert data["read"]["full-text"] == [GAMMA]
    assert data["pem-unclear"] == [{"page": GAMMA, "paper": "gamma2021cohort", "why": "no-definition-named"}]


def test_coverage_as_a_page(built: Built):
    """The page counts works by year, what was read, and lists the pages from an abstract and those that are unclear."""
    shown = built.resolved["coverage"]
    rows = [row.astext().split("\n\n") for row in shown.findall(nodes.row)]
    assert ["2019", "1", "0", "1"] in rows
    assert ["the abstract", "1"] in rows
    said = shown.astext()
    assert "3 works in the bibliography, 2 of them with a page." in said
    assert "What was read names no case definition that people had to meet. (1)" in said
    lists = [link["refuri"] for link in shown.findall(nodes.reference) if link.get("refuri", "").startswith("20")]
    assert lists == ["2021/", "2020/", "2019/"] * 2  # from the counts, and from the list of years itself


def test_long_lists_of_the_coverage_stand_below_it(build: Build, monkeypatch: pytest.MonkeyPatch):
    """A long list of pages has pages of its own, with the papers as other lists show them; a short one stands there."""
    monkeypatch.setattr("evidence_atlas.browse_html.MOST_PAPERS", 1)
    built = build({**FILES, f"docs/{GAMMA}.md": page("gamma2021cohort")})
    html = built.html("coverage")
    assert {"abstract/", "abstract/2/"} <= set(re.findall(r'href="([^"]+)"', html))
    assert [built.html(f"coverage/{part}").count("atlas-paper-title") for part in ("abstract", "abstract/2")] == [1, 1]
    assert "Pages from an abstract alone 2 papers" in text(built.html("coverage/abstract"))
    (built.source / f"{GAMMA}.md").unlink()
    built = build()
    assert not (built.out / "coverage/abstract").exists()
    assert built.html("coverage").count("Rest made no difference") == 1


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_formats(build: Build, builder: str):
    """In formats without such pages, both directives still say what they know, and nothing warns."""
    built = build(FILES, builder)
    assert built.warnings == []
    written = "".join(path.read_text(encoding="utf-8") for path in built.out.rglob("*") if path.suffix in {".txt", ".tex"})
    assert "Oxford 1991" in written
    assert "3 works in the bibliography, 2 of them with a page." in written


# ---------------------------------------------------------------------------------------------------------
# Worked cases and the tables of the reference
# ---------------------------------------------------------------------------------------------------------

_CASE = re.compile(r"^```\{worked-case\} (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDE = [ROOT / "docs/contributing" / name for name in ("worked-cases.md", "index.md")]
CASES = [(match[1], match[2]) for file in GUIDE for match in _CASE.finditer(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("state", "lines"), CASES)
def test_the_cases_of_the_guide(state: str, lines: str):
    """Each worked case of the guide keeps every rule, and has the badge that the guide says."""
    policy = built_in()
    record, wrong = read_case(lines, policy)
    assert record is not None
    assert wrong == []
    assert verdict(record, policy).state == state


def test_the_guide_has_a_case_of_each_badge():
    """The cases lead to every badge, and to most designs."""
    assert {state for state, _lines in CASES} == set(built_in().badge)
    assert len({re.search(r"design: (\S+)", lines)[1] for _state, lines in CASES}) >= 10


def test_a_case_that_does_not_hold_warns(build: Build):
    """A case with another badge than its text says, or against a rule, warns at its line, and the page stays whole."""
    good = "```{worked-case} required\ndesign: cohort\ncriteria:\n  - {id: ccc-2003, role: inclusion}\n```\n"
    wrong = good.replace("ccc-2003", "fukuda-1994")
    broken = good.replace("design: cohort", "design: cohort\njoined: any")
    unknown = good.replace("design: cohort", "design: nothing")
    built = build({"docs/index.md": f"# Home\n\n{good}\n{wrong}\n{broken}\n{unknown}"})
    assert [re.sub(r".*WARNING: | \[atlas.worked-case\]", "", line) for line in built.warnings] == [
        "The case says 'required', and its badge is 'not-required'.",
        "The case cannot be used: 'joined' must not stand where fewer than two criteria have the role inclusion (here: 1).",
        "The case cannot be used: design: unknown.",
    ]
    assert built.warnings[0].startswith("docs/index.md:9: ")
    assert "Patients had to meet CCC 2003, which requires PEM" in built.resolved["index"].astext()


def test_the_tables_of_the_reference(build: Build):
    """The reference lists every directive of the parts with its options, and every command with what it takes."""
    built = build({"docs/index.md": "# Home\n\n```{atlas-reference} directives\n```\n\n```{atlas-reference} commands\n```\n"})
    assert built.warnings == []
    shown = built.resolved["index"]
    rows = {row[0].astext(): row for row in shown.findall(nodes.row)}
    assert {"pem-badge", "limitations", "evidence-table", "worked-case", "case-definitions"} <= set(rows)
    assert "include" not in rows
    assert {"columns", "group-by", "topic"} <= set(rows["evidence-table"][3].astext().split())
    terms = [term.astext() for term in shown.findall(nodes.term)]
    assert list(dict.fromkeys(term.split()[1] for term in terms)) == [
        command.__name__.rpartition(".")[2].rstrip("_").replace("_", "-") for command in cli.COMMANDS
    ]
    assert "atlas check [--format {text,json,sarif,github}] [FILES ...]" in terms


def test_every_directive_and_command_has_its_section():
    """Each directive and each command of the atlas has a section of its own in the reference."""
    directives = (ROOT / "docs/reference/directives.md").read_text(encoding="utf-8")
    commands = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    registered = re.compile(r'app\.add_(?:directive|role)\("([\w-]+)"')
    files = [ROOT / "extensions" / f"{part.replace('.', '/')}.py" for part in PARTS]
    names = {name for file in files if file.is_file() for name in registered.findall(file.read_text(encoding="utf-8"))}
    assert len(names) > 10
    assert [name for name in sorted(names) if f"\n## {name}\n" not in directives] == []
    subcommands = cli.make_parser()._subparsers._group_actions[0].choices
    assert [name for name in subcommands if f"\n## atlas {name}" not in commands] == []


# ---------------------------------------------------------------------------------------------------------
# Preview, editors, hooks, forms
# ---------------------------------------------------------------------------------------------------------


def preview(root: Path) -> list[tuple[str, str]]:
    """Build with the preview, and return page and message of what it would show."""
    source, warning = root / "docs", io.StringIO()
    with apart(source):
        Sphinx(source, source, root / "out", root / "dt", "dirhtml", status=None, warning=warning).build()
    return [(row["page"], row["message"]) for row in json.loads((root / "out/_preview.json").read_text(encoding="utf-8"))]


def test_the_preview_keeps_what_still_holds(build: Build, tmp_path: Path):
    """Each build shows what is wrong now: also of pages that it did not read, and no longer what was mended."""
    extensions = 'extensions = ["evidence_atlas", "evidence_atlas.preview"]\n'
    wrong = page(level="E0")
    files = {f"docs/{ALPHA}.md": wrong, "docs/conf.py": extensions, "docs/index.md": "# Home\n\n{evidence}`nobody`\n"}
    built = build(files)
    level = (ALPHA, "The level cannot be E0: the highest for the design 'cohort' is E1. [atlas.level]")
    nobody = ("index", "The paper 'nobody' has no page. [atlas.unknown-paper]")
    root = tmp_path / "a"
    assert "preview.js" in built.html(ALPHA)
    assert set(preview(root)) == {level, nobody}
    assert set(preview(root)) == {level, nobody}
    (root / "docs/evidence/alpha-again-2020-twice.md").write_text(page(), encoding="utf-8")
    twice = (
        "evidence/alpha-again-2020-twice",
        "The paper 'alpha2020trial' has a page already: alpha-2020-rest.md. [atlas.duplicate-paper]",
    )
    assert set(preview(root)) == {level, nobody, twice}
    (root / "docs" / f"{ALPHA}.md").write_text(page("gamma2021cohort"), encoding="utf-8")
    assert preview(root) == [nobody]
    (root / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    assert preview(root) == []


def test_the_preview_is_not_part_of_an_atlas(built: Built):
    """A site that is built in earnest has nothing of the preview."""
    assert "evidence_atlas.preview" not in PARTS
    assert not [name for name in built.files() if "preview" in name]


def test_vs_code_reads_what_atlas_check_prints():
    """The task's pattern finds file, line, message and kind in a line of ``atlas check``, and the schema's place is one."""
    task = json.loads((ROOT / ".vscode/tasks.json").read_text(encoding="utf-8"))["tasks"][0]
    pattern = task["problemMatcher"]["pattern"]
    for place, column in (("8", None), ("8:5", "5")):
        line = f"docs/evidence/a-2020-b.md:{place}: The level cannot be E0: the highest is E1. [atlas.level]"
        found = re.fullmatch(pattern["regexp"], line)
        assert found
        wanted = {"file": "docs/evidence/a-2020-b.md", "line": "8", "column": column, "code": "atlas.level"}
        assert {name: found[pattern[name]] for name in wanted} == wanted
    settings = json.loads(
        re.sub(r"^\s*//.*$", "", (ROOT / ".vscode/settings.json").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    (schema,) = settings["yaml.schemas"]
    places = [(ROOT / name).read_text(encoding="utf-8") for name in ("docs/contributing/editors.md", ".vscode/tasks.json")]
    assert all(schema in place for place in places)


@pytest.mark.parametrize("file", [".pre-commit-hooks.yaml", ".pre-commit-config.yaml"])
def test_the_hooks_run_commands_that_there_are(file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Every hook's entry is a command line that ``atlas`` takes, and those that check pass on this repository."""
    data = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    hooks = data if isinstance(data, list) else [hook for repo in data["repos"] for hook in repo["hooks"]]
    monkeypatch.chdir(ROOT)
    for hook in hooks:
        program, *arguments = shlex.split(hook["entry"])
        assert program == "atlas"
        cli.make_parser().parse_args(arguments)
    if file == ".pre-commit-config.yaml":
        assert [cli.main(shlex.split(hook["entry"])[1:]) for hook in hooks if hook["id"] == "atlas-references"] == [0]
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"][
        "readability"
    ]
    assert [hook["additional_dependencies"] for hook in hooks if hook["id"] == "atlas-readability"] in ([], [wanted])


def test_the_forms_ask_for_nothing_private():
    """Each form for issues has a name, a description and fields with labels; one that is about a page asks to keep health out."""
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 5
    for form in forms:
        data = yaml.safe_load(form.read_text(encoding="utf-8"))
        if form.stem != "config":
            assert {"name", "description", "body"} <= data.keys()
            fields = [part for part in data["body"] if part["type"] != "markdown"]
            assert len({part["id"] for part in fields}) == len(fields)
            assert all(part["attributes"]["label"] for part in fields)
    assert "about my own health" in (ROOT / ".github/ISSUE_TEMPLATE/wrong.yml").read_text(encoding="utf-8")
