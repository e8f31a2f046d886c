"""A pytest plugin for ``bench/mutants.py``: which functions a test reaches, in two cases that mutmut overlooks."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from mutmut.state import state

REACHED = pytest.StashKey[dict[pytest.FixtureDef, set[str]]]()


def pytest_configure() -> None:
    """Let the processes that a test starts run the code as it is while mutmut notes the calls; they cannot tell it theirs."""
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        del os.environ["MUTANT_UNDER_TEST"]


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef, request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Note which functions a fixture calls: several tests may look at what it made once."""
    before = set(state()._stats)
    state()._stats.clear()
    try:
        return (yield)
    finally:
        request.config.stash.setdefault(REACHED, {})[fixturedef] = set(state()._stats)
        state()._stats |= before


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Count them as reached by each test that uses the fixture, before mutmut reads what the test reached."""
    reached = item.config.stash.get(REACHED, {})
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            state()._stats |= reached.get(definition, set())
