"""Fixtures that several tests of the core share."""

from __future__ import annotations

import pytest

from evidence_atlas.core.references import load_bibliography

from .helpers import REFERENCES


@pytest.fixture(scope="session")
def references():
    """The bibliography of this repository, read once."""
    works, findings = load_bibliography([REFERENCES])
    assert findings == []
    return works
