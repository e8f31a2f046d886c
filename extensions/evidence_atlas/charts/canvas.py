"""A picture in the making: areas, lines and words, drawn by matplotlib, measured in units from the top left corner.

Whole rows of areas and words are drawn by one artist each, since matplotlib spends its time on artists. What an area
leads to and says is kept by a number in its address, which stands in for it until the picture is finished.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from evidence_atlas.charts.look import COLOURS, Fill

UNIT = 72  # units in an inch, in which matplotlib measures a figure


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, and the place in the tally that it stands for."""

    left: float
    top: float
    width: float
    height: float
    place: tuple[str, str] | None = None

    def corners(self) -> list[tuple[float, float]]:
        """Return its corners."""
        right, bottom = self.left + self.width, self.top + self.height
        return [(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)]


@dataclass(frozen=True, slots=True)
class Word:
    """Words in one line, and the point at which they begin, end or have their middle."""

    left: float
    base: float
    text: str


class _Words(Artist):
    """Words of one size, colour and anchor; what matplotlib's own text would measure one by one."""

    def __init__(self, words: Sequence[Word], size: float, group: str, *, bold: bool, angle: float) -> None:
        super().__init__()
        self.set_zorder(3)  # above areas and lines
        self.words, self.group, self.angle = words, group, angle
        self.font = FontProperties(family="sans-serif", size=size, weight="bold" if bold else "normal")

    def draw(self, renderer: RendererBase) -> None:
        """Draw them."""
        renderer.open_group("words", gid=self.group)
        gc = renderer.new_gc()
        for word in self.words:
            renderer.draw_text(gc, word.left, word.base, word.text, self.font, self.angle)
        gc.restore()
        renderer.close_group("words")


class Canvas:
    """A picture.

    Args:
        width: In units.
        height: In units.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.places: list[tuple[str, str]] = []
        self.figure = Figure(figsize=(width / UNIT, height / UNIT), dpi=UNIT, frameon=False)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")

    def areas(self, areas: Iterable[Area], fill: Fill | None = None, *, colour: str = "paper", edge: str | None = None) -> None:
        """Draw areas that look alike.

        Args:
            areas: The areas.
            fill: How they are filled; without it they have a plain colour.
            colour: The name of that colour.
            edge: The name of the colour of their edges; none without it, unless ``fill`` has one.
        """
        shapes = list(areas)
        if not shapes:
            return
        inside = fill.colour if fill and fill.solid else colour
        outline = fill.colour if fill else edge
        drawn = PolyCollection(
            [area.corners() for area in shapes],
            facecolors=COLOURS[inside],
            edgecolors=COLOURS[outline] if outline else "none",
            linewidths=1 if outline else 0,
            hatch=fill.hatch if fill else None,
            clip_on=False,
        )
        drawn.set_urls([*(self._address(area) for area in shapes), None])  # one more, or a single area becomes a marker
        self.axes.add_collection(drawn, autolim=False)

    def lines(self, lines: Sequence[tuple[float, float, float, float]], colour: str = "rule") -> None:
        """Draw straight lines, each from one point to another."""
        if lines:
            ends = [((a, b), (c, d)) for a, b, c, d in lines]
            self.axes.add_collection(
                LineCollection(ends, colors=COLOURS[colour], linewidths=0.8, zorder=0, clip_on=False), autolim=False
            )

    def words(  # noqa: PLR0913  (how words look has as many sides)
        self,
        words: Sequence[Word],
        size: float = 11,
        anchor: str = "start",
        *,
        colour: str = "ink",
        bold: bool = False,
        angle: float = 0,
    ) -> None:
        """Write words that look alike.

        Args:
            words: The words.
            size: Their size, in units.
            anchor: Which end of them stands at their point: ``start``, ``middle`` or ``end``.
            colour: The name of their colour.
            bold: Whether they are bold.
            angle: How far they are turned against the clock, in degrees.
        """
        if shown := [word for word in words if word.text]:
            self.axes.add_artist(_Words(shown, size, f"{anchor}:{colour}", bold=bold, angle=angle))

    def _address(self, area: Area) -> str | None:
        if area.place is None:
            return None
        self.places.append(area.place)
        return str(len(self.places) - 1)

    def svg(self) -> bytes:
        """Return the picture as matplotlib writes it, the same for the same at any time."""
        made = io.BytesIO()
        metadata: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.figure.savefig(made, format="svg", metadata=metadata)
        return made.getvalue()


@contextmanager
def own_style() -> Iterator[None]:
    """Draw by our settings, whatever somebody has set for other pictures."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rc("svg", fonttype="none", hashsalt="evidence-atlas")
        mpl.rc("hatch", linewidth=1.1)
        mpl.rc("font", **{"sans-serif": ["DejaVu Sans"]})  # comes with matplotlib: no other is looked for
        yield
