"""A pytest plugin: wherever a test of sphinxcontrib-bibtex loads it, the indexed domain comes with it."""

from __future__ import annotations

import sphinxcontrib.bibtex

import indexed_bibtex

_setup = sphinxcontrib.bibtex.setup


def setup(app):
    """Set up sphinxcontrib-bibtex, then put the indexed parts in place."""
    result = _setup(app)
    indexed_bibtex.install(app)
    return result


sphinxcontrib.bibtex.setup = setup
