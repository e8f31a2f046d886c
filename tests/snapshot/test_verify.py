"""``atlas verify`` finds what was altered, says how it knows, and never more than it can know."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_atlas.cli import main
from evidence_atlas.core.digest import digest
from evidence_atlas.snapshot import contents
from evidence_atlas.snapshot.manifest import load
from evidence_atlas.snapshot.verify import Release, verify
from pdf_project import ALPHA

from .released import VERSION

pytestmark = pytest.mark.xdist_group("release")  # one process builds it once
NAMED = f"version {VERSION} of My Atlas (2026-11-22)"
KINDS = {
    "page.pdf": f"pdf/{ALPHA}.pdf",
    "volume.pdf": f"pdf/my-atlas-{VERSION}.pdf",
    "record.json": f"site/evidence/{ALPHA}/record.json",
    "index.html": f"site/evidence/{ALPHA}/index.html",
    "paper.bib": f"site/evidence/{ALPHA}/paper.bib",
}


@pytest.fixture
def files(release: Path, tmp_path: Path) -> dict[str, Path]:
    """Return copies of files of a release, away from it."""
    return {name: Path(shutil.copy(release / place, tmp_path / name)) for name, place in KINDS.items()}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run ``atlas verify``; return its exit code and what it prints."""
    code = main(["verify", *map(str, arguments)])
    return code, capsys.readouterr().out


def with_record(source: Path, target: Path, **changes: object) -> Path:
    """Put another record into a PDF, with a digest that fits it."""
    with pikepdf.open(source) as pdf:
        record = json.loads(pdf.attachments["record.json"].get_file().read_bytes()) | changes
        pdf.attachments["record.json"] = pikepdf.AttachedFileSpec(
            pdf, json.dumps(signed(record)).encode(), filename="record.json"
        )
        pdf.save(target)
    return target


def signed(record: dict) -> dict:
    """Return a record with the digest of what it says."""
    pem = {name: record["pem"][name] for name in ("state", "reason")}
    content = {name: record[name] for name in ("record", "reference", "notices", "text")} | {"pem": pem}
    return record | {"digest": digest(content)}


# ---------------------------------------------------------------------------------------------------------
# Against a manifest
# ---------------------------------------------------------------------------------------------------------


def test_files_within_a_release(release: Path, capsys):
    """In a release, the manifest is found above each file, also for the manifest itself and the list of hashes."""
    names = [*KINDS.values(), "manifest.json", "SHA256SUMS", "CITATION.cff"]
    code, said = run(capsys, *(release / name for name in names))
    assert code == 0
    assert len(said.splitlines()) == len(names)
    for name, line in zip(names, said.splitlines(), strict=True):
        assert line.startswith(f"{release / name}: unaltered: ")
        assert NAMED in line
        assert "manifest.json has its SHA-256" in line or name in ("manifest.json", "SHA256SUMS")


def test_files_away_from_a_release(release: Path, files: dict[str, Path], capsys):
    """A manifest that is named knows files wherever they lie and whatever they are called."""
    code, said = run(capsys, "--manifest", release / "manifest.json", *files.values())
    assert code == 0
    for (name, place), line in zip(KINDS.items(), said.splitlines(), strict=True):
        assert line == f"{files[name]}: unaltered: {NAMED}, {place}. manifest.json has its SHA-256."


@pytest.mark.parametrize("name", KINDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_is_found(name: str, release: Path, files: dict[str, Path], where: float, bit: int):
    """One changed bit, anywhere in a file of any kind, makes the file altered or unknown, and no error comes of it."""
    content = bytearray((release / KINDS[name]).read_bytes())
    content[int(where * len(content))] ^= 1 << bit
    files[name].write_bytes(content)
    path = release / "manifest.json"
    answer = verify(files[name], Release(path, load(path)))
    assert not answer.unaltered
    assert not answer.text.startswith("unaltered")


def test_altered_in_its_place(release: Path, tmp_path: Path, capsys):
    """In a copy of the release, a changed file is told from the one that belongs there."""
    copy = shutil.copytree(release, tmp_path / "copy")
    style = next((copy / "site/_static").glob("*.css"))
    style.write_text("body { color: red }")
    (copy / "site/new.html").write_text("<!doctype html>")
    code, said = run(capsys, style, copy / "site/new.html", copy / "references.bib")
    assert code == 1
    lines = said.splitlines()
    assert f": altered: it is no page, PDF or record of an atlas; no file of {NAMED} has its SHA-256. In its place" in lines[0]
    assert ": unknown: the page is of no atlas" in lines[1]
    assert ": unaltered: " in lines[2]


def test_what_a_changed_pdf_still_says(release: Path, files: dict[str, Path], tmp_path: Path, capsys):
    """Where a PDF differs, its record is judged apart: as released, or another."""
    with pikepdf.open(files["page.pdf"]) as pdf:
        pdf.save(tmp_path / "saved.pdf")
    other = with_record(files["page.pdf"], tmp_path / "other.pdf", text="Other text.")
    code, said = run(capsys, "--manifest", release / "manifest.json", tmp_path / "saved.pdf", other)
    assert code == 1
    saved, changed = said.splitlines()
    assert f"altered: the PDF of a page that says it is of {NAMED}" in saved
    assert saved.endswith("What its record says is what that page says there; the rest of the file differs.")
    assert changed.endswith("What its record says is not what that page says there.")


def test_another_atlas_another_version_another_page(release: Path, files: dict[str, Path], tmp_path: Path, capsys):
    """A PDF of another atlas, of another version, and of a page that the version does not have, are told apart."""
    record = json.loads(files["record.json"].read_text(encoding="utf-8"))
    citable = record["addresses"]["citable"]
    strange = with_record(
        files["page.pdf"], tmp_path / "a.pdf", addresses={"citable": citable.replace("atlas.example.org", "other.example.org")}
    )
    older = with_record(
        files["page.pdf"],
        tmp_path / "b.pdf",
        addresses={"citable": citable.replace(VERSION, "2026.10")},
        versions=record["versions"] | {"atlas": "2026.10"},
    )
    gone = with_record(files["page.pdf"], tmp_path / "c.pdf", addresses={"citable": citable.replace(ALPHA, "gone-2020-page")})
    code, said = run(capsys, "--manifest", release / "manifest.json", strange, older, gone)
    assert code == 1
    lines = said.splitlines()
    assert "not of this atlas: the PDF of a page of https://other.example.org, and the manifest is of https://atlas" in lines[0]
    assert f"not of this version: the PDF of a page of version 2026.10, and the manifest is of {NAMED}." in lines[1]
    assert lines[1].endswith("What its record says is what that page says there; the rest of the file differs.")
    assert f"unknown: the PDF of a page 'gone-2020-page', which {NAMED} does not have." in lines[2]


# ---------------------------------------------------------------------------------------------------------
# Without one
# ---------------------------------------------------------------------------------------------------------


def test_without_a_manifest(files: dict[str, Path], capsys):
    """Alone, a file says its version; whether the whole of it was altered cannot be told, and what to do is said."""
    code, said = run(capsys, *files.values())
    assert code == 1
    lines = dict(zip(files, said.splitlines(), strict=True))
    for name, kind in {"page.pdf": "the PDF of a page", "record.json": "the record of a page"}.items():
        assert f"cannot be told: {kind} that says it is of version {VERSION}. What its record says has the digest" in lines[name]
    for name, kind in {"volume.pdf": "the volume", "index.html": "a page of the site"}.items():
        assert f"cannot be told: {kind} that says it is of version {VERSION}. Take manifest.json" in lines[name]
    assert "unknown: it is no page, PDF or record of an atlas" in lines["paper.bib"]


def test_a_record_that_does_not_fit_its_digest(files: dict[str, Path], tmp_path: Path, capsys):
    """Without a manifest, a record whose words were changed is found by its own digest, in a PDF too."""
    record = json.loads(files["record.json"].read_text(encoding="utf-8"))
    files["record.json"].write_text(json.dumps(record | {"text": "Rest helps."}), encoding="utf-8")
    with pikepdf.open(files["page.pdf"]) as pdf:
        pdf.attachments["record.json"] = pikepdf.AttachedFileSpec(pdf, files["record.json"].read_bytes(), filename="record.json")
        pdf.save(tmp_path / "changed.pdf")
    code, said = run(capsys, files["record.json"], tmp_path / "changed.pdf")
    assert code == 1
    assert all(
        "altered: " in line and "What its record says does not have the digest that it states." in line
        for line in said.splitlines()
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.7\n%", "the PDF is damaged or was cut off"),
        ("a.json", b'{"schema": 1, "title": "A', "is no JSON, or was cut off"),
        ("a.json", b'{"schema": 1}', "is not the record of a page"),
        ("a.json", b'{"schema": 99}', "has schema 99"),
        ("a.json", b'{"a":' * 100_000, "is no JSON, or was cut off"),
        ("a.html", b"<!DOCTYPE html><title>T</title>", "the page is of no atlas"),
        ("a.png", b"\x89PNG", "it is no page, PDF or record of an atlas"),
        ("a.txt", b"", "it is no page, PDF or record of an atlas"),
    ],
)
def test_files_that_are_of_no_atlas(name, content, said, tmp_path: Path, capsys):
    """What is cut off, empty or of another kind is told in one line."""
    (tmp_path / name).write_bytes(content)
    code, line = run(capsys, tmp_path / name)
    assert (code, line.count("\n")) == (1, 1)
    assert line.startswith(f"{tmp_path / name}: unknown: ")
    assert said in line


def test_a_pdf_that_was_cut_off_or_has_no_record(files: dict[str, Path], tmp_path: Path, capsys):
    """Half a PDF of an atlas is told from a whole one of no atlas."""
    files["page.pdf"].write_bytes(files["page.pdf"].read_bytes()[:20_000])
    stream = io.BytesIO()
    pikepdf.new().save(stream)
    (tmp_path / "empty.pdf").write_bytes(stream.getvalue())
    _code, said = run(capsys, files["page.pdf"], tmp_path / "empty.pdf")
    cut, empty = said.splitlines()
    assert "the PDF is damaged or was cut off" in cut
    assert "the PDF is of no atlas: no record travels inside" in empty


def test_a_volume_with_damaged_data(files: dict[str, Path], tmp_path: Path):
    """Data of a volume that cannot be used are said to be damaged."""
    with pikepdf.open(files["volume.pdf"]) as pdf:
        pdf.attachments["volume.json"] = pikepdf.AttachedFileSpec(pdf, b"[]", filename="volume.json")
        pdf.save(tmp_path / "v.pdf")
    with pytest.raises(ValueError, match="is damaged"):
        contents.read(tmp_path / "v.pdf")


def test_without_the_library_for_pdfs(files: dict[str, Path], monkeypatch, capsys):
    """Where pypdf is missing, what to install is said; a manifest needs no library."""
    monkeypatch.setattr(contents, "find_spec", lambda _name: None)
    code, said = run(capsys, files["page.pdf"])
    assert code == 1
    assert "pip install 'evidence-atlas[release]'" in said


def test_a_file_that_is_too_large(files: dict[str, Path], monkeypatch):
    """A file larger than any of an atlas is not read."""
    monkeypatch.setattr(contents, "_LARGEST", 10)
    with pytest.raises(ValueError, match="larger than any file of an atlas"):
        contents.read(files["record.json"])


# ---------------------------------------------------------------------------------------------------------
# Manifests
# ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"policy": "0.1"', '"policy": "0.2"'), "does not have the digest that it states"),
        (lambda text: text[: len(text) // 2], "is no manifest, or was cut off"),
        (lambda text: text.replace('"development": false', '"development": "no"'), "does not have the digest that it states"),
        (lambda text: text.replace('"development": false', '"development": 7'), "was edited: development"),
        (lambda text: text.replace('"commit"', '"comit"'), "was edited: commit: Field required"),
    ],
    ids=["value", "cut", "same value", "type", "key"],
)
def test_an_edited_manifest(change, said, release: Path, files: dict[str, Path], tmp_path: Path, capsys):
    """An edited or truncated manifest is found by its own digest or form, and nothing is judged by it."""
    edited = tmp_path / "edited.json"
    edited.write_text(change((release / "manifest.json").read_text(encoding="utf-8")), encoding="utf-8")
    code, line = run(capsys, "--manifest", edited, files["page.pdf"])
    assert (code, line.count("\n")) == (1, 1)
    assert line.startswith("altered: ")
    assert said in line


def test_a_manifest_made_to_fit_is_found_by_the_list_of_hashes(release: Path, tmp_path: Path, capsys):
    """Who edits the manifest and its digest is found by ``SHA256SUMS`` beside it, as is who edits that."""
    copy = shutil.copytree(release, tmp_path / "copy", ignore=shutil.ignore_patterns("_static", "pagefind"))
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    facts = {name: value for name, value in manifest.items() if name != "digest"} | {"version": "2026.12"}
    (copy / "manifest.json").write_text(json.dumps({**facts, "digest": digest(facts)}), encoding="utf-8")
    code, said = run(capsys, copy / "references.bib")
    assert code == 1
    assert "cannot be told: " in said
    assert "do not agree: one of them was edited" in said
    shutil.copy(release / "manifest.json", copy)
    (copy / "SHA256SUMS").write_text((copy / "SHA256SUMS").read_text().replace("0", "1", 1))
    assert run(capsys, copy / "SHA256SUMS")[0] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("{}", "is not the manifest of a release"), ('{"files": {}, "schema": 2}', "has schema 2")],
)
def test_a_manifest_that_cannot_be_used(content, said, files: dict[str, Path], tmp_path: Path, capsys):
    """A manifest that is not there, or is none that this program knows, is an error of usage."""
    if content:
        (tmp_path / "m.json").write_text(content)
    assert main(["verify", "--manifest", str(tmp_path / "m.json"), str(files["page.pdf"])]) == 2
    assert said in capsys.readouterr().err


def test_a_manifest_of_something_else_is_passed_over(release: Path, tmp_path: Path, capsys):
    """A file ``manifest.json`` that is of no release does not hide the one above it; a list of hashes alone is no proof."""
    copy = shutil.copytree(release, tmp_path / "copy", ignore=shutil.ignore_patterns("_static", "pagefind", "SHA256SUMS"))
    (copy / "site/manifest.json").write_text('{"name": "web app"}')
    assert run(capsys, copy / f"site/evidence/{ALPHA}/record.json")[0] == 0
    code, said = run(capsys, copy / "manifest.json")
    assert (code, "no SHA256SUMS lies beside it" in said) == (1, True)


def test_files_that_are_not_there(release: Path, tmp_path: Path, capsys):
    """A file that cannot be read is named, the others are judged, and the exit code says so."""
    assert main(["verify", str(tmp_path / "gone.pdf"), str(release / KINDS["page.pdf"]), str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert f"{tmp_path / 'gone.pdf'} cannot be read: No such file or directory" in said.err
    assert f"{tmp_path} cannot be read: Is a directory" in said.err
    assert said.out.count("unaltered: ") == 1
