"""Measures the criteria finder on labelled abstracts: how often a definition that it names is right, and what it misses.

    python bench/criteria_quality.py                 measure, print, and write docs/reference/criteria-quality.json
    python bench/criteria_quality.py --check         compare with that file; exit 1 if the finder got worse
    python bench/criteria_quality.py --wrong SPLIT   print what it gets wrong of one half, and measure nothing
    python bench/criteria_quality.py --others FILE   print what it finds in abstracts that nobody labelled

The abstracts and how they were labelled: tests/criteria_finder/labelled/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measures import FEW, Cells, print_rows, rounded, score, wilson

from evidence_atlas.core.policy import built_in
from evidence_atlas.criteria_finder import Mention, find, names_version

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT / "tests" / "criteria_finder" / "labelled"
FIGURES = ROOT / "docs" / "reference" / "criteria-quality.json"

SPLITS = ("development", "held-out")
ROLES = ("inclusion", "subgroup", "sensitivity", "descriptive")
"""Where a text names a definition several times, the first of these that it has counts."""
TOLERANCE = {"f1": 0.05}
"""How far a held-out figure may fall before the check fails."""


@dataclass(frozen=True)
class Abstract:
    """An abstract and the roles of the definitions that it names, by their ids."""

    key: str
    text: str
    split: str
    roles: Mapping[str, str]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file with one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_labelled(folder: Path = LABELLED) -> list[Abstract]:
    """Return the labelled abstracts."""
    labels = {row["key"]: row for row in read_rows(folder / "labels.jsonl")}
    return [
        Abstract(row["key"], row["text"], row["split"], {one["id"]: one["role"] for one in labels[row["key"]]["definitions"]})
        for row in read_rows(folder / "abstracts.jsonl")
    ]


def suggested(text: str) -> dict[str, str]:
    """Return the roles of the definitions that the finder suggests, by their ids."""
    return roles_of(find(text, built_in()))


def roles_of(mentions: Sequence[Mention]) -> dict[str, str]:
    """Return one role for each definition."""
    found: dict[str, list[str]] = {}
    for mention in mentions:
        found.setdefault(mention.id, []).append(mention.role)
    return {key: min(roles, key=ROLES.index) for key, roles in found.items()}


def split_figures(abstracts: Sequence[Abstract], split: str) -> dict[str, Any]:
    """Return the figures of one half: of all definitions together, of each, and of the roles."""
    chosen = [abstract for abstract in abstracts if abstract.split == split]
    said = [suggested(abstract.text) for abstract in chosen]
    both = list(zip(chosen, said, strict=True))

    def cells(ids: Sequence[str]) -> Cells:
        return Counter((key in true.roles, key in heard) for true, heard in both for key in ids)

    ids = list(built_in().definition)
    rows = [{"name": "any definition", **score(cells(ids), True)}]
    rows += [{"name": key, **score(cells([key]), True)} for key in ids if any(key in a.roles or key in s for a, s in both)]
    roles = [(true.roles[key], heard[key]) for true, heard in both for key in true.roles if key in heard]
    right = sum(one == other for one, other in roles)
    needed: Cells = Counter(
        (true.roles.get(key) == "inclusion", heard.get(key) == "inclusion") for true, heard in both for key in ids
    )
    return {
        "abstracts": len(chosen),
        "naming": sum(bool(abstract.roles) for abstract in chosen),
        "definitions": rows,
        "inclusion": [{"name": "needed to enter the study", **score(needed, True)}],
        "roles": {"of": len(roles), "right": right, "share": rounded(wilson(right, len(roles)))},
    }


def fingerprint(folder: Path = LABELLED) -> str:
    """Return a short digest of the abstracts and their labels, so that figures of other labels are not compared."""
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in ("abstracts.jsonl", "labels.jsonl"))).hexdigest()[:12]


def worse(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield which figure of the held-out abstracts fell by more than is allowed, of those with enough definitions."""
    for before, after in zip(old["definitions"][:1], new["definitions"][:1], strict=True):
        if before["deserve"] >= FEW and (after["f1"] is None or after["f1"][0] < before["f1"][0] - TOLERANCE["f1"]):
            yield f"F1 of {before['name']} fell from {before['f1'][0]} to {after['f1'] and after['f1'][0]}."


def print_figures(title: str, part: Mapping[str, Any]) -> None:
    """Print the figures of one half."""
    print(f"\n{title}: {part['abstracts']} abstracts, {part['naming']} of which name a definition")
    print_rows([*part["definitions"], *part["inclusion"]])
    print(f"Roles: {part['roles']['right']} of {part['roles']['of']} right.")


def print_wrong(split: str) -> int:
    """Print each definition that the finder missed, or found wrongly, or with another role."""
    for abstract in read_labelled():
        mentions = find(abstract.text, built_in()) if abstract.split == split else ()
        said, true = roles_of(mentions), abstract.roles if abstract.split == split else {}
        for key in sorted(said.keys() | true.keys()):
            if said.get(key) != true.get(key):
                print(f"{abstract.key}: {key}: labelled {true.get(key)}, found {said.get(key)}")
                print(*(f"    {mention.sentence}" for mention in mentions if mention.id == key), sep="\n")
    return 0


def print_others(path: Path) -> int:
    """Print what is found in abstracts that have no label; such a finding is read by hand."""
    labelled = {abstract.key for abstract in read_labelled()}
    rows = [row for row in read_rows(path) if row["key"] not in labelled]
    for row in rows:
        for mention in find(row["abstract"], built_in()):
            print(f"{row['key']}: {mention.id}: {mention.sentence}")
    print(f"{len(rows)} abstracts without a label read.")
    return 0


def publish() -> int:
    """Measure, print and write the figures that the page shows."""
    abstracts = read_labelled()
    found: dict[str, Any] = {"names": names_version(), "labels": fingerprint(), "tolerance": TOLERANCE}
    for split in SPLITS:
        found[split] = split_figures(abstracts, split)
        print_figures(split, found[split])
    FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten: {FIGURES.relative_to(ROOT)}")
    return 0


def compare() -> int:
    """Measure on the held-out abstracts and compare with the published figures.

    Returns:
        1 if the finder got worse, or the published figures are of other labels; otherwise 0.
    """
    published = json.loads(FIGURES.read_text(encoding="utf-8"))
    now = split_figures(read_labelled(), "held-out")
    print_figures("held-out", now)
    problems = list(worse(published["held-out"], now))
    if published["labels"] != fingerprint():
        problems.append("The published figures are of other abstracts or labels; run without --check.")
    for problem in problems:
        print(problem)
    if not problems and (published["held-out"], published["names"]) != (now, names_version()):
        print("\nNo worse, but other figures or names than on the page: run without --check to publish them.")
    return bool(problems)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The words after the command's name; those of the process if none are given.

    Returns:
        0, or 1 if the finder got worse.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the published figures, and write nothing")
    parser.add_argument("--wrong", choices=SPLITS, metavar="SPLIT", help="print what is wrong in one half")
    parser.add_argument("--others", type=Path, metavar="FILE", help="print what is found in abstracts without labels")
    options = parser.parse_args(arguments)
    if options.wrong:
        return print_wrong(options.wrong)
    if options.others:
        return print_others(options.others)
    return compare() if options.check else publish()


if __name__ == "__main__":
    sys.exit(main())
