"""Pages of a site that have no source of their own: each is written where it would show something else than before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.core import files
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import language
from evidence_atlas.writing import announce

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from evidence_atlas.browse_html import BrowsePage


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
    announce(app, [key])
    app.atlas_signatures[key] = shown  # type: ignore[attr-defined]
    return bool(app.atlas_before.get(key) != shown) or not file.exists()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Unmade:
    """A page that is made only where it must be written.

    Attributes:
        name: Its name, as a document's.
        shown: A digest of all that it shows but its frame.
        make: Makes its title, and its content as HTML.
    """

    name: str
    shown: str
    make: Callable[[], tuple[str, str]]


def collected_pages(app: Sphinx, kind: str, pages: Iterable[Unmade]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the pages that must be written, as Sphinx collects them; delete those that are gone.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        pages: All pages of the kind.
    """
    names = {f"{kind}:{page.name}": page for page in pages if page.name not in app.env.found_docs}
    announce(app, names)
    frame = frame_digest(app) if names else ""
    for name, page in names.items():
        if must_write(app, page_file(app, page.name), name, digest_of(frame, page.shown)):
            title, body = page.make()
            yield page.name, {"title": title, "body": body}, "page.html"
    _delete_gone(app, kind, lambda name: name.partition(":")[2])


def _delete_gone(app: Sphinx, kind: str, page_of: Callable[[str], str]) -> None:
    """Delete the pages of a kind that are no longer made, unless a document has taken the name.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        page_of: Gives the name of a page by the one under which it is remembered; nothing where that is of no page.
    """
    for name in app.atlas_before.keys() - app.atlas_signatures.keys():  # type: ignore[attr-defined]
        if name.startswith(f"{kind}:") and (page := page_of(name)) and page not in app.env.found_docs:
            files.remove(page_file(app, page), Path(app.outdir))


def changed_pages(
    app: Sphinx, kind: str, shown: Mapping[str, str], pages: Callable[[str], Iterable[BrowsePage]]
) -> Iterator[tuple[str, list[BrowsePage]]]:
    """Yield the documents below which pages must be written, with these pages; delete those that are gone.

    Args:
        app: The build.
        kind: Begins the names of such pages among what is remembered between builds.
        shown: What these pages rest on, by document; where it is as before, they are not made at all.
        pages: Makes the pages of a document.
    """
    now: dict[str, str] = app.atlas_signatures  # type: ignore[attr-defined]
    before: Mapping[str, str] = app.atlas_before  # type: ignore[attr-defined]
    frame = frame_digest(app) if shown else ""
    for docname, rests_on in sorted(shown.items()):
        mine, whole = f"{kind}:{docname}:", digest_of(frame, rests_on)
        kept = {name: digest for name, digest in before.items() if name.startswith(mine)}
        if kept.get(mine) == whole and all(page_file(app, name.removeprefix(mine)).exists() for name in kept.keys() - {mine}):
            now.update(kept)
            continue
        changed = []
        for page in pages(docname):
            now[mine + page.name] = digest_of(frame, page.title, page.body)
            if kept.get(mine + page.name) != now[mine + page.name] or not page_file(app, page.name).exists():
                changed.append(page)
        if changed:
            announce(app, [mine + page.name for page in changed])
            yield docname, changed
        now[mine] = whole
    _delete_gone(app, kind, lambda name: name.split(":", 2)[2])
