"""A toctree of all evidence pages for the builders that put all pages into one document.

On a site the pages stand in no toctree, since a list of all pages on every page makes a build quadratic. But
LaTeX, singlehtml, man and texinfo leave out what no toctree names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.transforms import SphinxTransform

import evidence_atlas
from evidence_atlas.domain import atlas_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

COLLATING = frozenset({"latex", "singlehtml", "man", "texinfo"})


def collates(builder: Builder) -> bool:
    """Whether a builder assembles all pages into one document; another builder says so by ``atlas_collates``."""
    return builder.name in COLLATING or bool(getattr(builder, "atlas_collates", False))


def collected(env: BuildEnvironment) -> tuple[str, ...]:
    """Return the documents that the toctree names for this builder: all evidence pages, or none."""
    if not collates(atlas_domain(env).builder):
        return ()
    project = atlas_domain(env).atlas.project
    return tuple(docname for docname in sorted(env.found_docs) if project.is_evidence_page(docname))


class Collect(SphinxTransform):
    """Appends the toctree to the root document."""

    default_priority = 600

    def apply(self, **kwargs: Any) -> None:
        """Append the toctree, if there is anything to collect."""
        if self.env.docname != self.config.root_doc:
            return
        names = collected(self.env)
        atlas_domain(self.env).collected[self.env.docname] = names
        if names:
            body = next(self.document.findall(nodes.section), self.document)
            toctree = addnodes.toctree(
                parent=self.env.docname,
                entries=[(None, name) for name in names],
                includefiles=list(names),
                maxdepth=1,
                caption="",
                glob=False,
                hidden=True,
                includehidden=False,
                numbered=0,
                titlesonly=True,
            )
            body.append(toctree)


def find_outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> Iterable[str]:
    """Return the root document where what it should collect is not what it collected."""
    root = app.config.root_doc
    return [root] if atlas_domain(env).collected.get(root, ()) != collected(env) else []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform."""
    app.setup_extension("evidence_atlas.base")
    app.add_transform(Collect)
    app.connect("env-get-outdated", find_outdated)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
