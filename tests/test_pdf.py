"""The atlas's PDFs: what stands in them, what travels in them, when they are made again."""

from __future__ import annotations

import json

import page as validator
import pikepdf
import pypdfium2
import pytest

from conftest import BIB, Build, Built, build_in
from pdf_project import ALPHA, DELTA, FILES, GAMMA, VOLUME, links, made, outline, text


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return one build of the project, for tests that only look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        return build_in(tmp_path_factory.mktemp("pdf"))(FILES, "typst")


def test_one_pdf_for_each_page_and_a_volume(shared: Built):
    """Each evidence page has a PDF of its name, the index of the folder has none, and the volume is named with its version."""
    assert shared.warnings == []
    assert set(made(shared)) == {ALPHA, GAMMA, DELTA, VOLUME}


def test_a_page_says_what_the_site_says(shared: Built):
    """Title, byline, summary, badge with its reason, limitations, both citations, works cited and disclosure stand in a PDF."""
    said = text(shared.out / f"{ALPHA}.pdf")
    for part in (
        "My Atlas Version 0+unknown, 21 September 2026 Rest made no difference",
        "Ann Alpha and Bob Béta · Journal of Rest · 2020 · doi:10.5555/alpha.1",
        "In 12 people, rest made no difference.",
        "PEM required: Patients had to meet CCC 2003, which requires PEM (contested wording). Policy v0.1.",
        "What it does not prove It does not prove that rest helps.",
        "Alpha, Ann; Béta, Bob (2020). Does rest help? Journal of Rest 4(2):10–19.",
        "This page’s reading of it My Atlas. Rest made no difference. Version 0+unknown, 2026-09-21.",
        "Write to the editors at editors@example.org",
        "Works cited",
        "Drafted by software from the abstract. No person has reviewed it yet.",
        "It is not medical advice.",
        "At a glance Kind of study Cohort study",
        "1,200 cases, 8 controls",
    ):
        assert part in said
    assert "@article" not in said


def test_version_and_licences_stand_in_each_page(shared: Built):
    """A page says its citable address, programs and the digest of ``record.json``, each once, and ends with the licences."""
    said, last = text(shared.out / f"{ALPHA}.pdf"), text(shared.out / f"{ALPHA}.pdf", only=-1)
    with pikepdf.open(shared.out / f"{ALPHA}.pdf") as pdf:
        record = json.loads(pdf.attachments["record.json"].get_file().read_bytes())
    whole, made = said.replace(" ", ""), record["versions"]  # addresses and names of programs have line ends
    programs = f"{made['generator']}, wording scanner v{made['scanner']}, policy v0.1.".replace(" ", "")
    address = "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/"
    unbroken = "My Atlas. Rest made no difference. Version 0+unknown, 2026-09-21.".replace(" ", "")
    assert f"{unbroken}{programs}{record['digest']}.{address}" in whole
    assert (whole.count(record["digest"]), whole.count(programs)) == (1, 1)
    attached = f"The record (record.json) and the page’s source ({ALPHA}.md) are attached to this file."
    assert f"{attached} Text: CC BY 4.0. Data: CC0 1.0." in last


def test_record_and_source_travel_inside(shared: Built, monkeypatch: pytest.MonkeyPatch):
    """The PDF holds ``record.json`` as it lies on the site, as data, and the page's Markdown, as its source."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    site = build_in(shared.source.parents[1])(None, "dirhtml")
    with pikepdf.open(shared.out / f"{ALPHA}.pdf") as pdf:
        inside = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
        kinds = {str(pdf.attachments[name].obj.UF): str(pdf.attachments[name].obj.AFRelationship) for name in pdf.attachments}
    assert inside["record.json"] == (site.out / f"evidence/{ALPHA}/record.json").read_bytes()
    assert inside[f"{ALPHA}.md"] == (shared.source / f"evidence/{ALPHA}.md").read_bytes()
    assert kinds == {"record.json": "/Data", f"{ALPHA}.md": "/Source"}


def test_metadata(shared: Built):
    """A PDF names its title, who made it (not the authors of the paper), its summary, its topics and its language."""
    with pikepdf.open(shared.out / f"{ALPHA}.pdf") as pdf:
        info, language = pdf.docinfo, str(pdf.Root.Lang)
        assert str(info.Title) == "Rest made no difference"
        assert str(info.Author) == "The editors"
        assert str(info.Subject) == "In 12 people, rest made no difference."
        assert str(info.Keywords) == "Pain"
    assert language == "en"


def test_running_lines(shared: Built):
    """Every page states name and version of the atlas, and which page of how many it is."""
    for name in (ALPHA, VOLUME):
        path = shared.out / f"{name}.pdf"
        with pikepdf.open(path) as pdf:
            count = len(pdf.pages)
        for number in range(count):
            said = text(path, only=number)
            assert "My Atlas" in said
            assert "Version 0+unknown, 21 September 2026" in said
            assert f"Page {number + 1} of {count}" in said or (name, number) == (VOLUME, 0)  # a cover has no number


def test_a_retraction_is_on_every_page(shared: Built):
    """The banner stands before all but the title, and the head of each further page says it again."""
    said = text(shared.out / f"{GAMMA}.pdf", only=0)
    assert (
        said.index("A cohort was made up") < said.index("RETRACTED") < said.index("The findings of this paper no longer stand.")
    )
    assert said.index("It was made up.") < said.index("Journal of Cohorts") < said.index("PEM not required")
    with pikepdf.open(shared.out / f"{GAMMA}.pdf") as pdf:
        count = len(pdf.pages)
    assert count > 1
    assert all("RETRACTED" in text(shared.out / f"{GAMMA}.pdf", only=number) for number in range(1, count))
    assert "RETRACTED" not in text(shared.out / f"{DELTA}.pdf")


def test_a_cited_retraction_is_not_that_of_the_page(shared: Built):
    """The banner of a page that cites a retracted paper says so, and cannot be taken for the page's own."""
    said = text(shared.out / f"{ALPHA}.pdf")
    assert "A cited paper: retracted This page cites a paper that is affected: “A cohort of XMRV”." in said
    assert "RETRACTED" not in said


def test_links_of_a_page(shared: Built):
    """Citations lead to the works at the end of the same PDF; other pages, DOIs and downloads lead to the web."""
    found = links(shared.out / f"{ALPHA}.pdf")
    assert found.count("inside") == 2
    assert "https://doi.org/10.5555/alpha.1" in found
    assert "https://atlas.example.org/evidence/gamma-2021-cohort/" in found
    assert "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/paper.bib" in found
    assert any(each.startswith("mailto:editors@example.org?subject=") for each in found)


def test_links_of_the_volume_stay_inside(shared: Built):
    """In the volume, links between pages and to works that they cite lead to places in it."""
    found = links(shared.out / f"{VOLUME}.pdf")
    pages = [f"https://atlas.example.org/evidence/{name}/" for name in (ALPHA, GAMMA, DELTA)]
    assert [each for each in found if each in pages or each == "https://atlas.example.org/how/"] == []
    assert found.count("inside") > 20


def test_bookmarks(shared: Built):
    """A page's bookmarks are its headings; the volume's are topics with their papers, then what is about the whole."""
    (first, *others) = outline(shared.out / f"{ALPHA}.pdf")
    assert first == ("Rest made no difference", 1)
    assert {("At a glance", 2), ("Why it matters", 2), ("Cite this", 2), ("Contribute", 2), ("Works cited", 2)} <= set(others)
    assert {level for _, level in others} == {2}
    assert [row for row in outline(shared.out / f"{VOLUME}.pdf") if row[1] < 3] == [
        ("How to read this volume", 1),
        ("Pain", 1),
        ("Rest made no difference", 2),
        ("What is known of rest", 2),
        ("Sleep", 1),
        ("A cohort was made up", 2),
        ("About this atlas", 1),
        ("How it works", 2),
        ("Appendix: how a badge is made", 1),
        ("Case definitions", 2),
        ("Several definitions in one study", 2),
        ("Levels of evidence", 2),
        ("Bibliography of the papers", 1),
        ("Index of topics", 1),
        ("Index of authors", 1),
        ("Colophon", 1),
    ]


def test_front_and_back_of_the_volume(shared: Built):
    """The volume counts its papers by badge, shows badges in its contents, the policy's rules, and who wrote what, with pages."""
    path = shared.out / f"{VOLUME}.pdf"
    cover, contents, whole = text(path, only=0), text(path, only=1), text(path)
    assert "3 papers: what each found, and what it does not prove 1 PEM required 1 PEM not required 0 PEM unclear" in cover
    assert "1 no longer stands: retracted, withdrawn or removed Version 0+unknown, 21 September 2026 The editors" in cover
    assert "Gamma et al. 2021 PEM not required Retracted" in contents
    assert "Malaise for more than 24 hours after exertion is one of eight symptoms" in whole
    assert "Several independent trials of adequate size" in whole
    assert "Also on this topic, in other parts A cohort was made up" in whole
    number = next(n for n in range(3, 20) if "RETRACTED The findings" in text(path, only=n)) + 1
    assert f"Gamma, G. {number}" in whole
    assert f"Sleep {number}" in whole
    assert f"doi:10.5555/gamma.2. Page {number}." in whole
    assert "0 of 3 pages were reviewed by a person." in whole


@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_standards_are_kept(shared: Built, profile: str):
    """Page and volume keep to PDF/UA-1 and PDF/A-3a."""
    for name, data in made(shared).items():
        failures = validator.validate_pdf_bytes(data, profile=profile).failures
        # compressed streams that happen to end in a line end are measured wrongly by the checker
        assert [(name, each.rule_id) for each in failures if "STREAM-LENGTH" not in each.rule_id] == []


def test_the_facts_stand_beside_the_text(shared: Built):
    """The facts are in the side, from the title down; read aloud, they come where the page states them."""
    path = shared.out / f"{DELTA}.pdf"
    document = pypdfium2.PdfDocument(path)
    searcher = document[0].get_textpage()
    left = {}
    for words in ("At a glance", "The Delta Group", "What it does not prove"):
        begin, _length = searcher.search(words).get_next()
        left[words] = searcher.get_charbox(begin)
    document.close()
    assert left["At a glance"][0] < left["The Delta Group"][0] - 100
    assert left["At a glance"][1] > left["What it does not prove"][1]
    said = text(path, only=0)
    assert said.index("What it does not prove") < said.index("At a glance") < said.index("The short version.")


# ---------------------------------------------------------------------------------------------------------
# What is made again
# ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "pages"),
    [
        ("notices.toml", "It was made up.", "It was invented.", {ALPHA, GAMMA}),
        ("policy.toml", 'label = "Fukuda 1994 (CDC)"', 'label = "Fukuda"', {GAMMA}),
        ("policy.toml", 'label = "Holmes 1988 (CDC)"', 'label = "Holmes"', set()),
        ("references.bib", "title = {What is known}", "title = {All that is known}", {DELTA}),
        (f"docs/evidence/{DELTA}.md", "The short version.", "The long version.", {DELTA}),
    ],
)
def test_one_change(build: Build, name: str, old: str, new: str, pages: set[str]):
    """One changed notice, row, entry or page makes anew the PDFs that show it and the volume, and no other, as a clean build does."""
    first = build(FILES | {"references.bib": BIB}, "typst")
    times = {path.stem: path.stat().st_mtime_ns for path in first.out.glob("*.pdf")}
    path = first.source.parent / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert new in path.read_text(encoding="utf-8")
    again = build(None, "typst")
    assert {path.stem for path in again.out.glob("*.pdf") if path.stat().st_mtime_ns != times[path.stem]} == {*pages, VOLUME}
    clean = build({**FILES, "references.bib": BIB, name: path.read_text(encoding="utf-8")}, "typst", folder="clean")
    assert made(again) == made(clean)


def test_nothing_changed_nothing_made(build: Build):
    """A second build writes nothing, with a site built in between from the same doctrees."""
    first = build(FILES, "typst")
    times = {path.name: path.stat().st_mtime_ns for path in first.out.glob("*.pdf")}
    build(None, "dirhtml")
    again = build(None, "typst")
    assert (again.read, again.written, again.warnings) == (set(), set(), [])
    assert {path.name: path.stat().st_mtime_ns for path in again.out.glob("*.pdf")} == times
