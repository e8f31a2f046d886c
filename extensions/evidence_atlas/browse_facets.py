"""By what papers are browsed: the kinds of lists, and the papers under each value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.references import UNDATED
from evidence_atlas.core.slugs import folded, slugs
from evidence_atlas.domain import Paper
from evidence_atlas.fields import FIELDS, level_name
from evidence_atlas.language import N_, _, shown_year

OTHER_LETTER = "other"
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", OTHER_LETTER)


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of list.

    Attributes:
        name: Its part of the address.
        label: What the lists are by, such as "Topic"; in English, as the other words here.
        by: The title of the list of values.
        heading: The heading of one list, with a blank for the value.
        values: The values of a paper.
        title: A value as readers see it.
        order: The values in their order, where it is not that of the alphabet.
        meaning: What a value means, in a sentence or two.
        about: What holds for all values.
        by_letter: Whether the values are names: many, listed by their first letter.
    """

    name: str
    label: str
    by: str
    heading: str
    values: Callable[[Paper, Atlas], Iterable[str]]
    title: Callable[[str, Atlas], str] = lambda value, _atlas: value
    order: Callable[[Atlas], Sequence[str]] | None = None
    meaning: Callable[[str, Atlas], str] = lambda _value, _atlas: ""
    about: str = ""
    by_letter: bool = False

    def sorted(self, values: Iterable[str], atlas: Atlas) -> list[str]:
        """Return values in the order in which readers look for them."""
        if self.order is None:
            return sorted(values, key=lambda value: (folded(self.title(value, atlas)), value))
        place = {value: number for number, value in enumerate(self.order(atlas))}
        return sorted(values, key=lambda value: place.get(value, len(place)))


def _of_policy(
    name: str, words: tuple[str, str, str], meaning: Callable[[str, Atlas], str] | None = None, about: str = ""
) -> Facet:
    """Make a facet of a field whose values are the policy's.

    Args:
        name: The field.
        words: The facet's label, the title of its list of values, the heading of the list of one value.
        meaning: What a value means.
        about: What holds for all values.
    """
    field = FIELDS[name]
    return Facet(
        name,
        *words,
        field.values,
        lambda value, atlas: field.name(value, atlas).strip(),
        field.vocabulary,
        meaning or (lambda _value, _atlas: ""),
        about,
    )


def _definition_meaning(value: str, atlas: Atlas) -> str:
    row = atlas.policy.definition[value]
    return " ".join(part for part in (f"{row.name}." if row.name else "", row.note) if part)


TOPIC = _of_policy("topic", (N_("Topic"), N_("By topic"), N_("Topic: {}")))
YEAR = Facet(
    "year",
    N_("Year"),
    N_("By year"),
    N_("Papers of {}"),
    lambda paper, _atlas: [paper.listed.year],
    lambda value, _atlas: shown_year(value),
)
AUTHOR = Facet(
    "author",
    N_("Author"),
    N_("By author"),
    N_("Author: {}"),
    lambda paper, _atlas: dict.fromkeys(name for name, _printed in paper.listed.authors if name),
    about=N_("Names are as printed. Authors who share a family name and initials stand together; they can be different people."),
    by_letter=True,
)
JOURNAL = Facet(
    "journal",
    N_("Journal"),
    N_("By journal"),
    N_("Journal: {}"),
    lambda paper, _atlas: [paper.listed.journal] if paper.listed.journal else [],
    by_letter=True,
)
DEFINITION = _of_policy(
    "definition",
    (N_("Case definition"), N_("By case definition"), N_("Case definition: {}")),
    meaning=_definition_meaning,
    about=N_("Studies whose participants had to meet the definition. Other uses of it are not listed here."),
)
DESIGN = _of_policy("design", (N_("Design"), N_("By design"), N_("Design: {}")))
LEVEL = Facet(
    "level",
    N_("Level"),
    N_("By level"),
    N_("Level: {}"),
    lambda paper, _: [paper.record.level],
    level_name,
    lambda atlas: list(atlas.policy.level),
    lambda value, atlas: atlas.policy.level[value].meaning,
)
PEM = _of_policy("pem", (N_("PEM"), N_("By PEM"), "{}"), lambda value, atlas: atlas.policy.vocabulary("badge")[value].meaning)
CONTEXT = _of_policy("context", (N_("Studied in"), N_("By studied in"), N_("Studied in: {}")))
FACETS = (TOPIC, YEAR, AUTHOR, JOURNAL, DEFINITION, DESIGN, LEVEL, PEM, CONTEXT)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet with its papers.

    Attributes:
        title: The value as readers see it.
        slug: Its part of the address.
        letter: The first letter of its name in ASCII, or "other".
        papers: The papers, newest first.
        meaning: What the value means.
    """

    title: str
    slug: str
    letter: str
    papers: Sequence[Paper]
    meaning: str


def newest_first(papers: Iterable[Paper]) -> list[Paper]:
    """Sort papers by year downwards, undated ones last, those of a year by the names of their pages."""
    by_name = sorted(papers, key=lambda paper: paper.docname)
    return sorted(by_name, key=lambda paper: -1 if paper.listed.year == UNDATED else int(paper.listed.year), reverse=True)


def values_of(facet: Facet, papers: Sequence[Paper], atlas: Atlas) -> list[Value]:
    """Return the values of a facet that papers have, in order.

    Args:
        facet: The facet.
        papers: All papers, newest first.
        atlas: Gives the words of the policy.
    """
    groups: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        for value in facet.values(paper, atlas):
            groups[value].append(paper)
    if facet is JOURNAL:
        groups = _without_regard_to_capitals(groups)
    named = slugs(groups, LETTERS if facet.by_letter else ())
    ordered = sorted(groups, reverse=True) if facet is YEAR else facet.sorted(groups, atlas)
    if facet is YEAR and UNDATED in groups:
        ordered = [*(year for year in ordered if year != UNDATED), UNDATED]
    return [
        Value(
            facet.title(value, atlas),
            named[value],
            _letter(value),
            groups[value],
            _printed(value, groups[value]) if facet is AUTHOR else facet.meaning(value, atlas),
        )
        for value in ordered
    ]


def _printed(author: str, papers: Sequence[Paper]) -> str:
    """Return the forms of a name in a sentence, where there are several that might be of different people."""
    forms = sorted({printed for paper in papers for name, printed in paper.listed.authors if name == author})
    return _("Printed as: {forms}.").format(forms="; ".join(forms)) if len(forms) > 1 else ""


def number_of_values(facet: Facet, papers: Sequence[Paper], atlas: Atlas) -> int:
    """Return how many values :func:`values_of` gives."""
    values = {value for paper in papers for value in facet.values(paper, atlas)}
    return len({value.casefold() for value in values} if facet is JOURNAL else values)


def _without_regard_to_capitals(groups: dict[str, list[Paper]]) -> dict[str, list[Paper]]:
    """Put a journal's spellings in other capitals under the one that is most frequent."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name, papers in groups.items():
        spellings[name.casefold()][name] += len(papers)
    joined: dict[str, list[Paper]] = {}
    for spelling in spellings.values():
        name = min(spelling, key=lambda name: (-spelling[name], name))
        joined[name] = newest_first(paper for variant in spelling for paper in groups[variant])
    return joined


def _letter(name: str) -> str:
    first = folded(name).lstrip("\"'([{ ")[:1]
    return first if first in LETTERS else OTHER_LETTER
