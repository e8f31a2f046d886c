"""Findings: what is wrong, where, what was expected; and the one registry of their kinds."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal
from urllib.parse import quote


class Code(Enum):
    """Every kind of finding: the subtype of a Sphinx warning ``atlas.<code>`` and its one meaning."""

    FRONT_MATTER = (
        "front-matter",
        "The block between the two `---` lines cannot be read, or is larger or deeper than a page needs.",
    )
    HIDDEN_CHARACTER = (
        "hidden-character",
        "A control character or one that reorders text on the screen, so that a line reads other than it is.",
    )
    PAGE_SETTING = "page-setting", "A page's front matter holds a setting that only the project may make."
    UNKNOWN_KEY = "unknown-key", "A key that an evidence page does not have."
    DUPLICATE_KEY = "duplicate-key", "A key that stands twice; the first one is used."
    MISSING_KEY = "missing-key", "A key that every evidence page, or this kind of page, needs."
    WRONG_TYPE = "wrong-type", "A value of another kind than the key takes, for example text where a list belongs."
    UNKNOWN_VALUE = "unknown-value", "A value that the policy's vocabulary does not have."
    LEVEL = "level", "An evidence level above what the study's design, or what was read, allows."
    OUTCOME = "outcome", "A trial that does not state its primary outcome and the direction of it."
    JOINED = "joined", "`joined` is missing beside several inclusion criteria, or stands where there are fewer than two."
    MODIFICATION = (
        "modification",
        "A criterion says that the study changed a definition's PEM rule, without the quotation and place that show it.",
    )
    QUOTE = "quote", "A quotation of more than 25 words."
    SOURCES = "sources", "A page written from other people's accounts does not name them, or another page names such accounts."
    FILE_NAME = "file-name", "The file's name is not of the form surname-year-words in plain ASCII."
    TO_WRITE = "to-write", "A mark of a draft, such as `To write:`, that says what somebody has yet to write or to check."
    UNKNOWN_REFERENCE = "unknown-reference", "A key that the bibliography does not have."
    INCOMPLETE_REFERENCE = (
        "incomplete-reference",
        "The paper of a page has no author, or neither DOI nor PMID, in the bibliography.",
    )
    DUPLICATE_PAPER = "duplicate-paper", "Two pages are of one paper."
    TITLE = "title", "The page has no title."
    LIMITATIONS = "limitations", "The part `limitations` is missing, empty, or there more than once."
    MISSING_DIRECTIVE = "missing-directive", "A part that every evidence page has, such as `pem-badge`, is missing."
    UNKNOWN_PAPER = "unknown-paper", "A directive or role names a paper that has no page."
    TABLE = "table", "An option of `evidence-table` names a field or a value that does not exist."
    MAP = "map", "An option of `evidence-map` names a field or a value that does not exist, or that its chart does not take."
    RAW_HTML = "raw-html", "Markup for one output format only; it is shown as text."
    FILE_ACCESS = (
        "file-access",
        "A page reads a file outside the folder of the sources, the network, or more than a page may; it is left out.",
    )
    UNSAFE_LINK = "unsafe-link", "A link of a kind that can run code or reach into the reader's machine; only its text is kept."
    REMOTE_IMAGE = (
        "remote-image",
        "A picture from another host, which would tell that host who reads what; a link stands in its place.",
    )
    ACTIVE_FILE = "active-file", "A picture or a download that a browser could run, such as SVG with script; it is left out."
    UNREADABLE_PAGE = (
        "unreadable-page",
        "A page that is too large, nested too deep, too slow to read, or stops the program that reads it; it is left empty.",
    )
    TEX = "tex", "A formula with a TeX command that reads files, writes files or changes TeX itself; it is shown as text."
    FORMULA = "formula", "A formula that cannot be turned into MathML; its TeX is shown."
    WORKED_CASE = "worked-case", "A worked case in a guide cannot be used, or has another badge than the text says."
    BIBLIOGRAPHY = "bibliography", "A bibliography file cannot be read, or a part of it."
    DUPLICATE_REFERENCE = (
        "duplicate-reference",
        "One work stands in the bibliography under two keys, or two entries look like one work; `atlas check` says it.",
    )
    POLICY = "policy", "The policy file cannot be used; the built-in policy is used in its place."
    NOTICE = "notice", "The notices file, or a row of it, cannot be used."
    NOTICE_CHECKS = (
        "notice-checks",
        "The file that says who was asked about retractions cannot be used; every paper counts as not checked.",
    )
    RETRACTION = (
        "retraction",
        "`atlas retractions` heard of a notice that the atlas did not have, of one that differs from its own, or got no answer.",
    )
    QUERY = "query", "The file of the published search, or that of its runs, cannot be used."
    SETTING = "setting", "A setting of the atlas has a value that cannot be used; the default is used."
    VERSION = "version", "A tag of the content, such as `atlas-2026.11`, that names no version; it is passed over."
    WORDING = "wording", "A sentence that claims more than its study can carry; each rule of wording has its own page."
    WAIVER = "waiver", "A waiver of a wording rule that there is not, or that finds nothing on the page."
    WORDING_RULES = "wording-rules", "A file of wording rules cannot be used; the built-in rules hold."
    SEARCH = "search", "The index of the site's search cannot be made; the rest of the site is whole."

    slug: str
    meaning: str

    def __init__(self, slug: str, meaning: str) -> None:
        self.slug = slug
        self.meaning = meaning


Severity = Literal["critical", "warning", "hint"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        file: Path of the file as the user knows it.
        line: Line of the offending key or word, counted from 1.
        message: One sentence: what is wrong, what was expected, the nearest right value.
        column: Column of the first character, counted from 1; 0 where only the line is known.
        severity: How grave it is. A hint fails nothing.
        rule: Id of the rule, where the kind has several.
    """

    file: str
    line: int
    code: Code
    message: str
    column: int = 0
    severity: Severity = "warning"
    rule: str = ""

    @property
    def place(self) -> str:
        """File, line and, where it is known, column."""
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"

    @property
    def label(self) -> str:
        """The name that Sphinx's ``suppress_warnings`` takes."""
        return f"atlas.{self.code.slug}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.label}]"


# pydantic's names for a key that is not known, in models and in dataclasses
UNKNOWN_KEY = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


def nearest(value: object, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the most similar known value, or an empty text."""
    match = difflib.get_close_matches(str(value), list(known), n=1, cutoff=0.6)
    return f" (did you mean {match[0]!r}?)" if match else ""


def listed(values: Iterable[str], most: int = 12) -> str:
    """Return values for a message, abridged where there are many."""
    all_values = list(values)
    shown = ", ".join(all_values[:most])
    return shown if len(all_values) <= most else f"{shown}, … ({len(all_values)} in all)"


def as_text(findings: Sequence[Finding]) -> str:
    """One line a finding, in the form that editors turn into a link."""
    return "".join(f"{finding}\n" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON array of objects: ``file``, ``line``, ``code``, ``severity``, ``message``; ``column`` and ``rule`` where known."""
    rows = [
        {"file": f.file, "line": f.line, "code": f.label, "severity": f.severity, "message": f.message}
        | ({"column": f.column} if f.column else {})
        | ({"rule": f.rule} if f.rule else {})
        for f in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


_SARIF_LEVELS: dict[Severity, str] = {"critical": "error", "warning": "warning", "hint": "note"}
_GITHUB_LEVELS: dict[Severity, str] = {"critical": "error", "warning": "warning", "hint": "notice"}


def as_sarif(findings: Sequence[Finding]) -> str:
    """A SARIF 2.1.0 log with one run."""
    results: list[dict[str, Any]] = [
        {
            "ruleId": f"{f.label}/{f.rule}" if f.rule else f.label,  # a part of the kind, as SARIF names such (3.27.5)
            "level": _SARIF_LEVELS[f.severity],
            "message": {"text": f.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(f.file.replace("\\", "/"))},
                        "region": {"startLine": f.line} | ({"startColumn": f.column} if f.column else {}),
                    }
                }
            ],
        }
        for f in findings
    ]
    rules = [{"id": f"atlas.{c.slug}", "shortDescription": {"text": c.meaning}} for c in Code]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "evidence-atlas", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _github_escape(text: str, *, value: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def as_github(findings: Sequence[Finding]) -> str:
    """GitHub workflow commands, which become annotations of a pull request."""
    return "".join(
        f"::{_GITHUB_LEVELS[f.severity]} file={_github_escape(f.file, value=True)},line={f.line},"
        f"{f'col={f.column},' if f.column else ''}title={_github_escape(f.label, value=True)}::{_github_escape(f.message)}\n"
        for f in findings
    )


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
