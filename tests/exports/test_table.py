"""``atlas.csv`` and ``atlas.sqlite``: the same pages as tables."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing

from hypothesis import given

from data_project import ALPHA, AUTHORS, BREAK, DOCNAMES, GAMMA, NASTY, PROPERTY, TEXTS, UNDATED
from evidence_atlas.domain import atlas_domain
from evidence_atlas.exports import database, table, whole
from evidence_atlas.exports.rows import Row, read_row


def rows(folder):
    """Return the rows of the table, by page."""
    with (folder / "atlas.csv").open(encoding="utf-8", newline="") as file:
        return {row["page"]: row for row in csv.DictReader(file, strict=True)}


def asked(folder, question, *values):
    """Return the answer of the database."""
    with closing(sqlite3.connect(folder / "atlas.sqlite")) as opened:
        return opened.execute(question, values).fetchall()


def test_csv(site):
    """Each page is a row with its badge, limitations, people and paper; lists are joined by semicolons."""
    found = rows(site.out)
    assert list(found) == [f"{docname}/" for docname in DOCNAMES]
    alpha = found[f"{ALPHA}/"]
    assert (alpha["pem"], alpha["topics"], alpha["cases"], alpha["other"]) == ("required", "pain; sleep", "12", "")
    assert (alpha["authors"], alpha["year"], alpha["doi"]) == ("Alpha, Ann; Béta, Bob", "2020", "10.5555/alpha.1")
    assert alpha["criteria"] == "ccc-2003 (inclusion)"
    assert found[f"{GAMMA}/"]["notices"] == "retraction; correction"
    assert found[f"{UNDATED}/"]["year"] == ""


def test_no_cell_is_a_formula(site):
    """No cell of the file begins with a sign that a spreadsheet takes for a formula."""
    cells = [cell for row in rows(site.out).values() for cell in row.values()]
    assert [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)] == []
    nasty = rows(site.out)[f"{NASTY}/"]
    assert nasty["summary"] == f"'{BREAK} was found."
    assert nasty["title"] == "'=cmd </script> & \"the title\" 'of' <b>"


@PROPERTY
@given(TEXTS)
def test_any_text_in_a_cell(tmp_path_factory, site, text):
    """Any text comes back from the table and from the database as it was, but for the apostrophe before a formula."""
    folder = tmp_path_factory.mktemp("any")
    row = read_row(ALPHA, site.out / ALPHA)
    data = json.loads(json.dumps(row.data)) | {"title": text, "limitations": text}
    atlas = atlas_domain(site.app.env).atlas
    with table.open_file(folder) as add, database.open_file(folder, atlas, whole.head(atlas, 1)) as insert:
        add(Row(ALPHA, row.folder, b"{}", data))
        insert(Row(ALPHA, row.folder, b"{}", data))
    [read] = rows(folder).values()
    expected = f"'{text}" if re.match(r"\s*[=+\-@|%＝＋－＠]|[\t\r]", text) else text
    assert (read["title"], read["limitations"]) == (expected, expected)
    assert asked(folder, "SELECT title, limitations FROM page") == [(text, text)]


def test_sqlite(site):
    """The tables answer what one would ask: by topic, by author, by notice, with labels."""
    assert asked(site.out, "PRAGMA integrity_check") == [("ok",)]
    assert asked(site.out, "SELECT page FROM topic WHERE id = ? ORDER BY page", "sleep") == [(f"{ALPHA}/",), (f"{NASTY}/",)]
    assert asked(site.out, "SELECT count(*) FROM author WHERE page = ?", f"{NASTY}/") == [(AUTHORS,)]
    assert asked(site.out, "SELECT kind, date FROM notice ORDER BY position") == [
        ("retraction", "2023-05-06"),
        ("correction", "2022"),
    ]
    assert asked(site.out, "SELECT value FROM atlas WHERE name = 'version_policy'") == [("0.1",)]
    label = "SELECT label FROM term JOIN page ON id = pem WHERE vocabulary = 'badge' AND page = ?"
    assert asked(site.out, label, f"{ALPHA}/") == [("PEM required",)]
    assert asked(site.out, "SELECT type, paper FROM relation") == [("replicates", "delta2019review")]
    assert asked(site.out, "SELECT year, cases FROM page WHERE page = ?", f"{UNDATED}/") == [(None, None)]


def test_all_exports_say_the_same(site):
    """Table, database and ``atlas.json`` have the same digest for each page."""
    records = json.loads((site.out / "atlas.json").read_text(encoding="utf-8"))["records"]
    digests = [record["digest"] for record in records]
    assert [row["digest"] for row in rows(site.out).values()] == digests
    assert [digest for (digest,) in asked(site.out, "SELECT digest FROM page ORDER BY page")] == digests
