"""How strong the claim of a sentence is, on the four steps of the public corpora."""

from __future__ import annotations

from evidence_atlas.scanner.claims import Claim, find_claims
from evidence_atlas.scanner.sentence import read_sentence

NAMES = ("none", "correlational", "conditional causal", "direct causal")


def strength(sentence: str) -> int:
    """Return how strong a claim a sentence makes.

    Args:
        sentence: One sentence of English.

    Returns:
        0 where it states no relation, 1 where things go together, 2 where one may act on another, 3 where it does.
    """
    return strongest(find_claims(read_sentence(sentence)))


def strongest(claims: list[Claim]) -> int:
    """Return the strength of a sentence with these claims: that of the strongest one."""
    return max((claim.strength for claim in claims), default=0)
