"""The scanner in a build: warnings, waivers on the page, the version where a page states its versions."""

from __future__ import annotations

import json
import re

from conftest import Build, page

OVERCLAIM = {"docs/evidence/alpha-2020-rest.md": page(body="Rest reduced pain.")}
CLEAN = {"docs/evidence/alpha-2020-rest.md": page(body="Rest was associated with less pain.")}


def test_warning_stands_at_line_and_column(build: Build):
    """A claim is a warning of the build at its line and column, with the words and what to write instead."""
    (warning,) = build(OVERCLAIM).warnings
    assert warning.startswith("docs/evidence/alpha-2020-rest.md:24:6: WARNING: Critical: “reduced”")
    assert "Write instead: " in warning
    assert "[atlas.wording]" in warning


def test_serial_and_parallel_builds_warn_alike(build: Build):
    """Twenty pages that claim too much give the same warnings, read by one process or by two."""
    files = {f"docs/page{n:02}.md": f"# Page {n}\n\nStress causes fatigue.\n" for n in range(20)}
    files["docs/index.md"] = "# Home\n\n```{toctree}\n:glob:\n\npage*\n```\n"
    assert sorted(build(files).warnings) == sorted(build(files, parallel=2, folder="b").warnings)


def test_versions_and_waivers_are_shown(build: Build):
    """The citation, the record and the disclosure name the rules' version; readers see what is waived, and why."""
    waived = page(body="Rest reduced pain.", waivers='[{rule: strong-causal, reason: "It is the title of a scale."}]')
    built = build({"docs/evidence/alpha-2020-rest.md": waived})
    assert built.warnings == []
    html = built.html("evidence/alpha-2020-rest")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    assert "wording scanner v1.3" in text
    assert "Software screened its wording (rules v1.3)." in text
    assert "Wording waived on this page:" in text
    assert "It is the title of a scale." in text
    record = json.loads((built.out / "evidence/alpha-2020-rest/record.json").read_text(encoding="utf-8"))
    assert record["versions"]["scanner"] == "1.3"
    assert record["record"]["waivers"] == [{"rule": "strong-causal", "reason": "It is the title of a scale."}]


def test_changed_rules_screen_every_page_anew(build: Build):
    """Other rules re-read the pages that the old ones screened, and only then."""
    build(CLEAN)
    assert build().read == set()
    rules = (
        'version = "9"\ntitle = "Ours"\n[rule.less]\ntitle = "Less"\nseverity = "warning"\nmeaning = "m"\nmessage = "{words}!"\n'
        'why = [{ text = "w" }]\ninstead = { default = "i" }\nfind = { words = ["less pain"] }\n'
        'positive = [{ text = "Less pain." }]\nnegative = [{ text = "None." }]\n'
    )
    again = build({"wording.toml": rules, **CLEAN})
    assert {"index", "evidence/alpha-2020-rest"} <= again.read
    assert [line for line in again.warnings if "less pain!" in line]


def test_rules_as_a_page(build: Build):
    """The directive shows every rule under an address of its own, to which findings link."""
    html = build({"docs/index.md": "# Home\n\n```{wording-rules}\n```\n"}).html("index")
    for rule in ("strong-causal", "advice", "null-result"):
        assert f'id="wording-{rule}"' in html
    assert "10.1136/bmj.g7015" in html


def test_every_builder_shows_the_rules(build: Build):
    """Plain text and LaTeX have the rules too."""
    files = {"docs/index.md": "# Home\n\n```{wording-rules}\n```\n"}
    for builder in ("text", "latex"):
        assert build(files, builder, folder=builder).warnings == []
