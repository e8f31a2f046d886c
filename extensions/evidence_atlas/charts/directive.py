"""The directive ``evidence-map``: a chart of the papers of the atlas, with the numbers behind it in a table."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from evidence_atlas.builders import serves_files
from evidence_atlas.charts.links import Links
from evidence_atlas.charts.store import EXTRA, LIBRARY, Pictures, is_installed
from evidence_atlas.charts.tally import AXES, KINDS, Head, Tally
from evidence_atlas.core.findings import Code, Finding, listed, nearest
from evidence_atlas.documents import Charted
from evidence_atlas.domain import AtlasDomain, atlas_domain, warn
from evidence_atlas.fields import FIELDS
from evidence_atlas.language import _, number
from evidence_atlas.nodeset import container, paragraph, table, text
from evidence_atlas.page_filters import passing, wanted, warn_of_unknown
from evidence_atlas.writing import WriteTime, Writing, show
from typst_builder.memory import write_atomically

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)
FOLDER = "atlas-charts"  # beside the doctrees
NUMBERS = '<details class="atlas-chart-data">\n<summary>{name}</summary>\n'
SKIP = '<p class="atlas-chart-skip"><a href="#{end}">{words}</a></p>\n'
PRINTED = "11.8cm"  # as wide as the text of our PDFs
MOST_COLUMNS = 7  # of numbers, past which a table names in a line what is there
MANY = 6  # links in a picture, past which a reader with a keyboard is offered to pass it over


def tally_of(charted: Charted, domain: AtlasDomain) -> Tally:
    """Return what a chart counts."""
    return KINDS[charted.kind](passing(domain, dict(charted.filters)), domain, (charted.rows, charted.columns))


class Chart(WriteTime):
    """A chart: its title, its picture where it can be shown, what a reader must know, its numbers."""

    def shows_everything(self) -> bool:
        """It does: any page may come in or drop out."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the chart; a sentence where no paper is in it."""
        charted: Charted = self["charted"]
        warn_of_unknown(dict(charted.filters), writing.atlas, self["file"], self["lineno"], Code.MAP)
        tally = tally_of(charted, writing.domain)
        if not tally.papers:
            return [paragraph(_("No page matches."), classes=["atlas-hint"])]
        links = Links(writing.builder, writing.docname, charted, tally, writing.atlas.settings.base_url)
        title = paragraph(nodes.strong("", tally.title), classes=["atlas-chart-title"])
        about = paragraph(tally.about, classes=["atlas-chart-about"])
        numbers: list[nodes.Node] = [_numbers(tally, links, writing)]
        picture = self._picture(tally, links, writing)
        if picture and serves_files(writing.builder):
            fold = NUMBERS.format(name=escape(_("The numbers, with links to the papers")))
            numbers = [nodes.raw("", fold, format="html"), *numbers, nodes.raw("", "</details>", format="html")]
        return [container(title, *picture, about, *numbers, classes=["atlas-chart", f"atlas-chart-{charted.kind}"])]

    def _picture(self, tally: Tally, links: Links, writing: Writing) -> list[nodes.Node]:
        """Return the picture, as the builder shows it; nothing where it shows none."""
        if not serves_files(writing.builder) and writing.builder.name != "typst":
            return []
        found = Pictures(Path(writing.builder.doctreedir) / FOLDER).get(tally)
        if found is None:
            return []
        from evidence_atlas.charts import vector

        svg, places = found
        if writing.builder.name == "typst":
            return [_image(vector.alone(svg), tally, writing)]
        name = f"atlas-map-{links.charted.name}"
        made = vector.inline(svg, name, tally.title, tally.says(), links.of(places))
        label, end = escape(tally.title, quote=True), f"{name}-end"
        region = f'<div class="atlas-chart-region" role="group" tabindex="0" aria-label="{label}">{made}</div>\n'
        skip = made.count("<a ") > MANY
        before = SKIP.format(end=end, words=escape(_("Skip the picture"))) if skip else ""
        after = f'<span id="{end}" tabindex="-1"></span>' if skip else ""
        return [nodes.raw("", f"{before}{region}{after}", format="html")]


def _image(svg: bytes, tally: Tally, writing: Writing) -> nodes.image:
    """Return a picture as a file with an alternative text, as a builder that prints takes it."""
    file = Path(writing.builder.doctreedir) / FOLDER / f"{blake2b(svg, digest_size=12).hexdigest()}.alone.svg"
    write_atomically(file, svg)
    writing.domain.env.images.add_file(writing.docname, str(file))
    return nodes.image(uri=str(file), candidates={"*": str(file)}, alt=tally.says(), width=PRINTED)


def _numbers(tally: Tally, links: Links, writing: Writing) -> nodes.table:
    """Return the table of the numbers; empty rows and columns are left out."""
    rows = [row for row in tally.rows if any(tally.count(row.id, column.id) for column in tally.columns)]
    columns = [column for column in tally.columns if any(tally.count(row.id, column.id) for row in tally.rows)]
    named = any(row.label for row in rows)
    classes = ["atlas-chart-numbers", "atlas-coverage"]
    body: list[list[list[nodes.Node | str]]] = []
    if len(columns) > MOST_COLUMNS:
        body = [[[row.label], _line(row, columns, tally, links, writing)] for row in rows]
        return table([tally.corner, _("Papers")], body, classes[:1])
    for row in rows:
        head: list[list[nodes.Node | str]] = [[row.label]] if named else []
        body.append([*head, *(_cell(row, column, tally, links, writing) for column in columns)])
    return table([*([tally.corner] if named else []), *(column.label for column in columns)], body, classes)


def _line(row: Head, columns: Sequence[Head], tally: Tally, links: Links, writing: Writing) -> list[nodes.Node | str]:
    """Return what is there of a row of many columns, in a line."""
    content: list[nodes.Node | str] = []
    for column in columns:
        if tally.count(row.id, column.id):
            content += ["; " if content else "", f"{column.label}: ", *_cell(row, column, tally, links, writing)]
    return [part for part in content if part]


def _cell(row: Head, column: Head, tally: Tally, links: Links, writing: Writing) -> list[nodes.Node | str]:
    """Return a number, linked to its papers where the builder has a place for them."""
    papers = tally.cells.get((row.id, column.id), ())
    if not papers:
        return ["0"]
    note = tally.notes.get((row.id, column.id), "")
    after = [f" ({note})"] if note else []
    if len(papers) == 1:
        return [writing.document(papers[0].docname, nodes.Text("1")), *after]
    address = links.address(row.id, column.id)
    shown = number(len(papers))
    return [nodes.reference("", shown, refuri=address, internal=not links.site) if address else text(shown), *after]


class EvidenceMap(SphinxDirective):
    """Shows a chart; each field is an option that filters by it."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **dict.fromkeys(FIELDS, directives.unchanged_required),
        "rows": directives.unchanged_required,
        "columns": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the part; an argument or option that is not known is warned of."""
        kind = self.arguments[0]
        if kind not in KINDS:
            raise self.error(f"evidence-map: there is no chart {kind!r}{nearest(kind, KINDS)}; charts are {listed(KINDS)}.")
        source, line = self.get_source_info()
        filters = tuple((name, tuple(wanted(self.options[name]))) for name in FIELDS if name in self.options)
        axes = (self._axis("rows", "topic", kind), self._axis("columns", "level", kind))
        domain = atlas_domain(self.env)
        before = domain.charted.get(self.env.docname, ())
        same = sum(charted.kind == kind for charted in before)
        charted = Charted(f"{kind}-{same + 1}" if same else kind, kind, filters, *axes)
        domain.charted[self.env.docname] = (*before, charted)
        part = Chart(docname=self.env.docname, key=None, file=source, lineno=line, charted=charted)
        self.set_source_info(part)
        show(self.env, part)
        return [part]

    def _axis(self, option: str, default: str, kind: str) -> str:
        """Return the field of the rows or columns of a map."""
        name: str = self.options.get(option, default).strip()
        if option not in self.options or (kind == "gaps" and name in AXES):
            return default if option not in self.options else name
        message = f"'{option}' cannot be {name!r}{nearest(name, AXES)}; expected one of {listed(AXES)}."
        if kind != "gaps":
            message = f"The chart {kind!r} has no option '{option}', which 'gaps' has."
        warn(Finding(*self.get_source_info(), Code.MAP, message))
        return default


def sweep(app: Sphinx, exception: Exception | None) -> None:
    """Remove old pictures; say once where there are none, since then the tables alone tell what they would show."""
    if exception is not None or not atlas_domain(app.env).charted or not serves_files(app.builder):
        return
    Pictures(Path(app.doctreedir) / FOLDER).sweep()
    if not is_installed():
        logger.info("Charts are shown as tables, since %s is not installed: pip install '%s'.", LIBRARY, EXTRA)


def add_style(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the style of charts to the pages that have one, or have outcomes side by side."""
    domain = atlas_domain(app.env)
    shown = domain.shown.get(page)
    if doctree is None or shown is None or not shown.everything:
        return
    if page in domain.charted or any("atlas-sides" in block["classes"] for block in doctree.findall(nodes.container)):
        app.add_css_file("charts.css")
