"""Lists that are too long for one page: which part stands on which page of a site, and the way from each to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

from sphinx.util.osutil import relative_uri

from evidence_atlas.language import _, number

Item = TypeVar("Item")
Span = tuple[int, int]  # the first and the last of a part, counted from one


def parted(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Return a list in parts of so many; an empty list is one part."""
    return [items[begin : begin + most] for begin in range(0, max(1, len(items)), most)]


def spans(sizes: Sequence[int]) -> list[Span]:
    """Return what each part has, from the sizes of all parts."""
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return [(end - size + 1, end) for size, end in zip(sizes, ends, strict=True)]


def span_name(span: Span) -> str:
    """Return what a part has, as readers see it."""
    first, last = span
    return _("{first} to {last}").format(first=number(first), last=number(last)) if first < last else number(last)


def page_names(name: str, parts: int) -> list[str]:
    """Return the names of the pages of a list: the list's own, and below it those of the second part and on."""
    return [name, *(f"{name}/{place}" for place in range(2, parts + 1))]


def way(sentence: str, parts: Sequence[Span], here: str, names: Sequence[str], uri: Callable[[str], str]) -> str:
    """Return the way to all parts, as HTML; nothing where the only one stands here.

    Args:
        sentence: What is said, with blanks ``all`` for the number of items and ``parts`` for the links.
        parts: What each part has.
        here: The name of the page on which it stands: that of a part, or another.
        names: The names of the pages of all parts.
        uri: Gives the address of a page by its name, from the root of the site.
    """
    if list(names) == [here]:
        return ""
    said = {name: escape(span_name(part)) for name, part in zip(names, parts, strict=True)}
    shown = [
        f"<strong>{words}</strong>" if name == here else f'<a href="{escape(relative_uri(uri(here), uri(name)))}">{words}</a>'
        for name, words in said.items()
    ]
    return f'<p class="atlas-way">{escape(sentence).format(all=number(parts[-1][1]), parts=" · ".join(shown))}</p>'
