"""Tables and lists of papers in a browser, under the strictest content security policy that the site is meant for."""

from __future__ import annotations

import csv
import functools
import http.server
import json
import re
import statistics
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evidence_atlas.core.web_policy import content_security_policy

from .accessibility import faults
from .conftest import build

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import page as evidence_page

POLICY = content_security_policy()
FAVICON = "favicon.ico"  # which a browser asks for by itself
# family, year, level, design, context, topic, cases, title
PAPERS = [
    ("Zeta", "2003", "E3", "survey", "me-cfs", "pain", 9, "Pain was common in a survey"),
    ("Ångström", "2021", "E1", "rct", "me-cfs", "sleep", 151, "Sleep did not change"),
    ("Élan", "1998", "E2", "cohort", "long-covid", "sleep", 22, "=1+1, and more"),
    ("Ørsted", "", "none", "review", "fibromyalgia", "pain", None, "A review, “quoted”"),
    ("Martínez", "2021", "E2", "cohort", "[me-cfs, long-covid]", "[pain, sleep]", 100, "Two groups, one finding"),
]
COLUMNS = ":columns: author, title, year, pem, level, design, context, participants"
MANY = 6000


class _Strict(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Add the policy to every answer."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback under the policy."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Strict, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def write_project(docs: Path) -> None:
    """Write an atlas of a few papers with tables of several kinds."""
    (docs / "evidence").mkdir(parents=True)
    entries = []
    for number, (family, year, level, design, context, topic, cases, title) in enumerate(PAPERS):
        key = f"paper{number}"
        dated = f", year = {{{year}}}" if year else ""
        entries.append(f"@article{{{key}, author = {{{family}, Ann}}, title = {{T{number}}}, journal = {{J}}{dated}}}\n")
        source = evidence_page(
            key,
            level=level,
            design=design,
            context=context if context.startswith("[") else f"[{context}]",
            topics=topic if topic.startswith("[") else f"[{topic}]",
            criteria="[]" if number % 2 else "[{id: ccc-2003, role: inclusion}]",
            participants=f"{{cases: {cases}}}" if cases else None,
            outcome="{primary: sleep, direction: no-difference}" if design == "rct" else None,
        )
        (docs / f"evidence/author-2020-paper-{number}.md").write_text(source.replace("# Rest made no difference", f"# {title}"))
    (docs / "references.bib").write_text("\n".join(entries))
    (docs / "conf.py").write_text('project = "T"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n')
    pages = {
        "index": "# Home\n\n```{toctree}\none\ntwo\ngroups\nwide\nbrowse\n```\n",
        "one": f"# One\n\n```{{evidence-table}}\n{COLUMNS}\n```\n",
        "two": "# Two\n\n```{evidence-table}\n```\n\n```{evidence-table}\n:columns: author, year\n:sort-by: -year\n```\n",
        "groups": "# Groups\n\n```{evidence-table}\n:group-by: context\n```\n",
        "wide": (
            "# Wide\n\n```{evidence-table}\n:columns: author, title, year, journal, pem, design, level, context, topic, "
            "definition, read, participants\n```\n"
        ),
        "browse": "# Browse\n\n```{evidence-browse}\n```\n",
    }
    for name, text in pages.items():
        (docs / f"{name}.md").write_text(text)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a small atlas."""
    folder = tmp_path_factory.mktemp("tables")
    write_project(folder / "docs")
    site = build(folder / "docs", folder)
    (site / FAVICON).write_bytes(b"")
    multiply(site / "one/index.html", site / "many/index.html", MANY // len(PAPERS))
    yield from serve(site)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a small atlas whose tables have two rows a page, and in ``many`` 120."""
    folder = tmp_path_factory.mktemp("parts")
    write_project(folder / "docs")
    with (folder / "docs/conf.py").open("a") as conf:
        conf.write("from evidence_atlas.tables import rows\nrows.MOST_ROWS = 2\n")
    site = build(folder / "docs", folder)
    (site / FAVICON).write_bytes(b"")
    for page in sorted(site.glob("one/**/*.html")):
        multiply(page, site / "many" / page.relative_to(site / "one"), 60)
    yield from serve(site)


def multiply(page: Path, target: Path, times: int) -> None:
    """Write a page with a table once more, its rows repeated so many times."""
    html = page.read_text(encoding="utf-8")
    found = re.search(r'(?<=class="atlas-table-data">).*?(?=</script>)', html)
    body = re.search(r"(?<=<tbody>\n).*?(?=</tbody>)", html, re.DOTALL)
    assert found
    assert body
    data = json.loads(found[0])
    if "all" in data:
        data["all"], data["sizes"] = times * data["all"], [times * size for size in data["sizes"]]
    data["papers"] = [[f"{paper[0]}-{n}", *paper[1:]] for n in range(times) for paper in data["papers"]]
    more = "".join(body[0].replace("</a>", f" in group {n}</a>") for n in range(times))
    target.parent.mkdir(parents=True, exist_ok=True)
    pieces = re.split(r"(?=<tr)", more)
    parted = "".join([*pieces[:101], "</tbody>\n<tbody>", *pieces[101:]])
    text = html.replace(found[0], json.dumps(data)).replace(body[0], parted)
    target.write_text(text, encoding="utf-8")


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """Return a page on a desktop; a script error, and anything that the policy refused, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    yield opened
    context.close()
    assert said == []


def column(page: Page, number: int, table: int = 0) -> list[str]:
    """Return the text of a column, from above."""
    return page.locator(".atlas-table-region").nth(table).locator(f"tbody tr td:nth-child({number})").all_inner_texts()


def test_typing_filters_and_says_how_many(desk: Page, tables: str):
    """What is typed is looked for in each row, accents or not, in any order; the number is announced."""
    desk.goto(f"{tables}/one/")
    status = desk.get_by_role("status")
    expect(status).to_have_text("5 papers.")
    desk.get_by_label("Find in this table").fill("finding martinez")
    expect(status).to_have_text("1 of 5 papers.")
    assert column(desk, 1) == ["Martínez 2021"]
    desk.get_by_label("Find in this table").fill("nowhere")
    expect(status).to_have_text("No paper matches.")
    desk.get_by_role("button", name="Clear filters").click()
    expect(status).to_have_text("5 papers.")


def test_filters_are_kept_in_the_address(desk: Page, tables: str):
    """Choices narrow the table, stand in the address, and are there when the address is opened by somebody else."""
    desk.goto(f"{tables}/one/")
    desk.get_by_text("Filters", exact=True).click()
    desk.get_by_role("checkbox", name="Sleep").check()
    desk.get_by_role("checkbox", name="E2").check()
    desk.get_by_role("checkbox", name="E1").check()
    desk.get_by_label("From").fill("2000")
    desk.get_by_role("button", name="Paper", exact=True).click()
    assert column(desk, 1) == ["Martínez 2021", "Ångström 2021"]
    desk.wait_for_url("**/one/?level=*")
    address = desk.url
    assert sorted(address.partition("?")[2].split("&")) == ["from=2000", "level=E1", "level=E2", "sort=-author", "topic=sleep"]
    other = desk.context.new_page()
    other.goto(address)
    assert column(other, 1) == ["Martínez 2021", "Ångström 2021"]
    assert other.get_by_role("checkbox", name="Sleep").is_checked()
    assert other.get_by_label("From").input_value() == "2000"
    other.get_by_role("link", name="Two groups").click()
    other.go_back()
    assert column(other, 1) == ["Martínez 2021", "Ångström 2021"]
    other.close()


def test_an_address_with_nonsense_is_a_plain_table(desk: Page, tables: str):
    """Unknown values in an address are passed over, and foreign parameters are left alone."""
    desk.goto(f"{tables}/one/?level=E9&sort=nothing&from=x&other=1")
    expect(desk.get_by_role("status")).to_have_text("5 papers.")
    desk.get_by_label("Find in this table").fill("pain")
    desk.wait_for_url("**/one/?other=1&q=pain")


@pytest.mark.parametrize(
    ("head", "number", "up", "down"),
    [
        (
            "Paper",
            1,
            ["Ångström 2021", "Élan 1998", "Martínez 2021", "Ørsted", "Zeta 2003"],
            ["Zeta 2003", "Ørsted", "Martínez 2021", "Élan 1998", "Ångström 2021"],
        ),
        ("Year", 3, ["1998", "2003", "2021", "2021", "undated"], ["2021", "2021", "2003", "1998", "undated"]),
        ("Level", 5, ["E1", "E2", "E2", "E3", "–"], ["–", "E3", "E2", "E2", "E1"]),
        (
            "Participants",
            8,
            ["9 cases", "22 cases", "100 cases", "151 cases", ""],
            ["151 cases", "100 cases", "22 cases", "9 cases", ""],
        ),
    ],
)
def test_sorting(desk: Page, tables: str, head: str, number: int, up: list[str], down: list[str]):
    """Names sort by letters, years and counts as numbers, levels by the policy; what is missing stays last."""
    desk.goto(f"{tables}/one/")
    button = desk.get_by_role("columnheader", name=head).get_by_role("button")
    if head != "Paper":  # by which the table is sorted already
        button.click()
    assert column(desk, number) == up
    assert desk.get_by_role("columnheader", name=head).get_attribute("aria-sort") == "ascending"
    button.click()
    assert column(desk, number) == down
    assert desk.locator("th[aria-sort]").count() == 1
    assert desk.get_by_role("columnheader", name=head).get_attribute("aria-sort") == "descending"


def test_two_tables_do_not_clash(desk: Page, tables: str):
    """Each table of a page has its own controls and its own part of the address."""
    desk.goto(f"{tables}/two/")
    desk.get_by_label("Find in this table").first.fill("survey")
    desk.get_by_label("Find in this table").last.fill("2021")
    assert column(desk, 1) == ["Zeta 2003"]
    assert column(desk, 1, table=1) == ["Ångström 2021", "Martínez 2021"]
    desk.wait_for_url("**/two/?t1.q=survey&t2.q=2021")
    desk.reload()
    assert column(desk, 1) == ["Zeta 2003"]
    assert column(desk, 1, table=1) == ["Ångström 2021", "Martínez 2021"]


def test_groups(desk: Page, tables: str):
    """One set of controls works on all groups; a group without a match goes, with its title; numbers follow."""
    desk.goto(f"{tables}/groups/")
    titles = desk.locator(".atlas-tables .rubric:visible")
    assert titles.all_inner_texts() == ["ME/CFS (3)", "Long COVID (2)", "Fibromyalgia (1)"]
    expect(desk.get_by_role("status")).to_have_text("5 papers.")
    desk.get_by_label("Find in this table").fill("two groups")
    assert titles.all_inner_texts() == ["ME/CFS (1 of 3)", "Long COVID (1 of 2)"]
    expect(desk.get_by_role("status")).to_have_text("1 of 5 papers.")
    desk.get_by_label("Find in this table").fill("")
    desk.get_by_role("button", name="Paper", exact=True).first.click()
    assert column(desk, 1) == ["Zeta 2003", "Martínez 2021", "Ångström 2021"]
    assert column(desk, 1, table=1) == ["Martínez 2021", "Élan 1998"]
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download CSV").click()
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows][:3] == [["Studied in", "Paper"], ["ME/CFS", "Zeta 2003"], ["ME/CFS", "Martínez 2021"]]
    assert len(rows) == 7


def test_csv(desk: Page, tables: str):
    """What matches is downloaded as CSV by RFC 4180, with a mark for Excel, and no cell is a formula."""
    desk.goto(f"{tables}/one/")
    desk.get_by_label("Find in this table").fill("1998")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename == "papers.csv"
    data = download.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Paper,What was found,Year,PEM,Level,Design,Studied in,Participants,Key,Page"
    page = f"{tables}/evidence/author-2020-paper-2/"
    assert lines[1] == f'Élan 1998,"\'=1+1, and more",1998,PEM required,E2,Cohort study,Long COVID,22 cases,paper2,{page}'
    assert lines[2:] == [""]


def test_bibtex(desk: Page, tables: str):
    """The entries of what matches are downloaded, in the order of the table, the same as beside the pages."""
    desk.goto(f"{tables}/one/")
    desk.get_by_label("Find in this table").fill("pain")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download BibTeX").click()
    assert download.value.suggested_filename == "papers.bib"
    entry = desk.request.get(f"{tables}/evidence/author-2020-paper-0/paper.bib").text()
    assert download.value.path().read_text(encoding="utf-8") == entry
    desk.get_by_label("Find in this table").fill("")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download BibTeX").click()
    assert re.findall(r"@article\{(\w+)", download.value.path().read_text(encoding="utf-8")) == [
        "paper1",
        "paper2",
        "paper4",
        "paper3",
        "paper0",
    ]


def test_bibtex_that_cannot_be_loaded_is_said(browser: Browser, tables: str):
    """Where the entries cannot be fetched, the reader is told, and nothing is downloaded."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/bibtex/*", lambda route: route.abort())
    page.goto(f"{tables}/one/")
    page.get_by_role("button", name="Download BibTeX").click()
    expect(page.get_by_role("status")).to_contain_text("could not be loaded")
    context.close()


def test_keyboard_alone(desk: Page, tables: str):
    """Search, filters, sorting and the meaning of codes are reached and worked with the keyboard."""
    desk.goto(f"{tables}/one/")
    desk.get_by_label("Find in this table").focus()
    desk.keyboard.type("e")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.querySelector('.atlas-facets').open")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    assert desk.evaluate("document.activeElement.checked")
    assert "PEM required" in desk.evaluate("document.activeElement.parentElement.textContent")
    for _ in range(60):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.textContent") == "Level":
            break
    tip = desk.locator("th .atlas-tip")
    expect(tip).to_be_visible()
    assert "Preliminary" in tip.inner_text()
    desk.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    desk.keyboard.press("Enter")
    assert desk.get_by_role("columnheader", name="Level").get_attribute("aria-sort") == "ascending"


def test_codes_are_explained_by_the_pointer(desk: Page, tables: str):
    """The head of the column shows what its codes mean, and each code has its label."""
    desk.goto(f"{tables}/one/")
    desk.get_by_role("columnheader", name="Level").hover()
    expect(desk.locator("th .atlas-tip")).to_be_visible()
    assert desk.locator("td abbr").first.get_attribute("title") == "One strong trial, or a replicated finding"


@pytest.mark.parametrize("width", [390, 1280])
def test_without_script_the_table_is_whole(browser: Browser, tables: str, width: int):
    """Without JavaScript all rows are there, no control is, and nothing sticks out."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{tables}/one/")
    assert page.locator("tbody tr").count() == len(PAPERS)
    assert page.locator("main").get_by_role("button").count() == 0
    assert page.locator("td").last.evaluate("cell => getComputedStyle(cell, '::before').content") == "none"
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= width
    context.close()


def test_the_head_of_the_table_stays_in_sight(desk: Page, tables: str):
    """Scrolled down, the heads of the columns are at the top of the window."""
    desk.goto(f"{tables}/many/")
    desk.evaluate("scrollTo(0, 2000)")
    box = desk.locator("thead th").first.bounding_box()
    assert box is not None
    assert abs(box["y"]) < 2


@pytest.mark.parametrize("address", ["/one/", "/wide/", "/groups/"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_no_table_pushes_the_page_sideways(browser: Browser, tables: str, address: str, width: int):
    """At any width the page itself does not scroll sideways; a table that must is a region that takes the focus."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(tables + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for region in page.locator(".atlas-table-region").all():
        overflows = region.evaluate("region => region.scrollWidth > region.clientWidth + 1")
        assert not overflows or region.get_attribute("tabindex") == "0"
    context.close()


def test_on_a_phone_a_row_says_what_it_is(page: Page, tables: str):
    """On a phone the cells stand under each other with their names, and a menu sorts."""
    page.goto(f"{tables}/one/")
    cell = page.locator("tbody tr").first.locator("td").nth(4)
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Level"'
    page.get_by_label("Sort by").select_option("Year, descending")
    assert column(page, 3)[0] == "2021"
    assert column(page, 3)[-1] == "undated"


def test_a_hundred_rows_at_a_time(desk: Page, tables: str):
    """Of thousands of rows a hundred stand on the page; more come by a button, and the keyboard goes on there."""
    desk.goto(f"{tables}/many/")
    rows = desk.locator("tbody tr")
    assert rows.count() == 100
    desk.get_by_role("button", name="Show 100 more").click()
    assert rows.count() == 200
    assert desk.evaluate("[...document.querySelectorAll('tbody tr')].indexOf(document.activeElement.closest('tr'))") == 100
    desk.get_by_label("Find in this table").fill("group 77")
    expect(desk.get_by_role("status")).to_have_text("105 of 6,000 papers.")
    desk.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 105
    desk.get_by_label("Find in this table").fill("")
    desk.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == MANY
    desk.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows.count() == 100


def asked_for(page: Page) -> list[str]:
    """Return a list that grows by the further pages of tables that a page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/table-" in request.url else None)
    return asked


def test_rows_on_other_pages_come_when_they_are_needed(desk: Page, parts: str):
    """A page of a long table loads itself alone, and says how many there are; the others are loaded once, with the first need."""
    asked = asked_for(desk)
    desk.goto(f"{parts}/many/")
    expect(desk.get_by_role("status")).to_have_text("300 papers.")
    rows = desk.locator("tbody tr")
    assert rows.count() == 100
    expect(desk.locator(".atlas-more")).to_contain_text("The first 100 papers of 300.")
    expect(desk.locator(".atlas-way")).to_be_hidden()
    assert asked == []
    desk.get_by_role("button", name="Show 100 more").click()
    expect(rows).to_have_count(200)
    assert desk.evaluate("[...document.querySelectorAll('tbody tr')].indexOf(document.activeElement.closest('tr'))") == 100
    assert sorted(asked) == [f"{parts}/many/table-1/{number}/" for number in (2, 3)]
    desk.get_by_label("Find in this table").fill("survey")
    expect(desk.get_by_role("status")).to_have_text("60 of 300 papers.")
    assert len(asked) == 2
    address = rows.first.get_by_role("link").evaluate("link => link.href")
    assert address == f"{parts}/evidence/author-2020-paper-0/"


def test_a_choice_in_the_address_finds_rows_on_other_pages(desk: Page, parts: str):
    """Words, facets and order of an address hold for all rows; so does what is downloaded."""
    desk.goto(f"{parts}/one/?sort=-author")
    expect(desk.get_by_role("status")).to_have_text("5 papers.")
    assert column(desk, 1) == ["Zeta 2003", "Ørsted", "Martínez 2021", "Élan 1998", "Ångström 2021"]
    desk.goto(f"{parts}/one/?topic=pain&from=2010")
    expect(desk.get_by_role("status")).to_have_text("1 of 5 papers.")
    desk.goto(f"{parts}/one/")
    desk.get_by_text("Filters", exact=True).click()
    expect(desk.get_by_role("checkbox", name="Pain")).to_have_accessible_name("Pain (3)")
    assert desk.get_by_label("From").get_attribute("placeholder") == "1998"
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download BibTeX").click()
    keys = re.findall(r"@article\{(\w+)", download.value.path().read_text(encoding="utf-8"))
    assert keys == ["paper1", "paper2", "paper4", "paper3", "paper0"]
    desk.goto(f"{parts}/one/")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Download CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [row["Page"] for row in rows] == [f"{parts}/evidence/author-2020-paper-{key.removeprefix('paper')}/" for key in keys]


def test_groups_that_stand_on_other_pages_are_there(desk: Page, parts: str):
    """All groups of a table stand under each other, each once and whole, as in a table that has one page."""
    desk.goto(f"{parts}/groups/")
    titles = desk.locator(".atlas-tables .rubric:visible")
    expect(titles).to_have_text(["ME/CFS (3)", "Long COVID (2)", "Fibromyalgia (1)"])
    expect(desk.get_by_role("status")).to_have_text("5 papers.")
    assert [column(desk, 1, table=table) for table in range(3)] == [
        ["Ångström 2021", "Martínez 2021", "Zeta 2003"],
        ["Élan 1998", "Martínez 2021"],
        ["Ørsted"],
    ]
    assert desk.locator("th[data-column=level] .atlas-tip").count() == 3
    desk.get_by_label("Find in this table").fill("two groups")
    expect(desk.get_by_role("status")).to_have_text("1 of 5 papers.")
    assert titles.all_inner_texts() == ["ME/CFS (1 of 3)", "Long COVID (1 of 2)"]
    desk.get_by_role("button", name="Clear filters").click()
    desk.get_by_role("columnheader", name="Paper").last.get_by_role("button").click()
    assert column(desk, 1) == ["Zeta 2003", "Martínez 2021", "Ångström 2021"]


def test_rows_that_cannot_be_loaded_are_said(browser: Browser, parts: str):
    """Where other pages cannot be fetched, the reader is told and shown the way; the next choice tries again."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/table-1/3/", lambda route: route.abort())
    page.goto(f"{parts}/many/")
    page.get_by_label("Find in this table").fill("survey")
    expect(page.get_by_role("status")).to_contain_text("Not all papers could be loaded")
    expect(page.locator(".atlas-way").get_by_role("link")).to_have_count(2)
    page.get_by_role("button", name="Download CSV").click()
    expect(page.get_by_role("status")).to_contain_text("Not all papers could be loaded")
    page.unroute("**/table-1/3/")
    page.get_by_label("Find in this table").fill("a survey")
    expect(page.get_by_role("status")).to_have_text("60 of 300 papers.")
    expect(page.locator(".atlas-way")).to_have_count(0)
    context.close()


@pytest.mark.parametrize(
    "answer", ["<p>Come back later.</p>", '<div class="atlas-tables"><script class="atlas-table-data">{</script></div>']
)
def test_an_answer_that_is_no_table_is_a_failure(browser: Browser, parts: str, answer: str):
    """Where another page comes in place of a part, nothing breaks, and the reader is told."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/table-1/3/", lambda route: route.fulfill(body=answer, content_type="text/html"))
    page.goto(f"{parts}/many/")
    page.get_by_role("button", name="Show 100 more").click()
    expect(page.get_by_role("status")).to_contain_text("Not all papers could be loaded")
    expect(page.locator(".atlas-more")).to_contain_text("The first 120 papers of 300.")
    assert errors == []
    context.close()


def test_on_paper_it_is_said_that_there_are_more(desk: Page, parts: str):
    """A table of which some rows are not here prints the way to them; one that is whole prints all and no way."""
    desk.goto(f"{parts}/many/")
    desk.emulate_media(media="print")
    desk.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert desk.locator("tbody tr").count() == 120
    expect(desk.locator(".atlas-way")).to_contain_text("Of 5 rows:")
    desk.evaluate("dispatchEvent(new Event('afterprint'))")
    desk.emulate_media(media="screen")
    desk.get_by_role("button", name="Show all").click()
    expect(desk.locator("tbody tr")).to_have_count(300)
    assert desk.locator(".atlas-way").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_without_script_a_long_table_is_read_page_by_page(browser: Browser, parts: str, width: int):
    """Without JavaScript links lead from page to page, and all rows are there."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{parts}/one/")
    seen = column(page, 1)
    for said in ("3 to 4", "5"):
        page.locator(".atlas-way").get_by_role("link", name=said, exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == f"One, {said}"
        seen += column(page, 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [name.rpartition(" ")[0] or name for name in seen] == ["Ångström", "Élan", "Martínez", "Ørsted", "Zeta"]
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="One").click()
    assert page.url == f"{parts}/one/"
    context.close()


def test_rows_that_wait_for_a_script_that_fails_come_by_themselves(browser: Browser, tables: str):
    """Where scripts run but that of the table does not arrive, all rows are shown after some seconds."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/table.js*", lambda route: route.abort())
    page.goto(f"{tables}/many/")
    last = page.locator("tbody tr").last
    expect(last).to_be_hidden()
    expect(last).to_be_visible(timeout=15_000)
    context.close()


TYPE = """text => new Promise(resolve => {
    const field = document.querySelector(".atlas-controls input[type=search]");
    const start = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
        port2.onmessage = () => resolve(performance.now() - start);
        port1.postMessage(0); });
})"""


def test_a_key_is_painted_within_a_tenth_of_a_second(desk: Page, tables: str):
    """With 6,000 rows, the median time from a key to the painted table is below 100 ms."""
    desk.goto(f"{tables}/many/")
    desk.wait_for_timeout(500)
    texts = ["s", "sl", "sle", "slee", "sleep", "sleep 1", "sleep 12", "sleep 1", "sleep", "slee", "sle", "sl", "s", ""]
    # of some rounds the fastest, since other programs share the machine
    medians = [statistics.median(desk.evaluate(TYPE, text) for text in texts) for _ in range(6)]
    assert min(medians) < 100, medians


BROWSED = ["/browse/", "/browse/topic/", "/browse/topic/pain/", "/browse/author/", "/browse/year/2021/", "/browse/level/e2/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, tables: str, parts: str, scheme: str, width: int):
    """Tables, with filters open and closed, their further pages and lists have no fault that axe-core can find."""
    # axe itself is injected, which the site's policy rightly refuses
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    places = ("/one/", "/two/", "/groups/", "/wide/", *BROWSED)
    for address in (*(tables + place for place in places), f"{parts}/one/table-1/2/", f"{parts}/groups/"):
        page.goto(address)
        assert (address, faults(page)) == (address, [])
        for summary in page.locator(".atlas-facets > summary").all():
            summary.click()
        assert (address, faults(page)) == (address, [])
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_lists_need_no_script_and_fit(browser: Browser, tables: str, width: int):
    """Lists are reached from their index by links alone, and never scroll sideways."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{tables}/browse/")
    page.get_by_role("link", name="Topic").click()
    page.get_by_role("link", name="Pain").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Topic: Pain"
    assert page.locator(".atlas-papers > li").count() == 3
    box = page.locator("html").bounding_box()
    assert box is not None
    assert box["width"] <= width
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Browse").click()
    assert page.url == f"{tables}/browse/"
    page.go_back()
    page.get_by_role("link", name="Two groups").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Two groups")
    context.close()
