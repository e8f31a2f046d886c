"""Kept versions in the browser: the notice, the list of versions, and the page of what changed; below a path of a host."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import page as source
from evidence_atlas.snapshot.publish import publish
from snapshot.versions import ALPHA, DELTA, GAMMA, MONTH, OCTOBER, Repository

from .accessibility import faults
from .conftest import _Strict

SECOND = {
    f"docs/{ALPHA}.md": source(body="The short version. It is long now.", level="E3"),
    f"docs/{DELTA}.md": None,
    "docs/other.md": "---\norphan: true\n---\n\n# Other\n",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory):
    """Serve two published versions below a path, under the content security policy; yield their address and folder."""
    folder = tmp_path_factory.mktemp("versions")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Strict, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/my/atlas"
    atlas = Repository(folder / "work", base)
    publish(atlas.release("2026.10", OCTOBER), folder / "my/atlas")
    publish(atlas.release("2026.11", OCTOBER + MONTH, SECOND), folder / "my/atlas")
    yield base, folder / "my/atlas"
    server.shutdown()
    server.server_close()


@pytest.fixture
def base(tree: tuple[str, Path]) -> str:
    """Return the address of the newest version."""
    return tree[0]


ANSWER = "A newer reading exists: version 2026.11 of 2026-10-21."


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (f"v/2026.10/{ALPHA}/", f"{ANSWER} This page did change."),
        (f"v/2026.10/{GAMMA}/", f"{ANSWER} This page did not change."),
        (f"v/2026.10/{GAMMA}/index.html", f"{ANSWER} This page did not change."),
        (f"v/2026.10/{DELTA}/", f"{ANSWER} This page is no longer part of it."),
        ("v/2026.10/", ANSWER),
        (f"v/2026.11/{ALPHA}/", "This is the newest version."),
    ],
)
def test_a_kept_page_says_whether_it_changed(page: Page, base: str, address: str, answer: str):
    """A kept page says which version it is, whether a newer one exists, and whether this page differs there."""
    page.goto(f"{base}/{address}")
    notice = page.get_by_role("complementary", name="Version of this page")
    expect(notice.get_by_role("status")).to_have_text(answer)
    expect(notice).to_contain_text(f"You are reading version {address[2:9]} of")


def test_its_links_lead_to_what_changed_and_to_the_newest(page: Page, base: str):
    """From a kept page, one link leads to its place on the page of changes, one to the page in the newest version."""
    page.goto(f"{base}/v/2026.10/{GAMMA}/")
    page.get_by_role("link", name="What changed since", exact=True).click()
    assert page.url == f"{base}/changes/since/2026.10/#{GAMMA.partition('/')[2]}"
    expect(page.locator("li:target")).to_have_text("Rest made no difference")
    page.go_back()
    page.get_by_role("link", name="Newest version of this page").click()
    assert page.url == f"{base}/{GAMMA}/"


def test_the_newest_page_has_no_notice(page: Page, base: str):
    """At the root there is no notice, and the same list of versions."""
    page.goto(f"{base}/{ALPHA}/")
    page.get_by_text("Other versions of this page").click()
    assert page.locator(".atlas-versions li").all_inner_texts() == [
        "Version 2026.11 of 2026-10-21, the newest, this one",
        "Version 2026.10 of 2026-09-21, differs",
    ]
    expect(page.locator(".atlas-kept")).to_be_hidden()


def test_the_list_stays_on_the_page(page: Page, base: str):
    """With the keyboard, the list leads to the same page in the other version, and back."""
    page.goto(f"{base}/v/2026.10/{ALPHA}/")
    page.get_by_text("Other versions of this page").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/{ALPHA}/")
    page.get_by_text("Other versions of this page").click()
    page.get_by_role("link", name="Version 2026.10").click()
    page.wait_for_url(f"{base}/v/2026.10/{ALPHA}/")


def test_a_page_that_another_version_lacks(page: Page, base: str):
    """On a page of no paper, the list asks each version for it, and says where there is none."""
    page.goto(f"{base}/other/")
    page.get_by_text("Other versions of this page").click()
    expect(page.locator(".atlas-versions li").last).to_have_text("Version 2026.10 of 2026-09-21, without this page")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_moves_when_the_answer_comes(browser: Browser, base: str, width: int):
    """The notice has its place before the list of versions has come, so that no text moves then."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.route("**/versions.json", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) window.moved += e.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{base}/v/2026.10/{GAMMA}/", wait_until="commit")
    title = page.locator("h1")
    title.wait_for()
    before = title.bounding_box()
    expect(page.get_by_role("status").first).to_have_text(f"{ANSWER} This page did not change.")
    now = title.bounding_box()
    assert all(abs(now[key] - before[key]) < 1 for key in before)
    assert page.evaluate("window.moved") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_without_script_the_permanent_link_is_there(browser: Browser, base: str):
    """Without JavaScript there is no notice and no list; the page links to what changed since it."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/v/2026.10/{ALPHA}/")
    expect(page.locator(".atlas-kept")).to_be_hidden()
    assert page.locator(".atlas-versions").count() == 0
    page.get_by_role("link", name=f"{base}/changes/since/2026.10/#{ALPHA.partition('/')[2]}").click()
    expect(page.locator("section:target")).to_contain_text("Now: It is long now.")
    context.close()


def test_where_the_list_of_versions_is_missing(page: Page, base: str):
    """A copy of one version alone says that it cannot know; nothing else goes wrong."""
    page.route("**/versions.json", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{base}/v/2026.10/{ALPHA}/")
    expect(page.get_by_role("status").first).to_have_text("Whether there is a newer version could not be found out now.")
    assert page.locator(".atlas-versions").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [f"v/2026.10/{ALPHA}/", "changes/since/2026.10/", "changes/since/2026.11/"])
def test_accessible(browser: Browser, base: str, address: str, scheme: str):
    """A kept page with its notice and open list, and the page of changes, break no rule that axe knows."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{base}/{address}")
    for summary in page.get_by_text("Other versions of this page").all():
        summary.click()
    assert faults(page) == []
    context.close()
