"""What lies beside the tables of a site: their script and style where there is a table, and BibTeX by year to export."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from evidence_atlas.builders import has_own_pages
from evidence_atlas.core import files
from evidence_atlas.domain import Paper, atlas_domain
from evidence_atlas.tables.data import BIBTEX_FOLDER, shard
from evidence_atlas.tables.part import folder

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def add_to_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add script and style to a document that has a table with controls, and the style to the further pages of tables."""
    if not has_own_pages(app.builder):
        return
    tabled = atlas_domain(app.env).tabled
    if doctree is not None and page in tabled:
        app.add_css_file("table.css")
        app.add_js_file("table.js", loading_method="defer")
    elif doctree is None and page.rpartition("/")[0] in {
        folder(docname, table) for docname in tabled for table in tabled[docname]
    }:
        app.add_css_file("table.css")


def write_bibtex(app: Sphinx, exception: Exception | None) -> None:
    """Write a file of BibTeX entries by key for each year, where one changed; delete those of years that are gone.

    An export asks for the years that it needs: at thousands of papers neither a file for each nor one for all is small.
    """
    domain = atlas_domain(app.env)
    if exception is not None or not has_own_pages(app.builder) or not any(shown.everything for shown in domain.shown.values()):
        return
    folder, name = Path(app.outdir, BIBTEX_FOLDER), f"{BIBTEX_FOLDER}/"
    shown = [(domain.atlas.bibliography.digest(key), domain.papers[key].notices) for key in sorted(domain.papers)]
    signature = hashlib.blake2b(repr(shown).encode(), digest_size=12).hexdigest()
    if not domain.memory.note(name, signature) and folder.is_dir():
        return
    folder.mkdir(exist_ok=True)
    years: dict[str, list[Paper]] = defaultdict(list)
    for paper in domain.papers.values():
        years[shard(paper)].append(paper)
    for year, papers in years.items():
        entries = {paper.record.paper: paper.cited_as("paper.bib") for paper in papers}
        files.write_changed(folder / f"{year}.json", json.dumps(entries, ensure_ascii=False, sort_keys=True))
    for file in folder.glob("*.json"):
        if file.stem not in years:
            file.unlink()
