"""The rows of a long table that do not stand in its document: pages without a source, which the table's script reads too.

So no page grows with the atlas, and a table is whole without script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_atlas.browse_html import BrowsePage, BrowseWriter
from evidence_atlas.core import files
from evidence_atlas.domain import Tabled, atlas_domain
from evidence_atlas.language import _
from evidence_atlas.long_lists import page_names, span_name
from evidence_atlas.made_pages import digest_of, frame_digest, page_file
from evidence_atlas.tables.part import folder, table_part
from evidence_atlas.tables.rows import rows_of
from evidence_atlas.writing import Writing, announce, has_own_pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx

REMEMBERED = "table:"  # begins the names of these pages among what is remembered between builds


def part_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the pages that changed, of the tables of all documents; delete those that are gone."""
    if not has_own_pages(app.builder):
        return
    domain = atlas_domain(app.env)
    now: dict[str, str] = app.atlas_signatures  # type: ignore[attr-defined]
    before: Mapping[str, str] = app.atlas_before  # type: ignore[attr-defined]
    frame = frame_digest(app) if domain.tabled else ""
    for docname, tables in sorted(domain.tabled.items()):
        whole = digest_of(frame, repr((app.env.titles[docname].astext(), tables)), domain.signature(docname))
        mine = f"{REMEMBERED}{docname}:"
        names = {name.removeprefix(mine) for name in before if name.startswith(mine)} - {""}
        if before.get(mine) == whole and all(page_file(app, name).exists() for name in names):
            now.update({mine + name: before[mine + name] for name in ("", *names)})
            continue
        for tabled in tables:
            for page in _pages(app, docname, tabled):
                now[mine + page.name] = digest_of(frame, page.title, page.body)
                if before.get(mine + page.name) != now[mine + page.name] or not page_file(app, page.name).exists():
                    announce(app, [mine + page.name])
                    yield page.name, {"title": page.title, "body": page.body}, "page.html"
        now[mine] = whole
    for name in before.keys() - now.keys():
        if name.startswith(REMEMBERED) and (gone := name.removeprefix(REMEMBERED).partition(":")[2]):
            files.remove(page_file(app, gone), Path(app.outdir))


def _pages(app: Sphinx, docname: str, tabled: Tabled) -> Iterator[BrowsePage]:
    """Yield the pages of a table but for its document, which has the first of its parts."""
    domain, builder, title = atlas_domain(app.env), app.builder, app.env.titles[docname].astext()
    rows = rows_of(tabled, domain)
    writer = BrowseWriter(docname, title, builder.get_target_uri, domain.shown_atlas)
    for place, name in enumerate(page_names(folder(docname, tabled), len(rows.parts))):
        if not place or name in app.env.found_docs:
            continue
        part = table_part(rows, place, tabled, docname, Writing(name, builder, domain))
        whole = f'<a href="{writer.address(name, docname)}">{escape(title)}</a>'
        about = escape(_("To sort and filter: {table}.")).format(table=whole)
        shown = builder.render_partial(part)["fragment"]  # type: ignore[attr-defined]
        yield writer.page(name, f"{title}, {span_name(rows.spans[place])}", [(title, docname)], f"<p>{about}</p>\n{shown}")
