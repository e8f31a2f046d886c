"""``atlas new``: from what a user names to an entry in the bibliography and a drafted page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.bibliography_format import ambiguous
from evidence_atlas.core.duplicates import Catalogue, Match, traits_of
from evidence_atlas.core.findings import nearest
from evidence_atlas.core.frontmatter import read_front_matter
from evidence_atlas.core.references import Bibliography, normal_doi
from evidence_atlas.core.slugs import slugs
from evidence_atlas.drafting import suggestions
from evidence_atlas.drafting.page import Draft, draft_page, stem
from evidence_atlas.sources import crossref, europe_pmc, pubmed
from evidence_atlas.sources.bibliography import add_entries, entry_of, key_for
from evidence_atlas.sources.client import Client
from evidence_atlas.sources.files import read_file, work_of_reference
from evidence_atlas.sources.imports import traits_of_work
from evidence_atlas.sources.services import NotFound, SourceError, Unreachable
from evidence_atlas.sources.text import pmid_of
from evidence_atlas.sources.work import Work

_PUBMED_ADDRESS = re.compile(r"https?://pubmed\.ncbi\.nlm\.nih\.gov/([0-9]+)/?")
_NOTICES = frozenset({"correction", "retraction", "expression-of-concern"})
Connect = Callable[[], Client]


@dataclass(frozen=True, slots=True)
class New:
    """What a call makes.

    Attributes:
        key: The paper's key.
        page: The file of the page.
        text: Its content.
        bibliography: The file that gets the entry; ``None`` where the bibliography has the paper.
        entry: The entry.
        notes: What the user should know, a sentence each.
    """

    key: str
    page: Path
    text: str
    bibliography: Path | None
    entry: str
    notes: tuple[str, ...]

    def write(self) -> None:
        """Write entry and page.

        Raises:
            OSError: A file cannot be written.
            ValueError: The bibliography cannot be read.
        """
        if self.bibliography:
            add_entries(self.bibliography, {self.key: self.entry})
        self.page.parent.mkdir(parents=True, exist_ok=True)
        with self.page.open("x", encoding="utf-8") as stream:
            stream.write(self.text)


def prepare(wanted: str, atlas: Atlas, connect: Connect, day: dt.date) -> New:
    """Draft the page of a paper; nothing is written.

    Args:
        wanted: A key of the bibliography, a file of one reference, a DOI or a PubMed identifier.
        atlas: The atlas that gets the page.
        connect: Makes the client, if services are to be asked.
        day: The day that the draft bears.

    Raises:
        ValueError: There is no such paper, its record is not enough for a page, or it has a page already.
    """
    work, notes = look_up(wanted, atlas, connect)
    _refuse(work)
    matches = Catalogue(traits_of(atlas.bibliography)).matches(traits_of_work("", work))
    key = next((match.key for match in matches if match.relation == "same"), "")
    known = bool(key)
    if known:
        work = completed(work_of_reference(atlas.bibliography[key]), work)
        notes += [f"The bibliography has the paper as {key!r}; its entry stays as it is."] * (key != wanted)
    if not work.doi and not work.pmid:
        raise ValueError("The record has neither a DOI nor a PubMed identifier, one of which a page needs; nothing was written.")
    pages = _pages(atlas)
    key = key or key_for(work, atlas.bibliography)
    if key in pages:
        raise ValueError(f"{key!r} has a page already: {pages[key].name}.")
    entry, more = ("", []) if known else _entry(work, key, atlas.bibliography)
    others = [f"It stands near {match.key!r} ({match.why}): {match.relation}." for match in matches if match.relation != "same"]
    name = slugs([stem(work)], (path.stem for path in _files(atlas)))[stem(work)]
    return New(
        key=key,
        page=atlas.project.evidence / f"{name}.md",
        text=draft_page(Draft(work, key, _relations(work, matches, atlas.bibliography), day), atlas.policy),
        bibliography=None if known else _file(atlas),
        entry=entry,
        notes=(*notes, *more, *others, *_warnings(work)),
    )


def look_up(wanted: str, atlas: Atlas, connect: Connect) -> tuple[Work, list[str]]:
    """Return the record of what a user names, and notes on how it was found.

    Raises:
        ValueError: It is nothing that can be looked up, or there is no record of it.
    """
    wanted = wanted.strip()
    if wanted in atlas.bibliography:
        return work_of_reference(atlas.bibliography[wanted], "the bibliography"), []
    if Path(wanted).is_file():
        contents = read_file(Path(wanted))
        if contents.problems:
            raise ValueError(f"{wanted} has a mistake, and half a reference is none: {contents.problems[0]}")
        if len(contents.works) > 1:
            raise ValueError(f"{wanted} holds {len(contents.works)} references; a page is of one. 'atlas import' takes many.")
        return contents.works[0], []
    doi, address = normal_doi(wanted), _PUBMED_ADDRESS.fullmatch(wanted)
    pmid = address[1] if address else pmid_of(wanted)
    if not doi and not pmid:
        hint = nearest(wanted, atlas.bibliography)
        raise ValueError(f"{wanted!r} is no DOI, no PubMed identifier, no key of the bibliography and no file{hint}.")
    with connect() as client:
        try:
            return ask_for(client, doi, pmid)
        except Unreachable as error:
            for key, reference in atlas.bibliography.items():
                if (doi and reference.doi == doi) or (pmid and reference.pmid == pmid):
                    note = f"{error} The page is drafted from the entry {key!r} alone."
                    return work_of_reference(reference, "the bibliography"), [note]
            raise


def ask_for(client: Client, doi: str, pmid: str) -> tuple[Work, list[str]]:
    """Ask PubMed; Crossref where PubMed has no record; Europe PMC where there is no abstract.

    Returns:
        The record, and a note for each service that could not be asked although it might have known more.

    Raises:
        Unreachable: No service could be asked.
        SourceError: None has the paper, or one answers with something that cannot be used.
    """
    asks: list[Callable[[], Work]] = (
        [lambda: pubmed.by_doi(client, doi), lambda: crossref.by_doi(client, doi)]
        if doi
        else [lambda: pubmed.by_pmid(client, pmid)]
    )
    asks.append(lambda: europe_pmc.find(client, doi, pmid))
    work, problems = Work(), list[SourceError]()
    for ask in asks:
        if work.abstract or (work.title and ask is not asks[-1]):
            continue
        try:
            work = completed(work, ask())
        except SourceError as error:
            problems.append(error)
    if work.title or work.authors:
        return work, [str(error) for error in problems if not isinstance(error, NotFound)]
    wrong = [error for error in problems if not isinstance(error, NotFound)] or problems
    kind = Unreachable if all(isinstance(error, Unreachable) for error in wrong) else SourceError
    raise kind(" ".join(dict.fromkeys(map(str, wrong))))


def completed(work: Work, other: Work) -> Work:
    """Return a record with what it lacks taken from another one of the same paper."""
    if not work.title:
        return other
    empty = {field.name: getattr(other, field.name) for field in fields(Work) if not getattr(work, field.name)}
    if "authors" not in empty:
        empty.pop("abridged", None)
    return replace(work, **empty)


def _refuse(work: Work) -> None:
    """Refuse a record that is not enough for a page.

    Raises:
        ValueError: It says what is missing.
    """
    of = f"The record of {work.source or 'the paper'}"
    if not re.search(r"\w", work.title):
        raise ValueError(f"{of} has no title; nothing was written.")
    if not work.authors:
        raise ValueError(f"{of} names no author, and none is invented; nothing was written.")
    kind = traits_of_work("", work).kind
    if said := suggestions.is_notice(work) or (kind if kind in _NOTICES else ""):
        about = next((link.doi or link.pmid for link in work.update_to if link.doi or link.pmid), "")
        raise ValueError(
            f"{of} says that it is a notice ({said}) about another paper{f', {about}' if about else ''}; "
            "a page is of the paper, and notices belong into the notices file. Nothing was written."
        )


def _relations(work: Work, matches: Sequence[Match], bibliography: Bibliography) -> list[tuple[str, str]]:
    """Return type and key of the relations to papers of the bibliography that the record states, or that follow from it."""
    links = [(suggestions.relation(link.kind), link.doi) for link in (*work.related, *work.update_to)]
    keys = {doi: key for key, doi in bibliography.with_doi({doi for kind, doi in links if kind and doi}).items()}
    stated = [(kind, keys[doi]) for kind, doi in links if kind and doi in keys]
    return list(dict.fromkeys([*stated, *(("preprint-of", m.key) for m in matches if m.relation == "preprint-of")]))


def _files(atlas: Atlas) -> list[Path]:
    return sorted(atlas.project.evidence.glob("*.md")) if atlas.project.evidence.is_dir() else []


def _pages(atlas: Atlas) -> Mapping[str, Path]:
    """Return the pages of the atlas by the key of their paper."""
    found = {}
    for path in _files(atlas):
        record = (read_front_matter(path.read_text(encoding="utf-8", errors="replace")).value or {}).get("evidence")
        if isinstance(record, dict) and isinstance(record.get("paper"), str):
            found[record["paper"]] = path
    return found


def _file(atlas: Atlas) -> Path:
    if not atlas.project.bibliography:
        raise ValueError("the atlas has no bibliography file, into which the paper's entry would go")
    return atlas.project.bibliography[0]


def _entry(work: Work, key: str, bibliography: Bibliography) -> tuple[str, list[str]]:
    """Return the entry of a new paper, with the letter that tells it apart from others, and notes."""
    from indexed_bibtex.reader import parse_bibtex

    entry = entry_of(work, key)
    added = Bibliography(parse_bibtex({Path("entry.bib"): entry}).data.entries)
    letters = ambiguous({**bibliography, key: added[key]})
    others = [other for other in letters if other != key and other not in ambiguous(bibliography)]
    notes = [f"{', '.join(others)} and this paper now read alike: 'atlas references' gives each a letter."] if others else []
    return (entry_of(work, key, letters[key]) if key in letters and not others else entry), notes


def _warnings(work: Work) -> list[str]:
    kinds = sorted({link.kind for link in work.updated_by if link.kind != "comment"})
    retracted = ["retracted"] if "Retracted Publication" in work.publication_types and "retraction" not in kinds else []
    names = ", ".join([*kinds, *retracted])
    return (
        [f"{work.source} names notices about this paper ({names}): run 'atlas retractions' before it is published."]
        if names
        else []
    )
