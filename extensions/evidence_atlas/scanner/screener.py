"""The scanner for the pages of one atlas: its rules, its records, its cache; findings in the form that all commands share."""

from __future__ import annotations

from collections.abc import Mapping

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.check_files import Source
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.record import Record
from evidence_atlas.scanner.cache import FOLDER, NAME, Cache
from evidence_atlas.scanner.engine import Context, Engine, WordingFinding
from evidence_atlas.scanner.rules import load_rules
from evidence_atlas.scanner.screening import Screened, context_of, page_passages, settle

_LEADS = {"critical": "Critical: ", "warning": "", "hint": "Hint: "}


class Screener:
    """Screens pages of an atlas.

    Attributes:
        engine: The engine with the rules in force.
        problems: What is wrong with files of rules.
    """

    def __init__(self, atlas: Atlas, *, cached: bool) -> None:
        rules, self.problems = load_rules(atlas.project.wording_rules)
        self.engine = Engine(rules)
        self._cache = Cache(atlas.project.root / FOLDER / NAME, rules) if cached else None

    @property
    def version(self) -> str:
        """The version of the rules."""
        return self.engine.rules.version

    def screen(self, source: Source, atlas: Atlas) -> Screened:
        """Screen a page, or take what was found in the same text before."""
        context = page_context(source.record, atlas)
        key = self._cache.key(source.text, context) if self._cache else ""
        found = self._cache.get(key) if self._cache else None
        if found is None:
            stated = source.front.stated if source.record else None
            passages = page_passages(
                source.text, source.body, source.page, source.front, stated if isinstance(stated, dict) else {}
            )
            found = self.engine.screen(passages, context)
            if self._cache:
                self._cache.put(key, found)
        return settle(found, source.record.waivers if source.record else (), self.engine)

    def check(self, source: Source, atlas: Atlas) -> list[Finding]:
        """Return the findings of a page as all commands write them."""
        screened = self.screen(source, atlas)
        found = [as_finding(source.file, finding, atlas) for finding in screened.findings]
        lines = source.front
        return found + [
            Finding(source.file, lines.line(("evidence", "waivers", index)), Code.WAIVER, message)
            for index, message in screened.idle
        ]

    def new(self) -> dict[str, object]:
        """Return what was found since the last call, as plain data that :meth:`add` takes."""
        return self._cache.new() if self._cache else {}

    def add(self, rows: Mapping[str, object]) -> None:
        """Keep what another process has found."""
        if self._cache:
            self._cache.add(rows)

    def save(self) -> None:
        """Keep what was found for the next run."""
        if self._cache:
            self._cache.save()


def page_context(record: Record | None, atlas: Atlas) -> Context:
    """Return what is known of a page: its record, its badge, the title of its paper."""
    if record is None:
        return Context()
    paper = atlas.bibliography.get(record.paper)
    title, year = (paper.title, paper.year_number or 0) if paper else ("", 0)
    label, badge = atlas.policy.design[record.design].label, atlas.verdict(record).state
    return context_of(record, label, badge, title, year)


def as_finding(file: str, found: WordingFinding, atlas: Atlas) -> Finding:
    """Return a finding of the scanner in the form of all findings.

    Args:
        file: Path of the page, as the finding shall name it.
        found: What the scanner found.
        atlas: Knows where the rules are shown.
    """
    where = f", {rule_address(found.rule, atlas)}" if atlas.settings.wording_page else ""
    message = f"{_LEADS[found.severity]}{found.message} Write instead: {found.instead}. (Rule {found.rule}{where})"
    return Finding(file, found.line, Code.WORDING, message, found.column, found.severity, found.rule)


def rule_address(rule: str, atlas: Atlas) -> str:
    """Return the address at which a rule is explained."""
    return f"{atlas.address(atlas.settings.wording_page)}#wording-{rule}"
