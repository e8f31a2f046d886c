"""``atlas check``, which looks at all files without a build."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from figures import NO_BOUND, Bound, Cell, Group
from measured import Taken, in_turn, take
from projects import Projects

from evidence_atlas.scanner.cache import FOLDER

FROM_CACHE = Bound(8.0, 6000, "s")  # 6 for the structure, and 2 more for wording that was screened before


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``check``."""
    rows: list[list[Cell]] = []
    for projects in sizes:

        def check(p: Projects = projects) -> Taken:
            return take([sys.executable, "-m", "evidence_atlas.cli", "check", str(p.roots["whole"])], good=(0, 1))

        shutil.rmtree(projects.roots["whole"].parent / FOLDER, ignore_errors=True)
        first = check()
        found = in_turn(runs, {"": check})[""]
        rows += [
            ["wording screened before", projects.pages, found.cpu, found.wall, *FROM_CACHE.cells(found.wall, projects.pages)],
            ["wording screened too", projects.pages, first.cpu, first.wall, *NO_BOUND],
        ]
    return {"check": Group(("atlas check", "Pages", "CPU, s", "Wall, s", "Bound", "Met"), rows)}
