"""Other themes: the parts of an atlas build without a warning and stand on the pages; ``nox -s setups`` installs all of them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from conftest import Build, page

THEMES = ("alabaster", "furo", "pydata_sphinx_theme", "sphinx_book_theme", "sphinx_rtd_theme")
PAPER = "evidence/alpha-2020-rest"
PARTS = ("evidence-table", "evidence-browse", "evidence-policy", "evidence-coverage", "evidence-references", "case-definitions")
FILES = {
    f"docs/{PAPER}.md": page(body="The short version. {cite}`alpha2020trial`\n\n## What was done\n\nRest."),
    "docs/index.md": "# Home\n\n```{toctree}\n" + "\n".join(PARTS) + "\n```\n",
    "notices.toml": '["10.5555/alpha.1"]\nnotices = [{ kind = "retraction", date = "2021-02-03", issuer = "The journal" }]\n',
} | {f"docs/{part}.md": f"# A page\n\n```{{{part}}}\n```\n" for part in PARTS}


@pytest.mark.filterwarnings("ignore:::sphinx_book_theme.*")  # what it uses of Sphinx is its own to mend
@pytest.mark.parametrize("theme", THEMES)
def test_every_part_in_every_theme(build: Build, theme: str):
    """Every part is on its page, no theme brings a warning, and the style and script of the parts are there."""
    if not find_spec(theme):
        pytest.skip(f"{theme} is not installed; 'nox -s setups' does it")
    built = build(FILES, html_theme=theme)
    assert built.warnings == []
    html = built.html(PAPER)
    for expected in ("PEM required", "What it does not prove", "Retracted", "Cite this", "atlas.css", "atlas.js"):
        assert expected in html
    assert "Rest made no difference" in built.html("evidence-table")
    assert all((built.out / "_static" / name).is_file() for name in ("atlas.css", "atlas.js"))
