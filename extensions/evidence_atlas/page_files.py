"""The files beside a page: the paper and the page itself in citation formats, and ``record.json``, the page as data."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.core import files, own_reference
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.citation import FORMATS
from evidence_atlas.core.digest import SCHEMA
from evidence_atlas.domain import Paper, atlas_domain
from evidence_atlas.writing import serves_files

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def record_json(page: Paper, atlas: Atlas) -> dict[str, Any]:
    """Return a page as data.

    The digest covers what the page says (record, reference, verdict, notices, text) and not when or by which
    version of the policy it was said, nor who was asked about notices: that changes with every question.
    """
    content = page.content()
    return {
        "schema": SCHEMA,
        "title": page.reading.title,
        **content,
        "pem": content["pem"] | {"policy": page.verdict.policy},
        "badge": page.verdict.label,
        "limitations": page.reading.limitations,
        "notice-checks": [check.as_data() for check in page.checks],
        "versions": atlas.versions(),
        "addresses": {"page": atlas.address(page.docname), "citable": atlas.citable_address(page.docname)},
        "digest": page.digest,
    }


def record_bytes(page: Paper, atlas: Atlas) -> bytes:
    """Return ``record.json`` as it lies beside a page and travels inside its PDF."""
    return f"{json.dumps(record_json(page, atlas), ensure_ascii=False)}\n".encode()


def write_files(app: Sphinx, page: Paper) -> None:
    """Write the files of one page."""
    atlas = atlas_domain(app.env).atlas
    folder = Path(app.outdir, page.docname)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.json").write_bytes(record_bytes(page, atlas))  # first: by it, what a killed build leaves is found
    own = own_reference.own_reference(page.docname, page.reading.title, page.digest, atlas)
    texts = {name: page.cited_as(name) for name in FORMATS}
    texts |= {name: render(own) for name, render in own_reference.FORMATS.items()}
    for name, text in texts.items():
        files.write_changed(folder / name, text)


def write_beside_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the files of a page when the page itself is written."""
    if doctree is not None and serves_files(app.builder) and (page := atlas_domain(app.env).pages.get(pagename)):
        write_files(app, page)


def say_version(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Say in the head of each page of a site which version it is, and of an evidence page its citable address and digest."""
    if not serves_files(app.builder):
        return
    domain = atlas_domain(app.env)
    said = {"atlas-version": domain.atlas.identity.version}
    if page := domain.pages.get(pagename):
        said |= {"atlas-address": domain.atlas.citable_address(pagename), "atlas-digest": page.digest}
    tags = "".join(f'\n<meta name="{name}" content="{escape(value)}">' for name, value in said.items())
    context["metatags"] = f"{context.get('metatags') or ''}{tags}"


def write_the_rest(app: Sphinx, exception: Exception | None) -> None:
    """Write the files where all pages are in one document, and delete those of pages that are gone."""
    if exception is not None or not serves_files(app.builder):
        return
    pages = atlas_domain(app.env).pages
    if app.builder.name == "singlehtml":
        for page in pages.values():
            write_files(app, page)
    evidence = atlas_domain(app.env).atlas.settings.evidence
    for record in Path(app.outdir, evidence).glob("*/record.json"):
        docname = f"{evidence}/{record.parent.name}"
        if docname not in pages:
            own = app.builder.get_outfilename(docname)  # type: ignore[attr-defined]
            kept = {Path(own)} if docname in app.env.found_docs else set()  # its record cannot be used now; the page says so
            rest = {*record.parent.iterdir(), Path(own)} - kept - {record}
            for file in [*sorted(rest), record]:  # the record last: by it, what a killed build leaves is found
                files.remove(file, Path(app.outdir))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the writing of files."""
    app.setup_extension("evidence_atlas.base")
    app.connect("html-page-context", write_beside_page)
    app.connect("html-page-context", say_version)
    app.connect("build-finished", write_the_rest)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
