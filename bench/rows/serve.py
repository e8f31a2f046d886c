"""``nox -s serve``: the seconds from saving a page to the moment at which the browser can show it anew."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

from counting import FILE
from figures import NO_BOUND, Bound, Cell, Group
from projects import Projects, edit
from websockets.sync.client import connect

SAVED = Bound(4.0, 6000, "s")
FIRST = 3600  # seconds that a first build may take
AGAIN = 300  # seconds that a build of one page may take
HEAD = ("From saving to the page", "Pages", "Seconds", "Bound", "Met")


def measure(sizes: Sequence[Projects], runs: int) -> dict[str, Group]:
    """Return the group ``serve``: the whole wait, and its steps by the clock."""
    rows: list[list[Cell]] = []
    for projects in sizes:
        target = projects.folder / "serve"
        with preview(projects.roots["whole"], target) as address:
            waits = [_wait(projects, address, target, f"marker{number}x{time.time_ns()}") for number in range(runs)]
        seconds = median(wait["all"] for wait in waits)
        rows.append(["all", projects.pages, seconds, *SAVED.cells(seconds, projects.pages)])
        steps = [name for name in waits[0] if name != "all"]
        rows += [[f"of it: {name}", projects.pages, median(wait[name] for wait in waits), *NO_BOUND] for name in steps]
    return {"serve": Group(HEAD, rows)}


@contextmanager
def preview(source: Path, target: Path) -> Iterator[str]:
    """Run the preview as the nox session does; give the address once the first build is done."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "evidence_atlas.preview.serve", "--port", str(port)]
    command += ["-D", "extensions=evidence_atlas,evidence_atlas.preview,counting", str(source), str(target)]
    bench = str(Path(__file__).resolve().parents[1])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = bench
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            _ready(port, process)
            yield f"127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _ready(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + FIRST
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the preview did not start")


def _wait(projects: Projects, address: str, target: Path, marker: str) -> dict[str, float]:
    """Save a page with new words; return the seconds until a browser is told and has got them, and of each step."""
    page = projects.page("whole")
    with connect(f"ws://{address}/websocket-reload", open_timeout=10) as told:
        time.sleep(1)
        begin = time.time()
        edit(page, "\n## ", f"\n## {marker} ")
        told.recv(timeout=AGAIN)
        with urllib.request.urlopen(f"http://{address}/evidence/{page.stem}/", timeout=30) as answer:
            if marker not in answer.read().decode():
                raise SystemExit("the page was shown without what was saved")
        end = time.time()
        steps = json.loads((target / ".doctrees" / FILE).read_text(encoding="utf-8"))["steps"]
        clocks = [("", begin), *((name, clock) for name, (_cpu, clock) in steps.items()), ("the browser is told", end)]
        edit(page, f"\n## {marker} ", "\n## ")
        told.recv(timeout=AGAIN)
    return {"all": end - begin} | {name: later - earlier for (_, earlier), (name, later) in pairwise(clocks)}
