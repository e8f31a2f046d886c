"""A project that had sphinxcontrib-bibtex before: with the atlas added, its own pages are what they were."""

from __future__ import annotations

import re

import pytest

from conftest import BIB, Build, page

# a style of the project's own, as upstream's documentation has one made
STYLES = (
    "from pybtex.plugin import register_plugin\nfrom pybtex.style.formatting.unsrt import Style\n\n"
    'class Own(Style):\n    default_sorting_style = "author_year_title"\n    default_label_style = "alpha"\n\n'
    'register_plugin("pybtex.style.formatting", "own", Own)\n'
    'bibtex_bibfiles = ["own.bib", "more.bib"]\nbibtex_default_style = "plain"\nbibtex_reference_style = "label"\nbibtex_footbibliography_header = ".. rubric:: Notes"\n'
)
CONF = 'project = "Old"\nextensions = [{extensions}]\nhtml_theme = "basic"\n' + STYLES
BEFORE = CONF.format(extensions='"sphinxcontrib.bibtex"')
AFTER = CONF.format(extensions='"sphinxcontrib.bibtex", "evidence_atlas"')


def chapters(count: int) -> dict[str, str]:
    """Return a project of that many pages, each with a citation and a footnote of its own."""
    bib = "".join(
        f"@article{{k{n}, author = {{Writer{n}, Ann}}, title = {{On {n}}}, journal = {{J}}, year = {{{1900 + n % 100}}}, doi = {{10.5555/k.{n}}}}}\n"
        for n in range(count)
    )
    pages = {
        f"docs/c{n}.rst": f"Chapter {n}\n============\n\n:cite:`k{n}`, :cite:t:`k{(n + 1) % count}`, :footcite:p:`k{n}`.\n\n.. footbibliography::\n"
        for n in range(count)
    }
    names = "\n   ".join(f"c{n}" for n in range(count))
    index = f"Old\n===\n\n.. toctree::\n\n   {names}\n   works\n"
    works = (
        "Works\n=====\n\n:cite:`m-more1`\n\n.. bibliography:: own.bib\n   :all:\n\n"
        ".. bibliography:: more.bib\n   :all:\n   :style: own\n   :labelprefix: M\n   :keyprefix: m-\n   :list: enumerated\n\n"
        ".. bibliography:: more.bib\n   :style: own\n   :labelprefix: N\n   :keyprefix: m-\n   :filter: docname in docnames\n"
    )
    more = "".join(
        f"@book{{more{n}, author = {{More{n}, Bob}}, title = {{Of {n}}}, publisher = {{P}}, year = {{2000}}}}\n" for n in range(3)
    )
    return {"docs/own.bib": bib + BIB, "docs/more.bib": more, "docs/index.rst": index, "docs/works.rst": works} | pages


def body(html: str) -> str:
    """Return what the page itself says, without the line at its end by which readers write to the editors."""
    html = re.sub(r'\n<p class="atlas-contribute">.*?</p>\n', "", html)
    return re.search(r'<div class="body" role="main">(.*?)<div class="clearer">', html, re.DOTALL)[1]  # type: ignore[index]


@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.deep)])
def test_pages_that_were_there_stay_as_they_were(build: Build, count: int):
    """Styles, labels and footnotes that the project has chosen hold, byte for byte; the atlas's page comes beside them."""
    files = chapters(count)
    ignored = {"exclude_patterns": ["index.md"]}
    before = build({"docs/conf.py": BEFORE} | files, folder="before", **ignored)
    evidence = {"docs/evidence/alpha-2020-rest.md": page(body="Short. {cite}`alpha2020trial`")}
    after = build({"docs/conf.py": AFTER} | files | evidence, folder="after", **ignored)
    assert before.warnings == []
    assert after.warnings == []
    names = ["index", "works", *(f"c{n}" for n in range(count))]
    assert [name for name in names if body(before.html(name)) != body(after.html(name))] == []
    assert "PEM required" in after.html("evidence/alpha-2020-rest")
