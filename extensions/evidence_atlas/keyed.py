"""Directives that show a paper: the page's own, or another one by its key."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from evidence_atlas.domain import atlas_domain
from evidence_atlas.writing import WriteTime, show


class KeyedDirective(SphinxDirective):
    """A directive with an optional key of the bibliography, which leaves one part for write time."""

    optional_arguments = 1
    final_argument_whitespace = True
    part: ClassVar[type[WriteTime]]

    def run(self) -> list[nodes.Node]:
        """Return the part, or an error where it stands on a page of no paper and names none."""
        key = self.arguments[0].strip() if self.arguments else None
        if key is None and self.env.docname not in atlas_domain(self.env).stated:
            raise self.error(f"'{self.name}' needs the key of a paper here, since this is no evidence page.")
        source, line = self.get_source_info()
        part = self.part(docname=self.env.docname, key=key, file=source, lineno=line)
        self.set_source_info(part)
        show(self.env, part)
        return [part]
