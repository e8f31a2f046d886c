"""What lists say of papers, between builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_atlas.core.listed import KeptLists, Listed

ALPHA = Listed([("Able, A.", "Able, Ann")], "Journal", "2020", "Able")
BETA = Listed([], "", "undated", "")


def refuse() -> Listed:
    """Fail: what is known is not made again."""
    raise AssertionError


def test_a_paper_is_decoded_once(tmp_path: Path):
    """What was said of a paper is kept for the next build, and that of a paper that is gone is not."""
    kept = KeptLists(tmp_path / "lists.json", ["1", "en"])
    assert kept.of("a", lambda: ALPHA) == ALPHA
    assert kept.of("a", refuse) == ALPHA
    assert kept.of("b", lambda: BETA) == BETA
    kept.write(["b", "unknown"])
    again = KeptLists(tmp_path / "lists.json", ["1", "en"])
    assert again.of("b", refuse) == BETA
    with pytest.raises(AssertionError):
        again.of("a", refuse)


def test_nothing_new_is_not_written(tmp_path: Path):
    """A build that lists nothing anew leaves the file alone."""
    file = tmp_path / "lists.json"
    KeptLists(file, ["1"]).write(["a"])
    assert not file.exists()
    kept = KeptLists(file, ["1"])
    kept.of("a", lambda: ALPHA)
    kept.write(["a"])
    file.unlink()
    kept.write(["a"])
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"version": [1, "1"]}', '{"version": [1, "1"], "lists": {"a": [1]}}'])
def test_a_file_that_does_not_read_counts_as_none(tmp_path: Path, text: str):
    """So does one of another version of the atlas or in another language."""
    file = tmp_path / "lists.json"
    file.write_text(text, encoding="utf-8")
    assert KeptLists(file, ["1"]).of("a", lambda: BETA) == BETA
    old = KeptLists(file, ["1", "de"])
    old.of("a", lambda: ALPHA)
    old.write(["a"])
    assert KeptLists(file, ["1", "en"]).of("a", lambda: BETA) == BETA
