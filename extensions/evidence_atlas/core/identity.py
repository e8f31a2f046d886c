"""Which version of the atlas this is, and of what day."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

TAG = "atlas-"
# year and month, and a number where a month has several
_VERSION = re.compile(r"\d{4}\.(?:0[1-9]|1[0-2])(?:\.[1-9]\d*)?")
_SHOWN = 12  # characters of a commit: git's own choice grows with the repository, and differs in a shallow one


@dataclass(frozen=True, slots=True)
class Identity:
    """A version of the content.

    Attributes:
        version: The tag's version, ``0+<commit>`` between tags, ``0+unknown`` without git.
        date: The day of the commit (or of ``SOURCE_DATE_EPOCH``); ``None`` where neither is known.
        generator: Name and version of the package that makes the site.
        wrong_tags: Tags of the commit that begin like one of the content but name no version.
    """

    version: str
    date: dt.date | None
    generator: str
    wrong_tags: tuple[str, ...] = ()

    @property
    def is_release(self) -> bool:
        """Whether this is a version that was tagged."""
        return not self.version.startswith("0+")


def identity(root: Path) -> Identity:
    """Read the identity from the repository that holds a folder."""
    asked = ("log", "-1", "--no-show-signature", f"--decorate-refs=refs/tags/{TAG}*", "--format=%H%n%ct%n%D")
    commit, seconds, tags = [*(_git(root, *asked) or "").split("\n"), "", "", ""][:3]
    names = [tag.removeprefix("tag: ") for tag in tags.split(", ") if tag]
    version, wrong = version_of(names)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return Identity(
        version or development_version(commit),
        _day(epoch if epoch.isdecimal() else seconds),
        f"evidence-atlas {metadata.version('evidence-atlas')}",
        wrong,
    )


def version_of(tags: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the newest version that tags of the content name, if one does, and the tags that name none.

    Args:
        tags: Names of tags that begin with ``atlas-``.
    """
    names = sorted(tag.removeprefix(TAG) for tag in tags)
    versions = [name for name in names if _VERSION.fullmatch(name)]
    newest = max(versions, key=lambda version: [int(part) for part in version.split(".")], default="")
    return newest, tuple(f"{TAG}{name}" for name in names if name not in versions)


def development_version(commit: str) -> str:
    """Return the version of a commit that no tag of the content names.

    Args:
        commit: The whole hash; empty where it is not known.
    """
    return f"0+{commit[:_SHOWN] or 'unknown'}"


def wrong_tag(tag: str) -> str:
    """Return what is said of a tag that names no version."""
    expected = f"after {TAG!r} come year, month and, if needed, a number, as in 2026.11 or 2026.11.1"
    return f"The tag {tag!r} names no version: {expected}."


def _day(seconds: str) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
