"""WCAG 2.2 AA as far as a machine can tell, on every kind of page; and the content security policy that the site keeps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .accessibility import faults
from .conftest import build, serve

TRIAL = "/evidence/fluge-2019-lymphocyte-depletion/"
KINDS = {
    "home": "/",
    "table": "/evidence/",
    "trial": TRIAL,
    "retracted": "/evidence/lombardi-2009-infectious-retrovirus/",
    "definition": "/evidence/fukuda-1994-comprehensive-approach/",
    "prose": "/how-it-works/",
    "policy": "/policy/",
    "browse": "/browse/",
    "values": "/browse/topic/",
    "list": "/browse/topic/immunology/",
    "years": "/references/",
    "works": "/references/2019/",
    "definitions": "/case-definitions/",
    "case-definition": "/case-definitions/ccc-2003/",
    "coverage": "/coverage/",
    "charts": "/evidence-map/",
    "papers-of-a-chart": "/evidence-map/years/2025/",
    "topic": "/topics/treatment/",
    "guide": "/contributing/",
    "tutorial": "/contributing/tutorial/",
    "cases": "/contributing/worked-cases/",
    "picture": "/contributing/architecture/",
    "commands": "/reference/commands/",
    "reference": "/reference/directives/",
    "search": "/search/?q=rituximab",
    "accessibility": "/accessibility/",
    "not-found": "/404.html",
}
MANY = {
    "conf.py": 'project = "Kinds"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n',
    "index.md": """# All that Markdown can

A formula {math}`P < 0.05` in a line, and one by itself.

```{math}
:label: ratio
RR = \\frac{a/(a+b)}{c/(c+d)} \\\\ a &= b
```

See {eq}`ratio`. A footnote.[^one] `code` and **strong** and *emphasis*.

[^one]: The footnote.

```python
def f(x):  # a comment
    return "text", 1.5, None
```

| Left | Right |
|:-----|------:|
| a    |     1 |

:::{note}
A note.
:::

:::{warning}
A warning.
:::

```{dropdown} More
Hidden at first.
```

````{tab-set}
```{tab-item} One
First.
```
```{tab-item} Two
Second.
```
````

```{list-table}
:widths: 30 70
:header-rows: 1

* - A
  - B
* - c
  - d
```

```{figure} dot.png
:width: 40px
:alt: A dot

The caption.
```

```{search-field}
```

term
: What it means.

> A quotation.
""",
}


def open_context(browser: Browser, width: int, look: str, **more: object) -> BrowserContext:
    """Return a browser's context in light, dark or calm."""
    scheme = "dark" if look.endswith("dark") else "light"
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, **more)  # type: ignore[arg-type]
    if look.startswith("calm"):
        context.add_init_script("localStorage.setItem('atlas-calm', 'on')")
    return context


LOOKS = ["light", "dark", "calm", "calm-dark"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with every kind of block on one page, under the policy."""
    docs = tmp_path_factory.mktemp("many")
    for name, text in MANY.items():
        (docs / name).write_text(text, encoding="utf-8")
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one pixel
    import base64

    (docs / "dot.png").write_bytes(base64.b64decode(dot))
    yield from serve(build(docs, tmp_path_factory.mktemp("many-out")), strict=True)


def settle(page: Page, address: str) -> None:
    """Open a page and wait for what its scripts add."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, site: str, width: int, look: str):
    """No rule of WCAG 2.2 AA that axe knows is broken on any kind of page, in any look, on phone and desktop."""
    context = open_context(browser, width, look)
    page = context.new_page()
    found = {}
    for kind, address in KINDS.items():
        settle(page, site + address)
        if kind == "search":
            page.locator("#search-results a").first.wait_for()
        found[kind] = faults(page)
    context.close()
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_block(browser: Browser, many: str, look: str):
    """Formulas, code, tables, notes, tabs, figures and footnotes keep the rules as well."""
    context = open_context(browser, 390, look, bypass_csp=True)
    page = context.new_page()
    settle(page, f"{many}/")
    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("look", ["light", "calm-dark"])
def test_every_page_keeps_the_policy(browser: Browser, strict_site: str, many: str, look: str):
    """Under a strict content security policy nothing is refused, on any kind of page, and no script fails."""
    context = open_context(browser, 1280, look)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`))"
    )
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(f"{page.url} {message.text}") if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    for address in (*(strict_site + path for path in KINDS.values()), f"{many}/"):
        settle(page, address)
    page.goto(strict_site + TRIAL)
    page.get_by_role("button", name="Calm mode").click()
    page.goto(f"{strict_site}/")
    page.get_by_label("Search for words").fill("rituximab")
    page.get_by_role("button", name="Search").click()
    page.locator("#search-results a").first.wait_for()
    context.close()
    assert said == []


def test_the_policy_is_watched(browser: Browser, strict_site: str):
    """The test above would see a breach: a style attribute is refused and reported."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(strict_site)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_timeout(100)
    assert any("style" in line for line in said)
    page.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_keyboard_reaches_everything(browser: Browser, site: str, kind: str):
    """Tab leads through every control once and out again, each with a visible focus of 2 px that stands out by 3:1."""
    context = open_context(browser, 1280, "light")
    page = context.new_page()
    settle(page, site + KINDS[kind])
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
            .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.type !== "radio").map((e, i) => { e.dataset.stop = i; return i; })"""
    )
    met: list[int] = []
    for _ in range(len(wanted) + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const e = document.activeElement, look = getComputedStyle(e, e.matches(".sd-stretched-link") ? "::after" : null);
                return e === document.body ? null
                    : { at: Number(e.dataset.stop), width: parseFloat(look.outlineWidth), style: look.outlineStyle, html: e.outerHTML.slice(0, 90) };
            }"""
        )
        if stop is None:
            break
        met.append(stop["at"])
        assert stop["style"] != "none", stop["html"]
        assert stop["width"] >= 2, stop["html"]
    context.close()
    assert sorted(set(met)) == wanted


@pytest.mark.parametrize("look", LOOKS)
def test_the_focus_stands_out(browser: Browser, site: str, look: str):
    """The ring of the focus has 3:1 to the paper in every look."""
    context = open_context(browser, 390, look)
    page = context.new_page()
    page.goto(site + TRIAL)
    page.keyboard.press("Tab")
    ratio = page.evaluate(
        """() => {
            const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const light = colour => {
                canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
                    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            };
            const [a, b] = [getComputedStyle(document.activeElement).outlineColor, getComputedStyle(document.body).backgroundColor].map(light);
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }"""
    )
    context.close()
    assert ratio >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_controls_are_large_enough(browser: Browser, site: str, kind: str):
    """Buttons, fields and links outside of sentences are at least 24 by 24 pixels on a phone."""
    context = open_context(browser, 390, "light")
    page = context.new_page()
    settle(page, site + KINDS[kind])
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, header a, footer nav a")]
            .filter(e => e.checkVisibility({ visibilityProperty: true }))
            .filter(e => { const label = e.closest("label"), box = (label || e).getBoundingClientRect(); return box.width < 24 || box.height < 24; })
            .filter(e => !e.matches(".atlas-skip")).map(e => e.outerHTML.slice(0, 90))"""
    )
    context.close()
    assert small == []


@pytest.mark.parametrize("kind", KINDS)
def test_narrow_and_large_lose_nothing(browser: Browser, site: str, kind: str):
    """At 320 pixels, and with text twice as large on a phone, no page scrolls sideways and no text is cut off."""
    for width, zoom in ((320, 100), (390, 200), (1280, 200)):
        context = open_context(browser, width, "light")
        page = context.new_page()
        fonts = {"standard": 16 * zoom // 100, "fixed": 13 * zoom // 100}  # as a reader sets them in the browser
        context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": fonts})
        settle(page, site + KINDS[kind])
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == pytest.approx(18 * zoom / 100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, zoom)
        cut = page.evaluate(
            """() => [...document.querySelectorAll("main *, header *")]
                .filter(e => e.checkVisibility() && getComputedStyle(e).overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 2)
                .map(e => e.outerHTML.slice(0, 90))"""
        )
        assert cut == []
        context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_outline_and_landmarks(browser: Browser, site: str, kind: str):
    """Each page has a language, one main heading, no skipped level, and its landmarks; names of links say where they lead."""
    page = browser.new_page()
    settle(page, site + KINDS[kind])
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].filter(e => e.checkVisibility()).map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels
    assert page.locator("html").get_attribute("lang") == "en"
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1  # type: ignore[arg-type]
    names = page.evaluate(
        "[...document.querySelectorAll('main a[href]:not(.headerlink)')].map(e => e.textContent.trim().toLowerCase())"
    )
    assert not {"here", "click here", "more", "link", ""} & set(names)
    page.close()


def test_forced_colours_keep_the_signs(browser: Browser, site: str):
    """With forced colours, as in Windows' high contrast, badge, limits and buttons keep a border."""
    context = browser.new_context(forced_colors="active", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(site + TRIAL)
    for part in (".atlas-badge", ".atlas-limitations", ".atlas-copy", ".atlas-calm"):
        border = page.locator(part).first.evaluate(
            "e => getComputedStyle(e).borderLeftStyle + getComputedStyle(e).borderLeftWidth"
        )
        assert border.startswith("solid"), part
    context.close()


def test_more_contrast_is_given_to_who_asks(browser: Browser, site: str):
    """Who asks the system for more contrast gets it, calm mode or not."""
    for look in ("light", "calm-dark"):
        context = open_context(browser, 390, look, contrast="more")
        page = context.new_page()
        page.goto(site + TRIAL)
        ink, paper = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
        assert {"light": ("rgb(0, 0, 0)", "rgb(255, 255, 255)"), "calm-dark": ("rgb(255, 255, 255)", "rgb(11, 12, 14)")}[
            look
        ] == (ink, paper)
        context.close()


def test_nothing_moves(site: str, built: Path):
    """No style of the site animates anything, but for the wait of a table's script, which changes nothing that is seen."""
    sheets = [
        path.read_text(encoding="utf-8")
        for path in (built / "_static").glob("*.css")
        if path.name not in ("basic.css", "sphinx-design.min.css")
    ]
    for sheet in sheets:
        assert "transition" not in sheet
        assert sheet.count("@keyframes") == sheet.count("@keyframes atlas-wait")
