"""Evidence Atlas: one page per paper, what it found and what it does not prove.

``extensions = ["evidence_atlas"]`` in ``conf.py`` is enough; every part is also an extension of its own.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

try:
    __version__ = version("evidence-atlas")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0+unknown"

PARTS = (
    "evidence_atlas.base",
    "evidence_atlas.guard",
    "evidence_atlas.bounded",
    "evidence_atlas.frame",
    "evidence_atlas.at_a_glance",
    "evidence_atlas.related",
    "evidence_atlas.history",
    "evidence_atlas.wording",
    "evidence_atlas.figures",
    "evidence_atlas.scanner_quality",
    "evidence_atlas.abbreviations",
    "evidence_atlas.long_version",
    "evidence_atlas.mathml",
    "evidence_atlas.pem_badge",
    "evidence_atlas.limitations",
    "evidence_atlas.cite_block",
    "evidence_atlas.contribute",
    "evidence_atlas.evidence",
    "evidence_atlas.evidence_table",
    "evidence_atlas.search.field",
    "evidence_atlas.evidence_policy",
    "evidence_atlas.evidence_references",
    "evidence_atlas.evidence_browse",
    "evidence_atlas.case_definitions",
    "evidence_atlas.evidence_coverage",
    "evidence_atlas.charts",
    "evidence_atlas.evidence_notices",
    "evidence_atlas.evidence_query",
    "evidence_atlas.worked_case",
    "evidence_atlas.reference",
    "evidence_atlas.page_files",
    "evidence_atlas.metadata",
    "evidence_atlas.exports",
    "evidence_atlas.inventory",
    "evidence_atlas.collector",
    "evidence_atlas.pdf",
    "evidence_atlas.search",
    "evidence_atlas.theme",
    "evidence_atlas.not_found",
    "evidence_atlas.snapshot.version_links",
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load every part."""
    for part in PARTS:
        app.setup_extension(part)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
