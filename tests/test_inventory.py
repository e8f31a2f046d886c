"""Other Sphinx projects cite a page by the key of its paper, through intersphinx."""

from __future__ import annotations

import pytest
from docutils import nodes

from conftest import Build, page

ALPHA = "evidence/alpha-2020-rest"
TITLE = "Rest made no difference"
ADDRESS = f"https://atlas.example.org/{ALPHA}/"
ONE = {f"docs/{ALPHA}.md": page()}


def other(build: Build, conf: str, name: str, text: str):
    """Build an atlas, and then another project that looks things up in its inventory."""
    inventory = build(ONE).out / "objects.inv"
    mapping = f'intersphinx_mapping = {{"atlas": ("https://atlas.example.org", {str(inventory)!r})}}\nnitpicky = True\n'
    conf = f'{conf}html_theme = "basic"\n{mapping}'
    return build({"docs/conf.py": conf, f"docs/{name}": text}, folder="b", parallel=1)


def links(built, docname="index"):
    """Return the links of a document, with their words."""
    return [(ref["refuri"], ref.astext()) for ref in built.resolved[docname].findall(nodes.reference) if "refuri" in ref]


@pytest.mark.parametrize("role", [":ref:`alpha2020trial`", ":external+atlas:ref:`alpha2020trial`"])
def test_a_project_without_the_package(build: Build, role: str):
    """A plain project, in reST, links by the key; the words are the page's title."""
    built = other(
        build, 'extensions = ["sphinx.ext.intersphinx"]\nexclude_patterns = ["*.md"]\n', "index.rst", f"Home\n====\n\n{role}\n"
    )
    assert built.warnings == []
    assert links(built) == [(ADDRESS, TITLE)]


def test_myst_without_the_package(build: Build):
    """A plain project in MyST links by the key, exactly as the bibliography has it."""
    conf = 'extensions = ["sphinx.ext.intersphinx", "myst_parser"]\n'
    built = other(
        build,
        conf,
        "index.md",
        "# Home\n\n<inv:atlas:atlas:paper#alpha2020trial> [own words](inv:atlas:*:paper#alpha2020trial)\n",
    )
    assert built.warnings == []
    assert links(built) == [(ADDRESS, TITLE), (ADDRESS, "own words")]


def test_another_atlas(build: Build):
    """In another atlas the role ``atlas:paper`` looks for a page of its own first, then in the other atlas."""
    conf = 'extensions = ["evidence_atlas", "sphinx.ext.intersphinx"]\n'
    built = other(build, conf, "index.md", "# Home\n\n{atlas:paper}`alpha2020trial` {atlas:paper}`words <alpha2020trial>`\n")
    assert built.warnings == []
    assert links(built) == [(ADDRESS, TITLE), (ADDRESS, "words")]


def test_here(build: Build):
    """In the atlas itself the role links to the page, follows its title, and warns of a key that has no page."""
    home = {"docs/index.md": "# Home\n\n{atlas:paper}`alpha2020trial`\n"}
    built = build(ONE | home)
    assert (built.warnings, links(built)) == ([], [(f"{ALPHA}/", TITLE)])
    built = build({**ONE, **home, f"docs/{ALPHA}.md": page().replace(f"# {TITLE}", "# Another title")})
    assert links(built) == [(f"{ALPHA}/", "Another title")]
    built = build({**ONE, "docs/index.md": "# Home\n\n{atlas:paper}`nobody2020`\n"})
    assert [line for line in built.warnings if "nobody2020" in line]


def test_labels_stay_out_of_the_environment(build: Build):
    """The labels stand in the inventory alone; a document's own label of that name stays."""
    home = {"docs/index.md": "(alpha2020trial)=\n# Home\n"}
    built = build(ONE | home)
    assert built.app.env.domains.standard_domain.labels["alpha2020trial"][0] == "index"
    again = build({**ONE, "docs/index.md": "# Home\n\n{ref}`alpha2020trial`\n"})
    assert [line for line in again.warnings if "undefined label" in line]
