"""The colours of charts and their pattern, by what they stand for.

On a site, the style gives each its colour in light, dark, calm and forced colours, by its class; the colours here are
those of the light scheme, for paper. Kinds of papers differ by pattern and words too, so that nothing hangs on colour.
"""

from __future__ import annotations

COLOURS = {
    "required": "#00558c",
    "not-required": "#8a4b00",
    "unclear": "#5b4a8a",
    "not-applicable": "#555b63",
    "ink": "#23262b",
    "quiet": "#565c64",
    "rule": "#c9c6bf",
    "paper": "#ffffff",
    "tint-1": "#edf3f8",
    "tint-2": "#dfe9f1",
    "tint-3": "#d0dfea",
    "tint-4": "#bfd4e3",
}
CLASSES = {colour: f"atlas-c-{name}" for name, colour in COLOURS.items()}


class Fill:
    """How an area is drawn.

    Attributes:
        colour: The name of its colour, which its edge has in any case.
        hatch: Its pattern, as matplotlib writes it; ``None`` for a plain area.
        solid: Whether it is filled with its colour, and not with that of the paper.
    """

    def __init__(self, colour: str, hatch: str | None = None, *, solid: bool = False) -> None:
        self.colour, self.hatch, self.solid = colour, hatch, solid


FILLS = {
    "required": Fill("required", solid=True),
    "not-required": Fill("not-required", "////"),
    "unclear": Fill("unclear", "----"),
    "not-applicable": Fill("not-applicable"),
    "cases": Fill("required", solid=True),
    "controls": Fill("not-required", "////"),
    "other": Fill("unclear", "----"),
    "yes": Fill("required", solid=True),
    "no": Fill("not-applicable"),
}
MARKS = {"required": "●", "not-required": "○", "unclear": "◐", "not-applicable": "–"}  # as the badge has them
