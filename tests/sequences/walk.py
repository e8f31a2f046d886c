"""A sequence: rounds of edits and builds, from a seed; after each round the folder holds what a clean build gives."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from . import builds
from .atlas import Atlas
from .builds import Killed, Way
from .edits import EDITS

ROUNDS = 4
SITE, PDFS = Way(), Way("typst", doctrees="doctrees-typst")


@dataclass(frozen=True)
class Round:
    """Edits, then builds, each of which may be killed but for the last.

    Attributes:
        edits: Seeds, each of which chooses an edit.
        killed: Where builds before the last one are killed; after each, one more edit may follow.
        way: How the last one builds.
        pdfs: Whether the PDFs are built too.
    """

    edits: tuple[int, ...]
    killed: tuple[tuple[Killed, int], ...]
    way: Way
    pdfs: bool


class DiffersError(AssertionError):
    """An incremental build gave something else than a clean one."""


def rounds(seed: int) -> list[Round]:
    """Return the rounds of a sequence."""
    chance = Random(seed)  # noqa: S311

    def one() -> Round:
        edits = tuple(chance.randrange(10**9) for _ in range(chance.choice((1, 1, 2, 3))))
        kills = chance.choice((0, 0, 1, 1, 2))
        killed = tuple(
            (Killed(chance.randrange(1, 220), chance.random() < 0.5), chance.choice((0, chance.randrange(1, 10**9))))
            for _ in range(kills)
        )
        return Round(edits, killed, Way(processes=chance.choice((1, 2))), pdfs=chance.random() < 0.08)

    return [one() for _ in range(ROUNDS)]


def apply(atlas: Atlas, seed: int) -> str:
    """Do the edit that a seed chooses, and return what was done."""
    chance = Random(seed)  # noqa: S311
    return chance.choice(EDITS)(atlas, chance)


def walk(folder: Path, sequence: Sequence[Round], log: list[str]) -> None:
    """Go through a sequence in an empty folder.

    Args:
        folder: The folder, for the atlas and for clean builds of it.
        sequence: The rounds.
        log: Takes what was done.

    Raises:
        DiffersError: A round gave something else than a clean build.
        RuntimeError: A build failed.
    """
    atlas, root = Atlas(), folder / "atlas"
    root.mkdir(parents=True)
    atlas.write(root)
    builds.build(root, SITE)
    for number, now in enumerate(sequence):
        log += [f"{number}. {apply(atlas, seed)}" for seed in now.edits]
        atlas.write(root)
        for killed, seed in now.killed:
            finished = builds.build(root, Way(processes=now.way.processes, killed=killed)) is not None
            log.append(f"{number}. a build with {killed} {'ended before' if finished else 'is killed'}")
            if seed:
                log.append(f"{number}. {apply(atlas, seed)}")
                atlas.write(root)
        result = builds.build(root, now.way)
        assert result is not None
        log.append(f"{number}. build with {now.way.processes} process(es), which reads {sorted(result.read)}")
        compare_sites(atlas, root, folder / f"clean{number}", result, last=number == len(sequence) - 1)
        if now.pdfs:
            log.append(f"{number}. PDFs")
            compare_pdfs(atlas, root, folder / f"clean{number}")
        shutil.rmtree(folder / f"clean{number}")


def compare_sites(atlas: Atlas, root: Path, clean: Path, result: builds.Result, *, last: bool) -> None:
    """Compare an incremental build with a clean one; at the end of a sequence also with one that reads everything again."""
    clean.mkdir()
    atlas.write(clean)
    whole = builds.build(clean, SITE)
    assert whole is not None
    same(builds.files(root, "dirhtml"), builds.files(clean, "dirhtml"), "the site")
    if invented := set(result.warnings) - set(whole.warnings):
        raise DiffersError(f"an incremental build alone warns {sorted(invented)}")
    if lost := [w for w in set(whole.warnings) - set(result.warnings) if of(w) in result.read]:
        raise DiffersError(f"an incremental build read the documents of these warnings, and is silent: {sorted(lost)}")
    told, shown = set(builds.check(root)), {plain(w) for w in whole.warnings if "[atlas." in w}
    if unseen := [w for w in shown - told if not w.endswith(BUILD_ALONE)]:
        raise DiffersError(f"'atlas check' is silent of {sorted(unseen)}")
    if last:
        again = builds.build(root, Way(processes=2, everything=True))
        assert again is not None
        same(builds.files(root, "dirhtml"), builds.files(clean, "dirhtml"), "the site of a build that reads everything again")
        if sorted(again.warnings) != sorted(whole.warnings):
            raise DiffersError(f"a build that reads everything again warns {again.warnings}, a clean one {whole.warnings}")


# what only a build can know: it needs all pages, or what a directive was given
BUILD_ALONE = ("[atlas.unknown-paper]", "[atlas.table]")


def of(warning: str) -> str:
    """Return the document at which a warning points."""
    return warning.split(":", maxsplit=1)[0].removeprefix("docs/").removesuffix(".md")


def plain(warning: str) -> str:
    """Return a warning without the word that says that it is one."""
    return warning.replace(": WARNING: ", ": ", 1)


def compare_pdfs(atlas: Atlas, root: Path, clean: Path) -> None:
    """Compare the PDFs of an incremental build with those of a clean one."""
    for place in (root, clean):
        builds.build(place, PDFS)
    same(builds.files(root, "typst"), builds.files(clean, "typst"), "the PDFs")


def same(ours: dict[str, bytes], theirs: dict[str, bytes], what: str) -> None:
    """Raise an error unless two builds wrote the same files with the same bytes."""
    more, less = sorted(ours.keys() - theirs.keys()), sorted(theirs.keys() - ours.keys())
    other = [name for name in sorted(ours.keys() & theirs.keys()) if ours[name] != theirs[name]]
    if more or less or other:
        raise DiffersError(f"{what}: left over {more[:9]}, missing {less[:9]}, other {other[:9]}")


def shrink(folder: Path, sequence: Sequence[Round], log: list[str]) -> list[Round]:
    """Return a shorter sequence that fails too: without rounds, edits and kills that are not needed for it."""
    shortest = list(sequence)

    def fails(candidate: Sequence[Round]) -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        told: list[str] = []
        try:
            walk(folder, candidate, told)
        except (DiffersError, RuntimeError) as error:
            log[:] = [*told, str(error)]
            return True
        return False

    for end in range(1, len(shortest)):
        if fails(shortest[:end]):
            shortest = shortest[:end]
            break
    changed = True
    while changed:
        changed = False
        for candidate in smaller(shortest):
            if fails(candidate):
                shortest, changed = candidate, True
                break
    fails(shortest)
    return shortest


def smaller(sequence: list[Round]) -> list[list[Round]]:
    """Return the sequences that lack one round, one edit, one kill or one further thing of a sequence."""
    found = []
    for place, now in enumerate(sequence):
        found.append([*sequence[:place], *sequence[place + 1 :]])
        fewer = [Round(now.edits, (), now.way, now.pdfs)] if now.killed else []
        fewer += [Round(now.edits[:k] + now.edits[k + 1 :], now.killed, now.way, now.pdfs) for k in range(len(now.edits))]
        fewer += [Round(now.edits, now.killed, SITE, now.pdfs)] if now.way != SITE else []
        fewer += [Round(now.edits, now.killed[:k] + now.killed[k + 1 :], now.way, now.pdfs) for k in range(len(now.killed))]
        found += [[*sequence[:place], one, *sequence[place + 1 :]] for one in fewer]
    return [one for one in found if one]
