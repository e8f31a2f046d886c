"""Pictures kept between builds, so that matplotlib is loaded only where a picture must be drawn anew."""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from evidence_atlas.charts.tally import Tally
from evidence_atlas.language import language
from typst_builder.memory import write_atomically

LIBRARY = "matplotlib"
EXTRA = "evidence-atlas[charts]"
KEPT = 30 * 24 * 3600  # seconds
SOURCES = ("canvas.py", "look.py", "plots.py")  # what else a picture follows from


class Pictures:
    """The pictures of a folder, each named by a digest of all that it follows from.

    Args:
        folder: The folder; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, tally: Tally) -> tuple[bytes, list[tuple[str, str]]] | None:
        """Return a picture, and the places in the tally that its parts stand for; nothing without the library.

        Args:
            tally: What is drawn.
        """
        if not is_installed():
            return None
        own = _drawn_by()
        name = hashlib.blake2b(json.dumps([own, language(), _shown(tally)]).encode(), digest_size=12).hexdigest()
        picture, places = self.folder / f"{name}.svg", self.folder / f"{name}.json"
        try:
            os.utime(picture)
            return picture.read_bytes(), [(row, column) for row, column in json.loads(places.read_text(encoding="utf-8"))]
        except (OSError, ValueError):
            drawn = _draw(tally)
        write_atomically(places, json.dumps(drawn[1]).encode())  # first, since the picture vouches for it
        write_atomically(picture, drawn[0])
        return drawn

    def sweep(self) -> None:
        """Remove the pictures that no build has shown for a month."""
        long_ago = time.time() - KEPT
        for file in self.folder.glob("*"):
            if file.stat().st_mtime < long_ago:
                file.unlink(missing_ok=True)


def _draw(tally: Tally) -> tuple[bytes, list[tuple[str, str]]]:
    from evidence_atlas.charts.canvas import own_style
    from evidence_atlas.charts.plots import draw

    with own_style():
        canvas = draw(tally)
        return canvas.svg(), canvas.places


def _shown(tally: Tally) -> object:
    """Return what a picture shows of a tally: numbers and words, and not which papers they are."""
    heads = [[(head.id, head.label, head.short) for head in heads] for heads in (tally.rows, tally.columns)]
    counts = sorted((row, column, len(papers)) for (row, column), papers in tally.cells.items())
    return [tally.kind, tally.papers, heads, counts, sorted((*place, note) for place, note in tally.notes.items())]


def is_installed() -> bool:
    """Return whether pictures can be drawn."""
    return find_spec(LIBRARY) is not None


@cache
def _drawn_by() -> str:
    """Return a digest of the library's version and of what draws with it."""
    parts = [version(LIBRARY).encode(), *((Path(__file__).with_name(name)).read_bytes() for name in SOURCES)]
    return hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()
