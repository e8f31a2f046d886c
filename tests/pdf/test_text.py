"""Text is data: whatever it says, wherever it stands, it compiles, and is read in the PDF as it was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import typst
from docutils import nodes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sphinx import addnodes

from typst_builder import fonts
from typst_builder.about import About
from typst_builder.compiler import Job, PdfCompiler
from typst_builder.formulas import Formulas
from typst_builder.literals import Code, block, call, literal, one_line, printable
from typst_builder.workspace import Workspace

from .conftest import Make, text_of

NASTY = [
    'quote " and backslash \\ and \\" both',
    "#panic() #let x = 1 $x$ `raw` *bold* _emph_ @ref <label> // comment /* more */ [content] {code}",
    '")]}) #read("/etc/passwd")',
    "\\u{41} \\n \\",
    "= heading\n- list\n/ term: x",
    "https://example.org/?a=b&c=d#e ~ -- --- ... 'single'",
    "tab\tand\x0bvertical\x01null\x1fend\x85next\u2028line",
]


@pytest.fixture(scope="module")
def loaded() -> typst.Fonts:
    return fonts.load([])


def everywhere(text: str) -> Callable[[nodes.document], None]:
    """Return what puts text into every kind of place that a document has for it."""

    def add(tree: nodes.document) -> None:
        table = nodes.table(
            "",
            nodes.title("", text),
            nodes.tgroup(
                "", nodes.colspec(colwidth=1), nodes.tbody("", nodes.row("", nodes.entry("", nodes.paragraph("", text)))), cols=1
            ),
        )
        tree[0] += [
            nodes.paragraph("", text),
            nodes.literal_block(text, text, language="python"),
            nodes.note("", nodes.paragraph("", "", nodes.literal("", text))),
            nodes.paragraph("", "", nodes.reference("", text, refuri=f"https://example.org/{text}")),
            nodes.paragraph("", "", nodes.reference("", text, refuri="")),
            nodes.section("", nodes.title("", text), ids=[text], classes=[text]),
            nodes.container("", nodes.paragraph("", text), classes=[text], ids=[f"{text}2"]),
            nodes.definition_list(
                "", nodes.definition_list_item("", nodes.term("", text), nodes.definition("", nodes.paragraph("", text)))
            ),
            nodes.image(uri="none.png", alt=text, candidates={"?": ""}),
            nodes.math_block(text, text),
            addnodes.desc_signature("", "", addnodes.desc_name("", text)),
            table,
        ]

    return add


def described(text: str) -> Callable[..., None]:
    """Return a listener that has a PDF say text of itself."""

    def describe(_app: object, _docname: str, about: About) -> None:
        about.title = about.description = about.header = about.subtitle = text
        about.keywords, about.authors, about.extra = [text], [text], {text: [text]}

    return describe


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_everywhere(make: Make, text: str):
    """Text that looks like code stands in titles, paragraphs, code, alternative text, addresses and metadata as it is."""
    built = make(doctree=everywhere(text), listen={"typst-document": described(text)}, typst_base_url="https://e.example.org")
    assert built.names() == {"index.pdf", "small.pdf"}
    wanted = "".join(one_line(text).split())
    assert "".join(built.text().split()).count(wanted) >= 8
    assert str(built.pdf().docinfo.Title).split() == one_line(text).split()


LONG = {
    "a word": ("word", 10_000),
    "words": ("two words ", 4_000),
    "letters of four bytes": ("\U0001d44e", 20_000),
    "letters that no font shows": ("\u0e01", 9_000),
}


@pytest.mark.parametrize(("part", "times"), LONG.values(), ids=LONG)
def test_long_text_everywhere(make: Make, part: str, times: int):
    """Text that is longer than a string in a PDF stops no PDF; what is read on its pages is the whole of it."""
    text = part * times
    built = make(doctree=everywhere(text), listen={"typst-document": described(text)}, typst_base_url="https://e.example.org")
    assert built.names() == {"index.pdf", "small.pdf"}
    shown = part.replace("\u0e01", "[U+0E01]")
    found = "".join(built.text().replace("\u200b", "").split()).count("".join(shown.split()))
    assert found >= 10 * times  # numbers of pages stand between some
    pdf = built.pdf()
    title = str(pdf.docinfo.Title)
    assert (len(title), title[:999], title[-1]) == (1_000, (shown * times)[:999], "…")


@pytest.mark.parametrize("number", [400, 3_900])
def test_a_long_word_in_parts(make: Make, number: int):
    """A word that stands in the source in many parts is one word in a line, and stops no PDF either."""

    def add(tree: nodes.document) -> None:
        parts = [node for _part in range(40_000 // number) for node in (nodes.Text("w" * number), nodes.comment("", "x"))]
        tree[0] += nodes.paragraph("", "", *parts)

    built = make(doctree=add)
    assert built.names() == {"index.pdf", "small.pdf"}
    assert built.text().count("w") >= 40_000 - number


@pytest.mark.parametrize("number", [7_980, 40_000])
def test_a_long_address(make: Make, number: int):
    """A link with a longer address than a PDF holds has its text alone."""
    address = f"https://example.org/{'a' * number}"
    entries = [("Entry", address)]

    def add(tree: nodes.document) -> None:
        toctree = addnodes.toctree(
            "", entries=entries, includefiles=[], maxdepth=1, caption="", hidden=False, numbered=0, glob=False
        )
        tree[0] += [nodes.paragraph("", "", nodes.reference("", "Words", refuri=address)), toctree]

    built = make(doctree=add)
    assert built.names() == {"index.pdf", "small.pdf"}
    assert {"Words", "Entry"} <= set(built.text().split())
    found = [str(link.A.URI) for page in built.pdf().pages for link in page.get("/Annots", []) if "/A" in link]
    assert found.count(address) == (2 if number < 8_000 else 0)


ANY = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(NASTY)


class TestLiterals:
    """Literals of Typst."""

    @given(ANY)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_a_literal_is_its_text(self, text: str):
        """The compiler reads a literal as the text that it was made from."""
        import json

        said = typst.Compiler(b"").eval(str(literal(printable(text))))
        assert json.loads(said) == printable(text)

    def test_data(self):
        """Numbers, booleans, none, sequences and mappings are written as Typst writes them."""
        assert literal([1, True, None, 1.5, {"a b": "c"}, [], {}]) == '(1, true, none, 1.5, ("a b": "c"), (), (:),)'
        assert literal(Code("x")) == "x"
        assert call("f", "a", b_c=1, d=None, e="") == 'n.f(b-c: 1, "a")'
        assert block([]) == "[]"
        with pytest.raises(TypeError, match="No Typst literal for a object"):
            literal(object())


SHOWN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z", "M", "C"]), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory, loaded: typst.Fonts):
    workspace = Workspace(tmp_path_factory.mktemp("root"))
    workspace.place_look(None, [])
    return PdfCompiler(workspace, loaded, ["ua-1", "a-3a"], 0, {}), fonts.Glyphs(loaded)


class TestAnyText:
    """Any text at all, through fonts and compiler."""

    @given(text=SHOWN)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_it_compiles(self, compiler, text: str):
        """No text stops the compiler under PDF/UA and PDF/A: what no font shows stands as its code point."""
        made, glyphs = compiler
        shown = glyphs.replaced(one_line(text), ("", ""))
        calls = [
            call("paragraph", shown),
            call("heading", 1, shown or "x"),
            call("code", shown, [[["k", shown]]]),
            call("literal", shown),
        ]
        texts = dict.fromkeys(("name", "title", "description", "header", "footer"), shown or "x")
        told = {
            "kind": "page",
            "language": "en",
            "authors": [],
            "keywords": [],
            **texts,
            "inside": {},
            "elsewhere": {},
            "broken": {},
        }
        show = f'#import "/template.typ" as n\n#let about = {literal(told)}\n#show: n.page.with(about)\n#'
        source = show + block([Code("[]"), *calls])
        data = made.compile(Job("x", source, "", {}))
        letters = [each for each in shown if each.isascii() and each.isalnum()]
        assert [each for each in letters if each not in text_of(data)] == []


def test_scripts_of_names(make: Make):
    """Greek, Cyrillic, Vietnamese, Hebrew and Arabic names are shown by the fonts inside the compiler."""
    names = "Αλέξανδρος Πολίτης Дмитрий Щукин Nguyễn Thị Hằng Łukasz Öğüt Dvořák Þór שרה כהן"
    built = make({"index.rst": f"Home\n====\n\n{names}\n\nمحمد\n"})
    assert built.warnings == []
    for name in ("Αλέξανδρος", "Дмитрий", "Nguyễn", "Łukasz", "Öğüt"):
        assert unicodedata.normalize("NFC", name) in unicodedata.normalize("NFC", built.text())


CHINESE = "Home\n====\n\nBy 张伟 and 田中さん and 김철수.\n"


def test_cjk_with_the_fonts(make: Make):
    """Chinese, Japanese and Korean names are text where the package of fonts is installed."""
    built = make({"index.rst": CHINESE})
    assert built.warnings == []
    assert "张伟" in built.text()
    assert "田中さん" in built.text()


def test_cjk_without_the_fonts(make: Make, monkeypatch: pytest.MonkeyPatch):
    """Without it each character is its code point, with a warning at the line."""
    monkeypatch.setattr(fonts, "folders", list)
    built = make({"index.rst": CHINESE})
    assert built.warnings[0].startswith("index.rst:4: WARNING: no font shows U+3055, U+3093, U+4E2D"[:44])
    assert "[U+5F20][U+4F1F]" in built.text()


def test_invisible_characters_do_no_harm(make: Make):
    """Joiners, marks of direction and soft hyphens neither show nor stop a PDF."""
    built = make({"index.rst": "Home\n====\n\na\u200bb\u200dc\u202ed\u2066e\ufefff\u00adg\u0301h\n"})
    assert built.warnings == []
    assert "index.pdf" in built.names()


FORMULAS = [
    r"a^2 + b_i", r"\frac{a}{b}", r"\sum_{i=0}^n x_i", r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\text{if } x > 0",
    r"x \text{ says \"#hi\" } y", r"\mathbb{R}", r"\alpha \le \beta", r"p < 0.05\%", r"\label{x} y",
]  # fmt: skip


@pytest.mark.parametrize("tex", FORMULAS)
def test_formulas_are_set(make: Make, tex: str):
    """Common TeX is set as a formula, with its source as alternative text."""
    built = make({"index.rst": f"Home\n====\n\n:math:`x` inline\n\n.. math:: {tex}\n"})
    assert built.warnings == []
    assert "n.formula(" in built.source()


REFUSED = [r"\nosuch{x}", r"\href{https://example.org}{y}", r"\frac{a", "#panic()#", r"\text{a $b$ c} #x", r"\tag{3} #read"]


@pytest.mark.parametrize("tex", REFUSED)
def test_formulas_that_cannot_be_set_are_shown_as_tex(make: Make, tex: str):
    """What does not convert or compile is shown as its TeX with a warning, or set as a formula; never run as code."""
    built = make({"index.rst": f"Home\n====\n\n.. math:: {tex}\n"})
    assert "index.pdf" in built.names()
    if "n.formula(" not in built.source():
        assert [line.partition(":")[2].partition(":")[0] for line in built.warnings] == ["4"]
        assert "".join(tex.split()) in "".join(built.text().split())


@given(st.text(st.sampled_from("abx123\\{}^_&#$%\"~ []()/*<>@`'=+-|,.;:!?\n"), max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_formula_is_safe(tmp_path: Path, loaded: typst.Fonts, tex: str):
    """A formula either compiles or is refused, and what is kept of it holds no code."""
    from typst_builder.formulas import _STRING

    said = Formulas(tmp_path, loaded, "1").convert(tex, block=True)
    assert said is None or "#" not in _STRING.sub("", said).replace("\\#", "")
