"""What a source states about a work, in one form whatever the source."""

from __future__ import annotations

from dataclasses import dataclass, field

from evidence_atlas.core.references import Name


@dataclass(frozen=True, slots=True)
class Link:
    """What a source says that joins a work to another.

    Attributes:
        kind: The source's own word, in lower case with hyphens: ``retraction``, ``erratum``, ``comment``,
            ``expression-of-concern``, ``preprint`` and so on.
        doi: DOI of the other work, lower case; empty where it is not given.
        pmid: Its PubMed identifier; empty where it is not given.
        date: A day or as much of it as is known (``2011-12``); empty where it is not given.
        note: What else the source says of it, such as its place in a journal, or who told the source.
    """

    kind: str
    doi: str = ""
    pmid: str = ""
    date: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One work as a source states it. What the source does not state is empty; nothing is guessed.

    Attributes:
        title: Its title as plain text, without the full stop or brackets that PubMed adds.
        authors: In the order of the source; a group that stands as an author is literal.
        abridged: Whether the source says that its list of authors is not whole.
        kind: The BibTeX entry type: ``article``, ``book``, ``misc`` (a preprint) and so on.
        journal: The journal, or what the work is a part of.
        date: Day of publication or as much of it as is known: ``2024``, ``2024-07``, ``2024-07-05``.
        volume: Volume.
        issue: Number within the volume.
        pages: First and last page joined by a hyphen, or an article number.
        doi: DOI, lower case.
        pmid: PubMed identifier, digits.
        pmcid: PubMed Central identifier, ``PMC`` and digits.
        url: Address, where the source gives one besides the DOI's.
        abstract: The abstract as plain text; headings of its parts stand before them with a colon. Never to be published.
        publication_types: The source's own names of the kind of publication, such as "Randomized Controlled Trial".
        subjects: MeSH headings.
        language: Language as the source names it.
        updated_by: Notices, comments and new versions that speak of this work.
        update_to: Works of which this one is a notice, comment or new version.
        related: Other links, such as those of preprints and their journal versions.
        identifiers: Any other identifiers by their name, such as the key that a file gives.
        source: Name of the service or file.
        source_url: Address that was asked; empty for a file.
        retrieved: Day on which the service answered, ``2026-11-22``; empty for a file.
    """

    title: str = ""
    authors: tuple[Name, ...] = ()
    abridged: bool = False
    kind: str = "article"
    journal: str = ""
    date: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    abstract: str = ""
    publication_types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    language: str = ""
    updated_by: tuple[Link, ...] = ()
    update_to: tuple[Link, ...] = ()
    related: tuple[Link, ...] = ()
    identifiers: dict[str, str] = field(default_factory=dict, hash=False)
    source: str = ""
    source_url: str = ""
    retrieved: str = ""

    @property
    def year(self) -> str:
        """The year, four digits; empty for a work without one."""
        return self.date[:4]
