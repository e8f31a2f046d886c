"""Settings of the atlas's PDFs, what the site makes of them, and what happens without Typst."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from sphinx.errors import SphinxError

from conftest import Build
from evidence_atlas.pdf.copies import copy_beside_pages
from pdf_project import ALPHA, DELTA, FILES, GAMMA, VOLUME, links, made, outline, text


def test_volumes_are_split(build: Build):
    """Above the size there are several volumes, each with its own papers in contents and indexes; links between lead to the web."""
    built = build(FILES, "typst", typst_volume_size=2)
    assert set(made(built)) == {ALPHA, GAMMA, DELTA, f"{VOLUME}-1", f"{VOLUME}-2"}
    one, two = (text(built.out / f"{VOLUME}-{number}.pdf") for number in (1, 2))
    assert "My Atlas (1/2)" in one
    assert "2 papers: what each found" in one
    assert "1 paper: what it found, and what it does not prove" in two
    assert "Alpha, A." in one
    assert "Alpha, A." not in two
    assert "https://atlas.example.org/evidence/gamma-2021-cohort/" in links(built.out / f"{VOLUME}-1.pdf")


def test_choices_of_the_project_win(build: Build):
    """Pages, volumes, options and a template that ``conf.py`` sets are used in place of the atlas's own."""
    built = build(
        FILES,
        "typst",
        typst_pages=["how"],
        typst_documents=[("index", "mine.pdf", "Mine", "Me")],
        typst_template_options={"paper": "us-letter", "size": 12, "side": 0},
    )
    assert built.warnings == []
    assert set(made(built)) == {"how", "mine"}
    with pikepdf.open(built.out / "how.pdf") as pdf:
        assert [float(side) for side in pdf.pages[0].MediaBox] == [0, 0, 612, 792]


def test_a_page_without_its_citation(build: Build):
    """Where a page does not show its own citation, its end says address, programs and digest."""
    name = f"docs/evidence/{ALPHA}.md"
    built = build(
        FILES | {name: FILES[name].replace("```{cite-block}\n```", "")}, "typst", typst_documents=[("how", "how", "How", "")]
    )
    with pikepdf.open(built.out / f"{ALPHA}.pdf") as pdf:
        digest = json.loads(pdf.attachments["record.json"].get_file().read_bytes())["digest"]
    last = text(built.out / f"{ALPHA}.pdf", only=-1).replace(" ", "")
    for part in (
        "ThispageMyAtlas.",
        "Madewithevidence-atlas",
        digest,
        "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/",
    ):
        assert part in last


def test_small_paper(build: Build):
    """On a narrow page without a side, the facts stand in the text, and nothing runs out of the paper."""
    built = build(FILES, "typst", typst_template_options={"paper": "a5", "size": 9, "margin": 14, "side": 0})
    assert built.warnings == []
    said = text(built.out / f"{ALPHA}.pdf", only=0)
    assert said.index("It does not prove that rest helps.") < said.index("1,200 cases, 8 controls")
    document = pypdfium2.PdfDocument(built.out / f"{ALPHA}.pdf")
    for each in document:
        boxes = [thing.get_bounds() for thing in each.get_objects()]
        assert min(box[0] for box in boxes) > 0
        assert max(box[2] for box in boxes) < each.get_width()
    document.close()


def test_prose_pages_of_the_volume(build: Build):
    """``pdf-pages`` names what follows the papers; a document that is not there is warned of."""
    files = FILES | {"atlas.toml": FILES["atlas.toml"] + 'pdf-pages = ["index", "gone"]\n'}
    built = build(files, "typst")
    assert [line for line in built.warnings if "pdf-pages" in line] == built.warnings != []
    names = [name for name, _ in outline(built.out / f"{VOLUME}.pdf")]
    assert names[names.index("About this atlas") + 1] == "Home"
    assert "How it works" not in names


def test_a_page_with_a_broken_record(build: Build):
    """A page whose record is unusable still has its PDF, and a place in the volume."""
    files = FILES | {f"docs/evidence/{DELTA}.md": "---\nevidence:\n  paper: delta2019review\n---\n\n# Nothing stated\n"}
    built = build(files, "typst")
    assert not [line for line in built.warnings if "typst" in line]
    assert "Nothing stated" in text(built.out / f"{DELTA}.pdf")
    assert ("Pages whose record has errors", 1) in outline(built.out / f"{VOLUME}.pdf")


def test_an_atlas_without_pages(build: Build):
    """Without an evidence page there is no volume, and no failure."""
    built = build({"docs/index.md": "# Home\n"}, "typst")
    assert (made(built), built.warnings) == ({}, [])


def test_the_site_links_the_pdf_where_it_is_told(build: Build):
    """With ``pdf = true`` a page links its PDF beside it; else, and in other formats, it does not."""
    assert f"{ALPHA}.pdf" not in build(FILES).html(f"evidence/{ALPHA}")
    told = FILES | {"atlas.toml": FILES["atlas.toml"] + "pdf = true\n"}
    assert f'href="{ALPHA}.pdf"' in build(told).html(f"evidence/{ALPHA}")
    assert f'href="{ALPHA}/{ALPHA}.pdf"' in build(None, "html").html(f"evidence/{ALPHA}")
    assert f"{ALPHA}.pdf" not in (build(None, "text").out / f"evidence/{ALPHA}.txt").read_text(encoding="utf-8")


def test_copies_lie_beside_the_pages(tmp_path: Path):
    """Each page's PDF is copied beside it; the copy of one that is gone is removed; without a site nothing happens."""
    pdfs, site = tmp_path / "pdf", tmp_path / "site"
    for name in ("one", "two"):
        (site / "evidence" / name).mkdir(parents=True)
        (site / "evidence" / name / "record.json").write_text("{}")
    pdfs.mkdir()
    (pdfs / "one.pdf").write_bytes(b"new")
    (pdfs / "atlas-1.pdf").write_bytes(b"volume")
    (site / "evidence/two/two.pdf").write_bytes(b"old")
    command = [sys.executable, "-m", "evidence_atlas.pdf.copies", str(pdfs), str(site)]
    subprocess.run(command, check=True)
    assert (site / "evidence/one/one.pdf").read_bytes() == b"new"
    assert sorted(path.name for path in site.rglob("*.pdf")) == ["one.pdf"]
    assert copy_beside_pages(pdfs, tmp_path / "nowhere") == 0


def test_without_typst(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Where Typst is not installed, the site is built as ever, and ``-b typst`` says in one line what to install."""
    real = importlib.util.find_spec
    monkeypatch.setattr("typst_builder.find_spec", lambda name: None if name == "typst" else real(name))
    assert build(FILES).warnings == []
    with pytest.raises(SphinxError, match=r"Typst is not installed; pip install 'evidence-atlas\[pdf\]'"):
        build(None, "typst")
