"""Whatever is edited, in whatever order, and wherever builds are killed: the next build gives what a clean one gives.

Sequences are drawn from a seed. Hypothesis's state machines would draw them too, but its shrinking asks for the same
steps hundreds of times, and a step here is a build: so a sequence that fails is shortened round by round, then edit by edit.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from . import builds
from .walk import DiffersError, rounds, shrink, walk

SEED = int(os.environ.get("ATLAS_SEED", "0"))
COUNT = int(os.environ.get("ATLAS_SEQUENCES", "20"))
ROOM = 2**28  # bytes
SHORT = 3  # its rounds hold kills, a retraction and new entries


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load in this process what its children build with."""
    builds.load(tmp_path_factory.mktemp("loaded"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is room: it lists files as they were made, as many file systems do.

    The others list them by a digest of their names, so that there nobody sees what depends on the order.
    """
    memory = Path("/dev/shm")  # noqa: S108
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        with TemporaryDirectory(dir=memory) as name:
            yield Path(name)
    else:
        yield tmp_path


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
def test_a_short_sequence(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Edits, a build that is killed and one that goes on give the site, the data and the warnings of a clean build."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    run(folder / "sequence", SHORT, first=2)


@pytest.mark.deep
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_any_sequence(folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int):
    """Any sequence of edits, kills and builds, serial or parallel, gives the site, PDFs, data and warnings of a clean build."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    run(folder / "sequence", seed)
