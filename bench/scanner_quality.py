"""Measures the wording scanner on labelled sentences: how often each rule and each strength is right, and what it misses.

    python bench/scanner_quality.py                measure, print, and write docs/reference/scanner-quality.json
    python bench/scanner_quality.py --check        compare with that file; exit 1 if the scanner got worse
    python bench/scanner_quality.py --corpus PATH --format csv-sentence-label
                                                   measure the four strengths on a corpus of your own; writes nothing

The sentences and how they were labelled: tests/scanner/labelled/README.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measures import FEW, Cells, kappa, macro_f1, print_rows, resampled, rounded, score, shown

from evidence_atlas.scanner import RULES_VERSION, Context, scan, strength

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT / "tests" / "scanner" / "labelled"
FIGURES = ROOT / "docs" / "reference" / "scanner-quality.json"

STRENGTHS = {0: "no relation", 1: "correlational", 2: "conditional causal", 3: "direct causal"}
CLASSES = ("strong-causal", "hedged-causal", "advice", "certainty", "species", "bridge")
CLASS_OF_RULE = {name: name for name in CLASSES} | {"certainty-words": "certainty", "species-illness": "species"}
"""By id of a rule; rules about the page as a whole, or about its source, have no class here."""
SPLITS = ("development", "held-out", "held-out-2")
HELD_OUT = SPLITS[1:]

TOLERANCE = {"macro-f1": 0.02, "rule-f1": 0.05}
"""How far a held-out figure may fall before the check fails."""


class UnusableError(Exception):
    """The input cannot be measured; the message says why."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, what it was labelled with, and the record that it is judged under."""

    text: str
    strength: int
    split: str = ""
    classes: frozenset[str] = frozenset()
    design: str = "cohort"
    context: tuple[str, ...] = ("me-cfs",)


@dataclass(frozen=True)
class Said:
    """What the scanner says of a sentence."""

    strength: int
    classes: frozenset[str] = frozenset()


# ---------------------------------------------------------------------------------------------------------
# What is true
# ---------------------------------------------------------------------------------------------------------


def read_rows(name: str, folder: Path = LABELLED) -> dict[str, dict[str, Any]]:
    """Return the objects of a file with one JSON object a line, by their id."""
    rows = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in rows}


def read_labelled(folder: Path = LABELLED) -> list[Sentence]:
    """Return the labelled sentences: as adjudicated, and as both passes have it where they agree.

    Args:
        folder: Holds the sentences, the two passes and the adjudication.

    Raises:
        UnusableError: If a sentence on which the passes differ was not adjudicated.
    """
    first, second = read_rows("pass-a.jsonl", folder), read_rows("pass-b.jsonl", folder)
    settled = read_rows("adjudicated.jsonl", folder)
    sentences = []
    for name, row in read_rows("sentences.jsonl", folder).items():
        label = settled.get(name, first[name])
        if name not in settled and _label(first[name]) != _label(second[name]):
            raise UnusableError(f"The passes differ on {name}, and adjudicated.jsonl does not settle it.")
        strength, classes = _label(label)
        sentences.append(Sentence(row["text"], strength, row["split"], classes, row["design"], tuple(row["context"])))
    return sentences


def _label(row: Mapping[str, Any]) -> tuple[int, frozenset[str]]:
    return row["strength"], frozenset(row["classes"])


def agreement(folder: Path = LABELLED) -> dict[str, Any]:
    """Return Cohen's kappa of the two passes before adjudication, for the strengths and for each class."""
    first, second = ([_label(row) for _, row in sorted(read_rows(f"pass-{x}.jsonl", folder).items())] for x in "ab")
    both = list(zip(first, second, strict=True))
    strengths = [(a[0], b[0]) for a, b in both]
    rows = [{"name": "strength", "first": None, "second": None, "kappa": rounded(kappa(strengths))}]
    for name in CLASSES:
        pairs = [(name in a[1], name in b[1]) for a, b in both]
        marked = {"first": sum(a for a, _ in pairs), "second": sum(b for _, b in pairs)}
        rows.append({"name": name, **marked, "kappa": rounded(kappa(pairs))})
    return {"sentences": len(both), "same-strength": sum(a == b for a, b in strengths), "kappas": rows}


def read_csv_corpus(path: Path) -> list[Sentence]:
    """Return the sentences of a public corpus: a CSV file with the columns ``sentence`` and ``label``, the latter 0 to 3.

    Args:
        path: The file, in UTF-8.

    Raises:
        UnusableError: If the file cannot be read, lacks a column, has no rows or has another label.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            if missing := {"sentence", "label"} - set(reader.fieldnames or ()):
                raise UnusableError(f"{path} has no column {' and no column '.join(sorted(missing))}.")
            sentences = [_corpus_row(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableError(f"{path} cannot be read: {error}") from error
    if not sentences:
        raise UnusableError(f"{path} has no rows.")
    return sentences


def _corpus_row(path: Path, line: int, row: Mapping[str, str | None]) -> Sentence:
    label, text = (row["label"] or "").strip(), (row["sentence"] or "").strip()
    if label not in {str(strength) for strength in STRENGTHS} or not text:
        raise UnusableError(f"{path}:{line}: a row needs a sentence and a label from 0 to 3; the label is {label!r}.")
    return Sentence(text, int(label))


def read_jsonl_corpus(path: Path) -> list[Sentence]:
    """Return the sentences of a corpus with one JSON object a line: ``sentence`` or ``text``, and ``label`` or ``labels``.

    Args:
        path: The file, in UTF-8.

    Raises:
        UnusableError: If the file cannot be read, has no rows, a row that is no such object, or another label.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UnusableError(f"{path} cannot be read: {error}") from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UnusableError(f"{path} has no rows, or a row that is no object.")
    found = []
    for line, row in enumerate(rows, 1):
        text, label = row.get("sentence", row.get("text")), row.get("label", row.get("labels"))
        found.append(_corpus_row(path, line, {"sentence": str(text or ""), "label": str(label)}))
    return found


def read_tsv_corpus(path: Path) -> list[Sentence]:
    """Return the sentences of a corpus with the label, a tab and the sentence in each line, and no heading.

    Args:
        path: The file, in UTF-8.

    Raises:
        UnusableError: If the file cannot be read, has no rows or has another label.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableError(f"{path} cannot be read: {error}") from error
    parts = [(number, *line.partition("\t")[::2]) for number, line in enumerate(lines, 1) if line.strip()]
    if not parts:
        raise UnusableError(f"{path} has no rows.")
    return [_corpus_row(path, number, {"label": label, "sentence": text}) for number, label, text in parts]


FORMATS: dict[str, Callable[[Path], list[Sentence]]] = {
    "csv-sentence-label": read_csv_corpus,
    "jsonl-sentence-label": read_jsonl_corpus,
    "tsv-label-sentence": read_tsv_corpus,
}


# ---------------------------------------------------------------------------------------------------------
# What the scanner says
# ---------------------------------------------------------------------------------------------------------


def heard(sentence: Sentence) -> Said:
    """Return what the scanner says of a sentence that stands as prose on a page with its record."""
    context = Context(design=sentence.design, level="E2", contexts=sentence.context)
    found = {CLASS_OF_RULE.get(finding.rule) for finding in scan(sentence.text, context)}
    return Said(strength(sentence.text), frozenset(name for name in found if name))


# ---------------------------------------------------------------------------------------------------------
# Figures
# ---------------------------------------------------------------------------------------------------------


def strength_figures(sentences: Sequence[Sentence], said: Sequence[Said]) -> dict[str, Any]:
    """Return the figures of the four strengths, of "any causal claim" (2 or 3), and macro-F1 over the four."""
    pairs = [(true.strength, heard.strength) for true, heard in zip(sentences, said, strict=True)]
    cells: Cells = Counter(pairs)
    causal: Cells = Counter((true in {2, 3}, heard in {2, 3}) for true, heard in pairs)
    rows = [{"name": f"{strength} {word}", **score(cells, strength)} for strength, word in STRENGTHS.items()]
    return {
        "sentences": len(pairs),
        "macro-f1": rounded(resampled(cells, lambda draw: macro_f1(draw, STRENGTHS))),
        "strengths": [*rows, {"name": "2 or 3, any causal claim", **score(causal, True)}],
    }


def rule_figures(sentences: Sequence[Sentence], said: Sequence[Said]) -> list[dict[str, Any]]:
    """Return the figures of each class of rules."""
    both = list(zip(sentences, said, strict=True))
    return [
        {"name": name, **score(Counter((name in true.classes, name in heard.classes) for true, heard in both), True)}
        for name in CLASSES
    ]


def split_figures(sentences: Sequence[Sentence], split: str) -> dict[str, Any]:
    """Return the figures of the scanner on one half of the labelled sentences."""
    chosen = [sentence for sentence in sentences if sentence.split == split]
    said = [heard(sentence) for sentence in chosen]
    return strength_figures(chosen, said) | {"rules": rule_figures(chosen, said)}


def fingerprint(folder: Path = LABELLED) -> str:
    """Return a short digest of the sentences and their labels, so that figures of other labels are not compared."""
    names = ("sentences.jsonl", "pass-a.jsonl", "pass-b.jsonl", "adjudicated.jsonl")
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()[:12]


# ---------------------------------------------------------------------------------------------------------
# The check
# ---------------------------------------------------------------------------------------------------------


def worse(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what fell by more than is allowed: macro-F1 of the strengths, or F1 of a rule that enough sentences deserve.

    Args:
        old: The figures of the held-out sentences as they are published.
        new: The same as they are.
    """
    values = [("macro-F1 of the strengths", old["macro-f1"], new["macro-f1"], TOLERANCE["macro-f1"])]
    rules = {row["name"]: row for row in new["rules"]}
    values += [
        (f"F1 of {row['name']}", row["f1"], rules[row["name"]]["f1"], TOLERANCE["rule-f1"])
        for row in old["rules"]
        if row["deserve"] >= FEW
    ]
    for name, was, became, allowed in values:
        if became is None or became[0] < was[0] - allowed:
            yield f"{name} fell from {was[0]} to {became[0] if became else 'nothing'}; {allowed} is allowed."


# ---------------------------------------------------------------------------------------------------------
# The command
# ---------------------------------------------------------------------------------------------------------


def print_figures(title: str, part: Mapping[str, Any]) -> None:
    """Print the figures of one set of sentences."""
    print(f"\n{title}: {part['sentences']} sentences, macro-F1 {shown(part['macro-f1'])}")
    print_rows([*part["strengths"], *part.get("rules", ())])


def measure_corpus(path: Path, form: str) -> int:
    """Measure the strengths on somebody's corpus and print them."""
    sentences = FORMATS[form](path)
    print_figures(str(path), strength_figures(sentences, [Said(strength(sentence.text)) for sentence in sentences]))
    return 0


def publish() -> int:
    """Measure on the labelled sentences, print and write the figures that the page shows."""
    sentences = read_labelled()
    found = {"rules": RULES_VERSION, "labels": fingerprint(), "agreement": agreement(), "tolerance": TOLERANCE}
    for split in SPLITS:
        found[split] = split_figures(sentences, split)
        print_figures(split, found[split])
    FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten: {FIGURES.relative_to(ROOT)}")
    return 0


def compare() -> int:
    """Measure on the held-out sentences and compare with the published figures.

    Returns:
        1 if the scanner got worse, or the published figures are of other labels; otherwise 0.
    """
    published = json.loads(FIGURES.read_text(encoding="utf-8"))
    sentences = read_labelled()
    now = {split: split_figures(sentences, split) for split in HELD_OUT}
    problems = []
    for split, figures in now.items():
        print_figures(split, figures)
        problems += [f"{split}: {problem}" for problem in worse(published[split], figures)]
    if published["labels"] != fingerprint():
        problems.append("The published figures are of other sentences or labels; run without --check.")
    for problem in problems:
        print(problem)
    if not problems and ({split: published[split] for split in HELD_OUT}, published["rules"]) != (now, RULES_VERSION):
        print("\nNo worse, but other figures or rules than on the page: run without --check to publish them.")
    return bool(problems)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The words after the command's name; those of the process if none are given.

    Returns:
        0, 1 if the scanner got worse, or 2 if the input cannot be measured.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the published figures, and write nothing")
    parser.add_argument("--corpus", type=Path, metavar="PATH", help="measure the strengths on this file")
    parser.add_argument("--format", choices=sorted(FORMATS), default="csv-sentence-label", help="the form of the corpus")
    options = parser.parse_args(arguments)
    try:
        if options.corpus:
            return measure_corpus(options.corpus, options.format)
        return compare() if options.check else publish()
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
