"""The pages by which papers are browsed, as HTML: plain lists that need no script."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sphinx.util.osutil import relative_uri

from evidence_atlas.browse_facets import LETTERS, OTHER_LETTER, YEAR, Facet, Value
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import AtlasDomain, Paper
from evidence_atlas.language import _, ngettext, number, shown_year
from evidence_atlas.long_lists import Item, page_names, parted, span_name, spans, way
from evidence_atlas.made_pages import SECTION, MadePage

MOST_PAPERS = 200  # a longer list is parted by year, and that of a year by numbers
MOST_NAMES = 100  # a longer list of names is parted by letter


@dataclass
class BrowseWriter:
    """Makes the pages below one document.

    Attributes:
        start: The document.
        title: The title of the document.
        uri: Gives the address of a page by its name, from the root of the site.
        atlas: Gives notices and words.
        items: Papers as items of lists, which grow: by the way to the root, and docname.
    """

    start: str
    title: str
    uri: Callable[[str], str]
    atlas: Atlas
    items: dict[tuple[str, str], str]

    @classmethod
    def below(cls, start: str, domain: AtlasDomain) -> BrowseWriter:
        """Return what makes the pages below a document.

        Args:
            start: The document.
            domain: Knows its title, the builder and the atlas.
        """
        title, uri = domain.env.titles[start].astext(), domain.builder.get_target_uri
        return cls(start, title, uri, domain.shown_atlas, domain.listed_items)

    def pages(self, facet: Facet, values: Sequence[Value]) -> Iterator[MadePage]:
        """Yield the pages of one facet: the list of its values, and the lists of papers."""
        home = f"{self.start}/{facet.name}"
        if facet.by_letter and len(values) > MOST_NAMES:
            letters: dict[str, list[Value]] = defaultdict(list)
            for value in values:
                letters[value.letter].append(value)
            yield self._letters(home, facet, letters)
            for letter, names in letters.items():
                yield self._values(f"{home}/{letter}", f"{_(facet.label)}: {_letter_name(letter)}", facet, names)
        else:
            yield self._values(home, _(facet.by), facet, values)
        for value in values:
            if has_page(facet, value):
                yield from self._papers(f"{home}/{value.slug}", facet, value)

    def _letters(self, name: str, facet: Facet, letters: dict[str, list[Value]]) -> MadePage:
        to = {letter: self.address(name, f"{name}/{letter}") for letter in LETTERS if letter in letters}
        items = [
            f'<li><a href="{address}">{_letter_name(letter)}</a>{_count(len(letters[letter]))}</li>'
            for letter, address in to.items()
        ]
        body = f'{_about(facet)}<ul class="atlas-letters">{"".join(items)}</ul>'
        return self.page(name, _(facet.by), [(self.title, self.start)], body)

    def _values(self, name: str, title: str, facet: Facet, values: Sequence[Value]) -> MadePage:
        home = f"{self.start}/{facet.name}"
        trail = [(self.title, self.start), *([(_(facet.by), home)] if name != home else [])]
        rows = []
        for value in values:
            if has_page(facet, value):
                address = self.address(name, f"{home}/{value.slug}")
                rows.append(f'<li><a href="{address}">{escape(value.title)}</a>{_count(len(value.papers))}</li>')
            else:
                rows.append(f"<li>{escape(value.title)}: {self._link(name, value.papers[0])}</li>")
        return self.page(name, title, trail, f'{_about(facet)}<ul class="atlas-values">\n{chr(10).join(rows)}\n</ul>')

    def _papers(self, name: str, facet: Facet, value: Value) -> Iterator[MadePage]:
        title = _(facet.heading).format(value.title)
        home = f"{self.start}/{facet.name}"
        trail = [(self.title, self.start), (_(facet.by), home)]
        about = _paragraph(value.meaning) + _about(facet)
        if facet is YEAR or not is_long(value.papers):
            yield from self.parts(name, title, trail, value.papers, about)
            return
        years: dict[str, list[Paper]] = defaultdict(list)
        for paper in value.papers:
            years[paper.listed.year].append(paper)
        rows = [
            f'<li><a href="{self.address(name, f"{name}/{year}")}">{escape(shown_year(year))}</a>{_count(len(of_year))}</li>'
            for year, of_year in years.items()
        ]
        count = len(value.papers)
        said = ngettext("{count} paper, by year.", "{count} papers, by year.", count).format(count=number(count))
        total = f"<p>{escape(said)}</p>"
        yield self.page(name, title, trail, f'{about}{total}<ul class="atlas-letters">{"".join(rows)}</ul>')
        for year, papers in years.items():
            yield from self.parts(f"{name}/{year}", f"{title}, {shown_year(year)}", [*trail, (title, name)], papers)

    def parts(
        self, name: str, title: str, trail: Sequence[tuple[str, str]], papers: Sequence[Paper], about: str = ""
    ) -> Iterator[MadePage]:
        """Yield the pages of a list of papers: one, where it is not long.

        Args:
            name: The name of the first of them.
            title: The title of the list.
            trail: Title and name of the pages above it, the highest first.
            papers: The papers, newest first.
            about: What stands above the list, as HTML.
        """

        def shown(here: str, part: Sequence[Paper]) -> str:
            return about + self.papers_list(here, part, papers)

        return self.parts_of(name, title, trail, papers, shown)

    def parts_of(
        self,
        name: str,
        title: str,
        trail: Sequence[tuple[str, str]],
        items: Sequence[Item],
        shown: Callable[[str, Sequence[Item]], str],
    ) -> Iterator[MadePage]:
        """Yield the pages of a list with one item a paper: one, where it is not long.

        Args:
            name: The name of the first of them.
            title: The title of the list.
            trail: Title and name of the pages above it, the highest first.
            items: The items.
            shown: Gives the HTML of a part, for the page of that name.
        """
        parts = parted(items, MOST_PAPERS)
        held, names = spans([len(part) for part in parts]), page_names(name, len(parts))
        for place, (here, part) in enumerate(zip(names, parts, strict=True)):
            own_title, above = (f"{title}, {span_name(held[place])}", [*trail, (title, name)]) if place else (title, trail)
            yield self.page(here, own_title, above, f"{shown(here, part)}{self.way_to(name, items, here)}")

    def here_or_below(  # noqa: PLR0913, PLR0917  (the last three are those of ``parts``)
        self, here: str, papers: Sequence[Paper], too_long: bool, name: str, title: str, trail: Sequence[tuple[str, str]]
    ) -> tuple[str, Iterator[MadePage]]:
        """Return a list of papers for a page; of a long one the way to its own pages, and these.

        Args:
            here: The page.
            papers: The papers, newest first.
            too_long: Whether the page has no room for it.
            name: The name of the first of the other pages.
            title: Their title.
            trail: Title and name of the pages above them, the highest first.
        """
        if too_long:
            return self.way_to(name, papers, here), self.parts(name, title, trail, papers)
        return self.papers_list(here, papers), iter(())

    def way_to(self, name: str, items: Sequence[object], here: str) -> str:
        """Return the way to the pages of a list with one item a paper, as HTML; nothing on the only one.

        Args:
            name: The name of the first of them.
            items: All items of the list.
            here: The name of the page on which it stands.
        """
        parts = [len(part) for part in parted(items, MOST_PAPERS)]
        return way(_("Of {all} papers: {parts}"), spans(parts), here, page_names(name, len(parts)), self.uri)

    def papers_list(self, name: str, papers: Sequence[Paper], whole: Sequence[Paper] = ()) -> str:
        """Return a list of papers as HTML, after their number.

        Args:
            name: The page on which it stands.
            papers: The papers, newest first.
            whole: All papers of the list, where only a part stands here.
        """
        total = papers_total(whole or papers)
        root = relative_uri(self.uri(name), "")
        items = "\n".join(self._item(root, paper) for paper in papers)
        return f'<p class="atlas-total">{escape(total)}</p>\n<ul class="atlas-papers">\n{items}\n</ul>'

    def _item(self, root: str, paper: Paper) -> str:
        made = self.items.get((root, paper.docname))
        if made is None:
            listed = paper.listed
            who = " ".join(part for part in (listed.who, shown_year(listed.year)) if part)
            facts = [escape(fact) for fact in (who, listed.journal) if fact]
            facts.append(f'<span class="atlas-badge-inline atlas-badge-{paper.verdict.state}">{escape(paper.badge.label)}</span>')
            made = (
                f'<li><p class="atlas-paper-title">{self._mark(paper)}<a href="{root}{self.uri(paper.docname)}">'
                f"{escape(paper.reading.title)}</a></p>\n"
                f'<p class="atlas-paper-facts">{" · ".join(facts)}</p>\n<p>{escape(paper.record.summary)}</p></li>'
            )
            self.items[root, paper.docname] = made
        return made

    def _link(self, name: str, paper: Paper) -> str:
        return f'{self._mark(paper)}<a href="{self.address(name, paper.docname)}">{escape(paper.reading.title)}</a>'

    def _mark(self, paper: Paper) -> str:
        """Return the mark of a paper that was withdrawn, unless the title of its page begins with the word."""
        said = paper.reading.title.casefold()
        marks = (_(n.label) for n in paper.notices if n.withdraws)
        label = next((label for label in marks if not said.startswith(label.casefold())), "")
        return f'<span class="atlas-mark-withdrawn">{escape(label)}</span> ' if label else ""

    def page(self, name: str, title: str, trail: Sequence[tuple[str, str]], body: str) -> MadePage:
        """Return a page with the way that leads to it.

        Args:
            name: Its name.
            title: Its title.
            trail: Title and name of the pages above it, the highest first.
            body: What stands under the title, as HTML.
        """
        steps = "".join(f'<li><a href="{self.address(name, step)}">{escape(label)}</a></li>' for label, step in trail)
        trail_name = escape(_("Breadcrumb"))
        here = f'<li aria-current="page">{escape(title)}</li>'
        return MadePage(
            name,
            title,
            f"{SECTION}\n"
            f'<nav class="atlas-trail" aria-label="{trail_name}"><ol>{steps}{here}</ol></nav>\n'
            f"<h1>{escape(title)}</h1>\n{body}\n</section>",
        )

    def address(self, here: str, there: str) -> str:
        """Return the address of a page as another one links to it, for HTML."""
        return escape(relative_uri(self.uri(here), self.uri(there)) or "./")


def is_long(items: Sequence[object]) -> bool:
    """Whether a list of papers is too long for one page."""
    return len(items) > MOST_PAPERS


def has_page(facet: Facet, value: Value) -> bool:
    """Whether a value has a page; a name with one paper leads straight to that paper."""
    return not facet.by_letter or len(value.papers) > 1


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n" if text else ""


def _about(facet: Facet) -> str:
    return _paragraph(_(facet.about)) if facet.about else ""


def _letter_name(letter: str) -> str:
    return _("Other") if letter == OTHER_LETTER else letter.upper()


def _count(value: int) -> str:
    return f' <span class="atlas-count">({number(value)})</span>'


def papers_total(papers: Sequence[Paper]) -> str:
    """Return the number of papers, and their order where there is one, as a sentence."""
    count = len(papers)
    said = ngettext("{count} paper.", "{count} papers.", count)
    if len({paper.listed.year for paper in papers}) > 1:
        said = ngettext("{count} paper, newest first.", "{count} papers, newest first.", count)
    return said.format(count=number(count))
