"""Which PDFs there are, and which of them and of their documents are this build's to make."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

from typst_builder import volumes
from typst_builder.about import Part, Volume
from typst_builder.shards import Shard, deal
from typst_builder.translation import Segment, Translation

if TYPE_CHECKING:
    from typst_builder.equipment import EquippedBuilder

logger = logging.getLogger(__name__)

# what Sphinx says of a project that names no author
_NO_AUTHOR = frozenset({"", "unknown", "Author name not set"})
# stands for all volumes where only their translations tell what each holds; no PDF has an empty name
_ALL_VOLUMES = ""
# the work on the PDF of a page, translation counted, and on a document of a volume, as measured by bench/pdf.py
_PAGE, _VOLUME = 2, 3


@dataclass(frozen=True)
class Plan:
    """The PDFs of a project.

    Attributes:
        pages: Name and document of each PDF of one document.
        volumes: The volumes, before those that hold much are split.
    """

    pages: list[tuple[str, str]]
    volumes: list[Volume]


@dataclass(frozen=True)
class Share:
    """What a build makes.

    Attributes:
        documents: The documents that are translated.
        makes: Whether the PDF of a name is made.
    """

    documents: AbstractSet[str]
    makes: Callable[[str], bool]


def authors(said: str) -> list[str]:
    """Return the authors that a project names."""
    return [] if said in _NO_AUTHOR else [said]


def make(builder: EquippedBuilder) -> Plan:
    """Return the PDFs that there should be, once all documents are read."""
    whole = [
        Volume(name, title, [Part([start], toctrees=True)], start, authors(author))
        for start, name, title, author in _documents(builder)
    ]
    builder.events.emit("typst-volumes", whole)
    return Plan(_pages(builder), whole)


def _pages(builder: EquippedBuilder) -> list[tuple[str, str]]:
    is_page = builder.settings.is_page()
    docnames = [docname for docname in sorted(builder.env.found_docs) if is_page(docname)]
    last = [docname.rpartition("/")[2] for docname in docnames]
    shared = {name for name in last if last.count(name) > 1} if len(set(last)) < len(last) else set()
    return [(name if name not in shared else _full_name(docname), docname) for docname, name in zip(docnames, last, strict=True)]


def _full_name(docname: str) -> str:
    name = docname.replace("/", "-")
    message = "another document has the same last part of its name; its PDF is %s.pdf"
    logger.warning(message, name, location=docname, type="typst", subtype="name")
    return name


def _documents(builder: EquippedBuilder) -> list[tuple[str, str, str, str]]:
    found = []
    for row in builder.settings.documents:
        if row[0] in builder.env.found_docs:
            found.append(row)
        else:
            logger.warning("typst_documents: there is no document %r", row[0], type="typst", subtype="config")
    return found


# ---------------------------------------------------------------------------------------------------------
# Shares
# ---------------------------------------------------------------------------------------------------------


def unseen() -> Translation:
    """Return what is known of a document that another machine translates: that it is there."""
    return Translation(segments=[Segment()])


def share(plan: Plan, shard: Shard | None, size: int, found: AbstractSet[str]) -> Share:
    """Return what a build makes: all of it, or the share of one of several machines.

    What a volume of toctrees holds is known from the translations of all documents, so one machine makes all volumes where
    there is such a one.

    Args:
        plan: The PDFs that there are.
        shard: Which share, or nothing for all of it.
        size: How many documents a volume holds at most.
        found: The documents of the project.
    """
    if shard is None:
        return Share(found, lambda _name: True)
    pages = dict(reversed(plan.pages))  # of two with one name, the first is made
    held: dict[str, AbstractSet[str]] = {name: {docname} for name, docname in pages.items()}
    if any(part.toctrees for volume in plan.volumes for part in volume.parts):
        held[_ALL_VOLUMES] = found
    else:
        known = {docname: unseen() for docname in found}.get
        for volume in (part for whole in plan.volumes for part in volumes.split(whole, size, known)):
            held.setdefault(volume.name, set(volumes.documents(volume, known)))
    weights = {name: _PAGE if name in pages else _VOLUME * len(docnames) for name, docnames in held.items()}
    names = deal(weights, shard.count)[shard.number - 1]
    documents = {docname for name in names for docname in held[name]}
    if _ALL_VOLUMES in names:
        return Share(documents, lambda name: name in names or name not in pages)
    return Share(documents, names.__contains__)


def digest(builder: EquippedBuilder, plan: Plan, look: str) -> str:
    """Return a digest of what all shares of one state of a project have in common.

    Args:
        builder: The builder.
        plan: The PDFs that there are.
        look: Digest of the template and the looks by class.
    """
    settings = builder.settings
    made_of = hashlib.sha256(repr((builder.manner, look, settings.options, settings.timestamp, plan)).encode())
    for docname in sorted(builder.env.found_docs):
        made_of.update(Path(builder.env.doc2path(docname)).read_bytes())
    return made_of.hexdigest()
