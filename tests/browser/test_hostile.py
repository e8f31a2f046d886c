"""Hostile pages in a real Chromium: under the site's policy nothing of them runs, asks another host or opens a dialog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from conftest import build_in
from hostile.test_markup import ENDS, pages, records
from hostile.vectors import in_prose

from .conftest import serve

WATCH = "window.ran = () => { window.RAN = true }; for (const name of ['alert', 'prompt', 'confirm']) window[name] = window.ran;"

# every element is touched as a reader might; a link that leads away as it says is not followed
TOUCH = """() => {
  for (const each of document.querySelectorAll("main *")) {
    const away = ["http:", "https:", "mailto:"].includes(each.closest("a[href]")?.protocol) || each.closest("form, button");
    for (const kind of ["click", "focus", "mouseover", "error", "load", "toggle"])
      if (kind !== "click" || !away) each.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
  }
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the attempts in prose and in fields."""
    folder = tmp_path_factory.mktemp("hostile")
    made = [
        build_in(folder / name)(files, html_theme="evidence_atlas").out
        for name, files in (("prose", pages(in_prose())), ("fields", records(ENDS)))
    ]
    return made[0], made[1]


@pytest.fixture(params=[True, False], ids=["with the policy", "without the policy"])
def strict(request: pytest.FixtureRequest) -> bool:
    """Return whether the server sends the policy: the pages must be safe without it too."""
    return bool(request.param)


@contextmanager
def watched(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Return a page and the list of what went wrong on it: what ran, opened, was refused or asked of another host."""
    context = browser.new_context()
    context.add_init_script(WATCH)
    page, wrong = context.new_page(), []
    context.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(f"asks {asked.url}"))
    context.on("dialog", lambda dialog: wrong.append(f"opens {dialog.message}"))
    context.on("page", lambda opened: wrong.append(f"opens {opened.url}"))
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield page, wrong
    context.close()


@pytest.mark.parametrize("which", [0, 1], ids=["prose", "fields"])
def test_nothing_runs(browser: Browser, hostile: tuple[Path, Path], which: int, strict: bool):
    """On every page, links clicked and fields focused, no attempt runs, no other host is asked, and no policy is broken."""
    site = hostile[which]
    for address in serve(site, strict=strict):
        with watched(browser, address) as (page, wrong):
            for name in sorted(str(path.parent.relative_to(site)) for path in site.rglob("index.html")):
                page.goto(f"{address}/{name}/")
                page.evaluate(TOUCH)
                if page.evaluate("Boolean(window.RAN)"):
                    wrong.append(f"{name} runs")
        assert wrong == []


def test_what_runs_is_seen(browser: Browser, tmp_path: Path):
    """The watch that finds nothing on hostile pages finds what runs, and what asks another host, elsewhere."""
    (tmp_path / "index.html").write_text("<!doctype html><img src=//other.invalid/a.png><script>ran(1)</script>")
    for address in serve(tmp_path):
        with watched(browser, address) as (page, wrong):
            page.goto(f"{address}/index.html")
            assert page.evaluate("Boolean(window.RAN)")
            assert wrong == ["asks http://other.invalid/a.png"]
