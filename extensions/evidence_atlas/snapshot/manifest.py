"""What a release holds: the hash of each file in ``SHA256SUMS`` and, with facts and pages, in ``manifest.json``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from evidence_atlas.core.digest import digest

SCHEMA = 1  # another number means that what stands in the manifest has another meaning
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]


class Edited(ValueError):  # noqa: N818 (what was found, not a fault of the program)
    """A manifest whose content is not what it was made with."""


@dataclass(frozen=True)
class Manifest:
    """A release, as its manifest has it.

    Attributes:
        schema: Number of the form.
        name: The atlas's name.
        base_url: The address at which it is published; may be empty.
        version: The version.
        date: The day of the commit.
        commit: The whole hash.
        development: Whether it is no release that is meant to be cited.
        generator: Name and version of the package that made it.
        policy: Version of the policy.
        tools: Versions of what the bytes depend on, by name, Python's among them.
        pages: The digest of each evidence page, by the name of its folder.
        files: The SHA-256 of each file, by its path.
        digest: The digest of all the rest of the manifest.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    name: str
    base_url: str
    version: str
    date: str
    commit: str
    development: bool
    generator: str
    policy: str
    tools: dict[str, str]
    pages: dict[str, _Digest]
    files: dict[str, _Hash] = field(repr=False)
    digest: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return the manifest as plain data, with the digest of the rest as it is now."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "digest"}
        return {**facts, "digest": digest(facts)}


_ADAPTER = TypeAdapter(Manifest)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder by its path, in the order of the paths.

    Raises:
        ValueError: A name holds a line end or a backslash, which ``SHA256SUMS`` would have to write in another way.
    """
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for name in paths:
        if "\n" in name or "\\" in name:
            raise ValueError(f"a file cannot be named {name!r} in a release")
    return {name: sha256(folder / name) for name in paths}


def sums(files: dict[str, str]) -> str:
    """Return hashes in the form that ``sha256sum -c`` reads."""
    return "".join(f"{value}  {name}\n" for name, value in sorted(files.items()))


def write(folder: Path, manifest: Manifest) -> None:
    """Write a manifest and ``SHA256SUMS`` into a release that has all its other files."""
    path = folder / MANIFEST
    path.write_text(f"{json.dumps(manifest.as_data(), ensure_ascii=False, indent=1)}\n", encoding="utf-8")
    (folder / SUMS).write_text(sums({**manifest.files, MANIFEST: sha256(path)}), encoding="utf-8")


def load(path: Path) -> Manifest:
    """Read a manifest, and check it against its own digest and against ``SHA256SUMS`` where that lies beside it.

    Raises:
        Edited: It was changed after it was made, or cut off.
        ValueError: It is not there, or is of a form that this program does not know.
    """
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Edited(f"{path} is no manifest, or was cut off: {error}") from error
    if not isinstance(data, dict) or "files" not in data:
        raise ValueError(f"{path} is not the manifest of a release")
    if data.get("schema") != SCHEMA:
        raise ValueError(
            f"{path} has schema {data.get('schema')!r}; this program reads schema {SCHEMA}: a newer evidence-atlas may read it"
        )
    try:
        manifest = _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Edited(f"{path} was edited: {place}: {first['msg']}") from error
    if digest({name: value for name, value in data.items() if name != "digest"}) != manifest.digest:
        raise Edited(f"{path} was edited: what it states does not have the digest that it states")
    _compare(path, manifest)
    return manifest


def _compare(path: Path, manifest: Manifest) -> None:
    """Compare a manifest with the list of hashes beside it, which holds the manifest's own."""
    beside = path.with_name(SUMS)
    if beside.is_file():
        expected = sums({**manifest.files, MANIFEST: sha256(path)})
        if beside.read_bytes() != expected.encode():
            raise Edited(f"{path} and {SUMS} beside it do not agree: one of them was edited")
