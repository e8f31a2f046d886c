"""The pictures: each a drawing of a tally on a canvas."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from matplotlib.ticker import MaxNLocator

from evidence_atlas.charts.canvas import Area, Canvas, Word
from evidence_atlas.charts.look import FILLS, MARKS
from evidence_atlas.charts.tally import Head, Tally
from evidence_atlas.core.references import UNDATED
from evidence_atlas.language import _, ngettext, number

WIDTH = 360  # units: as wide as a phone, where a unit is a pixel
LINE = 18  # units from one line of a legend to the next
SIZE = 11.5  # of words, in units
LETTER = 0.56  # the width of a letter, as a part of its size, on the average and rather too wide than too narrow
NARROWEST, WIDEST = 27, 60  # units: a square of a map, with room for four digits
PLOT = 150  # units: the height of bars


def draw(tally: Tally) -> Canvas:
    """Draw a tally as its kind is drawn."""
    return _PICTURES[tally.kind](tally)


# ---------------------------------------------------------------------------------------------------------
# Bars
# ---------------------------------------------------------------------------------------------------------


def _years(tally: Tally) -> Canvas:
    """Draw a bar for each year, parted by column, one part upon the other."""
    used = _used(tally)
    top = _legend_height(used) + 12
    canvas = Canvas(WIDTH, top + PLOT + 24)
    _legend(canvas, used)
    most = max((sum(tally.count(row.id, column.id) for column in used) for row in tally.rows), default=1)
    left, rise = _scale(canvas, top, most)
    step = (WIDTH - left) / max(1, len(tally.rows))
    bar = min(step * 0.82, 26)
    base = dict.fromkeys((row.id for row in tally.rows), top + PLOT)
    for column in used:
        areas = []
        for place, row in enumerate(tally.rows):
            if count := tally.count(row.id, column.id):
                base[row.id] -= count * rise
                x = left + (place + 0.5) * step - bar / 2
                areas.append(Area(x, base[row.id], bar, count * rise, (row.id, column.id)))
        canvas.areas(areas, FILLS[column.id])
    every = next(each for each in (1, 2, 5, 10, 20, 50, 100) if each * step >= 4 * SIZE * LETTER + 6)
    below = [
        Word(left + (place + 0.5) * step, top + PLOT + 16, row.label)
        for place, row in enumerate(tally.rows)
        if row.id != UNDATED and int(row.id) % every == 0
    ]
    canvas.words(below, SIZE, "middle", colour="quiet")
    if tally.rows and tally.rows[-1].id == UNDATED:
        canvas.words([Word(WIDTH, top + PLOT + 16, tally.rows[-1].label)], SIZE, "end", colour="quiet")
    return canvas


def _sizes(tally: Tally) -> Canvas:
    """Draw bars side by side for each step of a scale on which ten times as much is always as far."""
    used = _used(tally)
    top = _legend_height(used) + 12
    canvas = Canvas(WIDTH, top + PLOT + 38)
    _legend(canvas, used)
    most = max((tally.count(row.id, column.id) for row in tally.rows for column in used), default=1)
    left, rise = _scale(canvas, top, most)
    starts = [int(row.id.partition("-")[0]) for row in tally.rows]
    ends = [int(row.id.partition("-")[2]) + 1 for row in tally.rows]
    wide = (WIDTH - left - 6) / math.log10(max(ends, default=10))
    for place, column in enumerate(used):
        areas = []
        for row, start, end in zip(tally.rows, starts, ends, strict=True):
            room = (math.log10(end / start) * wide - 2) / len(used)
            height = tally.count(row.id, column.id) * rise
            x = left + math.log10(start) * wide + 1 + place * room
            areas += [Area(x, top + PLOT - height, room - 1, height, (row.id, column.id))] if height else []
        canvas.areas(areas, FILLS[column.id])
    powers = [
        10**power for power in range(math.ceil(math.log10(max(ends, default=10))) + 1) if 10**power <= max(ends, default=10)
    ]
    at = [left + math.log10(power) * wide for power in powers]
    canvas.lines([(x, top + PLOT, x, top + PLOT + 4) for x in at], "quiet")
    canvas.words(
        [Word(min(x, WIDTH - 20), top + PLOT + 16, number(power)) for x, power in zip(at, powers, strict=True)],
        SIZE,
        "middle",
        colour="quiet",
    )
    canvas.words([Word((left + WIDTH) / 2, top + PLOT + 32, _("People in the study"))], SIZE, "middle", colour="quiet")
    return canvas


def _scale(canvas: Canvas, top: float, most: int) -> tuple[float, float]:
    """Draw the lines of a scale of papers; return where the bars begin, and how high a paper is."""
    ticks = [int(tick) for tick in MaxNLocator(nbins=5, integer=True, min_n_ticks=1).tick_values(0, most) if tick >= 0]
    rise = PLOT / max(most, ticks[-1])
    shown = [(tick, top + PLOT - tick * rise) for tick in ticks]
    left = max(len(number(tick)) for tick in ticks) * SIZE * LETTER + 8
    canvas.lines([(left, y, WIDTH, y) for _tick, y in shown])
    canvas.words([Word(left - 6, y + 4, number(tick)) for tick, y in shown], SIZE, "end", colour="quiet")
    return left, rise


def _shares(tally: Tally) -> Canvas:
    """Draw a bar of one hundred per cent for each row."""
    canvas = Canvas(WIDTH, 50 * len(tally.rows))
    for place, row in enumerate(tally.rows):
        yes, no = (tally.count(row.id, column.id) for column in tally.columns)
        top, all_ = place * 50, max(1, yes + no)
        canvas.words([Word(0, top + 14, row.label)], SIZE + 0.5, bold=True)
        canvas.words([Word(WIDTH, top + 14, _of(yes, yes + no))], SIZE, "end")
        width = WIDTH * yes / all_
        columns = zip(tally.columns, ((0.5, width - 0.5), (width + 0.5, WIDTH - 0.5)), strict=True)
        for column, (left, right) in columns:
            if right - left > 0 and tally.count(row.id, column.id):
                canvas.areas([Area(left, top + 22, right - left, 16, (row.id, column.id))], FILLS[column.id])
    return canvas


def _pem(tally: Tally) -> Canvas:
    """Say in large figures how many papers required PEM, above a bar of all of them and what its parts are."""
    used = [column for column in tally.columns if tally.count("all", column.id)]
    first = tally.columns[0]
    canvas = Canvas(WIDTH, 96 + 22 * len(used))
    figure = _("{count} of {all}").format(count=number(tally.count("all", first.id)), all=number(tally.papers))
    canvas.words([Word(0, 31, figure)], 34, colour=first.id, bold=True)
    beside = len(figure) * 34 * LETTER + 14
    canvas.words([Word(beside, 15, ngettext("paper", "papers", tally.papers)), Word(beside, 32, first.label)], 13.5, bold=True)
    left = 0.5
    for place, column in enumerate(used):
        count = tally.count("all", column.id)
        width = (WIDTH - 1) * count / max(1, tally.papers)
        canvas.areas([Area(left, 46, max(1, width - 2 * (place < len(used) - 1)), 34, ("all", column.id))], FILLS[column.id])
        left += width
    for place, column in enumerate(used):
        base = 102 + 22 * place
        canvas.areas([Area(0.5, base - 11, 20, 13)], FILLS[column.id])
        canvas.words([Word(28, base, _marked(column))], SIZE + 1.5)
        canvas.words([Word(WIDTH, base, _of(tally.count("all", column.id), tally.papers))], SIZE + 1.5, "end")
    return canvas


# ---------------------------------------------------------------------------------------------------------
# Maps
# ---------------------------------------------------------------------------------------------------------


def _map(tally: Tally) -> Canvas:
    """Draw a square for each row and column with its number of papers, the darker the more."""
    rows = [_wrapped(row.short or row.label, 22) for row in tally.rows]
    columns = [_wrapped(column.short or column.label, 18) for column in tally.columns]
    left = _longest(rows) + 8
    room = (WIDTH - left) / max(1, len(columns))
    turned = max(NARROWEST, room) < _longest(columns) + 6
    across = max(NARROWEST, room if turned else min(WIDEST, room))
    down = 30 if tally.notes else 26
    top = _longest(columns) + 10 if turned else 8 + 12 * max((len(lines) for lines in columns), default=1)
    canvas = Canvas(left + across * len(columns) + 1, top + down * len(rows) + 1)
    _heads(canvas, rows, columns, (left, top, across, down), turned=turned)
    most = max((len(papers) for papers in tally.cells.values()), default=1)
    tints: dict[int, list[Area]] = {tint: [] for tint in range(5)}
    for y, row in enumerate(tally.rows):
        for x, column in enumerate(tally.columns):
            count = tally.count(row.id, column.id)
            place = (row.id, column.id) if count else None
            tints[_tint(count, most)].append(Area(left + x * across + 1, top + y * down + 1, across - 2, down - 2, place))
    canvas.areas(tints.pop(0), colour="paper", edge="rule")
    for tint, areas in tints.items():
        canvas.areas(areas, colour=f"tint-{tint}", edge="required")
    _numbers(canvas, tally, (left, top, across, down))
    return canvas


def _heads(
    canvas: Canvas,
    rows: Sequence[Sequence[str]],
    columns: Sequence[Sequence[str]],
    grid: tuple[float, float, float, float],
    *,
    turned: bool,
) -> None:
    left, top, across, down = grid
    for y, lines in enumerate(rows):
        middle = top + (y + 0.5) * down + SIZE * 0.36 - (len(lines) - 1) * 6
        canvas.words([Word(left - 6, middle + 12 * n, line) for n, line in enumerate(lines)], SIZE, "end")
    for x, lines in enumerate(columns):
        middle = left + (x + 0.5) * across
        last = len(lines) - 1
        words = (
            [Word(middle + SIZE * 0.36 - last * 6 + 12 * n, top - 5, line) for n, line in enumerate(lines)]
            if turned
            else [Word(middle, top - 5 - 12 * (last - n), line) for n, line in enumerate(lines)]
        )
        canvas.words(words, SIZE, "start" if turned else "middle", angle=90 if turned else 0)


def _numbers(canvas: Canvas, tally: Tally, grid: tuple[float, float, float, float]) -> None:
    left, top, across, down = grid
    counts, notes = [], []
    for y, row in enumerate(tally.rows):
        for x, column in enumerate(tally.columns):
            if count := tally.count(row.id, column.id):
                middle, note = left + (x + 0.5) * across, tally.notes.get((row.id, column.id), "")
                counts.append(Word(middle, top + (y + (0.47 if note else 0.5)) * down + (0 if note else 4), number(count)))
                notes.append(Word(middle, top + (y + 0.83) * down, note))
    canvas.words(counts, SIZE - (0.5 if across > 30 else 1.5), "middle", bold=True)  # noqa: PLR2004  (room for four digits)
    canvas.words(notes, SIZE - 2, "middle")


def _tint(count: int, most: int) -> int:
    """Return how dark a square is, from 0 for no paper to 4, by steps of which each is as many times the one before."""
    if not count:
        return 0
    return 1 + min(3, int(4 * math.log(count) / math.log(most + 1)))


# ---------------------------------------------------------------------------------------------------------
# Words
# ---------------------------------------------------------------------------------------------------------


def _used(tally: Tally) -> list[Head]:
    return [column for column in tally.columns if any(tally.count(row.id, column.id) for row in tally.rows)]


def _legend_places(heads: Sequence[Head]) -> Iterator[tuple[Head, float, int]]:
    """Yield each head with its left edge and its line, as many on a line as there is room for."""
    left, line = 0.0, 0
    for head in heads:
        width = 26 + len(_marked(head)) * SIZE * LETTER + 12
        if left and left + width > WIDTH:
            left, line = 0.0, line + 1
        yield head, left, line
        left += width


def _legend_height(heads: Sequence[Head]) -> float:
    return LINE * (1 + max((line for _head, _left, line in _legend_places(heads)), default=0))


def _legend(canvas: Canvas, heads: Sequence[Head]) -> None:
    for head, left, line in _legend_places(heads):
        canvas.areas([Area(left + 0.5, line * LINE + 1.5, 18, 11)], FILLS[head.id])
        canvas.words([Word(left + 24, line * LINE + 11, _marked(head))], SIZE)


def _marked(head: Head) -> str:
    """Return the label of a state after the mark that the badge has."""
    return f"{MARKS[head.id]} {head.label}" if head.id in MARKS else head.label


def _longest(heads: Sequence[Sequence[str]]) -> float:
    """Return how wide the longest line of heads is, in units."""
    return max((len(line) for lines in heads for line in lines), default=0) * SIZE * LETTER


def _wrapped(label: str, width: int) -> list[str]:
    return textwrap.wrap(label, width) or [""]


def _of(count: int, all_: int) -> str:
    share = _("less than 1%") if 0 < count < all_ / 100 else f"{count / max(1, all_):.0%}"
    return _("{count} of {all} ({share})").format(count=number(count), all=number(all_), share=share)


_PICTURES: Mapping[str, Callable[[Tally], Canvas]] = {
    "pem": _pem,
    "years": _years,
    "definitions": _map,
    "gaps": _map,
    "sizes": _sizes,
    "shares": _shares,
}
