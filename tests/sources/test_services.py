"""What PubMed, Crossref and Europe PMC say, as works; and that another paper's record is never taken for the one asked for."""

from __future__ import annotations

import pytest

from evidence_atlas.core.references import Name
from evidence_atlas.sources import crossref, europe_pmc, pubmed
from evidence_atlas.sources.client import xml_of
from evidence_atlas.sources.services import NotFound, SourceError
from evidence_atlas.sources.work import Link

from .conftest import (
    ABSTRACT,
    CROSSREF_PATH,
    DOI,
    EUROPE_PMC_PATH,
    FETCH,
    PMID,
    SEARCH,
    Reply,
    crossref_message,
    europe_pmc_result,
    europe_pmc_results,
    pubmed_ids,
    pubmed_record,
    pubmed_set,
)

CORRECTIONS = (
    '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Made Up. 2025;1:1. doi: '
    '10.5555/notice.1.</RefSource><PMID>99999902</PMID></CommentsCorrections><CommentsCorrections RefType="CommentOn">'
    '<RefSource>J Other</RefSource></CommentsCorrections><CommentsCorrections RefType="Cites"><PMID>1</PMID>'
    "</CommentsCorrections></CommentsCorrectionsList>"
)


def one(record: str) -> object:
    """Read one record of PubMed's XML."""
    (work,) = pubmed.works(xml_of(pubmed_set(record).encode()), "PubMed")
    return work


def test_pubmed_gives_all_that_a_reference_needs(services, connect):
    """A record asked for by number arrives whole: names with suffix and group, pages written out, links to notices."""
    services.replies[FETCH] = Reply(pubmed_set(pubmed_record(inner=CORRECTIONS)))
    with connect() as client:
        work = pubmed.by_pmid(client, PMID)
    assert work.title == "A made-up trial of nothing in chronic fatigue syndrome"
    assert work.authors == (
        Name("Erfundén", "Anna B"),
        Name("van der Nobody", "Carl", suffix="Jr"),
        Name("Made-up Study Group", literal=True),
    )
    assert (work.journal, work.date, work.volume, work.issue, work.pages) == (
        "Journal of Made-up Results",
        "2024-07-05",
        "12",
        "3",
        "101-109",
    )
    assert (work.doi, work.pmid, work.abstract, work.language) == (DOI, PMID, ABSTRACT, "eng")
    assert work.publication_types == ("Randomized Controlled Trial",)
    assert work.subjects == ("Fatigue Syndrome, Chronic",)
    assert work.updated_by == (
        Link("retraction", "10.5555/notice.1", "99999902", "", "J Made Up. 2025;1:1. doi: 10.5555/notice.1."),
    )
    assert work.update_to == (Link("comment", note="J Other"),)
    assert work.source == "PubMed"
    assert work.source_url.endswith(f"id={PMID}&retmode=xml")


@pytest.mark.parametrize(
    ("year", "date"),
    [
        ("<Year>2024</Year><Month>07</Month>", "2024-07"),
        ("<Year>2024</Year>", "2024"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12"),
        ("<MedlineDate>2000 Spring</MedlineDate>", "2000"),
        ("<Year>2024</Year><Month>Feb</Month><Day>31</Day>", "2024-02"),
        ("", ""),
    ],
)
def test_a_date_is_as_exact_as_the_record(year, date):
    """No day, month or year is made up where PubMed gives none, or one that there is not."""
    assert one(pubmed_record(year=year)).date == date


def test_markup_brackets_and_labels_of_pubmed_become_plain_text():
    """Italics go, the brackets of a translated title go, and the headings of an abstract stand before its parts."""
    work = one(
        pubmed_record(title="[A <i>made-up</i> study of IL-6 &amp; H<sub>2</sub>O.]").replace(
            "<AbstractText>", '<AbstractText Label="BACKGROUND">'
        )
    )
    assert work.title == "A made-up study of IL-6 & H2O"
    assert work.abstract == f"BACKGROUND: {ABSTRACT}"


def test_an_incomplete_list_of_authors_is_marked():
    """Where PubMed says that its list is not whole, so does the work; an author who is not valid is left out."""
    authors = (
        '<AuthorList CompleteYN="N"><Author><LastName>A</LastName></Author>'
        '<Author ValidYN="N"><LastName>B</LastName></Author></AuthorList>'
    )
    work = one(pubmed_record(authors=authors))
    assert (work.authors, work.abridged) == ((Name("A"),), True)


def test_pubmed_is_asked_in_batches_and_only_what_was_asked_for_counts(services, connect):
    """More than 200 numbers go in several requests; a record that nobody asked for is left out."""

    def answer(query: dict[str, str]) -> Reply:
        return Reply(pubmed_set(*(pubmed_record(pmid, "") for pmid in [*query["id"].split(","), "5"])))

    services.replies[FETCH] = answer
    wanted = [str(number) for number in range(1000, 1250)]
    with connect() as client:
        assert list(pubmed.fetch(client, wanted)) == wanted
    assert [len(one.query["id"].split(",")) for one in services.asked] == [200, 50]


def test_another_papers_record_is_refused(services, connect):
    """Where a service answers with another paper, nothing of it is used."""
    services.replies |= {
        FETCH: Reply(pubmed_set(pubmed_record("77", "10.5555/other"))),
        SEARCH: Reply(pubmed_ids("77")),
        CROSSREF_PATH: Reply(crossref_message("10.5555/other")),
        EUROPE_PMC_PATH: Reply(europe_pmc_results(europe_pmc_result("10.5555/other", "77"))),
    }
    with connect() as client:
        with pytest.raises(SourceError, match=f"PubMed was asked for {PMID} and answered with 77; it is not used"):
            pubmed.by_pmid(client, PMID)
        with pytest.raises(NotFound, match=f"PubMed has no record with the DOI {DOI}"):
            pubmed.by_doi(client, DOI)
        with pytest.raises(SourceError, match=f"Crossref was asked for {DOI} and answered with 10.5555/other"):
            crossref.by_doi(client, DOI)
        with pytest.raises(SourceError, match=r"Europe PMC was asked for .* another record"):
            europe_pmc.find(client, DOI)


def test_a_service_without_the_paper_says_so(services, connect):
    """An empty answer is no fault, and no paper."""
    services.replies |= {
        FETCH: Reply(pubmed_set()),
        SEARCH: Reply(pubmed_ids()),
        EUROPE_PMC_PATH: Reply(europe_pmc_results()),
    }
    with connect() as client:
        for ask in (
            lambda: pubmed.by_pmid(client, PMID),
            lambda: pubmed.by_doi(client, DOI),
            lambda: crossref.by_doi(client, DOI),
            lambda: europe_pmc.find(client, pmid=PMID),
        ):
            with pytest.raises(NotFound):
                ask()


@pytest.mark.parametrize("data", [[], {}, {"message": []}, {"message": None}, 3, "text", None])
def test_json_of_another_form_is_one_sentence(services, connect, data):
    """JSON that is no record is refused in a sentence, by each service."""
    services.replies |= dict.fromkeys((SEARCH, CROSSREF_PATH, EUROPE_PMC_PATH), Reply(data if data is not None else "null"))
    with connect() as client:
        for ask in (
            lambda: pubmed.search(client, "x"),
            lambda: crossref.by_doi(client, DOI),
            lambda: europe_pmc.find(client, DOI),
        ):
            with pytest.raises(SourceError):
                ask()


def test_other_xml_than_pubmeds_is_named(services, connect):
    """An error that PubMed sends as XML is passed on; a page of XHTML is no record."""
    for body, message in (
        ("<eFetchResult><ERROR>ID list is empty!</ERROR></eFetchResult>", "ID list is empty"),
        ("<html><body>Hello</body></html>", "<html>"),
    ):
        services.replies[FETCH] = Reply(body)
        with connect() as client, pytest.raises(SourceError, match=message):
            pubmed.by_pmid(client, body[:3] and str(len(body)))


def test_crossref_gives_reference_updates_and_relations(services, connect):
    """What Crossref says of notices and preprints stands in the work, with day and source; tags of the abstract go."""
    services.replies[CROSSREF_PATH] = Reply(
        crossref_message(
            abstract="<jats:title>Abstract</jats:title><jats:sec><jats:title>Methods</jats:title><jats:p>We met.</jats:p></jats:sec>",
            subtitle=["A subtitle"],
            **{
                "updated-by": [
                    {
                        "DOI": "10.5555/NOTICE.1",
                        "type": "expression_of_concern",
                        "updated": {"date-parts": [[2025, 1]]},
                        "source": "publisher",
                    }
                ],
                "update-to": [{"DOI": "10.5555/old", "type": "correction"}],
                "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.5555/journal"}], "x": "y"},
            },
        )
    )
    with connect() as client:
        work = crossref.by_doi(client, DOI)
    assert work.title == "A made-up trial of nothing in chronic fatigue syndrome: A subtitle"
    assert work.authors == (Name("Erfundén", "Anna B"), Name("Made-up Study Group", literal=True))
    assert (work.doi, work.date, work.pages, work.kind) == (DOI, "2024-07-05", "101-109", "article")
    assert work.abstract == "Methods: We met."
    assert work.updated_by == (Link("expression-of-concern", "10.5555/notice.1", "", "2025-01", "publisher"),)
    assert work.update_to == (Link("correction", "10.5555/old"),)
    assert work.related == (Link("is-preprint-of", "10.5555/journal"),)


def test_a_doi_is_one_part_of_an_address(services, connect):
    """A DOI with strokes and marks of addresses reaches Crossref as it is."""
    doi = "10.5555/a/b;c?d#e<1>"
    services.replies[f"/crossref/works/{doi}"] = Reply(crossref_message(doi))
    with connect() as client:
        assert crossref.by_doi(client, doi).doi == doi


def test_europe_pmc_gives_abstract_and_preprints(services, connect):
    """Its result becomes a work; a preprint is one."""
    result = europe_pmc_result(
        source="PPR",
        pubTypeList={"pubType": ["Preprint"]},
        commentCorrectionList={"commentCorrection": [{"type": "Retraction in", "id": "99999902", "reference": "J. 2025"}]},
    )
    services.replies[EUROPE_PMC_PATH] = Reply(europe_pmc_results(result))
    with connect() as client:
        work = europe_pmc.find(client, DOI)
    assert services.asked[0].query["query"] == f'DOI:"{DOI}"'
    assert (work.kind, work.publication_types, work.date) == ("misc", ("Preprint",), "2024")
    assert work.abstract == f"Background: {ABSTRACT}"
    assert work.updated_by == (Link("retraction", "", "99999902", "", "J. 2025"),)


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None], [3], [[]], [{}], {"x": []}])
def test_no_form_of_a_field_breaks_the_reading(value):
    """Whatever stands in a field of a record, the reading ends with a work."""
    names = (
        *crossref_message()["message"],
        "updated-by",
        "update-to",
        "relation",
        "abstract",
        "institution",
        "subtitle",
        "issued",
    )
    for name in names:
        crossref.work_of({**crossref_message()["message"], name: value}, "Crossref")
    for name in (*europe_pmc_result(), "meshHeadingList", "commentCorrectionList", "bookOrReportDetails", "pubYear"):
        europe_pmc.work_of({**europe_pmc_result(), name: value}, "Europe PMC")
