"""The badge: examples of every rule, an independent oracle of the logic, and every row of the policy flipped."""

from __future__ import annotations

import functools
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_atlas.core.policy import built_in
from evidence_atlas.core.verdict import verdict

from .helpers import PROPERTY, edited_policy, record

POLICY = built_in()
REQUIRED, NOT, UNCLEAR = "required", "not-required", "unclear"

# What each definition must say, written down a second time: a row of the policy that changes is noticed here.
DEFINITIONS = {
    "ramsay-1988": "equivalent",
    "holmes-1988": "no",
    "oxford-1991": "no",
    "fukuda-1994": "no",
    "london-1994": "equivalent",
    "reeves-2003": "no",
    "ccc-2003": "yes",
    "reeves-2005": "no",
    "pediatric-2006": "yes",
    "nice-cg53-2007": "partial",
    "ccc-revised-2010": "yes",
    "icc-2011": "yes",
    "iom-2015": "yes",
    "nice-ng206-2021": "yes",
    "who-pcc-2021": "no",
    "recover-pasc-2023": "no",
    "nasem-lc-2024": "no",
    "clinician-diagnosis": "unclear",
    "icd-code": "unclear",
    "self-report": "unclear",
}
CONTESTED = {"ccc-2003", "nice-cg53-2007"}
SAID = {
    "yes": (REQUIRED, "PEM required", "requires PEM"),
    "equivalent": (REQUIRED, "PEM required (equivalent wording)", "requires PEM in equivalent wording"),
    "partial": (NOT, "PEM not required", "asks for PEM only in part and counts as not requiring it"),
    "no": (NOT, "PEM not required", "does not require PEM"),
    "unclear": (UNCLEAR, "PEM unclear", "leaves open whether PEM is needed"),
}
NOBODY = {"review", "guideline", "case-definition", "perspective", "letter", "animal", "in-vitro"}
SELECTED = {
    "rct", "non-randomised-trial", "cohort", "case-control", "cross-sectional", "qualitative", "survey", "case-series",
    "case-report", "genetic-association", "validation", "systematic-review", "protocol",
}  # fmt: skip
ROLES = {"inclusion": REQUIRED, "subgroup": UNCLEAR, "sensitivity": UNCLEAR, "descriptive": UNCLEAR}
JOINED = {"all": REQUIRED, "any": NOT, "unknown": UNCLEAR}

# Strong Kleene logic, all nine pairs of each connective (Kleene 1952, § 64)
OR = {
    (REQUIRED, REQUIRED): REQUIRED, (REQUIRED, UNCLEAR): REQUIRED, (REQUIRED, NOT): REQUIRED,
    (UNCLEAR, REQUIRED): REQUIRED, (UNCLEAR, UNCLEAR): UNCLEAR, (UNCLEAR, NOT): UNCLEAR,
    (NOT, REQUIRED): REQUIRED, (NOT, UNCLEAR): UNCLEAR, (NOT, NOT): NOT,
}  # fmt: skip
AND = {
    (REQUIRED, REQUIRED): REQUIRED, (REQUIRED, UNCLEAR): UNCLEAR, (REQUIRED, NOT): NOT,
    (UNCLEAR, REQUIRED): UNCLEAR, (UNCLEAR, UNCLEAR): UNCLEAR, (UNCLEAR, NOT): NOT,
    (NOT, REQUIRED): NOT, (NOT, UNCLEAR): NOT, (NOT, NOT): NOT,
}  # fmt: skip


def criterion(definition, role="inclusion", pem=None):
    """Return a criterion as front matter holds it; a modification brings its quotation."""
    return {"id": definition, "role": role} | ({"pem": pem, "quote": "words", "locator": "page 1"} if pem else {})


def resolve(*criteria, policy=POLICY, **keys):
    """Return the verdict on criteria, each an id or a dict."""
    rows = [criterion(row) if isinstance(row, str) else row for row in criteria]
    return verdict(record(policy, criteria=rows, **keys), policy)


NONE_NAMED = "People were selected, and what was read names no case definition that they had to meet."
ICD = POLICY.definition["icd-code"].label
EXAMPLES = {
    "a role that is not inclusion does not count": (
        ["fukuda-1994", criterion("icc-2011", "subgroup"), criterion("iom-2015", "sensitivity")], {},
        NOT, "PEM not required", "Patients had to meet Fukuda 1994 (CDC), which does not require PEM."),
    "roles that do not count leave no criterion": (
        [criterion("icc-2011", "descriptive")], {}, UNCLEAR, "PEM unclear", NONE_NAMED),
    "contested wording is said": (
        ["ccc-2003"], {}, REQUIRED, "PEM required", "Patients had to meet CCC 2003, which requires PEM (contested wording)."),
    "partial counts as not required, and is said": (
        ["nice-cg53-2007"], {}, NOT, "PEM not required",
        "Patients had to meet NICE CG53 2007, which asks for PEM only in part and counts as not requiring it (contested wording)."),
    "all: one that requires PEM decides": (
        ["fukuda-1994", "icc-2011"], {"joined": "all"}, REQUIRED, "PEM required",
        "Patients had to meet all of Fukuda 1994 (CDC) and ICC 2011; ICC 2011 requires PEM."),
    "any: one that does not require PEM decides": (
        ["fukuda-1994", "icc-2011"], {"joined": "any"}, NOT, "PEM not required",
        "Patients had to meet at least one of Fukuda 1994 (CDC) and ICC 2011; Fukuda 1994 (CDC) does not require PEM."),
    "unknown: where all and any differ nothing follows": (
        ["fukuda-1994", "icc-2011"], {"joined": "unknown"}, UNCLEAR, "PEM unclear",
        ("Patients were selected by Fukuda 1994 (CDC) and ICC 2011, in a combination that is not stated; "
         "whether PEM was needed does not follow from these.")),
    "unknown: where all and any agree that holds": (
        ["iom-2015", "icc-2011"], {"joined": "unknown"}, REQUIRED, "PEM required",
        "Patients were selected by IOM 2015 and ICC 2011, in a combination that is not stated, each of which requires PEM."),
    "three that agree are named in one sentence": (
        ["oxford-1991", "fukuda-1994", "holmes-1988"], {"joined": "all"}, NOT, "PEM not required",
        "Patients had to meet all of Oxford 1991, Fukuda 1994 (CDC) and Holmes 1988 (CDC), each of which does not require PEM."),
    "any: one that is open leaves it open": (
        ["icc-2011", "icd-code"], {"joined": "any"}, UNCLEAR, "PEM unclear",
        f"Patients had to meet at least one of ICC 2011 and {ICD}; {ICD} leaves open whether PEM is needed."),
    "all: one that is open changes nothing beside one that requires PEM": (
        ["icd-code", "icc-2011"], {"joined": "all"}, REQUIRED, "PEM required",
        f"Patients had to meet all of {ICD} and ICC 2011; ICC 2011 requires PEM."),
    "a contested one beside one that is not is told apart": (
        ["ccc-2003", "iom-2015"], {"joined": "any"}, REQUIRED, "PEM required",
        "Patients had to meet at least one of CCC 2003 and IOM 2015; CCC 2003 requires PEM (contested wording); IOM 2015 requires PEM."),
    "equivalent wording throughout is in the label": (
        ["ramsay-1988", "london-1994"], {"joined": "any"}, REQUIRED, "PEM required (equivalent wording)",
        "Patients had to meet at least one of Ramsay 1988 and London 1994, each of which requires PEM in equivalent wording."),
    "equivalent wording that alone decides is in the label": (
        ["ramsay-1988", "fukuda-1994"], {"joined": "all"}, REQUIRED, "PEM required (equivalent wording)",
        "Patients had to meet all of Ramsay 1988 and Fukuda 1994 (CDC); Ramsay 1988 requires PEM in equivalent wording."),
    "equivalent wording beside plain wording is not in the label": (
        ["ramsay-1988", "icc-2011"], {"joined": "all"}, REQUIRED, "PEM required",
        "Patients had to meet all of Ramsay 1988 and ICC 2011; Ramsay 1988 requires PEM in equivalent wording; ICC 2011 requires PEM."),
    "a study that added PEM beats the definition": (
        [criterion("fukuda-1994", pem=REQUIRED)], {}, REQUIRED, "PEM required",
        "Patients had to meet Fukuda 1994 (CDC), which was applied with PEM as a further requirement of the study."),
    "a study that dropped PEM beats the definition, and its contested wording": (
        [criterion("ccc-2003", pem=NOT)], {}, NOT, "PEM not required",
        "Patients had to meet CCC 2003, which was applied by the study without its PEM requirement."),
    "a study that added PEM beats equivalent wording": (
        [criterion("ramsay-1988", pem=REQUIRED)], {}, REQUIRED, "PEM required",
        "Patients had to meet Ramsay 1988, which was applied with PEM as a further requirement of the study."),
    "a modification counts among several": (
        [criterion("fukuda-1994", pem=REQUIRED), "icc-2011"], {"joined": "any"}, REQUIRED, "PEM required",
        ("Patients had to meet at least one of Fukuda 1994 (CDC) and ICC 2011; Fukuda 1994 (CDC) was applied with PEM as a "
         "further requirement of the study; ICC 2011 requires PEM.")),
    "a systematic review says whose criteria these are": (
        ["icc-2011"], {"design": "systematic-review"}, REQUIRED, "PEM required",
        "Patients had to meet ICC 2011, which requires PEM. The badge takes the criteria of the studies that the review included."),
    "people who were selected by nothing that is named": ([], {"design": "rct"}, UNCLEAR, "PEM unclear", NONE_NAMED),
    "nobody was selected": (
        [], {"design": "in-vitro"}, "not-applicable", "PEM not applicable",
        "Laboratory study of cells: nobody was selected by a case definition."),
}  # fmt: skip


@pytest.mark.parametrize(("criteria", "keys", "state", "label", "reason"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_of_each_rule(criteria, keys, state, label, reason):
    """Each rule of the badge gives exactly the state, label and reason of the table of examples, and names its policy."""
    found = resolve(*criteria, **keys)
    assert (found.state, found.label, found.reason, found.policy) == (state, label, reason, POLICY.version)


@pytest.mark.parametrize("definition", POLICY.definition)
def test_each_definition_alone(definition):
    """A study that used one definition gets the state, label and reason that this file writes down for it."""
    state, label, phrase = SAID[DEFINITIONS[definition]]
    contested = " (contested wording)" * (definition in CONTESTED)
    found = resolve(definition)
    reason = f"Patients had to meet {POLICY.definition[definition].label}, which {phrase}{contested}."
    assert (found.state, found.label, found.reason) == (state, label, reason)


def test_readers_see_the_version_of_the_policy():
    """The sentence that readers see is the reason followed by the version of the policy that the verdict rests on."""
    found = resolve("icc-2011")
    assert found.policy == POLICY.version
    assert found.sentence(POLICY) == f"Patients had to meet ICC 2011, which requires PEM. Policy v{POLICY.version}."


criteria_lists = st.lists(
    st.builds(
        criterion, st.sampled_from(sorted(DEFINITIONS)), st.sampled_from(sorted(ROLES)), st.sampled_from([None, REQUIRED, NOT])
    ),
    min_size=1,
    max_size=7,
)
joins = st.sampled_from(sorted(JOINED))


def oracle(criteria, joined):
    """Return the state of criteria of which one counts at least, by the tables in this file."""
    values = [row.get("pem") or SAID[DEFINITIONS[row["id"]]][0] for row in criteria if row["role"] == "inclusion"]
    either, both = functools.reduce(lambda a, b: OR[a, b], values), functools.reduce(lambda a, b: AND[a, b], values)
    return {"all": either, "any": both, "unknown": either if either == both else UNCLEAR}[joined]


def counting(criteria):
    """Return the definitions that decide."""
    return [row["id"] for row in criteria if row["role"] == "inclusion"]


@PROPERTY
@given(criteria_lists, joins, st.sampled_from(sorted(SELECTED | NOBODY)))
def test_the_state_follows_from_the_truth_tables(criteria, joined, design):
    """The state of any criteria, modified or not, is that of the tables of strong Kleene logic, whatever the design."""
    expected = oracle(criteria, joined) if counting(criteria) else "not-applicable" if design in NOBODY else UNCLEAR
    assert resolve(*criteria, joined=joined, design=design).state == expected


@PROPERTY
@given(criteria_lists.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), joins)
def test_the_order_of_criteria_does_not_matter(rows, joined):
    """Criteria in another order give the same state and label."""
    one, other = (resolve(*order, joined=joined) for order in rows)
    assert (one.state, one.label) == (other.state, other.label)


@PROPERTY
@given(criteria_lists.filter(counting))
def test_unknown_is_what_all_and_any_agree_on(criteria):
    """Where the combination is unknown the state is that of 'all' and 'any' if they are the same, else unclear."""
    together, either, unknown = (resolve(*criteria, joined=joined).state for joined in ("all", "any", "unknown"))
    assert unknown == (together if together == either else UNCLEAR)


@PROPERTY
@given(criteria_lists, joins, st.sampled_from(sorted(SELECTED | NOBODY)))
def test_the_reason_is_a_sentence_that_names_each_definition(criteria, joined, design):
    """A reason is one line that ends with a full stop and holds the label of every definition that counts."""
    reason = resolve(*criteria, joined=joined, design=design).reason
    assert reason.splitlines() == [reason]
    assert reason.endswith(".")
    assert not reason.endswith("..")
    assert "{" not in reason
    assert [key for key in counting(criteria) if POLICY.definition[key].label not in reason] == []


def table(policy):
    """Return the state of a fixed list of studies, from which any changed rule is to be seen."""
    rows = {key: resolve(key, policy=policy).state for key in DEFINITIONS}
    rows |= {role: resolve(criterion("icc-2011", role), policy=policy).state for role in ROLES}
    rows |= {joined: resolve("fukuda-1994", "icc-2011", policy=policy, joined=joined).state for joined in JOINED}
    rows |= {f"{joined} agree": resolve("iom-2015", "icc-2011", policy=policy, joined=joined).state for joined in JOINED}
    return rows | {design: resolve(policy=policy, design=design).state for design in SELECTED | NOBODY}


EXPECTED = {
    **{key: SAID[value][0] for key, value in DEFINITIONS.items()},
    **ROLES,
    **JOINED,
    **{f"{joined} agree": REQUIRED for joined in JOINED},
    **dict.fromkeys(SELECTED, UNCLEAR),
    **dict.fromkeys(NOBODY, "not-applicable"),
}


def test_the_fixed_table_of_the_built_in_policy():
    """Every definition, role, join and design of the built-in policy is in the fixed table, with its state."""
    assert table(POLICY) == EXPECTED
    assert (set(POLICY.definition), set(POLICY.role), set(POLICY.joined)) == (set(DEFINITIONS), set(ROLES), set(JOINED))
    assert set(POLICY.design) == SELECTED | NOBODY


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_a_flipped_definition_changes_a_verdict(definition, tmp_path):
    """Any other value in a definition's row changes what a study that used it gets, and another truth changes its state."""
    before, pem = resolve(definition), DEFINITIONS[definition]
    for other in SAID.keys() - {pem}:
        policy = edited_policy(tmp_path, f"definition.{definition}", "pem", f'"{other}"')
        after, changed = resolve(definition, policy=policy), table(policy)
        assert (after.state, after.label, after.reason) != (before.state, before.label, before.reason)
        assert {key for key in changed if changed[key] != EXPECTED[key]} >= (
            {definition} if SAID[other][0] != SAID[pem][0] else set()
        )


RULES = [
    ("resolution.pem", pem, truth) for pem, truth in itertools.product(SAID, (REQUIRED, NOT, UNCLEAR)) if truth != SAID[pem][0]
]
RULES += [("resolution.join", joined, rule) for joined in JOINED for rule in ("or", "and", "agree")
          if (joined, rule) not in {("all", "or"), ("any", "and"), ("unknown", "agree")}]  # fmt: skip
RULES += [(f"design.{design}", "without-criteria", "not-applicable") for design in sorted(SELECTED)]
RULES += [(f"design.{design}", "without-criteria", "unclear") for design in sorted(NOBODY)]


@pytest.mark.parametrize(("section", "key", "value"), RULES)
def test_a_flipped_rule_changes_a_verdict(section, key, value, tmp_path):
    """Any other value of a rule of [resolution], or of what holds without criteria, changes a state of the fixed table."""
    assert table(edited_policy(tmp_path, section, key, f'"{value}"')) != EXPECTED


@pytest.mark.parametrize(
    "roles",
    [set(some) for size in range(5) for some in itertools.combinations(ROLES, size)],
    ids=lambda roles: "-".join(sorted(roles)) or "none",
)
def test_other_counting_roles_change_a_verdict(roles, tmp_path):
    """Any other set of counting roles than that of inclusion alone changes a state of the fixed table."""
    policy = edited_policy(tmp_path, "resolution", "counting-roles", str(sorted(roles)))
    assert (table(policy) == EXPECTED) == (roles == {"inclusion"})
