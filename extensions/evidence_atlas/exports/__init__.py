"""The whole atlas as files, at the end of a build: data, citations, feeds, sitemap.

They are made from the files that lie beside each page, one page after the other, and only when one of those changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import evidence_atlas
from evidence_atlas.builders import serves_files
from evidence_atlas.core.files import remove
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.history import read_changes
from evidence_atlas.page_files import write_files

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

FORM = 1  # of what is remembered


class Memory:
    """What a builder remembers of its exports: a digest of what they were made of, and their files."""

    def __init__(self, app: Sphinx) -> None:
        self.file = Path(app.doctreedir) / f"atlas-exports-{app.builder.name}.json"
        try:
            data = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        self.made_of: str = data.get("made-of", "")
        self.files: list[str] = data.get("files", [])

    def write(self, made_of: str, files: list[str]) -> None:
        """Keep what is there now."""
        self.file.write_text(json.dumps({"made-of": made_of, "files": files}), encoding="utf-8")


def write_exports(app: Sphinx, exception: Exception | None) -> None:
    """Write the exports, if anything changed, and delete those that are gone."""
    if exception is not None or not serves_files(app.builder) or not app.config.atlas_exports:
        return
    domain, memory, root = atlas_domain(app.env), Memory(app), Path(app.outdir)
    if not domain.stated and not memory.files:
        return
    _complete(app, domain)
    made_of = _made_of(app, domain)
    if memory.made_of == made_of and all((root / name).is_file() for name in memory.files):
        return
    files = sorted(_write(app, domain, root)) if domain.stated else []
    for name in set(memory.files) - set(files):
        remove(root / name, root)
    memory.write(made_of, files)


def _complete(app: Sphinx, domain: AtlasDomain) -> None:
    """Bring back what exports are made from: files that were deleted, and the history, which only writing reads."""
    for page in domain.pages.values():
        if not Path(app.outdir, page.docname, "record.json").is_file():
            write_files(app, page)
    if not domain.history.changes and not domain.history.unknown:
        read_changes(app, app.builder)


def _made_of(app: Sphinx, domain: AtlasDomain) -> str:
    """Return a digest of all that exports are made of: pages by size and time of their record, and what holds for all."""
    atlas, pages = domain.atlas, domain.pages
    states = ((name, os.stat(f"{app.outdir}/{name}/record.json")) for name in pages)  # noqa: PTH116  (thousands of them)
    stamps = [(name, state.st_size, state.st_mtime_ns) for name, state in states]
    common = (FORM, evidence_atlas.__version__, atlas.identity, atlas.settings, atlas.policy.whole_digest, app.config.language)
    history = [(name, changes[0]) for name, changes in sorted(domain.history.changes.items())]
    digest = hashlib.blake2b(digest_size=16)
    for part in (common, stamps, history, [page.notices for page in pages.values() if page.notices], [*_sitemap(app)]):
        digest.update(repr(part).encode())
    return digest.hexdigest()


def _sitemap(app: Sphinx) -> Iterator[tuple[str, str]]:
    from evidence_atlas.exports.sitemap import addresses

    return addresses(app)


def _write(app: Sphinx, domain: AtlasDomain, root: Path) -> Iterator[str]:
    """Write all, and yield the paths of the files below the root of the site."""
    from evidence_atlas.core import files
    from evidence_atlas.exports import schemas

    yield from _write_data(domain, root)
    small = schemas.schemas(domain.atlas) | _for_the_web(app, domain)
    for name, text in small.items():
        files.write(root / name, text)
        yield name


def _write_data(domain: AtlasDomain, root: Path) -> Iterator[str]:
    """Write what holds the pages, reading each page once."""
    from evidence_atlas.exports import database, shards, table, whole
    from evidence_atlas.exports.rows import read_row

    atlas, count = domain.atlas, len(domain.pages)
    briefs = shards.Shards()
    with ExitStack() as stack:
        opened = [
            whole.open_files(root, atlas, count, lambda row: domain.papers[row.record["paper"]].docname == row.docname),
            table.open_file(root),
            database.open_file(root, atlas, whole.head(atlas, count)),
        ]
        adders = [*(stack.enter_context(one) for one in opened), briefs.add]
        for docname in domain.pages:
            row = read_row(docname, root / docname)
            for add in adders:
                add(row)
    yield from (*whole.FILES, table.FILE, database.FILE)
    yield from briefs.write(root, atlas, count)


def _for_the_web(app: Sphinx, domain: AtlasDomain) -> dict[str, str]:
    """Return feeds, sitemap and ``robots.txt``, as far as the atlas has an address and the project none of its own."""
    from evidence_atlas.exports import feeds, sitemap
    from evidence_atlas.metadata import has_feeds

    base = domain.atlas.settings.base_url
    if not base or app.builder.name == "singlehtml":
        return {}
    made = feeds.feeds(domain, app.config.language) if has_feeds(domain) else {}
    if "sphinx_sitemap" not in app.extensions:
        made |= sitemap.sitemaps(base, sitemap.addresses(app))
        made["robots.txt"] = sitemap.robots(base)
    return {name: text for name, text in made.items() if not _is_brought(app, name)}


def _is_brought(app: Sphinx, name: str) -> bool:
    """Whether the project brings a file of that name itself (``html_extra_path``)."""
    paths: Any = (Path(app.confdir, path) for path in app.config.html_extra_path)
    return any(path.name == name if path.is_file() else (path / name).is_file() for path in paths)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect to the end of a build, when the files of all pages are there."""
    app.setup_extension("evidence_atlas.metadata")
    app.add_config_value("atlas_exports", True, "", types=(bool,))
    app.connect("build-finished", write_exports, priority=600)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
