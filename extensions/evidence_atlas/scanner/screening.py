"""Whole pages: their text and front matter as passages, the record as context, waivers taken into account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence_atlas.core.findings import nearest
from evidence_atlas.core.frontmatter import FrontMatter, blank, read_front_matter
from evidence_atlas.core.page import Page, read_page
from evidence_atlas.core.record import Record, Waiver
from evidence_atlas.scanner.engine import Context, Engine, WordingFinding
from evidence_atlas.scanner.passages import Passage, in_front_matter, passages

HEADS = ("summary", "harms")


@dataclass(frozen=True, slots=True)
class Screened:
    """What the scanner says of a page.

    Attributes:
        findings: What stands, without what is waived.
        waived: The rules that the page waives and that found something, with the page's reason.
        idle: Index and complaint of each waiver that waives nothing.
    """

    findings: tuple[WordingFinding, ...]
    waived: tuple[Waiver, ...]
    idle: tuple[tuple[int, str], ...]


def screen_text(engine: Engine, text: str, context: Context) -> list[WordingFinding]:
    """Screen a MyST source, front matter included where it is an evidence page's."""
    front = read_front_matter(text)
    body = blank(text, front)
    stated = front.stated
    return engine.screen(page_passages(text, body, read_page(body), front, stated if isinstance(stated, dict) else {}), context)


def page_passages(text: str, body: str, page: Page, front: FrontMatter, stated: dict[str, object]) -> Iterator[Passage]:
    """Yield the passages of a page: those of the front matter that readers see, then those of its text.

    Args:
        text: The source.
        body: The source with empty lines in place of its front matter.
        page: What was read from it.
        front: The front matter with its lines.
        stated: The record's keys with their values.
    """
    if stated:
        lines = text.split("\n")
        for key in HEADS:
            if isinstance(value := stated.get(key), str):
                yield in_front_matter(value, key, lines, front.line(("evidence", key)))
    yield from passages(page, body)


def settle(findings: Sequence[WordingFinding], waivers: Sequence[Waiver], engine: Engine) -> Screened:
    """Take a page's waivers into account."""
    found = {finding.rule for finding in findings}
    idle = []
    for index, waiver in enumerate(waivers):
        if waiver.rule not in engine.rules.rule:
            idle.append((index, f"There is no wording rule {waiver.rule!r}{nearest(waiver.rule, engine.rules.rule)}."))
        elif waiver.rule not in found:
            idle.append((index, f"The waiver of {waiver.rule!r} waives nothing: the rule finds nothing on this page; delete it."))
    waived = {waiver.rule for waiver in waivers}
    return Screened(
        tuple(finding for finding in findings if finding.rule not in waived),
        tuple(waiver for waiver in waivers if waiver.rule in found and waiver.rule in engine.rules.rule),
        tuple(idle),
    )


def context_of(record: Record | None, label: str, badge: str, source: str, year: int) -> Context:
    """Return what a record says of its page.

    Args:
        record: The record; ``None`` on a page that is not of one paper.
        label: The kind of study in words.
        badge: State of the badge.
        source: Title, and abstract where there is one, of the paper.
        year: Its year; 0 where it has none.
    """
    if record is None:
        return Context()
    article = "an" if label[:1].lower() in "aeiou" else "a"
    return Context(
        design=record.design,
        design_label=f"{article} {label[:1].lower()}{label[1:]}" if label else "",
        level=record.level,
        contexts=tuple(record.context),
        badge=badge,
        direction=record.outcome.direction if record.outcome else "",
        source=source,
        year=year,
    )
