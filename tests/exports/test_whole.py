"""The whole atlas in one file each, read back by programs that did not write it."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from citeproc.source.json import CiteProcJSON
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from core.helpers import REFERENCES
from core.readers import CSL_ITEM, by_rispy, expected_ris, read_bibtex, read_ris
from data_project import AUTHORS, BASE, DOCNAMES, NASTY
from evidence_atlas.core.citation import FORMATS, notes_on
from evidence_atlas.core.references import load_bibliography
from evidence_atlas.domain import atlas_domain
from evidence_atlas.exports import whole
from evidence_atlas.exports.rows import Row

KEYS = ["alpha2020trial", "delta2019review", "gamma2021cohort", "nasty2022title", "omega2000report"]


def read_json(path: Path):
    """Return the content of a file of JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def validator(site, name):
    """Return a validator for a published schema; what it refers to is looked up among those that are published."""
    schemas = [read_json(path) for path in sorted((site.out / "schemas").iterdir())]
    registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
    schema = registry.contents(f"{BASE}/schemas/{name}")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, registry=registry)


def test_atlas_json(site):
    """The whole says of which version it is, and holds the record of every page as it lies beside the page."""
    data = read_json(site.out / "atlas.json")
    assert (data["name"], data["count"], data["base"]) == ("Test <atlas> & more", 5, f"{BASE}/")
    assert data["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert data["records"] == [read_json(site.out / docname / "record.json") for docname in DOCNAMES]


def test_the_published_schema(site):
    """``atlas.json`` and each record keep the schema that is published beside them, and name it."""
    data = read_json(site.out / "atlas.json")
    assert (site.out / data["$schema"]).is_file()
    assert [error.message for error in validator(site, "atlas-1.json").iter_errors(data)] == []
    record = validator(site, "record-1.json")
    for docname in DOCNAMES:
        assert [error.message for error in record.iter_errors(read_json(site.out / docname / "record.json"))] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["records"][0].pop("limitations"),
        lambda data: data["records"][0]["pem"].update(state="perhaps"),
        lambda data: data["records"][0]["record"].update(design="guess"),
        lambda data: data["records"][0].update(digest="sha256:0"),
        lambda data: data.update(schema=2),
    ],
)
def test_the_schema_refuses(site, change):
    """The schema refuses a record without limitations, an unknown badge or design, a broken digest, another form."""
    data = read_json(site.out / "atlas.json")
    change(data)
    assert not validator(site, "atlas-1.json").is_valid(data)


def test_bibtex(site):
    """Another parser reads from ``atlas.bib`` every paper once, with the fields of its own file."""
    entries = read_bibtex((site.out / "atlas.bib").read_text(encoding="utf-8"))
    assert list(entries) == KEYS
    alone = [read_bibtex((site.out / docname / "paper.bib").read_text(encoding="utf-8")) for docname in DOCNAMES]
    assert entries == {key: entry for one in alone for key, entry in one.items()}
    assert entries["nasty2022title"]["author"].count(" and ") == AUTHORS - 1


def test_ris(site):
    """A strict reader of lines and rispy find in ``atlas.ris`` the rows of every paper."""
    papers = atlas_domain(site.app.env).papers
    expected = [expected_ris(papers[key].reference, notes_on(papers[key].notices)) for key in KEYS]
    text = (site.out / "atlas.ris").read_text(encoding="utf-8")
    records = [f"{part}ER  - \n" for part in text.split("ER  - \n") if part.strip()]
    assert [sorted(read_ris(record.lstrip("\n"))) for record in records] == expected
    assert [by_rispy(record) for record in rispy.loads(text)] == expected


def test_csl_json(site):
    """``atlas.csl.json`` is one array whose items keep the rules of CSL and are read by citeproc-py."""
    items = read_json(site.out / "atlas.csl.json")
    assert [error.message for item in items for error in CSL_ITEM.iter_errors(item)] == []
    assert [item["id"] for item in items] == KEYS
    assert str(CiteProcJSON(items)["nasty2022title"].title).startswith("<script>alert(1)</script> & “quotes”")


def rows_of(works, folder):
    """Write the citation files of works, and yield a row for each."""
    for number, work in enumerate(works):
        place = folder / str(number)
        place.mkdir()
        for name, render in FORMATS.items():
            (place / name).write_text(render(work), encoding="utf-8")
        yield Row(str(number), place, b"{}", {"record": {"paper": work.key}})


def check_all(works, folder):
    """Put the files of works together, and read the wholes back by other parsers."""
    from dataclasses import replace

    from evidence_atlas.core.atlas import load_atlas

    (folder / "atlas.toml").write_text("", encoding="utf-8")
    atlas, _findings = load_atlas(folder)
    (folder / "pages").mkdir()
    with whole.open_files(folder, replace(atlas), len(works), lambda _row: True) as add:
        for row in rows_of(works, folder / "pages"):
            add(row)
    parser = BibTexParser(ignore_nonstandard_types=False, common_strings=True)
    read = bibtexparser.loads((folder / "atlas.bib").read_text(encoding="utf-8"), parser).entries
    assert [entry["ID"] for entry in read] == [work.key for work in works]
    for entry, work in zip(read, works, strict=True):
        said = {name.lower(): " ".join(value.split()) for name, value in work.entry.fields.items()}
        assert {name: " ".join(entry[name].split()) for name in said} == said
        assert bool(work.authors) == ("author" in entry or "editor" in entry)
    records = rispy.loads((folder / "atlas.ris").read_text(encoding="utf-8"))
    assert [by_rispy(record) for record in records] == [expected_ris(work) for work in works]
    items = read_json(folder / "atlas.csl.json")
    assert [error.message for item in items for error in CSL_ITEM.iter_errors(item)] == []
    assert [(item["id"], item["title"]) for item in items] == [(work.key, work.title) for work in works]


def test_real_references(tmp_path):
    """One real reference in twenty-five goes into the wholes and comes back from each with the same fields."""
    works, _findings = load_bibliography([REFERENCES])
    check_all(list(works.values())[::25], tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("path", [str(REFERENCES), os.environ.get("ATLAS_BIB", "")])
def test_all_real_references(path, tmp_path):
    """All real references, and those of the file that ATLAS_BIB names, come back with the same fields."""
    if not path:
        pytest.skip("ATLAS_BIB names no BibTeX file")
    works, _findings = load_bibliography([Path(path)])
    check_all(list(works.values()), tmp_path)


def test_a_paper_of_two_pages(site, tmp_path):
    """A page that is not the one of its paper stands in ``atlas.json``, and its paper not twice in the bibliography."""
    atlas = atlas_domain(site.app.env).atlas
    folder = site.out / NASTY
    first, second = (Row(name, folder, b"{}", {"record": {"paper": "nasty2022title"}}) for name in ("a", "b"))
    with whole.open_files(tmp_path, atlas, 2, lambda row: row.docname == "a") as add:
        add(first)
        add(second)
    assert len(read_json(tmp_path / "atlas.json")["records"]) == 2
    assert len(read_json(tmp_path / "atlas.csl.json")) == 1


def test_memory_does_not_grow_with_the_pages(site, tmp_path):
    """A hundred pages of a megabyte each pass through in less memory than five of them."""
    atlas, folder = atlas_domain(site.app.env).atlas, site.out / NASTY
    data = {"record": {"paper": "nasty2022title"}}
    tracemalloc.start()
    try:
        with whole.open_files(tmp_path, atlas, 100, lambda _row: False) as add:
            for number in range(100):
                add(Row(str(number), folder, b'"%s"' % (b"x" * 1_000_000), data))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "atlas.json").stat().st_size > 100_000_000
    assert peak < 5_000_000
