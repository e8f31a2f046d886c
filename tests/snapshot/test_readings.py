"""Versions are read from the records of their pages; what cannot be read is named in one sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence_atlas.snapshot.readings import Pem, Versions, check_digests, parse_page, read_version

from .versions import ALPHA, GAMMA, record, write


def test_a_version(tmp_path: Path):
    """Pages stand in the order of their addresses; the version, its policy and its day are those of all."""
    folder = write(tmp_path, {GAMMA: record(record__paper="gamma"), ALPHA: record()})
    version = read_version(folder)
    assert list(version.pages) == [ALPHA, GAMMA]
    assert version.made == Versions("2026.10", "0.1", "2026-10-01")
    check_digests(version)
    release = tmp_path / "release"
    (release / "site").mkdir(parents=True)
    (folder / "evidence").rename(release / "site" / "evidence")
    assert read_version(release) == version


def test_a_page(tmp_path: Path):
    """A page has what its record states, and passes over what it does not know."""
    page = parse_page(json.dumps(record() | {"later": 1}).encode(), "x")
    assert (page.title, page.limitations, page.badge_words) == ("Rest", "Much.", "PEM required")
    assert page.content.keys() == {"record", "reference", "pem", "notices", "text"}
    assert page.content["pem"] == {"state": "required", "reason": "CCC 2003 requires PEM."}
    assert replace(page, badge="", pem=Pem("not-required", "")).badge_words == "PEM not required"
    assert not replace(page, notices=[{"kind": "correction"}]).withdrawn
    assert replace(page, notices=[{"kind": "correction"}, {"kind": "retraction"}]).withdrawn


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in record().items() if key not in keys}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "x is not the record of a page"),
        (without("schema"), "x is not the record of a page"),
        (record() | {"schema": "1"}, "x has schema '1'; this program reads schema 1: a newer evidence-atlas may read it"),
        (without("title"), "x is not the record of a page: title: Field required"),
        (record(pem__state="often"), "x is not the record of a page: pem.state: Input should be 'required', 'not-required', "),
        (record(versions__atlas=""), "x is not the record of a page: versions.atlas: String should have at least 1 character"),
        (
            record(record__criteria={"id": "ccc-2003"}),
            "x is not the record of a page: record: Value error, criteria is no list of blocks of keys and values",
        ),
        (
            record(record__criteria=["ccc-2003"]),
            "x is not the record of a page: record: Value error, criteria is no list of blocks of keys and values",
        ),
    ],
)
def test_what_is_no_record(data: Any, said: str):
    """The place is named, and what was expected there."""
    with pytest.raises(ValueError) as found:  # noqa: PT011  (the message is compared)
        parse_page(json.dumps(data).encode(), "x")
    assert str(found.value).startswith(said)
    assert said.endswith(", ") or str(found.value) == said


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json(content: bytes):
    """A file that was cut off, is of another kind, or nested without end, is told from a record."""
    with pytest.raises(ValueError, match=r"^x is no JSON, or was cut off: "):
        parse_page(content, "x")


def test_pages_of_two_versions(tmp_path: Path):
    """Pages of another version, policy or day do not belong together."""
    for number, change in enumerate(({"atlas": "2026.11"}, {"policy": "0.2"}, {"versions__date": "2026-10-02"})):
        folder = write(tmp_path / str(number), {ALPHA: record(), GAMMA: record(**change)})
        theirs = f"{change.get('atlas', '2026.10')} (policy {change.get('policy', '0.1')})"
        with pytest.raises(ValueError) as found:  # noqa: PT011  (the whole message is compared)
            read_version(folder)
        assert str(found.value) == f"{folder / GAMMA} is of version {theirs}, others are of 2026.10 (policy 0.1)"


def test_no_pages(tmp_path: Path):
    """A folder without records is not taken for a version without pages."""
    looked = "no record.json was found in a folder of it, such as evidence/<slug>/"
    with pytest.raises(ValueError) as found:  # noqa: PT011  (the whole message is compared)
        read_version(tmp_path)
    assert str(found.value) == f"{tmp_path} holds no evidence page: {looked}"
    with pytest.raises(ValueError, match=r"nowhere is no folder$"):
        read_version(tmp_path / "nowhere")


def test_a_page_that_was_changed(tmp_path: Path):
    """A record that does not have its digest was changed after it was made."""
    folder = write(tmp_path, {ALPHA: record(), GAMMA: record() | {"text": "Rest helps."}})
    with pytest.raises(ValueError) as found:  # noqa: PT011  (the whole message is compared)
        check_digests(read_version(folder))
    assert str(found.value) == f"{GAMMA}/record.json was changed after it was made: its digest is of other content"
