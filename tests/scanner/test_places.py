"""Where a finding stands: line and column of the source, whatever markup is around the words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import BIB, page
from evidence_atlas.cli import main
from evidence_atlas.core.record import Waiver
from evidence_atlas.scanner import Context, Engine, scan
from evidence_atlas.scanner.cache import Cache
from evidence_atlas.scanner.files import check_and_screen, screen_files
from evidence_atlas.scanner.rules import built_in
from evidence_atlas.scanner.screening import settle

COHORT = Context(design="cohort", design_label="a cohort study", level="E2", contexts=("me-cfs",))


def places(text: str) -> list[tuple[int, int, str]]:
    return [(f.line, f.column, f.words) for f in scan(text, COHORT) if f.rule == "strong-causal"]


@pytest.mark.parametrize(
    "text",
    [
        "Some words.\nRest, as **is** said here, reduces pain.",
        "- one\n- Rest *often* reduces pain.",
        "> Rest reduces pain.",
        "See [Rest](a.md) and rest reduces pain.",
        "By `code` and {math}`x^2` rest reduces pain.",
        "After {cite}`reduces2020` rest reduces pain.",
        r"Rest \* reduces pain.",
        "Rest &amp; sleep reduces pain.",
        "```{note}\n:class: x\n\nRest reduces pain.\n```",
        ":::{admonition} Title\n---\nclass: x\n---\nRest reduces pain.\n:::",
        "| a | b |\n|---|---|\n| x | Rest reduces pain. |",
        "# Rest reduces pain\n\nText.",
        "Rest{term}`sleep <nap>` or rest reduces pain.",
    ],
)
def test_place_in_markup(text):
    """The words at the line and column of the source are the words of the finding."""
    ((line, column, words),) = places(text)
    assert text.split("\n")[line - 1][column - 1 :].startswith(words)


@pytest.mark.parametrize(
    "text",
    [
        "```python\nrest_reduces = 'Rest reduces pain.'\n```",
        "```{math}\nRest reduces pain.\n```",
        "% Rest reduces pain.",
        "`Rest reduces pain.`",
        "Text.\n\n```{raw} html\nRest reduces pain.\n```",
        "The paper “Rest reduces pain” was read.",
    ],
)
def test_what_is_not_read(text):
    """Code, formulas, comments and quotations are no claims of the page."""
    assert places(text) == []


def test_summary_is_read_at_its_own_place():
    """A claim in the summary is found at its line and column in the front matter, in each way of writing YAML."""
    for value in (
        '"In 12 people, rest reduced pain."',
        "In 12 people, rest reduced pain.",
        ">\n    In 12 people,\n    rest reduced pain.",
    ):
        text = page(summary=value)
        (found,) = [f for f in scan(text, COHORT) if f.rule == "strong-causal"]
        assert text.split("\n")[found.line - 1][found.column - 1 :].startswith("reduced")
        assert found.section == "summary"


@pytest.fixture
def atlas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An atlas on disk with one page that claims too much."""
    (tmp_path / "docs" / "evidence").mkdir(parents=True)
    (tmp_path / "docs" / "conf.py").write_text("", encoding="utf-8")
    (tmp_path / "atlas.toml").write_text('wording-page = "reference/wording"\n', encoding="utf-8")
    (tmp_path / "references.bib").write_text(BIB, encoding="utf-8")
    write(tmp_path, "Rest reduced pain.")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(atlas: Path, body: str, **keys: str) -> None:
    (atlas / "docs" / "evidence" / "alpha-2020-rest.md").write_text(page(body=body, **keys), encoding="utf-8")


def test_commands_share_findings_and_formats(atlas: Path, capsys: pytest.CaptureFixture[str]):
    """Both commands end with 1 on a claim, and each format has its column, severity and rule."""
    for command in ("scan", "check"):
        assert main([command]) == 1
        assert "alpha-2020-rest.md:24:6: Critical: “reduced”" in capsys.readouterr().out
        main([command, "--format", "json"])
        (row,) = json.loads(capsys.readouterr().out)
        assert (row["line"], row["column"], row["severity"], row["rule"]) == (24, 6, "critical", "strong-causal")
        assert "/reference/wording/#wording-strong-causal" in row["message"]
        main([command, "--format", "sarif"])
        (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
        assert (result["ruleId"], result["level"]) == ("atlas.wording/strong-causal", "error")
        assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 24, "startColumn": 6}
        main([command, "--format", "github"])
        assert capsys.readouterr().out.startswith(
            "::error file=docs/evidence/alpha-2020-rest.md,line=24,col=6,title=atlas.wording::"
        )


def test_hint_fails_nothing(atlas: Path, capsys: pytest.CaptureFixture[str]):
    """A hint is shown, and the command ends with 0."""
    write(atlas, "There was a trend towards less pain.")
    assert main(["scan"]) == 0
    assert "Hint: " in capsys.readouterr().out


def test_waivers(atlas: Path):
    """A waiver silences its rule; one that waives nothing, or no rule, is a finding at its line."""
    write(atlas, "Rest reduced pain.", waivers='[{rule: strong-causal, reason: "A mistake of the scanner."}]')
    assert screen_files() == ([], 1)
    write(
        atlas, "Rest was common.", waivers='\n    - {rule: strong-causal, reason: "x"}\n    - {rule: strong-casual, reason: "y"}'
    )
    idle, unknown = screen_files()[0]
    assert "waives nothing" in idle.message
    assert "did you mean 'strong-causal'" in unknown.message
    assert (idle.line + 1, idle.label) == (unknown.line, "atlas.waiver")


def test_readers_see_no_waiver_that_waives_nothing():
    """Of a page's waivers, readers are shown those whose rule found something there; the others are for the editor."""
    found = scan("Rest reduced pain.", COHORT)
    waivers = [Waiver(rule, "x") for rule in ("strong-causal", "certainty", "no-such-rule")]
    screened = settle(found, waivers, Engine(built_in()))
    assert [waiver.rule for waiver in screened.waived] == ["strong-causal"]
    assert [index for index, _complaint in screened.idle] == [1, 2]


def test_cache_gives_the_same_and_survives_damage(atlas: Path):
    """A second run takes what was found from the cache; a damaged or foreign cache is an empty one."""
    first, _pages = check_and_screen()
    file = atlas / ".atlas-cache" / "wording.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert check_and_screen()[0] == first
    (key,) = kept["pages"]
    for damage in (
        "",
        "[]",
        "{",
        '{"pages": 3}',
        json.dumps(kept | {"pages": {key: 7}}),
        json.dumps(kept | {"pages": {key: [[1]]}}),
    ):
        file.write_text(damage, encoding="utf-8")
        assert check_and_screen()[0] == first
    file.unlink()
    file.mkdir()
    assert check_and_screen()[0] == first


def test_cache_knows_text_record_and_rules(tmp_path: Path):
    """Another text, another record or other rules are looked at anew."""
    kept = Cache(tmp_path / "c.json", built_in())
    kept.put(kept.key("a", COHORT), [])
    kept.save()
    again = Cache(tmp_path / "c.json", built_in())
    assert again.get(again.key("a", COHORT)) == []
    assert again.get(again.key("b", COHORT)) is None
    assert again.get(again.key("a", Context())) is None
    other = Cache(tmp_path / "c.json", type(built_in())("9", "", {}))
    assert other.get(other.key("a", COHORT)) is None


def test_strength_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """One line of JSON comes out for each line that goes in, empty ones included."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("Rest reduces pain.\n\nRest may reduce pain.\n"))
    assert main(["scan", "--strength"]) == 0
    assert [json.loads(line)["strength"] for line in capsys.readouterr().out.splitlines()] == [3, 0, 2]


def test_limitations_may_deny():
    """What a paper does not prove is said with the same words, and none of them is a claim."""
    text = "```{limitations}\n- It does not prove that rest reduces pain or cures the illness.\n- It shows no effect of rest on sleep.\n```"
    assert scan(text, COHORT) == []


def test_pages_that_are_not_of_one_paper():
    """On other pages a claim counts where the sentence is about the field, and advice on how to write is none."""
    assert [f.rule for f in scan("Stress causes fatigue in patients.")] == ["strong-causal"]
    assert scan("You should name the file after the paper. A missing key causes a warning.") == []


def test_rate():
    """A thousand sentences take well under the half second that two thousand a second allow."""
    import time

    text = "\n\n".join(
        ["Rest may reduce pain, but in 12 people sleep did not improve and fatigue was associated with age."] * 1000
    )
    begin = time.process_time()
    Engine(built_in()).screen([], COHORT)
    scan(text, COHORT)
    assert time.process_time() - begin < 1
