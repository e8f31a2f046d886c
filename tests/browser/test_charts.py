"""Charts in a browser: seen in each scheme, walked through by keyboard, followed to their papers, under a strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

CHARTS = "/evidence-map/"
FILL = "element => getComputedStyle(element).fill"


def fills(browser: Browser, address: str, **look: str) -> dict[str, str]:
    """Return the colour of each kind of area as it is computed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **look)  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto(address)
    found = {
        name: opened.locator(f".atlas-chart-picture path.atlas-c-{name}").first.evaluate(FILL)
        for name in ("required", "paper", "tint-1", "tint-4")
    }
    found["words"] = opened.locator(".atlas-chart-picture g.atlas-c-ink").first.evaluate(FILL)
    context.close()
    return found


def test_each_scheme_has_colours_of_its_own(browser: Browser, site: str):
    """Light and dark differ in every colour; in forced colours tints are gone, and words and areas differ from the page."""
    light, dark = (fills(browser, site + CHARTS, color_scheme=scheme) for scheme in ("light", "dark"))
    assert all(light[name] != dark[name] for name in light)
    assert light["tint-1"] != light["tint-4"]
    forced = fills(browser, site + CHARTS, forced_colors="active")
    assert forced["tint-1"] == forced["tint-4"] == forced["paper"]
    assert forced["words"] == forced["required"] != forced["paper"]


def test_a_strict_policy_lets_charts_stand(page: Page, strict_site: str):
    """Under the content security policy nothing of a chart is refused, and it has its size and colours."""
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(strict_site + CHARTS)
    box = page.locator(".atlas-chart-picture").first.bounding_box()
    assert box
    assert box["width"] > 300
    assert page.locator(".atlas-chart-picture path.atlas-c-required").first.evaluate(FILL) == "rgb(0, 85, 140)"
    assert refused == []


def test_a_part_leads_to_as_many_papers(page: Page, site: str):
    """By keyboard, a part of the first picture shows where the focus is, says what it is, and leads to its papers."""
    page.goto(site + CHARTS)
    part = page.locator(".atlas-chart-pem a").first
    name = part.get_attribute("aria-label") or ""
    assert name.startswith("PEM required: ")
    part.focus()
    expect(part).to_be_focused()
    assert part.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(site + "/evidence-map/pem/all/#required")
    count = int(name.removeprefix("PEM required: ").split()[0])
    expect(page.locator("#required + .atlas-total + ul > li")).to_have_count(count)


def test_many_links_can_be_passed_over(page: Page, site: str):
    """Before a picture of many links, a link comes into sight by keyboard and leads past the picture."""
    page.goto(site + CHARTS)
    skip = page.locator(".atlas-chart-years .atlas-chart-skip a")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.atlas-chart-years .atlas-chart-data') !== null")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_pushed_sideways_but_wide_maps(page: Page, site: str, width: int):
    """The page is as wide as the screen at each width; words of a picture are no smaller than 9 pixels."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(site + CHARTS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll(".atlas-chart-picture")].flatMap(svg => {
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return [...svg.querySelectorAll("g[font-size]")].map(words => scale * words.getAttribute("font-size")); }))"""
    )
    assert smallest > (9 if width > 320 else 8)


def test_on_paper_the_numbers_are_unfolded(page: Page, site: str):
    """In print, the table of numbers stands open, and what only a screen can use is gone."""
    page.emulate_media(media="print")
    page.goto(site + CHARTS)
    expect(page.locator(".atlas-chart-numbers").first).to_be_visible()
    expect(page.locator(".atlas-chart-data > summary").first).to_be_hidden()
