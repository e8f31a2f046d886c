"""Which PDFs are made, what they say of themselves, when they are made again, and what is said when one cannot be."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import page as validator
import pytest
import typst

from typst_builder.about import Attachment, Part, Volume

from .conftest import PNG, SVG, Make, links, walk

TREE = {
    "index.rst": "Home\n====\n\nTo :doc:`sub/one` and :ref:`there`.\n\n.. toctree::\n\n   sub/one\n   two\n\nAfter\n-----\n\nlast words\n",
    "sub/one.rst": "One\n===\n\nBack to :doc:`/index`.\n\n.. _there:\n\nPlace\n-----\n\nfirst\n",
    "two.rst": "Two\n===\n\nTo :ref:`there` and :doc:`sub/one`.\n",
}


def headings(pdf) -> list[tuple[str, int]]:
    """Return titles and depths of the outline of a PDF."""
    found = []

    def visit(items, depth):
        for item in items:
            found.append((str(item.title), depth))
            visit(item.children, depth + 1)

    with pdf.open_outline() as outline:
        visit(outline.root, 1)
    return found


def test_pages_and_volume_of_one_translation(make: Make):
    """Documents that match get a PDF each, the volume holds all in the order of the toctrees, and each is translated once."""
    built = make(TREE, typst_pages=["sub/*", "two"])
    assert built.names() == {"one.pdf", "two.pdf", "small.pdf"}
    assert built.warnings == []
    assert headings(built.pdf("small")) == [("Home", 1), ("One", 2), ("Place", 3), ("Two", 2), ("After", 2)]
    assert built.written == {"index", "sub/one", "two"}


def test_links_lead_inside_or_to_the_web(make: Make):
    """A link to a document inside the PDF leads there; to another, to its address; without addresses it is text."""
    built = make(TREE, typst_base_url="https://e.example.org/docs")
    assert links(built.pdf("two")) == ["https://e.example.org/docs/sub/one/#there", "https://e.example.org/docs/sub/one/"]
    assert set(links(built.pdf("small"))) == {"inside"}
    assert links(make(TREE, folder="b").pdf("two")) == []
    named = make(TREE, folder="c", typst_base_url="https://e.example.org/{docname}.html")
    assert links(named.pdf("two")) == ["https://e.example.org/sub/one.html#there", "https://e.example.org/sub/one.html"]


def test_volumes_are_split_and_linked(make: Make):
    """Above the size there are several volumes; a link between them leads to the web, or to the file without a web."""
    built = make(TREE, typst_pages=[], typst_volume_size=1)
    assert built.names() == {"small-1.pdf", "small-2.pdf", "small-3.pdf"}
    assert [each for each in links(built.pdf("small-3")) if each != "inside"] == ["small-2.pdf"] * 2
    web = make(TREE, folder="b", typst_pages=[], typst_volume_size=2, typst_base_url="https://e.example.org")
    assert [each for each in links(web.pdf("small-2")) if each != "inside"] == [
        "https://e.example.org/sub/one/#there",
        "https://e.example.org/sub/one/",
    ]


def test_listeners_regroup_volumes(make: Make):
    """Listeners of ``typst-volumes`` say which volumes there are, in parts with headings; levels stay without a gap."""

    def regroup(app, volumes):
        volumes[:] = [
            Volume(
                "own",
                "Own volume",
                [Part(["two"], title="Part one", description="about it"), Part(["sub/one", "gone"])],
                extra={"a": 1},
            )
        ]

    built = make(TREE, typst_pages=[], listen={"typst-volumes": regroup})
    assert built.names() == {"own.pdf"}
    assert headings(built.pdf("own")) == [("Part one", 1), ("Two", 2), ("One", 1), ("Place", 2)]
    assert "about it" in built.text("own")


def describe(app, docname, about):
    about.title = f"Title of {about.name}"
    about.authors = ["Ann Alpha", "Bo Bêta"]
    about.keywords = ["one", "two"]
    about.description = "What it is."
    about.language = "de-AT"
    about.header = "Head"
    about.attachments.append(Attachment("data.json", b'{"a": 1}', "application/json", "The data", "data"))


@pytest.fixture
def described(make: Make):
    return make(
        TREE | {"p.png": PNG, "two.rst": TREE["two.rst"] + "\n.. image:: p.png\n   :alt: A dot\n"},
        listen={"typst-document": describe},
    )


def test_what_a_pdf_says_of_itself(described):
    """Title, authors, keywords, description and language stand in Info and XMP; the viewer shows the title; dates are the set one."""
    for name in ("two", "small"):
        pdf = described.pdf(name)
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == f"Title of {name}"
            assert "Ann Alpha, Bo Bêta" in ", ".join(xmp["dc:creator"])
            assert xmp["pdfuaid:part"] == "1"
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
            assert xmp["xmp:CreateDate"].startswith("2026-09-21")
        assert str(pdf.docinfo.Title) == f"Title of {name}"
        assert str(pdf.docinfo.CreationDate).startswith("D:20260921")
        assert str(pdf.Root.Lang) == "de-AT"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert bool(pdf.Root.MarkInfo.Marked)
        assert pdf.Root.OutputIntents
        assert pdf.Root.Outlines


def test_files_travel_inside(described):
    """An attachment is an associated file with media type, description and relationship, byte for byte."""
    pdf = described.pdf("two")
    (spec,) = pdf.Root.AF
    assert (str(spec.UF), str(spec.Desc), str(spec.AFRelationship)) == ("data.json", "The data", "/Data")
    assert spec.EF.F.read_bytes() == b'{"a": 1}'
    assert str(spec.EF.F.Subtype) == "/application/json"


@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_standards_are_kept(described, profile: str):
    """Pages and volumes pass an independent check of PDF/UA-1 and PDF/A-3a."""
    for name in ("index", "one", "two", "small"):
        report = validator.validate_pdf_bytes(described.data(name), profile=profile)
        assert [(each.rule_id, each.message) for each in report.failures] == []


def test_every_picture_has_words(described):
    """No figure is without alternative text, and headings begin at 1."""
    for name in ("two", "small"):
        pdf = described.pdf(name)
        elements = walk(pdf)
        assert all("/Alt" in each for role, each in elements if role == "/Figure")
        assert next(role for role, _ in elements if role.startswith("/H")) == "/H1"


def test_nothing_is_made_twice(make: Make):
    """A second build translates and compiles nothing; an edited document compiles its page and the volumes that hold it."""
    first = make(TREE)
    assert sorted(first.compiled) == ["index", "one", "small", "two"]
    before = {name: first.data(name) for name in ("index", "one", "two")}
    again = make()
    assert (again.written, again.compiled) == (set(), [])
    time.sleep(0.01)
    changed = make({"two.rst": TREE["two.rst"] + "\nmore\n"})
    assert changed.compiled == ["two", "small"]
    assert {name for name, data in before.items() if changed.data(name) != data} == {"two"}


def test_what_listeners_say_is_part_of_what_a_pdf_is_made_from(make: Make):
    """New metadata or an attachment that changed compiles the PDF again, without translating."""
    make(TREE)
    built = make(listen={"typst-document": lambda _app, name, about: about.keywords.append("new") if name == "two" else None})
    assert (built.written, built.compiled) == (set(), ["two"])


def test_a_document_that_resolves_otherwise_is_written_again(make: Make):
    """A title that another document shows changes that document, as in every builder of Sphinx."""
    make({"index.rst": "Home\n====\n\n.. toctree::\n\n   two\n", "two.rst": "Two\n===\n"})
    built = make({"two.rst": "Renamed\n=======\n"})
    assert "Renamed" in built.text("index")
    assert "Renamed" in built.text("small")


def test_a_removed_document_takes_its_pdf_along(make: Make, tmp_path: Path):
    """The PDF of a document that is no more goes, and no other file."""
    built = make(TREE)
    (built.out / "other.pdf").write_bytes(b"not ours")
    (tmp_path / "a/two.rst").unlink()
    after = make({"index.rst": TREE["index.rst"].replace("   two\n", "")})
    assert after.names() == {"index.pdf", "one.pdf", "small.pdf", "other.pdf"}


def test_an_image_that_changed_compiles_its_pages(make: Make):
    """A page is made from its images too."""
    text = "Home\n====\n\n.. image:: p.svg\n   :alt: Shape\n"
    first = make({"index.rst": text, "p.svg": SVG}).data()
    time.sleep(0.01)
    assert make({"p.svg": SVG.replace("teal", "red")}).data() != first


def test_a_failing_page_is_named_and_others_are_made(make: Make):
    """What the compiler refuses is reported at file and line, the exit code says so, no old PDF stays, and others are made."""
    good = make(TREE, typst_raw=True)
    assert "two.pdf" in good.names()
    time.sleep(0.01)
    built = make({"two.rst": "Two\n===\n\ntext\n\n.. note::\n\n   .. raw:: typst\n\n      #panic(1)\n"}, typst_raw=True)
    assert built.names() == {"index.pdf", "one.pdf"}
    errors = [line for line in built.warnings if "cannot be made" in line]
    assert errors[0].startswith("two.rst:8: ERROR: two.pdf cannot be made: panicked with: 1")
    assert errors[1].startswith("two.rst:8: ERROR: small.pdf cannot be made: panicked with: 1")
    assert built.app.statuscode == 1
    time.sleep(0.01)
    assert make({"two.rst": TREE["two.rst"]}, typst_raw=True).names() == good.names()


def test_a_fault_of_the_compiler_stops_one_page(make: Make, monkeypatch: pytest.MonkeyPatch):
    """Where the compiler itself panics, its PDF is reported like any other that cannot be made, and the others are made."""
    panic = type("PanicException", (BaseException,), {})

    real = typst.Compiler

    class Compiler:
        def __init__(self, *arguments, **options) -> None:
            self.real = real(*arguments, **options)

        def compile(self, **options):
            if b"two#" in options["input"] and b"one#" not in options["input"]:
                raise panic("index out of bounds")
            return self.real.compile(**options)

    monkeypatch.setattr(typst, "Compiler", Compiler)
    built = make(TREE)
    assert [line for line in built.warnings if "two.pdf cannot be made" in line and "broke off: index out of bounds" in line]
    assert built.names() == {"index.pdf", "one.pdf", "small.pdf"}


def test_an_image_that_cannot_be_shown(make: Make):
    """A broken image, one from the web, and one of a kind unknown to PDF are warned of; their alternative text is shown."""
    text = "Home\n====\n\n.. image:: p.png\n   :alt: A dot\n\n.. image:: https://example.org/x.png\n   :alt: A far dot\n\n.. image:: x.tiff\n"
    built = make({"index.rst": text, "p.png": PNG[:40], "x.tiff": b"II*"})
    assert [line.partition(":")[2][:20].split(":")[0] for line in built.warnings] == ["4", "7", "10"]
    assert "[A dot] [A far dot] [x.tiff]" in built.text()


def test_an_interrupted_build_leaves_no_half_file(make: Make, monkeypatch: pytest.MonkeyPatch):
    """When a build is stopped, what is there is whole, and the next build makes the rest."""
    from typst_builder.memory import Memory

    real, kept = Memory.keep, []

    def stop(self, name, digest, data):
        if kept:
            raise KeyboardInterrupt
        kept.append(name)
        real(self, name, digest, data)

    monkeypatch.setattr(Memory, "keep", stop)
    with pytest.raises(KeyboardInterrupt):
        make(TREE)
    monkeypatch.setattr(Memory, "keep", real)
    built = make()
    assert built.names() == {"index.pdf", "one.pdf", "two.pdf", "small.pdf"}
    assert all(built.data(name).endswith(b"%%EOF") for name in ("index", "one", "two", "small"))


def test_two_documents_with_one_name(make: Make):
    """Documents whose names end alike get PDFs by their full names, with a warning."""
    built = make({"a/x.rst": ":orphan:\n\nA\n=\n", "b/x.rst": ":orphan:\n\nB\n=\n"})
    assert {"a-x.pdf", "b-x.pdf"} <= built.names()
    assert built.warnings == [
        f"{name}/x.rst: WARNING: another document has the same last part of its name; its PDF is {name}-x.pdf [typst.name]"
        for name in "ab"
    ]


BAD = {
    "typst_pages": ([1], "expected a list of strings"),
    "typst_documents": ([("index",)], "expected (start document, name, title, author)"),
    "typst_template": ("none.typ", "there is no file 'none.typ'"),
    "typst_template_options": ({"size": [1]}, "'size' is no string, number or boolean"),
    "typst_styles": (["none.typ"], "there is no file 'none.typ'"),
    "typst_volume_size": (0, "expected a number above 0"),
    "typst_base_url": ("example", "expected an address"),
    "typst_standards": (["ua-1", "a-4"], "cannot be kept to"),
}


@pytest.mark.parametrize("name", BAD)
def test_unusable_settings_warn_and_fall_back(make: Make, name: str):
    """A setting that cannot be used is warned of by its name, and the build goes on without it."""
    value, message = BAD[name]
    built = make(TREE, **{name: value})
    assert len(built.warnings) == 1
    assert built.warnings[0].startswith(f"WARNING: {name}: ")
    assert message in built.warnings[0]
    assert "small.pdf" in built.names()


def test_an_unknown_start_document_is_warned_of(make: Make):
    """A volume of a document that is not there is not made."""
    built = make(TREE, typst_documents=[("gone", "x", "X", ""), ("index", "y.pdf", "Y", "Me")], typst_pages=[])
    assert built.warnings == ["WARNING: typst_documents: there is no document 'gone' [typst.config]"]
    assert built.names() == {"y.pdf"}
    assert str(built.pdf("y").docinfo.Author) == "Me"


def test_a_template_of_the_project(make: Make):
    """A project may set a template that imports ours and changes a part, and files that say how a class looks."""
    template = (
        '#import "/typst_builder.typ": *\n#import "/typst_builder.typ": paragraph as own-paragraph\n'
        '#let paragraph(classes: (), body) = own-paragraph(classes: classes, [¶ #body #options.at("word", default: "")])\n'
    )
    style = '#let classes = ("fancy": body => [«#body»])\n'
    text = "Home\n====\n\n.. container:: fancy\n\n   words\n"
    built = make(
        {"index.rst": text, "my.typ": template, "st.typ": style},
        typst_template="my.typ",
        typst_styles=["st.typ"],
        typst_template_options={"word": "end"},
    )
    assert "« ¶ words end »" in built.text()
    assert make({"st.typ": style.replace("«", "→")}, typst_template="my.typ", typst_styles=["st.typ"]).compiled == [
        "index",
        "small",
    ]


def test_what_is_told_to_the_template_is_plain_data(make: Make):
    """What listeners add reaches the template as data."""
    template = '#import "/typst_builder.typ": *\n#import "/typst_builder.typ" as own\n#let page(about, body) = { show: own.page.with(about); [extra: #about.extra.rows.map(str).join("+")]; body }\n'
    built = make(
        {"my.typ": template},
        typst_template="my.typ",
        listen={"typst-document": lambda _app, _name, about: about.extra.update(rows=[1, 2])},
    )
    assert "extra: 1+2" in built.text()
    assert json.loads((Path(built.app.doctreedir) / "typst/made.json").read_text())["made"].keys() == {"index", "small"}


def test_every_warning_is_registered():
    """Each subtype of a warning in the package is described once, and none is described that is not used."""
    import re

    import typst_builder
    from typst_builder.subtypes import SUBTYPES

    folder = Path(typst_builder.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "subtypes.py")
    used = set(re.findall(r'type="typst", subtype="(\w+)"', text)) | set(re.findall(r'self\.warn\(.*?, node, "(\w+)"\)', text))
    assert used == set(SUBTYPES)


def test_a_new_date_compiles_and_does_not_translate(make: Make, monkeypatch: pytest.MonkeyPatch):
    """A new date, template option or list of pages makes PDFs anew from the translations that are there."""
    make(TREE, typst_timestamp=1)
    built = make(typst_timestamp=2, typst_template_options={"size": 9})
    assert built.written == set()
    assert len(built.compiled) == 4
    assert make(typst_timestamp=2, typst_template_options={"size": 9}, typst_pages=["two"]).names() == {"two.pdf", "small.pdf"}
    assert make(typst_timestamp=2, typst_base_url="https://e.example.org").written == {"index", "sub/one", "two"}


def test_the_private_folder_holds_what_is_used(make: Make, tmp_path: Path):
    """Translations, images and attachments that no document uses any longer are swept away."""
    make(TREE | {"p.svg": SVG, "two.rst": "Two\n===\n\n.. image:: p.svg\n   :alt: Shape\n"}, listen={"typst-document": describe})
    (tmp_path / "a/two.rst").unlink()
    make({"index.rst": "Home\n====\n\n.. toctree::\n\n   sub/one\n"})
    root = tmp_path / "a/doctrees/typst"
    files = {
        path.relative_to(root).as_posix()
        for folder in ("doc", "images", "files")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }
    assert files == {"doc/index.0.typ", "doc/index.1.typ", "doc/index.json", "doc/sub/one.0.typ", "doc/sub/one.json"}


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_verapdf_agrees(described, flavour: str):
    """Where veraPDF is installed, it finds every PDF in order."""
    files = [str(described.out / f"{name}.pdf") for name in ("two", "small")]
    done = subprocess.run(
        ["verapdf", "--flavour", flavour, "--format", "text", *files], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stdout.splitlines() if not line.startswith("PASS")] == []


def test_citations_of_bibtex_and_directives_of_extensions(make: Make):
    """Citations and lists of works of sphinxcontrib-bibtex, to-dos and graphs are shown, and links lead to the works."""
    text = "Home\n====\n\nSaid :cite:`alpha` and :footcite:`alpha`.\n\n.. todo:: do it\n\n.. graphviz::\n\n   digraph { a -> b }\n\n.. bibliography::\n\n.. footbibliography::\n"
    bib = "@article{alpha, author={Alpha, Ann}, title={A title of a work}, journal={J}, year={2020}}\n"
    extensions = ["typst_builder", "sphinxcontrib.bibtex", "sphinx.ext.todo", "sphinx.ext.graphviz"]
    built = make({"index.rst": text, "r.bib": bib}, extensions=extensions, bibtex_bibfiles=["r.bib"], todo_include_todos=True)
    assert [line.rpartition("[")[2] for line in built.warnings] == ["typst.image]"]
    assert built.text().count("A title of a work") == 2
    assert "do it" in built.text()
    assert "digraph { a -> b }" in built.text()
    assert links(built.pdf()).count("inside") >= 1
