"""Measures what the exports hold in memory while they are written, and how long that takes, by number of pages.

The pages' files are made here, each with a record of the length that a page of the atlas has, so that a size that would
take long to build can be measured. What is measured is a build's own function, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence_atlas.core.atlas import Atlas, load_atlas
from evidence_atlas.core.citation import FORMATS
from evidence_atlas.core.references import load_bibliography
from evidence_atlas.exports import _write_data

SIZES = (1000, 6000)
WORDS = "It does not show that the change which was seen in these people comes from what was given. " * 60
ENTRY = """@article{{key{number},
  author = {{{authors}}},
  title = {{A study of number {number}}},
  journal = {{Journal of Studies}}, year = {{{year}}}, doi = {{10.5555/{number}}}
}}
"""


@dataclass
class Page:
    """What the exports ask of a page besides its files."""

    docname: str


@dataclass
class Domain:
    """What the exports ask of a site."""

    atlas: Atlas
    pages: dict[str, Page] = field(default_factory=dict)
    papers: dict[str, Page] = field(default_factory=dict)


def make(root: Path, count: int) -> Domain:
    """Write the files of so many pages, and return the site."""
    authors = " and ".join(f"Name{number}, Ann" for number in range(12))
    text = "".join(ENTRY.format(number=number, authors=authors, year=1980 + number % 45) for number in range(count))
    (root / "works.bib").write_text(text, encoding="utf-8")
    (root / "atlas.toml").write_text("", encoding="utf-8")
    works, _findings = load_bibliography([root / "works.bib"])
    domain = Domain(load_atlas(root)[0])
    for number, (key, work) in enumerate(works.items()):
        page = Page(f"evidence/name-{number}")
        domain.pages[page.docname] = domain.papers[key] = page
        folder = root / page.docname
        folder.mkdir(parents=True)
        for name, render in FORMATS.items():
            (folder / name).write_text(render(work, ()), encoding="utf-8")
        (folder / "record.json").write_text(json.dumps(record(key, work.as_data())), encoding="utf-8")
    return domain


def record(key: str, reference: dict[str, Any]) -> dict[str, Any]:
    """Return a page as data."""
    stated = {
        "paper": key, "summary": "A summary in a sentence.", "read": "abstract", "design": "cohort", "context": ["me-cfs"],
        "level": "E2", "topics": ["pain", "sleep"], "criteria": [], "drafted": "software", "review": "none",
    }  # fmt: skip
    return {
        "schema": 1, "title": f"What {key} found", "record": stated, "reference": reference, "notices": [], "text": WORDS,
        "pem": {"state": "unclear", "reason": "A reason.", "policy": "0.1"}, "badge": "PEM unclear", "limitations": WORDS[:400],
        "digest": f"sha256:{'0' * 64}",
    }  # fmt: skip


def measure(count: int) -> None:
    """Print the row of one size."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        domain = make(root, count)
        size = sum(path.stat().st_size for path in root.glob("evidence/*/record.json"))
        begin = time.process_time()
        list(_write_data(domain, root))  # type: ignore[arg-type]
        took = time.process_time() - begin
        tracemalloc.start()
        list(_write_data(domain, root))  # type: ignore[arg-type]
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    said = (
        f"records {size / 1e6:>6.1f} MB   peak {peak / 1e6:>5.1f} MB   {peak / count / 1e3:>4.2f} kB a page   {took:>5.2f} CPU s"
    )
    print(f"exports of {count:>6,} pages: {said}", flush=True)


def rows(sizes: Sequence[int] = SIZES) -> None:
    """Print a row for each size, each measured in a process of its own."""
    for count in sizes:
        subprocess.run([sys.executable, __file__, "--pages", str(count)], check=True)


def main() -> None:
    """Print the rows; of a single size, measure it here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=SIZES, help="sizes to measure (1000 6000)")
    options = parser.parse_args()
    if len(options.pages) == 1:
        measure(options.pages[0])
    else:
        rows(options.pages)


if __name__ == "__main__":
    main()
