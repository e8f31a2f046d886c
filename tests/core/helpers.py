"""What several tests of the core share: places, small bibliographies, records, edited policies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from evidence_atlas.core.policy import BUILT_IN, Policy, load_policy
from evidence_atlas.core.record import ADAPTER, Record
from evidence_atlas.core.references import Bibliography, load_bibliography

ROOT = Path(__file__).parents[2]
REFERENCES = ROOT / "references.bib"
EVIDENCE = ROOT / "docs" / "evidence"
PAGE = Path("docs/evidence/fluge-2019-lymphocyte-depletion.md")  # the page of a new atlas

# the same examples in every run, so that a failure is the code's doing; ATLAS_RANDOM asks for so many new ones
RANDOM = int(os.environ.get("ATLAS_RANDOM", "0"))
PROPERTY = settings(
    max_examples=RANDOM or 100,
    deadline=None,
    derandomize=not RANDOM,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def bibliography(folder: Path, text: str, name: str = "works.bib") -> tuple[Bibliography, list[str]]:
    """Write BibTeX to a file and read it: the references, and the findings as "LINE CODE MESSAGE"."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    references, findings = load_bibliography([file])
    assert {finding.file for finding in findings} <= {str(file)}
    return references, as_lines(findings)


def as_lines(findings: Sequence[Any]) -> list[str]:
    """Findings as "LINE CODE MESSAGE"."""
    return [f"{finding.line} {finding.code.slug} {finding.message}" for finding in findings]


def record(policy: Policy, **keys: Any) -> Record:
    """Make a valid record, some of its keys replaced."""
    data = {
        "paper": "good2020",
        "summary": "Fatigue fell in half of the people studied.",
        "read": "abstract",
        "design": "cohort",
        "context": ["me-cfs"],
        "level": "E2",
        "topics": ["pain"],
        "criteria": [],
        "drafted": "person",
        "review": "none",
    }
    return ADAPTER.validate_python(data | keys, context=policy)


def edited(table: str, key: str, value: str, text: str = "") -> str:
    """Return the text of a policy, or of the built-in one, with one value replaced; ``value`` is TOML."""
    text = text or BUILT_IN.read_text(encoding="utf-8")
    start = re.search(rf"^\[{re.escape(table)}\][^\n]*\n", text, re.MULTILINE)
    assert start, f"the policy has no table {table}"
    end = text.find("\n[", start.end())
    rows = text[start.end() : end if end >= 0 else None]
    new, count = re.subn(rf"^{re.escape(key)} = [^\n]*$", lambda _: f"{key} = {value}", rows, flags=re.MULTILINE)
    assert count == 1, f"the table {table} has the key {key} {count} times"
    return text[: start.end()] + new + text[start.end() + len(rows) :]


def edited_policy(folder: Path, table: str, key: str, value: str) -> Policy:
    """Write the built-in policy with one value replaced to a file and read it."""
    file = folder / "policy.toml"
    file.write_text(edited(table, key, value), encoding="utf-8")
    policy, findings = load_policy(file)
    assert findings == []
    return policy


def run(folder, *arguments, module=("-m", "evidence_atlas.cli")):
    """Run the command in a folder: exit code, output, errors. A warning of Python is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", *module, *map(str, arguments)],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def edit(atlas, old, new, page=PAGE):
    """Replace a part of a page."""
    text = (atlas / page).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (atlas / page).write_text(text.replace(old, new), encoding="utf-8")
