"""How other Sphinx projects cite a page by the key of its paper, through ``objects.inv`` and intersphinx.

The inventory has each page twice: as ``atlas:paper``, for projects that load ``evidence_atlas``; and as a label, which
``:ref:`` finds in every project. Labels know no capitals, so there the key stands in lower case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.roles import XRefRole

import evidence_atlas
from evidence_atlas.builders import serves_files
from evidence_atlas.documents import Shown
from evidence_atlas.domain import atlas_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata


class PaperRole(XRefRole):
    """Links to the page of a paper by its key, here or in an atlas that ``intersphinx_mapping`` names."""

    def __init__(self) -> None:
        super().__init__(innernodeclass=nodes.inline, warn_dangling=True)

    def result_nodes(
        self, document: nodes.document, env: BuildEnvironment, node: nodes.Element, is_ref: bool
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Remember the paper, so that the document is written again when what it shows of it changes."""
        shown = atlas_domain(env).shown
        before = shown.get(env.docname, Shown())
        shown[env.docname] = replace(before, papers=tuple(sorted({*before.papers, node["reftarget"]})))
        return [node], []


def offer_labels(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Add the labels to what the inventory is made from, after the environment was kept; collect no page.

    A label that a document sets itself stays. In the environment, thousands of labels would be walked through once
    for each document that is read anew.
    """
    if serves_files(app.builder):
        labels = app.env.domains.standard_domain.labels
        for key, page in atlas_domain(app.env).papers.items():
            labels.setdefault(key.lower(), (page.docname, "", " ".join(page.reading.title.split())))
    return []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the role and connect the labels."""
    app.setup_extension("evidence_atlas.base")
    app.add_role_to_domain("atlas", "paper", PaperRole())
    app.connect("html-collect-pages", offer_labels)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
