"""How fast the wording scanner is: sentences a second on one core, and what it costs a page.

    python bench/scanner.py [--pages docs/evidence] [--seconds 3]

Counted are the sentences of the atlas's own pages: reading sentences and looking for claims (``strength``), screening
passages under all rules (``screen``), and both again where a cache has the page (``cached``).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evidence_atlas.core.frontmatter import blank, read_front_matter
from evidence_atlas.core.page import read_page
from evidence_atlas.core.sentences import split_sentences
from evidence_atlas.scanner import Context, Engine, strength
from evidence_atlas.scanner.cache import Cache
from evidence_atlas.scanner.passages import Passage, passages
from evidence_atlas.scanner.rules import built_in

CONTEXT = Context(design="cohort", design_label="a cohort study", level="E2", contexts=("me-cfs",), badge="unclear")


def rate(work: Callable[[], object], items: int, seconds: float) -> float:
    """Return how many items a second of this process's own time get done.

    Args:
        work: Does all items once.
        items: How many there are.
        seconds: For how long to repeat it.
    """
    work()
    begin, rounds = time.process_time(), 0
    while time.process_time() - begin < seconds:
        work()
        rounds += 1
    return rounds * items / (time.process_time() - begin)


def read(folder: Path) -> dict[str, list[Passage]]:
    """Return the passages of every page of a folder by the page's source."""
    found = {}
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        body = blank(text, read_front_matter(text))
        found[text] = list(passages(read_page(body), body))
    return found


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, default=Path("docs/evidence"))
    options.add_argument("--seconds", type=float, default=3.0)
    chosen = options.parse_args()
    pages = read(chosen.pages)
    sentences = [text for page in pages.values() for passage in page for _start, text in split_sentences(passage.text)]
    engine = Engine(built_in())
    figures = {
        "strength": rate(lambda: [strength(text) for text in sentences], len(sentences), chosen.seconds),
        "screen": rate(lambda: [engine.screen(page, CONTEXT) for page in pages.values()], len(sentences), chosen.seconds),
    }
    with tempfile.TemporaryDirectory() as folder:
        kept = Cache(Path(folder) / "wording.json", built_in())
        for text, page in pages.items():
            kept.put(kept.key(text, CONTEXT), engine.screen(page, CONTEXT))
        figures["cached"] = rate(lambda: [kept.get(kept.key(text, CONTEXT)) for text in pages], len(sentences), chosen.seconds)
    print(f"{len(sentences)} sentences of {len(pages)} pages")
    for name, figure in figures.items():
        per_page = 1000 * len(sentences) / len(pages) / figure
        print(f"{name:>9}: {figure:>10,.0f} sentences a second, {per_page:.3f} ms a page")


if __name__ == "__main__":
    main()
