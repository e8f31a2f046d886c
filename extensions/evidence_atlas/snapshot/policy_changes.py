"""Which badges a changed policy would change, before it is merged."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from evidence_atlas.core.frontmatter import read_front_matter
from evidence_atlas.core.plain import code, comment, fenced, on_one_line
from evidence_atlas.core.policy import BUILT_IN, Policy, built_in, load_policy
from evidence_atlas.core.record import ADAPTER
from evidence_atlas.core.settings import Project
from evidence_atlas.core.verdict import verdict

SCHEMA = 1  # of the JSON


@dataclass(frozen=True, slots=True)
class Badge:
    """What a page's badge says under a policy.

    Attributes:
        state: The state; empty where the policy cannot resolve the record.
        label: The words of the badge.
        reason: Why, or what the policy lacks.
    """

    state: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A page whose badge would change.

    Attributes:
        page: The page's file, relative to the sources.
        before: The badge under the old policy.
        after: The badge under the new policy.
    """

    page: str
    before: Badge
    after: Badge

    @property
    def flips(self) -> bool:
        """Whether the state is another, or there would be no badge; else only words are."""
        return self.before.state != self.after.state


@dataclass(frozen=True, slots=True)
class Report:
    """What a changed policy would do.

    Attributes:
        old: The version of the old policy.
        new: The version of the new policy.
        pages: How many pages were looked at.
        changed: The pages whose badges would change, those that flip first.
    """

    old: str
    new: str
    pages: int
    changed: tuple[Changed, ...]

    @property
    def flips(self) -> int:
        """How many badges would have another state."""
        return sum(change.flips for change in self.changed)


def policy_changes(project: Project, old: Policy, new: Policy) -> Report:
    """Resolve the badge of every page under two policies.

    A page that has no badge under either policy, since its record has errors, is passed over: ``atlas check`` names it.
    """
    pages = 0
    changed: list[Changed] = []
    for path in sorted(project.evidence.glob("*.md")):
        name = path.relative_to(project.sources).as_posix()
        if not project.is_evidence_page(name.removesuffix(".md")):
            continue
        front = read_front_matter(path.read_text(encoding="utf-8-sig", errors="replace"))
        record = front.stated
        before, after = _badge(record, old), _badge(record, new)
        pages += 1
        if before != after and (before.state or after.state):
            changed.append(Changed(name, before, after))
    return Report(old.version, new.version, pages, tuple(sorted(changed, key=lambda c: (not c.flips, c.page))))


def _badge(record: object, policy: Policy) -> Badge:
    try:
        found = verdict(ADAPTER.validate_python(record, context=policy), policy)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        why = f"the policy has no {first.get('input')!r}" if first["type"] == "vocabulary" else first["msg"]
        return Badge("", "no badge", f"{place}: {why}")
    return Badge(found.state, found.label, found.reason)


def read_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises:
        ValueError: The file is not there or cannot be used, with each reason and its line.
    """
    policy, findings = load_policy(path)
    if findings:
        raise ValueError("; ".join(map(str, findings)))
    return policy


def policy_at(project: Project, revision: str) -> Policy:
    """Read the policy as it stands in a commit.

    Args:
        project: Says which file is the policy; without one it is the built-in policy, which the repository may hold too.
        revision: A commit, a branch or a tag, as git names it.

    Raises:
        ValueError: There is no repository or no such commit, or the policy there cannot be used.
    """
    try:
        import pygit2
    except ImportError as error:
        raise ValueError("pygit2 is not installed: pip install 'evidence-atlas[history]'") from error
    path = (project.policy or BUILT_IN).resolve()
    try:
        place = pygit2.discover_repository(str(project.root))
        if place is None:
            raise ValueError(f"{project.root} is in no git repository: name two policy files")
        repository = pygit2.Repository(place)
        root = Path(repository.workdir or place).resolve()
        if not path.is_relative_to(root):
            raise ValueError(f"{path} is not in the repository {root}: name two policy files")
        tree = repository.revparse_single(revision).peel(pygit2.Commit).tree
    except (pygit2.GitError, KeyError) as error:
        raise ValueError(f"the commit {revision!r} cannot be read: {error}") from error
    name = path.relative_to(root).as_posix()
    if name not in tree:  # the file is new, and before it the built-in policy was in force
        return built_in()
    entry = tree[name]
    data = entry.data if isinstance(entry, pygit2.Blob) else b""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"{path.stem}@{revision.replace('/', '-')}.toml")
        file.write_bytes(data)
        return read_policy(file)


# ---------------------------------------------------------------------------------------------------------
# Formats
# ---------------------------------------------------------------------------------------------------------


def summary(report: Report) -> str:
    """Return what would change, as a sentence."""
    if not report.changed:
        return f"No badge would change, of {report.pages} page{'s' * (report.pages != 1)}."
    reworded = len(report.changed) - report.flips
    words = f", {reworded} would say the same in other words" if reworded else ""
    return f"{report.flips} of {report.pages} badges would flip{words}."


def _versions(report: Report) -> str:
    return f"policy {on_one_line(report.old)} → {on_one_line(report.new)}"


def _lines(change: Changed) -> list[str]:
    return [
        f"{sign} {on_one_line(badge.label)}: {on_one_line(badge.reason)}"
        for sign, badge in (("-", change.before), ("+", change.after))
    ]


def as_text(report: Report) -> str:
    """A line for each page and two below it; nothing where no badge would change."""
    if not report.changed:
        return ""
    lines = [_versions(report)]
    for change in report.changed:
        lines += [f"{_kind(change)}: {change.page}", *(f"  {line}" for line in _lines(change))]
    return "\n".join([*lines, summary(report), ""])


def _kind(change: Changed) -> str:
    return "flips" if change.flips else "reworded"


def as_json(report: Report) -> str:
    """A JSON object: both versions, the counts, and each page whose badge would change."""
    counts = {"pages": report.pages, "flips": report.flips, "reworded": len(report.changed) - report.flips}
    rows = [{**asdict(change), "flips": change.flips} for change in report.changed]
    data = {"schema": SCHEMA, "old": report.old, "new": report.new, "counts": counts, "badges": rows}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_markdown(report: Report) -> str:
    """Markdown for a comment; what comes from files stands in code."""
    head = f"### What the policy changes\n\n{code(_versions(report))}: {summary(report)}\n"
    return comment(
        head, [_markdown_badge(change) for change in report.changed], "{number} more; `atlas policy-changes` shows them all."
    )


def _markdown_badge(change: Changed) -> str:
    lines = "\n".join(_lines(change))
    return f"\n**{_kind(change)}**: {code(change.page)}\n\n{fenced(lines)}"


FORMATS: dict[str, Callable[[Report], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}


def read_policies(project: Project, files: Sequence[Path], revision: str) -> tuple[Policy, Policy]:
    """Return the two policies that are compared.

    Args:
        project: The atlas.
        files: Old and new; or the new one, which is compared with that in force; or none, and the one in force is
            compared with what it was in a commit.
        revision: That commit.

    Raises:
        ValueError: A policy cannot be read.
    """
    if len(files) > 1:
        return read_policy(files[0]), read_policy(files[1])
    in_force = read_policy(project.policy or BUILT_IN)
    return (in_force, read_policy(files[0])) if files else (policy_at(project, revision), in_force)
