"""One site for all tests of a kind."""

from __future__ import annotations

import pytest

from conftest import Built, build_in
from data_project import FILES


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a built site that no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        return build_in(tmp_path_factory.mktemp("data"))(FILES)
