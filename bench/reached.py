"""A pytest plugin for ``bench/mutants.py``: which functions a test reaches, in two cases that mutmut overlooks."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
from mutmut.state import state

REACHED = pytest.StashKey[dict[pytest.FixtureDef, set[str]]]()
PROCESS = "a process"
"""What stands among the functions that a test reaches where it starts a process, whose calls are not known."""


def pytest_configure() -> None:
    """While mutmut notes the calls, let processes run the code as it is, and note that they were started."""
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        del os.environ["MUTANT_UNDER_TEST"]
        sys.addaudithook(lambda event, _values: state()._stats.add(PROCESS) if event == "subprocess.Popen" else None)


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
