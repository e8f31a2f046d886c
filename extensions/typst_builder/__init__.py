"""PDFs of any Sphinx project with Typst: ``sphinx-build -b typst``.

The files are PDF/UA-1 and PDF/A-3a: tagged, so that they can be read aloud and reflowed, and fit to be kept. The same
sources give the same bytes. Documents that match ``typst_pages`` get a PDF each, and ``typst_documents`` names the
volumes of many; both are made from one translation of each document. How all of it looks stands in one Typst file,
``template.typ``, which a project may copy and set as ``typst_template``. No document can break or run code in it:
all that it says reaches the template as string literals.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the builder, its configuration and its events."""
    from sphinx.errors import ExtensionError

    from typst_builder import settings
    from typst_builder.builder import TypstBuilder
    from typst_builder.toctrees import KeepToctrees

    if not all(map(find_spec, ("typst", "tylax"))):
        raise ExtensionError("Typst is not installed; pip install 'evidence-atlas[pdf]' adds it")
    app.add_builder(TypstBuilder)
    for name, (default, types) in settings.values().items():
        app.add_config_value(name, default, "", types=types)
    app.add_post_transform(KeepToctrees)
    app.add_event("typst-document")
    app.add_event("typst-volumes")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
