"""What programs read from a page, in a real browser under the content security policy."""

from __future__ import annotations

import json

from playwright.sync_api import Page

RETRACTED = "/evidence/lombardi-2009-infectious-retrovirus/"


def test_data_within_a_page_stands_under_the_policy(page: Page, strict_site: str):
    """The browser keeps the block of JSON-LD as it is, runs nothing of it, and reports no breach of the policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(strict_site + RETRACTED)
    data = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")
    assert data["itemReviewed"]["creativeWorkStatus"] == "Retracted"
    assert said == []


def test_the_span_for_reference_managers_is_seen_by_nobody(page: Page, strict_site: str):
    """The one span is there for programs; it takes no room, and no reader of a screen meets it."""
    page.goto(strict_site + RETRACTED)
    span = page.locator("span.Z3988")
    assert span.count() == 1
    assert span.bounding_box() is None or span.bounding_box()["width"] == 0
    assert "ctx_ver" not in page.locator("main").aria_snapshot()


def test_the_files_are_served(page: Page, strict_site: str):
    """Every file that a page names as its own or as a feed can be had, but for the PDF that is not made yet."""
    page.goto(strict_site + RETRACTED)
    named = page.eval_on_selector_all(
        'link[rel="describedby"], link[rel="item"], link[rel="linkset"], link[rel="alternate"]', "links => links.map(l => l.href)"
    )
    assert len(named) == 8
    assert [address for address in named if not address.endswith(".pdf") and not page.request.get(address).ok] == []
