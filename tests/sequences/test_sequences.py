"""Whatever is edited, in whatever order, and wherever builds are killed: the next build gives what a clean one gives.

Sequences are drawn from a seed. Hypothesis's state machines would draw them too, but its shrinking asks for the same
steps hundreds of times, and a step here is a build: so a sequence that fails is shortened round by round, then edit by edit.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from . import builds
from .walk import DiffersError, rounds, shrink, walk

SEED = int(os.environ.get("ATLAS_SEED", "0"))
COUNT = int(os.environ.get("ATLAS_SEQUENCES", "20"))
SHORT = 3  # its rounds hold kills, a retraction and new entries


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load in this process what its children build with."""
    builds.load(tmp_path_factory.mktemp("loaded"))


def run(folder: Path, seed: int, *, first: int | None = None) -> None:
    """Go through the sequence of a seed, or its first rounds; say how the shortest one that fails goes."""
    log: list[str] = []
    sequence = rounds(seed)[:first]
    try:
        walk(folder, sequence, log)
    except (DiffersError, RuntimeError) as error:
        shortest = shrink(folder, sequence, log)
        steps = "\n".join(log)
        pytest.fail(f"ATLAS_SEED={seed} ATLAS_SEQUENCES=1: {error}\nThe shortest that fails, {shortest}:\n{steps}", pytrace=False)
    shutil.rmtree(folder)


@pytest.mark.usefixtures("loaded")
def test_a_short_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Edits, a build that is killed and one that goes on give the site, the data and the warnings of a clean build."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    run(tmp_path / "sequence", SHORT, first=2)


@pytest.mark.deep
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_any_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int):
    """Any sequence of edits, kills and builds, serial or parallel, gives the site, PDFs, data and warnings of a clean build."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    run(tmp_path / "sequence", seed)
