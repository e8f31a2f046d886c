"""What a record suggests for a page, by a table of words: ``tables.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib import resources
from typing import Any

from evidence_atlas.core.policy import Policy
from evidence_atlas.sources.work import Work

_MOST_TOPICS = 3


@cache
def tables() -> dict[str, Any]:
    """Return the table."""
    return tomllib.loads(resources.files(__package__).joinpath("tables.toml").read_text(encoding="utf-8"))


def design(work: Work, policy: Policy) -> tuple[str, str]:
    """Return the design that a record names, and the words that name it; empty texts where it names none.

    Args:
        work: The record.
        policy: Says which designs there are.
    """
    for row in tables()["design"]:
        for wanted, said in ((row.get("types", ()), work.publication_types), (row.get("subjects", ()), work.subjects)):
            if row["id"] in policy.design and (words := _common(wanted, said)):
                return row["id"], words
    return "", ""


def contexts(work: Work, policy: Policy) -> list[str]:
    """Return the conditions that title and subject headings name."""
    return _named("context", work, policy.context)


def topics(work: Work, policy: Policy) -> list[str]:
    """Return topics that title and subject headings name, those of the title first."""
    return _named("topic", work, policy.topic)[:_MOST_TOPICS]


def is_notice(work: Work) -> str:
    """Return the words by which a record says that it is a notice about another paper; empty where it is none."""
    row = tables()["notice"]
    return _common(row["types"], work.publication_types) or _common(row["kinds"], [link.kind for link in work.update_to])


def is_preprint(work: Work) -> bool:
    """Whether a record says that the work is a preprint."""
    return any(name.casefold() == "preprint" for name in work.publication_types)


def relation(kind: str) -> str:
    """Return the type of a page's relation that a link in a record stands for; empty where it stands for none."""
    found: str = tables()["relation"].get(kind, "")
    return found


def _common(wanted: Iterable[str], said: Iterable[str]) -> str:
    known = {name.casefold() for name in wanted}
    return next((name for name in said if name.casefold() in known), "")


def _named(table: str, work: Work, known: Collection[str]) -> list[str]:
    in_title, in_subjects = [], []
    for name, row in tables()[table].items():
        if name not in known:
            continue
        if any(re.search(rf"(?<!\w){re.escape(words)}", work.title, re.IGNORECASE) for words in row.get("words", ())):
            in_title.append(name)
        elif _common(row.get("subjects", ()), work.subjects):
            in_subjects.append(name)
    return in_title + in_subjects
