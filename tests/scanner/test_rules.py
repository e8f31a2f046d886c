"""Each rule finds what it says it finds, and nothing of what it says it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence_atlas.core.findings import Code
from evidence_atlas.scanner import RULES_VERSION, Context, Engine, scan
from evidence_atlas.scanner.passages import plain
from evidence_atlas.scanner.rules import BUILT_IN, Example, built_in, load_rules
from evidence_atlas.scanner.triggers import Triggers

ENGINE = Engine(built_in())
EXAMPLES = [
    pytest.param(key, example, found, id=f"{key}-{'found' if found else 'passed'}-{number}")
    for key, rule in built_in().rule.items()
    for found, examples in ((True, rule.positive), (False, rule.negative))
    for number, example in enumerate(examples)
]
COHORT = Context(design="cohort", design_label="a cohort study", level="E2", contexts=("me-cfs",))


def found_in(example: Example) -> set[str]:
    about = dict(example.about)
    section = about.pop("section", "")
    if "contexts" in about:
        about["contexts"] = tuple(about["contexts"])
    return {finding.rule for finding in ENGINE.screen([plain(example.text, section)], Context(**about))}


@pytest.mark.parametrize(("key", "example", "found"), EXAMPLES)
def test_example(key, example, found):
    """A rule's own examples in the data file are right about it."""
    assert (key in found_in(example)) is found


def test_extrapolations():
    """Of our own sentences on other species and other illnesses, nine in ten are found, and none that is fair."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in Path(__file__).with_name("extrapolations.tsv").read_text("utf-8").splitlines():
        kind, deserved, design, context, text = line.split("\t")
        said = {finding.rule for finding in scan(text, Context(design=design, level="E2", contexts=(context,)))}
        right = bool(said & {kind, f"{kind}-illness"}) == (deserved == "1")
        found.setdefault((kind, deserved), []).append("" if right else text)
    for (_kind, deserved), wrong in found.items():
        missed = [text for text in wrong if text]
        assert len(missed) <= (0.1 * len(wrong) if deserved == "1" else 0), missed


@pytest.mark.parametrize("context", [COHORT, Context(design="animal", level="E1", contexts=("animal-model",)), Context()])
def test_the_first_look_misses_nothing(monkeypatch, context):
    """What rules find in sentences that have a word of theirs is all that they find when every sentence is read."""
    here = Path(__file__).parent
    files = ("strengths.tsv", "other-fields.tsv", "abstract-style.tsv", "press-style.tsv")
    texts = [line.split("\t", 1)[1] for name in files for line in (here / name).read_text("utf-8").splitlines()]
    texts += [json.loads(line)["text"] for line in (here / "labelled" / "sentences.jsonl").read_text("utf-8").splitlines()]
    pages = [
        [plain(text)] for text in [*texts, "Nausea is due (in part) to stress.", "The children’s pain was reduced by\nrest."]
    ]
    quick = [ENGINE.screen(page, context) for page in pages]
    monkeypatch.setattr(Triggers, "of", lambda _self, _text: set(ENGINE.rules.rule))
    assert quick == [ENGINE.screen(page, context) for page in pages]


def test_every_rule_of_the_field_is_there():
    """The eleven kinds of overreach each have a rule, and each rule names what it rests on."""
    wanted = {
        "strong-causal",
        "hedged-causal",
        "advice",
        "certainty",
        "bridge",
        "species",
        "null-result",
        "anachronism",
        "badge-text",
    }
    assert wanted <= set(built_in().rule)
    assert all(rule.why and rule.rewording("cohort") for rule in built_in().rule.values())
    assert built_in().version == RULES_VERSION


def test_rewording_fits_the_design():
    """The same claim gets another rewording on the page of a case report than on that of a cohort."""
    cohort = scan("Rest reduces pain.", COHORT)[0]
    report = scan("Rest reduces pain.", Context(design="case-report", design_label="a case report"))[0]
    assert cohort.rule == report.rule == "strong-causal"
    assert cohort.instead != report.instead
    assert "a case report" in report.message


def test_strong_trials_carry_effects_and_weak_ones_do_not():
    """A randomised trial of level E1 may state an effect; one of level E2 may not."""
    assert not scan("The drug reduces pain.", Context(design="rct", level="E1"))
    assert scan("The drug reduces pain.", Context(design="rct", level="E2"))[0].severity == "critical"


def test_own_rules_stand_in_place_of_the_built_in(tmp_path: Path):
    """An atlas's own file replaces the rules, and its version is the one that pages state."""
    own = tmp_path / "wording.toml"
    own.write_text(
        'version = "7"\ntitle = "Ours"\n[rule.no-miracles]\ntitle = "A miracle"\nseverity = "hint"\nmeaning = "There are none."\n'
        'message = "{words} is none."\nwhy = [{ text = "Because." }]\ninstead = { default = "a change" }\n'
        'find = { words = ["miracle*"] }\npositive = [{ text = "A miracle." }]\nnegative = [{ text = "A change." }]\n',
        encoding="utf-8",
    )
    rules, problems = load_rules(own)
    assert not problems
    assert rules.version == "7"
    assert [finding.rule for finding in scan("It was miraculous, a miracle.", COHORT, rules)] == ["no-miracles"]


@pytest.mark.parametrize(
    ("change", "said", "line"),
    [
        (('severity = "critical"', 'severity = "grave"'), "severity", True),
        (("meaning = ", "meanning = "), "did you mean 'meaning'", True),
        (("find = { claims = [3] }", "find = {}"), "0 kinds of things", True),
        (('version = "', "version = "), "not TOML", True),
        (("severity = ", f"deep = {'[' * 5000}\nseverity = "), "nested too deep", False),
    ],
)
def test_wrong_rules_are_named_at_their_line(tmp_path: Path, change, said, line):
    """A file that cannot be used gives a finding at the line, and the built-in rules hold."""
    text = BUILT_IN.read_text(encoding="utf-8")
    own = tmp_path / "wording.toml"
    own.write_text(text.replace(*change, 1), encoding="utf-8")
    rules, problems = load_rules(own)
    assert rules == built_in()
    assert problems[0].code is Code.WORDING_RULES
    assert any(said in problem.message for problem in problems)
    assert all(problem.line > 1 for problem in problems) is line


def test_missing_file_of_rules_is_a_finding(tmp_path: Path):
    """A file of rules that is not there, or is no text, is a finding and no traceback."""
    other = tmp_path / "wording.toml"
    other.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.toml", other):
        assert load_rules(path)[1][0].code is Code.WORDING_RULES


def test_package_adds_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A package's rules come beside the others, and the version names it."""
    own = tmp_path / "more.toml"
    own.write_text(
        'version = "2"\ntitle = "More"\n[rule.wonder]\ntitle = "A wonder"\nseverity = "warning"\nmeaning = "m"\nmessage = "{words}"\n'
        'why = [{ text = "w" }]\ninstead = { default = "i" }\nfind = { words = ["wonder"] }\n'
        'positive = [{ text = "A wonder." }]\nnegative = [{ text = "None." }]\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("evidence_atlas.scanner.rules._plugged_in", lambda: [("more", own)])
    rules, _problems = load_rules()
    assert rules.version == f"{RULES_VERSION}+more-2"
    assert {"wonder", "strong-causal"} <= set(rules.rule)


def test_entry_points_of_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """An installed package adds its file by an entry point; one whose code fails is a finding, and the other rules hold."""
    example = 'positive = [{ text = "A wonder." }]\nnegative = [{ text = "None." }]\n'
    (tmp_path / "more.toml").write_text(
        'version = "2"\ntitle = "More"\n[rule.wonder]\ntitle = "A wonder"\nseverity = "warning"\nmeaning = "m"\nmessage = "{words}"\n'
        f'why = [{{ text = "w" }}]\ninstead = {{ default = "i" }}\nfind = {{ words = ["wonder"] }}\n{example}',
        encoding="utf-8",
    )
    (tmp_path / "wonder_rules.py").write_text(
        "from pathlib import Path\n\n\ndef rules():\n    return Path(__file__).with_name('more.toml')\n\n\n"
        "def broken():\n    raise RuntimeError('no file')\n",
        encoding="utf-8",
    )
    info = tmp_path / "wonder_rules-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wonder-rules\nVersion: 1\n", encoding="utf-8")
    points = "[evidence_atlas.wording_rules]\nwonder = wonder_rules:rules\nzero = wonder_rules:broken\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    rules, problems = load_rules()
    assert rules.version == f"{RULES_VERSION}+wonder-2"
    assert [(problem.file, problem.code) for problem in problems] == [("wonder_rules:broken", Code.WORDING_RULES)]
    assert [finding.rule for finding in scan("It was a wonder.", COHORT, rules)] == ["wonder"]
