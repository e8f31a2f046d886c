"""What git knows of pages: the commits that changed each, and the release before this one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_atlas.core.identity import TAG, version_of

if TYPE_CHECKING:
    from pygit2 import Commit, Diff, Repository, Tree

SCHEMA = 1  # of the file in which a history is kept from one build to the next


@dataclass(frozen=True, slots=True)
class Change:
    """A commit that changed a page.

    Attributes:
        commit: The beginning of its id.
        date: Its day in UTC, as ``2026-11-22``.
        subject: The first line of its message.
    """

    commit: str
    date: str
    subject: str


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was tagged.

    Attributes:
        version: The version, without the tag's prefix.
        pages: The names of the evidence pages that it holds, without suffix.
    """

    version: str
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class History:
    """What git knows of the evidence pages.

    Attributes:
        changes: The changes of each page by its file's name, newest first.
        previous: The nearest release among the ancestors of the commit that is checked out.
        unknown: Why nothing is known, as a part of a sentence; empty where the history is known.
    """

    changes: dict[str, list[Change]] = field(default_factory=dict)
    previous: Release | None = None
    unknown: str = ""


def read_history(evidence: Path, kept: Path | None = None) -> History:
    """Read the history of the pages of a folder, in one walk over the commits.

    Args:
        evidence: The folder of the evidence pages.
        kept: A file that keeps what was read; commits that it covers are not walked again.

    Returns:
        The history; one that says why it is unknown where git, a commit or a part of the history is missing.
    """
    try:
        import pygit2
    except ImportError:
        return History(unknown="pygit2 is not installed: pip install 'evidence-atlas[history]'")
    try:
        place = pygit2.discover_repository(str(evidence))
        if place is None:
            return History(unknown="there is no git repository here")
        repository = pygit2.Repository(place)
        root, folder = Path(repository.workdir or place).resolve(), evidence.resolve()
        if not folder.is_relative_to(root):
            return History(unknown=f"{evidence} is not in the working tree of a repository")
        if repository.is_shallow:
            return History(unknown="this is a shallow clone, which lacks earlier commits: git fetch --unshallow --tags")
        return _Walk(repository, folder.relative_to(root).as_posix()).history(kept)
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:  # KeyError: an object that the repository lacks
        return History(unknown=f"git cannot be read: {error}")


class _Walk:
    """One walk from the newest commit to the oldest."""

    def __init__(self, repository: Repository, folder: str) -> None:
        self.repository = repository
        self.folder = folder
        self.changes: dict[str, list[Change]] = {}
        self.today: dict[str, str] = {}  # a former name of a page -> its name now

    def history(self, kept: Path | None) -> History:
        head = str(self.repository.head.target)
        before = _load(kept, self.folder) if kept else {}
        known = before.get("head", "")
        for commit in self._commits(head, known):
            self._note(commit)
        for name, rows in before.get("changes", {}).items() if self._covers(known, head) else ():
            self.changes.setdefault(self.today.get(name, name), []).extend(Change(**row) for row in rows)
        if kept and known != head:
            _save(kept, self.folder, head, self.changes)
        return History(self.changes, self._previous(head))

    def _covers(self, known: str, head: str) -> bool:
        """Whether what was kept is the history of a commit from which the newest one descends."""
        return bool(known) and (known == head or self.repository.descendant_of(head, known))

    def _commits(self, head: str, known: str) -> Iterator[Commit]:
        from pygit2.enums import SortMode

        walker = self.repository.walk(head, SortMode.TOPOLOGICAL | SortMode.TIME)
        if self._covers(known, head):
            walker.hide(known)
        for commit in walker:
            if len(commit.parents) < 2:  # noqa: PLR2004  (what a merge brings in stands at the commits that it merges)
                yield commit

    def _note(self, commit: Commit) -> None:
        diff = self._diff(commit)
        if diff is None:
            return
        deltas = list(diff.deltas)
        if {"A", "D"} <= {delta.status_char() for delta in deltas}:
            diff.find_similar()
            deltas = list(diff.deltas)
        day = dt.datetime.fromtimestamp(commit.commit_time, dt.UTC).date().isoformat()
        subject = commit.message.partition("\n")[0].strip()
        for delta in deltas:
            old, new = delta.old_file.path, delta.new_file.path
            name = self.today.get(new, new)
            if "/" not in name:
                self.changes.setdefault(name, []).append(Change(str(commit.id)[:9], day, subject))
            if delta.status_char() == "R":
                self.today[old] = name

    def _diff(self, commit: Commit) -> Diff | None:
        """Return what a commit changed in the folder; a commit that leaves it alone costs two look-ups."""
        new = self._tree(commit)
        old = self._tree(commit.parents[0]) if commit.parents else None
        if (new and new.id) == (old and old.id):
            return None
        if new is None:
            return old.diff_to_tree() if old else None
        return old.diff_to_tree(new) if old else new.diff_to_tree(swap=True)

    def _tree(self, commit: Commit) -> Tree | None:
        import pygit2

        try:
            found = commit.tree[self.folder] if self.folder != "." else commit.tree
        except KeyError:
            return None
        return found if isinstance(found, pygit2.Tree) else None

    def _previous(self, head: str) -> Release | None:
        """Return the release among the ancestors that has the fewest commits between."""
        import pygit2

        tags = [name.removeprefix("refs/tags/") for name in self.repository.references if name.startswith(f"refs/tags/{TAG}")]
        found: dict[tuple[int, str], list[str]] = {}
        for tag in tags:
            commit = self.repository.references[f"refs/tags/{tag}"].peel(pygit2.Commit)
            ahead, behind = self.repository.ahead_behind(head, commit.id)
            if ahead and not behind and version_of([tag])[0]:
                found.setdefault((ahead, str(commit.id)), []).append(tag)
        if not found:
            return None
        nearest = min(found)
        tree = self._tree(self.repository[nearest[1]].peel(pygit2.Commit))
        return Release(version_of(found[nearest])[0], frozenset(Path(str(entry.name)).stem for entry in tree or ()))


def _load(kept: Path, folder: str) -> dict[str, Any]:
    try:
        data = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    same = isinstance(data, dict) and (data.get("schema"), data.get("folder")) == (SCHEMA, folder)
    return data if same else {}


def _save(kept: Path, folder: str, head: str, changes: dict[str, list[Change]]) -> None:
    rows = {name: [asdict(change) for change in found] for name, found in sorted(changes.items())}
    data = {"schema": SCHEMA, "folder": folder, "head": head, "changes": rows}
    kept.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
