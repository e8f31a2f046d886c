"""Notices that journals issue about papers: retractions, expressions of concern, corrections; keyed by DOI."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Strict, StringConstraints, TypeAdapter, ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, nearest
from evidence_atlas.core.tomlfile import NotToml, line_of, read_toml, syntax_error

Kind = Literal["retraction", "withdrawal", "removal", "expression-of-concern", "correction", "erratum"]

# gravest first; the words of the banner (NISO RP-45-2024 names the kinds)
KINDS: dict[str, str] = {
    "retraction": "Retracted",
    "withdrawal": "Withdrawn",
    "removal": "Removed",
    "expression-of-concern": "Expression of concern",
    "correction": "Corrected",
    "erratum": "Erratum published",
}
PMID = "pmid:"  # before the digits that name a paper without a DOI
_PAPER = re.compile(rf"10\.|{PMID}[1-9][0-9]*$")
WITHDRAWING = frozenset({"retraction", "withdrawal", "removal"})


def _calendar(value: str) -> str:
    dt.date.fromisoformat((value + "-01-01")[: len("2011-01-01")])
    return value


_Day = Annotated[dt.date, Strict()]
_PartialDate = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), AfterValidator(_calendar)]
_Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$"), AfterValidator(str.lower)]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice.

    Attributes:
        kind: What the notice does to the paper.
        doi: DOI of the notice itself, lower case.
        date: Day of the notice, or as much of it as is known (``2011-12``).
        issuer: Who issued it.
        reason: Why, in the atlas's own words.
        source: Where this was read.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", defer_build=True)  # many an atlas has no notice

    kind: Kind
    doi: _Doi | None = None
    date: Annotated[_Day | _PartialDate | None, "a day, or text such as 2011-12"] = None
    issuer: str = ""
    reason: str = ""
    source: str = ""

    @property
    def label(self) -> str:
        """The words of the banner."""
        return KINDS[self.kind]

    @property
    def withdraws(self) -> bool:
        """Whether the paper no longer stands."""
        return self.kind in WITHDRAWING

    @property
    def grade(self) -> str:
        """How grave it is: ``withdrawn``, ``concern`` or ``correction``."""
        return "withdrawn" if self.withdraws else "concern" if self.kind == "expression-of-concern" else "correction"

    def as_data(self) -> dict[str, str]:
        """Return the notice as plain data."""
        values = {"kind": self.kind, "doi": self.doi, "date": self.date and str(self.date)}
        values |= {"issuer": self.issuer, "reason": self.reason, "source": self.source}
        return {key: value for key, value in values.items() if value}


Notices = Mapping[str, tuple[Notice, ...]]

_ADAPTER = TypeAdapter(Notice)


def load_notices(path: Path | None) -> tuple[Notices, list[Finding]]:
    """Read a notices file: a table a DOI (or ``pmid:`` and digits where a paper has none), each with an array ``notices``.

    Returns:
        Notices by lower-case DOI of the paper, gravest first, and what is wrong with the file.
    """
    if path is None:
        return {}, []
    try:
        text = path.read_text(encoding="utf-8")
        data = read_toml(text)
    except (OSError, UnicodeDecodeError) as error:
        return {}, [Finding(str(path), 1, Code.NOTICE, f"The notices cannot be read: {error}.")]
    except NotToml as error:
        return {}, [syntax_error(path, Code.NOTICE, error)]
    notices: dict[str, tuple[Notice, ...]] = {}
    findings: list[Finding] = []
    for doi, table in data.items():
        rows = table.get("notices") if isinstance(table, dict) else None
        if not _PAPER.match(doi) or not isinstance(rows, list) or set(table) != {"notices"}:
            message = f"{doi!r}: a DOI with an array 'notices' was expected."
            findings.append(Finding(str(path), line_of(text, (doi,)), Code.NOTICE, message))
            continue
        good = []
        for row in rows:
            try:
                good.append(_ADAPTER.validate_python(row))
            except ValidationError as error:
                findings += [_finding(path, text, doi, row, e) for e in error.errors()[:1]]
        good += notices.get(doi.lower(), ())
        notices[doi.lower()] = tuple(sorted(good, key=lambda notice: list(KINDS).index(notice.kind)))
    return notices, findings


def _finding(path: Path, text: str, doi: str, row: Any, error: Any) -> Finding:
    start = line_of(text, (doi,))
    kind = str(row.get("kind", "")) if isinstance(row, dict) else ""
    lines = text.splitlines()
    line = next((n for n in range(start, len(lines) + 1) if kind and f'"{kind}"' in lines[n - 1]), start)
    name = ".".join(str(part) for part in error["loc"][:1])
    if name == "kind":
        message = f"The notice has the unknown kind {kind!r}; expected one of {', '.join(KINDS)}{nearest(kind, KINDS)}."
    elif error["type"] in UNKNOWN_KEY:
        message = f"A notice has no key {name!r}{nearest(name, Notice.__dataclass_fields__)}."
    else:
        message = f"The notice's {name!r} cannot be used: {error['msg']}."
    return Finding(str(path), line, Code.NOTICE, message)
