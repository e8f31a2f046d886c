"""Measures the table of all papers in a browser: the page's weight, and the time from a key to the painted table.

It makes an atlas of N pages (minutes), or takes the folder of a site that is built already.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser.conftest import ARGUMENTS, chromium
from browser.test_table import TYPE, serve

TEXTS = ("s", "sc", "sco", "scor", "score", "scores", "scores a", "scores an", "scores", "score", "scor", "sco", "sc", "s", "")
SORT = """button => new Promise(resolve => {
    const start = performance.now();
    button.click();
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
        port2.onmessage = () => resolve(performance.now() - start);
        port1.postMessage(0); });
})"""


def make_site(folder: Path, pages: int) -> Path:
    """Build an atlas whose home page is the table of all its papers."""
    project = corpus.make(folder / "bench", pages)["atlas"]
    (project / "index.md").write_text("# Atlas\n\n```{evidence-table}\n```\n")
    conf = project / "conf.py"
    conf.write_text(conf.read_text().replace('"basic"', '"evidence_atlas"'))
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", str(project), str(folder / "site")], check=True)
    return folder / "site"


def row(label: str, value: str) -> None:
    """Print one row of the table."""
    print(f"{label:<60}{value:>20}", flush=True)


def measure(site: Path) -> None:
    """Print weight and times of the table on a site's home page."""
    html = (site / "index.html").read_bytes()
    row("the page: kB, and compressed by gzip", f"{len(html) / 1e3:,.0f}, {len(gzip.compress(html, 6)) / 1e3:,.0f}")
    for name in ("table.js", "table.css"):
        data = (site / "_static" / name).read_bytes()
        row(f"{name}: kB, and compressed by gzip", f"{len(data) / 1e3:,.1f}, {len(gzip.compress(data, 6)) / 1e3:,.1f}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for address in serve(site):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            page.wait_for_timeout(1000)
            loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
            row("papers", page.get_by_role("status").inner_text())
            row("from the request to the working table (ms)", f"{loaded:,.0f}")
            took = [page.evaluate(TYPE, text) for text in TEXTS * 3]
            row("a key to the painted table: median, worst (ms)", f"{statistics.median(took):.0f}, {max(took):.0f}")
            heads = page.locator(".atlas-sort").all()
            first, again = ([head.evaluate(SORT) for head in heads] for _ in range(2))
            row("a click on a head: median, worst (ms)", f"{statistics.median(first + again):.0f}, {max(first + again):.0f}")
        browser.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=6000, help="papers (6000)")
    parser.add_argument("--site", type=Path, help="a built site with the table on its home page, in place of making one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options.site or make_site(Path(folder), options.pages))


if __name__ == "__main__":
    main()
