"""What references cost alone: the same plain pages, with citations and lists of works and without."""

from __future__ import annotations

from collections.abc import Sequence

from figures import Bound, Cell, Group
from measured import Taken, in_turn
from projects import Projects

from .again import edit_entry, edit_page, nothing

FULL = Bound(1.25, 1000, "times")
SAME = Bound(1.2, 1000, "times")
PAGE = Bound(0.5, 1000, "s more")
ENTRY = Bound(3.0, 4000, "s more")
OWN = ("-D", "bibtex_default_style=evidence-atlas", "-D", "bibtex_reference_style=author_year")  # not “alpha”
HEAD = ("Plain pages with two citations each", "Pages", "Without, s", "With, s", "Ratio", "Difference, s", "Bound", "Met")


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``references``."""
    rows: list[list[Cell]] = []
    for projects in sizes:
        own = in_turn(
            runs, {name: lambda p=projects, n=name, a=more: p.fresh(n, *a) for name, more in (("plain", ()), ("cited", OWN))}
        )
        rows.append(_row("built from nothing, in the atlas's style", projects.pages, own, FULL))
        found = in_turn(runs, {name: lambda p=projects, n=name: p.fresh(n) for name in ("plain", "cited")})
        rows.append(_row("built from nothing, in the style “alpha”", projects.pages, found, FULL))
        for label, change, bound in (("nothing changed", nothing, SAME), ("one page edited", edit_page, PAGE)):

            def build(name: str, p: Projects = projects, c: object = change) -> Taken:
                c(p.roots[name])  # type: ignore[operator]
                return p.build(name)

            found = in_turn(runs, {name: lambda n=name, b=build: b(n) for name in ("plain", "cited")})
            rows.append(_row(label, projects.pages, found, bound))

        def entry(p: Projects = projects) -> Taken:
            edit_entry(p.roots["cited"])
            return p.build("cited")

        found["cited"] = in_turn(runs, {"": entry})[""]
        rows.append(_row("one entry edited, against one page", projects.pages, found, ENTRY))
    return {"references": Group(HEAD, rows)}


def _row(label: str, pages: int, found: dict[str, Taken], bound: Bound) -> list[Cell]:
    plain, cited = found["plain"].cpu, found["cited"].cpu
    value = cited - plain if bound.unit.startswith("s ") else cited / plain
    return [label, pages, plain, cited, cited / plain, cited - plain, *bound.cells(value, pages)]
