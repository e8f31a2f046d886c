"""The parser of Markdown that is made ready once: it must read as MyST-Parser's own does."""

from __future__ import annotations

from typing import Any

import pytest
from docutils.utils import new_document
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser

from conftest import CONF, Build, page
from evidence_atlas import markdown
from evidence_atlas.markdown import Markdown, Renderer

TEXTS = {
    "plain": "# One\n\nA [link](#two) and a note.[^a]\n\n## Two\n\n* a\n* b\n\n[^a]: The note.\n",
    "again": "(label)=\n# Other\n\nSee {ref}`label`, {doc}`plain`.\n\n```{note}\nA *nested* part.\n\n## Three\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "front": "---\nmyst:\n  enable_extensions: [deflist]\n---\n\n# Front\n\nTerm\n: What it means\n",
    "after": "# After\n\nTerm\n: No list of definitions here\n\n[^a]: Another note of the same name.\n\nSee.[^a]\n",
    "wrong": "# Wrong\n\n#### Too deep\n\n{nosuch}`role`\n\n```{nosuch}\n```\n",
}
FILES = {f"docs/{name}.md": text for name, text in TEXTS.items()} | {
    "docs/conf.py": f"{CONF}\nsuppress_warnings = ['toc.not_included']\n",
    "docs/evidence/alpha-2020-rest.md": page(),
}


def test_documents_are_those_of_myst_parser(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Notes, labels, nested parts, a document's own settings and warnings are the same, one document after another."""
    ours = build(FILES, "pseudoxml")
    monkeypatch.setattr(Markdown, "parse", MystParser.parse)
    theirs = build(FILES, "pseudoxml", folder="b")
    read = [{name: file.decode().replace(str(one.source), "") for name, file in one.files().items()} for one in (ours, theirs)]
    assert {name for name in read[0] if read[0][name] != read[1][name]} == set()
    assert sorted(ours.warnings) == sorted(theirs.warnings)
    assert len(ours.warnings) >= 3


def test_the_renderer_is_set_up_as_myst_parser_does(build: Build):
    """What MyST-Parser's renderer keeps about a document is all there, with the same values."""
    app = build(FILES).app
    document = new_document("x")
    document.settings.env, document.settings.language_code = app.env, "en"

    def kept(renderer: type[SphinxRenderer]) -> dict[str, Any]:
        parser = create_md_parser(app.env.myst_config, renderer)
        before = vars(parser.renderer).keys()
        parser.renderer.setup_render({**parser.options, "document": document}, {})
        return {name: value for name, value in vars(parser.renderer).items() if name not in before and name != "md_options"}

    assert kept(Renderer) == kept(SphinxRenderer)


def test_an_untested_version_is_read_by_its_own_parser(build: Build, monkeypatch: pytest.MonkeyPatch):
    """With a MyST-Parser of a version that was not tested, pages are read by it alone."""
    monkeypatch.setattr(markdown, "TESTED", ((99, 0), (99, 1)))
    monkeypatch.setattr(markdown, "Renderer", None)
    assert build(FILES | {"docs/wrong.md": "# Right\n"}).warnings == []
