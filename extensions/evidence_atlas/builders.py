"""What builders can do, as far as parts of pages and pages without a source depend on it."""

from __future__ import annotations

from sphinx.builders import Builder


def serves_files(builder: Builder) -> bool:
    """Whether a builder makes a web site, on which files can lie beside a page."""
    return builder.format == "html" and builder.name != "epub"


def has_own_pages(builder: Builder) -> bool:
    """Whether pages without a source can stand beside documents: on a web site of many pages."""
    return serves_files(builder) and builder.name != "singlehtml"
