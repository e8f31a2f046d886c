"""An index of several batches of records: it says what an index of all records at once says."""

from __future__ import annotations

import gzip
import json
import posixpath
from itertools import accumulate
from pathlib import Path

import cbor2
import pytest

from evidence_atlas import search

RECORDS = {  # as they lie beside the doctrees; the fourth has no text and no title, and fields and filters differ
    "a": (
        "en",
        {"title": "Rest", "notice": "Retracted"},
        {"topic": "pain", "year": "2020"},
        "Rest helped. Béta rested, and rested; résumé.",
    ),
    "b": ("en", {"title": "The résumé"}, {"topic": "sleep"}, "Beta and béta, resume or résumé. Zeppelin rest."),
    "c": (
        "en",
        {"summary": "Rest and béta"},
        {"topic": "pain", "year": "2021"},
        "Rest by post-exertional malaise, and pain at last.",
    ),
    "d": ("en", {}, {}, ""),
    "e": ("de", {"title": "Ruhe"}, {"topic": "sleep"}, "Ruhe ist Ruhe."),
    "f": ("en", {"badge": "PEM required", "title": "Bêta"}, {"topic": "pain"}, "Bêta " * 30 + "zeppelins flew; rest."),
    "g": ("en", {"title": "Last"}, {"year": "2020"}, "Béta. " + "Words in between. " * 200 + "Rest. Zeppelins."),
}


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")


def write_records(folder: Path, names: str) -> list[str]:
    """Write some of the records; return their paths, sorted."""
    paths = []
    for name in names:
        language, fields, filters, text = RECORDS[name]
        rows = [("meta", *row) for row in fields.items()] + [("filter", *row) for row in filters.items()]
        head = "".join(f'<meta data-pagefind-{kind}="{name}[content]" content="{value}">' for kind, name, value in rows)
        path = folder / name / "index.html"
        path.parent.mkdir(parents=True)
        path.write_text(f'<html lang="{language}"><head>{head}</head><body><p>{text}</p></body></html>')
        paths.append(str(path))
    return sorted(paths)


def packed(folder: Path, most: int, names: str = "abcdefg") -> Path:
    """Return a new index of records of which a batch has at most so many."""
    records = folder / "records"
    assert search.index._make(records, write_records(records, names), folder / "made", ".html", most) == ""
    return folder / "made" / "packed"


def told(folder: Path, language: str, part: str) -> list:
    """Return all that an index, or the one for phrases, says in a language, by the addresses of pages."""
    entry = json.loads((folder / part / "pagefind-entry.json").read_text())["languages"][language]
    version, pages, files, _filters, _orders, fields = cbor2.loads(unpacked(folder / part / f"pagefind.{entry['hash']}.pf_meta"))
    above = [posixpath.normpath(f"{part}/fragment/{name}.pf_fragment") for name, _length in pages]
    fragments = [json.loads(unpacked(folder / place.lstrip("/"))) for place in above]
    lengths = {fragment["url"]: length for fragment, (_name, length) in zip(fragments, pages, strict=True)}
    words: dict[tuple[str, str], dict] = {}
    for _first, _last, name in files:
        for word, known, spellings in cbor2.loads(unpacked(folder / part / f"index/{name}.pf_index"))[0]:
            for form, found in [("", known), *spellings]:
                at = accumulate(step for step, *_places in found)
                of_page = {
                    fragments[number]["url"]: (places if part else len(places), [named_fields(one, fields) for one in where])
                    for number, (_step, places, *where) in zip(at, found, strict=True)
                }
                assert len(of_page) == len(found)
                words[word, form] = of_page
    facets = {}
    for path in (folder / "facets").glob(f"*-{entry['hash']}.json"):
        table = json.loads(path.read_text())
        sets = [sorted(table["values"][place] for place in one) for one in table["sets"]]
        facets[path.name.partition("-")[0]] = {one["url"]: sets[of] for one, of in zip(fragments, table["pages"], strict=True)}
    assert entry["page_count"] == len(pages)
    return [version, lengths, fields, words, facets]


def named_fields(found: list[int], fields: list[str]) -> list:
    return [fields[-1 - field] if field < 0 else field for field in found]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of all records in one batch."""
    return packed(tmp_path_factory.mktemp("at-once"), 100)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_batches_make_the_index_of_all(tmp_path: Path, at_once: Path, most: int):
    """An index of several batches has the same words at the same places of the same pages as one of all records at once.

    That holds with other spellings, fields or filters in each batch, with two languages, and where no page of a batch has text.
    """
    whole = packed(tmp_path, most)
    for part in ("", "phrases"):
        for language in ("en", "de"):
            assert told(whole, language, part) == told(at_once, language, part)
    words = told(whole, "en", "phrases")[3]
    assert set(words["beta", "béta"]) == {"/a/", "/b/", "/c/", "/g/"}
    assert set(words["rest", ""]) == {"/a/", "/b/", "/c/", "/f/", "/g/"}
    assert {path.name for path in whole.glob("*.pagefind")} == {path.name for path in at_once.glob("*.pagefind")}


def test_batches_make_the_same_bytes_again(tmp_path: Path):
    """Records that were written in another order give the same index of batches to the byte, and another one names other files."""
    first, second = packed(tmp_path / "a", 2, "abcfg"), packed(tmp_path / "b", 2, "gfcba")
    for path in (path.relative_to(first) for path in first.rglob("*") if path.is_file()):
        assert (first / path).read_bytes() == (second / path).read_bytes()
    other = packed(tmp_path / "c", 2, "abcf")
    assert not {path.name for path in first.rglob("*.pf_*")} & {path.name for path in other.rglob("*.pf_*")}


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (5, [5]), (6, [3, 3]), (11, [3, 4, 4]), (20, [5, 5, 5, 5])])
def test_batches_are_as_few_and_as_even_as_can_be(count: int, sizes: list[int]):
    """No batch has more records than it may, all are of about the same size, and none is left out."""
    paths = [str(number) for number in range(count)]
    batches = list(search.index._batches(paths, 5))
    assert [len(batch) for batch in batches] == sizes
    assert [path for batch in batches for path in batch] == paths


def test_a_batch_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where Pagefind fails on one batch, there is no index with some of the pages, but the reason; so where no page has text."""
    paths = write_records(tmp_path, "abd")
    assert "not able to build an index" in search.index._make(tmp_path, paths[2:], tmp_path / "made", ".html", 1)
    assert search.index._make(tmp_path, [], tmp_path / "made", ".html", 1) == "no page has text"
    run = search.index._run_pagefind
    monkeypatch.setattr(search.index, "_run_pagefind", lambda *given: "it broke" if given[1].name == "1" else run(*given))
    assert search.index._make(tmp_path, paths, tmp_path / "made", ".html", 1) == "it broke"
    assert not (tmp_path / "made/packed").exists()
