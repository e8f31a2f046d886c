"""Draws the labelled abstracts; how and why stands in README.md beside this file.

    python tests/criteria_finder/labelled/draw.py ABSTRACTS.jsonl BIBLIOGRAPHY.bib

ABSTRACTS.jsonl has one object a line with ``key``, ``doi``, ``licence`` and ``abstract``. Writes ``abstracts.jsonl`` and
``sources.csv`` here. Chance is a hash of the key, so that the same input gives the same abstracts on every machine.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
OTHERS = 40  # drawn from those in which no such word stands
RETRACTED = {"harabuchi2025retracted", "morioka2024retracted"}
# far wider than the finder: whatever could name a definition, its authors or the body that issued it
NET = re.compile(
    r"Fukuda|Holmes|Canad(?!a\b)|\bCCC|\bICC|\bIOM\b|Institutes? of Medicine|\bNAM\b|National Academ|NASEM|SEID|"
    r"[Ss]ystemic exertion|Oxford|\bNICE\b|National Institute|WHO\b|World Health|RECOVER|PASC (?:score|index)|Kansas|Ramsay|"
    r"London|Reeves|[Cc]onsensus|CDC|Cent(?:er|re)s? for Disease|Soriano|Delphi|Thaweethai|Jason|DSQ|DePaul|ACR\b|"
    r"Rheumatology|Carruthers|(?:[Dd]iagnostic|[Cc]linical|[Cc]ase|[Rr]esearch|published|established|international|accepted|"
    r"formal|ME/CFS|CFS|SEID|POTS|FM|fibromyalgia|GWI|[Ll]ong[- ]COVID)[ -](?:[Dd]iagnostic |[Cc]ase )?(?:[Cc]riteri|definition)|"
    r"met (?:the )?criteria for (?:ME|CFS|myal)|criteria (?:for|of) (?:ME|CFS|myal|long|fibro|POTS|post)"
)


def split(key: str) -> str:
    """Half of all abstracts, by the hash of their key alone."""
    return "development" if int(hashlib.sha256(f"criteria {key}".encode()).hexdigest(), 16) % 2 == 0 else "held-out"


def drawn(path: Path) -> list[dict[str, str]]:
    """Take every abstract with a word of the net, and some of the others."""
    papers = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    papers = sorted((p for p in papers if p["key"] not in RETRACTED), key=lambda p: p["key"])
    caught = {p["key"] for p in papers if NET.search(p["abstract"])}
    others = sorted(
        (p["key"] for p in papers if p["key"] not in caught), key=lambda key: hashlib.sha256(f"sample {key}".encode()).hexdigest()
    )
    taken = caught | set(others[:OTHERS])
    return [
        {
            "key": p["key"],
            "doi": p["doi"],
            "licence": "CC0-1.0" if "CC0" in p["licence"] else "CC-BY",
            "split": split(p["key"]),
            "drawn": "net" if p["key"] in caught else "sample",
            "text": " ".join(p["abstract"].split()),
        }
        for p in papers
        if p["key"] in taken
    ]


def write_sources(rows: list[dict[str, str]], bib: Path) -> None:
    """Write who is to be credited."""
    from evidence_atlas.core.references import load_bibliography

    works, _problems = load_bibliography([bib])
    with (HERE / "sources.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["key", "authors", "title", "journal", "year", "doi", "licence"])
        for row in rows:
            work = works[row["key"]]
            first = work.authors[0]
            names = " ".join(filter(None, (first.particle, first.family)))
            authors = f"{names} et al." if len(work.authors) > 1 else names
            writer.writerow([row["key"], authors, work.title, work.container, work.year, row["doi"], row["licence"]])


def main() -> None:
    abstracts, bib = (Path(word) for word in sys.argv[1:])
    rows = drawn(abstracts)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (HERE / "abstracts.jsonl").write_text(lines, encoding="utf-8")
    write_sources(rows, bib)


if __name__ == "__main__":
    main()
