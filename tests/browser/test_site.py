"""What a reader meets on the built site."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .conftest import build, serve

SEED = "/evidence/martinez-lavin-2021-dorsal-root/"
PAGES = [
    "/",
    "/evidence/",
    SEED,
    "/evidence/lombardi-2009-infectious-retrovirus/",
    "/how-it-works/",
    "/policy/",
    "/contributing/",
    "/search/",
]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out(browser: Browser, site: str, address: str, width: int):
    """No page scrolls sideways, on the narrowest phone nor on a desktop."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(site + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_answer_comes_first(page: Page, site: str):
    """Title, summary, badge and the beginning of what it does not prove are on a phone's first screen."""
    page.goto(site + SEED)
    height = page.viewport_size["height"]
    for part in ("h1", ".atlas-summary", ".atlas-badge", ".atlas-limitations"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["y"] < height, part


def test_the_citation_is_copied(page: Page, site: str):
    """One button copies the paper's citation, one the BibTeX, one the reference with the day of access."""
    page.goto(site + SEED)
    page.get_by_role("button", name="Copy citation").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Martínez-Lavín, Manuel (2021). Dorsal root ganglia: Fibromyalgia pain factory?")
    assert "doi:10.1007/s10067-020-05528-z" in copied
    page.get_by_role("button", name="Copy BibTeX").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@article{martinezlavin2021dorsal,")
    page.get_by_role("button", name="Copy reference").click()
    reference = page.evaluate("navigator.clipboard.readText()")
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    assert reference.endswith(f"Accessed {today}.")
    for name, start in (("RIS", "TY  - JOUR"), ("CSL-JSON", "[")):
        page.get_by_role("button", name=f"Copy {name}").click()
        page.wait_for_function(f"navigator.clipboard.readText().then(text => text.startsWith({start!r}))")


def test_downloads(page: Page, site: str):
    """The three citation files are downloads that exist."""
    page.goto(site + SEED)
    for name in ("BibTeX", "RIS", "CSL-JSON"):
        address = page.get_by_role("link", name=name, exact=True).evaluate("link => link.href")
        assert page.request.get(address).ok


def test_without_script_everything_is_there(browser: Browser, site: str):
    """Without JavaScript the page holds badge, limitations, citation and downloads."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + SEED)
    for text in ("PEM not applicable", "What it does not prove", "Dorsal root ganglia: Fibromyalgia pain factory?", "CSL-JSON"):
        assert page.get_by_text(text).first.is_visible()
    assert page.locator("main").get_by_role("button").count() == 0
    context.close()


def test_no_request_leaves_the_site(page: Page, site: str):
    """Opening pages asks no other host for anything and sets no cookie."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in PAGES:
        page.goto(site + address)
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    assert page.context.cookies() == []


def test_search_finds_a_page(page: Page, site: str):
    """The search page finds a paper by a word of its text."""
    page.goto(f"{site}/search/?q=rituximab")
    link = page.locator("#search-results a").first
    link.wait_for()
    assert "ituximab" in page.locator("#search-results").inner_text()


def contrast(page: Page, selector: str) -> float:
    """Return the contrast of an element's text to the nearest background, by WCAG 2.2."""
    return page.locator(selector).first.evaluate(
        """element => {
            const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const rgb = (...layers) => {
                canvas.clearRect(0, 0, 1, 1);
                for (const colour of layers) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
                return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
            };
            const grounds = [];
            for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
            const light = colour => colour.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const [ink, paper] = [light(rgb(...grounds, getComputedStyle(element).color)), light(rgb(...grounds))];
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, site: str, scheme: str):
    """Text, links, badges and banners keep a contrast of 4.5 to 1 in light and in dark."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for address, selectors in {
        SEED: [
            "h1",
            ".atlas-byline",
            ".atlas-summary",
            ".atlas-badge",
            ".atlas-limitations p",
            "main a",
            ".atlas-footer p",
            ".atlas-header nav a",
        ],
        "/evidence/lombardi-2009-infectious-retrovirus/": [".atlas-notice .admonition-title", ".atlas-notice p", ".atlas-hint"],
        "/evidence/fluge-2019-lymphocyte-depletion/": [".atlas-badge-required"],
        "/evidence/white-2011-comparison-of-adaptive/": [".atlas-badge-not-required"],
        "/evidence/lo-2010-mlv-related-virus/": [".atlas-badge-unclear"],
    }.items():
        page.goto(site + address)
        for selector in selectors:
            assert contrast(page, selector) >= 4.5, (address, selector)
    context.close()


HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "[x](javascript:window.hit=1)",
    "```{raw} html\n<script>window.hit = 1</script>\n```",
    "```{eval-rst}\n.. raw:: html\n\n   <svg onload='window.hit = 1'></svg>\n\n`x <javascript:window.hit=1>`_\n```",
    "```{button-link} javascript:window.hit=1\n:click-parent:\n```",
    "{math}`\\href{javascript:window.hit=1}{x}`",
    "<details open ontoggle='window.hit = 1'>x</details>",
    "<a href='javascript:window.hit=1'>x</a>",
]


def test_a_hostile_page_runs_nothing(page: Page, tmp_path: Path):
    """Of a page full of attacks, nothing runs when it is opened and every link in it is clicked."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from conftest import BIB, CONF
    from conftest import page as evidence_page

    docs = tmp_path / "docs"
    (docs / "evidence").mkdir(parents=True)
    (docs / "conf.py").write_text(CONF)
    (docs / "index.md").write_text("# Home\n\n```{evidence-table}\n```\n")
    (docs / "references.bib").write_text(BIB.replace("Does rest help?", "<script>window.hit=1</script>"))
    (docs / "evidence/alpha-2020-rest.md").write_text(
        evidence_page(summary="\"<img src=x onerror='window.hit=1'>\"", body="\n\n".join(HOSTILE))
    )
    for site in serve(build(docs, tmp_path)):
        for address in ("/", "/evidence/alpha-2020-rest/"):
            page.goto(site + address)
            page.wait_for_load_state("networkidle")
            page.evaluate(
                "document.querySelectorAll('main a, .body a').forEach(a => { if (!/^(https?|mailto):/.test(a.href)) a.click() })"
            )
            assert page.evaluate("window.hit") is None
