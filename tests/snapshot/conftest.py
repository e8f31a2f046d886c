"""Releases that tests look at; what is changed is changed in a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from .released import made_once


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """Return two releases of one commit."""
    base = tmp_path_factory.getbasetemp()
    return made_once(base.parent if hasattr(request.config, "workerinput") else base)


@pytest.fixture(scope="session")
def release(both: tuple[Path, Path]) -> Path:
    """Return a release."""
    return both[0]
