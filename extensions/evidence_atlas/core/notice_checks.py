"""Who was asked when about retractions and other notices, and what the answer was.

Kept in a file beside the notices, which ``atlas retractions`` writes. A work of which it holds nothing is "not known".
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from evidence_atlas.core.findings import Code, Finding

SCHEMA = 1
SOURCES = {"crossref": "Crossref", "pubmed": "PubMed", "retraction-watch": "Retraction Watch"}

Answer = Literal["none", "notices", "absent", "failed"]
ANSWERS: dict[Answer, str] = {
    "none": "the source holds the paper, and no notice about it",
    "notices": "the source holds one notice or more",
    "absent": "the source does not hold the paper",
    "failed": "the source gave no answer that can be used",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What one source answered about one paper when it was last asked.

    Attributes:
        source: The source, as a key of ``SOURCES``.
        asked: The day of the answer, as ``2026-11-22``; of a file, the day up to which it knows notices.
        answer: What it answered, as a key of ``ANSWERS``.
    """

    source: str
    asked: str
    answer: Answer

    @property
    def known(self) -> bool:
        """Whether the source knows the paper and said what it knows; all else is no answer."""
        return self.answer in ("none", "notices")

    def as_data(self) -> dict[str, str]:
        """Return the check as plain data for ``record.json``."""
        return {"source": SOURCES[self.source], "asked": self.asked, "answer": self.answer}


# by the name of the work: its DOI in lower case, or ``pmid:`` and digits where it has none
Checks = Mapping[str, tuple[Check, ...]]


@dataclass(frozen=True, slots=True)
class _Kept:
    __pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)  # many an atlas has no such file

    asked: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    answer: Answer


_ADAPTER = TypeAdapter(dict[str, dict[Literal["crossref", "pubmed", "retraction-watch"], _Kept]])


def load_checks(path: Path | None) -> tuple[Checks, list[Finding]]:
    """Read the file of checks.

    Args:
        path: The file; ``None`` where there is none.

    Returns:
        The checks by the name of the work, and what is wrong with the file. A file with a fault counts as none, since
        "not known" is never wrong.
    """
    if path is None:
        return {}, []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _checks(data), []
    except (OSError, UnicodeDecodeError) as error:
        why = str(error)
    except json.JSONDecodeError as error:
        return {}, [Finding(str(path), error.lineno, Code.NOTICE_CHECKS, f"The checks are not JSON: {error.msg}.")]
    except (ValueError, RecursionError) as error:
        why = _first(error) if isinstance(error, ValidationError) else str(error)
    return {}, [Finding(str(path), 1, Code.NOTICE_CHECKS, f"The checks of notices cannot be read: {why}.")]


def _checks(data: Any) -> Checks:
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError(f"a JSON object with 'schema': {SCHEMA} was expected")
    rows = _ADAPTER.validate_python(data.get("works", {}))
    for row in rows.values():
        for kept in row.values():
            dt.date.fromisoformat(kept.asked)
    return {name: tuple(Check(s, row[s].asked, row[s].answer) for s in SOURCES if s in row) for name, row in rows.items()}


def _first(error: ValidationError) -> str:
    row = error.errors()[0]
    return f"{'.'.join(map(str, row['loc']))}: {row['msg']}"


def checks_text(checks: Checks) -> str:
    """Return the content of the file: a line each work, sorted, so that a change of the file shows what changed."""
    return "".join(_lines(checks))


def _lines(checks: Checks) -> Iterator[str]:
    yield f'{{\n "schema": {SCHEMA},\n "works": {{'
    for place, name in enumerate(sorted(checks)):
        row = {check.source: {"asked": check.asked, "answer": check.answer} for check in checks[name]}
        yield f"{',' if place else ''}\n  {json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}"
    yield "\n }\n}\n" if checks else "}\n}\n"
