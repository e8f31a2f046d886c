"""Several machines: each makes a share of the PDFs, and laid together they are what one machine makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import build_in
from evidence_atlas.cli import main
from pdf_project import FILES, made
from typst_builder.about import Part, Volume
from typst_builder.shards import MANIFEST, Shard, deal, merge, parse

from .conftest import Make
from .test_builder import TREE

COUNT = 4
MANY = {f"m{number:02}.rst": f":orphan:\n\nNo {number}\n====\n\nTo :doc:`m{(number + 5) % 9:02}`.\n" for number in range(9)}


def gather(_app, volumes: list[Volume]) -> None:
    """Put a volume without toctrees in the place of that of the toctrees."""
    first, second = [f"m{number:02}" for number in range(5)], [f"m{number:02}" for number in range(5, 9)]
    volumes[:] = [Volume("whole", "The whole", [Part(first, "First"), Part(second, "Second")])]


def folders(root: Path) -> list[Path]:
    """Return the folders of four shares."""
    return [root / f"s{number}" / "out" for number in range(1, COUNT + 1)]


def pdfs(folder: Path) -> dict[str, bytes]:
    """Return the PDFs of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.pdf"))}


# ---------------------------------------------------------------------------------------------------------
# Dealing
# ---------------------------------------------------------------------------------------------------------


def test_a_share_is_named_by_its_number_and_how_many_there_are():
    """``2/4`` is the second of four."""
    assert parse("2/4") == Shard(2, 4)
    assert parse("1/1") == Shard(1, 1)


@pytest.mark.parametrize("given_text", ["5/4", "0/4", "a/b", "2", "", "-1/4", "1/0", "1/4/2", "1.5/4"])
def test_a_share_that_is_none_is_refused(given_text: str):
    """What names no share is refused in words that say what is expected and what was given."""
    with pytest.raises(ValueError, match=r"expected K/N, .* such as 2/4; not"):
        parse(given_text)


def test_a_wrong_share_ends_the_build_with_one_message(make: Make, capfd: pytest.CaptureFixture[str], tmp_path: Path):
    """The build ends at once, makes nothing, and its exit code says that it was called wrongly."""
    with pytest.raises(SystemExit) as ended:
        make(TREE, typst_shard="5/4")
    assert ended.value.code == 2
    assert not list(tmp_path.rglob("*.pdf"))
    assert "Traceback" not in capfd.readouterr().err


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 50)), st.integers(1, 9))
def test_everything_is_dealt_once_and_evenly(weights: dict[str, int], count: int):
    """Each thing is in one share, and no two shares differ by more than the heaviest thing weighs."""
    shares = deal(weights, count)
    assert len(shares) == count
    assert sorted(name for share in shares for name in share) == sorted(weights)
    loads = [sum(weights[name] for name in share) for share in shares]
    assert max(loads) - min(loads) <= max(weights.values(), default=0)


# ---------------------------------------------------------------------------------------------------------
# Building
# ---------------------------------------------------------------------------------------------------------


def test_four_shares_are_the_bytes_of_one_build(make: Make, tmp_path: Path):
    """Pages and volumes of four machines are, laid together, the files of one; each is made once, from what it needs."""
    options = {"listen": {"typst-volumes": gather}, "typst_volume_size": 4, "typst_pages": ["m*"]}
    single = make(MANY, folder="single", **options)
    shares = [make(MANY, folder=f"s{number}", typst_shard=f"{number}/{COUNT}", **options) for number in range(1, COUNT + 1)]
    assert len(single.compiled) == 12
    assert sorted(name for share in shares for name in share.compiled) == sorted(single.compiled)
    assert all(share.compiled for share in shares)
    assert all("index" not in share.written and len(share.written) < 9 for share in shares)
    assert [share.warnings for share in shares] == [[]] * COUNT
    assert merge(folders(tmp_path), tmp_path / "merged") == 12
    assert pdfs(tmp_path / "merged") == pdfs(single.out)


def test_four_shares_of_an_atlas_are_the_bytes_of_one_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The PDFs of pages with what travels in them, and volumes by topic, are the same from four machines as from one."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    build = build_in(tmp_path)
    single = build(FILES, "typst", folder="single", typst_volume_size=2)
    for number in range(1, COUNT + 1):
        build(FILES, "typst", folder=f"s{number}", typst_volume_size=2, typst_shard=f"{number}/{COUNT}")
    shares = [str(tmp_path / f"s{number}" / "out" / "typst") for number in range(1, COUNT + 1)]
    assert main(["merge", *shares, "--out", str(tmp_path / "merged")]) == 0
    assert len(made(single)) == 5
    assert pdfs(tmp_path / "merged") == pdfs(single.out)


def test_a_volume_of_toctrees_is_made_by_one_machine(make: Make, tmp_path: Path):
    """Only translations tell what such a volume holds, so one machine makes all volumes; the bytes are those of one build."""
    options = {"typst_pages": ["sub/*", "two"], "typst_volume_size": 2}
    single = make(TREE, folder="single", **options)
    shares = [make(TREE, folder=f"s{number}", typst_shard=f"{number}/{COUNT}", **options) for number in range(1, COUNT + 1)]
    assert sorted(share.compiled for share in shares) == [[], ["one"], ["small-1", "small-2"], ["two"]]
    merge(folders(tmp_path), tmp_path / "merged")
    assert pdfs(tmp_path / "merged") == pdfs(single.out)


def test_a_folder_holds_what_its_last_build_was_to_make(make: Make, tmp_path: Path):
    """A share built over another leaves only its own PDFs; a build of all takes back what the share said of itself."""
    out = tmp_path / "a" / "out"
    first = make(MANY, typst_pages=["m*"], typst_documents=[("m00", "whole", "", "")], typst_shard="1/2")
    assert {*pdfs(out)} == {f"{name}.pdf" for name in first.compiled}
    second = make(typst_pages=["m*"], typst_documents=[("m00", "whole", "", "")], typst_shard="2/2")
    assert {*pdfs(out)} == {f"{name}.pdf" for name in second.compiled}
    assert {*first.compiled}.isdisjoint(second.compiled)
    make(typst_pages=["m*"], typst_documents=[("m00", "whole", "", "")])
    assert len(pdfs(out)) == 10
    assert not (out / MANIFEST).exists()


def test_a_share_with_a_failed_pdf_is_not_finished(make: Make, tmp_path: Path):
    """Where a PDF cannot be made, the share does not call itself whole, and merging says whose folder that is."""
    make(TREE, folder="s1", typst_shard="1/1")
    assert (tmp_path / "s1" / "out" / MANIFEST).is_file()
    bad = '.. raw:: typst\n\n   #panic("no")\n'
    failed = make({"two.rst": f"{TREE['two.rst']}\n{bad}"}, folder="s1", typst_shard="1/1", typst_raw=True)
    assert failed.app.statuscode == 1
    with pytest.raises(ValueError, match=r"s1/out holds no finished share: shard\.json is missing"):
        merge([tmp_path / "s1" / "out"], tmp_path / "merged")


def test_shares_of_two_states_of_a_project_do_not_mix(make: Make, tmp_path: Path):
    """An edited document, or another setting, makes a share that does not belong to the others."""
    make(MANY, folder="s1", typst_shard="1/2")
    make(MANY | {"m03.rst": MANY["m03.rst"].replace("No", "Nr")}, folder="s2", typst_shard="2/2")
    with pytest.raises(ValueError, match="made from different sources or settings"):
        merge(folders(tmp_path)[:2], tmp_path / "merged")
    make(MANY, folder="s3", typst_shard="2/2", typst_template_options={"size": 12})
    with pytest.raises(ValueError, match="made from different sources or settings"):
        merge([tmp_path / "s1" / "out", tmp_path / "s3" / "out"], tmp_path / "merged")


# ---------------------------------------------------------------------------------------------------------
# Merging
# ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def shares(tmp_path: Path) -> Path:
    """Return a folder with three shares, made without a build."""
    from typst_builder import shards

    for number in range(1, 4):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        (folder / f"p{number}.pdf").write_bytes(b"%PDF" + bytes([number]))
        shards.finish(folder, Shard(number, 3), "state", [f"p{number}.pdf"])
    return tmp_path


def edit(folder: Path, **values: object) -> None:
    """Change what a share says of itself."""
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_the_command_lays_shares_together(shares: Path, capsys: pytest.CaptureFixture[str]):
    """``atlas merge`` takes the folders in any order, and says how many files there are."""
    out = shares / "out"
    assert main(["merge", *(str(shares / name) for name in "312"), "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {"p1.pdf", "p2.pdf", "p3.pdf"}
    assert capsys.readouterr().out == f"3 files in {out}\n"
    assert main(["merge", *(str(shares / name) for name in "123"), "--out", str(out)]) == 0


@pytest.mark.parametrize(
    ("break_it", "given_folders", "message"),
    [
        (lambda _root: None, "13", "missing: share 2/3"),
        (lambda _root: None, "2", "missing: share 1/3, 3/3"),
        (lambda _root: None, "1223", "share 2/3 is given twice"),
        (lambda root: (root / "3" / MANIFEST).unlink(), "123", "3 holds no finished share: shard.json is missing"),
        (lambda root: (root / "3" / MANIFEST).write_text("{"), "123", "cannot be read as what a share says of itself"),
        (lambda root: (root / "3" / MANIFEST).write_text("[]"), "123", "cannot be read as what a share says of itself"),
        (lambda root: edit(root / "3", files=[1]), "123", "cannot be read as what a share says of itself"),
        (lambda root: edit(root / "3", number="c"), "123", "cannot be read as what a share says of itself"),
        (lambda root: edit(root / "3", count=4), "123", "1 is share 1/3, and"),
        (lambda root: edit(root / "3", made_of="x"), "123", "were made from different sources or settings"),
        (lambda root: edit(root / "3", files={"../p3.pdf": ""}), "123", "names files of other folders"),
        (lambda root: (root / "3" / "p3.pdf").unlink(), "123", "is missing or not the one that share 3/3 made"),
        (lambda root: (root / "3" / "p3.pdf").write_bytes(b"x"), "123", "is missing or not the one that share 3/3 made"),
        (lambda root: ((root / "out").mkdir(), (root / "out" / "x.pdf").touch()), "123", "out holds x.pdf, which no share made"),
    ],
)
def test_what_is_not_whole_is_not_laid_together(
    break_it, given_folders: str, message: str, shares: Path, capsys: pytest.CaptureFixture[str]
):
    """Merging says which share is wrong, and how, and writes nothing."""
    break_it(shares)
    folders = dict.fromkeys(given_folders)
    given_paths = [str(shares / name) for name in folders]
    if len(folders) < len(given_folders):  # the same share in another folder
        (shares / "again").mkdir()
        (shares / "again" / MANIFEST).write_bytes((shares / "2" / MANIFEST).read_bytes())
        given_paths.append(str(shares / "again"))
    assert main(["merge", *given_paths, "--out", str(shares / "out")]) == 2
    assert message in capsys.readouterr().err
    assert not (shares / "out").exists() or not {"p1.pdf", "p2.pdf"} & {path.name for path in (shares / "out").iterdir()}
