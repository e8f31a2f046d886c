"""A pytest plugin for ``bench/mutants.py``: what mutmut overlooks of what tests reach, and of what was kept before."""

from __future__ import annotations

import functools
import gc
import os
import sys
from collections.abc import Generator

import pytest
from mutmut.state import state

REACHED = pytest.StashKey[dict[pytest.FixtureDef, set[str]]]()
KEPT = pytest.StashKey[list[functools._lru_cache_wrapper]]()
NOTING = pytest.StashKey[bool]()
PROCESS = "a process"
"""What stands among the functions that a test reaches where it starts a process, whose calls are not known."""


def pytest_configure(config: pytest.Config) -> None:
    """While mutmut notes the calls, let processes run the code as it is, and note that they were started."""
    config.stash[NOTING] = os.environ.get("MUTANT_UNDER_TEST") == "stats"
    if config.stash[NOTING]:
        del os.environ["MUTANT_UNDER_TEST"]
        sys.addaudithook(lambda event, _values: state()._stats.add(PROCESS) if event == "subprocess.Popen" else None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Forget what functions keep: mutmut runs the tests once before it forks, by the code as it is."""
    kept = [it for it in gc.get_objects() if isinstance(it, functools._lru_cache_wrapper)]
    session.config.stash[KEPT] = [it for it in kept if str(it.__module__).startswith("evidence_atlas.")]
    forget(session.config)


def forget(config: pytest.Config) -> None:
    """Let each function that keeps what it returned do its work again."""
    for kept in config.stash[KEPT]:
        kept.cache_clear()


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
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what every test reaches, and not only the first one of those for which it is kept."""
    if item.config.stash[NOTING]:
        forget(item.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Count them as reached by each test that uses the fixture, before mutmut reads what the test reached."""
    reached = item.config.stash.get(REACHED, {})
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            state()._stats |= reached.get(definition, set())
