"""The files beside a page: the paper and the page itself in citation formats, and ``record.json``, the page as data."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.builders import serves_files
from evidence_atlas.core import files, own_reference
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.citation import FORMATS
from evidence_atlas.core.digest import SCHEMA
from evidence_atlas.domain import Paper, atlas_domain

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
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


def delete_gone(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Delete the files of pages that are gone, and those beside documents that are no page of the atlas any more."""
    if serves_files(app.builder):
        domain = atlas_domain(env)
        for docname in domain.memory.documents - domain.pages.keys():
            record = Path(app.outdir, docname, "record.json")
            if record.exists():
                own = Path(app.builder.get_outfilename(docname))  # type: ignore[attr-defined]
                kept = {own} if docname in env.found_docs else set()  # it is an ordinary page now, or says what is wrong
                rest = {*record.parent.iterdir(), own} - kept - {record}
                for file in [*sorted(rest), record]:  # the record last: by it, what a killed build leaves is found
                    files.remove(file, Path(app.outdir))
    return []


def write_the_rest(app: Sphinx, exception: Exception | None) -> None:
    """Write the files where all pages are in one document."""
    if exception is None and app.builder.name == "singlehtml":
        for page in atlas_domain(app.env).pages.values():
            write_files(app, page)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the writing of files."""
    app.setup_extension("evidence_atlas.base")
    app.connect("html-page-context", write_beside_page)
    app.connect("html-page-context", say_version)
    app.connect("env-updated", delete_gone, priority=600)  # once it is known which documents there were
    app.connect("build-finished", write_the_rest)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
