"""What each part shows: on the page, in MyST and in reST alike."""

from __future__ import annotations

from html import unescape

import pytest
from docutils import nodes
from lxml.html import fromstring

from conftest import Build, Built, by_class, page

ONE = {"docs/evidence/alpha-2020-rest.md": page()}


def text(document: nodes.document, name: str) -> str:
    (node,) = (node for node in document.findall(nodes.Element) if name in node.get("classes", []))
    return node.astext()


def shown(built: Built, docname: str, name: str) -> str:
    (element,) = by_class(built, docname, name)
    return element.text_content()


def test_a_page_builds_without_warnings(build: Build):
    """A page by the contract builds clean, in no toctree."""
    assert build(ONE).warnings == []


def test_order_of_the_page(build: Build):
    """Under the title come byline and summary; then the page's own order, with the facts after the limitations; then the last lines."""
    (section,) = fromstring(build(ONE).html("evidence/alpha-2020-rest")).xpath("//section")
    assert [(child.get("class") or child.tag).split()[0] for child in section] == [
        "h1",
        "atlas-byline",
        "atlas-summary",
        "atlas-pem",
        "atlas-limitations",
        "atlas-glance",
        "p",
        "atlas-cite",
        "atlas-contribute",
        "atlas-history",
        "atlas-disclosure",
    ]


def test_badge_says_state_reason_and_version(build: Build):
    """The badge is text: its words, the reason, the version of the policy."""
    document = build(ONE).resolved["evidence/alpha-2020-rest"]
    assert text(document, "atlas-pem") == (
        "PEM required: Patients had to meet CCC 2003, which requires PEM (contested wording). Policy v0.1."
    )


def test_badge_links_to_how_it_works_where_there_is_such_a_page(build: Build):
    """The link appears with the setting and the document, and is left out without either."""
    files = ONE | {"atlas.toml": 'how-it-works = "how"\n', "docs/how.md": "---\norphan: true\n---\n\n# How\n"}
    assert 'href="../../how/"' in build(files).html("evidence/alpha-2020-rest")
    assert "How the badge works" not in build(ONE, folder="b", atlas_how_it_works="gone").html("evidence/alpha-2020-rest")


def test_byline(build: Build):
    """The byline names authors, journal, year and DOI of the paper."""
    built = build(ONE)
    assert (
        shown(built, "evidence/alpha-2020-rest", "atlas-byline")
        == "Ann Alpha and Bob Béta · Journal of Rest · 2020 · doi:10.5555/alpha.1"
    )


def test_abridged_authors_stay_abridged(build: Build):
    """A source that ends in "and others" is shown with "et al.", and nobody is made up."""
    built = build({"docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort")})
    assert shown(built, "evidence/gamma-2021-cohort", "atlas-byline").startswith("Gus Gamma et al. · ")


def test_cite_block_keeps_paper_and_reading_apart(build: Build):
    """The paper's citation has no second stop and keeps its case; the page's own reference has version and address."""
    built = build(ONE | {"docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort")})
    assert shown(built, "evidence/alpha-2020-rest", "atlas-citation") == (
        "Alpha, Ann; Béta, Bob (2020). Does rest help? Journal of Rest 4(2):10–19. doi:10.5555/alpha.1."
    )
    snapshot = shown(built, "evidence/alpha-2020-rest", "atlas-snapshot")
    assert "Rest made no difference. Version 0+unknown, 2026-09-21." in snapshot
    assert "wording scanner v" in snapshot
    assert snapshot.endswith("https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/")
    assert "A cohort of XMRV." in shown(built, "evidence/gamma-2021-cohort", "atlas-citation")


def test_contribute_prepares_mail_and_issue(build: Build):
    """Mail and issue carry the page and its version; without a repository there is no issue link."""
    html = unescape(build(ONE | {"atlas.toml": 'repository = "https://git.example.org/x"\n'}).html("evidence/alpha-2020-rest"))
    assert "mailto:editors@example.org?subject=" in html.replace("%40", "@")
    assert "https://git.example.org/x/issues/new?title=" in html
    assert "Version%3A%200%2Bunknown" in html
    assert "issues/new" not in build(ONE, folder="b").html("evidence/alpha-2020-rest")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({}, "Drafted by software from the abstract. No person has reviewed it yet."),
        ({"drafted": "person", "read": "full-text"}, "Drafted by a person from the full text."),
        ({"review": "{by: clinician, date: 2026-11-22}"}, "Reviewed by a clinician on 2026-11-22."),
        ({"read": "secondary", "sources": "[a news report]"}, "from other people's accounts of the paper (a news report)."),
    ],
)
def test_disclosure(build: Build, record: dict[str, str], said: str):
    """The disclosure says who drafted the page, from what, and who reviewed it; and that it is no advice."""
    built = build({"docs/evidence/alpha-2020-rest.md": page(**record)})
    disclosed = shown(built, "evidence/alpha-2020-rest", "atlas-disclosure")
    assert said in disclosed
    assert "not medical advice" in disclosed


def test_directives_take_a_key_in_markdown_and_rest(build: Build):
    """With a key, badge and citation of another paper stand on any page, the same from both languages."""
    markdown = "---\norphan: true\n---\n\n# Other\n\n```{pem-badge} alpha2020trial\n```\n\n```{cite-block} alpha2020trial\n```\n"
    markdown += "\nSee {evidence}`alpha2020trial` and {evidence}`this <alpha2020trial>`.\n"
    rest = ":orphan:\n\nOther\n=====\n\n.. pem-badge:: alpha2020trial\n\n.. cite-block:: alpha2020trial\n\n"
    rest += "See :evidence:`alpha2020trial` and :evidence:`this <alpha2020trial>`.\n"
    built = build(ONE | {"docs/md.md": markdown, "docs/rst.rst": rest})
    assert built.warnings == []
    ours, theirs = (built.resolved[name].astext() for name in ("md", "rst"))
    assert ours == theirs
    assert "PEM required: Patients had to meet CCC 2003" in ours
    assert "See Rest made no difference (PEM required) and this (PEM required)." in ours


def test_limitations_in_rest(build: Build):
    """The limitations' block is the same from reST."""
    rest = ":orphan:\n\nOther\n=====\n\n.. limitations::\n\n   It proves *nothing*.\n"
    document = build({"docs/rst.rst": rest}).resolved["rst"]
    assert text(document, "atlas-limitations") == "What it does not prove\n\nIt proves nothing."


def test_a_directive_without_a_key_needs_an_evidence_page(build: Build):
    """On a page of no paper, a badge without a key is an error at its line."""
    (warning,) = build({"docs/index.md": "# Home\n\n```{pem-badge}\n```\n"}).warnings
    assert warning.startswith("docs/index.md:3: ERROR: 'pem-badge' needs the key of a paper here")


def test_an_unknown_key_warns_and_leaves_a_note(build: Build):
    """A key without a page is named with the nearest one, at its line, and the page says so."""
    built = build(ONE | {"docs/index.md": "# Home\n\nSee {evidence}`alpha2020trail`.\n"})
    assert built.warnings == [
        "docs/index.md:3: WARNING: The paper 'alpha2020trail' has no page (did you mean 'alpha2020trial'?). [atlas.unknown-paper]"
    ]
    assert "[No page: alpha2020trail has no page.]" in built.html("index")


def test_a_page_with_errors_still_builds(build: Build):
    """A record that cannot be used warns once a fault; the page is there, with visible notes in place of its parts."""
    built = build({"docs/evidence/alpha-2020-rest.md": page(design="kohort")})
    assert [w.partition(" (")[0] for w in built.warnings] == [
        "docs/evidence/alpha-2020-rest.md:6: WARNING: 'design' cannot be 'kohort'"
    ]
    html = built.html("evidence/alpha-2020-rest")
    assert "It does not prove that rest helps." in html
    assert "No badge: the record of this page has errors." in html


def table(build: Build, options: str) -> list[list[str]]:
    files = {
        "docs/evidence/alpha-2020-rest.md": page(design="rct", level="E1", outcome="{primary: rest, direction: no-difference}"),
        "docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort", criteria="[]", context="[long-covid]", topics="[sleep]"),
        "docs/evidence/delta-2019-review.md": page("delta2019review", design="review", level="E3", criteria="[]"),
        "docs/index.md": f"# Home\n\n```{{evidence-table}}\n{options}\n```\n",
    }
    built = build(files)
    assert built.warnings == []
    return [[entry.astext() for entry in row.children] for row in built.resolved["index"].findall(nodes.row)]


@pytest.mark.parametrize(
    ("options", "papers"),
    [
        ("", ["Alpha 2020", "Gamma 2021", "The Delta Group 2019"]),
        (":sort-by: -year", ["Gamma 2021", "Alpha 2020", "The Delta Group 2019"]),
        (":sort-by: level", ["Alpha 2020", "Gamma 2021", "The Delta Group 2019"]),
        (":pem: unclear, not-applicable", ["Gamma 2021", "The Delta Group 2019"]),
        (":design: rct", ["Alpha 2020"]),
        (":level: E2", ["Gamma 2021"]),
        (":context: long-covid", ["Gamma 2021"]),
        (":topic: sleep", ["Gamma 2021"]),
        (":year: 2020-2021", ["Alpha 2020", "Gamma 2021"]),
        (":year: -2019", ["The Delta Group 2019"]),
        (":journal: rest", ["Alpha 2020"]),
        (":author: delta", ["The Delta Group 2019"]),
        (":definition: ccc-2003", ["Alpha 2020"]),
        (":design: rct\n:pem: required", ["Alpha 2020"]),
    ],
)
def test_table_filters_and_sorts(build: Build, options: str, papers: list[str]):
    """A table holds the pages that pass every filter, in the order asked for."""
    assert [row[0] for row in table(build, options)[1:]] == papers


def test_table_columns(build: Build):
    """The columns are those named, with words in place of ids."""
    rows = table(build, ":columns: title, year, pem, design, topic\n:design: rct")
    assert rows == [
        ["What was found", "Year", "PEM", "Design", "Topics"],
        ["Rest made no difference", "2020", "PEM required", "Randomised controlled trial", "Pain"],
    ]


def test_table_groups(build: Build):
    """Groups come in the policy's order, each with its name and number."""
    built = build(ONE | {"docs/index.md": "# Home\n\n```{evidence-table}\n:group-by: pem\n```\n"})
    assert [rubric.astext() for rubric in built.resolved["index"].findall(nodes.rubric)] == ["PEM required (1)"]


def test_table_with_no_page_says_so(build: Build):
    """A filter that nothing passes leaves a sentence, not an empty table."""
    assert "No page matches." in build({"docs/index.md": "# Home\n\n```{evidence-table}\n```\n"}).html("index")


def test_table_warns_of_what_does_not_exist(build: Build):
    """Unknown fields and values are named with the nearest right one, at the directive's line."""
    options = ":design: rctt\n:sort-by: yeer\n:columns: titel"
    built = build(ONE | {"docs/index.md": f"# Home\n\n```{{evidence-table}}\n{options}\n```\n"})
    assert [warning.split(";")[0] for warning in built.warnings] == [
        "docs/index.md:3: WARNING: 'columns' names the unknown field 'titel' (did you mean 'title'?)",
        "docs/index.md:3: WARNING: 'sort-by' names the unknown field 'yeer' (did you mean 'year'?)",
        "docs/index.md:3: WARNING: The filter 'design' cannot be 'rctt' (did you mean 'rct'?)",
    ]


def test_policy_page_is_made_from_the_file(build: Build):
    """Every definition of the policy stands on the page, with its verdict."""
    built = build({"docs/index.md": "# Home\n\n```{evidence-policy}\n```\n"})
    shown = built.resolved["index"].astext()
    policy = built.app.env.get_domain("atlas").atlas.policy
    assert all(key in shown and row.reference in shown for key, row in policy.definition.items())
    assert "version 0.1" in shown


NOTICE = """
["10.5555/alpha.1"]
notices = [
  { kind = "correction", date = 2021-01-02, reason = "A table was wrong." },
  { kind = "retraction", doi = "10.5555/alpha.r", date = "2021-05", issuer = "Journal of Rest", reason = "The data were lost." },
]
"""


def test_notices_stand_on_the_page_and_where_the_paper_is_cited(build: Build):
    """A retracted paper has its banners on its page, gravest first, and one on each page that cites it."""
    files = ONE | {
        "notices.toml": NOTICE,
        "docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort", body="See {cite}`alpha2020trial`."),
        "docs/other.md": "---\norphan: true\n---\n\n# Other\n\n{cite}`alpha2020trial`\n",
        "docs/works.md": "---\norphan: true\n---\n\n# Works\n\n```{bibliography}\n```\n",
    }
    built = build(files)
    assert built.warnings == []
    own = [one.text_content().split("\n")[1:-1] for one in by_class(built, "evidence/alpha-2020-rest", "atlas-notice")]
    assert own == [
        [
            "Retracted",
            "The findings of this paper no longer stand. The data were lost.",
            "Notice: Journal of Rest, 2021-05, doi:10.5555/alpha.r.",
        ],
        ["Corrected", "A notice was issued about this paper. A table was wrong.", "Notice: 2021-01-02."],
    ]
    for citing in ("evidence/gamma-2021-cohort", "other"):
        (banner,) = by_class(built, citing, "atlas-notice")
        assert "\nThis page cites a paper that is affected: “Does rest help?”." in banner.text_content()
    assert by_class(built, "index", "atlas-notice") == []
