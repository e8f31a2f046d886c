"""What a chart counts: papers in the cells of a table of two ways, from which picture, table and lists are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.references import UNDATED
from evidence_atlas.domain import AtlasDomain, Paper
from evidence_atlas.fields import FIELDS, level_name
from evidence_atlas.language import N_, _, capital, ngettext, number, several, shown_year

NONE_NAMED = "none-named"
SINGLE_YEARS = 12  # a longer stretch of time is shown in periods
PERIOD = 5  # years
GROUPS = {"cases": N_("Cases"), "controls": N_("Controls"), "other": N_("Others")}
SHARES = {
    "screened": N_("Wording screened by software"),
    "reviewed": N_("Reviewed by a person"),
    "retracted": N_("Retracted or withdrawn"),
}
# the fields whose values can be the rows or columns of a map: few, and named by the policy
AXES = {
    "topic": N_("topics"),
    "design": N_("kinds of study"),
    "level": N_("levels"),
    "pem": N_("PEM badges"),
    "context": N_("conditions"),
    "definition": N_("case definitions"),
    "outcome": N_("main results"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a row or a column.

    Attributes:
        id: Its part of an address.
        label: What it says.
        short: What it says where there is little room.
    """

    id: str
    label: str
    short: str = ""


@dataclass(frozen=True)
class Tally:
    """Papers by row and column.

    Attributes:
        kind: What is counted, a key of ``KINDS``.
        title: What the chart shows.
        about: What a reader must know to read it.
        corner: What the rows are.
        rows: The rows, in order.
        columns: The columns, in order.
        cells: The papers of each cell that has any, by the ids of its row and column.
        papers: The papers that were looked at.
        notes: What else stands in a cell.
    """

    kind: str
    title: str
    about: str
    corner: str
    rows: Sequence[Head]
    columns: Sequence[Head]
    cells: Mapping[tuple[str, str], Sequence[Paper]]
    papers: int
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def count(self, row: str, column: str) -> int:
        """Return the number of papers of a cell."""
        return len(self.cells.get((row, column), ()))

    def label(self, row: Head, column: Head) -> str:
        """Return what a cell says, for those who do not see where it stands."""
        count = self.count(row.id, column.id)
        said = ngettext("{place}: {count} paper", "{place}: {count} papers", count)
        return said.format(place=", ".join(head.label for head in (row, column) if head.label), count=number(count))

    def says(self) -> str:
        """Return in a sentence or two what the picture shows."""
        totals = {c: len({p.docname for r in self.rows for p in self.cells.get((r.id, c.id), ())}) for c in self.columns}
        said = "; ".join(f"{head.label}: {number(count)}" for head, count in totals.items())
        of = ngettext("{count} paper.", "{count} papers.", self.papers).format(count=number(self.papers))
        return f"{self.title}. {of} {said}."


def by_pem(papers: Sequence[Paper], domain: AtlasDomain, _axes: tuple[str, str]) -> Tally:
    """Count the papers by badge."""
    row = Head("all", "")
    cells = _filled((row.id, paper.verdict.state, paper) for paper in papers)
    about = _("The papers of this atlas, which are not all papers of the field. “Required” means: to enter the study.")
    return Tally("pem", _("How many papers required PEM"), about, "", [row], _states(domain.shown_atlas), cells, len(papers))


def by_year(papers: Sequence[Paper], domain: AtlasDomain, _axes: tuple[str, str]) -> Tally:
    """Count the papers by year and badge."""
    years = [(paper.reference.year_number, paper) for paper in papers]
    known = {year for year, _paper in years if year}
    rows = [Head(str(year), str(year)) for year in range(min(known), max(known) + 1)] if known else []
    if any(year is None for year, _paper in years):
        rows.append(Head(UNDATED, shown_year(UNDATED)))
    cells = _filled((str(year or UNDATED), paper.verdict.state, paper) for year, paper in years)
    title, about = (
        _("Papers by year and PEM"),
        _("Each bar is a year. Its parts say whether people needed PEM to enter the study."),
    )
    return Tally("years", title, about, _("Year"), rows, _states(domain.shown_atlas), cells, len(papers))


def by_definition(papers: Sequence[Paper], domain: AtlasDomain, _axes: tuple[str, str]) -> Tally:
    """Count the studies by the definitions that people had to meet, over time."""
    atlas = domain.shown_atlas
    selecting = {name for name, design in atlas.policy.design.items() if design.without_criteria == "unclear"}
    used: list[tuple[str, int | None, Paper]] = []
    for paper in papers:
        named = FIELDS["definition"].values(paper, atlas) if paper.record.criteria else []
        if named or paper.record.design in selecting:
            year = paper.reference.year_number
            used += [(name, year, paper) for name in named or [NONE_NAMED]]
    periods = _periods({year for _name, year, _paper in used if year})
    columns = list(dict.fromkeys(periods.values()))
    if any(year is None for _name, year, _paper in used):
        columns.append(Head(UNDATED, shown_year(UNDATED)))
    cells = _filled((name, periods[year].id if year else UNDATED, paper) for name, year, paper in used)
    present = {name for name, _year, _paper in used}
    rows = [Head(key, capital(row.label)) for key, row in atlas.policy.definition.items() if key in present]
    rows += [Head(NONE_NAMED, _("None named"))] if NONE_NAMED in present else []
    about = _(
        "Definitions that people had to meet. A paper counts once for each. “None named” are studies of people "
        "where what was read names no definition."
    )
    counted = len({paper.docname for _name, _year, paper in used})
    return Tally("definitions", _("Case definitions over time"), about, _("Case definition"), rows, columns, cells, counted)


def by_fields(papers: Sequence[Paper], domain: AtlasDomain, axes: tuple[str, str]) -> Tally:
    """Count the papers by two fields: a map of what is there, and of gaps."""
    atlas, (down, across) = domain.shown_atlas, axes
    cells = _filled(
        (row, column, paper)
        for paper in papers
        for row in FIELDS[down].values(paper, atlas)
        for column in FIELDS[across].values(paper, atlas)
    )
    notes, about = {}, [_("Each square has its number of papers. An empty square is a gap in this atlas.")]
    if "level" in axes:
        about.append(_("{first} is the strongest level; “–” means no level.").format(first=next(iter(atlas.policy.level))))
    else:
        strongest = {place: min((p.record.level for p in found), key=atlas.policy.strength) for place, found in cells.items()}
        notes = {place: level for place, level in strongest.items() if level != "none"}
        levels = [level for level in atlas.policy.level if level != "none"]
        about.append(
            _("Below it stands the strongest level among them, out of {levels}; {first} is the strongest.").format(
                levels=several(levels), first=levels[0]
            )
            if notes
            else ""
        )
    title = capital(_("{rows} against {columns}").format(rows=_(AXES[down]), columns=_(AXES[across])))
    rows, columns = (_heads(name, {place[n] for place in cells}, atlas) for n, name in enumerate(axes))
    return Tally("gaps", title, " ".join(about).strip(), _(FIELDS[down].label), rows, columns, cells, len(papers), notes)


def by_size(papers: Sequence[Paper], _domain: AtlasDomain, _axes: tuple[str, str]) -> Tally:
    """Count the studies by how many took part."""
    sizes = [
        (group, size, paper) for paper in papers for group in GROUPS if (size := getattr(paper.record.participants, group, None))
    ]
    edges = _edges(max((size for _group, size, _paper in sizes), default=1))
    bins = [
        (low, high, Head(f"{low}-{high}", _range(low, high)))
        for low, high in zip(edges, [e - 1 for e in edges[1:]], strict=False)
    ]
    cells = _filled((head.id, group, paper) for group, size, paper in sizes for low, high, head in bins if low <= size <= high)
    used = {group for group, _size, _paper in sizes}
    columns = [Head(group, _(label)) for group, label in GROUPS.items() if group in used]
    counted = {paper.docname for _group, _size, paper in sizes}
    left = len(papers) - len(counted)
    about = [_("Cases had the illness in question. Each step of the scale is about twice the one before.")]
    if left:
        said = ngettext("{count} paper states no number.", "{count} papers state no number.", left)
        about.append(said.format(count=number(left)))
    rows = [head for _low, _high, head in bins]
    return Tally("sizes", _("How many people took part"), " ".join(about), _("People"), rows, columns, cells, len(counted))


def by_share(papers: Sequence[Paper], domain: AtlasDomain, _axes: tuple[str, str]) -> Tally:
    """Count the pages that were screened, reviewed, retracted."""
    tests: Mapping[str, Callable[[Paper], bool]] = {
        "screened": lambda paper: paper.docname in domain.screened,
        "reviewed": lambda paper: paper.record.review != "none",
        "retracted": lambda paper: any(notice.withdraws for notice in paper.notices),
    }
    cells = _filled((name, "yes" if holds(paper) else "no", paper) for name, holds in tests.items() for paper in papers)
    rows = [Head(name, _(label)) for name, label in SHARES.items()]
    columns = [Head("yes", _("Yes")), Head("no", _("No"))]
    about = _("Out of all pages. Screening by software looks at the wording alone, and is no review.")
    return Tally("shares", _("Screened, reviewed, retracted"), about, _("Pages"), rows, columns, cells, len(papers))


KINDS: Mapping[str, Callable[[Sequence[Paper], AtlasDomain, tuple[str, str]], Tally]] = {
    "pem": by_pem,
    "years": by_year,
    "definitions": by_definition,
    "gaps": by_fields,
    "sizes": by_size,
    "shares": by_share,
}


def _filled(placed: Iterable[tuple[str, str, Paper]]) -> dict[tuple[str, str], list[Paper]]:
    """Return the papers by row and column, each once in a cell."""
    found: dict[tuple[str, str], dict[str, Paper]] = defaultdict(dict)
    for row, column, paper in placed:
        found[row, column][paper.docname] = paper
    return {place: list(papers.values()) for place, papers in found.items()}


def _states(atlas: Atlas) -> list[Head]:
    return [Head(state, badge.label) for state, badge in atlas.policy.badge.items()]


def _heads(name: str, used: set[str], atlas: Atlas) -> list[Head]:
    """Return the heads of a field: all topics and levels, so that gaps show; of the others those that papers have."""
    shown = FIELDS[name]
    known = [value for value in shown.vocabulary(atlas) if name in {"topic", "level"} or value in used]
    if name == "level":
        return [Head(value, level_name(value, atlas), shown.name(value, atlas)) for value in known]
    return [Head(value, capital(shown.name(value, atlas))) for value in known]


def _periods(years: set[int]) -> dict[int, Head]:
    """Return the period of each year between the first and the last."""
    if not years:
        return {}
    first, last = min(years), max(years)
    if last - first < SINGLE_YEARS:
        return {year: Head(str(year), str(year)) for year in range(first, last + 1)}
    first -= first % PERIOD
    starts = {year: year - year % PERIOD for year in range(first, last + 1)}
    return {
        year: Head(f"{start}-{start + PERIOD - 1}", f"{start}–{start + PERIOD - 1}", f"{start}–{(start + PERIOD - 1) % 100:02}")
        for year, start in starts.items()
    }


def _edges(largest: int) -> list[int]:
    """Return where steps of a size begin: 1, 2, 5, 10, 20 and so on, past the largest size."""
    edges, power = [1], 1
    while edges[-1] <= largest:
        edges += [power * step for step in (2, 5, 10)]
        power *= 10
    return [edge for place, edge in enumerate(edges) if place == 0 or edges[place - 1] <= largest]


def _range(low: int, high: int) -> str:
    return number(low) if low == high else f"{number(low)}–{number(high)}"
