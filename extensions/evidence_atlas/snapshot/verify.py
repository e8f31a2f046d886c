"""``atlas verify``: of which version a file is, whether it was altered, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidence_atlas.snapshot import contents
from evidence_atlas.snapshot.manifest import MANIFEST, SUMS, Edited, Manifest, load, sha256, sums


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a file.

    Attributes:
        unaltered: Whether it is as it was released; ``False`` too where that cannot be told.
        text: One line that says so, and how it is known.
    """

    unaltered: bool
    text: str


@dataclass(frozen=True, slots=True)
class Release:
    """A manifest that was read, and where it lies."""

    path: Path
    manifest: Manifest

    @property
    def named(self) -> str:
        """The version in words."""
        return f"version {self.manifest.version} of {self.manifest.name} ({self.manifest.date})"


def verify(file: Path, given: Release | None = None) -> Answer:
    """Say of which version a file is, and whether it is as it was released.

    Args:
        file: A PDF, a page of the site, a record, or any other file of a release.
        given: The manifest to go by; without it, the nearest one beside or above the file.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        release = given or _nearest(file)
    except ValueError as error:
        return Answer(unaltered=False, text=f"cannot be told: {error}.")
    if release is None:
        return _alone(file)
    if file.resolve() == release.path.resolve() or file.name == SUMS:
        return _list_itself(file, release)
    found = sha256(file)
    names = [name for name, value in release.manifest.files.items() if value == found]
    if names:
        place = _place(file, release)
        shown = place if place in names else names[0]
        return Answer(unaltered=True, text=f"unaltered: {release.named}, {shown}. {release.path.name} has its SHA-256.")
    return _other(file, release)


def read_release(path: Path) -> Release:
    """Read the manifest to go by.

    Raises:
        Edited: It was changed after it was made.
        ValueError: It is no manifest.
        OSError: It is not there.
    """
    return Release(path, load(path))


def _nearest(file: Path) -> Release | None:
    """Find the manifest of the release in which a file lies; files of the same name that are no manifest are passed over."""
    for folder in file.resolve().parents:
        path = folder / MANIFEST
        if path.is_file():
            try:
                return read_release(path)
            except Edited:
                raise
            except ValueError:
                continue
    return None


def _place(file: Path, release: Release) -> str:
    """Return the path of a file within the release; empty where it lies elsewhere."""
    folder, place = release.path.resolve().parent, file.resolve()
    return place.relative_to(folder).as_posix() if place.is_relative_to(folder) else ""


def _list_itself(file: Path, release: Release) -> Answer:
    """Judge the manifest, or the list of hashes."""
    beside = release.path.with_name(SUMS)
    if file.name == SUMS:
        same = file.read_bytes() == sums({**release.manifest.files, MANIFEST: sha256(release.path)}).encode()
        text = f"unaltered: it agrees with {release.path.name} of {release.named}." if same else _disagrees(release)
        return Answer(same, text)
    if not beside.is_file():
        return Answer(unaltered=False, text=f"cannot be told: it has its own digest, but no {SUMS} lies beside it.")
    return Answer(unaltered=True, text=f"unaltered: the manifest of {release.named}. {SUMS} beside it has its SHA-256.")


def _disagrees(release: Release) -> str:
    return f"altered, or of another version: it does not agree with {release.path.name} of {release.named}."


def _other(file: Path, release: Release) -> Answer:
    """Say why a file is not one of a release."""
    manifest, place = release.manifest, _place(file, release)
    expected = f" In its place {release.named} has another file." if place in manifest.files else ""
    try:
        said = contents.read(file)
    except ValueError as error:
        verdict = "altered" if expected else "unknown"
        return Answer(unaltered=False, text=f"{verdict}: {error}; no file of {release.named} has its SHA-256.{expected}")
    if said.address and said.base_url != manifest.base_url:
        text = f"not of this atlas: {said.kind} of {said.base_url}, and the manifest is of {manifest.base_url}."
    elif said.version != manifest.version:
        claim = f"{said.kind} of version {said.version}"
        text = f"not of this version: {claim}, and the manifest is of {release.named}.{_same(said, release)}"
    elif said.page and said.page not in manifest.pages:
        text = f"unknown: {said.kind} {said.page!r}, which {release.named} does not have."
    else:
        claim = f"{said.kind} that says it is of {release.named}"
        text = f"altered: {claim}, which has no file with its SHA-256.{_same(said, release)}"
    return Answer(unaltered=False, text=text)


def _same(said: contents.Said, release: Release) -> str:
    """Say whether what a page says is what the release says there, whatever else differs."""
    known = release.manifest.pages.get(said.page)
    if said.whole is None or known is None:
        return ""
    if not said.whole:
        return " What its record says does not have the digest that it states."
    if said.digest != known:
        return " What its record says is not what that page says there."
    return " What its record says is what that page says there; the rest of the file differs."


def _alone(file: Path) -> Answer:
    """Say what can be known of a file without a manifest."""
    try:
        said = contents.read(file)
    except ValueError as error:
        return Answer(unaltered=False, text=f"unknown: {error}, and no {MANIFEST} lies beside or above it.")
    if said.whole is False:
        return Answer(
            unaltered=False,
            text=f"altered: {said.kind} of version {said.version}. What its record says does not have the digest that it states.",
        )
    known = " What its record says has the digest that it states, which does not cover the rest." if said.whole else ""
    return Answer(
        unaltered=False,
        text=f"cannot be told: {said.kind} that says it is of version {said.version}.{known} "
        f"Take {MANIFEST} of that version and name it with --manifest.",
    )
