"""Measures the private inbox: accepted messages a second, and how long their senders wait, with full durability.

The service runs as its users run it, with limits out of the way. Each message is sent as a browser sends it, with a
ticket of its own, over one connection a reader. Beside it stands what the disk itself can do: how many flushes a second.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

SITE = "https://atlas.example.org"
HEADERS = {"Origin": SITE, "Content-Type": "application/x-www-form-urlencoded"}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
TEXT = "The number of participants in the second table is not the one in the paper. " * 4


def flushes(folder: Path, count: int = 200) -> float:
    """Return how many times a second the disk takes 4 kB and says that it is safe."""
    with (folder / "flush").open("wb", buffering=0) as file:
        begin = time.perf_counter()
        for _ in range(count):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return count / (time.perf_counter() - begin)


def post(connection: http.client.HTTPConnection, **fields: str) -> tuple[int, str]:
    """Send a form and return status and page."""
    connection.request("POST", "/contribute", urlencode({"kind": "error", "message": TEXT} | fields), HEADERS)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


class Reader(threading.Thread):
    """Fetches its tickets, waits for the others, then sends one message after another."""

    def __init__(self, port: int, messages: int, start: threading.Barrier) -> None:
        super().__init__()
        self.port, self.messages, self.begin = port, messages, start
        self.waits: list[float] = []

    def run(self) -> None:
        """Send, and keep the seconds that each message took."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            found = [TICKET.search(post(connection)[1]) for _ in range(self.messages)]
            self.begin.wait()
            for ticket in found:
                asked = time.perf_counter()
                status, _page = post(connection, ticket=ticket[1] if ticket else "")
                if status == http.HTTPStatus.CREATED:
                    self.waits.append(time.perf_counter() - asked)


def ready(port: int) -> None:
    """Wait until the service answers."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/contribute/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.05)
    raise SystemExit("the service did not start")


def measure(folder: Path, readers: int, messages: int) -> None:
    """Print the figures."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "evidence_atlas.cli", "contribute", "--database", str(folder / "inbox.db"), "serve"]
    limits = ["--each", "1000000000", "--together", "1000000000", "--quickest", "0"]
    with subprocess.Popen([*command, "--site", SITE, "--port", str(port), *limits], stderr=subprocess.DEVNULL) as process:
        try:
            ready(port)
            start = threading.Barrier(readers + 1)
            crowd = [Reader(port, messages, start) for _ in range(readers)]
            for reader in crowd:
                reader.start()
            start.wait()
            begin = time.perf_counter()
            for reader in crowd:
                reader.join()
            took = time.perf_counter() - begin
        finally:
            process.terminate()
    waits = sorted(wait for reader in crowd for wait in reader.waits)
    if len(waits) != readers * messages:
        raise SystemExit(f"only {len(waits)} of {readers * messages} messages were accepted")
    print(f"{readers:>3} readers: {len(waits) / took:>7.0f} accepted messages/s", end="")
    print(f"   median {statistics.median(waits) * 1000:>6.1f} ms   p99 {waits[int(len(waits) * 0.99)] * 1000:>6.1f} ms")


def rows(messages: int = 200, folder: Path | None = None) -> None:
    """Print a row for each number of readers who write at the same time.

    Args:
        messages: Messages of each reader.
        folder: Folder on the disk that is measured; a temporary one where none is given.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        print(f"disk: {flushes(Path(name)):.0f} flushes of 4 kB a second, one after another")
    for readers in (1, 8, 32):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            measure(Path(name), readers, messages)


def main() -> None:
    """Take the measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200, help="messages of each reader (200)")
    parser.add_argument("--folder", type=Path, help="folder on the disk that is measured (a temporary one)")
    options = parser.parse_args()
    rows(options.messages, options.folder)


if __name__ == "__main__":
    main()
