"""Pages of a site that have no source of their own: each is written where it would show something else than before."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.domain import atlas_domain
from evidence_atlas.language import language
from evidence_atlas.writing import announce

if TYPE_CHECKING:
    from sphinx.application import Sphinx


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
