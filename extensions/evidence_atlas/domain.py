"""The domain ``atlas``: what is known of every evidence page, by docname, and how it is looked up."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.domains import Domain, ObjType
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

import evidence_atlas
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.checker import check_duplicates
from evidence_atlas.core.citation import FORMATS
from evidence_atlas.core.digest import digest
from evidence_atlas.core.findings import Finding
from evidence_atlas.core.git_history import History
from evidence_atlas.core.kinship import Kept, Kin
from evidence_atlas.core.listed import KeptLists, Listed, listed
from evidence_atlas.core.notice_checks import Check
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.record import Record
from evidence_atlas.core.references import Bibliography, Reference
from evidence_atlas.core.verdict import Verdict
from evidence_atlas.documents import Charted, Compared, Reading, Shown, Stated, Tabled
from evidence_atlas.language import _, in_words, language, shown_verdict

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from evidence_atlas.glossary import Abbreviations
    from evidence_atlas.memory import Memory
    from evidence_atlas.scanner.screener import Screener

logger = logging.getLogger(__name__)

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Paper:
    """An evidence page as other pages and outputs see it."""

    docname: str
    record: Record
    reading: Reading
    verdict: Verdict
    badge: Verdict  # the same in the language of the site, for readers alone
    bibliography: Bibliography = field(repr=False)
    lists: KeptLists = field(repr=False, compare=False)
    notices: tuple[Notice, ...] = ()
    checks: tuple[Check, ...] = ()  # who was asked about notices; no part of what the page says, so not of its digest
    _cited: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def reference(self) -> Reference:
        """The paper itself, decoded when it is first asked for."""
        return self.bibliography[self.record.paper]

    @property
    def source(self) -> str:
        """A digest of what the bibliography states of the paper."""
        return self.bibliography.digest(self.record.paper)

    def content(self) -> dict[str, Any]:
        """Return what the page says, as plain data, and not when or by which version of the policy it was said."""
        return {
            "record": self.record.as_data(),
            "reference": self.reference.as_data(),
            "pem": {"state": self.verdict.state, "reason": self.verdict.reason},
            "notices": [notice.as_data() for notice in self.notices],
            "text": self.reading.text,
        }

    def cited_as(self, name: str) -> str:
        """Return the paper in a citation format by the name of its file, made once: several files, or the page, hold it."""
        if name not in self._cited:
            self._cited[name] = FORMATS[name](self.reference, self.notices)
        return self._cited[name]

    @cached_property
    def listed(self) -> Listed:
        """What lists say of the paper."""
        return self.lists.of(self.source, lambda: listed(self.reference, _("{first} and {second}")))

    @cached_property
    def digest(self) -> str:
        """The digest of what the page says, made once: several parts show it."""
        return digest(self.content())


class _ByDocument(Generic[Kind]):
    """A table of the domain's data, by docname."""

    def __set_name__(self, _owner: type[Domain], name: str) -> None:
        self._name = name

    def __get__(self, domain: Domain, _owner: type[Domain]) -> dict[str, Kind]:
        return cast("dict[str, Kind]", domain.data[self._name])


class AtlasDomain(Domain):
    """Evidence pages, keyed by docname; everything else is derived."""

    name = "atlas"
    label = "Evidence atlas"
    object_types: ClassVar[dict[str, ObjType]] = {"paper": ObjType("paper", "paper")}
    data_version = 10
    # what is kept of documents between builds, by docname
    stated = _ByDocument[Stated]()  # what front matter states
    readings = _ByDocument[Reading]()  # pages as text
    shown = _ByDocument[Shown]()  # what documents show of papers
    collected = _ByDocument[tuple[str, ...]]()  # the documents that a document's generated toctree names
    listings = _ByDocument[bool]()  # the documents below which the works of the bibliography are listed
    browsed = _ByDocument[bool]()  # the documents below which papers are listed by topic, year, author and the like
    defined = _ByDocument[bool]()  # the documents below which each case definition has a page
    covering = _ByDocument[tuple[str, ...]]()  # the parts of the coverage that a document shows
    compared = _ByDocument[tuple[Compared, ...]]()  # the comparisons of documents
    charted = _ByDocument[tuple[Charted, ...]]()  # the charts of documents
    tabled = _ByDocument[tuple[Tabled, ...]]()  # the tables of documents that have controls
    screened = _ByDocument[str]()  # a digest of the rules and the engine that screened a document
    screenings = _ByDocument[dict[str, Any]]()  # what was found in wording, until the scanner's cache has it
    initial_data: ClassVar[dict[str, Any]] = {name: {} for name, kept in vars().items() if isinstance(kept, _ByDocument)}

    atlas: Atlas
    builder: Builder
    history: History = History()  # read before pages are written
    screener: Screener  # only where pages are screened
    abbreviations: Abbreviations | None = None  # gathered before pages are written
    memory: Memory  # read before pages are written

    def clear_doc(self, docname: str) -> None:
        """Forget a document."""
        for name in self.initial_data:
            self.data[name].pop(docname, None)

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take what another process has read, and only of the documents that were its own."""
        for name in self.initial_data:
            theirs = otherdata[name]
            self.data[name] |= {docname: theirs[docname] for docname in docnames & theirs.keys()}

    def resolve_any_xref(self, *_: Any, **__: Any) -> list[tuple[str, Any]]:
        """Return no target: papers are linked by the role ``evidence``, never by a bare name."""
        return []

    def resolve_xref(  # noqa: PLR0913, PLR0917  (Sphinx's signature)
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """Return a link to the page of a paper by its key; a key without a page is looked for in other projects."""
        page = self.papers.get(target)
        if page is None:
            return None
        title = page.reading.title
        shown = contnode if node.get("refexplicit") else nodes.inline("", title)
        return make_refnode(builder, fromdocname, page.docname, "", shown, title)

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield the pages by the keys of their papers, for the inventory; the search has them already."""
        for key, page in self.papers.items():
            yield key, " ".join(page.reading.title.split()), "paper", page.docname, "", -1

    def record(self, docname: str) -> Record | None:
        """Return the record of a document, if it is an evidence page with a usable one."""
        return self.stated[docname].record if docname in self.stated else None

    @cached_property
    def shown_atlas(self) -> Atlas:
        """The atlas with its policy in the language of the site: for what readers see, never for data."""
        policy = in_words(self.atlas.policy)
        return self.atlas if policy is self.atlas.policy else replace(self.atlas, policy=policy)

    @cached_property
    def pages(self) -> dict[str, Paper]:
        """Every usable page by docname; asked for only when all pages are read."""
        found: dict[str, Paper] = {}
        own_words = self.shown_atlas is self.atlas
        for docname in sorted(self.stated):
            record = self.stated[docname].record
            if record and docname in self.readings and record.paper in self.atlas.bibliography:
                reading, verdict = self.readings[docname], self.atlas.verdict(record)
                badge = verdict if own_words else shown_verdict(record, self.shown_atlas.policy)
                notices = self.atlas.notices_of(record.paper)
                checks = self.atlas.checks_of(record.paper)
                said = record, reading, verdict, badge
                found[docname] = Paper(docname, *said, self.atlas.bibliography, self.lists, notices, checks)
        return found

    @cached_property
    def papers(self) -> dict[str, Paper]:
        """Every usable page by the key of its paper; the first where a paper has two pages."""
        return {page.record.paper: page for page in reversed(self.pages.values())}

    @cached_property
    def _pages_of(self) -> dict[str, list[Paper]]:
        found: dict[str, list[Paper]] = {}
        for page in self.pages.values():
            found.setdefault(page.record.paper, []).append(page)
        return found

    @cached_property
    def _related(self) -> Kept:
        cited = {docname: shown.cited for docname, shown in self.shown.items()}
        records = {docname: page.record for docname, page in self.pages.items()}
        return Kept(records, cited, Path(self.env.doctreedir) / "atlas-related.json")

    def related(self, docname: str) -> list[Kin]:
        """Return the papers near that of a usable page, nearest first."""
        return self._related.of(docname)

    def forget_index(self) -> None:
        """Derive everything anew when it is next asked for: pages were read."""
        for name, kept in vars(AtlasDomain).items():
            if isinstance(kept, cached_property):
                self.__dict__.pop(name, None)

    def signature(self, docname: str) -> str:
        """Return a digest of all that a document shows and that is not in its own source."""
        shown = self.shown.get(docname)
        record = self.record(docname)
        if shown is None and record is None:
            return ""
        keys = set(shown.papers if shown else ()) | ({record.paper} if record else set())
        parts: list[str] = [self._common_signature, *map(self.paper_signature, sorted(keys))]
        if record and (checks := self.atlas.checks_of(record.paper)):
            parts.append(repr(checks))
        if docname in self.pages:
            related, said = self._related.signature(docname)
            parts += [said, *map(self._listed_signature, related)]
        if shown and shown.everything:
            parts.append(self.whole_signature)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()

    def paper_signature(self, key: str) -> str:
        """Return all that another document can show of a paper."""
        if key not in self._signatures:
            pages = self._pages_of.get(key, ())
            shown = [(page.docname, page.reading.title, self.stated[page.docname].digest, page.verdict) for page in pages]
            self._signatures[key] = repr((self.atlas.bibliography.digest(key), self.atlas.notices_of(key), shown))
        return self._signatures[key]

    def _listed_signature(self, key: str) -> str:
        """Return what a list of related papers shows of a paper."""
        if key not in self._listed_signatures:
            paper = self.papers.get(key)
            shown = paper and (paper.docname, paper.reading.title, paper.verdict.state, paper.verdict.label)
            self._listed_signatures[key] = repr((self.atlas.bibliography.digest(key), self.atlas.notices_of(key), shown))
        return self._listed_signatures[key]

    @cached_property
    def lists(self) -> KeptLists:
        """What lists say of papers, from builds before too."""
        return KeptLists(Path(self.env.doctreedir) / "atlas-lists.json", [evidence_atlas.__version__, language()])

    @cached_property
    def listed_items(self) -> dict[tuple[str, str], str]:
        """Papers as items of lists, made once for all pages of the same depth: by the way to the root, and docname."""
        return {}

    @cached_property
    def _signatures(self) -> dict[str, str]:
        return {}

    @cached_property
    def _listed_signatures(self) -> dict[str, str]:
        return {}

    @cached_property
    def _common_signature(self) -> str:
        atlas = self.atlas
        is_explained = atlas.settings.how_it_works in self.env.found_docs  # each badge links to it then
        return repr((atlas.identity, atlas.settings, atlas.policy.version, atlas.scanner, is_explained))

    @cached_property
    def whole_signature(self) -> str:
        """All that a document can show of every paper, the policy and notices."""
        atlas = self.atlas
        notices = [(key, atlas.bibliography.digest(key), atlas.notices_of(key)) for key in atlas.under_notice]
        checks = sorted(atlas.checks.items())
        papers = [self.paper_signature(key) for key in sorted(self.papers)]
        return repr((papers, atlas.policy, notices, checks, atlas.search, sorted(self.listings)))

    def check_consistency(self) -> None:
        """Warn of two pages of one paper, in the same order however the pages were read."""
        pages = [(docname, stated.line, stated.record.paper) for docname, stated in self.stated.items() if stated.record]
        count = Counter(key for _docname, _line, key in pages)
        rows = [(str(self.env.doc2path(docname)), line, key) for docname, line, key in pages if count[key] > 1]
        for finding in check_duplicates(rows):
            warn(finding)


def warn(finding: Finding) -> None:
    """Report a finding as a Sphinx warning of its type."""
    logger.warning(finding.message, type="atlas", subtype=finding.code.slug, location=finding.place)


def atlas_domain(env: BuildEnvironment) -> AtlasDomain:
    """Return the atlas's domain of an environment."""
    return cast("AtlasDomain", env.get_domain("atlas"))
