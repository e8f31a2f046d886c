"""A project in reStructuredText alone shows papers by their keys."""

from __future__ import annotations

from conftest import Build, page

KEY = "alpha2020trial"
HOME = f"""
Home
====

A sentence that cites :cite:`{KEY}` and names :evidence:`{KEY}`.

.. pem-badge:: {KEY}

.. cite-block:: {KEY}

.. evidence-table::

.. bibliography::
"""
WITHOUT_PAGES = f"""
Home
====

A sentence that cites :cite:`{KEY}`.

.. bibliography::
"""
CONF = """
project = "In reST"
extensions = ["evidence_atlas"]
html_theme = "basic"
exclude_patterns = ["index.md"]
"""


def test_directives_by_key(build: Build):
    """The directives and the role take a key, and show what the paper's page states."""
    files = {"docs/conf.py": CONF, "docs/index.rst": HOME, "docs/evidence/alpha-2020-rest.md": page()}
    built = build(files)
    assert built.warnings == []
    html = built.html("index")
    for expected in ("PEM required", "Cite this", "Rest made no difference", "10.5555/alpha.1", "Alpha and Béta, 2020"):
        assert expected in html


def test_citations_without_a_page(build: Build):
    """A project that has no evidence page yet may still cite."""
    built = build({"docs/conf.py": CONF, "docs/index.rst": WITHOUT_PAGES})
    assert built.warnings == []
    assert "10.5555/alpha.1" in built.html("index")
