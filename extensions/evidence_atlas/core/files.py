"""Files that a build makes: written beside their place, and moved there only where they say something new; and deleted."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_NEW = ".new"


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give the path of a file to write, and put it in place of the target unless both are the same.

    So a server need not send again what has not changed, and an export that was cut off leaves the old file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f"{target.name}{_NEW}")
    made.unlink(missing_ok=True)
    try:
        yield made
        if target.is_file() and filecmp.cmp(made, target, shallow=False):
            made.unlink()
        else:
            made.replace(target)
    finally:
        made.unlink(missing_ok=True)


@contextmanager
def new_stream(target: Path) -> Iterator[BinaryIO]:
    """Give an open file whose content takes the target's place, where it differs."""
    with new_file(target) as made, made.open("wb") as stream:
        yield stream
        stream.flush()


def write(target: Path, text: str) -> None:
    """Write a text file unless it holds the text already."""
    with new_stream(target) as stream:
        stream.write(text.encode())


def write_changed(file: Path, text: str) -> None:
    """Write a text file in place unless it holds the text already: quicker than :func:`write`, and not whole after a kill."""
    data = text.encode()
    try:
        with file.open("xb") as new:
            new.write(data)
    except FileExistsError:
        if file.read_bytes() != data:
            file.write_bytes(data)


def remove(file: Path, root: Path) -> None:
    """Delete a file, and the folders above it that are empty then, up to a root."""
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == root or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
