"""The published search for new papers: what is asked of which source, and up to which day it was asked.

The search stands in one file (the setting ``query``), from which ``atlas watch`` and the site take it. Up to which day
each source was asked stands in another (``watch``), which ``atlas watch`` writes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, nearest
from evidence_atlas.core.tomlfile import NotToml, line_of, read_toml, syntax_error

SCHEMA = 1
SOURCES = {"pubmed": "PubMed", "europe-pmc": "Europe PMC"}
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of one source.

    Attributes:
        query: The search in the source's own language.
        note: A sentence about it for readers.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    note: str = ""

    @property
    def line(self) -> str:
        """The search on one line, as it is asked."""
        return " ".join(self.query.split())


@dataclass(frozen=True, slots=True)
class Asked:
    """When a source was last asked.

    Attributes:
        until: The last day that was asked for.
        query: The search that was used, on one line.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)

    until: _Day
    query: str


@dataclass(frozen=True)
class State:
    """What ``atlas watch`` remembers.

    Attributes:
        asked: When each source was last asked.
        seen: What was reported lately, by its name (a DOI, or ``pmid:`` and digits), with the day of the report.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)

    asked: dict[str, Asked] = field(default_factory=dict)
    seen: dict[str, _Day] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """The search of an atlas.

    Attributes:
        queries: By source; empty where the atlas has none.
        state: What is known of earlier runs.
    """

    queries: Mapping[str, Query] = field(default_factory=dict)
    state: State = field(default_factory=State)


def load_search(query: Path | None, watch: Path | None) -> tuple[Search, list[Finding]]:
    """Read the search, and what is known of its runs.

    Args:
        query: The file of the search; ``None`` where there is none.
        watch: The file of earlier runs; ``None`` where there was none.

    Returns:
        What can be read, and what is wrong with the files.
    """
    queries, findings = _load_queries(query) if query else ({}, [])
    state, wrong = _load_state(watch) if watch else (State(), [])
    return Search(queries, state), findings + wrong


def _load_queries(path: Path) -> tuple[dict[str, Query], list[Finding]]:
    try:
        text = path.read_text(encoding="utf-8")
        data = read_toml(text)
    except NotToml as error:
        return {}, [syntax_error(path, Code.QUERY, error)]
    except (OSError, UnicodeDecodeError) as error:
        return {}, [Finding(str(path), 1, Code.QUERY, f"The search cannot be read: {error}.")]
    queries, findings, adapter = {}, [], TypeAdapter(Query)
    for name, table in data.items():
        if name not in SOURCES:
            message = f"There is no source {name!r}{nearest(name, SOURCES)}; expected one of {', '.join(SOURCES)}."
            findings.append(Finding(str(path), line_of(text, (name,)), Code.QUERY, message))
            continue
        try:
            queries[name] = adapter.validate_python(table)
        except ValidationError as error:
            findings.append(_finding(path, text, name, error.errors()[0]))
    return {name: queries[name] for name in SOURCES if name in queries}, findings


def _finding(path: Path, text: str, name: str, error: Any) -> Finding:
    key = [str(part) for part in error["loc"][:1]]
    line = line_of(text, (name, *key))
    if error["type"] in UNKNOWN_KEY:
        message = f"A search has no key {key[0]!r}{nearest(key[0], Query.__dataclass_fields__)}."
    else:
        message = f"The search of {name!r} cannot be used: {error['msg']}."
    return Finding(str(path), line, Code.QUERY, message)


def _load_state(path: Path) -> tuple[State, list[Finding]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            raise ValueError(f"a JSON object with 'schema': {SCHEMA} was expected")  # noqa: TRY301  (told like the others)
        state = TypeAdapter(State).validate_python(data)
        for day in (*(asked.until for asked in state.asked.values()), *state.seen.values()):
            dt.date.fromisoformat(day)
    except (OSError, ValueError, RecursionError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        return State(), [Finding(str(path), 1, Code.QUERY, f"What is known of earlier searches cannot be read: {why}.")]
    return state, []


def state_text(state: State) -> str:
    """Return the content of the file of earlier runs."""
    asked = {name: {"until": state.asked[name].until, "query": state.asked[name].query} for name in sorted(state.asked)}
    return (
        json.dumps({"schema": SCHEMA, "asked": asked, "seen": dict(sorted(state.seen.items()))}, ensure_ascii=False, indent=1)
        + "\n"
    )
