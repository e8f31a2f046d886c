"""Which version of the atlas this is, and of what day."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

TAG = "atlas-"


@dataclass(frozen=True, slots=True)
class Identity:
    """A version of the content.

    Attributes:
        version: The tag's version, ``0+<commit>`` between tags, ``0+unknown`` without git.
        date: The day of the commit (or of ``SOURCE_DATE_EPOCH``); ``None`` where neither is known.
        generator: Name and version of the package that makes the site.
    """

    version: str
    date: dt.date | None
    generator: str


def identity(root: Path) -> Identity:
    """Read the identity from the repository that holds a folder."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    commit, _, seconds = (_git(root, "log", "-1", "--format=%h %ct") or "").partition(" ")
    stamp = epoch if epoch.isdecimal() else seconds
    tag = _git(root, "describe", "--tags", "--exact-match", "--match", f"{TAG}*") if commit else None
    version = tag.removeprefix(TAG) if tag else f"0+{commit or 'unknown'}"
    date = dt.datetime.fromtimestamp(int(stamp), dt.UTC).date() if stamp else None
    return Identity(version, date, f"evidence-atlas {metadata.version('evidence-atlas')}")


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
