"""``atlas readability``: figures of sentences whose words and syllables can be counted by hand."""

from __future__ import annotations

import json

import pytest

from evidence_atlas.cli import main
from evidence_atlas.core.readability import measure, sentences

from .helpers import PAGE

SOURCE = """---
evidence:
  summary: "The cat sat on the mat."
---

# A heading is no sentence

```{limitations}
- It does not show a cause.
```

The dog ran 13.8% less, e.g. in the park. {cite}`key2020`
See {evidence}`the other study <key2021>` and [a link](https://example.org).

```python
code = "is no prose. Not at all."
```
"""


def test_what_counts_as_a_sentence():
    """The summary, paragraphs and lists count, also within directives, each with its line; headings, code and citations do not."""
    found = [(sentence.line, sentence.words, sentence.text) for sentence in measure(SOURCE).sentences]
    assert found == [
        (3, 6, "The cat sat on the mat."),
        (9, 6, "It does not show a cause."),
        (12, 9, "The dog ran 13.8% less, e.g. in the park."),
        (13, 7, "See the other study and a link."),
    ]


def test_reading_ease_is_flesch():
    """Six words of one syllable in one sentence have Flesch's 206.835 - 1.015 * 6 - 84.6 * 1; longer words lower it."""
    assert measure("The cat sat on the mat.").ease == pytest.approx(116.1, abs=0.1)
    hard = measure("Immunological heterogeneity characterises multisystemic encephalomyelitis.")
    assert hard.ease < 0
    assert hard.band == "very difficult"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("One thing is here. Another is there.", 2),
        ("It rose from 0.68 to 0.73 litres.", 1),
        ("Keller et al. found it.", 1),
        ("Is it so? It is!", 2),
        ("– …", 0),
    ],
)
def test_where_a_sentence_ends(text: str, number: int):
    """A decimal point or an abbreviation ends no sentence, and marks alone are none."""
    assert len(list(sentences(text))) == number


def test_the_report(atlas, monkeypatch, capsys):
    """The command names each sentence of more than 25 words with its line, gives the same as data, and never fails a page."""
    page = atlas / PAGE
    page.write_text(page.read_text(encoding="utf-8") + "\nIt " + "goes on and " * 10 + "on.\n", encoding="utf-8")
    line = len(page.read_text(encoding="utf-8").splitlines())
    monkeypatch.chdir(atlas)
    assert main(["readability", str(PAGE)]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"{PAGE}: reading ease ")
    assert f"{PAGE}:{line}: 32 words in one sentence" in output
    assert main(["readability", "--format", "json"]) == 0
    [data] = json.loads(capsys.readouterr().out)
    assert data["file"] == str(PAGE)
    assert {"line": line, "words": 32} in data["long-sentences"]
    assert main(["readability", "nothing.md"]) == 2
