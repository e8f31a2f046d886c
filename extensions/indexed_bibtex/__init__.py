"""sphinxcontrib-bibtex with indexes: the same pages, without scanning every citation for each of them.

``extensions = ["indexed_bibtex"]`` loads sphinxcontrib-bibtex and puts a derived domain and one transform in place
of its own. Behaviour is that of the released package; what grew with the square of the number of citations or
pages is looked up instead, and an incremental build writes the documents whose citations changed, and no other.
It adds one thing: a document may list the works that it cites at its end (:func:`indexed_bibtex.works.list_works`).
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# the released versions whose own tests pass with this domain; see "nox -s upstream"
TESTED = ((2, 7), (2, 8))


def is_tested(version: str) -> bool:
    """Whether a version of sphinxcontrib-bibtex is one that this package was tested with."""
    numbers = tuple(int(part) for part in version.split(".")[:3] if part.isdecimal())
    return TESTED[0] <= numbers < TESTED[1]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load sphinxcontrib-bibtex and put the indexed parts in place; step aside for a version that was not tested."""
    from sphinx.util import logging

    app.setup_extension("sphinxcontrib.bibtex")
    installed = metadata.version("sphinxcontrib-bibtex")
    if is_tested(installed):
        install(app)
    else:
        low, high = (".".join(map(str, bound)) for bound in TESTED)
        logging.getLogger(__name__).warning(
            "indexed_bibtex was tested with sphinxcontrib-bibtex %s to %s and steps aside for %s.",
            low,
            f"below {high}",
            installed,
            type="bibtex",
            subtype="untested_version",
        )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def install(app: Sphinx) -> None:
    """Put the domain and the transform in place of those that are loaded."""
    from indexed_bibtex import latex_codec
    from indexed_bibtex.domain import IndexedBibtexDomain
    from indexed_bibtex.formatting import save_cache
    from indexed_bibtex.works import IndexedBibliographyTransform

    latex_codec.install()
    app.add_domain(IndexedBibtexDomain, override=True)
    app.add_post_transform(IndexedBibliographyTransform)
    app.connect("builder-inited", note_builder)
    app.connect("build-finished", save_cache)


def note_builder(app: Sphinx) -> None:
    """Tell the domain which builder is at work, since lists differ in LaTeX."""
    app.env.get_domain("cite").builder = app.builder  # type: ignore[attr-defined]
