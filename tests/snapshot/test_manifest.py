"""The list of what a release holds: its form, which names it takes, and what it says of one that was edited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence_atlas.core.digest import digest
from evidence_atlas.snapshot import manifest
from evidence_atlas.snapshot.manifest import Edited, Manifest, hashes, load

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of "abc", from FIPS 180-2
STATED = {
    "schema": 1, "name": "Überblick", "base_url": "https://a.example.org", "version": "2026.11", "date": "2026-11-22",
    "commit": "c0ffee", "development": False, "generator": "evidence-atlas 0.1.0", "policy": "0.1", "tools": {"python": "3.11"},
    "pages": {"x": f"sha256:{'0' * 64}"}, "files": {"a/b.txt": ABC, "c": ABC},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a release of two files, with manifest and hashes."""
    (tmp_path / "a").mkdir()
    for name in ("a/b.txt", "c"):
        (tmp_path / name).write_text("abc")
    manifest.write(tmp_path, Manifest(**{**STATED, "files": hashes(tmp_path)}))  # type: ignore[arg-type]
    return tmp_path


def test_its_form(folder: Path):
    """The manifest has a digest of the rest, and the list of hashes has the manifest; both are read again as they are."""
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert text.startswith('{\n "schema": 1,\n "name": "Überblick",\n')
    assert json.loads(text) == STATED | {"digest": digest(STATED)}
    own = manifest.sha256(folder / "manifest.json")
    assert (folder / "SHA256SUMS").read_bytes() == f"{ABC}  a/b.txt\n{ABC}  c\n{own}  manifest.json\n".encode()
    assert load(folder / "manifest.json").as_data() == STATED | {"digest": digest(STATED)}


@pytest.mark.parametrize("name", ["a\nb", "a\\b", "folder\n/a"])
def test_names_that_a_list_of_hashes_cannot_have(tmp_path: Path, name: str):
    """A line end or a backslash in a name would make another line or another name of it."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match="a file cannot be named") as refused:
        hashes(tmp_path)
    assert str(refused.value) == f"a file cannot be named {name!r} in a release"


def edit(folder: Path, old: str, new: str, name: str = "manifest.json") -> Path:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder / "manifest.json"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"0.1"', '"0.2"', "PATH was edited: what it states does not have the digest that it states"),
        ('"0.1"', "1", "PATH was edited: policy: Input should be a valid string"),
        (f'"c": "{ABC}"', '"c": "x"', "PATH was edited: files.c: String should match pattern '^[0-9a-f]{64}$'"),
        ('"sha256:0', '"sha512:0', "PATH was edited: pages.x: String should match pattern '^sha256:[0-9a-f]{64}$'"),
        ('"name":', '"nom": 1, "name":', "PATH was edited: nom: Unexpected keyword argument"),
        ("}\n", "", "PATH is no manifest, or was cut off: Expecting ',' delimiter: "),
    ],
)
def test_an_edited_one(folder: Path, old: str, new: str, said: str):
    """What was edited is named, with the place where it has one."""
    path = edit(folder, old, new)
    with pytest.raises(Edited) as found:
        load(path)
    assert str(found.value).startswith(said.replace("PATH", str(path)))


def test_a_list_of_hashes_that_says_otherwise(folder: Path):
    """Whoever edits the list beside it is found too; without a list the manifest stands for itself."""
    path = edit(folder, "a/b.txt", "a/c.txt", "SHA256SUMS")
    with pytest.raises(Edited) as found:
        load(path)
    assert str(found.value) == f"{path} and SHA256SUMS beside it do not agree: one of them was edited"
    (folder / "SHA256SUMS").unlink()
    assert load(path).version == "2026.11"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "PATH is not the manifest of a release"),
        ('{"schema": 1}', "PATH is not the manifest of a release"),
        (
            '{"files": {}, "schema": 2}',
            "PATH has schema 2; this program reads schema 1: a newer evidence-atlas may read it",
        ),
        ('{"files": {}}', "PATH has schema None; this program reads schema 1: a newer evidence-atlas may read it"),
    ],
)
def test_another_file_of_its_name(tmp_path: Path, content: str, said: str):
    """A file of another kind was not edited; it is none."""
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(ValueError) as found:  # noqa: PT011  (the whole message is compared)
        load(path)
    assert not isinstance(found.value, Edited)
    assert str(found.value) == said.replace("PATH", str(path))
