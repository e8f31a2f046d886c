"""The form to the editors, from a built site to a service that runs: by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import contextlib
import functools
import http.client
import http.server
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from evidence_atlas.core.web_policy import content_security_policy
from evidence_atlas.inbox.store import Kept, Store

from .accessibility import faults
from .conftest import _Quiet, build, serve

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import BIB, CONF
from conftest import page as evidence_page
from inbox.helpers import free_port, served

PAPER = "evidence/alpha-2020-rest"
PAGES = {PAPER: f"/{PAPER}/", "index": "/", "search": "/search/", "404": "/404.html"}
MOST_TABS = 60


@dataclass
class Site:
    """A site and its inbox, both on loopback.

    Attributes:
        address: Where the site is, without a stroke at the end.
        inbox: Port of the service.
        folder: Files of the site.
        database: Where the service keeps messages.
    """

    address: str
    inbox: int
    folder: Path
    database: Path

    def messages(self) -> list[Kept]:
        """Return what was kept, oldest first."""
        store = Store(self.database)
        try:
            return store.messages()
        finally:
            store.close()


class _Fronted(_Quiet):
    """A web server in front of the service, as a reverse proxy is."""

    inbox = 0

    def do_GET(self) -> None:  # noqa: N802  (named so by the standard library)
        """Pass on what is the inbox's; send a file of the site for all else."""
        if self.path.startswith("/contribute"):
            self.pass_on()
        else:
            super().do_GET()

    def do_POST(self) -> None:  # noqa: N802
        """Pass on a form."""
        self.pass_on()

    def pass_on(self) -> None:
        """Ask the service, and send its answer as it is."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.inbox)) as connection:
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("date", "transfer-encoding"):
                self.send_header(name, value)
        http.server.BaseHTTPRequestHandler.end_headers(self)
        self.wfile.write(content)


@contextlib.contextmanager
def published(folder: Path, *, elsewhere: bool) -> Iterator[Site]:
    """Run a service, build a site for it, and serve that under the content security policy that belongs to both."""
    port, docs = free_port(), folder / "docs"
    inbox = f"http://127.0.0.1:{port}/contribute" if elsewhere else "/contribute"
    files = {
        "docs/conf.py": CONF.replace('"basic"', '"evidence_atlas"'),
        "docs/index.md": "# Home\n",
        f"docs/{PAPER}.md": evidence_page(),
        "references.bib": BIB,
        "atlas.toml": f'inbox = "{inbox}"\n',
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    site = build(docs, folder / "out")
    handler = type("_Handler", (_Fronted,), {"inbox": port, "policy": content_security_policy(inbox)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with served(folder / "inbox.db", "--site", address, "--address", inbox, port=port):
        yield Site(address, port, site, folder / "inbox.db")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=["own host", "another host"])
def site_with_inbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site whose inbox is on its own host, and one whose inbox is on another."""
    with published(tmp_path_factory.mktemp("inbox"), elsewhere=request.param == "another host") as site:
        yield site


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Return a phone on which scripts are off."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def write(page: Page, text: str) -> None:
    """Unfold the form and fill it in, with the keyboard alone."""
    tab_to(page, ".atlas-contribute summary")
    assert not page.locator("#atlas-word-message").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#atlas-word-message").is_visible()
    tab_to(page, "#atlas-word-kind")
    page.keyboard.type("The badge")
    for field, said in (("message", text), ("contact", "ann@example.org"), ("thanks", "")):
        page.keyboard.press("Tab")
        assert page.locator(f"#atlas-word-{field}:focus").count() == 1, field
        page.keyboard.type(said)
    page.keyboard.press("Tab")  # past the field that people do not see
    assert page.locator(".atlas-word button:focus").count() == 1


@pytest.mark.parametrize("docname", PAGES)
def test_a_word_by_keyboard(site_with_inbox: Site, phone: BrowserContext, docname: str):
    """From any page a reader writes, reads it once more, sends it and is thanked; the editors have it with page and version."""
    site, page = site_with_inbox, phone.new_page()
    text = f"Wrong on {docname}"
    before = len(site.messages())
    page.goto(site.address + PAGES[docname])
    write(page, text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1).wait_for()
    assert page.get_by_text(text).first.is_visible()
    assert len(site.messages()) == before, "nothing is kept before it was read once more"
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    page.locator(".reference").wait_for()
    kept = site.messages()[before:]
    assert [(one.message, one.kind, one.page, one.contact, one.thanks) for one in kept] == [
        (text, "badge", docname, "ann@example.org", "")
    ]
    assert kept[0].version
    assert kept[0].reference in page.locator("main").inner_text()
    assert phone.cookies() == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible(site_with_inbox: Site, browser: Browser, width: int, scheme: str):
    """The open form, the page that shows a message once more and the thanks have nothing that axe finds, and stick out nowhere."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site_with_inbox.address}/")
    page.locator(".atlas-contribute summary").click()
    page.locator("#atlas-word-message").fill("x" * 300)
    sound(page, width)
    for button, shown in ((".atlas-word button", "main button"), ("main button", ".reference")):
        with page.expect_navigation():  # to its end: axe would look at a page whose style is still on its way
            page.locator(button).first.click()
        page.locator(shown).first.wait_for()
        sound(page, width)
    context.close()


def sound(page: Page, width: int) -> None:
    """See that a page has no violation, does not scroll sideways, and its controls can be hit."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("summary, select, textarea, button, input:not([type=hidden])").all():
        box = control.bounding_box()
        assert box is None or box["height"] >= 24


def test_no_other_place_is_sent_to(tmp_path: Path, phone: BrowserContext):
    """Under the policy of a site without that inbox, the browser does not send the form there."""
    with published(tmp_path, elsewhere=True) as site:
        for strict in serve(site.folder, strict=True):
            page = phone.new_page()
            page.goto(f"{strict}/")
            write(page, "x")
            page.keyboard.press("Enter")
            page.wait_for_timeout(500)
            assert page.url == f"{strict}/"
