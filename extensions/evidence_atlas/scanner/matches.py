"""What a matcher returns: a word or phrase that is a claim, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CAUSAL: Literal["causal"] = "causal"
RELATED: Literal["related"] = "related"

# how far the matchers look for what belongs to a word
SPOT = 15
REACH = 8


@dataclass(frozen=True, slots=True)
class Match:
    """A word or phrase that is a claim.

    Attributes:
        kind: Which sort of claim.
        first: Place of its first word.
        last: Place of its last word.
        noun: Whether it is a noun, which another claim may govern.
        verb: Place of the verb whose hedge or denial holds for it, where that is not its own.
        hedged: Whether it is hedged by how it stands.
        open: Whether it is only meant or wished for by how it stands.
        denied: Whether it is denied by how it stands.
        needs_hedge: Whether it is a claim only where it is hedged.
    """

    kind: Literal["causal", "related"]
    first: int
    last: int
    noun: bool = False
    verb: int | None = None
    hedged: bool = False
    open: bool = False
    denied: bool = False
    needs_hedge: bool = False
