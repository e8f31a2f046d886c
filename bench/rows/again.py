"""Building again: with nothing changed, and after one page, entry, row of the policy or notice was edited."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from figures import NO_BOUND, Bound, Cell, Group
from measured import Taken, in_turn
from projects import Projects, edit

SAME = Bound(1.2, 6000, "times plain")
PAGE = Bound(1.0, 6000, "s more than plain")
HEAD = (
    "Then build again",
    "Pages",
    "Plain, s",
    "Atlas, s",
    "Of it search, s",
    "Pages read",
    "Pages written",
    "Files rewritten",
    "Of them unchanged",
)
PARTING = ("Bound", "Met")
NOT_THE_SITE = frozenset({".doctrees", "pagefind"})  # Sphinx's own memory, and the search index
State = dict[str, tuple[int, bytes]]


def state(out: Path) -> State:
    """Return time and digest of each file of a site, apart from the search index."""
    files = (path for path in out.rglob("*") if path.is_file() and path.relative_to(out).parts[0] not in NOT_THE_SITE)
    return {str(path.relative_to(out)): (path.stat().st_mtime_ns, hashlib.blake2b(path.read_bytes()).digest()) for path in files}


def rewritten(before: State, after: State) -> tuple[int, int]:
    """Return how many files were written, and how many of them hold what they held before."""
    touched = [name for name, (time, _) in after.items() if name not in before or before[name][0] != time]
    return len(touched), sum(name in before and before[name][1] == after[name][1] for name in touched)


def edit_page(root: Path) -> None:
    """Change the heading of one page."""
    edit(min((root / "evidence").glob("*.md")), "\n## ", "\n## Again: ")


def edit_entry(root: Path) -> None:
    """Change the title of one reference."""
    _edit(root / "references.bib", r"(\btitle\s*= {)")


def edit_policy(root: Path) -> None:
    """Change the name of one case definition."""
    _edit(root / "policy.toml", r'(label = ")(?=[^"]*Oxford)')


def edit_notice(root: Path) -> None:
    """Change the reason of one notice."""
    _edit(root / "notices.toml", r'(reason = ")')


def _edit(path: Path, before: str) -> None:
    """Put a word behind the first place that matches, as often as that is asked."""
    text, count = re.subn(before, r"\1Again: ", path.read_text(encoding="utf-8"), count=1)
    if not count:
        raise ValueError(f"{path} holds nothing like {before}")
    path.write_text(text, encoding="utf-8")


def nothing(_root: Path) -> None:
    """Change nothing."""


EDITS: dict[str, tuple[Callable[[Path], None], str]] = {
    "nothing changed": (nothing, "plain"),
    "one page edited": (edit_page, "plain"),
    "one entry of the bibliography edited": (edit_entry, ""),
    "one row of the policy edited": (edit_policy, ""),
    "one notice edited": (edit_notice, ""),
}


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``again``."""
    rows = [_row(projects, label, runs) for projects in sizes for label in EDITS]
    return {"again": Group((*HEAD, *PARTING), rows)}


def _row(projects: Projects, label: str, runs: int) -> list[Cell]:
    change, against = EDITS[label]
    pair = ["whole", *([against] if against else [])]
    projects.ready(*pair)
    projects.build("whole")  # what an edit before this one still has to settle

    def build(name: str) -> Taken:
        change(projects.roots[name])
        return projects.build(name)

    before = state(projects.out("whole"))
    found = in_turn(runs, {name: lambda n=name: build(n) for name in pair})
    files = rewritten(before, state(projects.out("whole")))
    counts = projects.counts("whole")
    atlas, search = found["whole"].cpu, counts["search"]
    plain = found[against].cpu if against else None
    bound: list[Cell] = list(NO_BOUND)
    if label == "nothing changed" and plain:
        bound = SAME.cells(atlas / plain, projects.pages)
    elif label == "one page edited" and plain:
        bound = PAGE.cells(atlas - search - plain, projects.pages)
    return [label, projects.pages, plain, atlas, search, counts["read"], counts["written"], *files, *bound]
