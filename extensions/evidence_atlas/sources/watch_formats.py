"""What a run of the search found, as text, JSON and Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable

from evidence_atlas.core.plain import code, comment, visible
from evidence_atlas.sources.watch import Candidate, Watched

SCHEMA = 1
LONGEST = 39_900  # characters of the Markdown: the pull request of the workflow "watch" has room for 40,000, beside notices


def summary(watched: Watched) -> str:
    """Return what was found in numbers, in one sentence."""
    count = len(watched.candidates)
    return (
        f"{count} new paper{'s' * (count != 1)}; of the others {watched.known} are in the bibliography, "
        f"{watched.before} were reported before, and {watched.notices} are notices about papers."
    )


def _authors(candidate: Candidate) -> str:
    names = candidate.work.authors
    return f"{names[0].family}{' et al.' if len(names) > 1 or candidate.work.abridged else ''}" if names else "no authors named"


def as_text(watched: Watched) -> str:
    """A line each candidate: what ``atlas new`` takes, year, first author, title, sources."""
    rows = (
        f"{c.argument or '-'}  {c.work.year or '----'}  {_authors(c)}  {c.work.title}  ({', '.join(c.sources)})"
        for c in watched.candidates
    )
    return "".join(f"{visible(row)}\n" for row in rows)


def as_json(watched: Watched) -> str:
    """A JSON object with the candidates, what was asked for, and what a person should know."""
    rows = [
        {
            "doi": c.work.doi or None,
            "pmid": c.work.pmid or None,
            "title": c.work.title,
            "authors": [name.sorted_form for name in c.work.authors],
            "journal": c.work.journal,
            "date": c.work.date,
            "preprint": c.work.kind == "misc",
            "sources": list(c.sources),
        }
        for c in watched.candidates
    ]
    counts = {"known": watched.known, "reported-before": watched.before, "notices": watched.notices}
    since = {source: day.isoformat() for source, day in watched.since.items()}
    data = {"schema": SCHEMA, "since": since, "candidates": rows, "counts": counts, "remarks": watched.remarks}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_markdown(watched: Watched) -> str:
    """Markdown for a pull request; all that comes from sources stands in code, where it can link, mention and show nothing."""
    remarks = "".join(f"\n{code(remark)}\n" for remark in watched.remarks)
    rows = [_markdown_row(candidate) for candidate in watched.candidates]
    return comment(
        f"### New papers\n\n{summary(watched)}\n{remarks}\n", rows, "{number} more papers are too many for a comment.", LONGEST
    )


def _markdown_row(candidate: Candidate) -> str:
    work = candidate.work
    about = f"{work.title}. {_authors(candidate)}, {work.journal or 'no journal named'}, {work.date or 'undated'}"
    command = f"\n  {code(f'atlas new {candidate.argument}')}" if candidate.argument else ""
    return f"- [ ] {code(about)} ({', '.join(candidate.sources)}){command}\n"


FORMATS: dict[str, Callable[[Watched], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
