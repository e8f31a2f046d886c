"""One site with every chart for all tests that change nothing."""

from __future__ import annotations

import pytest

from charts.project import FILES
from conftest import Built, build_in


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a built site that no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        return build_in(tmp_path_factory.mktemp("charts"))(FILES)
