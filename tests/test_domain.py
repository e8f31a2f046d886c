"""What is known of every page: how it is looked up, and what a document's signature changes with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from docutils import nodes
from sphinx.addnodes import pending_xref

from conftest import BIB, build_in, page
from evidence_atlas.core.citation import FORMATS, bibtex
from evidence_atlas.core.digest import digest
from evidence_atlas.core.notice_checks import Check
from evidence_atlas.core.notices import load_notices
from evidence_atlas.core.references import load_bibliography
from evidence_atlas.core.search_query import Search
from evidence_atlas.domain import atlas_domain

ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
COPY, WRONG = "evidence/delta-2019-zzz", "evidence/omega-2001-wrong"
FILES = {
    "references.bib": f"{BIB}@article{{omega, author = {{O, O.}}, title = {{Omega}}, year = {{2001}}, doi = {{10.5555/omega}}}}\n",
    f"docs/{ALPHA}.md": page(body="On rest,\nin *short*."),
    f"docs/{GAMMA}.md": page(
        "gamma2021cohort", criteria="[{id: fukuda-1994, role: inclusion}]", body="See {evidence}`alpha2020trial`."
    ),
    f"docs/{DELTA}.md": page("delta2019review", design="review", level="E3", criteria="[]", topics="[sleep]"),
    f"docs/{COPY}.md": page("delta2019review", design="review", level="E3", criteria="[]", topics="[sleep]"),
    f"docs/{WRONG}.md": page("omega", design="kohort"),
    "docs/table.md": "---\norphan: true\n---\n\n# Table\n\n```{evidence-table}\n```\n",
    "docs/plain.md": "---\norphan: true\n---\n\n# Plain\n",
    "docs/cites.md": "---\norphan: true\n---\n\n# Cites\n\n{cite}`alpha2020trial`\n",
}
SHOWING = {ALPHA, GAMMA, DELTA, COPY, WRONG, "table", "cites"}  # documents that show something of the atlas


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a site of three papers, one of them with two pages, that no test changes for good."""
    return build_in(tmp_path_factory.mktemp("domain"))(FILES)


@pytest.fixture
def domain(built):
    """Return its domain, whose atlas and readings are put back after the test."""
    domain = atlas_domain(built.app.env)
    atlas, readings = domain.atlas, dict(domain.readings)
    yield domain
    domain.atlas = atlas
    domain.data["readings"] = readings
    domain.forget_index()


def test_warnings_of_two_pages_of_one_paper(built):
    """The second page of a paper, by file name, is told at the line of its key, and names the first."""
    twice = [warning for warning in built.warnings if "duplicate-paper" in warning]
    message = "The paper 'delta2019review' has a page already: delta-2019-review.md. [atlas.duplicate-paper]"
    assert twice == [f"docs/{COPY}.md:3: WARNING: {message}"]


def test_papers_are_found_by_docname_and_by_key(domain):
    """Pages are sorted by docname; of two pages of a paper the first is its page; a page without a usable record is none."""
    assert list(domain.pages) == [ALPHA, DELTA, COPY, GAMMA]
    assert {key: paper.docname for key, paper in domain.papers.items()} == {
        "alpha2020trial": ALPHA, "gamma2021cohort": GAMMA, "delta2019review": DELTA,
    }  # fmt: skip
    assert domain.record(ALPHA).paper == "alpha2020trial"
    assert (domain.record("plain"), domain.record(WRONG)) == (None, None)
    assert domain.resolve_any_xref(None, "plain", None, "alpha2020trial", None, None) == []


def test_the_inventory_names_papers_by_key(domain):
    """Other projects find a page under its paper's key and see its title; the search of the site is told not to."""
    assert set(domain.get_objects()) == {
        (key, "Rest made no difference", "paper", docname, "", -1)
        for key, docname in (("alpha2020trial", ALPHA), ("gamma2021cohort", GAMMA), ("delta2019review", DELTA))
    }


@pytest.mark.parametrize(("explicit", "shown"), [(False, "Rest made no difference"), (True, "my words")])
def test_a_link_by_key(domain, built, explicit, shown):
    """A link by the key of a paper leads to its page, with the page's title, or the author's own words for it."""
    node = pending_xref("", refexplicit=explicit)
    linked = domain.resolve_xref(
        domain.env, "plain", built.app.builder, "paper", "alpha2020trial", node, nodes.literal("", "my words")
    )
    assert linked is not None
    assert (linked["refuri"], linked["reftitle"]) == (f"../{ALPHA}/", "Rest made no difference")
    assert linked.astext() == shown
    assert domain.resolve_xref(domain.env, "plain", built.app.builder, "paper", "nobody", node, nodes.literal()) is None


def test_a_citation_is_made_once(domain):
    """The page, the files beside it and the exports have one and the same text of each citation format."""
    paper = domain.papers["alpha2020trial"]
    assert paper.cited_as("paper.bib") == bibtex(paper.reference, paper.notices)
    assert all(paper.cited_as(name) is paper.cited_as(name) for name in FORMATS)


def test_what_a_page_says(domain):
    """A page says its record, reference, verdict, notices and text; its digest is that of these and of nothing else."""
    paper = domain.papers["alpha2020trial"]
    said = paper.content()
    assert said == {
        "record": paper.record.as_data(),
        "reference": domain.atlas.bibliography["alpha2020trial"].as_data(),
        "pem": {"state": "required", "reason": "Patients had to meet CCC 2003, which requires PEM (contested wording)."},
        "notices": [],
        "text": paper.reading.text,
    }
    assert paper.reading.title == "Rest made no difference"
    assert paper.reading.limitations == "It does not prove that rest helps."
    assert paper.digest == digest(said)
    other = replace(
        paper, badge=replace(paper.badge, label="x"), verdict=replace(paper.verdict, policy="9", label="y"), checks=(1,)
    )
    assert other.digest == paper.digest
    assert replace(paper, reading=replace(paper.reading, text="x")).digest != paper.digest


def test_a_document_is_forgotten_and_merged(domain):
    """A document that is cleared leaves nothing behind; of another process only its own documents are taken."""
    data = {name: dict(rows) for name, rows in domain.data.items() if name != "version"}
    domain.clear_doc(ALPHA)
    assert [name for name in data if ALPHA in domain.data[name]] == []
    assert domain.stated.keys() == data["stated"].keys() - {ALPHA}
    theirs = {name: {ALPHA: f"{name} of alpha", "plain": f"{name} of plain"} for name in data}
    domain.merge_domaindata({ALPHA, "elsewhere"}, theirs)
    for name, rows in data.items():
        assert domain.data[name] == {docname: row for docname, row in rows.items() if docname != ALPHA} | {
            ALPHA: f"{name} of alpha"
        }
        domain.data[name] = rows


def signatures(domain) -> dict[str, str]:
    """Return the signature of every document, made anew."""
    domain.forget_index()
    return {docname: domain.signature(docname) for docname in domain.env.found_docs}


def changed(domain, **parts: object) -> set[str]:
    """Return the documents whose signature is another one after parts of the atlas are."""
    before = signatures(domain)
    domain.atlas = replace(domain.atlas, **parts)
    after = signatures(domain)
    return {docname for docname in before if before[docname] != after[docname]}


def test_a_signature_is_there_where_something_is_shown(domain):
    """A document that shows nothing of the atlas has no signature, and the others have one each, the same every time."""
    first = signatures(domain)
    assert {docname for docname, signature in first.items() if signature} == SHOWING
    assert len({first[docname] for docname in SHOWING}) == len(SHOWING) - 1  # two pages of one paper, and no kin
    assert signatures(domain) == first
    assert domain.signature("no-such-document") == ""


@pytest.mark.parametrize("part", ["identity", "settings", "scanner", "version of the policy"])
def test_what_every_page_shows(domain, part):
    """The version of the atlas, its settings, the scanner and the policy's version stand on every page that shows something."""
    atlas = domain.atlas
    parts = {
        "identity": {"identity": replace(atlas.identity, version="9")},
        "settings": {"project": replace(atlas.project, settings=replace(atlas.settings, name="Another"))},
        "scanner": {"scanner": "9"},
        "version of the policy": {"policy": replace(atlas.policy, version="9")},
    }
    assert changed(domain, **parts[part]) == SHOWING


def with_row(policy, table: str, key: str, **values: object):
    """Return a policy with a row changed."""
    rows = policy.vocabulary(table)
    return replace(policy, **{table: {**rows, key: replace(rows[key], **values)}})


def test_what_only_tables_show(domain):
    """A row of the policy that no page names, the published search, and a notice about a paper without a page touch tables."""
    policy = domain.atlas.policy
    assert changed(domain, policy=with_row(policy, "definition", "holmes-1988", label="Holmes")) == {"table"}
    assert changed(domain, search=Search({"pubmed": "x"})) == {"table"}


def test_a_verdict_is_shown_where_its_paper_is(domain):
    """Another verdict touches the paper's page, those that show or cite it, those that list it as related, and tables."""
    policy = domain.atlas.policy
    assert changed(domain, policy=with_row(policy, "definition", "ccc-2003", pem="no")) == {ALPHA, GAMMA, "cites", "table"}


def notices(tmp_path, doi: str):
    """Return notices about one paper."""
    file = tmp_path / "notices.toml"
    file.write_text(f'["{doi}"]\nnotices = [{{ kind = "retraction" }}]\n', encoding="utf-8")
    found, findings = load_notices(file)
    assert findings == []
    return found


def test_notices_are_shown_where_their_paper_is(domain, tmp_path):
    """A notice touches the paper's page, those that show, cite or list it, and tables; one about another paper tables alone."""
    assert changed(domain, notices=notices(tmp_path, "10.5555/omega")) == {"table"}
    assert changed(domain, notices=notices(tmp_path, "10.5555/gamma.2")) == {ALPHA, GAMMA, "table"}


def test_checks_are_shown_on_the_page_and_in_tables(domain):
    """Who was asked about notices on a paper stands on its own page and in tables, and nowhere else."""
    checks = {"10.5555/alpha.1": (Check("crossref", "2026-11-01", "none"),)}
    assert changed(domain, checks=checks) == {ALPHA, "table"}


def test_a_reference_is_shown_where_its_paper_is(domain, tmp_path):
    """An edited entry touches the paper's page, those that show, cite or list it, and tables."""
    file = tmp_path / "works.bib"
    file.write_text(FILES["references.bib"].replace("Does rest help?", "Does sleep help?"), encoding="utf-8")
    edited, findings = load_bibliography([file])
    assert findings == []
    assert changed(domain, bibliography=edited) == {ALPHA, GAMMA, "cites", "table"}


def test_a_title_is_shown_where_its_paper_is(domain):
    """A page's title stands where the page is shown or listed; its limitations and its text do not."""
    before = signatures(domain)
    domain.data["readings"][GAMMA] = replace(domain.readings[GAMMA], limitations="x", text="y")
    assert signatures(domain) == before
    domain.data["readings"][GAMMA] = replace(domain.readings[GAMMA], title="Another title")
    after = signatures(domain)
    assert {docname for docname in before if before[docname] != after[docname]} == {ALPHA, GAMMA, "table"}
