"""How easy pages are to read: reading ease, and sentences by their number of words. A hint to writers, never a rule.

The syllables are counted by textstat, from a dictionary of pronunciations and from patterns of hyphenation; both come
with it, so that the same page gives the same figures everywhere.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_atlas.core.check_files import pages_in
from evidence_atlas.core.frontmatter import FrontMatter, blank, read_front_matter
from evidence_atlas.core.page import TITLE, read_page
from evidence_atlas.core.sentences import split_sentences
from evidence_atlas.core.settings import find_project, find_sources

if TYPE_CHECKING:
    from markdown_it.token import Token

LONG = 25  # words; above this, a sentence is named
# from the hardest: Flesch's own bands, in "A New Readability Yardstick" (1948)
_BANDS = (
    (30, "very difficult"),
    (50, "difficult"),
    (60, "fairly difficult"),
    (70, "standard"),
    (80, "fairly easy"),
    (90, "easy"),
)
_INNER = re.compile(r"[.!?…]")
_TITLED_ROLE = re.compile(r"(.*?)\s*<[^<>]*>")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a page.

    Attributes:
        text: Its text, without markup.
        line: The line on which it begins.
        words: How many words it has.
    """

    text: str
    line: int
    words: int


@dataclass(frozen=True, slots=True)
class Readability:
    """The figures of a page.

    Attributes:
        file: The page.
        ease: Flesch's reading ease: 100 is very easy, 60 to 70 standard, below 30 very difficult.
        sentences: All sentences, in order.
    """

    file: str
    ease: float
    sentences: Sequence[Sentence]

    @property
    def band(self) -> str:
        """The reading ease in words."""
        return next((words for limit, words in _BANDS if self.ease < limit), "very easy")

    @property
    def mean(self) -> float:
        """The mean number of words in a sentence."""
        return statistics.fmean(sentence.words for sentence in self.sentences)

    @property
    def long(self) -> list[Sentence]:
        """The sentences of more than 25 words, longest first."""
        return sorted((s for s in self.sentences if s.words > LONG), key=lambda s: (-s.words, s.line))

    def as_data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "file": self.file,
            "reading-ease": self.ease,
            "band": self.band,
            "sentences": len(self.sentences),
            "words": sum(sentence.words for sentence in self.sentences),
            "words-per-sentence": round(self.mean, 1),
            "long-sentences": [{"line": s.line, "words": s.words} for s in self.long],
        }


def measure_files(files: Sequence[Path] = ()) -> list[Readability]:
    """Measure pages, hardest first; those without a sentence are left out.

    Args:
        files: Pages or folders; without any, the evidence pages of the atlas of the current folder.

    Raises:
        ValueError: A file is not there, there is no atlas, or textstat is not installed.
    """
    for file in files:
        if not file.exists():
            raise ValueError(f"{file} is not there")
    pages = [page for file in files for page in pages_in(file)] if files else _papers()
    measured = [measure(page.read_text(encoding="utf-8-sig"), str(page)) for page in pages]
    return sorted((page for page in measured if page.sentences), key=lambda page: (page.ease, page.file))


def _papers() -> list[Path]:
    """Return the evidence pages of the atlas of the current folder, as seen from there where they are below it."""
    project, _findings = find_project(find_sources(Path()))
    here = Path.cwd()
    folder = project.evidence.relative_to(here) if project.evidence.is_relative_to(here) else project.evidence
    return [page for page in pages_in(folder) if page.stem != "index"]


def measure(text: str, file: str = "") -> Readability:
    """Measure the source of a page.

    Args:
        text: Markdown, with its front matter, whose summary counts as a sentence of the page.
        file: Name of the page, for the report.

    Raises:
        ValueError: textstat is not installed.
    """
    front = read_front_matter(text)
    found = [*_summary(front), *(s for block, line in _blocks(blank(text, front)) for s in sentences(block, line))]
    return Readability(file, _ease(found), found)


def sentences(text: str, line: int = 1) -> Iterator[Sentence]:
    """Yield the sentences of a block of text.

    Args:
        text: The text, its lines as in the file.
        line: The line on which it begins.
    """
    for start, sentence in split_sentences(text):
        words = sum(1 for word in sentence.split() if _WORD.search(word))
        if words:
            yield Sentence(" ".join(sentence.split()), line + text.count("\n", 0, start), words)


def _summary(front: FrontMatter) -> Iterator[Sentence]:
    record = front.stated
    summary = record.get("summary") if isinstance(record, dict) else None
    if isinstance(summary, str):
        yield from sentences(summary.replace("\n", " "), front.line(("evidence", "summary")))


def _blocks(text: str) -> Iterator[tuple[str, int]]:
    """Yield paragraphs and items of lists, those within directives too, each with its line; headings are no sentences."""
    for prose in read_page(text).prose:
        if prose.section not in (TITLE, prose.token.content):
            yield "".join(map(_shown, prose.token.children or ())), prose.line


def _shown(token: Token) -> str:
    """Return what a reader sees of a part of a line."""
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "myst_role":
        if token.meta["name"].startswith("cite"):
            return ""
        titled = _TITLED_ROLE.fullmatch(token.content)
        return titled[1] if titled else token.content
    return token.content if token.type in ("text", "code_inline", "text_special") else ""


def _ease(found: Sequence[Sentence]) -> float:
    """Return Flesch's reading ease, to one place; marks within a sentence would end it for textstat."""
    try:
        import textstat
    except ImportError as error:
        raise ValueError("to measure readability, install textstat: pip install 'evidence-atlas[readability]'") from error

    text = " ".join(_INNER.sub("", sentence.text) + "." for sentence in found)
    return round(float(textstat.flesch_reading_ease(text)), 1) if text else 0.0
