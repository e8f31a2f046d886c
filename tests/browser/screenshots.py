"""Takes pictures of the built site: ``nox -s screenshots``; the README's comes from here."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser.conftest import ARGUMENTS, ROOT, chromium, serve

SITE = ROOT / "build" / "site"
OUT = ROOT / "build" / "screenshots"
PAGES = {
    "home": "/",
    "papers": "/evidence/",
    "paper": "/evidence/fluge-2019-lymphocyte-depletion/",
    "retracted": "/evidence/lombardi-2009-infectious-retrovirus/",
    "how": "/how-it-works/",
    "policy": "/policy/",
    "guide": "/contributing/",
}
README = ROOT / "docs" / "_static" / "page.png"


def main() -> None:
    """Write a picture of each page in each width and scheme, and the README's."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for address in serve(SITE):
            for width in (390, 1280):
                for scheme in ("light", "dark"):
                    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    page = context.new_page()
                    for name, path in PAGES.items():
                        page.goto(address + path)
                        page.screenshot(path=str(OUT / f"{name}-{width}-{scheme}.png"), full_page=True)
                    context.close()
            context = browser.new_context(viewport={"width": 430, "height": 900}, device_scale_factor=1.5)
            page = context.new_page()
            page.goto(address + PAGES["paper"])
            page.screenshot(path=str(README))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
