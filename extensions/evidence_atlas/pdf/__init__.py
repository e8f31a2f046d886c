"""PDFs of the atlas: one of each evidence page, and a volume of all of them.

Pages and volume are made by ``typst_builder``, which knows nothing of evidence. Here stands what it is told: which
documents there are, what each PDF says of itself, and the two files that give an evidence page its look.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.config import Config

import evidence_atlas
from evidence_atlas.core.digest import SCHEMA
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.slugs import slug
from evidence_atlas.domain import AtlasDomain, Paper, atlas_domain, warn
from evidence_atlas.language import SOURCE, _, language, ngettext
from evidence_atlas.page_files import record_bytes
from evidence_atlas.pdf.data import back_matter, colophon, listed
from evidence_atlas.writing import Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from typst_builder.about import About, Part, Volume

HERE = Path(__file__).parent
_SAID = re.compile(r'\bsay\(\s*"([^"]+)"')  # the words of the template
# the paper's files are linked, and their listing is for a screen, with a button to copy; the colophon says the history
_LEFT_OUT = ("atlas-bibtex", "atlas-history")
_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def configure(app: Sphinx, config: Config) -> None:
    """Tell the builder, where it was asked for, of evidence: its pages and how they look, unless ``conf.py`` says otherwise."""
    if "typst_builder" not in app.extensions:
        return
    app.connect("typst-volumes", gather)
    app.connect("typst-document", describe)
    project, _findings = app.atlas_project  # type: ignore[attr-defined]
    evidence = project.settings.evidence
    wanted = {
        "typst_pages": [f"{evidence}/*", f"!{evidence}/index"],
        "typst_base_url": project.settings.base_url,
        "typst_template": str(HERE / "template.typ"),
        "typst_left_out": list(_LEFT_OUT),
    }
    if language() != SOURCE:
        config.typst_template_options = {f"say:{said}": _(said) for said in template_words()} | config.typst_template_options
    chosen = config._raw_config.keys() | config.overrides.keys()
    for name, value in wanted.items():
        if name not in chosen:
            config[name] = value
    config.typst_styles = [str(HERE / "classes.typ"), *config.typst_styles]  # the project's own come last and win


def template_words() -> list[str]:
    """Return what the template says of itself, in English."""
    return list(dict.fromkeys(_SAID.findall((HERE / "template.typ").read_text(encoding="utf-8"))))


# ---------------------------------------------------------------------------------------------------------
# The volume
# ---------------------------------------------------------------------------------------------------------


def volume_name(domain: AtlasDomain) -> str:
    """Return the file name of the volume: the atlas's name and version, in characters that every file system takes."""
    atlas = domain.atlas
    return f"{slug(atlas.settings.name)}-{_NO_FILE_NAME.sub('-', atlas.identity.version)}"


def gather(app: Sphinx, volumes: list[Volume]) -> None:
    """Put the volume of all papers in the place of that of the toctrees, unless ``conf.py`` names volumes."""
    from typst_builder.about import Volume

    if app.config.typst_documents:
        return
    domain = atlas_domain(app.env)
    parts = [*_by_topic(domain), *_about_the_atlas(app, domain)]
    volumes[:] = [Volume(volume_name(domain), domain.atlas.settings.name, parts)] if parts else []


def _by_topic(domain: AtlasDomain) -> list[Part]:
    """Return the papers by their first topic, in the order of the policy, newest first: as a reader looks for them."""
    from typst_builder.about import Part

    parts = []
    for topic, label in domain.shown_atlas.policy.topic.items():
        papers = [paper for paper in domain.pages.values() if paper.record.topics[0] == topic]
        papers.sort(key=lambda paper: paper.docname)
        papers.sort(key=lambda paper: paper.reference.year, reverse=True)
        if papers:
            parts.append(Part([paper.docname for paper in papers], label))
    others = [docname for docname in sorted(domain.stated.keys() - domain.pages.keys()) if docname in domain.env.found_docs]
    return [*parts, *([Part(others, _("Pages whose record has errors"))] if others else [])]


def _about_the_atlas(app: Sphinx, domain: AtlasDomain) -> list[Part]:
    from typst_builder.about import Part

    settings = domain.atlas.settings
    for name in settings.pdf_pages:
        if name not in app.env.found_docs:
            warn(Finding(str(Path(app.confdir) / "conf.py"), 1, Code.SETTING, f"pdf-pages: there is no document {name!r}."))
    named = settings.pdf_pages or [settings.how_it_works]
    docnames = [name for name in named if name in app.env.found_docs]
    return [Part(docnames, _("About this atlas"), _("Pages of the site on the atlas itself."))] if docnames else []


# ---------------------------------------------------------------------------------------------------------
# What a PDF says of itself
# ---------------------------------------------------------------------------------------------------------


def describe(app: Sphinx, docname: str, about: About) -> None:
    """Fill in what the PDF of a page, or a volume, says of itself."""
    domain = atlas_domain(app.env)
    papers = [paper for name in about.documents if (paper := domain.pages.get(name))]
    about.extra |= colophon(domain.shown_atlas)
    about.extra["papers"] = {paper.docname: listed(paper, domain.shown_atlas) for paper in papers}
    about.authors = [domain.atlas.settings.operator] if domain.atlas.settings.operator else []
    if about.kind == "volume" and not app.config.typst_documents:
        _describe_volume(app, about, domain, papers)
    elif about.kind == "page" and papers:
        _describe_page(app, about, domain, papers[0])


def _describe_page(app: Sphinx, about: About, domain: AtlasDomain, paper: Paper) -> None:
    from typst_builder.about import Attachment

    atlas, source = domain.atlas, Path(app.env.doc2path(paper.docname))
    record = record_bytes(paper, atlas)
    about.title = paper.reading.title
    about.description = paper.record.summary
    about.keywords = [domain.shown_atlas.policy.topic[topic] for topic in paper.record.topics]
    about.address = atlas.citable_address(paper.docname)
    about.extra |= {"digest": paper.digest, "source": source.name}
    about.attachments = [
        Attachment("record.json", record, "application/json", _("The page as data"), "data"),
        Attachment(source.name, source.read_bytes(), "text/markdown", _("The page as it was written"), "source"),
    ]


def _describe_volume(app: Sphinx, about: About, domain: AtlasDomain, papers: list[Paper]) -> None:
    from typst_builder.about import Attachment

    atlas = domain.atlas
    if papers:
        what = ngettext(
            "{count} paper: what it found, and what it does not prove",
            "{count} papers: what each found, and what it does not prove",
            len(papers),
        )
        about.subtitle = about.description = what.format(count=len(papers))
    topics = domain.shown_atlas.policy.topic
    about.keywords = list(dict.fromkeys(topics[topic] for paper in papers for topic in paper.record.topics))
    about.address = f"{atlas.settings.base_url}/v/{atlas.identity.version}/"
    about.extra |= back_matter(papers, Writing(atlas.settings.how_it_works, app.builder, domain))
    what_for = _("Version and digest of each page")
    said = {
        "schema": SCHEMA,
        "name": atlas.settings.name,
        "version": atlas.identity.version,
        "address": about.address,
        "digests": {paper.docname: paper.digest for paper in papers},
    }
    about.attachments = [Attachment("volume.json", f"{json.dumps(said)}\n".encode(), "application/json", what_for, "data")]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect to the builder, which Sphinx loads by its entry point when it is asked for PDFs, and not before."""
    app.setup_extension("evidence_atlas.base")
    app.connect("config-inited", configure, priority=200)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
