"""Notices of every kind, and what is known of them, wherever a reader or a program meets a paper."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib

import feedparser
import pytest
import rispy
from jsonschema import Draft202012Validator
from pybtex.database import parse_string

from conftest import Built, build_in, page
from evidence_atlas.core.notices import KINDS
from pdf_project import text as pdf_text

FINE, NO_DOI = "evidence/fine-2020-paper", "evidence/number-2020-paper"
CHECKS = """{"schema": 1, "works": {
  "10.5555/retraction": {"crossref": {"asked": "2026-11-20", "answer": "notices"}, "pubmed": {"asked": "2026-11-19", "answer": "failed"}},
  "10.5555/erratum": {"pubmed": {"asked": "2026-11-20", "answer": "none"}},
  "10.5555/fine": {"crossref": {"asked": "2026-11-20", "answer": "none"}, "pubmed": {"asked": "2026-11-20", "answer": "none"}},
  "10.5555/gone": {"crossref": {"asked": "2026-11-20", "answer": "none"}}
}}
"""


def entry(key: str, number: str) -> str:
    return f"@article{{{key},\n  author = {{Made, Up}},\n  title = {{The paper {key}}},\n  journal = {{J_Made}},\n  year = {{2020}},\n  {number}\n}}\n"


def name(kind: str) -> str:
    return f"evidence/{kind.split('-', maxsplit=1)[0]}-2020-paper"


def paper_page(key: str) -> str:
    return page(key).replace("# Rest made no difference", f"# What {key} found")


NOTICES = "".join(
    f'["10.5555/{kind}"]\nnotices = [{{ kind = "{kind}", doi = "10.5555/notice_{kind}", date = 2024-05-0{n}, reason = "Why {kind}." }}]\n'
    for n, kind in enumerate(KINDS, 1)
)
BIB = "".join(entry(kind.split("-")[0], f"doi = {{10.5555/{kind}}}") for kind in KINDS)
SETTINGS = 'name = "Noted"\nworks-cited = ["**"]\n'
FILES = {
    "atlas.toml": SETTINGS,
    "references.bib": BIB + entry("fine", "doi = {10.5555/fine}") + entry("number", "pmid = {33333}") + entry("alone", "doi = {10.5555/alone}"),
    "notices.toml": NOTICES + '["pmid:33333"]\nnotices = [{ kind = "erratum" }]\n["10.5555/alone"]\nnotices = [{ kind = "removal" }]\n',
    "notice-checks.json": CHECKS,
    "docs/index.md": "# Home\n\n```{toctree}\nretracted\nciting\n```\n",
    "docs/retracted.md": "# Retracted\n\n```{evidence-notices}\n```\n",
    "docs/citing.md": "# Citing\n\n" + " ".join(f"{{cite}}`{kind.split('-')[0]}`" for kind in KINDS) + "\n",
    **{f"docs/{name(kind)}.md": paper_page(kind.split("-")[0]) for kind in KINDS},
    f"docs/{FINE}.md": paper_page("fine"),
    f"docs/{NO_DOI}.md": paper_page("number"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def day():
    """Let all builds be of one day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("notices")


@pytest.fixture(scope="module")
def site(folder) -> Built:
    """Return a built site that no test changes."""
    built = build_in(folder)(FILES)
    assert built.warnings == []
    return built


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


def said_of(site: Built, docname: str) -> str:
    """Return the sentence about notices near the end of a page."""
    [found] = re.findall(r"<p>(Retractions and corrections: [^<]*)</p>", site.html(docname))
    return found


@pytest.mark.parametrize(("kind", "label"), KINDS.items())
def test_every_kind_on_its_page_and_where_it_is_cited(kind, label, site):
    """The page of a paper under notice has a banner with kind, reason and link; so has a page that merely cites it, which names the paper."""
    for html in (site.html(name(kind)), site.html("citing")):
        banners = re.findall(r'<div class="[^"]*atlas-notice[^"]*admonition">.*?</div>', html, re.DOTALL) or re.findall(
            r'<div class="admonition[^"]*atlas-notice.*?</div>', html, re.DOTALL
        )
        [banner] = [banner for banner in banners if f"Why {kind}." in banner]
        assert label in words(banner)
        assert f"https://doi.org/10.5555/notice_{kind}" in banner
    assert f"The paper {kind.split('-')[0]}" in words(banner)


@pytest.mark.parametrize(("kind", "label"), KINDS.items())
def test_every_kind_in_the_files_beside_the_page(kind, label, site):
    """BibTeX, RIS and CSL-JSON of a paper carry the notice as a note; CSL's status says where it no longer stands; record.json has it whole."""
    there = site.out / name(kind)
    note = f"{label}, 2024-05-0{list(KINDS).index(kind) + 1}, doi:10.5555/notice_{kind}"
    bib = parse_string((there / "paper.bib").read_text(encoding="utf-8"), "bibtex")
    assert bib.entries[kind.split("-")[0]].fields["note"].replace("\\_", "_") == note
    [ris] = rispy.loads((there / "paper.ris").read_text(encoding="utf-8"))
    assert ris["notes"] == [note]
    [csl] = json.loads((there / "paper.csl.json").read_text(encoding="utf-8"))
    assert (csl["note"], csl.get("status")) == (note, label.lower() if kind in ("retraction", "withdrawal", "removal") else None)
    record = json.loads((there / "record.json").read_text(encoding="utf-8"))
    assert [notice["kind"] for notice in record["notices"]] == [kind]


def test_every_kind_in_the_whole(site):
    """All six kinds stand in atlas.json, atlas.csv, atlas.bib and atlas.ris, and each is an entry of both feeds."""
    whole = json.loads((site.out / "atlas.json").read_text(encoding="utf-8"))
    assert {notice["kind"] for record in whole["records"] for notice in record["notices"]} == set(KINDS)
    rows = csv.DictReader(io.StringIO((site.out / "atlas.csv").read_text(encoding="utf-8")))
    assert {row["notices"] for row in rows} == {*KINDS, ""}
    for file in ("atlas.bib", "atlas.ris"):
        text = (site.out / file).read_text(encoding="utf-8")
        assert [label for label in KINDS.values() if label not in text] == []
    feed = feedparser.parse((site.out / "feed.xml").read_text(encoding="utf-8"))
    assert {tag.term for item in feed.entries for tag in item.tags} >= set(KINDS)
    assert len({item.id for item in feed.entries}) == len(feed.entries)
    items = json.loads((site.out / "feed.json").read_text(encoding="utf-8"))["items"]
    assert {tag for item in items for tag in item["tags"]} >= set(KINDS)
    assert all(f"Why {kind}." in json.dumps(items) for kind in KINDS)


def test_a_paper_without_a_doi(site):
    """A notice on a paper that has only a PubMed number is kept under that number and stands on its page."""
    assert "Erratum published" in words(site.html(NO_DOI))


def test_what_is_known_stands_on_each_page(site):
    """Each page says who was asked and when; silence, and nobody being asked, are "not known" and never good news."""
    assert said_of(site, FINE) == "Retractions and corrections: checked in Crossref and PubMed (2026-11-20); no notice was found."
    assert said_of(site, name("retraction")) == (
        "Retractions and corrections: checked in Crossref (2026-11-20); there are notices, which stand on this page. "
        "No answer from PubMed (2026-11-19)."
    )
    assert said_of(site, name("erratum")).startswith("Retractions and corrections: checked in PubMed (2026-11-20), which hold")
    assert said_of(site, name("removal")) == (
        "Retractions and corrections: not known beyond the notices on this page. No source was asked yet."
    )


def test_what_is_known_is_data_and_no_part_of_the_digest(site):
    """record.json holds who was asked, in the form of its schema; the digest is that of a page of which nobody asked."""
    record = json.loads((site.out / FINE / "record.json").read_text(encoding="utf-8"))
    schema = json.loads((site.out / "schemas/record-1.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(record)
    assert record["notice-checks"] == [
        {"source": "Crossref", "asked": "2026-11-20", "answer": "none"},
        {"source": "PubMed", "asked": "2026-11-20", "answer": "none"},
    ]


def test_the_index(site):
    """The list names every work under notice, with or without a page, the gravest first, and of how many works anything is known."""
    html = site.html("retracted")
    said = words(html)
    assert "Of 9 works in the bibliography, 3 were checked for notices. Of the others it is not known." in said
    assert "Crossref, asked on 2026-11-20: 1 with notices, 1 without, 0 not held, 0 without an answer." in said
    assert "PubMed, asked between 2026-11-19 and 2026-11-20: 0 with notices, 2 without, 0 not held, 1 without an answer." in said
    order = [said.index(f"The paper {kind.split('-')[0]}") for kind in KINDS]
    assert order == sorted(order)
    assert "The paper alone" in said
    assert "The paper fine" not in said
    assert html.count("Its page in this atlas") == 7


def test_a_new_answer_touches_its_page_and_the_index_alone(folder, site):
    """When an answer changes, the page of that paper is written again, with its record, and the list; the digest stays."""
    file = folder / "a" / "notice-checks.json"
    before = json.loads((site.out / FINE / "record.json").read_text(encoding="utf-8"))
    file.write_text(
        CHECKS.replace(
            '"10.5555/fine": {"crossref": {"asked": "2026-11-20"', '"10.5555/fine": {"crossref": {"asked": "2026-11-22"'
        )
    )
    try:
        again = build_in(folder)()
        after = json.loads((site.out / FINE / "record.json").read_text(encoding="utf-8"))
        # Sphinx itself writes a page again whose toctree names one that is written
        assert (again.read, again.written - {"index"}) == (set(), {FINE, "retracted"})
        assert (after["digest"], after["notice-checks"][0]["asked"]) == (before["digest"], "2026-11-22")
        assert "Crossref (2026-11-22) and PubMed (2026-11-20)" in said_of(again, FINE)
        assert '"asked": "2026-11-22"' in (again.out / "atlas.json").read_text(encoding="utf-8")
    finally:
        file.write_text(CHECKS, encoding="utf-8")
        build_in(folder)()


def test_a_file_of_checks_with_a_fault(folder, site):
    """A broken file of checks warns once, and every page says that nothing is known."""
    file = folder / "a" / "notice-checks.json"
    file.write_text("{", encoding="utf-8")
    try:
        again = build_in(folder)()
        [warning] = again.warnings
        assert "notice-checks.json:1: WARNING: The checks are not JSON" in warning
        assert said_of(again, FINE) == "Retractions and corrections: not known. No source was asked yet."
    finally:
        file.write_text(CHECKS, encoding="utf-8")
        build_in(folder)()


def test_every_kind_in_the_pdfs(folder):
    """The PDF of each paper under notice says so, with the reason and who was asked; the volume has them all."""
    built = build_in(folder)(FILES, "typst", folder="pdf")
    assert built.warnings == []
    whole = pdf_text(next(built.out.glob("noted-*.pdf")))
    for kind, label in KINDS.items():
        text = pdf_text(built.out / f"{name(kind).rpartition('/')[2]}.pdf")
        assert label.casefold() in text.casefold()
        assert f"Why {kind}." in text
        assert "Retractions and corrections:" in text
        assert f"Why {kind}." in whole


def test_the_query_is_shown_from_its_file(build):
    """A page shows the published search and up to which day it was asked, both from their files, and follows when they change."""
    query = '[pubmed]\nquery = """\n  made[Title]\n  OR up[Title]\n"""\nnote = "A made-up search."\n'
    state = '{"schema": 1, "asked": {"pubmed": {"until": "2026-11-20", "query": "made[Title] OR up[Title]"}}, "seen": {}}'
    files = {"docs/index.md": "# Home\n\n```{evidence-query}\n```\n", "query.toml": query}
    first = build(files)
    assert first.warnings == []
    assert "PubMed : It has not been asked yet. A made-up search. made[Title] OR up[Title]" in words(first.html("index"))
    second = build({**files, "watch.json": state})
    assert "It was last asked for papers up to 2026-11-20." in words(second.html("index"))
    third = build({**files, "watch.json": state, "query.toml": query.replace("up", "down")})
    assert "Another search was asked for papers up to 2026-11-20; this one has not been asked yet." in words(third.html("index"))
    broken = build({**files, "watch.json": "[]", "query.toml": '[pubmet]\nquery = "x"\n'})
    assert [re.sub(r"^.*?([a-z.]+:\d+: WARNING)", r"\1", line) for line in broken.warnings] == [
        "query.toml:1: WARNING: There is no source 'pubmet' (did you mean 'pubmed'?); expected one of pubmed, europe-pmc. [atlas.query]",
        "watch.json:1: WARNING: What is known of earlier searches cannot be read: a JSON object with 'schema': 1 was expected. [atlas.query]",
    ]


def test_the_project_publishes_its_search():
    """The atlas's own search can be read, and names both sources."""
    from pathlib import Path

    data = tomllib.loads(Path(__file__).parents[1].joinpath("query.toml").read_text(encoding="utf-8"))
    assert list(data) == ["pubmed", "europe-pmc"]
