"""How well two lists of labels agree: kappa, precision, recall and F1, with intervals that come out the same on every run."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

Pair = tuple[Hashable, Hashable]
"""What is true of an item, and what was said of it."""
Cells = Counter[Pair]
"""How many items there are of each pair."""

Z95 = 1.959964
RESAMPLES = 1000
SEED = 20261122
FEW = 10
"""With fewer items that deserve a label, one item moves its F1 too far: it is not given, and not checked."""


def kappa(pairs: Iterable[Pair]) -> float | None:
    """Return Cohen's kappa of two readers: agreement beyond what the shares of their labels give by chance.

    Args:
        pairs: The two readers' labels of each item.

    Returns:
        A number up to 1; None where both always gave one and the same label, so that chance alone explains all.
    """
    pairs = list(pairs)
    total = len(pairs)
    observed = sum(first == second for first, second in pairs) / total
    firsts, seconds = (Counter(side) for side in zip(*pairs, strict=True))
    expected = sum(firsts[label] * seconds[label] for label in firsts) / total**2
    return None if math.isclose(expected, 1) else (observed - expected) / (1 - expected)


def wilson(hits: int, total: int) -> tuple[float, float, float] | None:
    """Return a share with its 95% interval by Wilson's score, which also holds near 0 and 1; None of nothing."""
    if not total:
        return None
    share = hits / total
    middle = share + Z95**2 / (2 * total)
    spread = Z95 * math.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    scale = 1 + Z95**2 / total
    return share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def counts(cells: Cells, label: Hashable) -> tuple[int, int, int]:
    """Return how often a label was found rightly, found wrongly, and missed."""
    right = cells[label, label]
    found = sum(number for (_, said), number in cells.items() if said == label)
    there = sum(number for (true, _), number in cells.items() if true == label)
    return right, found - right, there - right


def f1(cells: Cells, label: Hashable) -> float | None:
    """Return F1 of one label; None where it neither is nor is said to be anywhere."""
    right, wrong, missed = counts(cells, label)
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else None


def macro_f1(cells: Cells, labels: Iterable[Hashable]) -> float | None:
    """Return the plain mean of F1 over the labels that occur."""
    scores = [score for label in labels if (score := f1(cells, label)) is not None]
    return sum(scores) / len(scores) if scores else None


def resampled(cells: Cells, measure: Callable[[Cells], float | None]) -> tuple[float, float, float] | None:
    """Return a measure with its 95% interval by the bootstrap: items drawn with replacement, from a fixed seed.

    Args:
        cells: How many items there are of each pair of what is true and what was said.
        measure: Maps such counts to a number; a draw of which it knows no number is left out.

    Returns:
        The measure of all items, and the 2.5th and 97.5th percentile of the draws; None where it has no value.
    """
    value = measure(cells)
    if value is None:
        return None
    chance = random.Random(SEED)
    kinds = sorted(cells, key=repr)
    weights = list(accumulate(cells[kind] for kind in kinds))
    drawn = (measure(Counter(chance.choices(kinds, cum_weights=weights, k=weights[-1]))) for _ in range(RESAMPLES))
    draws = sorted(score for score in drawn if score is not None)
    return value, draws[int(0.025 * len(draws))], draws[int(0.975 * len(draws))]


def rounded(value: float | Sequence[float] | None) -> Any:
    """Round to three places, which no machine's arithmetic reaches."""
    if value is None:
        return None
    return round(value, 3) if isinstance(value, float | int) else [round(part, 3) for part in value]


def score(cells: Cells, label: int | bool) -> dict[str, Any]:
    """Return the figures of one label: counts, precision and recall (Wilson), F1 (bootstrap, unless few), with 95% intervals."""
    right, wrong, missed = counts(cells, label)
    return {
        "deserve": right + missed,
        "found": right + wrong,
        "right": right,
        "precision": rounded(wilson(right, right + wrong)),
        "recall": rounded(wilson(right, right + missed)),
        "f1": rounded(resampled(cells, lambda draw: f1(draw, label))) if right + missed >= FEW else None,
    }


def shown(figure: Sequence[float] | None) -> str:
    """Return a share with its interval for reading."""
    return f"{figure[0]:.2f} ({figure[1]:.2f} to {figure[2]:.2f})" if figure else "-"


def print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print the figures of several labels, one a line."""
    print(f"{'':<26}{'deserve':>8}{'found':>7}{'right':>7}  {'precision':<22}{'recall':<22}F1")
    for row in rows:
        shares = f"{shown(row['precision']):<22}{shown(row['recall']):<22}{shown(row['f1'])}"
        print(f"{row['name']:<26}{row['deserve']:>8}{row['found']:>7}{row['right']:>7}  {shares}")
