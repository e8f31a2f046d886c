"""Abbreviations lead to the glossary where a page about papers uses them for the first time, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils import nodes

from conftest import Build, Built, build_in, page

ALPHA, GAMMA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort"
GLOSSARY = """# Words

```{glossary}
PEM
post-exertional malaise
  Worse after effort.

CFS/ME
  A name for
  the illness.

ME
myalgic encephalomyelitis
  Another name.

HHV
HHV-6
human herpesvirus
  A virus.

Level
  How much weight a paper can carry.
```

PEM is explained above, and used in {evidence}`alpha2020trial`.
"""
BODY = """## PEM in a heading

`ME` as code; RePEM, PEMs, SO/ME, ME/X, `PEM`.

CFS/ME, ME and PEM; PEM again, and HHV-6.
"""
FILES = {
    "docs/index.md": "# Home\n\n```{toctree}\nwords\nplain\ntopic\n```\n",
    "docs/words.md": GLOSSARY,
    "docs/plain.md": "# Plain\n\nPEM on a page about no paper.\n",
    "docs/topic.md": "# Topic\n\n{term}`PEM` and PEM and ME: {evidence}`alpha2020trial`.\n",
    f"docs/{ALPHA}.md": page(body=BODY),
    f"docs/{GAMMA}.md": page(
        "gamma2021cohort", criteria="[]", summary="In 12 people, rest made no difference to PEM.", body="Short."
    ),
}


def links(built: Built, docname: str) -> list[tuple[str, str]]:
    """Return the links to the glossary by their words and addresses."""
    found = built.resolved[docname].findall(nodes.reference)
    return [(link.astext(), link["refuri"]) for link in found if "atlas-abbreviation" in link["classes"]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a built atlas with a glossary."""
    return build_in(tmp_path_factory.mktemp("abbreviations"))(FILES)


def test_the_first_use_is_linked(built: Built):
    """Whole words alone, once each, the longest that fits; not in headings or code."""
    assert built.warnings == []
    assert links(built, ALPHA) == [
        ("CFS/ME", "../../words/#term-CFS-ME"),
        ("ME", "../../words/#term-ME"),
        ("PEM", "../../words/#term-PEM"),
        ("HHV-6", "../../words/#term-HHV-6"),
    ]
    assert [words for words, _address in links(built, GAMMA)] == ["PEM"]  # in the summary, which stands in the front matter


def test_the_link_says_what_it_means(built: Built):
    """The longer term, or the definition where there is none, is the title of the abbreviation; the link leads to the entry."""
    html = built.html(ALPHA)
    assert '<abbr title="post-exertional malaise">PEM</abbr></a>' in html
    assert '<abbr title="A name for the illness.">CFS/ME</abbr></a>' in html
    target = re.search(r'href="\.\./\.\./words/#(term-PEM)"><abbr', html)
    assert target
    assert f'id="{target[1]}"' in built.html("words")


def test_where_nothing_is_linked(built: Built):
    """Not on the glossary's own page or a page about no paper, and not after a link by hand to the same term."""
    assert links(built, "words") == []
    assert links(built, "plain") == []
    assert [words for words, _address in links(built, "topic")] == ["ME"]


def test_no_glossary_no_links(build: Build):
    """A project without a glossary has no such links."""
    built = build({name: text for name, text in FILES.items() if name not in {"docs/words.md", "docs/topic.md"}})
    assert links(built, ALPHA) == []


@pytest.mark.parametrize("builder", ["text", "latex", "singlehtml", "epub"])
def test_other_formats_keep_the_word(build: Build, builder: str):
    """Where pages are no site of their own, the word stands as it was written."""
    built = build(FILES, builder, epub_copyright="nobody", version="1")
    assert not [warning for warning in built.warnings if "abbreviation" in warning or "words" in warning]
    assert all(links(built, docname) == [] for docname in built.resolved)
    assert "CFS/ME, ME and PEM; PEM again" in " ".join(doctree.astext() for doctree in built.resolved.values())


def test_pages_follow_the_glossary(build: Build):
    """A changed entry changes the pages that use the abbreviation and leaves other papers alone; a second build writes nothing."""
    build(FILES)
    assert build().written == set()
    path = Path(build().source) / "words.md"
    path.write_text(GLOSSARY.replace("myalgic encephalomyelitis", "muscle, brain"), encoding="utf-8")
    changed = build()
    assert ALPHA in changed.written
    assert GAMMA not in changed.written
    assert '<abbr title="muscle, brain">ME</abbr>' in changed.html(ALPHA)
    path.write_text(GLOSSARY.replace("ME\nmyalgic encephalomyelitis\n  Another name.\n\n", ""), encoding="utf-8")
    assert [words for words, _address in links(build(), ALPHA)] == ["CFS/ME", "PEM", "HHV-6"]


def test_read_and_written_in_parallel(build: Build):
    """Processes that share the work link the same words."""
    many = {f"docs/evidence/x-{number}.md": "# No paper\n\nPEM\n" for number in range(12)}
    serial, parallel = build(FILES | many), build(FILES | many, folder="b", parallel=2)
    for docname in (ALPHA, GAMMA, "topic"):
        assert serial.html(docname) == parallel.html(docname)
    assert 'class="atlas-abbreviation' in parallel.html(ALPHA)
