"""The files of the documentation with which the service is put to work: nginx before it, systemd around it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.helpers import ROOT
from evidence_atlas.inbox.message import BODY_LIMIT

from .helpers import FORM, TICKET, free_port, http_ask, http_post, served

FILES = ROOT / "docs" / "reference" / "inbox"
NGINX = shutil.which("nginx")
AS_ROOT = "user root;" if os.geteuid() == 0 else ""  # else its workers could not read the folders of tests
AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/bodies;
  proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    include {folder}/atlas-inbox.conf;
  }}
}}
"""


@dataclass
class Front:
    """nginx before a service.

    Attributes:
        port: Where nginx listens.
        folder: Where it keeps files and logs.
    """

    port: int
    folder: Path

    def kept(self) -> str:
        """Return all that nginx has written."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".conf")
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


@contextlib.contextmanager
def nginx_before(inbox: int, folder: Path) -> Iterator[Front]:
    """Run nginx with the file of the documentation, in which the port of the service alone is another."""
    port = free_port()
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "index.html").write_text("The site")
    said = (FILES / "nginx.conf").read_text(encoding="utf-8")
    assert said.count("127.0.0.1:8010") == 2
    (folder / "atlas-inbox.conf").write_text(said.replace("127.0.0.1:8010", f"127.0.0.1:{inbox}"))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, port=port, user=AS_ROOT))
    command = [str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    http_ask(port, "GET", "/")
                    break
                time.sleep(0.05)
            yield Front(port, folder)
        finally:
            process.terminate()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """Return nginx before a service that takes three messages an hour from a network."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    with served(tmp_path / "inbox.db", "--each", "3") as (_process, port), nginx_before(port, tmp_path / "front") as found:
        yield found


def test_nginx_passes_a_message_on_and_keeps_nothing(front: Front):
    """Form, style and message go through; of them nginx keeps no line and no file, also where it refuses or cannot pass on."""
    assert http_ask(front.port, "GET", "/") == (200, "The site")
    assert "<form" in http_ask(front.port, "GET", "/contribute?page=secret")[1]
    assert http_ask(front.port, "GET", "/contribute/inbox.css")[0] == 200
    long = "a secret " * 500
    found = TICKET.search(http_post(front.port, message=long)[1])
    assert found
    assert http_post(front.port, message=long, ticket=found[1])[0] == 201
    assert http_ask(front.port, "GET", "/contribute/health")[0] == 404
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        assert http_ask(front.port, "POST", "/contribute", "x" * 200_000, FORM)[0] == 413
    kept = front.kept()
    assert '"GET / ' in kept, "the site's own log is as it was"
    assert not re.search(r"secret|POST|/contribute(?!/health)", kept)


def test_nginx_says_who_asks(front: Front):
    """The service counts by the address that nginx sees: whoever pretends to be another in a header is counted with the rest."""
    asked = [
        http_ask(front.port, "POST", "/contribute", "kind=error&message=x", FORM | {"X-Forwarded-For": f"203.0.113.{n}"})[0]
        for n in range(8)
    ]
    assert asked == [200] * 6 + [429] * 2


def test_nginx_without_the_service(tmp_path: Path):
    """When the service is away, nginx answers 502 and writes nobody's address down."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    with nginx_before(free_port(), tmp_path / "front") as front:
        assert http_post(front.port, message="x")[0] == 502
        assert "client:" not in front.kept()


def test_every_message_fits():
    """The longest form that the service takes passes nginx, and stays in its memory."""
    said = (FILES / "nginx.conf").read_text(encoding="utf-8")
    sizes = {name: int(size) * 1024 for name, size in re.findall(r"client_(max_body|body_buffer)_size (\d+)k;", said)}
    assert set(sizes) == {"max_body", "body_buffer"}
    assert min(sizes.values()) >= BODY_LIMIT


def test_the_unit_is_sound():
    """systemd finds nothing wrong with the unit, but that the command is not installed here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    command = ["systemd-analyze", "verify", "--man=no", str(FILES / "atlas-inbox.service")]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if "atlas-inbox" in line and "is not executable" not in line] == []


@pytest.mark.parametrize("name", ["nginx.conf", "atlas-inbox.service", "Containerfile"])
def test_the_page_shows_the_file(name: str):
    """What the page of the reference shows is the file that is tried."""
    text = (ROOT / "docs" / "reference" / "inbox.md").read_text(encoding="utf-8")
    assert f"```{{literalinclude}} inbox/{name}\n" in text
