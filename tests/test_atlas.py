"""The ME/CFS atlas itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.xdist_group("atlas")  # one process builds it once
PAGES = sorted(path for path in (ROOT / "docs/evidence").glob("*.md") if path.stem != "index")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as CI does."""
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "dirhtml",
        "-d",
        str(out / "dt"),
        "docs",
        str(out / "site"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / "site"


def test_there_are_pages():
    """The atlas holds at least eight papers."""
    assert len(PAGES) >= 8


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_has_its_files(site: Path, page: Path):
    """Each page has its record and citations beside it, and its limitations in the record."""
    folder = site / "evidence" / page.stem
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert len(record["limitations"]) > 20
    assert record["record"]["drafted"] == "software"
    assert {"index.html", "paper.bib", "paper.ris", "paper.csl.json"} <= {path.name for path in folder.iterdir()}


def test_expected_badges(site: Path):
    """The pages that the atlas began with have the badges that their criteria give."""
    expected = {
        "martinez-lavin-2021-dorsal-root": "not-applicable",
        "fluge-2019-lymphocyte-depletion": "required",
        "lo-2010-mlv-related-virus": "unclear",
        "white-2011-comparison-of-adaptive": "not-required",
        "walitt-2024-deep-phenotyping": "not-required",
    }
    states = {name: json.loads((site / "evidence" / name / "record.json").read_text())["pem"]["state"] for name in expected}
    assert states == expected


def test_a_null_trial_says_so(site: Path):
    """The page of the rituximab trial states that its primary outcome showed no difference."""
    record = json.loads((site / "evidence/fluge-2019-lymphocyte-depletion/record.json").read_text())
    assert record["record"]["outcome"]["direction"] == "no-difference"


def test_retracted_papers_cannot_be_overlooked(site: Path):
    """A retracted paper has its banner above the byline."""
    html = (site / "evidence/lombardi-2009-infectious-retrovirus/index.html").read_text(encoding="utf-8")
    assert html.index("atlas-notice-withdrawn") < html.index("atlas-byline")


def test_no_page_asks_another_host(site: Path):
    """No page loads style, script, picture or font from another host."""
    for path in site.rglob("*.html"):
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", path.read_text(encoding="utf-8")):
            if not tag.startswith("<link") or re.search('rel="(?:stylesheet|icon|preload|modulepreload|manifest)"', tag):
                assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", tag), (path, tag)


def test_registry_hosts_are_in_no_file():
    """No file of the repository names the host of a package registry."""
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "deb." + "debian.org"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.fail("this test needs a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            data = path.read_bytes()
            assert not [host for host in hosts if host.encode() in data], name
