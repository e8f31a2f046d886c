"""The built atlas in a real Chromium."""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from evidence_atlas.core.web_policy import content_security_policy

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Return the path of Debian's Chromium, or of the one that CHROMIUM names."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise pytest.UsageError("Chromium is not installed; on Debian: apt-get install chromium")
    return found


def build(source: Path, out: Path) -> Path:
    """Build a site from sources."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "dirhtml", "-d", str(out / "doctrees"), str(source), str(out / "site")]
    subprocess.run(command, check=True, capture_output=True)
    return out / "site"


COMPRESSED = re.compile(r"^text/|javascript|json")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    policy = ""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Add the content security policy, where there is one."""
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def do_GET(self) -> None:
        """Send a file, text compressed, as web servers do."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.partition("?")[0].endswith("/") else path
        kind = self.guess_type(path)
        if not path.is_file() or not COMPRESSED.search(kind):
            super().do_GET()
            return
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Encoding": "gzip", "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class _Strict(_Quiet):
    policy = content_security_policy()


def serve(folder: Path, *, strict: bool = False) -> Iterator[str]:
    """Serve a folder on loopback, under the content security policy where asked."""
    handler = functools.partial(_Strict if strict else _Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the atlas's own site."""
    return build(ROOT / "docs", tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[str]:
    """Return the address of the atlas's own site."""
    yield from serve(built)


@pytest.fixture(scope="session")
def strict_site(built: Path) -> Iterator[str]:
    """Return the address of the atlas's own site, served under the content security policy."""
    yield from serve(built, strict=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page on a phone; a script error fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
