"""Each option of a rule does what its documentation says, and a finding says all that an editor needs."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import pytest

from conftest import page
from evidence_atlas.core.policy import built_in as built_in_policy
from evidence_atlas.core.record import ADAPTER
from evidence_atlas.scanner import Context, Engine, WordingFinding, cache, scan
from evidence_atlas.scanner.passages import plain
from evidence_atlas.scanner.rules import BUILT_IN, Applies, Example, Find, Reason, Rule, Rules, Unless, load_rules
from evidence_atlas.scanner.screening import context_of

COHORT = Context(design="cohort", design_label="a cohort study", level="E2", contexts=("me-cfs",))
WORDS, EFFECTS = Find(words=["wonder*"]), Find(claims=[3])


def rules_of(find: Find, unless: Unless | None = None, applies: Applies | None = None) -> Rules:
    """Return a set of one rule."""
    example = [Example("A wonder.")]
    instead = {"default": "a change", "cohort": "a change in a cohort"}
    rule = Rule("A wonder", "warning", "m", "“{words}” in {design}.", [Reason("w")], instead, find, example, example,
                unless or Unless(), applies or Applies())  # fmt: skip
    return Rules("1", "Ours", {"wonder": rule}, {"me-cfs": ["people with ME/CFS"]}, ["fatigue"])


def test_a_finding_says_where_what_and_what_to_write():
    """A finding has the place of its words' beginning and end, the rule, its message for the design, and a rewording."""
    text = "# A title\n\n## What it is\n\nOne line. It was a\nwonder  and no\nmore.\n"
    assert [astuple(found) for found in scan(text, COHORT, rules_of(Find(words=["wonder and no more"])))] == [
        (6, 1, 7, 5, "wonder", "warning", "wonder and no more", "“wonder and no more” in a cohort study.", "a change in a cohort", "What it is")
    ]  # fmt: skip
    [other] = scan("It was a wonder.", Context(design="survey"), rules_of(WORDS))
    assert (other.message, other.instead) == ("“wonder” in this kind of text.", "a change")


def test_findings_stand_in_the_order_of_the_page():
    """Findings are sorted by place, one for a rule and sentence, and the same thing is told once."""
    found = scan("A wonder of a wonder. Two wonders.\n\nA wonder.", COHORT, rules_of(WORDS))
    assert [(one.line, one.column, one.words) for one in found] == [(1, 3, "wonder"), (1, 27, "wonders"), (3, 3, "wonder")]


OPTIONS = {
    # name of the case: find, unless, applies, text, context, whether something is found
    "a phrase in the sentence": (WORDS, {"words": ["no news"]}, {}, "A wonder is no news.", {}, False),
    "a phrase in another sentence": (WORDS, {"words": ["no news"]}, {}, "A wonder. It is no news.", {}, True),
    "a phrase in the sentence before": (WORDS, {"near": ["tale*"]}, {}, "A tale is told. A wonder.", {}, False),
    "a phrase two sentences before": (WORDS, {"near": ["tale*"]}, {}, "A tale is told. So it is. A wonder.", {}, True),
    "a phrase in the heading": (WORDS, {"near": ["tale*"]}, {}, "# T\n\n## Tales\n\nSo it is. A wonder.", {}, False),
    "a longer phrase around": (WORDS, {"around": ["no wonder"]}, {}, "It is no wonder.", {}, False),
    "a longer phrase beside": (WORDS, {"around": ["no doubt"]}, {}, "It is no doubt a wonder.", {}, True),
    "hedged": (WORDS, {"hedged": True}, {}, "It may be a wonder.", {}, False),
    "hedged, and that does not matter": (WORDS, {}, {}, "It may be a wonder.", {}, True),
    "denied": (WORDS, {}, {}, "It is not a wonder.", {}, False),
    "denied, and that does not matter": (WORDS, {"denied": False}, {}, "It is not a wonder.", {}, True),
    "asked": (WORDS, {}, {}, "We asked whether it was a wonder.", {}, False),
    "asked, and that does not matter": (WORDS, {"asked": False}, {}, "We asked whether it was a wonder.", {}, True),
    "told": (WORDS, {}, {}, "The authors say that it was a wonder.", {}, False),
    "told, and that does not matter": (WORDS, {"told": False}, {}, "The authors say that it was a wonder.", {}, True),
    "quoted": (WORDS, {}, {}, "It is “a wonder of sorts” here.", {}, False),
    "quoted, and that does not matter": (WORDS, {"quoted": False}, {}, "It is “a wonder of sorts” here.", {}, True),
    "behind a quotation": (WORDS, {}, {}, "It is “sort of” a wonder.", {}, True),
    "in quotation marks of France": (WORDS, {}, {}, "It is « a wonder » here.", {}, False),
    "in straight quotation marks": (WORDS, {}, {}, 'It is "a wonder" here.', {}, False),
    "behind straight quotation marks": (WORDS, {}, {}, 'It is "sort of" a wonder.', {}, True),
    "the people of the study": (WORDS, {"population": True}, {}, "In people with ME/CFS it is a wonder.", {"contexts": ("me-cfs",)}, False),
    "the people, a sentence before": (WORDS, {"population": True}, {}, "These are people with ME/CFS. A wonder.", {"contexts": ("me-cfs",)}, False),
    "the people of another study": (WORDS, {"population": True}, {}, "In people with ME/CFS it is a wonder.", {"contexts": ("pots",)}, True),
    "arms of a trial": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain more than placebo did.", {"design": "rct"}, False),
    "arms, not of a trial": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain more than placebo did.", {"design": "cohort"}, True),
    "arms, on a page of no paper": (EFFECTS, {"compared": ["rct"]}, {"pages": "all", "subject": False}, "The drug reduced pain more than placebo did.", {"design": ""}, False),
    "arms of which nothing is compared": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain in the control group.", {"design": "rct"}, True),
    "arms, by sham": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain, and so did sham.", {"design": "rct"}, False),
    "arms, by placebo": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain, and so did placebo.", {"design": "rct"}, False),
    "arms, compared with": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain compared with usual care.", {"design": "rct"}, False),
    "arms, in comparison with": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain in comparison with usual care.", {"design": "rct"}, False),
    "arms, versus": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain versus usual care.", {"design": "rct"}, False),
    "arms, vs": (EFFECTS, {"compared": ["rct"]}, {}, "The drug reduced pain vs usual care.", {"design": "rct"}, False),
    "arms, more in one group": (EFFECTS, {"compared": ["rct"]}, {}, "Pain improved more in the first group.", {"design": "rct"}, False),
    "arms, less in one group": (EFFECTS, {"compared": ["rct"]}, {}, "Pain improved less in the first group.", {"design": "rct"}, False),
    "no arms, on a page of no paper": (EFFECTS, {"compared": ["rct"]}, {"pages": "all", "subject": False}, "The drug reduced pain.", {"design": ""}, True),
    "of the page itself": (EFFECTS, {"about_study": True}, {}, "The page reduces doubts.", {}, False),
    "an effect": (EFFECTS, {}, {}, "Rest reduces pain.", {}, True),
    "a hedged effect": (EFFECTS, {}, {}, "Rest may reduce pain.", {}, False),
    "hedged effects are looked for": (Find(claims=[2]), {}, {}, "Rest may reduce pain.", {}, True),
    "a relation": (Find(claims=[1]), {}, {}, "Rest was associated with pain.", {}, True),
    "an evidence page": (WORDS, {}, {}, "A wonder of fatigue.", {"design": ""}, False),
    "any page, about the field": (WORDS, {}, {"pages": "all"}, "A wonder of fatigue.", {"design": ""}, True),
    "any page, about something else": (WORDS, {}, {"pages": "all"}, "A wonder of sorts.", {"design": ""}, False),
    "any page, about anything": (WORDS, {}, {"pages": "all", "subject": False}, "A wonder of sorts.", {"design": ""}, True),
    "a condition, on a page of no paper": (WORDS, {}, {"pages": "all", "contexts": ["pots"]}, "A wonder of fatigue.", {"design": ""}, False),
    "a badge, on a page of no paper": (WORDS, {}, {"pages": "all", "badges": ["unclear"]}, "A wonder of fatigue.", {"design": ""}, False),
    "a kind, on a page of no paper": (WORDS, {}, {"pages": "all", "designs": ["rct"]}, "A wonder of fatigue.", {"design": ""}, False),
    "the kind of study": (WORDS, {}, {"designs": ["rct"]}, "A wonder.", {"design": "rct"}, True),
    "another kind of study": (WORDS, {}, {"designs": ["rct"]}, "A wonder.", {}, False),
    "not the kind of study": (WORDS, {}, {"not_designs": ["cohort"]}, "A wonder.", {}, False),
    "a level that carries it": (WORDS, {}, {"carried_by": ["cohort:E1"]}, "A wonder.", {"level": "E1"}, False),
    "a level that does not carry it": (WORDS, {}, {"carried_by": ["cohort:E1"]}, "A wonder.", {"level": "E2"}, True),
    "the condition": (WORDS, {}, {"contexts": ["pots", "other"]}, "A wonder.", {"contexts": ("other", "me-cfs")}, True),
    "another condition": (WORDS, {}, {"contexts": ["pots"]}, "A wonder.", {"contexts": ("me-cfs",)}, False),
    "not the condition": (WORDS, {}, {"not_contexts": ["pots"]}, "A wonder.", {"contexts": ("me-cfs", "pots")}, False),
    "not another condition": (WORDS, {}, {"not_contexts": ["pots"]}, "A wonder.", {"contexts": ("me-cfs",)}, True),
    "the badge": (WORDS, {}, {"badges": ["unclear"]}, "A wonder.", {"badge": "unclear"}, True),
    "another badge": (WORDS, {}, {"badges": ["unclear"]}, "A wonder.", {"badge": "required"}, False),
    "an older source": (WORDS, {}, {"before_year": 2016}, "A wonder.", {"year": 2015}, True),
    "a source of that year": (WORDS, {}, {"before_year": 2016}, "A wonder.", {"year": 2016}, False),
    "a source of no year": (WORDS, {}, {"before_year": 2016}, "A wonder.", {"year": 0}, False),
    "the section": (WORDS, {}, {"sections": ["What was"]}, "# T\n\n## what was done\n\nA wonder.", {}, True),
    "another section": (WORDS, {}, {"sections": ["What was"]}, "# T\n\n## Why\n\nA wonder.", {}, False),
    "the title": (WORDS, {}, {"sections": ["title"]}, "# A wonder\n\nText.", {}, True),
    "behind the title": (WORDS, {}, {"sections": ["title"]}, "# T\n\nA wonder.", {}, False),
    "not the section": (WORDS, {}, {"not_sections": ["Works"]}, "# T\n\n## works cited\n\nA wonder.", {}, False),
    "not another section": (WORDS, {}, {"not_sections": ["Works"]}, "# T\n\n## Why\n\nA wonder.", {}, True),
    "a claim beside": (WORDS, {}, {"claims": [3]}, "Rest reduces pain, a wonder.", {}, True),
    "no claim beside": (WORDS, {}, {"claims": [3]}, "Rest is a wonder.", {}, False),
    "what does as well as a claim": (WORDS, {}, {"claims": [3], "carries": ["hope for"]}, "A wonder and a hope for all.", {}, True),
    "a word that is no whole word": (WORDS, {}, {}, "A well-wonder or un/wonder.", {}, False),
    "a word with an ending": (WORDS, {}, {}, "The wonder-child’s tale.", {}, True),
    "a word in capitals": (WORDS, {}, {}, "A WONDER.", {}, True),
    "a phrase across two lines": (Find(words=["small wonder"]), {}, {}, "A small\nwonder.", {}, True),
}  # fmt: skip


@pytest.mark.parametrize(("find", "unless", "applies", "text", "about", "found"), OPTIONS.values(), ids=OPTIONS)
def test_an_option_of_a_rule(find, unless, applies, text, about, found):
    """A rule with one option finds something exactly where the option says so."""
    context = Context(**{"design": "cohort", "design_label": "a cohort study", "level": "E2", "contexts": ("me-cfs",), **about})
    assert bool(scan(text, context, rules_of(find, Unless(**unless), Applies(**applies)))) is found


def test_what_a_page_lacks():
    """A rule of what is missing finds the title of a page whose outcome has that direction and that has none of the phrases."""
    rules = rules_of(Find(missing={"no-difference": ["no difference", "did not differ"]}))
    none, benefit = (Context(design="rct", direction=direction) for direction in ("no-difference", "benefit"))
    text = "Text before.\n\n# Rest in **12** people\n\nPain was rated.\n"
    [found] = scan(text, none, rules)
    assert (found.line, found.column, found.words, found.section) == (3, 3, "Rest in 12 people", "title")
    assert scan(f"{text}\nThe groups did not differ.\n", none, rules) == []
    assert scan(text, benefit, rules) == []
    [untitled] = scan("Pain was rated.", none, rules)
    assert untitled.words == "Pain was rated."
    assert scan("", none, rules) == []


def test_names_that_the_source_does_not_use():
    """A rule of names finds the first other name of what the source names, unless the page has the source's own beside it."""
    rules = rules_of(Find(terms={"old": ["CFS"], "new": ["ME/CFS"]}), applies=Applies(sections=["title", "summary"]))
    old = Context(design="cohort", source="A cohort of people with CFS", year=1999)
    found = scan("# A study of ME/CFS\n\n## Summary\n\nIt was about ME/CFS.", old, rules)
    assert [(one.line, one.column, one.words) for one in found] == [(1, 14, "ME/CFS")]
    assert [one.line for one in scan("# A study\n\nME/CFS.\n\n## Summary\n\nIt was about ME/CFS.", old, rules)] == [7]
    assert scan("# A study of ME/CFS\n\nThe authors write CFS.", old, rules) == []
    assert scan("# A study of ME/CFS", Context(design="cohort", source="A cohort"), rules) == []
    assert scan("# A study of ME/CFS", Context(design="cohort"), rules) == []


@pytest.mark.parametrize(
    "text",
    [
        "The authors say that rest reduces pain.",
        "The researchers also said that rest reduces pain.",
        "Authors have said that rest reduces pain.",
        "The authors have often said that rest reduces pain.",
        "According to the authors, rest reduces pain.",
        "Rest reduces pain, according to a report.",
        "Rest reduces pain, the authors say.",
        "By their account, rest reduces pain.",
        "In the authors’ view, rest reduces pain.",
        "In this theory rest reduces pain.",
    ],
)
def test_what_others_say_is_no_claim_of_the_page(text):
    """An effect that the page tells as somebody else's words is not found; the same effect in the page's own words is."""
    assert [found.rule for found in scan(text, COHORT) if found.rule == "strong-causal"] == []
    assert [found.rule for found in scan("As tables show, rest reduces pain.", COHORT)] == ["strong-causal"]


MARKUP = [
    "See <https://example.org/a> and rest reduces pain.",
    "See [a rest](https://example.org/reduces) which reduces pain.",
    "See [a](b) and [c](d) and rest reduces pain.",
    "It is {doc}`here <reduces>` that rest reduces pain.",
    "It is {abbr}`ME` that rest reduces pain.",
    "After {cite}`a,b` and {cite:p}`c` rest reduces pain.",
    "With `reduces` and {unknown}`reduces` rest reduces pain.",
    "With ![reduces](a.png) rest reduces pain.",
    "A<br>rest reduces pain.",
    "A &lt; b, rest reduces pain.",
    "**Rest** *really* reduces pain.",
]


@pytest.mark.parametrize("text", MARKUP)
def test_the_column_behind_markup(text):
    """What stands before a claim, and is no text, shifts its column by its own length, and is no claim itself."""
    column = text.rindex("reduces") + 1
    [found] = [one for one in scan(text, COHORT) if one.rule == "strong-causal"]
    assert (found.column, found.end_column, found.words) == (column, column + 7, "reduces")
    [moved] = [one for one in scan(f"First line,\n{text}", COHORT) if one.rule == "strong-causal"]
    assert (moved.line, moved.column) == (2, column)


def test_the_place_of_text_without_markup():
    """Plain text may stand somewhere in a file: its first line begins at a column, and those that follow at the first."""
    passage = plain("ab\ncd\nef", "s", line=5, column=7)
    assert [passage.locate(offset) for offset in (0, 1, 3, 4, 6)] == [(5, 7), (5, 8), (6, 1), (6, 2), (7, 1)]


def test_a_value_of_the_front_matter_that_stands_twice():
    """A word of the summary is found at its own place, not at the same word of the key or of an earlier line."""
    text = page(summary='"A summary: rest\n    reduced pain."')
    [found] = [one for one in scan(text, COHORT) if one.section == "summary"]
    assert (found.line, found.column, found.end_column) == (5, 5, 12)
    harms = page(harms='"Rest reduced sleep."')
    assert [one.section for one in scan(harms, COHORT) if one.rule == "strong-causal"] == ["harms"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("severity = ", 'severty = "hint"\nseverity = '), "'rule.strong-causal.severty' is not part of a rule (did you mean 'severity'?)."),
        (('severity = "critical"', 'severity = "grave"'), "'rule.strong-causal.severity': Input should be 'critical', 'warning' or 'hint'."),
        (("find = { claims = [3] }", "find = {}"), "The rule 'strong-causal' looks for 0 kinds of things; one of claims, words, missing and terms was expected."),
        (("find = { claims = [3] }", 'find = { claims = [3], words = ["x"] }'), "The rule 'strong-causal' looks for 2 kinds of things; one of claims, words, missing and terms was expected."),
        (('applies = { pages = "all"', 'applies = { carries = ["x"], pages = "all"'), "The rule 'strong-causal' has 'carries' without the 'claims' that they stand for."),
        (("default = ", "cohorts = "), "The rule 'strong-causal' has no 'default' among its rewordings."),
    ],
)  # fmt: skip
def test_what_is_said_of_wrong_rules(tmp_path: Path, change, message):
    """Each mistake in a file of rules is told in a sentence of its own."""
    text = BUILT_IN.read_text(encoding="utf-8")
    assert text.count(change[0]) >= 1
    own = tmp_path / "wording.toml"
    own.write_text(text.replace(*change, 1), encoding="utf-8")
    rules, problems = load_rules(own)
    assert (problems[0].file, problems[0].message) == (str(own), message)
    assert rules == load_rules()[0]


def test_a_rule_that_lacks_a_key(tmp_path: Path):
    """A missing key is named with the rule that lacks it."""
    own = tmp_path / "wording.toml"
    own.write_text('title = "Ours"\n[rule.less]\ntitle = "Less"\n', encoding="utf-8")
    messages = [problem.message for problem in load_rules(own)[1]]
    assert messages[:2] == ["'version' is missing.", "'rule.less.severity' is missing."]


def record(**keys: object):
    """Return a record that a page of a trial states."""
    data = {
        "paper": "a", "summary": "s", "read": "abstract", "design": "rct", "context": ["me-cfs", "pots"], "level": "E1",
        "topics": ["pain"], "criteria": [], "drafted": "person", "review": "none",
        "outcome": {"primary": "Pain", "direction": "harm"},
    }  # fmt: skip
    return ADAPTER.validate_python(data | keys, context=built_in_policy())


def test_what_a_record_says_of_its_page():
    """The scanner knows the kind of study with its article, the level, whom it was of, badge, direction, source and year."""
    assert context_of(record(), "Randomised trial", "unclear", "Rest", 1999) == Context(
        "rct", "a randomised trial", "E1", ("me-cfs", "pots"), "unclear", "harm", "Rest", 1999
    )
    plainer = context_of(record(outcome=None), "Animal study", "", "", 0)
    assert (plainer.design_label, plainer.direction) == ("an animal study", "")
    assert context_of(record(), "", "", "", 0).design_label == ""
    assert context_of(None, "Randomised trial", "unclear", "Rest", 1999) == Context()


def test_the_cache_keeps_the_last_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Beyond its size the cache forgets what was not used for longest, and git is told to leave its folder alone."""
    monkeypatch.setattr(cache, "MOST", 2)
    rules = rules_of(WORDS)
    found = WordingFinding(1, 2, 3, 4, "wonder", "hint", "w", "é", "i", "s")
    kept = cache.Cache(tmp_path / "kept" / "c.json", rules)
    for key in ("a", "b"):
        kept.put(key, [found])
    assert kept.get("a") == [found]
    kept.add({"c": []})
    assert list(kept.new()) == ["a", "b", "c"]
    assert kept.new() == {}
    kept.put("d", [])
    kept.save()
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [".gitignore", "c.json"]
    assert (tmp_path / "kept" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    again = cache.Cache(tmp_path / "kept" / "c.json", rules)
    assert [again.get(key) for key in "abcd"] == [None, None, [], []]
    before = (tmp_path / "kept" / "c.json").read_bytes()
    again.save()
    assert (tmp_path / "kept" / "c.json").read_bytes() == before
    again.put("é", [found])
    again.save()
    assert "é" in json.loads((tmp_path / "kept" / "c.json").read_text(encoding="utf-8"))["pages"]


def test_engines_do_not_share_what_they_know():
    """Two engines with rules of their own find each their own words."""
    one, other = Engine(rules_of(WORDS)), Engine(rules_of(Find(words=["marvel"])))
    said = [plain("A wonder and a marvel.")]
    assert [[found.words for found in engine.screen(said, COHORT)] for engine in (one, other)] == [["wonder"], ["marvel"]]
