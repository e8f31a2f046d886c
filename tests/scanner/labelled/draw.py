"""Draws the sentences of the labelled set; how and why stands in README.md beside this file.

    python tests/scanner/labelled/draw.py ABSTRACTS.jsonl OUT.jsonl [REFERENCES.bib SOURCES.csv]

ABSTRACTS.jsonl has one object a line with ``key``, ``doi``, ``licence``, ``topic`` and ``abstract``.  Chance is a hash of a
fixed seed with the sentence's id, so that the same input gives the same sentences on every machine.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path

SEED = "evidence-atlas scanner 2026-11"
SHARE = {"conclusions": 175, "results": 110, "background": 55, "objective": 8, "methods": 22, None: 80}
PROSE = 64
PER_PAPER, PER_NAMED_PAPER = 3, 5

# whom the paper is about, where the field's own topic does not say it: read off each abstract by hand
CONTEXTS = {
    ("me-cfs",): ["georgopoulos2025pathogens", "glass2025extracellular", "martinmartinez2025herv", "oeschregeni2025effect"],
    ("me-cfs", "long-covid"): [
        "almulla2025brain",
        "godlewska2025brain",
        "inderyas2026distinct",
        "ivanovska2025differential",
        "jason2025predisposing",
        "jothi2025long",
        "li2025systems",
        "mancini2025abnormal",
        "mansoubi2025understanding",
        "mantle2025gulf",
        "novak2026shared",
        "nunes2026virus",
        "peppercorn2025comparing",
        "petrov2025comparable",
        "sawyer2025wearable",
        "shahbaz2025integrated",
        "stussman2025post",
        "vernon2025incidence",
        "weaver2025assessing",
        "zhu2025metabolic",
    ],
    ("other",): [
        "aboagye2025systematic",
        "fronticellibaldelli2025proposed",
        "girgis2025aberrant",
        "iftekhar2025normative",
        "kell2025directb",
        "mcloughlin2025exploration",
    ],
}
DESIGNS = {
    "animal": ["coleon2025hamsters", "mbader2025novel", "ramamoorthy2025persistent"],
    "in-vitro": ["rasouli2025intensity", "westman2025sars"],
}
RETRACTED = {"harabuchi2025retracted", "morioka2024retracted"}
MECFS = re.compile(r"ME/CFS|CFS/ME|[Mm]yalgic [Ee]nceph|[Cc]hronic [Ff]atigue [Ss]yndrome")

HEADINGS = {
    "objective": "Background/Objectives? Background_and_Objectives? Background_and_Aims? Study_Objectives? Objectives? Aims? Purpose",
    "methods": "Materials?_and_Methods? Methods_and_Materials Patients_and_Methods Study_Design Methods? "
    "Main_Outcomes?_and_Measures? Design,_Setting,?_and_Participants Interventions? Exposures? Design",
    "results": "Results_and_Discussion Main_Results Results? Findings",
    "conclusions": "Discussion_and_Conclusions? Conclusions?_and_Relevance Conclusions? Interpretation Discussion",
    "background": "Backgrounds? Introductions? Rationale Importance Context",
}
ANY_HEADING = "|".join(f"(?P<{name}>{'|'.join(words.split()).replace('_', ' ')})" for name, words in HEADINGS.items())
OPENING = re.compile(r"^\s*(?:Summary|SUMMARY|Abstract|ABSTRACT)\s*(?=[A-Z])")
END = r"(?:(?<=[.!?)\]])\s*|^\s*|\n)"
HEADING = re.compile(
    rf"{END}(?i:{ANY_HEADING})"
    r"(?:\s?[:.]\s*(?=[A-Z0-9])|(?=[A-Z][a-z\- ’'‐A-Z])|\n)",
)
ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|al|approx|Fig|No|Dr|St|resp|ca|spp|[A-Z])\.|U\.S\.|\bp\.)$")


def sections(abstract: str) -> list[tuple[str | None, str]]:
    """Cut an abstract at its headings, with or without a space after them; no heading at all gives one part without a name."""
    abstract = OPENING.sub("", abstract)
    found = list(HEADING.finditer(abstract))
    if len(found) < 2:
        return [(None, abstract)]
    ends = [*(m.start() for m in found[1:]), len(abstract)]
    lead = [("background", abstract[: found[0].start()])] if found[0].start() else []
    return [*lead, *((m.lastgroup, abstract[m.end() : end]) for m, end in zip(found, ends, strict=True))]


def sentences(text: str) -> list[str]:
    """Split at a mark followed by a space and a capital, and not after an abbreviation."""
    pieces = re.split(r"(?<=[.!?])\s+(?=[A-Z0-9“‘\"(])", " ".join(text.split()))
    joined: list[str] = []
    for piece in pieces:
        if joined and (ABBREVIATED.search(joined[-1]) or joined[-1].count("(") > joined[-1].count(")")):
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return joined


def whole(sentence: str) -> bool:
    """Whether the piece is one sentence of ordinary length, without a registry line or a heading that was not cut."""
    words = sentence.split()
    jammed = re.search(
        r"[a-z][.!?][A-Z][a-z]|[.)][A-Z][a-z]+[A-Z]|(?<![a-z])(?:Methods|Results|Conclusions?|Background)[A-Z:]", sentence
    )
    notice = re.search(
        r"https?://|doi\.org|[Rr]egistr(?:ation|y)|ClinicalTrials|Supplementary|PROSPERO|©|Graphical Abstract|"
        r"Patient or Public Contribution|NCT\d|Copyright|Trial [Rr]egist|Funding",
        sentence,
    )
    return bool(
        7 <= len(words) <= 60
        and re.match(r"[A-Z0-9“‘(]", sentence)
        and re.search(r"[.!?]$", sentence)
        and not jammed
        and not notice
    )


def chance(name: str) -> str:
    return hashlib.sha256(f"{SEED} {name}".encode()).hexdigest()


def split(name: str) -> str:
    """Half of all ids, by their hash alone."""
    return "development" if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0 else "held-out"


def licence(text: str) -> str:
    return "CC0-1.0" if "CC0" in text or "zero" in text else "CC-BY"


def from_abstracts(path: Path) -> list[dict]:
    """Draw by section; all of the animal and laboratory papers and of ME/CFS told elsewhere come first, papers of the field next."""
    contexts = {key: list(context) for context, keys in CONTEXTS.items() for key in keys}
    designs = {key: design for design, keys in DESIGNS.items() for key in keys}
    rows, first = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        key = paper["key"]
        if key in RETRACTED:
            continue
        context = contexts.get(key, ["long-covid"])
        number = 0
        for section, text in sections(paper["abstract"]):
            for sentence in sentences(text):
                number += 1
                row = {
                    "id": f"{key}-{number:02}",
                    "text": sentence,
                    "source": key,
                    "doi": paper["doi"],
                    "licence": licence(paper["licence"]),
                    "section": section,
                    "design": designs.get(key, "cohort"),
                    "context": context,
                }
                if not whole(sentence):
                    continue
                told_of = "me-cfs" not in context and MECFS.search(sentence)
                (first if key in designs or told_of else rows).append(row)
    named = {r["source"] for r in rows if "me-cfs" in r["context"]}
    rows.sort(key=lambda r: chance(r["id"]))
    rows.sort(key=lambda r: r["source"] not in named)
    taken, by_section, by_paper = list(first), Counter(), Counter()
    by_section.update(r["section"] for r in first)
    by_paper.update(r["source"] for r in first)
    for row in rows:
        most = PER_NAMED_PAPER if row["source"] in named else PER_PAPER
        if by_section[row["section"]] < SHARE[row["section"]] and by_paper[row["source"]] < most:
            taken.append(row)
            by_section[row["section"]] += 1
            by_paper[row["source"]] += 1
    return taken


def prose(path: Path) -> list[str]:
    """The sentences of a page: no front matter, headings, directives with options, tables or code; list items are sentences too."""
    text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"```\{limitations\}\n(.*?)```", r"\1", text, flags=re.DOTALL)
    text = re.sub(r"```.*?```|:::.*?:::", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\{cite(?::\w+)?\}`[^`]+`|\{[\w:-]+\}`([^`<]*?)\s*(?:<[^`]*>)?`|\[([^\]]+)\]\([^)]*\)", r"\1\2", text)
    text = re.sub(r"[`*]", "", text)
    blocks = [re.sub(r"^(?:[-*]|\d+\.)\s+", "", line) for line in text.splitlines() if not re.match(r"\s*(?:#|\||\()", line)]
    return [s for block in blocks for s in sentences(block) if whole(s) and len(s.split()) >= 6]


def from_pages(folder: Path) -> list[dict]:
    """Draw from the atlas's own pages: two of three from evidence pages."""
    rows = []
    for path in sorted([*folder.glob("evidence/*.md"), *folder.glob("*.md")]):
        name = path.relative_to(folder).with_suffix("").as_posix()
        stated = re.search(r"^  context: \[(.*)\]$", path.read_text(encoding="utf-8"), re.MULTILINE)
        context = [word.strip() for word in stated[1].split(",")] if stated else ["me-cfs"]
        rows += [
            {
                "id": f"atlas:{name}-{number:02}",
                "text": sentence,
                "source": f"docs/{name}.md",
                "doi": None,
                "licence": "CC-BY-4.0",
                "section": "prose",
                "design": "cohort",
                "context": context,
            }
            for number, sentence in enumerate(prose(path), 1)
        ]
    rows.sort(key=lambda r: chance(r["id"]))
    evidence = [r for r in rows if "evidence/" in r["id"]][: PROSE * 2 // 3]
    return [*evidence, *[r for r in rows if "evidence/" not in r["id"]][: PROSE - len(evidence)]]


def write_sources(rows: list[dict], bib: Path, target: Path) -> None:
    """Write who is to be credited for which sentences."""
    from pybtex.database import parse_file

    entries = parse_file(str(bib), bib_format="bibtex").entries
    cited = sorted({(r["source"], r["doi"], r["licence"]) for r in rows if r["doi"]})
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["key", "authors", "title", "journal", "year", "doi", "licence"])
        for key, doi, terms in cited:
            entry = entries[key]
            people = entry.persons["author"]
            names = " ".join([*people[0].prelast_names, *people[0].last_names])
            authors = f"{names} et al." if len(people) > 1 else names
            title = re.sub(r"[{}]", "", entry.fields["title"])
            writer.writerow([key, authors, title, entry.fields.get("journal", ""), entry.fields["year"], doi, terms])


def main() -> None:
    abstracts, target, *credit = (Path(word) for word in sys.argv[1:])
    rows = from_abstracts(abstracts) + from_pages(Path(__file__).parents[3] / "docs")
    rows = [row | {"split": split(row["id"])} for row in sorted(rows, key=lambda r: chance(f"order {r['id']}"))]
    target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    if credit:
        write_sources(rows, *credit)


if __name__ == "__main__":
    main()
