"""Builds after the first one: only what changed is written, what is gone goes, and the same input gives the same bytes."""

from __future__ import annotations

import json

import pytest

from conftest import Build, page
from core.readers import read_bibtex
from data_project import ALPHA, DELTA, FILES, GAMMA, NASTY

from .test_whole import read_json, validator

FOLDERS = ("api/", "schemas/", "atlas.", "feed.", "sitemap", "robots")


def exports(built):
    """Return the exports by name, each with its time and its bytes."""
    files = {path.relative_to(built.out).as_posix(): path for path in built.out.rglob("*") if path.is_file()}
    return {name: (path.stat().st_mtime_ns, path.read_bytes()) for name, path in files.items() if name.startswith(FOLDERS)}


def touched(before, after):
    """Return the names of files that were written again."""
    return {name for name, (time, _content) in after.items() if name in before and before[name][0] != time}


def test_index_and_shards(site):
    """The index tells of each shard where it is, how many pages it has and its digest; all keep their schemas."""
    index = read_json(site.out / "api/1/index.json")
    assert [error.message for error in validator(site, "index-1.json").iter_errors(index)] == []
    assert [(row["id"], row["count"]) for row in index["years"]] == [
        ("2022", 1), ("2021", 1), ("2020", 1), ("2019", 1), ("undated", 1),
    ]  # fmt: skip
    assert {row["id"]: row["count"] for row in index["topics"]} == {"pain": 4, "sleep": 2}
    shard = validator(site, "shard-1.json")
    for row in (*index["years"], *index["topics"]):
        data = read_json(site.out / row["path"])
        assert [error.message for error in shard.iter_errors(data)] == []
        assert len(data["pages"]) == row["count"]
        assert ((site.out / row["path"]).parent / data["$schema"]).resolve() == (site.out / "schemas/shard-1.json").resolve()
        for brief in data["pages"]:
            assert read_json(site.out / brief["record"])["digest"] == brief["digest"]


def test_the_same_input_gives_the_same_bytes(build: Build):
    """Two builds in two places, one of them in several processes, give the same exports to the byte."""
    one, other = build(FILES, folder="a"), build(FILES, folder="b", parallel=3)
    first, second = exports(one), exports(other)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name][1] != second[name][1]] == []


def test_edits(build: Build):
    """Nothing edited, nothing is written; one page edited, only its shards are; one page removed, nothing of it is left."""
    first = exports(build(FILES))
    assert touched(first, exports(build())) == set()

    edited = build({f"docs/{NASTY}.md": page("nasty2022title", topics="[sleep]", summary="Something else."), **_rest(NASTY)})
    second = exports(edited)
    changed = touched(first, second)
    assert {name for name in changed if name.startswith("api/")} == {
        "api/1/index.json", "api/1/years/2022.json", "api/1/topics/sleep.json",
    }  # fmt: skip
    assert {"atlas.json", "atlas.csv", "atlas.sqlite"} <= changed
    assert not {"atlas.bib", "atlas.ris", "atlas.csl.json", "schemas/atlas-1.json", "robots.txt"} & changed

    for name in (NASTY, ALPHA):
        (edited.source / f"{name}.md").unlink()
    third = exports(build())
    assert "api/1/years/2022.json" in second
    assert not {"api/1/years/2022.json", "api/1/years/2020.json", "api/1/topics/sleep.json"} & third.keys()
    assert "nasty2022title" not in b"".join(content for _time, content in third.values()).decode("utf-8", errors="replace")
    assert not (edited.out / NASTY).exists()


def _rest(*without):
    return {name: text for name, text in FILES.items() if name.removeprefix("docs/").removesuffix(".md") not in without}


def test_files_that_were_deleted_come_back(build: Build):
    """An export or a page's record that someone deleted is there again after the next build, though no page changed."""
    built = build(FILES)
    before = exports(built)
    for name in ("atlas.json", "api/1/years/2020.json", f"{DELTA}/record.json"):
        (built.out / name).unlink()
    after = exports(build())
    assert {name: content for name, (_time, content) in after.items()} == {
        name: content for name, (_time, content) in before.items()
    }
    assert (built.out / DELTA / "record.json").is_file()


def test_no_pages_no_exports(build: Build):
    """A project without evidence pages gets no file of ours; one that loses its last page loses them."""
    built = build({f"docs/{GAMMA}.md": page("gamma2021cohort")})
    assert "atlas.json" in exports(built)
    (built.source / f"{GAMMA}.md").unlink()
    assert exports(build()) == {}
    assert not (built.out / "api").exists()


def test_a_notice_changes_its_shards_alone(build: Build):
    """A retraction that is added to the notices reaches the data of that paper's year and topics, and no other year."""
    files = FILES | {"notices.toml": ""}
    first = exports(build(files))
    second = exports(build(files | {"notices.toml": FILES["notices.toml"]}))
    assert {name for name in touched(first, second) if "/years/" in name} == {"api/1/years/2021.json"}
    assert json.loads(second["api/1/years/2021.json"][1])["pages"][0]["notices"] == ["retraction", "correction"]


def test_switched_off(build: Build):
    """``atlas_exports`` off, as the live preview has it, leaves the files as they were."""
    assert exports(build(FILES, atlas_exports=False)) == {}


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_other_builders_of_sites(build: Build, builder: str):
    """Other builders of a site have the same data beside their pages."""
    built = build(FILES, builder)
    found = exports(built)
    assert {"atlas.json", "atlas.csv", "atlas.sqlite", "api/1/index.json"} <= found.keys()
    assert len(read_bibtex(found["atlas.bib"][1].decode())) == 5


def test_a_page_with_errors(build: Build):
    """A page whose record cannot be used stands in no export, and the others do."""
    built = build(FILES | {f"docs/{ALPHA}.md": page(design="guess")})
    keys = [record["record"]["paper"] for record in read_json(built.out / "atlas.json")["records"]]
    assert keys == ["delta2019review", "gamma2021cohort", "nasty2022title", "omega2000report"]
