"""Documents of any shape, for the time that the other readers get: each is Typst that compiles."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pdf.test_any_doctree import app, test_any_doctree_compiles, trees

from .damage import FIRST, KEPT, SECONDS, tell

pytestmark = pytest.mark.deep
__all__ = ["app"]


def test_any_document(app):
    """Nodes of every class, in any order and depth, compile under PDF/UA and PDF/A."""
    compiles = test_any_doctree_compiles.hypothesis.inner_test
    count, began, rounds = 0, time.process_time(), FIRST

    def once(children):
        nonlocal count
        count += 1
        compiles(app, children)

    while rounds == FIRST or time.process_time() - began < SECONDS:
        phases = set(Phase) - {Phase.explain}
        chosen = settings(max_examples=500, deadline=None, database=KEPT, suppress_health_check=list(HealthCheck), phases=phases)
        chosen(seed(rounds)(given(st.lists(trees(), max_size=6))(once)))()
        rounds += 1
        tell(f"documents: {count} trees", rounds, began)
