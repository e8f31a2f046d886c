"""What is searched of each page: its own text, without what only leads on, as one small HTML file that Pagefind reads.

A record is written with its page, by whichever process writes the page, and left alone where it says the same as
before. So the times of the files say whether there is anything new to search.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.domain import Paper, atlas_domain
from evidence_atlas.fields import FIELDS
from evidence_atlas.language import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FACETS = ("pem", "design", "level", "context", "topic", "year", "journal")  # names of fields

# lists, what stands in the record by itself, and examples that nobody is to take for a finding; parts that are HTML on a
# site are left out as such
_LEFT_OUT = frozenset(
    {"atlas-codes", "atlas-made-up", "atlas-summary", "atlas-table", "atlas-works", "atlas-years", "toctree-wrapper"}
)


def folder_of(app: Sphinx) -> Path:
    """Return the folder of a builder's records, which mirrors the folder that it writes to."""
    return Path(app.doctreedir) / f"atlas-search-{app.builder.name}"


def _place(app: Sphinx, docname: str) -> Path:
    page = Path(app.builder.get_outfilename(docname))  # type: ignore[attr-defined]
    return folder_of(app) / page.relative_to(app.outdir)


def keep(app: Sphinx, docname: str, doctree: nodes.document) -> None:
    """Write the record of a page, unless it is there already."""
    path = _place(app, docname)
    if app.env.metadata[docname].keys() & {"no-search", "nosearch"}:
        path.unlink(missing_ok=True)
        return
    new = record(app.env, docname, doctree)
    if not path.is_file() or path.read_text(encoding="utf-8") != new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(new, encoding="utf-8")


def drop_gone(app: Sphinx) -> None:
    """Delete the records of documents that are no longer there."""
    wanted = {str(_place(app, docname)) for docname in app.env.found_docs}
    for path in paths_of(app):
        if path not in wanted:
            Path(path).unlink()


def paths_of(app: Sphinx) -> list[str]:
    """Return the paths of all records, sorted; as text, since sorting thousands of path objects takes its time."""
    return sorted(os.path.join(place, name) for place, _folders, names in os.walk(folder_of(app)) for name in names)  # noqa: PTH118


def record(env: BuildEnvironment, docname: str, doctree: nodes.document) -> str:
    """Return the record of a document.

    Args:
        env: Knows the papers.
        docname: The document.
        doctree: Its doctree with all references resolved, as it is written.
    """
    domain = atlas_domain(env)
    page = domain.pages.get(docname)
    title = env.titles[docname].astext() if docname in env.titles else docname
    head, foot = (_facts(page, domain.atlas), _work(page)) if page else ("", "")
    text = "\n".join(f"<{tag}>{escape(content, quote=False)}</{tag}>" for tag, content in _blocks(doctree))
    language = escape(env.config.language)
    return f'<html lang="{language}"><head>\n{_meta("meta", "title", title)}{head}</head><body>\n{text}\n{foot}</body></html>\n'


def _blocks(node: nodes.Node) -> Iterator[tuple[str, str]]:
    """Yield the headings and paragraphs below a node, each with its tag; the document's own title is left out."""
    if isinstance(node, (nodes.Invisible, nodes.raw, nodes.system_message)):
        return
    if isinstance(node, nodes.Element) and _LEFT_OUT & set(node["classes"]):
        return
    if isinstance(node, nodes.TextElement):
        if not (isinstance(node, nodes.title) and isinstance(node.parent.parent, nodes.document)):
            yield "h2" if isinstance(node, nodes.title) else "p", node.astext()
        return
    for child in node.children:
        yield from _blocks(child)


def _facts(page: Paper, atlas: Atlas) -> str:
    """Return what a result shows besides its title, and the values of its facets."""
    notices = [_(notice.label) for notice in atlas.notices_of(page.record.paper)]
    shown = {"summary": page.record.summary, "badge": page.badge.label, "notice": notices[0] if notices else ""}
    rows = [("meta", name, value) for name, value in shown.items()]
    rows += [("filter", name, value) for name in FACETS for value in facet_values(page, name, atlas)]
    return "".join(_meta(*row) for row in rows if row[-1])


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta data-pagefind-{kind}="{name}[content]" content="{escape(value)}">\n'


def facet_values(page: Paper, name: str, atlas: Atlas) -> list[str]:
    """Return the values of a page in a facet, without line breaks and blanks at their ends, as browsers send them."""
    return [value for text in FIELDS[name].values(page, atlas) if (value := " ".join(text.split()))]


def _work(page: Paper) -> str:
    """Return the paper by the words that a reader may know it by."""
    work = page.reference
    names = ", ".join(" ".join(part for part in (name.particle, name.family) if part) for name in work.authors)
    facts = (f"{names} ({work.year or 'undated'})", work.container, work.doi, work.pmid, work.key)
    return "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in (work.title, ". ".join(filter(None, facts))))
