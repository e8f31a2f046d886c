"""Inboxes for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence_atlas.inbox.store import Store

from .helpers import Service


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a new inbox's store."""
    store = Store(tmp_path / "inbox.db", create=True, patience=0.1)
    yield store
    store.close()


@pytest.fixture
def service(store: Store) -> Service:
    """Return a service on it."""
    return Service(store)
