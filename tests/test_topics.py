"""Topic pages say only what the pages of papers say, sentence by sentence; words that are linked are explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from evidence_atlas.core.policy import built_in

DOCS = Path(__file__).parents[1] / "docs"
TOPICS = sorted(path for path in (DOCS / "topics").glob("*.md") if path.stem != "index")
READERS = [*TOPICS, DOCS / "topics/index.md", *sorted((DOCS / "start").glob("*.md")), DOCS / "glossary.md"]
SECTIONS = ("What is agreed", "What is contradicted", "What is not known")
_ROLE = re.compile(r"\{(cite|evidence|term)\}`(?:([^`<]*?)\s*<([^`>]+)>|([^`]+))`")
_NO_SENTENCE = re.compile(r"\s*$|#|`{3,}|:\w|\(\S+\)=$")  # blank lines, headings, fences, options, targets
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*%?")


def papers() -> dict[str, str]:
    """Return the source of each paper's page by the key of the paper."""
    sources = [path.read_text(encoding="utf-8") for path in (DOCS / "evidence").glob("*.md") if path.stem != "index"]
    return {yaml.safe_load(source.split("---")[1])["evidence"]["paper"]: source for source in sources}


PAPERS = papers()


def sections(topic: Path) -> dict[str, str]:
    """Return the sections of a topic page by their headings."""
    _start, *parts = re.split(r"^## ", topic.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}


def lines(topic: Path) -> list[str]:
    """Return the lines of text of the three sections, of which each is one sentence."""
    return [line for text in sections(topic).values() for line in text.splitlines() if not _NO_SENTENCE.match(line)]


def named(line: str) -> set[str]:
    """Return the keys of the papers that a sentence names."""
    return {match[3] or match[4] for match in _ROLE.finditer(line) if match[1] != "term"}


def words(line: str) -> str:
    """Return a sentence without its papers."""
    return _ROLE.sub(lambda match: match[2] or (match[4] if match[1] == "term" else ""), line)


def test_there_are_topic_pages():
    """There are at least eight, and the list of topics names each."""
    assert len(TOPICS) >= 8
    assert {path.stem for path in TOPICS} <= set((DOCS / "topics/index.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.stem)
def test_the_parts_of_a_topic_page(topic: Path):
    """It opens with the table of its topic, which the policy knows, and has the three sections in order."""
    text = topic.read_text(encoding="utf-8")
    assert topic.stem in built_in().topic
    assert f"```{{evidence-table}}\n:topic: {topic.stem}\n" in text.split("\n## ")[0]
    assert tuple(sections(topic)) == SECTIONS
    assert all(_ROLE.search(section) for section in sections(topic).values())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.stem)
def test_every_sentence_has_its_papers(topic: Path):
    """Every sentence of the three sections names a paper of this atlas, and stands on a line of its own."""
    for line in lines(topic):
        assert named(line), line
        assert named(line) <= PAPERS.keys(), line
        assert not re.search(r"[.!?] +[A-Z“]", words(line)), line


@pytest.mark.parametrize("topic", TOPICS, ids=lambda path: path.stem)
def test_every_figure_has_its_source(topic: Path):
    """Every figure of a sentence stands on the page of a paper that the sentence names."""
    for line in lines(topic):
        sources = " ".join(PAPERS[key] for key in named(line))
        known = set(_FIGURE.findall(sources)) | {number.removesuffix("%") for number in _FIGURE.findall(sources)}
        assert set(_FIGURE.findall(words(line))) - known == set(), line


def test_the_words_that_are_used_are_explained():
    """Every term that a page for readers links is an entry of the glossary, which explains each once."""
    blocks = re.findall(
        r"^```\{glossary\}\n(.*?)^```$", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    terms = [line.casefold() for block in blocks for line in block.splitlines() if line and not line.startswith(" ")]
    assert len(terms) == len(set(terms))
    used = {
        (match[3] or match[4]).casefold()
        for path in READERS
        for match in _ROLE.finditer(path.read_text(encoding="utf-8"))
        if match[1] == "term"
    }
    assert used
    assert used - set(terms) == set()
