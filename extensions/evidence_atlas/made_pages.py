"""Pages of a site that have no source of their own: each is written where it would show something else than before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    for name in before.keys() - now.keys():
        if name.startswith(f"{kind}:") and (gone := name.split(":", 2)[2]):
            files.remove(page_file(app, gone), Path(app.outdir))
