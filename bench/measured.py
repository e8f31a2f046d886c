"""What a command takes of the machine, with every process that it starts, and how figures of several runs become one."""

from __future__ import annotations

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
MB = 1024  # kilobytes, in which Linux counts memory


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes:
        cpu: Seconds of all its processes, user and system.
        wall: Seconds from its start to its end.
        peak: The most memory that one of its processes held, in MB.
    """

    cpu: float
    wall: float
    peak: float


def take(command: Sequence[str], *, good: Sequence[int] = (0,)) -> Taken:
    """Run a command and return what it took.

    Args:
        command: The program and its arguments.
        good: The exit codes that are no failure.

    Raises:
        subprocess.CalledProcessError: If it fails; what it said stands in its ``output``.
    """
    # without compiled files every start of Python would compile the project's own code again, as no reader's does
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "taken.json")
        begin = time.perf_counter()
        around = [sys.executable, "-I", str(CHILD), str(report), *command]
        done = subprocess.run(around, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        wall = time.perf_counter() - begin
        if done.returncode not in good:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout.decode(errors="replace")[-2000:])
        taken = json.loads(report.read_text(encoding="utf-8"))
    return Taken(taken["cpu"], wall, taken["peak"] / MB)


def cpu_seconds(command: list[str]) -> float:
    """Run a command, show what it says, and return the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turn(runs: int, measures: Mapping[str, Callable[[], Taken]]) -> dict[str, Taken]:
    """Take each measure in turn, ``runs`` times, so that a machine whose speed drifts slows all; return the medians."""
    taken: dict[str, list[Taken]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            taken[name].append(measure())
    return {
        name: Taken(*(statistics.median(getattr(one, part) for one in all_of) for part in ("cpu", "wall", "peak")))
        for name, all_of in taken.items()
    }


def exponent(figures: Mapping[int, float]) -> float | None:
    """Return how a figure grows with size: the slope of its logarithm, 1 where twice the size takes twice as much.

    Args:
        figures: The figure at each size.

    Returns:
        The slope by least squares; None of fewer than two sizes.
    """
    if len(figures) < 2:  # noqa: PLR2004
        return None
    sizes, values = [math.log(size) for size in figures], [math.log(value) for value in figures.values()]
    return statistics.linear_regression(sizes, values).slope


def row(label: str, value: str) -> None:
    """Print one row of a table."""
    print(f"{label:<66}{value:>16}", flush=True)
