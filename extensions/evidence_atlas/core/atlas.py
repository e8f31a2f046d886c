"""All that an atlas rests on besides its pages: settings, policy, bibliography, notices, identity."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.identity import Identity, identity, wrong_tag
from evidence_atlas.core.notice_checks import Check, Checks, load_checks
from evidence_atlas.core.notices import PMID, Notice, Notices, load_notices
from evidence_atlas.core.policy import Policy, load_policy
from evidence_atlas.core.record import Record
from evidence_atlas.core.references import Bibliography, load_bibliography
from evidence_atlas.core.search_query import Search, load_search
from evidence_atlas.core.settings import Project, Settings, find_project
from evidence_atlas.core.verdict import Verdict, verdict


@dataclass(frozen=True)
class Atlas:
    """An atlas without its pages.

    Attributes:
        project: Settings, and where the files are.
        policy: The policy in force.
        bibliography: References by key.
        notices: Notices by DOI.
        identity: The version.
        checks: Who was asked about notices, and what the answer was, by DOI.
        search: The published search for new papers.
        scanner: Version of the wording rules by which the pages are screened; empty where none does.
    """

    project: Project
    policy: Policy
    bibliography: Bibliography
    notices: Notices
    identity: Identity
    scanner: str = ""
    checks: Checks = field(default_factory=dict)
    search: Search = field(default_factory=Search)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.project.settings

    def versions(self) -> dict[str, str | None]:
        """Return of what pages are made, as data files say it; ``None`` for what is not known or was not used."""
        identity = self.identity
        return {
            "atlas": identity.version,
            "date": str(identity.date) if identity.date else None,
            "generator": identity.generator,
            "scanner": self.scanner or None,
            "policy": self.policy.version,
        }

    def verdict(self, record: Record) -> Verdict:
        """Resolve a record's badge under the policy in force."""
        return verdict(record, self.policy)

    def notices_of(self, key: str) -> tuple[Notice, ...]:
        """Return the notices about a paper, gravest first."""
        name = self.under_notice.get(key)
        return self.notices.get(name, ()) if name else ()

    @cached_property
    def under_notice(self) -> dict[str, str]:
        """The names under which the notices file has papers of the bibliography, by key: a DOI, or ``pmid:`` and digits."""
        found = self.bibliography.with_doi(self.notices)
        if any(name.startswith(PMID) for name in self.notices):
            works = self.bibliography.identifiers
            found |= {key: ids.name for key, ids in works.items() if not ids.doi and ids.name in self.notices}
        return found

    def checks_of(self, key: str) -> tuple[Check, ...]:
        """Return who was asked about notices on a paper, and what the answer was; nothing where nobody was."""
        if not self.checks or key not in self.bibliography:
            return ()
        return self.checks.get(self.bibliography.identifiers[key].name, ())

    def address(self, page: str) -> str:
        """Return the address of a document's page, or the citable one of this version with ``/v/…``."""
        return f"{self.settings.base_url}/{page}/"

    def citable_address(self, page: str) -> str:
        """Return the address under which this version of a document's page stays."""
        return f"{self.settings.base_url}/v/{self.identity.version}/{page}/"

    def pdf_address(self, page: str) -> str:
        """Return where a page's PDF stays with the release; empty where it lies beside the page."""
        pattern = self.settings.pdf_address if self.identity.is_release else ""
        return pattern.replace("{version}", self.identity.version).replace("{slug}", page.rpartition("/")[2])

    def changes_address(self, page: str) -> str:
        """Return the address that tells for good what changed on a page since this version; empty between releases."""
        if not self.identity.is_release:
            return ""
        return f"{self.settings.base_url}/changes/since/{self.identity.version}/#{page.rpartition('/')[2]}"


def assemble(project: Project, bibliography: Bibliography | None = None) -> tuple[Atlas, list[Finding]]:
    """Read a project's files.

    Args:
        project: Says where they are.
        bibliography: References that were read already; else the project's files are read.
    """
    policy, findings = load_policy(project.policy)
    notices, wrong = load_notices(project.notices)
    findings += wrong
    checks, wrong = load_checks(project.notice_checks)
    findings += wrong
    search, wrong = load_search(project.query, project.watch)
    findings += wrong
    if bibliography is None:
        bibliography, wrong = load_bibliography(project.bibliography)
        findings += wrong
    known = identity(project.root)
    findings += [Finding(str(project.root), 1, Code.VERSION, wrong_tag(tag)) for tag in known.wrong_tags]
    return Atlas(project, policy, bibliography, notices, known, checks=checks, search=search), findings


def load_atlas(sources: Path) -> tuple[Atlas, list[Finding]]:
    """Find and read the atlas whose ``conf.py`` is in a folder."""
    project, findings = find_project(sources)
    atlas, wrong = assemble(project)
    return atlas, findings + wrong
