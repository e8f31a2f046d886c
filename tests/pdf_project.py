"""A small atlas for tests of its PDFs, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from conftest import page
from evidence_atlas.core.policy import BUILT_IN

ALPHA, GAMMA, DELTA = "alpha-2020-rest", "gamma-2021-cohort", "delta-2019-review"
VOLUME = "my-atlas-0-unknown"
FILES = {
    "atlas.toml": 'name = "My Atlas"\noperator = "The editors"\nbase-url = "https://atlas.example.org"\nhow-it-works = "how"\n'
    'licence = "https://creativecommons.org/licenses/by/4.0/"\ndata-licence = "https://creativecommons.org/publicdomain/zero/1.0/"\n',
    "policy.toml": BUILT_IN.read_text(encoding="utf-8"),
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", reason = "It was made up.", doi = "10.5555/notice.1" }]\n',
    "docs/index.md": "# Home\n\nSee {evidence}`alpha2020trial`.\n\n```{toctree}\nhow\nevidence/index\n```\n",
    "docs/how.md": "# How it works\n\nSee {evidence}`gamma2021cohort`.\n",
    "docs/evidence/index.md": "# Papers\n\n```{evidence-table}\n```\n",
    f"docs/evidence/{ALPHA}.md": page(
        body="Short. {cite}`alpha2020trial` and {cite}`gamma2021cohort`\n\n## Why it matters\n\nSee {evidence}`gamma2021cohort`.",
        participants="{cases: 1200, controls: 8}",
    ),
    f"docs/evidence/{GAMMA}.md": page(
        "gamma2021cohort", criteria="[{id: fukuda-1994, role: inclusion}]", topics="[sleep, pain]", body="Of XMRV. " * 400
    ).replace("# Rest made no difference", "# A cohort was made up"),
    f"docs/evidence/{DELTA}.md": page("delta2019review", design="review", level="E3", criteria="[]", topics="[pain]").replace(
        "# Rest made no difference", "# What is known of rest"
    ),
}


def text(path: Path, *, only: int | None = None) -> str:
    """Return the text of a PDF, or of one page of it, with single blanks and without soft line ends."""
    document = pypdfium2.PdfDocument(path)
    try:
        numbers = range(len(document)) if only is None else [range(len(document))[only]]
        pages = [document[number].get_textpage().get_text_range() for number in numbers]
    finally:
        document.close()
    return " ".join("\n".join(pages).replace("\ufffe\r\n", "").split())


def outline(path: Path) -> list[tuple[str, int]]:
    """Return titles and depths of the bookmarks of a PDF."""
    found: list[tuple[str, int]] = []

    def visit(items: Any, depth: int) -> None:
        for item in items:
            found.append((str(item.title), depth))
            visit(item.children, depth + 1)

    with pikepdf.open(path) as pdf, pdf.open_outline() as bookmarks:
        visit(bookmarks.root, 1)
    return found


def links(path: Path) -> list[str]:
    """Return where the links of a PDF lead: addresses, and ``inside``."""
    with pikepdf.open(path) as pdf:
        actions = [note.get("/A") for each in pdf.pages for note in each.get("/Annots", [])]
        return [str(action.URI) if action is not None and "/URI" in action else "inside" for action in actions]


def made(built: Any) -> dict[str, bytes]:
    """Return the PDFs of a build by name."""
    return {path.stem: path.read_bytes() for path in sorted(built.out.glob("*.pdf"))}
