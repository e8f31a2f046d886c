"""How the badges would change under a case definition: what its page computes from records and policy.

Two questions, each answered by the same verdict as the badge itself: what if studies had selected people by this
definition, and what if the policy read the definition otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evidence_atlas.core.policy import Pem, Policy, State
from evidence_atlas.core.verdict import Verdict, verdict
from evidence_atlas.domain import Paper
from evidence_atlas.language import shown_verdict

READINGS: tuple[Pem, ...] = ("yes", "no", "unclear")


@dataclass(frozen=True, slots=True)
class Counts:
    """Papers by badge.

    Attributes:
        now: All papers of the atlas.
        only: Those whose people had to meet the definition.
        alone: All papers, if each study that selected people had done so by this definition and no other.
    """

    now: Mapping[State, int]
    only: Mapping[State, int]
    alone: Mapping[State, int]


def counts(now: Mapping[State, int], by_itself: Verdict, used: Sequence[Paper]) -> Counts:
    """Count the papers by badge.

    Args:
        now: All papers by their badge.
        by_itself: The verdict on a study that used the definition alone.
        used: The papers whose people had to meet the definition.
    """
    nobody = now.get("not-applicable", 0)
    alone = Counter({by_itself.state: sum(now.values()) - nobody, "not-applicable": nobody})
    return Counts(now, Counter(paper.verdict.state for paper in used), alone)


def read_otherwise(key: str, policy: Policy, used: Sequence[Paper]) -> Iterator[tuple[Pem, list[tuple[Paper, Verdict]]]]:
    """Yield each other reading of a definition, and the papers whose badge would have another state, with that badge.

    Args:
        key: The id of the definition.
        policy: The policy in the language of the site.
        used: The papers whose people had to meet the definition; no other badge can change.
    """
    row = policy.definition[key]
    for reading in READINGS:
        if policy.resolution.pem[reading] == policy.resolution.pem[row.pem]:
            continue
        changed = replace(policy, definition={**policy.definition, key: replace(row, pem=reading, contested=False)})
        flips = [
            (paper, shown_verdict(paper.record, changed))
            for paper in used
            if verdict(paper.record, changed).state != paper.verdict.state
        ]
        yield reading, flips
