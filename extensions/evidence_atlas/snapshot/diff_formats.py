"""Differences as text, as JSON, and as Markdown for a comment on a pull request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from evidence_atlas.core.plain import code, comment, fenced, on_one_line
from evidence_atlas.language import N_, _, ngettext
from evidence_atlas.snapshot.diff import KINDS, Difference, Kind, PageChange
from evidence_atlas.snapshot.readings import Versions

SCHEMA = 1  # of the JSON
_COUNTS: dict[Kind, str] = {
    "changed": N_("{number} changed"),
    "added": N_("{number} added"),
    "removed": N_("{number} removed"),
}
_WITHDRAWN, _UNCHANGED = N_("{number} newly retracted"), N_("{number} unchanged")


def in_words(value: Any) -> str:
    """Return a value of a record as text on one line; nothing for what is not there."""
    if value is None or value == []:
        return _("nothing")
    if isinstance(value, dict):
        return ", ".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(in_words, value))
    return on_one_line(str(value)) if not isinstance(value, bool) else _("yes") if value else _("no")


def of_version(made: Versions) -> str:
    """Return a version with its day and policy."""
    return on_one_line(f"{made.atlas} ({f'{made.date}, ' if made.date else ''}policy {made.policy})")


def summary(difference: Difference) -> str:
    """Return how many pages differ, as a sentence."""
    counts = {_COUNTS[kind]: len(difference.of(kind)) for kind in KINDS} | {_WITHDRAWN: len(difference.withdrawn)}
    same = len(difference.unchanged)
    if not any(counts.values()):
        return ngettext("No page changed, of {number} page.", "No page changed, of {number} pages.", same).format(number=same)
    said = [
        _(words).format(number=number) for words, number in (counts | {_UNCHANGED: same}).items() if number or words == _UNCHANGED
    ]
    return f"{', '.join(said)}."


def _notice(notice: dict[str, Any]) -> str:
    parts = [str(notice[key]) for key in ("kind", "date", "issuer", "reason") if notice.get(key)]
    return on_one_line(", ".join([*parts, *([f"doi:{notice['doi']}"] if notice.get("doi") else [])]))


def _lines(change: PageChange) -> Iterator[str]:
    """Yield the details of a page, each line begun by ``-`` for what was, ``+`` for what is, or a space."""
    if change.former:
        yield f"  renamed: it was {on_one_line(change.former)}"
    if change.withdrawn:
        yield f"+ newly retracted: {_notice(change.withdrawn)}"
    if change.badge:
        yield f"  badge ({' or '.join(change.badge.causes)}):"
        yield from (f"{sign} {': '.join(map(on_one_line, said))}" for sign, said in zip("-+", _badges(change), strict=True))
    for field in change.fields:
        if field.name == "text":
            yield "  text: line breaks alone"
            continue
        yield f"  {field.name} ({field.cause}):"
        yield from (f"{sign} {in_words(value)}" for sign, value in zip("-+", (field.before, field.after), strict=True))
    if change.text:
        yield "  text:"
    for part in change.text:
        yield from (f"- {on_one_line(sentence)}" for sentence in part.before)
        yield from (f"+ {on_one_line(sentence)}" for sentence in part.after)
    yield from (f"  moved: {on_one_line(sentence)}" for sentence in change.moved)


def _badges(change: PageChange) -> tuple[tuple[str, str], tuple[str, str]]:
    badge = change.badge
    assert badge is not None  # noqa: S101  (asked for only where there is one)
    return badge.before, badge.after


def as_text(difference: Difference) -> str:
    """A line for each page that differs, its details below it, and the counts; nothing where nothing differs."""
    if not difference.changes:
        return ""
    lines = [f"{of_version(difference.old)} → {of_version(difference.new)}"]
    for change in difference.changes:
        causes = f" ({', '.join(change.causes)})" if change.causes else ""
        lines.append(f"{change.kind}: {on_one_line(change.docname)}: {on_one_line(change.title)}{causes}")
        lines += [f"  {line}" for line in _lines(change)]
    return "\n".join([*lines, summary(difference), ""])


def as_json(difference: Difference) -> str:
    """A JSON object: both versions, the counts, and each page that differs."""
    counts = {kind: len(difference.of(kind)) for kind in KINDS} | {
        "withdrawn": len(difference.withdrawn),
        "unchanged": len(difference.unchanged),
    }
    data = {
        "schema": SCHEMA,
        "old": asdict(difference.old),
        "new": asdict(difference.new),
        "counts": counts,
        "pages": [asdict(change) for change in difference.changes],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_markdown(difference: Difference) -> str:
    """Markdown for a comment; all that comes from pages stands in code, where it can link, mention and show nothing."""
    versions = " → ".join(code(of_version(made)) for made in (difference.old, difference.new))
    head = f"### What changes on the pages\n\n{versions}: {summary(difference)}\n"
    ordered = sorted(difference.changes, key=lambda change: change.withdrawn is None)
    left_out = "{number} more pages are too long for a comment; `atlas diff` shows them all."
    return comment(head, [_markdown_page(change) for change in ordered], left_out)


def _markdown_page(change: PageChange) -> str:
    kind = "newly retracted" if change.withdrawn else change.kind
    causes = f" ({', '.join(change.causes)})" if change.causes else ""
    head = f"\n**{kind}**{causes}: {code(change.docname)} {code(change.title)}\n"
    details = "\n".join(_lines(change))
    return f"{head}\n{fenced(details)}" if details else head


FORMATS: dict[str, Callable[[Difference], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
