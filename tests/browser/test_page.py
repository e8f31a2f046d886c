"""Three readers on the built site: one on a phone in a dark room, one with ninety seconds, one who will cite."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from .test_accessible import KINDS, TRIAL, open_context

RETRACTED = "/evidence/lombardi-2009-infectious-retrovirus/"
DISPUTED = "/evidence/white-2011-comparison-of-adaptive/"


# ---------------------------------------------------------------------------------------------------------
# On a phone, in a dark room, with little energy
# ---------------------------------------------------------------------------------------------------------


def test_calm_mode_is_one_switch_that_stays(browser: Browser, site: str):
    """One press makes every page calm, says so, folds the longer version, and holds on the next page; one more ends it."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(site + TRIAL)
    switch = page.get_by_role("button", name="Calm mode")
    longer = page.locator("details.atlas-long")
    assert switch.get_attribute("aria-pressed") == "false"
    assert longer.get_attribute("open") is not None
    switch.click()
    assert switch.get_attribute("aria-pressed") == "true"
    assert longer.get_attribute("open") is None
    page.goto(site + DISPUTED)
    assert page.locator("html").get_attribute("data-calm") == "on"
    assert switch.get_attribute("aria-pressed") == "true"
    assert not page.get_by_role("heading", name="What was done and found").is_visible()
    page.get_by_text("The longer version").click()
    assert page.get_by_role("heading", name="What was done and found").is_visible()
    switch.click()
    page.reload()
    assert longer.get_attribute("open") is not None
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_calm_is_softer(browser: Browser, site: str, scheme: str):
    """Calm mode has less contrast and less colour than the page before, and still 4.5:1 (axe looks at every text)."""
    found = {}
    for look in ("", "calm-"):
        context = open_context(browser, 390, f"{look}{scheme}")
        page = context.new_page()
        page.goto(site + TRIAL)
        found[look] = page.evaluate(
            """() => {
                const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
                const rgb = colour => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255); };
                const light = parts => parts.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                const [ink, paper] = ["color", "backgroundColor"].map(name => light(rgb(getComputedStyle(document.body)[name])));
                const badge = rgb(getComputedStyle(document.querySelector(".atlas-badge")).color);
                return [(Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05), Math.max(...badge) - Math.min(...badge)];
            }"""
        )
        context.close()
    (contrast, colour), (calm_contrast, calm_colour) = found[""], found["calm-"]
    assert 4.5 <= calm_contrast < contrast
    assert calm_colour < colour


def test_calm_never_flashes(browser: Browser, strict_site: str):
    """In calm mode the page is calm, and the longer version folded, in the first picture that is painted."""
    context = open_context(browser, 390, "calm-dark")
    context.add_init_script(
        """window.seen = [];
        const look = () => {
            const part = document.querySelector("details.atlas-long");
            if (document.body) seen.push([document.documentElement.dataset.calm, part ? part.open : null]);
            if (seen.length < 30) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);"""
    )
    page = context.new_page()
    page.goto(strict_site + TRIAL)
    page.wait_for_timeout(1000)
    seen = page.evaluate("seen")
    assert len(seen) >= 5
    assert all(calm == "on" and opened is not True for calm, opened in seen)
    context.close()


def test_calm_works_where_nothing_may_be_kept(browser: Browser, site: str):
    """With storage forbidden the switch still works for the page that is open, and no script fails."""
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site + TRIAL)
    page.get_by_role("button", name="Calm mode").click()
    assert page.locator("html").get_attribute("data-calm") == "on"
    assert errors == []
    context.close()


def test_an_address_into_the_longer_version_opens_it(browser: Browser, site: str):
    """In calm mode, a link to a heading of the longer version still leads there."""
    context = open_context(browser, 390, "calm")
    page = context.new_page()
    page.goto(f"{site}{TRIAL}#why-it-matters-for-me-cfs")
    heading = page.get_by_role("heading", name="Why it matters for ME/CFS")
    heading.wait_for()
    page.wait_for_function("document.querySelector('#why-it-matters-for-me-cfs').getBoundingClientRect().top < innerHeight")
    context.close()


def test_the_head_moves_nothing(browser: Browser, site: str):
    """When the script of the switch has run, the page stands where it stood without it."""
    tops = []
    for script in (True, False):
        context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script)
        page = context.new_page()
        page.goto(site + TRIAL)
        box = page.locator("h1").bounding_box()
        assert box is not None
        tops.append(box["y"])
        context.close()
    assert tops[0] == tops[1]


# ---------------------------------------------------------------------------------------------------------
# With ninety seconds
# ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [TRIAL, DISPUTED, "/evidence/martinez-lavin-2021-dorsal-root/"])
def test_the_answer_is_near(page: Page, site: str, address: str):
    """On a phone, badge and "What it does not prove" stand within one and a half screens, in that order, after the sentence."""
    page.goto(site + address)
    parts = ["h1", ".atlas-summary", ".atlas-badge", ".atlas-limitations > .admonition-title", ".atlas-glance"]
    tops = [page.locator(part).first.bounding_box()["y"] for part in parts]  # type: ignore[index]
    assert tops == sorted(tops)
    assert tops[3] < 1.5 * 844
    assert page.locator(".atlas-glance").get_by_text("Level of evidence").bounding_box()["y"] < 3 * 844  # type: ignore[index]


def test_on_a_desktop_the_facts_stand_beside_the_text(browser: Browser, site: str):
    """At 1280 pixels the facts are on the first screen, right of the text, and the citations below them; read in order."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + TRIAL)
    text, glance, cite = (
        page.locator(part).first.bounding_box() for part in (".atlas-limitations", ".atlas-glance", ".atlas-cite")
    )
    assert text
    assert glance
    assert cite
    assert glance["x"] > text["x"] + text["width"]
    assert glance["y"] < 300
    assert cite["x"] == glance["x"]
    assert cite["y"] >= glance["y"] + glance["height"]
    parts = [".atlas-limitations", ".atlas-glance", ".atlas-long", ".atlas-cite"]
    read = page.locator(", ".join(parts)).evaluate_all(
        "(found, parts) => found.map(e => parts.find(part => e.matches(part)))", parts
    )
    assert read == parts
    page.close()


def test_a_retraction_is_the_first_thing(page: Page, site: str):
    """The banner stands right under the title, within the first screen, and its word is on every list that names the paper."""
    page.goto(site + RETRACTED)
    title, banner, byline = (
        page.locator(part).first.bounding_box() for part in ("h1", ".atlas-notice-withdrawn", ".atlas-byline")
    )
    assert title
    assert banner
    assert byline
    assert title["y"] < banner["y"] < byline["y"]
    assert banner["y"] < 500
    page.goto(f"{site}/")
    assert page.locator("main").get_by_role("link", name="Retracted: the report of the virus XMRV").count() == 1


# ---------------------------------------------------------------------------------------------------------
# Who will cite
# ---------------------------------------------------------------------------------------------------------


def test_citing_is_two_clicks(page: Page, site: str):
    """From the top of a phone's page: to the citations, copy; a screen reader is told."""
    page.goto(site + TRIAL)
    page.get_by_role("link", name="How to cite").click()
    assert page.locator("#cite").bounding_box()["y"] < 844  # type: ignore[index]
    page.get_by_role("button", name="Copy citation").click()
    page.get_by_role("status").filter(has_text="Copy citation: copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Fluge, Ø.; Rekeland, I.G.")


def test_a_refused_copy_is_told(page: Page, site: str):
    """Where the browser does not let a page copy, the button says so, in sight and to a screen reader."""
    page.goto(site + TRIAL)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Copy citation").click()
    page.get_by_role("button", name="Not copied").wait_for()
    page.get_by_role("status").filter(has_text="select the text").wait_for(state="attached")


def test_a_researcher_finds_and_takes(page: Page, site: str):
    """From the first page: to the door for researchers, to the table, to a paper, its BibTeX folded out and its data downloaded."""
    page.goto(f"{site}/")
    page.get_by_role("link", name="For researchers").press("Enter")  # the whole card is the link
    page.get_by_role("link", name="All papers in one table").click()
    page.get_by_role("link", name="Rituximab did no better than placebo").first.click()
    listing = page.locator(".atlas-bibtex").first
    assert not listing.is_visible()
    page.locator("details.atlas-fold summary").click()
    assert listing.is_visible()
    data = page.get_by_role("link", name="record.json").evaluate("link => link.href")
    assert page.request.get(data).json()["record"]["paper"] == "fluge2019lymphocyte"


def test_home_has_its_parts_in_order(page: Page, site: str):
    """What this is, search, the picture, three doors, newest, retracted, how it is made; at most five and ten rows."""
    page.goto(f"{site}/")
    found = page.evaluate(
        "[...document.querySelectorAll('main h1, main form, main .atlas-chart-region, main .sd-card-title, main h2')].map(e => e.tagName === 'FORM' ? 'form' : e.ariaLabel || e.textContent.replace('#', '').trim())"
    )
    assert found == [
        "ME/CFS Evidence Atlas",
        "form",
        "How many papers required PEM",
        "For patients",
        "For clinicians",
        "For researchers",
        "Newest papers",
        "Retracted papers",
        "How it is made",
    ]
    assert [table.locator("tbody tr").count() for table in page.locator("main .atlas-table").all()] == [5, 2]
    page.get_by_label("Search for words, an author or a DOI").fill("rituximab")
    page.keyboard.press("Enter")
    page.locator("#search-results a").first.wait_for()


# ---------------------------------------------------------------------------------------------------------
# Without script, on paper, over a slow line, with keys alone
# ---------------------------------------------------------------------------------------------------------


def test_without_script_nothing_is_missing_that_can_be_read(browser: Browser, site: str):
    """Without JavaScript the longer version folds and unfolds, and no button stands there that would do nothing."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + TRIAL)
    for said in ("At a glance", "What was done and found", "Related papers", "History and versions"):
        assert page.get_by_role("heading", name=said).is_visible()
    assert page.get_by_role("button", name="Calm mode").count() == 0
    page.get_by_text("The longer version").click()
    assert not page.get_by_role("heading", name="What was done and found").is_visible()
    context.close()


def test_paper_has_all_and_nothing_of_the_screen(browser: Browser, site: str, tmp_path: Path):
    """Printed in calm, dark and folded: black on white, the longer version whole; no navigation, buttons or folds."""
    import pypdfium2

    context = open_context(browser, 390, "calm-dark")
    page = context.new_page()
    page.goto(site + TRIAL)
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4", print_background=True)
    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    text = " ".join(" ".join(leaf.get_textpage().get_text_range() for leaf in document).split())
    for said in (
        "What it does not prove",
        "At a glance",
        "What was done and found",
        "doi:10.7326/m18-1451",
        "Works cited",
        "not medical advice",
    ):
        assert said in text, said
    for said in ("Calm mode", "Copy citation", "The longer version", "@article", "Write to the editors", "How to cite"):
        assert said not in text, said
    assert len(document) <= 4
    corner = document[0].render(scale=0.2).to_pil().getpixel((5, 5))
    assert corner == (255, 255, 255)
    context.close()


def test_a_first_view_weighs_little(browser: Browser, built: Path, site: str):
    """All that a browser fetches to show a paper's page for the first time is less than 60 kB, compressed."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(site + TRIAL)
    page.wait_for_load_state("networkidle")
    context.close()
    files = [built / (path.lstrip("/") + "index.html" if path.endswith("/") else path.lstrip("/")) for path in asked]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 60_000, asked


def test_the_skip_link_leads_past_the_head(page: Page, site: str):
    """The first key press of Tab shows the link; Enter leads into the text, where Tab goes on."""
    page.goto(site + TRIAL)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "atlas-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_paper_is_read_and_cited_by_keys_alone(page: Page, site: str):
    """Calm mode, the longer version and the copy button answer to the keyboard."""
    page.goto(site + TRIAL)
    page.get_by_role("button", name="Calm mode").focus()
    page.keyboard.press("Space")
    assert page.locator("html").get_attribute("data-calm") == "on"
    page.locator("details.atlas-long > summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="What was done and found").is_visible()
    page.get_by_role("button", name="Copy citation").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="copied").wait_for(state="attached")


def test_no_page_asks_another_host(browser: Browser, site: str):
    """No kind of page asks another host for anything, and none sets a cookie."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in KINDS.values():
        page.goto(site + address)
        page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert context.cookies() == []
    context.close()
