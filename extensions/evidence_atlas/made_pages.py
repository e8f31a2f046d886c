"""Pages of a site that have no source of their own: each is written where it would show something else than before.

Pages of lists differ in name, title and body only if they are of one depth; so the theme renders one of each depth, and
the others are made from it, which takes a tenth of the time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import evidence_atlas
from evidence_atlas.builders import has_own_pages
from evidence_atlas.core import files
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import language

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


Collected = Iterator[tuple[str, dict[str, Any], str]]  # as Sphinx takes pages: name, context, template
SECTION = '<section class="atlas-browse">'  # begins the body of a page of a list
IS_MADE = "atlas_is_made"  # what the theme renders such a page with has this name
SEPARATOR = "\n"  # of the parts of the names under which what such pages show is remembered; stands in no docname
MODEL, TITLE, BODY = "atlas0name", "atlas0title", "atlas0body"  # stand in the page that the others are made from


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page without a source.

    Attributes:
        name: Its name, as a document's.
        title: Its title.
        body: Its content, as HTML.
    """

    name: str
    title: str
    body: str

    def collected(self) -> tuple[str, dict[str, Any], str]:
        """Return it as Sphinx collects pages."""
        return self.name, {"title": self.title, "body": self.body, IS_MADE: True}, "page.html"


def made_names(app: Sphinx) -> list[str]:
    """Return the names of the lists that the site has now, in order; a name that a document has taken is its own."""
    names = {key.rpartition(SEPARATOR)[2] for key in atlas_domain(app.env).memory.now if SEPARATOR in key}
    return sorted(names - {""} - app.env.found_docs)


def below(docname: str, otherwise: str) -> str:
    """Return the name below which pages of a document stand.

    Args:
        docname: The document.
        otherwise: The last part of the name where the document is an index, which has all of its folder below it.
    """
    above, _slash, name = docname.rpartition("/")
    return docname if name != "index" else f"{above}/{otherwise}".removeprefix("/")


def page_file(app: Sphinx, name: str) -> Path:
    """Return the file of a page by its name."""
    return Path(app.builder.get_outfilename(name))  # type: ignore[attr-defined]


def frame_digest(app: Sphinx) -> str:
    """Return a digest of what the frame of a page shows: what makes Sphinx write every page again, and the atlas's version."""
    builder: Any = app.builder
    atlas = atlas_domain(app.env).atlas
    return digest_of(
        evidence_atlas.__version__,
        language(),
        builder.build_info.config_hash,
        repr((builder.templates.newest_template_mtime(), atlas.identity, atlas.settings, atlas.policy.version)),
    )


def digest_of(*parts: str) -> str:
    """Return a digest of what a page shows."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def must_write(app: Sphinx, file: Path, key: str, shown: str) -> bool:
    """Remember what a page shows, and tell whether it must be written: it shows something else than before, or is not there.

    Args:
        app: The build.
        file: The file of the page.
        key: The name under which its signature is kept between builds.
        shown: A digest of all that it shows, its frame included.
    """
    memory = atlas_domain(app.env).memory
    memory.announce([key])
    return memory.note(key, shown) or not file.exists()


@dataclass(frozen=True)
class Unmade:
    """A page that is made only where it must be written.

    Attributes:
        name: Its name, as a document's.
        shown: A digest of all that it shows but its frame.
        make: Makes it.
    """

    name: str
    shown: str
    make: Callable[[], MadePage]


def collected_pages(app: Sphinx, kind: str, pages: Iterable[Unmade]) -> Collected:
    """Yield the pages that must be written, as Sphinx collects them; delete those that are gone.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        pages: All pages of the kind.
    """
    names = {f"{kind}{SEPARATOR}{page.name}": page for page in pages if page.name not in app.env.found_docs}
    atlas_domain(app.env).memory.announce(names)
    frame = frame_digest(app) if names else ""
    for name, page in names.items():
        if must_write(app, page_file(app, page.name), name, digest_of(frame, page.shown)):
            yield page.make().collected()
    _delete_gone(app, kind)


def _delete_gone(app: Sphinx, kind: str) -> None:
    """Delete the pages of a kind that are no longer made, unless a document has taken the name.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
    """
    memory = atlas_domain(app.env).memory
    for name in memory.before.keys() - memory.now.keys():
        page = name.rpartition(SEPARATOR)[2]
        if name.startswith(f"{kind}{SEPARATOR}") and page and page not in app.env.found_docs:
            files.remove(page_file(app, page), Path(app.outdir))


def changed_pages(
    app: Sphinx, kind: str, asked: Mapping[str, object], pages: Callable[[str], Iterable[MadePage]]
) -> Iterator[tuple[str, list[MadePage]]]:
    """Yield the documents below which pages must be written, with these pages; delete those that are gone.

    A page whose name a document has taken is left to the document.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        asked: What directives ask for, by document. Where it, the title and all that the document shows are as before, its
            pages are not made at all.
        pages: Makes the pages of a document.
    """
    if not has_own_pages(app.builder):
        return
    domain = atlas_domain(app.env)
    memory = domain.memory
    frame = frame_digest(app) if asked else ""
    for docname in sorted(asked):
        rests_on = repr((app.env.titles[docname].astext(), asked[docname], domain.signature(docname)))
        mine, whole = SEPARATOR.join([kind, docname, ""]), digest_of(frame, rests_on)
        kept = {name: digest for name, digest in memory.before.items() if digest is not None and name.startswith(mine)}
        if kept.get(mine) == whole and all(page_file(app, name.removeprefix(mine)).exists() for name in kept.keys() - {mine}):
            memory.now.update(kept)
            continue
        changed = []
        for page in pages(docname):
            is_other = memory.note(mine + page.name, digest_of(frame, page.title, page.body))
            is_taken = page.name in app.env.found_docs  # noted all the same: once the document is gone, the file is missing
            if not is_taken and (is_other or not page_file(app, page.name).exists()):
                changed.append(page)
        if changed:
            memory.announce(mine + page.name for page in changed)
            yield docname, changed
        memory.now[mine] = whole
    _delete_gone(app, kind)


def lists_of_documents(
    app: Sphinx, kind: str, asked: Mapping[str, object], pages: Callable[[str], Iterable[MadePage]]
) -> Collected:
    """Yield what the theme renders for lists below documents, and make the pages that changed; delete those that are gone.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        asked: What directives ask for, by document.
        pages: Makes the pages of a document.
    """
    for docname, changed in changed_pages(app, kind, asked, pages):
        models = _by_model(docname, changed)
        atlas_domain(app.env).memory.announce(SEPARATOR.join([kind, docname, model]) for model in models)
        for model, alike in models.items():
            yield MadePage(model, TITLE, BODY).collected()
            _write_alike(app, model, alike)


def _by_model(docname: str, pages: Iterable[MadePage]) -> dict[str, list[MadePage]]:
    """Return pages by the name of the one after which those of their depth are made.

    Args:
        docname: The document below which they stand.
        pages: The pages.
    """
    same = docname.count("/") + 1  # parts of their names
    models: dict[str, list[MadePage]] = defaultdict(list)
    for page in pages:
        parts = page.name.split("/")
        models["/".join([*parts[:same], *[MODEL] * (len(parts) - same)])].append(page)
    return models


def _write_alike(app: Sphinx, model: str, pages: Sequence[MadePage]) -> None:
    """Write pages of one depth after the model that the theme has rendered, and remove the model.

    Args:
        app: The build.
        model: The name of the model.
        pages: The pages.
    """
    file = page_file(app, model)
    rendered = file.read_text(encoding="utf-8")
    files.remove(file, Path(app.outdir))
    start = model.partition(f"/{MODEL}")[0]
    name = model.removeprefix(start)
    for page in pages:
        own = page.name.removeprefix(start)
        text = rendered.replace(name, own).replace(quote(name, safe=""), quote(own, safe="")).replace(TITLE, escape(page.title))
        target = page_file(app, page.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_changed(target, text.replace(BODY, page.body))


def add_style(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add the style of lists to the pages that have them."""
    body = context.get("body") or ""
    if doctree is None and (body == BODY or body.startswith(SECTION)):
        app.add_css_file("browse.css", priority=600)  # after that of a table


def connect(app: Sphinx) -> None:
    """Connect what all these pages need."""
    app.connect("html-page-context", add_style)
