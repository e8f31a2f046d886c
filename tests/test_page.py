"""The reader's side of an evidence page: facts at a glance, related papers, versions, two speeds, formulas, other themes."""

from __future__ import annotations

import gzip
import re

import pytest
from docutils import nodes
from lxml.html import fromstring

from conftest import CONF, Build, Built, by_class, page

ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
OWN = CONF.replace('"basic"', '"evidence_atlas"')
LONG = "The short version.\n\n## What was done and found\n\nMuch.\n\n## Why it matters\n\nVery."


def one(**keys: str) -> dict[str, str]:
    return {f"docs/{ALPHA}.md": page(**keys)}


def facts(built: Built, docname: str) -> dict[str, str]:
    (block,) = by_class(built, docname, "atlas-glance")
    names, said = block.xpath(".//dt"), block.xpath(".//dd")
    return {
        name.text_content(): " | ".join(paragraph.text_content() for paragraph in words)
        for name, words in zip(names, said, strict=True)
    }


def order(built: Built, docname: str) -> list[str]:
    section = fromstring(built.html(docname)).xpath("//section")[0]
    return [(child.get("class") or child.tag).split()[0] for child in section]


# ---------------------------------------------------------------------------------------------------------
# At a glance
# ---------------------------------------------------------------------------------------------------------


def test_six_facts_stand_on_every_page(build: Build):
    """Kind, people, number, level with its meaning, what was read, and version; what is not stated says so."""
    built = build(one())
    assert built.warnings == []
    assert facts(built, ALPHA) == {
        "Kind of study": "Cohort study",
        "Who": "ME/CFS",
        "How many": "Not stated",
        "Level of evidence": "E2: One controlled study | One study with a comparison group, not yet replicated.",
        "Read for this page": "The abstract | Reviewed by no person yet",
        "Version": "0+unknown, 2026-09-21, policy v0.1",
        "Case definitions": "CCC 2003: needed to enter the study",
    }


@pytest.mark.parametrize(
    ("record", "name", "said"),
    [
        ({"participants": "{cases: 1, controls: 1250}"}, "How many", "1 case, 1,250 controls"),
        ({"participants": "{cases: 0, other: 2}"}, "How many", "0 cases, 2 others"),
        ({"context": "[me-cfs, long-covid]"}, "Who", "ME/CFS, Long COVID"),
        ({"peer_review": "preprint"}, "Kind of study", "Cohort study | A preprint, not peer reviewed"),
        ({"harms": "Two people fell."}, "Harms", "Two people fell."),
        (
            {"design": "rct", "outcome": "{primary: steps a day, direction: no-difference}"},
            "Primary outcome",
            "steps a day | Direction: no difference",
        ),
        (
            {"review": "{by: clinician, date: 2026-11-22}"},
            "Read for this page",
            "The abstract | Reviewed by a clinician, 2026-11-22",
        ),
        (
            {"criteria": "[{id: fukuda-1994, role: inclusion, pem: required, quote: all had PEM, locator: p. 2}]"},
            "Case definitions",
            "Fukuda 1994 (CDC): needed to enter the study, with PEM required by the study | “all had PEM” (p. 2)",
        ),
        (
            {
                "criteria": "[{id: fukuda-1994, role: inclusion, quote: both, locator: p. 2}, {id: ccc-2003, role: inclusion, quote: both, locator: p. 2}]",
                "joined": "all",
            },
            "Case definitions",
            "Fukuda 1994 (CDC): needed to enter the study | CCC 2003: needed to enter the study | “both” (p. 2) | Every definition had to be met.",
        ),
    ],
)
def test_facts_come_from_the_record(build: Build, record: dict[str, str], name: str, said: str):
    """Each fact is that of the record, in words; a quotation for two definitions stands once."""
    built = build(one(**record))
    assert built.warnings == []
    assert facts(built, ALPHA)[name] == said


def test_what_is_not_stated_is_left_out(build: Build):
    """Without outcome, harms and criteria the block has the six facts and no more."""
    assert len(facts(build(one(criteria="[]")), ALPHA)) == 6


def test_facts_stand_after_the_limitations_or_under_the_summary(build: Build):
    """Where the limitations stand below a heading, the facts stay at the top, under the summary."""
    parts = "```{pem-badge}\n```"
    body = "Short.\n\n## What was done\n\nMuch.\n\n```{limitations}\nIt proves nothing.\n```"
    built = build(one(parts=parts, body=body))
    assert order(built, ALPHA)[:5] == ["h1", "atlas-byline", "atlas-summary", "atlas-glance", "atlas-pem"]


def test_a_page_with_errors_has_no_facts(build: Build):
    """A record that cannot be used gives no facts, no related papers, no version; the page is there."""
    html = build(one(design="kohort")).html(ALPHA)
    assert "It does not prove that rest helps." in html
    assert not [name for name in ("atlas-glance", "atlas-related", "atlas-history") if name in html]


def test_a_changed_word_of_the_policy_is_seen(build: Build):
    """The name of a role stands among the facts, so a change of it makes the page anew."""
    from evidence_atlas.core.policy import BUILT_IN

    policy = BUILT_IN.read_text(encoding="utf-8")
    build(one() | {"policy.toml": policy})
    changed = policy.replace('inclusion = "needed to enter the study"', 'inclusion = "a condition of entry"')
    built = build({"policy.toml": changed} | one())
    assert facts(built, ALPHA)["Case definitions"] == "CCC 2003: a condition of entry"


# ---------------------------------------------------------------------------------------------------------
# The order, the last lines, two speeds
# ---------------------------------------------------------------------------------------------------------


def test_the_last_blocks_belong_to_no_section(build: Build):
    """Citation and contribute leave the last section, in their order; then come works cited, related papers, versions."""
    files = one(body=f"{LONG} {{cite}}`alpha2020trial`") | {f"docs/{GAMMA}.md": page("gamma2021cohort")}
    assert order(build(files), ALPHA)[5:] == [
        "atlas-glance",
        "p",
        "atlas-long",
        "atlas-cite",
        "atlas-contribute",
        "atlas-works",
        "atlas-related",
        "atlas-history",
        "atlas-disclosure",
    ]


def test_the_text_that_is_signed_stays_as_written(build: Build):
    """What the atlas adds is no part of the page's text, on which its digest rests."""
    reading = build(one(body=LONG)).app.env.get_domain("atlas").readings[ALPHA]
    assert "At a glance" not in reading.text
    assert reading.text.index("What it does not prove") < reading.text.index("The short version.") < reading.text.index("Very.")


def test_version_says_which_where_and_what(build: Build):
    """The version has its day, its policy, its own address and the page as data."""
    built = build(one())
    (block,) = by_class(built, ALPHA, "atlas-history")
    said = block.text_content()
    assert "This is version 0+unknown of 2026-09-21, under policy v0.1." in said
    assert "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/" in said
    assert 'href="record.json"' in built.html(ALPHA)


@pytest.mark.parametrize(
    ("builder", "folds"), [("dirhtml", 1), ("html", 1), ("singlehtml", 0), ("epub", 0), ("xml", 0), ("text", 0)]
)
def test_the_longer_version_folds_on_sites_alone(build: Build, builder: str, folds: int):
    """On a site the sections stand in one open part; other formats, EPUB included, know nothing of it."""
    built = build(one(body=LONG), builder, copyright="x", version="1")
    assert built.warnings == []
    document = built.resolved.get(ALPHA) or built.resolved["index"]
    raw = [node.astext() for node in document.findall(nodes.raw) if "atlas-long" in node.astext()]
    assert len(raw) == folds
    if builder == "dirhtml":
        html = built.html(ALPHA)
        start, end = html.index('<details class="atlas-long" open>'), html.index("</details>")
        assert start < html.index("What was done and found") < html.index("Very.") < end < html.index("Cite this")


def test_a_short_page_does_not_fold(build: Build):
    """A page without sections has nothing to fold."""
    assert "atlas-long" not in build(one()).html(ALPHA)


def test_citing_is_one_click_away(build: Build):
    """The facts link to the citations, whose id stands once; in one document of all pages there is neither."""
    html = build(one()).html(ALPHA)
    assert html.count('id="cite"') == 1
    assert 'href="#cite"' in html
    single = build(one(), "singlehtml").out / "index.html"
    assert 'id="cite"' not in single.read_text(encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------
# Related papers
# ---------------------------------------------------------------------------------------------------------


def related(built: Built, docname: str) -> list[str]:
    return [item.text_content() for block in by_class(built, docname, "atlas-related") for item in block.iter("li")]


def test_a_stated_relation_comes_first_and_both_ways(build: Build):
    """A relation of the record stands on both pages, in words for either side, before papers that share a topic."""
    files = one() | {
        f"docs/{GAMMA}.md": page("gamma2021cohort", relations="[{type: replicates, paper: delta2019review}]"),
        f"docs/{DELTA}.md": page("delta2019review", topics="[sleep]", criteria="[]"),
    }
    built = build(files)
    assert built.warnings == []
    gamma = related(built, GAMMA)
    assert gamma[0] == "Repeats the finding of: Rest made no difference. PEM unclear. The Delta Group 2019."
    assert gamma[1] == "Rest made no difference. PEM required. Alpha and Béta 2020. In common: Pain, CCC 2003."
    assert related(built, DELTA) == ["Repeats this finding: Rest made no difference. PEM required. Gamma et al. 2021."]


def test_a_relation_to_a_paper_without_a_page(build: Build):
    """It is named with its own title and leads to its DOI."""
    built = build(one(relations="[{type: comment-on, paper: delta2019review}]"))
    assert related(built, ALPHA) == ["Comments on: What is known. The Delta Group 2019."]
    assert 'href="https://doi.org/10.5555/delta.3"' in built.html(ALPHA)


def test_a_citation_relates_both_papers(build: Build):
    """A paper cited on a page is related to it, and it to that paper, though they share no topic."""
    files = one(body="See {cite}`delta2019review`.") | {
        f"docs/{DELTA}.md": page("delta2019review", topics="[sleep]", criteria="[]")
    }
    built = build(files)
    assert related(built, ALPHA)[0].endswith("The Delta Group 2019. Cited on this page.")
    assert related(built, DELTA)[0].endswith("Alpha and Béta 2020. Cites this paper.")


def test_case_definitions_alone_relate_nothing(build: Build):
    """Papers that share no more than case definitions are not called related, and no empty heading is left."""
    two = {"criteria": "[{id: ccc-2003, role: inclusion}, {id: icc-2011, role: inclusion}]", "joined": "all"}
    files = one(**two) | {f"docs/{GAMMA}.md": page("gamma2021cohort", topics="[sleep]", **two)}
    assert "Related papers" not in build(files).html(ALPHA)


def test_a_withdrawn_paper_is_marked_among_related_ones(build: Build):
    """A retracted paper carries the word where another page lists it."""
    notice = '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction" }]\n'
    built = build(one() | {f"docs/{GAMMA}.md": page("gamma2021cohort"), "notices.toml": notice})
    assert related(built, ALPHA)[0].startswith("Retracted Rest made no difference.")


def many(count: int) -> dict[str, str]:
    bib = "".join(
        f"@article{{p{n}, author = {{Author, N}}, title = {{Paper {n}}}, journal = {{J}}, year = {{{1990 + n % 30}}}, doi = {{10.5555/p.{n}}}}}\n"
        for n in range(count)
    )
    topics = ("pain", "sleep", "genetics")
    files = {
        f"docs/evidence/author-{1990 + n % 30}-paper-{n}.md": page(f"p{n}", topics=f"[{topics[n % 3]}]") for n in range(count)
    }
    return {"references.bib": bib} | files


def test_one_edited_page_rewrites_few(build: Build):
    """Among 150 papers of three topics, a new title of one is seen where that one is listed, which is few pages."""
    first = build(many(150))
    path = first.source / "evidence/author-2005-paper-75.md"
    path.write_text(path.read_text(encoding="utf-8").replace("# Rest made", "# Sleep made"), encoding="utf-8")
    built = build()
    assert 1 < len(built.written) <= 10
    shown = [name for name in built.written if "Sleep made no difference" in built.html(name)]
    assert sorted(shown) == sorted(built.written)


def test_every_list_is_short_and_the_same_each_time(build: Build):
    """No list has more than six papers, nor the paper itself, and two builds agree."""
    first, second = build(many(40), folder="a"), build(many(40), folder="b", parallel=2)
    for name in first.written:
        if name.startswith("evidence/"):
            assert 1 <= len(related(first, name)) <= 6
            assert first.html(name) == second.html(name)


def test_a_new_paper_appears_where_it_is_near(build: Build):
    """A page that comes later is listed on those near it, in an incremental build too."""
    build(one())
    built = build(one() | {f"docs/{GAMMA}.md": page("gamma2021cohort")})
    assert built.written >= {ALPHA, GAMMA}
    assert related(built, ALPHA)


# ---------------------------------------------------------------------------------------------------------
# Formulas, styles, weight, themes
# ---------------------------------------------------------------------------------------------------------

FORMULAS = """# Formulas

In a line {math}`P < 0.05` and

```{math}
:label: ratio
\\begin{align} RR &= \\frac{a}{b} \\\\ c &= d \\end{align}
```
"""


def test_formulas_are_mathml_and_ask_no_other_host(build: Build):
    """A formula is MathML in the page, numbered by Sphinx; nothing of MathJax is there."""
    built = build({"docs/index.md": FORMULAS})
    html = built.html("index")
    assert built.warnings == []
    assert html.count("<math ") == 2
    assert "<mo>&lt;</mo>" in html
    assert "<mfrac>" in html
    assert "(1)" in html
    assert "mathjax" not in html.lower()


@pytest.mark.parametrize("formula", ["\\nosuchcommand{x}", "\\frac{1}", "x_", "\\begin{nosuch}x\\end{nosuch}", "\\text{a"])
def test_a_formula_that_cannot_be_set_is_shown_as_tex(build: Build, formula: str):
    """Wrong TeX warns at its line and stands as code; the build goes on."""
    built = build({"docs/index.md": f"# Home\n\n```{{math}}\n{formula}\n```\n"})
    assert [warning.rpartition("[")[2] for warning in built.warnings] == ["atlas.formula]"]
    assert built.warnings[0].startswith("docs/index.md:3")
    assert '<code class="math">' in built.html("index")


@pytest.mark.parametrize("setting", ['html_math_renderer = "mathjax"', 'extensions.append("sphinx.ext.imgmath")'])
def test_a_chosen_renderer_is_kept(build: Build, setting: str):
    """Where ``conf.py`` chooses how formulas are drawn, by name or by an extension, it is done so."""
    built = build({"docs/conf.py": f"{CONF}\n{setting}\n"})
    assert built.app.builder.math_renderer_name in ("mathjax", "imgmath")


def test_no_style_attributes_on_our_site(build: Build):
    """Widths of columns and pictures are attributes of their own, since a strict policy forbids style attributes."""
    table = (
        "```{list-table}\n:widths: 30 70\n:width: 80%\n\n* - a\n  - b\n```\n\n```{image} dot.svg\n:width: 40px\n:alt: dot\n```\n"
    )
    built = build(
        {"docs/conf.py": OWN, "docs/index.md": f"# Home\n\n{table}", "docs/dot.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}
    )
    html = built.html("index")
    assert "style=" not in html
    assert '<col width="30.0%"' in html
    assert 'width="40"' in html
    assert re.search(r"<table [^>]*width=\"80%\"", html)


def test_a_first_view_is_light(build: Build):
    """A page with what it loads, compressed, is under 60 kB; and it loads nothing that it does not use."""
    built = build(one(body=LONG) | {"docs/conf.py": OWN})
    html = built.html(ALPHA)
    files = [name.split("?")[0] for name in re.findall(r'(?:href|src)="\.\./\.\./(_static/[^"]+)"', html)]
    assert "_static/calm.js" in files
    size = len(gzip.compress(html.encode())) + sum(len(gzip.compress((built.out / name).read_bytes())) for name in files)
    assert size < 60_000
    assert not [name for name in files if re.search("sphinx-design|doctools|design-tabs|table|browse", name)]


def test_no_script_or_style_within_a_page(build: Build):
    """All scripts and styles are files: nothing in a page would be refused by the policy."""
    built = build(one(body=LONG) | {"docs/conf.py": OWN, "docs/index.md": "# Home\n\n```{evidence-table}\n```\n"})
    for name, data in built.files().items():
        if name.endswith(".html"):
            text = data.decode()
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text), name
            assert not [
                tag
                for tag in re.findall(r"<script[^>]*>", text)
                if "src=" not in tag and not re.search("application/(ld.)?json", tag)
            ], name


@pytest.mark.parametrize("theme", ["basic", "alabaster", "classic", "nature", "haiku", "pyramid"])
def test_other_themes_show_the_page(build: Build, theme: str):
    """In a theme of Sphinx's the page has its parts and their style; calm mode belongs to our own theme."""
    built = build(one(body=LONG) | {"docs/conf.py": CONF.replace('"basic"', f'"{theme}"')})
    html = built.html(ALPHA)
    assert built.warnings == []
    assert "atlas.css" in html
    assert "calm.js" not in html
    for said in (
        "At a glance",
        "What it does not prove",
        "PEM required",
        "The longer version",
        "Cite this",
        "History and versions",
    ):
        assert said in html


# ---------------------------------------------------------------------------------------------------------
# The search field, short tables
# ---------------------------------------------------------------------------------------------------------


def test_search_field(build: Build):
    """On a site it is a form that leads to the search page, and the head of that page has no second one; elsewhere nothing."""
    home = "# Home\n\n```{search-field} Find <it>\n```\n\nSome words.\n"
    built = build({"docs/conf.py": OWN, "docs/index.md": home, "docs/other.md": "---\norphan: true\n---\n\n# Other\n"})
    html = built.html("index")
    assert built.warnings == []
    assert '<form class="atlas-search-field" role="search" action="search/" method="get">' in html
    assert "Find &lt;it&gt;" in html
    assert "atlas-find" not in html
    assert "atlas-find" in built.html("other")
    assert (build({"docs/index.md": home}, "text").out / "index.txt").read_text(encoding="utf-8").split() == [
        "Home",
        "****",
        "Some",
        "words.",
    ]


@pytest.mark.parametrize(("limit", "rows"), [("1", ["Gamma 2021"]), ("9", ["Gamma 2021", "Alpha 2020"])])
def test_a_table_can_be_short(build: Build, limit: str, rows: list[str]):
    """``limit`` keeps the first rows in the order asked for."""
    index = f"# Home\n\n```{{evidence-table}}\n:sort-by: -year\n:limit: {limit}\n```\n"
    built = build(one() | {f"docs/{GAMMA}.md": page("gamma2021cohort"), "docs/index.md": index})
    assert [row[0].astext() for row in built.resolved["index"].findall(nodes.row)][1:] == rows


def test_a_limit_must_be_a_number(build: Build):
    """Anything else is an error at the directive's line."""
    (warning,) = build({"docs/index.md": "# Home\n\n```{evidence-table}\n:limit: few\n```\n"}).warnings
    assert warning.startswith("docs/index.md:4: WARNING: 'evidence-table': Invalid option value for 'limit': few")
