"""The directive ``case-definitions``: the definitions of the policy, and on a site a page for each.

Such a page says what the policy says of the definition, which badge a study gets by it alone, which papers used it for
what, and how badges would change under it. The pages are made without sources, for sites alone; a volume of PDF has the
rules as an appendix.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

import evidence_atlas
from evidence_atlas.browse_facets import newest_first
from evidence_atlas.browse_html import BrowseWriter, is_long
from evidence_atlas.builders import has_own_pages
from evidence_atlas.core.policy import Definition, Policy, State
from evidence_atlas.core.record import Criterion, Record
from evidence_atlas.core.verdict import Verdict
from evidence_atlas.definition_badges import counts, read_otherwise
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain
from evidence_atlas.evidence_policy import unchecked
from evidence_atlas.language import _, ngettext, number, shown_verdict
from evidence_atlas.made_pages import Collected, MadePage, lists_of_documents
from evidence_atlas.nodeset import bullet_list, link, text
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Uses = Mapping[str, Mapping[str, Sequence[Paper]]]  # papers by definition and role


class DefinitionIndex(WriteTime):
    """The definitions, each with the badge it gives by itself and a link to its page."""

    def shows_everything(self) -> bool:
        """It does: any paper may use a definition."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the list; without links where there are no such pages."""
        policy, uses, links = writing.atlas.policy, uses_of(writing.domain), has_own_pages(writing.builder)
        rows: list[list[nodes.Node | str]] = []
        for key, row in policy.definition.items():
            count = len({paper.docname for papers in uses.get(key, {}).values() for paper in papers})
            label: nodes.Node = link(_relative(writing, key), row.label) if links else nodes.Text(row.label)
            used = ngettext(" ({count} paper)", " ({count} papers)", count).format(count=number(count)) if count else ""
            badge = alone(key, policy)
            rows.append([label, ": ", text(badge.label, "atlas-badge-inline", f"atlas-badge-{badge.state}"), used])
        return [bullet_list(rows, ["atlas-values"])]


def _relative(writing: Writing, key: str) -> str:
    """Return the address of a definition's page from the document with the list."""
    here, there = (writing.builder.get_target_uri(name) for name in (writing.docname, f"{writing.docname}/{key}"))
    return relative_uri(here, there)


def alone(key: str, policy: Policy) -> Verdict:
    """Return the verdict on a study whose patients had to meet one definition, and no other.

    Args:
        key: The id of the definition.
        policy: The policy in force.
    """
    first = {name: next(iter(policy.vocabulary(name))) for name in ("read", "design", "context", "level", "topic")}
    design = next((name for name in policy.design if name != "systematic-review"), first["design"])
    criterion = Criterion(key, policy.resolution.counting_roles[0])
    record = Record(
        "", "", first["read"], design, [first["context"]], first["level"], [first["topic"]], [criterion], "person", "none"
    )
    return shown_verdict(record, policy)


def uses_of(domain: AtlasDomain) -> Uses:
    """Return the papers by definition and role, once each, in the order of their pages."""
    found: dict[str, dict[str, dict[str, Paper]]] = defaultdict(lambda: defaultdict(dict))
    for paper in domain.pages.values():
        for criterion in paper.record.criteria:
            found[criterion.id][criterion.role][paper.docname] = paper
    return {key: {role: list(papers.values()) for role, papers in roles.items()} for key, roles in found.items()}


def definition_pages(app: Sphinx) -> Collected:
    """Return the pages below each document that has the directive, those that changed."""
    return lists_of_documents(app, "case-definition", atlas_domain(app.env).defined, lambda start: _pages(app, start))


@dataclass(frozen=True)
class DefinitionPage:
    """The page of one definition.

    Attributes:
        name: Its name, as a document's.
        key: The id of the definition.
        row: What the policy says of it.
        uses: The papers that used it, by role.
        source: The page of the paper that sets it out, if there is one.
        writer: Makes lists of papers.
        now: All papers of the atlas by their badge.
    """

    name: str
    key: str
    row: Definition
    uses: Mapping[str, Sequence[Paper]]
    source: Paper | None
    writer: BrowseWriter
    now: Mapping[State, int]

    @property
    def title(self) -> str:
        """The title."""
        return _("Case definition: {}").format(self.row.label)

    @property
    def trail(self) -> list[tuple[str, str]]:
        """Title and name of the page above it."""
        return [(self.writer.title, self.writer.start)]

    def pages(self) -> Iterator[MadePage]:
        """Yield the page, and those of lists that are too long for it."""
        below: list[MadePage] = []
        content = [*self._says(), _heading(_("The papers that used it")), *self._papers(below), *self._badges(below)]
        yield self.writer.page(self.name, self.title, self.trail, "\n".join(content))
        yield from below

    def _says(self) -> Iterator[str]:
        """Yield what the policy says, where it was read, and what follows for a study."""
        row, policy = self.row, self.writer.atlas.policy
        contested = policy.text["contested"] if row.contested else ""
        yield _heading(_("What the policy says"))
        name = f"{row.label} ({row.name})" if row.name else row.label
        says = policy.text["deciding"].format(one=name, phrase=f"{policy.phrase[row.pem]}{contested}")
        yield _paragraph(f"{says}.", row.note)
        if row.contested:
            yield _paragraph(_("Contested: the wording can be read in two ways, and the policy takes one of them."))
        if row.reference:
            said = _("Source: {source}").format(source=f"{escape(row.reference)}{self._source()}")
            yield f"<p>{said}</p>"
        if said := unchecked(row):
            yield _paragraph(said)
        by_itself = alone(self.key, policy)
        yield _heading(_("The badge of a study that used it alone"))
        yield (
            f'<p class="atlas-pem"><strong class="atlas-badge atlas-badge-{by_itself.state}">{escape(by_itself.label)}</strong>'
            f'<span class="atlas-colon">: </span>{escape(by_itself.sentence(policy))}</p>'
        )

    def _source(self) -> str:
        doi = self.row.doi
        found = f' <a href="https://doi.org/{escape(doi)}">doi:{escape(doi)}</a>' if doi else ""
        if self.source:
            address, words = self.writer.address(self.name, self.source.docname), escape(_("Its page in this atlas"))
            found += f'. <a href="{address}">{words}</a>.'
        return found

    def _papers(self, below: list[MadePage]) -> Iterator[str]:
        """Yield a list of papers for each role, in the order of the policy, or the way to its pages, which it adds."""
        policy = self.writer.atlas.policy
        if not self.uses:
            yield _paragraph(_("No paper of this atlas used it, as far as was read."))
        for role, label in policy.role.items():
            if papers := self.uses.get(role):
                yield _heading(label[:1].upper() + label[1:], 3)
                listed = newest_first(papers)
                role_page = f"{self.name}/{role}", f"{self.title}: {label}", [*self.trail, (self.title, self.name)]
                shown, pages = self.writer.here_or_below(self.name, listed, is_long(listed), *role_page)
                below += pages
                yield shown
                yield from self._changed(role, papers)

    def _badges(self, below: list[MadePage]) -> Iterator[str]:
        """Yield how badges would change: under this definition, and under another reading of it; add pages of long lists."""
        policy, label = self.writer.atlas.policy, escape(self.row.label)
        used = list({p.docname: p for role in policy.resolution.counting_roles for p in self.uses.get(role, ())}.values())
        found = counts(self.now, alone(self.key, policy), used)
        yield _heading(_("How the badges would change"))
        yield _heading(_("If studies had used it"), 3)
        yield _paragraph(
            _("Counted from the records of this atlas: its papers by badge, as they are and as they would be."),
            _("The last column takes every study that selected people as if it had used this definition and no other."),
            _("It does not say that the people in those studies would have met it."),
        )
        heads = (_("PEM"), _("All papers now"), _("Only papers that needed it"), _("If all had used it alone"))
        head = "".join(f'<th class="head" scope="col">{escape(words)}</th>' for words in heads)
        rows = "".join(
            f'<tr><td><span class="atlas-badge-inline atlas-badge-{state}">{escape(badge.label)}</span></td>'
            + "".join(f"<td>{number(column.get(state, 0))}</td>" for column in (found.now, found.only, found.alone))
            + "</tr>\n"
            for state, badge in policy.badge.items()
        )
        body = f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody>"
        yield f'<div class="table-wrapper"><table class="docutils atlas-coverage">{body}</table></div>'
        otherwise = _("If the policy read it otherwise")
        yield _heading(otherwise, 3)
        said = escape(_("If it said: “{reading}”, {result}"))
        for reading, flips in read_otherwise(self.key, policy, used):
            says = policy.text["deciding"].format(one=label, phrase=escape(policy.phrase[reading]))
            yield f"<p>{said.format(reading=says, result=_flips(len(flips)))}</p>"
            name, title = f"{self.name}/if-{reading}", f"{self.title}: {otherwise}"
            if is_long(flips):
                below += self.writer.parts_of(name, title, [*self.trail, (self.title, self.name)], flips, self._flip_list)
                yield self.writer.way_to(name, flips, self.name)
            elif flips:
                yield self._flip_list(self.name, flips)

    def _flip_list(self, here: str, flips: Sequence[tuple[Paper, Verdict]]) -> str:
        """Return a list, for a page, that says which badge each paper would have."""
        return f"<ul>{''.join(self._flip(here, paper, badge) for paper, badge in flips)}</ul>"

    def _flip(self, here: str, paper: Paper, badge: Verdict) -> str:
        address, title = self.writer.address(here, paper.docname), escape(paper.reading.title)
        said = escape(_("{paper}: now {now}, then {then}."))
        link_to = f'<a href="{address}">{title}</a>'
        return f"<li>{said.format(paper=link_to, now=_mark(paper.badge), then=_mark(badge))}</li>"

    def _changed(self, role: str, papers: Sequence[Paper]) -> Iterator[str]:
        """Yield a sentence for each study that changed the definition's rule for itself."""
        for paper in papers:
            own = next((c.pem for c in paper.record.criteria if (c.id, c.role) == (self.key, role) and c.pem), None)
            if own:
                address, title = self.writer.address(self.name, paper.docname), escape(paper.reading.title)
                phrase = escape(self.writer.atlas.policy.phrase[f"study-{own}"])
                said = _("The study's own rule: in “{title}”, the definition {phrase}.")
                link_to = f'<a href="{address}">{title}</a>'
                yield f"<p>{said.format(title=link_to, phrase=phrase)}</p>"


def _pages(app: Sphinx, start: str) -> Iterator[MadePage]:
    """Yield the pages of all definitions of the policy."""
    domain = atlas_domain(app.env)
    writer = BrowseWriter.below(start, domain)
    definitions, uses = domain.shown_atlas.policy.definition, uses_of(domain)
    keys = domain.atlas.bibliography.with_doi({row.doi.lower() for row in definitions.values() if row.doi})
    set_out = {doi: domain.papers[key] for key, doi in keys.items() if key in domain.papers}
    now = Counter(page.verdict.state for page in domain.pages.values())
    for key, row in definitions.items():
        source = set_out.get(row.doi.lower())
        yield from DefinitionPage(f"{writer.start}/{key}", key, row, uses.get(key, {}), source, writer, now).pages()


def _flips(count: int) -> str:
    if not count:
        return escape(_("no badge would change."))
    said = ngettext("{count} badge would change:", "{count} badges would change:", count)
    return escape(said.format(count=number(count)))


def _mark(badge: Verdict) -> str:
    return f'<span class="atlas-badge-inline atlas-badge-{badge.state}">{escape(badge.label)}</span>'


def _heading(words: str, level: int = 2) -> str:
    return f"<h{level}>{escape(words)}</h{level}>"


def _paragraph(*sentences: str) -> str:
    return f"<p>{escape(' '.join(sentence for sentence in sentences if sentence))}</p>"


def add_style(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the style of lists to the documents that have the directive."""
    if page in atlas_domain(app.env).defined:
        app.add_css_file("browse.css")


class CaseDefinitions(SphinxDirective):
    """Shows the definitions, and has their pages made."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = DefinitionIndex(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        atlas_domain(self.env).defined[self.env.docname] = True
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("case-definitions", CaseDefinitions)
    app.connect("html-collect-pages", definition_pages)
    app.connect("html-page-context", add_style)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
