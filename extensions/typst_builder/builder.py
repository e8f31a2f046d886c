"""The builder ``typst``: translates each document once and makes PDFs of the translations.

Writing a document puts its Typst source, and what is known of it, into a private folder beside the doctrees. When
all are written, pages and volumes are compiled from the same sources; a JSON text tells the template which documents
are inside the PDF, so that a link leads there or to the web.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx.locale import __
from sphinx.util import logging
from sphinx.util.display import status_iterator

from typst_builder import plan, settings, shards
from typst_builder.equipment import EquippedBuilder
from typst_builder.references import SCHEME
from typst_builder.writer import TypstTranslator

if TYPE_CHECKING:  # a build of another format needs no compiler
    from typst_builder.compiler import Failed, Job, PdfCompiler

logger = logging.getLogger(__name__)

# how many PDFs are in hand at a time where several are made at once
_WINDOW = 64


class TypstBuilder(EquippedBuilder):
    """Makes PDFs with Typst."""

    name = "typst"
    format = "typst"
    epilog = __("The PDFs are in %(outdir)s.")
    allow_parallel = False  # the compiler's threads do not outlive a fork; most of writing is in one process anyway
    supported_image_types: ClassVar[list[str]] = ["image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif"]
    supported_remote_images = True  # so that Sphinx fetches none: what is fetched today differs tomorrow
    default_translator_class = TypstTranslator

    # -- translating --------------------------------------------------------------------------------------

    def get_outdated_docs(self) -> Iterator[str]:
        """Yield the documents whose translation is older than their source or doctree, or made with other settings."""
        for docname in sorted(self.env.found_docs):
            sources = [Path(self.env.doc2path(docname)), Path(self.doctreedir) / f"{docname}.doctree"]
            try:
                made = self.workspace.kept(docname).stat().st_mtime_ns
                outdated = docname not in self.env.all_docs or any(path.stat().st_mtime_ns > made for path in sources)
            except OSError:
                outdated = True
            known = self.workspace.translation(docname)
            if outdated or known is None or known.manner != self.manner:
                yield docname

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return what stands for a document until the template knows whether it is inside the PDF."""
        return SCHEME + quote(docname)

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the same from wherever it is linked."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: AbstractSet[str]) -> None:
        """Find out what to make, and get ready for questions to the compiler; none is asked before, since reading may fork."""
        from typst_builder.images import Images
        from typst_builder.trial import Trial

        self.workspace.root.mkdir(parents=True, exist_ok=True)
        self.plan = plan.make(self)
        self.share = plan.share(self.plan, self.settings.shard, self.settings.volume_size, self.env.found_docs)
        shards.clear(Path(self.outdir))
        self.standards = settings.usable_standards(self.settings.standards)
        self.picture = Images(self.workspace, Trial(self.workspace.root, self.font_paths, self.standards))

    def write_documents(self, docnames: AbstractSet[str]) -> None:
        """Translate the documents that this build needs."""
        super().write_documents(docnames & self.share.documents)

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Translate a document."""
        self.post_process_images(doctree)
        self.current_docname = docname
        self.secnumbers = self.env.toc_secnumbers.get(docname, {})
        self.fignumbers = self.env.toc_fignumbers.get(docname, {})
        translator: Any = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        translator.known.manner = self.manner
        self.workspace.keep(docname, translator.known, translator.finish())

    # -- making PDFs --------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Compile what changed, and remove what is no more."""
        from typst_builder.compiler import Failed, PdfCompiler
        from typst_builder.jobs import Jobs
        from typst_builder.memory import Memory

        self.picture.trial.close()
        look = self.workspace.place_look(self.settings.template, self.settings.styles)
        jobs = Jobs(self, self.plan, self.share, look, self.standards).all()
        memory = Memory(self.workspace.root / "made.json", Path(self.outdir))
        for name in memory.made.keys() - {job.name for job in jobs}:
            memory.drop(name)
        todo = [job for job in jobs if not memory.holds(job.name, job.digest)]
        compiler = PdfCompiler(self.workspace, self.fonts, self.standards, self.settings.timestamp, self.settings.options)
        for job, result in self._compile(compiler, todo):
            if isinstance(result, Failed):
                memory.drop(job.name)
                self._report(job, result)
            else:
                memory.keep(job.name, job.digest, result)
        memory.save()
        self.workspace.sweep(self.env.found_docs)
        if self.settings.shard and all(memory.holds(job.name, job.digest) for job in jobs):
            made_of = plan.digest(self, self.plan, look)
            shards.finish(Path(self.outdir), self.settings.shard, made_of, (memory.file(job.name).name for job in jobs))

    def _compile(self, compiler: PdfCompiler, jobs: list[Job]) -> Iterator[tuple[Job, bytes | Failed]]:
        """Yield each PDF as it is made, in order; with ``-j``, so many are made at the same time."""
        from typst_builder.compiler import Failed

        def run(job: Job) -> bytes | Failed:
            try:
                return compiler.compile(job)
            except Failed as failed:
                return failed

        def results() -> Iterator[tuple[Job, bytes | Failed]]:
            if self._app.parallel < 2:  # noqa: PLR2004 (one at a time needs no threads)
                yield from ((job, run(job)) for job in jobs)
                return
            with ThreadPoolExecutor(self._app.parallel) as pool:
                for start in range(0, len(jobs), _WINDOW):
                    window = jobs[start : start + _WINDOW]
                    yield from zip(window, pool.map(run, window), strict=True)

        title, verbosity = __("compiling... "), self.config.verbosity
        yield from status_iterator(results(), title, "darkgreen", len(jobs), verbosity, lambda pair: pair[0].name)

    def _report(self, job: Job, failed: Failed) -> None:
        """Say where in the project's sources a PDF failed; the build ends, and its exit code says so."""
        location = self.workspace.origin(failed.places)
        message = "%s.pdf cannot be made: %s"
        logger.error(message, job.name, failed.message, location=location, type="typst", subtype="compile")
        self._app.statuscode = 1
