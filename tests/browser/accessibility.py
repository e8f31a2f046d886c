"""What axe-core finds on a page, by one choice of rules."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}  # to work out what passed as well takes twice the time


def faults(page: Page) -> list[str]:
    """Return the rules that a page breaks, each with the elements that break it."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in found]
