"""What every part of the atlas stands on: settings, the domain, reading pages into it, writing from it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.config import Config

import evidence_atlas
from evidence_atlas import made_pages, sparing, writing
from evidence_atlas.core import style
from evidence_atlas.core.atlas import assemble
from evidence_atlas.core.checker import check_page, page_inputs
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.references import Bibliography, drop_unsafe_links
from evidence_atlas.core.settings import NAMES, find_project
from evidence_atlas.documents import Stated
from evidence_atlas.domain import AtlasDomain, atlas_domain, warn
from evidence_atlas.writing import references_digest
from indexed_bibtex.domain import IndexedBibtexDomain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

# what an atlas wants of Sphinx and of the extensions that it loads, unless conf.py says otherwise
_WANTED = {
    "bibtex_default_style": style.NAME,
    "bibtex_reference_style": "author_year",
    "html_copy_source": False,
    "latex_engine": "xelatex",  # authors have names in every script
}
READ_WITH = ("evidence", "works_cited", "guard")  # settings that decide how documents are read


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load the parsers, add the domain and the settings, connect reading and writing."""
    sparing.connect(app)  # before Sphinx loads what it knows from an earlier build, which then takes half as long
    for extension in ("evidence_atlas.language", "myst_parser", "indexed_bibtex.bibfiles", "sphinx_design"):
        app.setup_extension(extension)
    for name in NAMES:
        app.add_config_value(f"atlas_{name}", None, "")
    app.add_domain(AtlasDomain)
    app.connect("config-inited", find_files, priority=100)
    app.connect("builder-inited", read_files)
    app.connect("builder-inited", forget_torn_note)
    app.connect("env-get-outdated", find_outdated)
    app.connect("source-read", read_source, priority=200)
    app.connect("env-updated", mark_as_orphans)
    writing.connect(app)
    made_pages.connect(app)
    return {
        "version": evidence_atlas.__version__,
        "env_version": AtlasDomain.data_version,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def forget_torn_note(app: Sphinx) -> None:
    """Delete Sphinx's own note of a site where a build that was killed left it empty: the next build would break off at it."""
    note = Path(app.outdir, ".buildinfo")
    if note.is_file() and not note.stat().st_size:
        note.unlink()


def find_files(app: Sphinx, config: Config) -> None:
    """Find the atlas's settings and files, and tell the other extensions of them."""
    overrides = {name: value for name in NAMES if (value := config[f"atlas_{name}"]) is not None}
    project, findings = find_project(Path(app.confdir), overrides)
    app.atlas_project = (project, findings)  # type: ignore[attr-defined]
    chosen = config._raw_config.keys() | config.overrides.keys()
    for name, value in _WANTED.items():
        if name not in chosen:
            config[name] = value
    if config.html_theme == "evidence_atlas" and "html_use_index" not in chosen:
        config.html_use_index = False  # the theme has no link to it; a project in another theme keeps its own
    if "author" not in chosen:
        config.author = project.settings.operator
    if not config.bibtex_bibfiles:
        config.bibtex_bibfiles = [os.path.relpath(path, app.srcdir) for path in project.bibliography]


def read_files(app: Sphinx) -> None:
    """Read policy and notices; take the bibliography as the cite domain has read it."""
    project, findings = app.atlas_project  # type: ignore[attr-defined]
    cited: Any = app.env.get_domain("cite")
    file = str(project.bibliography[0]) if project.bibliography else ""
    findings += [Finding(file, 1, Code.UNSAFE_LINK, message) for message in drop_unsafe_links(cited.bibdata.data.entries)]
    atlas, wrong = assemble(project, Bibliography(cited.bibdata.data.entries))
    atlas_domain(app.env).atlas, atlas_domain(app.env).builder = atlas, app.builder
    if isinstance(cited, IndexedBibtexDomain):
        chosen = cited.formatter.style(app.config.bibtex_default_style)
        if isinstance(chosen, style.AtlasStyle):
            chosen.references = atlas.bibliography
    for finding in sorted({*findings, *wrong}, key=str):
        warn(finding)


def find_outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> Iterable[str]:
    """Return the pages whose reference or rows of the policy, and the documents whose cited works, have changed.

    A setting that decides how documents are read makes all of them outdated.
    """
    domain = atlas_domain(env)
    atlas = domain.atlas
    now = repr([getattr(atlas.settings, name) for name in READ_WITH])
    before, env.atlas_read_with = getattr(env, "atlas_read_with", now), now  # type: ignore[attr-defined]
    if now != before:
        return env.found_docs - removed
    pages = (name for name, s in domain.stated.items() if s.inputs != page_inputs(s.record, atlas.policy, atlas.bibliography))
    citing = (name for name, s in domain.shown.items() if s.cited and s.inputs != references_digest(atlas, s.cited))
    return {*pages, *citing} - removed


def read_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Check an evidence page, keep its record, and leave blank lines in place of its front matter."""
    domain = atlas_domain(app.env)
    if not domain.atlas.project.is_evidence_page(docname) or not str(path := app.env.doc2path(docname)).endswith(".md"):
        return
    checked = check_page(str(path), source[0], domain.atlas.policy, domain.atlas.bibliography)
    app.env.temp_data["atlas_checked"] = (source[0], checked)
    source[0] = checked.body
    app.env.temp_data["atlas_page"] = checked.page
    for finding in checked.findings:
        warn(finding)
    inputs = page_inputs(checked.record, domain.atlas.policy, domain.atlas.bibliography)
    digest = hashlib.blake2b(repr(checked.record).encode(), digest_size=12).hexdigest()
    domain.stated[docname] = Stated(checked.record, checked.front.line(("evidence", "paper")), inputs, digest)


def mark_as_orphans(app: Sphinx, env: BuildEnvironment) -> None:
    """Let evidence pages stand outside every toctree without a warning: the atlas's own index lists them."""
    for docname in atlas_domain(env).stated:
        env.metadata[docname].setdefault("orphan", "")
