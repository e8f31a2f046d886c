"""Measures charts: the CPU of counting and drawing each at N papers, its weight in the page, and what loading costs."""

from __future__ import annotations

import argparse
import gzip
import io
import tempfile
import time
from pathlib import Path

import corpus
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from evidence_atlas.charts import vector
from evidence_atlas.charts.directive import tally_of
from evidence_atlas.charts.links import Links
from evidence_atlas.charts.store import _draw
from evidence_atlas.documents import Charted
from evidence_atlas.domain import AtlasDomain, atlas_domain

CHARTS = [(kind, "topic", "level") for kind in ("pem", "years", "definitions", "gaps", "sizes", "shares")] + [
    ("gaps", "topic", "design")
]
RUNS = 5


def read(folder: Path, pages: int) -> Sphinx:
    """Return an atlas of N pages, read and not written."""
    project = corpus.make(folder / "bench", pages)["atlas"]
    with patch_docutils(project), docutils_namespace():
        app = Sphinx(project, project, folder / "site", folder / "doctrees", "dirhtml", status=None, warning=io.StringIO())
        app.builder.read()
    return app


def least(work: object, *arguments: object) -> tuple[float, object]:
    """Return the least CPU time of several runs in milliseconds, and what the work gives."""
    times, made = [], None
    for _ in range(RUNS):
        start = time.process_time()
        made = work(*arguments)  # type: ignore[operator]
        times.append(time.process_time() - start)
    return 1000 * min(times), made


def picture(charted: Charted, domain: AtlasDomain, app: Sphinx) -> str:
    """Return a chart as it stands in a page, from counting to the last link."""
    tally = tally_of(charted, domain)
    svg, places = _draw(tally)
    links = Links(app.builder, "index", charted, tally)
    return vector.inline(svg, f"atlas-map-{charted.name}", tally.title, tally.says(), links.of(places))


def measure(app: Sphinx) -> None:
    """Print a row for each chart, and one for all of them."""
    domain = atlas_domain(app.env)
    domain.forget_index()
    print(f"{len(domain.pages):,} papers")
    start = time.process_time()
    import matplotlib.figure  # noqa: F401

    print(f"{'loading matplotlib, only where a picture must be drawn':<58}{1000 * (time.process_time() - start):>8,.0f} ms")
    whole = []
    for number, (kind, rows, columns) in enumerate(CHARTS):
        charted = Charted(f"{kind}-{number}", kind, (), rows, columns)
        counting, _ = least(tally_of, charted, domain)
        took, made = least(picture, charted, domain, app)
        whole.append(str(made))
        weight = len(gzip.compress(whole[-1].encode(), 6)) / 1e3
        print(f"{kind + ' ' + rows + ' ' + columns:<36}{took:>8,.0f} ms, counting {counting:>4,.0f} ms{weight:>7,.1f} kB gz")
    print(f"{'all of them in one page':<36}{len(gzip.compress(''.join(whole).encode(), 6)) / 1e3:>48,.1f} kB gzip")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=6000, help="papers (6000)")
    with tempfile.TemporaryDirectory() as folder:
        measure(read(Path(folder), parser.parse_args().pages))


if __name__ == "__main__":
    main()
