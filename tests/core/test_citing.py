"""What citations say: upstream's own words, whether it formats a citation or one like it is filled in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pybtex.database import Entry
from pybtex.richtext import BaseMultipartText
from pybtex.style import FormattedEntry
from sphinxcontrib.bibtex.style.referencing import format_references
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.referencing.label import LabelReferenceStyle
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from indexed_bibtex import citing
from indexed_bibtex.citing import Citing
from indexed_bibtex.labels import with_suffix
from indexed_bibtex.names import people
from indexed_bibtex.reader import read_bibtex

from .helpers import REFERENCES

UNUSUAL = [
    ({}, ["Good, A."]), ({"year": "2020", "title": "Of {XMRV}"}, []), ({"year": "in press"}, ["Good, A."]), ({"year": "c.~2020"}, ["Good, A."]),
    ({"year": "2020", "year-suffix": "b"}, ["Good, A.", "Best, B."]), ({"year": "2020"}, ["Good Best, A."]), ({"year": "2020"}, ["Good, A.", "Best Good, B."]), ({"year": "2020"}, ["Good, A.", "Best Good, B.", "C, C.", "D, D."]),
    ({"year": "2020"}, ["van Good, A."]), ({"year": "2020"}, ["{The Group}"]), ({"year": "2020"}, ["B{\\'e}ta, B.", "Good, A."]), ({"year": "2020"}, ["Good, A.", "others"]),
    ({"year": "2020"}, ["Good, A.", "{}", "{}"]), ({"year": "2020"}, ["\U000f0001\U000f0000, A."]),
]  # fmt: skip


AROUND = [("see", ""), ("", "p. 3"), ("", ""), ("", "")]


@dataclass
class InCapitals(AuthorYearReferenceStyle):
    """A style as a project may define it."""

    def inner(self, role_name):
        """Return a template of upstream's, changed."""
        template = super().inner(role_name)
        upper = template.format_data
        template.format_data = lambda data: upper(data).upper()
        return template


def entries():
    """Return works of every kind: some of the repository's bibliography, and what is unusual."""
    read = read_bibtex([REFERENCES]).data.entries
    usual = [read[key] for key in list(read)[::300]]
    made = [Entry("misc", fields, {"author": people(" and ".join(names))[0]} if names else {}) for fields, names in UNUSUAL]
    edited = Entry("book", {"year": "1994"}, {"editor": people("Good, A. and Best, B.")[0]})
    return [with_suffix(entry) for entry in (*usual, *made, edited)]


def references(works, start=2):
    """Return works as citations take them, each with a link of its own, some with texts before or after them.

    Args:
        works: The works.
        start: Which of the texts the first work has; the first two have none, unless this says otherwise.
    """
    texts = [AROUND[(start + n) % len(AROUND)] for n in range(len(works))]
    infos = [SphinxReferenceInfo(None, "here", "there", f"id{n}", "A title", *text) for n, text in enumerate(texts)]
    return [(work, FormattedEntry("key", None, "Label"), info) for work, info in zip(works, infos, strict=True)]


def tree(text):
    """Return all of a text that any backend can see."""
    if isinstance(text, BaseMultipartText):
        return type(text), text.info, len(text), [tree(part) for part in text.parts]
    return type(text), str(text)


@pytest.mark.parametrize("style", [AuthorYearReferenceStyle, LabelReferenceStyle, InCapitals])
def test_a_citation_says_what_upstream_makes_of_it(style):
    """In every role, of one work or several, with texts around it or without: words, marks and links are upstream's."""
    works, chosen = entries(), style()
    fast = Citing(chosen)
    groups = [works[n : n + 2 + n % 2] for n in range(0, len(works), 2)]
    citations = [references([work]) for work in works] + [references(group, start) for start, group in enumerate(groups)]
    for role in chosen.role_names():
        for cited in citations:
            assert tree(fast.text(role, cited)) == tree(format_references(chosen, role, cited))


def test_usual_citations_are_copies_of_one(monkeypatch):
    """Upstream formats one citation of a kind, and every one of what it cannot be told from."""
    asked = []
    monkeypatch.setattr(citing, "format_references", lambda *asking: asked.append(asking) or format_references(*asking))
    one, two, many, more, odd = (
        Entry("misc", {"year": "2020"}, {"author": people(names)[0]})
        for names in (
            "Good, A.",
            "Best, B. and Fine, F.",
            "A, A. and B, B. and C, C.",
            "A, A. and D, D. and E, E. and F, F.",
            "van Good, A.",
        )
    )
    fast = Citing(AuthorYearReferenceStyle())
    citations = (
        ([one], 1),
        ([one], 1),
        ([two], 2),
        ([many], 3),
        ([more], 3),
        ([one, two], 4),
        ([one, two], 4),
        ([odd], 5),
        ([odd], 6),
    )
    for works, times in citations:
        cited = references(works)
        assert tree(fast.text("p", cited)) == tree(format_references(AuthorYearReferenceStyle(), "p", cited))
        assert len(asked) == times
    fast.text("ct", references([one]))
    fast.text("ct", references([one]))
    assert len(asked) == 8
