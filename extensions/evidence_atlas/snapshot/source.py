"""The commit that a release is made of: what git knows of it, and what stands against a release."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.core.identity import TAG, development_version, version_of, wrong_tag

_SHOWN = 5  # files that are named in a message


@dataclass(frozen=True, slots=True)
class Source:
    """A commit that may be released.

    Attributes:
        repository: The folder of the working tree.
        commit: The whole hash.
        seconds: When it was made, in seconds since 1970.
        version: The version of the content.
        tag: The tag that names it; empty for a development version.
    """

    repository: Path
    commit: str
    seconds: int
    version: str
    tag: str


def find_source(folder: Path, out: Path, *, tag: str = "", development: bool = False) -> Source:
    """Find the commit that is checked out, and refuse what cannot be released.

    Args:
        folder: A folder of the working tree.
        out: Where releases are; what lies there is not taken for a change.
        tag: The tag that must name the commit; without it, the newest tag of the content that does.
        development: Whether the commit is released as a development version, whatever its tags.

    Raises:
        ValueError: There is no git, no repository or no commit, files differ from the commit, or no tag that names a
            version names the commit.
    """
    repository = Path(git(folder, "rev-parse", "--show-toplevel")).resolve()
    try:
        commit, seconds = git(repository, "log", "-1", "--no-show-signature", "--format=%H %ct").split()
    except ValueError as error:
        raise ValueError(f"{repository} has no commit yet, and a release is made of one") from error
    _refuse_changes(repository, out)
    if development:
        version, tag = development_version(commit), ""
    else:
        tag = _tag(repository, commit, tag)
        version = tag.removeprefix(TAG)
    return Source(repository, commit, int(seconds), version, tag)


def copy(source: Source, target: Path) -> None:
    """Put the commit's files and history into a new folder, and nothing else that lies in the working tree.

    Tags that name the same commit are left out there but for the release's own, so that a build finds its version.
    """
    own = ["-c", "core.autocrlf=false", "-c", f"core.hooksPath={os.devnull}", "-c", "advice.detachedHead=false"]
    empty = [*own, "clone", "--quiet", "--shared", "--no-checkout", "--template="]
    git(source.repository, *empty, str(source.repository), str(target))
    git(target, *own, "checkout", "--quiet", "--detach", source.commit)
    others = [name for name in _tags(target, "--points-at", source.commit) if name != source.tag]
    if others:
        git(target, "tag", "--delete", *others)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it writes.

    Raises:
        ValueError: Git is not installed or refuses, with its own words.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CEILING_DIRECTORIES")
    environment |= {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", errors="surrogateescape", check=True
        )
    except FileNotFoundError as error:
        raise ValueError("git is not installed, and a release is made of a commit") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["no reason given"])[0].removeprefix("fatal: ")
        raise ValueError(f"git refuses in {folder}: {said}; a release is made of a commit") from error
    return done.stdout.strip()


def _refuse_changes(repository: Path, out: Path) -> None:
    besides = [f":(exclude){out.relative_to(repository).as_posix()}"] if out.is_relative_to(repository) else []
    changed = git(repository, "status", "--porcelain", "--untracked-files=all", "--", ".", *besides).splitlines()
    if changed:
        names = ", ".join(line[2:].strip() for line in changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        raise ValueError(f"the files differ from the commit ({names}{more}): commit them or put them away")


def _tag(repository: Path, commit: str, wanted: str) -> str:
    """Return the tag that names the commit, and a version."""
    here = _tags(repository, "--points-at", commit)
    if wanted:
        wanted = f"{TAG}{wanted.removeprefix(TAG)}"
        if not version_of([wanted])[0]:
            raise ValueError(wrong_tag(wanted))
        if wanted not in here:
            raise ValueError(f"{_place(repository, wanted)}, and {commit[:12]} is checked out")
        return wanted
    version, wrong = version_of(here)
    if version:
        return f"{TAG}{version}"
    if wrong:
        raise ValueError(wrong_tag(wrong[0]))
    newest = version_of(_tags(repository))[0]
    said = f"; {_place(repository, TAG + newest)}" if newest else ""
    raise ValueError(
        f"no tag of the content names the commit {commit[:12]}{said}. "
        f"Set one ('git tag {TAG}2026.11', with year and month), or release a development version with --development"
    )


def _tags(repository: Path, *where: str) -> list[str]:
    return git(repository, "tag", "--list", *where, f"{TAG}*").split()


def _place(repository: Path, tag: str) -> str:
    """Say which commit a tag names."""
    try:
        commit = git(repository, "rev-parse", "--verify", f"refs/tags/{tag}^{{commit}}")
    except ValueError:
        return f"there is no tag {tag}"
    return f"the tag {tag} names another commit, {commit[:12]}"
