"""All that goes into each PDF: pages, volumes, what they say of themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sphinx.util import logging

from typst_builder import plan, volumes
from typst_builder.about import About
from typst_builder.compiler import VERSIONS, Job
from typst_builder.lengths import clipped
from typst_builder.literals import literal, one_line
from typst_builder.translation import Translation
from typst_builder.translator import NO_TITLE

if TYPE_CHECKING:
    from typst_builder.equipment import EquippedBuilder

logger = logging.getLogger(__name__)

_TITLE = 1_000  # characters of a title, which stands at the head of each page too


class Jobs:
    """Puts together what the compiler is to make.

    Args:
        builder: The builder, whose documents are all translated.
        planned: The PDFs that there are.
        share: What this build makes of them.
        look: Digest of the template and the looks by class.
        standards: Standards of PDF that are kept to.
    """

    def __init__(self, builder: EquippedBuilder, planned: plan.Plan, share: plan.Share, look: str, standards: list[str]) -> None:
        self.builder = builder
        self.planned = planned
        self.share = share
        self.settings = builder.settings
        self.look = look
        self.standards = standards

    def translation(self, docname: str) -> Translation | None:
        """Return what is known of a document of the project."""
        if docname not in self.builder.env.found_docs:
            return None
        here = docname in self.share.documents
        return self.builder.workspace.translation(docname) if here else plan.unseen()

    def all(self) -> list[Job]:
        """Return every PDF that this build makes, pages first; of two with one name, the first."""
        made = [*self._pages(), *self._volumes()]
        taken: dict[str, Job] = {}
        for job in made:
            if job.name in taken:
                message = "two PDFs would be named %s.pdf; only the first is made"
                logger.warning(message, job.name, type="typst", subtype="name")
            taken.setdefault(job.name, job)
        return list(taken.values())

    # -- pages --------------------------------------------------------------------------------------------

    def _pages(self) -> Iterator[Job]:
        for name, docname in self.planned.pages:
            if self.share.makes(name) and self.translation(docname):
                yield self._page(docname, name)

    def _page(self, docname: str, name: str) -> Job:
        title = self.builder.env.titles[docname].astext()
        about = About(
            "page",
            name,
            docname,
            docname.rpartition("/")[2] if title in {"", NO_TITLE} else title,
            authors=plan.authors(self.builder.config.author),
            address=self.settings.address(docname),
        )
        segments = (self.translation(docname) or Translation()).segments
        includes = [f"#include {literal(f'/doc/{docname}.{place}.typ')}" for place in range(len(segments))]
        lines = ['#import "/template.typ" as n', "#show: n.page.with(about)", f"#n.anchor({literal(f'{docname}#')})", *includes]
        return self._job(about, lines, [docname], {})

    # -- volumes ------------------------------------------------------------------------------------------

    def _volumes(self) -> Iterator[Job]:
        size = self.settings.volume_size
        parts = [part for whole in self.planned.volumes for part in volumes.split(whole, size, self.translation)]
        held = [volumes.documents(volume, self.translation) for volume in parts]
        holder = {docname: volume.name for volume, docnames in zip(parts, held, strict=True) for docname in docnames}
        for volume, docnames in zip(parts, held, strict=True):
            if not self.share.makes(volume.name):
                continue
            about = About("volume", volume.name, volume.docname, volume.title, authors=[*volume.authors], extra={**volume.extra})
            inside = set(docnames)
            others = {docname: name for docname, name in holder.items() if docname not in inside}
            if docnames:
                yield self._job(about, volumes.source(volume, self.translation), docnames, others)
            else:
                logger.warning("the volume %r holds no document; it is not made", volume.name, type="typst", subtype="config")

    # -- both ---------------------------------------------------------------------------------------------

    def _job(self, about: About, lines: list[str], docnames: list[str], elsewhere: dict[str, str]) -> Job:
        """Return a PDF to make, after the listeners said what they know of it."""
        about.language = (self.builder.config.language or "en").replace("_", "-")
        about.documents = docnames
        self.builder.events.emit("typst-document", about.docname, about)
        known = [each for each in map(self.translation, docnames) if each]
        attached = {hashlib.sha256(each.data).hexdigest(): each for each in about.attachments}
        texts = {name: text for name, each in attached.items() if (text := _text(each.data)) is not None}
        for name, each in attached.items():
            content = f"bytes({literal(texts[name])})" if name in texts else f"read({literal(f'/files/{name}')}, encoding: none)"
            named = f"relationship: {literal(each.relationship)}, mime-type: {literal(each.mime)}"
            lines.insert(1, f"#pdf.attach({literal(each.name)}, {content}, {named}, description: {literal(each.description)})")
        lines.insert(1, f"#let about = {literal(self._told(about, known, docnames, elsewhere))}")
        source = "\n".join([*lines, ""])
        images = [self.builder.workspace.image_digest(name) for each in known for name in each.images]
        options = json.dumps(self.settings.options, sort_keys=True)
        said = [VERSIONS, source, options, self.look, *self.standards, str(self.settings.timestamp), self.builder.fonts_digest]
        said += [*images, *(each.digest for each in known)]
        digest = hashlib.sha256("\0".join(said).encode()).hexdigest()
        files = {name: each.data for name, each in attached.items() if name not in texts}
        return Job(about.name, source, digest, files, large=about.kind == "volume")

    def _told(self, about: About, known: list[Translation], docnames: list[str], elsewhere: dict[str, str]) -> dict[str, Any]:
        """Return what the template is told, as plain data; what a PDF says of itself is text that fonts show or not."""
        inside = dict.fromkeys(docnames, True)
        labels = {label for each in known for label in each.labels}
        wanted = {label for each in known for label in each.links}
        linked = {label.rpartition("#")[0] for label in wanted}
        broken = (label for label in wanted - labels if not label.endswith("#") and label.rpartition("#")[0] in inside)
        data = {key: value for key, value in asdict(about).items() if key not in {"attachments", "documents"}}
        shown: dict[str, Any] = _shown(data, self.builder)
        return shown | {
            "title": clipped(self.builder.glyphs.replaced(one_line(about.title or about.name), (about.docname, "")), _TITLE),
            "docname": about.docname,
            "digests": [said for each in known for said in each.digests] if about.kind == "page" else [],
            "inside": inside,
            "elsewhere": {docname: name for docname, name in elsewhere.items() if docname in linked},
            "broken": dict.fromkeys(sorted(broken), True),
            "timestamp": self.settings.timestamp,
        }


def _text(data: bytes) -> str | None:
    """Return a file as text, which spares the compiler a file, or nothing where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _shown(value: Any, builder: EquippedBuilder) -> Any:
    """Return plain data with each text as the fonts can show it."""
    match value:
        case str():
            return clipped(builder.glyphs.replaced(one_line(value), ("", "")))
        case dict():
            return {key: _shown(each, builder) for key, each in value.items()}
        case list() | tuple():
            return [_shown(each, builder) for each in value]
    return value
