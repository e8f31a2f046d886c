"""The warnings of a build on the pages of a preview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .accessibility import faults
from .conftest import build, serve

CONF = 'project = "Preview"\nextensions = ["evidence_atlas", "evidence_atlas.preview"]\nhtml_theme = "evidence_atlas"\n'


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with a warning on two of its three pages."""
    folder = tmp_path_factory.mktemp("preview")
    source = folder / "docs"
    (source / "a").mkdir(parents=True)
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text("# Home\n\n{evidence}`nobody`\n\n```{toctree}\na/index\na/b\n```\n", encoding="utf-8")
    (source / "a/index.md").write_text("# A\n\n{evidence}`nothing`\n", encoding="utf-8")
    (source / "a/b.md").write_text("# B\n", encoding="utf-8")
    yield from serve(build(source, Path(folder)), strict=True)


@pytest.mark.parametrize(("path", "own"), [("/", "'nobody'"), ("/a/", "'nothing'"), ("/a/b/", "")])
def test_warnings_stand_on_their_page(preview: str, page: Page, path: str, own: str):
    """A page shows its own warnings first and counts the others, breaks no rule of accessibility, and runs under the strict policy."""
    page.goto(preview + path)
    box = page.get_by_role("region", name="Warnings of the last build")
    expect(box).to_be_visible()
    said = box.locator("> p + ul").all_inner_texts()
    assert len(said) == (1 if own else 0)
    assert all(own in text for text in said)
    expect(box.locator("summary")).to_have_text("1 warning elsewhere" if own else "2 warnings elsewhere")
    assert faults(page) == []


def test_hidden_until_they_change(preview: str, page: Page):
    """The button hides the box on every page, and it stays away after a reload."""
    page.goto(preview)
    page.get_by_role("button", name="Hide until they change").click()
    expect(page.locator(".atlas-preview")).to_have_count(0)
    with page.expect_response("**/_preview.json"):
        page.goto(preview + "/a/")
    expect(page.locator(".atlas-preview")).to_have_count(0)
