"""The directive ``evidence-table``: pages of the atlas as a table, filtered, grouped and sorted.

On a site, a script adds sorting, filters and export in the browser; the table is whole without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

import evidence_atlas
from evidence_atlas.core.findings import Code, Finding, listed, nearest
from evidence_atlas.documents import Tabled
from evidence_atlas.domain import atlas_domain, warn
from evidence_atlas.fields import FIELDS
from evidence_atlas.page_filters import wanted
from evidence_atlas.tables import files, pages
from evidence_atlas.tables.part import EvidenceTable
from evidence_atlas.writing import show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

DEFAULT_COLUMNS = ("author", "title", "pem", "level", "design", "context")


def _names(argument: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", argument.strip()) if part]


class EvidenceTableDirective(SphinxDirective):
    """Shows a table; each field is an option that filters by it."""

    option_spec: ClassVar[OptionSpec] = {
        **dict.fromkeys(FIELDS, directives.unchanged_required),
        "group-by": directives.unchanged_required,
        "sort-by": directives.unchanged_required,
        "columns": directives.unchanged_required,
        "limit": directives.positive_int,
        "plain": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the part; an option that names no field is warned of and left out."""
        columns = [name for name in _names(self.options.get("columns", "")) if self._known("columns", name)]
        group, sort = self.options.get("group-by", "").strip(), self.options.get("sort-by", "author").strip()
        source, line = self.get_source_info()
        known = atlas_domain(self.env).tabled
        before = known.get(self.env.docname, ())
        tabled = Tabled(
            name=f"table-{len(before) + 1}",
            filters=tuple((name, tuple(wanted(self.options[name]))) for name in FIELDS if name in self.options),
            columns=tuple(columns or DEFAULT_COLUMNS),
            sort_by=sort if self._known("sort-by", sort.removeprefix("-")) else "author",
            group_by=group if group and self._known("group-by", group) else "",
            limit=self.options.get("limit"),
            plain="plain" in self.options,
        )
        if not tabled.plain:
            known[self.env.docname] = (*before, tabled)
        part = EvidenceTable(docname=self.env.docname, key=None, file=source, lineno=line, tabled=tabled)
        self.set_source_info(part)
        show(self.env, part)
        return [part]

    def _known(self, option: str, name: str) -> bool:
        if name in FIELDS:
            return True
        source, line = self.get_source_info()
        message = f"'{option}' names the unknown field {name!r}{nearest(name, FIELDS)}; fields are {listed(FIELDS, 25)}."
        warn(Finding(source, line, Code.TABLE, message))
        return False


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, and what the tables of a site need beside them."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-table", EvidenceTableDirective)
    app.connect("html-page-context", files.add_to_page)
    app.connect("html-collect-pages", pages.part_pages)
    app.connect("build-finished", files.write_bibtex, priority=400)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
