"""Building a site from nothing, against plain Sphinx and MyST on the same pages; how that grows; what each part takes."""

from __future__ import annotations

from collections.abc import Sequence

from figures import NO_BOUND, Bound, Cell, Group
from measured import Taken, exponent, in_turn
from projects import Projects

from evidence_atlas import PARTS

FULL = Bound(0.85, 6000)
GROWTH = Bound(1.05, 20_000)
MEMORY = Bound(3 * 1024, 20_000, "MB")
HEAD = ("Build from nothing", "Pages", "Plain, ms a page", "Atlas, ms a page", "Ratio", "Bound", "Met")
BUILDS = {
    "whole, wording screened too": ("whole", False, FULL),
    "whole, wording screened before": ("whole", True, FULL),
    "pages alone, Sphinx's theme and search in both": ("atlas", False, None),
    "plain pages with citations, Sphinx's theme and search in both": ("cited", False, None),
}


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``full``."""
    rows: list[list[Cell]] = []
    for projects in sizes:
        kinds = {"plain": lambda p=projects: p.fresh("plain")} | {
            label: lambda p=projects, n=name, s=screened: p.fresh(n, screened=s) for label, (name, screened, _) in BUILDS.items()
        }
        found = in_turn(runs, kinds)
        for label, (_, _, bound) in BUILDS.items():
            ratio = found[label].cpu / found["plain"].cpu
            each = [found[name].cpu / projects.pages * 1e3 for name in ("plain", label)]
            rows.append([label, projects.pages, *each, ratio, *(bound.cells(ratio, projects.pages) if bound else NO_BOUND)])
    return {"full": Group(HEAD, rows)}


def measure_growth(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``growth``: how CPU and memory grow from the smallest to the largest size."""
    names = ("plain", "whole")
    taken = {projects.pages: in_turn(runs, {name: lambda p=projects, n=name: p.fresh(n) for name in names}) for projects in sizes}
    largest = max(taken)
    cpu, peak = (
        [exponent({pages: getattr(found[name], part) for pages, found in taken.items()}) for name in names]
        for part in ("cpu", "peak")
    )
    most = [taken[largest][name].peak for name in names]
    between = " to ".join(f"{pages:,}" for pages in sorted({min(taken), largest}))
    rows: list[list[Cell]] = [
        ["CPU: exponent, 1 is linear", between, *cpu, *GROWTH.cells(cpu[1], largest)],
        ["Memory: exponent", between, *peak, *NO_BOUND],
        ["Peak memory of a process, MB", f"{largest:,}", *most, *MEMORY.cells(most[1], largest)],
    ]
    return {"growth": Group(("Growth", "Pages", "Plain", "Atlas, whole", "Bound", "Met"), rows)}


NO_SEARCH = """atlas_pagefind = False


def setup(app):
    app.connect("builder-inited", lambda app: setattr(app.builder, "search", False))
"""
PLAIN_THEME = 'html_theme = "basic"\nhtml_sidebars = {"**": []}\n'
OFF: dict[str, tuple[tuple[str, ...], str]] = {
    "search (Pagefind and its records)": ((), NO_SEARCH),
    "theme and search": ((), PLAIN_THEME + NO_SEARCH),
    "exports of the whole": ((), "atlas_exports = False\n"),
    "exports, linked data and tags": (("evidence_atlas.exports", "evidence_atlas.metadata"), ""),
    "wording scanner": (("evidence_atlas.wording",), ""),
    "related papers": (("evidence_atlas.related",), ""),
    "at a glance": (("evidence_atlas.at_a_glance",), ""),
    "history of the page": (("evidence_atlas.history", "evidence_atlas.snapshot.version_links"), ""),
    "abbreviations": (("evidence_atlas.abbreviations",), ""),
    "guard against markup that does harm": (("evidence_atlas.guard", "evidence_atlas.bounded"), ""),
}
"""By part, the extensions that are left out, and lines of ``conf.py``."""


def measure_parts(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``parts``: what building without a part saves, at the largest size."""
    projects = sizes[-1]

    def without(part: str | None) -> Taken:
        left_out, more = OFF[part] if part else ((), "")
        kept = [name for name in PARTS if name not in left_out]
        projects.configure(kept, more)
        try:
            taken = projects.fresh("whole")
            if back := set(left_out) & set(projects.counts("whole")["extensions"]):
                raise SystemExit(f"{', '.join(sorted(back))} cannot be left out: another part loads it")
            return taken
        finally:
            projects.configure()
            projects.built.discard("whole")

    found = in_turn(runs, {part or "": lambda p=part: without(p) for part in (None, *OFF)})
    whole = found.pop("").cpu
    saved = {part: (whole - taken.cpu) / projects.pages * 1e3 for part, taken in found.items()}
    rows: list[list[Cell]] = [[part, projects.pages, ms, ms / whole * projects.pages / 1e3] for part, ms in saved.items()]
    rows.append(["the whole", projects.pages, whole / projects.pages * 1e3, 1.0])
    return {"parts": Group(("Part", "Pages", "CPU, ms a page", "Share of the whole"), rows)}
