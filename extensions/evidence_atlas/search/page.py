"""What the search page shows before anything is searched: the facets, each with its values, and lists to read instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.fields import FIELDS, level_name
from evidence_atlas.language import _
from evidence_atlas.made_pages import Collected, digest_of, frame_digest, must_write, page_file
from evidence_atlas.search.records import FACETS, facet_values

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE = "search"
TEMPLATE = "search-pagefind.html"
MOST_CHOICES = 40  # more boxes than these nobody reads; the others are found by their words
EVERY_PAGE = "\U0001049d\U0001049d"  # a word of no language that the index has on every page: for filters without words


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet.

    Attributes:
        value: The value in the index and in the address.
        label: The value as readers see it.
        count: How many pages have it.
    """

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of choices.

    Attributes:
        name: Its name in the index and in the address.
        label: Its heading.
        choices: The values that pages have.
        left_out: How many more values there are.
    """

    name: str
    label: str
    choices: list[Choice]
    left_out: int


def pages(app: Sphinx) -> Collected:
    """Yield the search page, where its facets or lists have changed: counting them reads the reference of every paper."""
    domain = atlas_domain(app.env)
    documents = [f"{domain.atlas.settings.evidence}/index", *sorted(domain.browsed), *sorted(domain.listings)]
    lists = [(name, app.env.titles[name].astext()) for name in documents if name in app.env.titles]
    if must_write(app, page_file(app, PAGE), PAGE, digest_of(frame_digest(app), domain.whole_signature, repr(lists))):
        context = {"facets": list(_facets(domain)), "lists": lists, "papers": len(domain.pages), "every_page": EVERY_PAGE}
        yield PAGE, context, TEMPLATE


def spare_styles(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Leave out the styles of code and of cards, which the page has none of, so that readers need not load them."""
    if templatename == TEMPLATE:
        names = ("pygments", "sphinx-design")
        context["css_files"] = [css for css in context["css_files"] if not Path(css.filename).name.startswith(names)]


def _facets(domain: AtlasDomain) -> Iterator[Facet]:
    """Yield the facets that have more than one value: with one alone there is nothing to choose."""
    for name in FACETS:
        counts = Counter(value for page in domain.pages.values() for value in facet_values(page, name, domain.atlas))
        if len(counts) > 1:
            shown = [value for value, _count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CHOICES]]
            choices = [
                Choice(value, _label(name, value, domain.shown_atlas), counts[value]) for value in _in_order(name, shown, domain)
            ]
            yield Facet(name, _(FIELDS[name].label), choices, len(counts) - len(shown))


def _in_order(name: str, values: list[str], domain: AtlasDomain) -> list[str]:
    """Return values in the policy's order; years from the newest; all else by the alphabet."""
    if name == "year":
        return sorted(values, key=lambda year: (year.isdecimal(), year), reverse=True)
    place = {value: number for number, value in enumerate(FIELDS[name].vocabulary(domain.atlas))}
    return sorted(values, key=lambda value: (place.get(value, len(place)), value.casefold()))


def _label(name: str, value: str, atlas: Atlas) -> str:
    return level_name(value, atlas) if name == "level" else FIELDS[name].name(value, atlas)
