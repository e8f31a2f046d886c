"""What is kept of documents between builds: what an evidence page states and says, and what any document shows or asks for."""

from __future__ import annotations

from dataclasses import dataclass

from evidence_atlas.core.record import Record


@dataclass(frozen=True)  # without slots: those are slow to unpickle, and every build reads every page's
class Stated:
    """What a page's front matter states.

    Attributes:
        record: The record, where it is usable.
        line: The line of ``paper`` in the file.
        inputs: Digests of what the page was checked against: the rows of the policy and the reference.
        digest: A digest of the record, made once, since every build compares it.
    """

    record: Record | None
    line: int
    inputs: str
    digest: str


@dataclass(frozen=True)
class Reading:
    """The page as text: its title, its limitations, and all of it.

    Attributes:
        title: The title.
        limitations: What the paper does not prove, as text.
        text: The page's text as written, without what the atlas adds.
    """

    title: str
    limitations: str
    text: str


@dataclass(frozen=True)
class Shown:
    """What else a document shows, so that it is written anew when that changes.

    Attributes:
        papers: Keys of papers that are shown or cited.
        everything: Whether it shows a table of all pages, or the policy.
        cited: Keys that it cites, which are among the papers.
        inputs: A digest of the cited references as they were when the document was read.
    """

    papers: tuple[str, ...] = ()
    everything: bool = False
    cited: tuple[str, ...] = ()
    inputs: str = ""


@dataclass(frozen=True)
class Charted:
    """A chart of a document, as its directive asks for it.

    Attributes:
        name: A name that no other chart of the document has.
        kind: What is counted.
        filters: Which papers are counted: fields and the values that are wanted.
        rows: The field of the rows, for a chart that takes one.
        columns: The field of the columns, likewise.
    """

    name: str
    kind: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    rows: str
    columns: str


@dataclass(frozen=True)
class Compared:
    """A comparison of papers by their main result, as its directive asks for it.

    Attributes:
        name: A name that no other comparison of the document has.
        filters: Which papers are compared: fields and the values that are wanted.
    """

    name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Tabled:
    """A table of a document, as its directive asks for it.

    Attributes:
        name: A name that no other table of the document has.
        filters: Which papers it has: fields and the values that are wanted.
        columns: The fields that are shown.
        sort_by: The field by which it is sorted, with a minus sign for downwards.
        group_by: The field by which it is grouped, or nothing.
        limit: How many papers it has at most.
        plain: Whether readers get no controls.
    """

    name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[str, ...]
    sort_by: str
    group_by: str
    limit: int | None
    plain: bool
