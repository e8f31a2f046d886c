"""One set of PDFs by several machines: each makes a share, and the shares are laid together.

Every machine reads the whole project, since a link may lead anywhere, and then translates and compiles its share alone.
The folder of a share says in ``shard.json`` which of how many it is, what it was made from and what it holds; so a share
that is missing, unfinished, damaged or of another state of the project is found before anything is laid together.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "shard.json"
_GIVEN = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


@dataclass(frozen=True)
class Shard:
    """Which share of the PDFs a build makes.

    Attributes:
        number: Which one, from 1.
        count: How many there are.
    """

    number: int
    count: int


def parse(given: str) -> Shard:
    """Return the share that a text such as ``2/4`` names.

    Raises:
        ValueError: It names none.
    """
    found = _GIVEN.fullmatch(given.strip())
    shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.count:
        raise ValueError(f"expected K/N, the K-th share of N with K from 1 to N, such as 2/4; not {given!r}")
    return shard


def deal(weights: Mapping[str, int], count: int) -> list[set[str]]:
    """Return what each share gets: the heaviest first, each to the share that has the least so far.

    Args:
        weights: What there is to deal, with the work that each takes in any unit.
        count: How many shares there are.
    """
    shares: list[set[str]] = [set() for _ in range(count)]
    loads = [(0, number) for number in range(count)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        load, number = loads[0]
        shares[number].add(name)
        heapq.heapreplace(loads, (load + weights[name], number))
    return shares


# ---------------------------------------------------------------------------------------------------------
# What a share says of itself
# ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Manifest:
    """What a finished share says of itself.

    Attributes:
        number: Which share it is, from 1.
        count: How many there are.
        made_of: Digest of the sources and settings, the same for all shares of one state of a project.
        files: The files that it holds, with the SHA-256 of each.
    """

    number: int
    count: int
    made_of: str
    files: dict[str, str]


def clear(folder: Path) -> None:
    """Take back what a folder says, before its files change."""
    (folder / MANIFEST).unlink(missing_ok=True)


def finish(folder: Path, shard: Shard, made_of: str, names: Iterable[str]) -> None:
    """Say that a share is whole.

    Args:
        folder: Where its files lie.
        shard: Which share it is.
        made_of: Digest of the sources and settings.
        names: Its files.
    """
    files = {name: _digest(folder / name) for name in sorted(names)}
    said = asdict(Manifest(shard.number, shard.count, made_of, files))
    (folder / MANIFEST).write_text(f"{json.dumps(said, indent=1)}\n", encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---------------------------------------------------------------------------------------------------------
# Laying shares together
# ---------------------------------------------------------------------------------------------------------


def merge(folders: Sequence[Path], target: Path) -> int:
    """Lay the files of all shares into one folder, which then holds what a single build makes.

    Args:
        folders: The folders of the shares, in any order.
        target: The folder to lay them into; it need not be there.

    Returns:
        How many files there are.

    Raises:
        ValueError: A share is missing, unfinished, damaged or of another state of the project, or the target holds
            other PDFs. Nothing is written then.
    """
    manifests = {folder: _read(folder) for folder in folders}
    _check_set(manifests)
    for folder, manifest in manifests.items():
        for name, digest in manifest.files.items():
            if not (folder / name).is_file() or _digest(folder / name) != digest:
                raise ValueError(f"{folder / name}: the file is missing or not the one that share {_named(manifest)} made")
    names = {name for manifest in manifests.values() for name in manifest.files}
    if others := sorted(path.name for path in target.glob("*.pdf") if path.name not in names):
        raise ValueError(f"{target} holds {others[0]}, which no share made; name an empty folder")
    target.mkdir(parents=True, exist_ok=True)
    for folder, manifest in manifests.items():
        for name in manifest.files:
            shutil.copyfile(folder / name, target / name)
    return len(names)


def _read(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(int(said["number"]), int(said["count"]), str(said["made_of"]), dict(said["files"]))
    except FileNotFoundError:
        raise ValueError(f"{folder} holds no finished share: {MANIFEST} is missing") from None
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"{path}: it cannot be read as what a share says of itself") from None
    if any(Path(name).name != name for name in manifest.files):  # a file from elsewhere must not say where it is laid
        raise ValueError(f"{path}: it names files of other folders")
    return manifest


def _check_set(manifests: Mapping[Path, Manifest]) -> None:
    """Raise an error unless the shares are all of those that one state of a project was dealt into."""
    if not manifests:
        raise ValueError("no shares are given")
    (folder, first), *rest = manifests.items()
    for other, manifest in rest:
        if manifest.count != first.count:
            raise ValueError(f"{folder} is share {_named(first)}, and {other} is {_named(manifest)}")
        if manifest.made_of != first.made_of:
            raise ValueError(f"{folder} and {other} were made from different sources or settings")
    given = [manifest.number for manifest in manifests.values()]
    if twice := sorted({number for number in given if given.count(number) > 1}):
        raise ValueError(f"share {twice[0]}/{first.count} is given twice")
    if missing := [f"{number}/{first.count}" for number in range(1, first.count + 1) if number not in given]:
        raise ValueError(f"missing: share {', '.join(missing)}")


def _named(manifest: Manifest) -> str:
    return f"{manifest.number}/{manifest.count}"
