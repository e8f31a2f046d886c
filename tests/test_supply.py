"""What the project is made with: locked with hashes, under licences that are known, and nothing from an address of its own."""

from __future__ import annotations

import re
from email.message import Message
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT / "tools")
    licences, sbom = import_module("licences"), import_module("sbom")
LOCK = licences.LOCK.read_text(encoding="utf-8")
LISTED = licences.listed(licences.PAGE.read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_every_locked_package_is_listed():
    """Each version in the lock of a release stands on the page of licences, and no other does."""
    locked = [(pin.name, pin.version) for pin in licences.pins(LOCK)]
    assert len(locked) > 50
    assert sorted(locked) == [(name, version) for name, version, _licence in LISTED]


@pytest.mark.parametrize("row", LISTED, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_licence_is_allowed(row: tuple[str, str, str]):
    """No licence on the page is one that nobody has allowed."""
    assert licences.allowed(row[0], row[2])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_have_hashes_and_no_addresses(lock):
    """Each locked package has one version and its hashes, and is not tied to a place to fetch it from."""
    text = lock.read_text(encoding="utf-8")
    assert all(" --hash=sha256:" in pin.text for pin in licences.pins(text))
    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"License-Expression": ["MIT OR Apache-2.0"], "License": ["other"]}, "MIT OR Apache-2.0"),
        ({"Classifier": ["License :: OSI Approved :: MIT License", "Typing :: Typed"], "License": ["MIT"]}, "MIT License"),
        ({"Classifier": ["License :: Public Domain", "License :: OSI Approved :: BSD License"]}, "BSD License; Public Domain"),
        ({"Classifier": ["License :: OSI Approved"], "License": ["Ours\nAll of its text"]}, "Ours"),
        ({}, ""),
    ],
)
def test_a_licence_is_what_the_package_states(said: dict[str, list[str]], licence: str):
    """The expression counts first, then classifiers, then the package's own words; where there is none, there is none."""
    metadata = Message()
    for key, values in said.items():
        for value in values:
            metadata.add_header(key, value)
    assert licences.stated(SimpleNamespace(metadata=metadata)) == licence


@pytest.mark.parametrize(
    ("name", "licence", "fits"),
    [
        ("a", "MIT", True),
        ("a", "MIT License; BSD License", True),
        ("a", "GPL-3.0-only OR MIT", True),
        ("a", "GPL-3.0-only AND MIT", False),
        ("a", "MIT License; GNU General Public License (GPL)", False),
        ("a", "GPL-2.0-only WITH GCC-exception-2.0", False),
        ("a", "Ours", False),
        ("a", "", False),
        ("docutils", licences.EXCEPTIONS["docutils"][0], True),
        ("a", licences.EXCEPTIONS["docutils"][0], False),
    ],
)
def test_what_was_not_allowed_is_refused(name: str, licence: str, fits: bool):
    """A licence that is unknown, missing or asks for more makes the list fail, and the message names the package."""
    pin = licences.Pin(name, "1.0", "")
    assert licences.allowed(name, licence) is fits
    if fits:
        assert f"| {name} | 1.0 | {licence} |" in licences.page_of([(pin, licence)])
    else:
        with pytest.raises(ValueError, match=f"{name} 1.0: {re.escape(licence or 'states none')}"):
            licences.page_of([(pin, licence)])


LOCKED = (
    "alpha-b==1.0 ; python_version < '3.12' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nbeta==2 \\\n    --hash=sha256:cc\n"
)
STATED = {("alpha-b", "1.0"): "MIT", ("beta", "2"): "BSD License"}


def document(*packages: tuple[str, str, str]) -> dict[str, object]:
    """Return a document of packages with their hashes, as it is before it is completed."""
    return {
        "components": [
            {"name": name, "version": version, "externalReferences": [{"hashes": [{"content": one} for one in hashes.split()]}]}
            for name, version, hashes in packages
        ]
    }


def test_the_list_of_packages_has_licences_and_the_number_of_its_lock():
    """A licence is an expression where it is one, else its words; the same lock gives the same number, another another."""
    whole = document(("Alpha_B", "1.0", "bb aa"), ("beta", "2", "cc"))
    made = sbom.completed(whole, LOCKED, STATED)
    first, second = (component["licenses"] for component in made["components"])
    assert first == [{"expression": "MIT", "acknowledgement": "declared"}]
    assert second == [{"license": {"name": "BSD License", "acknowledgement": "declared"}}]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", made["serialNumber"])
    assert made["serialNumber"] == sbom.completed(whole, LOCKED, STATED)["serialNumber"]
    assert made["serialNumber"] != sbom.completed(whole, f"{LOCKED}# other", STATED)["serialNumber"]


@pytest.mark.parametrize(
    "packages",
    [
        [("alpha-b", "1.0", "aa bb")],
        [("alpha-b", "1.0", "aa"), ("beta", "2", "cc")],
        [("alpha-b", "1.0", "aa bb"), ("beta", "3", "cc")],
        [("alpha-b", "1.0", "aa bb"), ("beta", "2", "cc"), ("gamma", "1", "dd")],
    ],
)
def test_a_list_that_is_not_the_lock_is_refused(packages):
    """A package, a version or a hash more or less is an error."""
    with pytest.raises(ValueError, match="does not hold what the lock holds"):
        sbom.completed(document(*packages), LOCKED, STATED)
