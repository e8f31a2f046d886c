"""Documents of any shape, for the time that the other readers get: each is Typst that compiles."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pdf.test_any_doctree import app, test_any_doctree_compiles, trees

from .damage import KEPT, SECONDS

pytestmark = pytest.mark.deep
__all__ = ["app"]


def test_any_document(app):
    """Nodes of every class, in any order and depth, compile under PDF/UA and PDF/A."""
    compiles = test_any_doctree_compiles.hypothesis.inner_test
    began, rounds = time.process_time(), 0

    def once(children):
        compiles(app, children)

    while not rounds or time.process_time() - began < SECONDS:
        rounds += 1
        phases = set(Phase) - {Phase.explain}
        chosen = settings(max_examples=500, deadline=None, database=KEPT, suppress_health_check=list(HealthCheck), phases=phases)
        seed(rounds)(chosen(given(st.lists(trees(), max_size=6))(once)))()
