"""What a site weighs: bytes and files a page, the largest file a reader loads, and what a search sends."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from figures import Bound, Cell, Group
from projects import Projects

SEARCHED = Bound(150.0, 6000, "kB")
# what a browser loads while somebody reads; data are for programs, and the search is told in a table of its own
LOADED = re.compile(r"\.(html|js|css|svg|woff2?)$")
SEARCHES = (  # what somebody looks for, as it stands in the address
    *("q=fatigue", "q=propranolol", "q=chronic+fatigue", "q=post+exertional+malaise", "q=fatigue+in+women+with+long+covid"),
    *("q=fatigue&pem=required", "q=fatigue&design=cohort&topic=pain", "pem=required", "q=%22fatigue%22"),
    *("q=%22orthostatic+intolerance%22", "q=%22chronic+fatigue%22"),
)


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``size``."""
    rows: list[list[Cell]] = []
    for projects in sizes:
        projects.ready("whole")
        out = projects.out("whole")
        files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file() and ".doctrees" not in path.parts}
        total = sum(path.stat().st_size for path in files.values())
        pages = list((out / "evidence").glob("*/index.html"))
        html = sum(path.stat().st_size for path in pages)
        largest = max(pages, key=lambda path: path.stat().st_size)
        loaded = {name: len(gzip.compress(path.read_bytes(), 6)) for name, path in files.items() if LOADED.search(name)}
        name = max(loaded, key=lambda one: loaded[one])
        rows.append(
            [
                *(projects.pages, total / projects.pages / 1e3, len(files) / projects.pages, html / len(pages) / 1e3),
                *(largest.stat().st_size / 1e3, files[name].stat().st_size / 1e3, loaded[name] / 1e3, name),
            ]
        )
    head = ("Pages", "kB a page, all files", "Files a page", "HTML of a page, kB", "Largest such, kB")
    return {"size": Group((*head, "Largest file a reader loads, kB", "The same as sent (gzip), kB", "Which"), rows)}


def measure_search(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``search``: what is sent from opening the search page until the first results stand there."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from playwright.sync_api import sync_playwright

    from browser.conftest import ARGUMENTS, chromium, serve

    rows: list[list[Cell]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for projects in sizes:
            projects.ready("whole")
            for address in serve(projects.out("whole")):
                rows += [_searched(browser.new_context(), address, searched, projects.pages) for searched in SEARCHES]
        browser.close()
    return {"search": Group(("Searched for", "Pages", "kB", "Of it by the search", "Files", "Bound", "Met"), rows)}


def _searched(context: object, address: str, searched: str, pages: int) -> list[Cell]:
    page = context.new_page()  # type: ignore[attr-defined]
    page.goto(f"{address}/search/?{searched}")
    page.locator("#search-results > li").first.wait_for(timeout=60_000)
    loaded = dict(_sent(page))
    page.context.close()
    by_search = sum(size for name, size in loaded.items() if "/pagefind/" in name)
    total = sum(loaded.values()) / 1e3
    asked = " ".join(f"“{value}”" if name == "q" else f"{name}: {value}" for name, value in parse_qsl(searched))
    return [asked, pages, total, by_search / 1e3, len(loaded), *SEARCHED.cells(total, pages)]


def _sent(page: object) -> Iterator[tuple[str, int]]:
    """Yield each file that a page loaded, with the bytes of its body as they were sent."""
    kinds = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
    for name, size in page.evaluate(f"{kinds}.map(entry => [entry.name, entry.encodedBodySize])"):  # type: ignore[attr-defined]
        yield urlsplit(name).path, size
