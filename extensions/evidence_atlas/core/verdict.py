"""The PEM badge: a study's criteria and the policy in, a state and its reason in one sentence out.

Definitions combine by the strong three-valued logic of Kleene (Introduction to Metamathematics, 1952, § 64).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evidence_atlas.core.policy import Policy, State, Truth
from evidence_atlas.core.record import Criterion, Record

_RANK: dict[Truth, int] = {"not-required": 0, "unclear": 1, "required": 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a badge says.

    Attributes:
        state: The state of the badge.
        label: The words of the badge.
        reason: One sentence or two that say why, without the policy's version.
        policy: The version of the policy that the verdict rests on.
    """

    state: State
    label: str
    reason: str
    policy: str

    def sentence(self, policy: Policy) -> str:
        """Return the reason followed by the policy's version, as readers see it."""
        return f"{self.reason} {policy.text['version'].format(version=self.policy)}"


def kleene_or(values: Iterable[Truth]) -> Truth:
    """Strong Kleene disjunction: one required value decides."""
    return max(values, key=_RANK.__getitem__)


def kleene_and(values: Iterable[Truth]) -> Truth:
    """Strong Kleene conjunction: one not-required value decides."""
    return min(values, key=_RANK.__getitem__)


def agree(values: Sequence[Truth]) -> Truth:
    """What disjunction and conjunction both give, else unclear."""
    either, both = kleene_or(values), kleene_and(values)
    return either if either == both else "unclear"


def english_list(names: Sequence[str]) -> str:
    """Return names as a list within an English sentence."""
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last


def verdict(record: Record, policy: Policy, several: Callable[[Sequence[str]], str] = english_list) -> Verdict:
    """Resolve a record's criteria to its badge.

    Args:
        record: A record that was validated against the same policy.
        policy: Gives the verdict of each definition, the rules and the sentences.
        several: Joins names to a list within a sentence, in the language of the policy.
    """
    counting = [c for c in record.criteria if c.role in policy.resolution.counting_roles]
    if not counting:
        return _without_criteria(record, policy)
    values = [_value(criterion, policy) for criterion in counting]
    rule = policy.resolution.join[record.joined or "unknown"] if len(counting) > 1 else "or"
    state = {"or": kleene_or, "and": kleene_and, "agree": agree}[rule](values)
    deciding = [c for c, value in zip(counting, values, strict=True) if value == state]
    label = policy.badge[state].label
    if state == "required" and all(_kind(c, policy) == "equivalent" for c in deciding):
        label += policy.text["equivalent-suffix"]
    names = several([policy.definition[criterion.id].label for criterion in counting])
    reason = _reason(record, counting, deciding, policy, names)
    if record.design == "systematic-review":
        reason = f"{reason} {policy.text['systematic-review']}"
    return Verdict(state, label, reason, policy.version)


def _without_criteria(record: Record, policy: Policy) -> Verdict:
    design = policy.design[record.design]
    key = "none-named" if design.without_criteria == "unclear" else "nobody-selected"
    reason = policy.text[key].format(design=design.label)
    return Verdict(design.without_criteria, policy.badge[design.without_criteria].label, reason, policy.version)


def _kind(criterion: Criterion, policy: Policy) -> str:
    """An explicit modification beats the definition's label, both ways."""
    return f"study-{criterion.pem}" if criterion.pem else policy.definition[criterion.id].pem


def _value(criterion: Criterion, policy: Policy) -> Truth:
    return criterion.pem or policy.resolution.pem[policy.definition[criterion.id].pem]


def _phrase(criterion: Criterion, policy: Policy) -> str:
    contested = policy.definition[criterion.id].contested and not criterion.pem
    return policy.phrase[_kind(criterion, policy)] + (policy.text["contested"] if contested else "")


def _reason(record: Record, counting: Sequence[Criterion], deciding: Sequence[Criterion], policy: Policy, names: str) -> str:
    text, name = policy.text, {c.id: policy.definition[c.id].label for c in counting}
    if len(counting) == 1:
        return text["met-one"].format(one=name[counting[0].id], phrase=_phrase(counting[0], policy))
    several = text[f"met-{record.joined or 'unknown'}"].format(several=names)
    phrases = [_phrase(criterion, policy) for criterion in deciding]
    if not phrases:
        return text["undecided"].format(several=several)
    if len(phrases) == len(counting) and len(set(phrases)) == 1:
        return text["each"].format(several=several, phrase=phrases[0])
    ones = zip(deciding, phrases, strict=True)
    clauses = "; ".join(text["deciding"].format(one=name[c.id], phrase=phrase) for c, phrase in ones)
    return text["some"].format(several=several, clauses=clauses)
