"""Searching as readers do: typing, filtering, going back, sharing, by keyboard alone; under a strict content policy."""

from __future__ import annotations

import functools
import gzip
import http.server
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evidence_atlas import search
from evidence_atlas.core.web_policy import content_security_policy

from .accessibility import faults
from .conftest import COMPRESSED, build

ROOT = "/some/where/"
POLICY = content_security_policy()


@dataclass
class Site:
    """A site on loopback, below a path, under the policy.

    Attributes:
        address: Where it is, with the slash.
        folder: Its files.
        sent: The path and the bytes of each answer.
    """

    address: str
    folder: Path
    sent: list[tuple[str, int]] = field(default_factory=list)


def handler(site: Site) -> type[http.server.SimpleHTTPRequestHandler]:
    class Strict(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            inside = self.path.startswith(ROOT)
            path = Path(self.translate_path(self.path.removeprefix(ROOT[:-1]) if inside else "/nowhere"))
            path = path / "index.html" if path.is_dir() else path
            found = path.is_file()
            kind = self.guess_type(path if found else "404.html")
            data = (path if found else site.folder / "404.html").read_bytes()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            if COMPRESSED.search(kind):
                data = gzip.compress(data)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            site.sent.append((self.path, len(data)))

    return Strict


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an atlas of fourteen made-up papers, one of them retracted."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from conftest import BIB
    from conftest import page as evidence_page

    root = tmp_path_factory.mktemp("strict")
    works = "".join(
        f"@article{{omega{n}, author = {{Omega, Otto}}, title = {{On lamps {n}}}, journal = {{Journal of Lamps}}, year = {{{2001 + n}}}, doi = {{10.5555/o.{n}}}}}\n"
        for n in range(12)
    )
    pages = {f"omega-{2001 + n}-lamps": evidence_page(f"omega{n}", body=f"All about lamps, number {n}.") for n in range(12)}
    pages["alpha-2020-rest"] = evidence_page(body="The word zeppelin stands here. <img src=x onerror=alert(1)>", topics="[sleep]")
    pages["gamma-2021-cohort"] = evidence_page("gamma2021cohort", body="Another zeppelin.", criteria="[]", level="E3")
    files = {
        "pyproject.toml": f'[tool.evidence-atlas]\nbase-url = "https://atlas.example.org{ROOT[:-1]}"\n',
        "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", reason = "It was made up." }]\n',
        "references.bib": BIB + works,
        "docs/conf.py": 'project = "T"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n',
        "docs/index.md": "# Home\n\nWelcome.\n\n```{toctree}\n:hidden:\n\nevidence/index\nworks\nhow\n```\n",
        "docs/how.md": "# How it works\n\nNo zeppelin was harmed.\n",
        "docs/works.md": "# All works\n\n```{evidence-references}\n```\n",
        "docs/evidence/index.md": "# All papers\n\n```{evidence-table}\n```\n",
    } | {f"docs/evidence/{name}.md": text for name, text in pages.items()}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    site = Site("", build(root / "docs", root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler(site), directory=str(site.folder)))
    site.address = f"http://127.0.0.1:{server.server_address[1]}{ROOT}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def nothing_is_refused(page: Page) -> Iterator[None]:
    """Fail a test in which the browser refuses something, or a script reports an error."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    yield
    assert [text for text in said if "404" not in text] == []


def titles(page: Page) -> list[str]:
    return page.locator("#search-results h2").all_inner_texts()


def box(page: Page, name: str, value: str):
    return page.locator(f"input[name={name}][value='{value}']")


def test_results_come_while_one_types(page: Page, strict: Site):
    """A word gives titles, one sentence, badge, year, journal and the place where it stands, without a key to send it off."""
    page.goto(f"{strict.address}search/")
    page.get_by_role("searchbox").press_sequentially("zeppelin")
    expect(page.get_by_role("status")).to_have_text("3 results.")
    result = page.locator("#search-results > li", has_text="Journal of Rest")
    for said in ("Rest made no difference", "In 12 people, rest made no difference.", "PEM required", "2020"):
        expect(result).to_contain_text(said)
    expect(result.locator("mark")).to_have_text("zeppelin")
    expect(result).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#search-results img").count() == 0
    other = page.locator("#search-results > li", has_text="How it works")
    expect(other).to_contain_text("was harmed")
    assert page.url == f"{strict.address}search/?q=zeppelin"


@pytest.mark.parametrize(
    "words", ["10.5555/alpha.1", "alpha2020trial", "béta", "Beta", "Does rest help", "Journal of Rest", '"word zeppelin stands"']
)
def test_a_paper_is_found_by_what_names_it(page: Page, strict: Site, words: str):
    """DOI, key, author with or without accents, title, journal and a phrase lead to a paper's page, before all others."""
    page.goto(f"{strict.address}search/?q={words}")
    page.locator("#search-results h2 a").first.click()
    expect(page).to_have_url(f"{strict.address}evidence/alpha-2020-rest/")


def test_a_retracted_paper_says_so(page: Page, strict: Site):
    """The result of a retracted paper says that it is, in words."""
    page.goto(f"{strict.address}search/?q=zeppelin&level=E3")
    expect(page.locator("#search-results > li")).to_have_count(1)
    expect(page.locator("#search-results > li")).to_contain_text("Retracted")


def test_facets(page: Page, strict: Site):
    """Choices of a group add up, groups narrow each other down, and a count says what a choice would give."""
    page.goto(f"{strict.address}search/")
    page.get_by_text("Filter papers").click()
    page.get_by_role("searchbox").fill("zeppelin")
    level, topic = page.locator(".search-facet", has_text="Level"), page.locator(".search-facet", has_text="Topics")
    level.locator("summary").click()
    topic.locator("summary").click()
    counts = level.locator(".search-count")
    expect(counts).to_have_text(["1", "1"])
    box(page, "level", "E2").check()
    expect(page.get_by_role("status")).to_have_text("1 result.")
    expect(counts).to_have_text(["1", "1"])
    expect(topic.locator(".search-count")).to_have_text(["0", "1"])
    expect(level.locator("summary")).to_have_text("Level (1 chosen)")
    box(page, "level", "E3").check()
    expect(page.get_by_role("status")).to_have_text("2 results.")
    box(page, "topic", "sleep").check()
    expect(page.get_by_role("status")).to_have_text("1 result.")
    assert page.url == f"{strict.address}search/?q=zeppelin&level=E2&level=E3&topic=sleep"
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_role("status")).to_have_text("3 results.")
    assert page.url == f"{strict.address}search/?q=zeppelin"


def test_filters_without_words(page: Page, strict: Site):
    """Filters alone list the papers that they let through, and no other page."""
    page.goto(f"{strict.address}search/?year=2020&year=2021")
    expect(page.get_by_role("status")).to_have_text("2 results.")
    expect(page.locator(".search-filters > summary")).to_have_text("Filter papers (2 chosen)")


def test_an_address_can_be_shared(browser: Browser, page: Page, strict: Site):
    """What is searched and chosen stands in the address, and another browser shows the same for it."""
    page.goto(f"{strict.address}search/?q=lamps&topic=pain&year=2003")
    expect(page.get_by_role("status")).to_have_text("1 result.")
    expect(box(page, "year", "2003")).to_be_checked()
    context = browser.new_context()
    other = context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("status")).to_have_text("1 result.")
    assert titles(other) == titles(page)
    context.close()


def test_an_address_with_a_value_that_has_no_box(page: Page, strict: Site):
    """A value that nobody offers is shown as chosen, so that a reader sees why nothing is found and can take it back."""
    page.goto(f"{strict.address}search/?q=lamps&journal=Nowhere")
    expect(page.get_by_role("status")).to_contain_text("Nothing found.")
    page.locator(".search-facet", has_text="Journal").locator("summary").click()
    box(page, "journal", "Nowhere").uncheck()
    expect(page.get_by_role("status")).to_have_text("12 results; the first 5 are shown.")


def test_back_and_forward(page: Page, strict: Site):
    """Back leads from a page to its search, then to the one before, and not through each letter; forward leads again."""
    page.goto(f"{strict.address}search/")
    for words, count in (("zeppelin", "3 results."), ("lamps number 7", "1 result.")):
        page.get_by_role("searchbox").fill("")
        page.get_by_role("searchbox").press_sequentially(words)
        expect(page.get_by_role("status")).to_have_text(count)
        page.get_by_role("searchbox").press("Enter")
    page.locator("#search-results a").first.click()
    page.wait_for_url("**/evidence/**")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("1 result.")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("zeppelin")
    expect(page.get_by_role("status")).to_have_text("3 results.")
    page.go_forward()
    expect(page.get_by_role("searchbox")).to_have_value("lamps number 7")
    expect(page.get_by_role("status")).to_have_text("1 result.")


def test_more_results(page: Page, strict: Site):
    """More results come by a button, which hands the focus to the first of them."""
    page.goto(f"{strict.address}search/?q=lamps")
    expect(page.get_by_role("status")).to_have_text("12 results; the first 5 are shown.")
    page.get_by_role("button", name="Show more results").click()
    expect(page.get_by_role("status")).to_have_text("12 results; the first 10 are shown.")
    expect(page.locator("#search-results > li:nth-child(6) a")).to_be_focused()
    page.get_by_role("button", name="Show more results").click()
    expect(page.get_by_role("status")).to_have_text("12 results.")
    expect(page.get_by_role("button", name="Show more results")).to_be_hidden()
    assert len(set(page.locator("#search-results a").evaluate_all("links => links.map(link => link.href)"))) == 12


def test_by_keyboard_alone(page: Page, strict: Site):
    """The slash leads to the field, Esc empties it, Tab reaches filters and results, Space opens and chooses, Enter follows."""
    page.goto(f"{strict.address}search/")
    keys = page.keyboard
    keys.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type("x/y")
    expect(page.get_by_role("searchbox")).to_have_value("x/y")
    keys.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    keys.type("zeppelin")
    expect(page.get_by_role("status")).to_have_text("3 results.")
    for key in ("Tab", "Tab", "Space", "Tab", "Space", "Tab", "Space"):  # button, filters, open, PEM, open, first box, choose
        keys.press(key)
    expect(box(page, "pem", "required")).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("1 result.")
    for _ in range(30):
        keys.press("Tab")
        if page.locator("#search-results a:focus").count():
            break
    keys.press("Enter")
    expect(page).to_have_url(f"{strict.address}evidence/alpha-2020-rest/")


def test_tab_leaves_the_page(page: Page, strict: Site):
    """Tab goes through the open search page to its end and is caught nowhere."""
    page.goto(f"{strict.address}search/?q=lamps&pem=required")
    page.locator("#search-results a").first.wait_for()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.locator(":focus").evaluate_all("found => found.map(one => one.id || one.textContent.trim())"))
    assert ["search-field"] in reached
    assert ["search-more"] in reached
    assert ["search-slash"] in reached
    assert [] in reached or reached.count(["search-field"]) > 1


def test_the_slash_can_be_switched_off(page: Page, strict: Site):
    """Who has the key in the way switches it off, and it stays off."""
    page.goto(f"{strict.address}search/")
    page.get_by_label("The key / leads to it.").uncheck()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_from_the_head_of_any_page(page: Page, strict: Site):
    """The field in the head of a page leads to the results."""
    page.goto(f"{strict.address}evidence/alpha-2020-rest/")
    page.get_by_role("searchbox").fill("zeppelin")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("3 results.")


def test_the_page_404_is_whole_at_any_depth(page: Page, strict: Site):
    """Deep below, the page for what is not there has its styles, and its field finds."""
    assert page.goto(f"{strict.address}evidence/there/is/no/such/page").status == 404
    assert page.locator("main").evaluate("main => getComputedStyle(main).maxWidth") != "none"
    page.get_by_role("searchbox").fill("zeppelin")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 results.")


def test_without_script(browser: Browser, strict: Site):
    """Without JavaScript the search page says so, shows no field that would do nothing, and links to the lists."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{strict.address}evidence/alpha-2020-rest/")
    page.get_by_role("searchbox").fill("zeppelin")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("The search does not run here.")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_count(0)
    page.get_by_role("link", name="All papers").click()
    expect(page.get_by_role("heading", name="All papers")).to_be_visible()
    context.close()


def test_from_a_file(browser: Browser, strict: Site):
    """Opened from a disk, where browsers load no index, the search page says so."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((strict.folder / "search/index.html").as_uri())
    expect(page.get_by_text("The search does not run here.")).to_be_visible()
    expect(page.locator("#search-form")).to_be_hidden()
    context.close()


def test_with_script_there_is_no_such_word(page: Page, strict: Site):
    """Where the search runs, nothing says that it does not."""
    page.goto(f"{strict.address}search/")
    expect(page.get_by_text("The search does not run here.")).to_be_hidden()


def test_an_index_that_does_not_load(browser: Browser, strict: Site):
    """Where the index cannot be loaded, the page says so in place of finding nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/pagefind/*.pf_meta", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"{strict.address}search/?q=zeppelin")
    expect(page.get_by_text("The search does not run here.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, strict: Site, width: int, scheme: str):
    """Before and after a search, with facets open, and where nothing is found, axe-core has nothing to say."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for address, state in (
        ("search/", "empty"),
        ("search/?q=zeppelin", "found"),
        ("search/?q=lamps&pem=required", "open"),
        ("search/?q=qqqq", "nothing"),
        ("404.html", "404"),
        ("evidence/gamma-2021-cohort/", "head"),
    ):
        page.goto(strict.address + address)
        if "?" in address:
            expect(page.get_by_role("status")).not_to_be_empty()
        if state == "open":
            for summary in page.locator(".search-facet summary").all():
                summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        assert (state, faults(page)) == (state, [])
    context.close()


def test_another_index_while_a_page_is_open(page: Page, strict: Site):
    """Where the site was built anew since, and pages have other names in the index, more results begin the search again."""
    page.goto(f"{strict.address}search/?q=lamps")
    expect(page.get_by_role("status")).to_have_text("12 results; the first 5 are shown.")
    results = page.locator("#search-results > li")
    results.first.evaluate("result => result.className = 'before'")
    page.route("**/*.pf_fragment", lambda route: route.fulfill(status=404, body=""), times=5)
    page.get_by_role("button", name="Show more results").click()
    expect(page.locator("#search-results > .before")).to_have_count(0)
    expect(results).to_have_count(5)
    expect(page.get_by_role("status")).to_have_text("12 results; the first 5 are shown.")
    page.get_by_role("button", name="Show more results").click()
    expect(page.get_by_role("status")).to_have_text("12 results; the first 10 are shown.")


def test_half_a_word_finds(page: Page, strict: Site):
    """The beginning of a word finds, and the excerpt marks the whole words, in whatever form they stand."""
    page.goto(f"{strict.address}search/?q=zepp")
    expect(page.get_by_role("status")).to_have_text("3 results.")
    expect(page.locator("#search-results mark").first).to_have_text("zeppelin")
    page.goto(f"{strict.address}search/?q=lamp")
    expect(page.locator("#search-results mark").first).to_have_text(re.compile("[Ll]amps"))


def test_words_in_quotation_marks_stand_side_by_side(page: Page, strict: Site):
    """Words in quotation marks are found where they stand so, which their own index knows; one word loads nothing of it."""
    strict.sent.clear()
    page.goto(f'{strict.address}search/?q="lamps number 7"')
    expect(page.get_by_role("status")).to_have_text("1 result.")
    assert [path for path, _size in strict.sent if "/phrases/index/" in path]
    page.goto(f'{strict.address}search/?q="number lamps"')
    expect(page.get_by_role("status")).to_contain_text("Nothing found.")
    strict.sent.clear()
    page.goto(f"{strict.address}search/?q=number lamps")
    expect(page.get_by_role("status")).to_contain_text("12 results")
    page.goto(f'{strict.address}search/?q="zeppelin"')
    expect(page.get_by_role("status")).to_have_text("3 results.")
    page.goto(f'{strict.address}search/?q="zepp"')
    expect(page.get_by_role("status")).to_contain_text("Nothing found.")
    assert not [path for path, _size in strict.sent if "/phrases/" in path]


@pytest.fixture(scope="module")
def batched(strict: Site) -> str:
    """Put an index of the same records beside that of the site, made in batches of three; return its folder's name."""
    records = strict.folder.with_name("doctrees") / "atlas-search-dirhtml"
    made = strict.folder.with_name("made")
    assert search.index._make(records, sorted(map(str, records.rglob("*.html"))), made, ".html", 3) == ""
    (made / "packed").rename(strict.folder / "pagefind-batched")
    return "pagefind-batched"


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("zeppelin", 3),
        ("lamps number 7", 1),
        ("lam", 12),
        ("béta", 1),
        ('"lamps number 7"', 1),
        ('"number lamps"', 0),
        ('"On lamps"', 12),
    ],
)
def test_an_index_of_batches_finds_the_same(page: Page, strict: Site, batched: str, words: str, count: int):
    """Pagefind finds the same pages with the same scores in an index of several batches as in one of all pages."""
    page.goto(f"{strict.address}search/")
    searched = """async ([folder, words]) => {
        const address = new URL(`../${folder}/`, location.href);
        const { createInstance } = await import(new URL("pagefind.js", address));
        const basePath = new URL(words.startsWith('"') ? "phrases/" : ".", address).href;
        const index = createInstance({ basePath, noWorker: true });
        await index.init();
        const { results } = await index.search(words);
        const found = results.map(async ({ score, data }) => [(await data()).raw_url, score.toFixed(4)]);
        return (await Promise.all(found)).map(String).sort();
    }"""
    whole, parts = (page.evaluate(searched, [folder, words]) for folder in ("pagefind", batched))
    assert len(whole) == count
    assert parts == whole


def test_filters_load_what_they_need(browser: Browser, strict: Site):
    """Filters without words load no word but the one that every page has, and first results need no other facet's table."""
    context = browser.new_context()
    page = context.new_page()
    page.route(re.compile("/facets/(?!pem-)"), lambda _route: None)  # never answered
    strict.sent.clear()
    page.goto(f"{strict.address}search/?pem=required")
    page.locator("#search-results li").first.wait_for()
    (words,) = [path for path, _size in strict.sent if path.endswith(".pf_index")]
    assert "/every-" in words
    context.close()


def test_little_is_transferred(browser: Browser, strict: Site):
    """First results cost at most 125 kB, page, styles and scripts included, and a page that nobody searches on costs none."""
    context = browser.new_context()
    page = context.new_page()
    strict.sent.clear()
    page.goto(f"{strict.address}search/")
    page.wait_for_load_state("networkidle")
    assert not [path for path, _size in strict.sent if "/pagefind/" in path]
    page.get_by_role("searchbox").fill("lamps")
    page.locator("#search-results li").first.wait_for()
    assert sum(size for _path, size in strict.sent) <= 125_000
    assert not [path for path, _size in strict.sent if path.endswith((".pf_filter", "worker.js"))]
    context.close()
