"""Draws the second lot of sentences, none of which is in the first; how and why stands in README.md beside this file.

    python tests/scanner/labelled/draw_second.py ABSTRACTS.jsonl FIRST.jsonl OUT.jsonl

FIRST.jsonl is the first lot, as ``draw.py`` wrote it. Chance is a hash, as there.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import draw

SEED = "evidence-atlas scanner 2026-11 second draw"
SHARE = {"conclusions": 360, "results": 130, "background": 40, None: 90}
PER_PAPER = 4
HELD_OUT = 2  # of five papers


def chance(name: str) -> str:
    return hashlib.sha256(f"{SEED} {name}".encode()).hexdigest()


def split(source: str) -> str:
    """Whole papers are held out, so that no abstract stands on both sides."""
    return "held-out-2" if int(chance(f"split {source}"), 16) % 5 < HELD_OUT else "development-2"


def candidates(abstracts: Path, first: Path) -> Iterator[dict]:
    """Yield every whole sentence of an abstract that the first lot does not have."""
    taken = [json.loads(line) for line in first.read_text(encoding="utf-8").splitlines()]
    ids, texts = {row["id"] for row in taken}, {row["text"] for row in taken}
    contexts = {key: list(context) for context, keys in draw.CONTEXTS.items() for key in keys}
    designs = {key: design for design, keys in draw.DESIGNS.items() for key in keys}
    for line in abstracts.read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        key, number = paper["key"], 0
        if key in draw.RETRACTED:
            continue
        for section, text in draw.sections(paper["abstract"]):
            for sentence in draw.sentences(text):
                number += 1
                name = f"{key}-{number:02}"
                if name in ids or sentence in texts or not draw.whole(sentence):
                    continue
                yield {
                    "id": name,
                    "text": sentence,
                    "source": key,
                    "doi": paper["doi"],
                    "licence": draw.licence(paper["licence"]),
                    "section": section,
                    "design": designs.get(key, "cohort"),
                    "context": contexts.get(key, ["long-covid"]),
                    "split": split(key),
                }


def main() -> None:
    abstracts, first, target = (Path(word) for word in sys.argv[1:])
    by_section, by_paper, drawn = Counter(), Counter(), []
    for row in sorted(candidates(abstracts, first), key=lambda row: chance(row["id"])):
        if by_section[row["section"]] < SHARE.get(row["section"], 0) and by_paper[row["source"]] < PER_PAPER:
            drawn.append(row)
            by_section[row["section"]] += 1
            by_paper[row["source"]] += 1
    drawn.sort(key=lambda row: chance(f"order {row['id']}"))
    target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
