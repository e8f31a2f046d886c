"""Pictures and downloads that a browser would run, and pages made to stop the build, are left out; the others are built."""

from __future__ import annotations

import signal
import time

import pytest

from conftest import Build, build_in, page
from evidence_atlas.core import limits
from evidence_atlas.core.active_files import refuse_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
NAME = "evidence/alpha-2020-rest"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>ran(1)</script>", "<SCRIPT>ran(1)</SCRIPT>", "<foreignObject><p/></foreignObject>", "<rect onload='ran(1)'/>",
        "<a xlink:href='javascript:ran(1)'><text/></a>", "<image href='https://other.invalid/a.png'/>", "<image xlink:href='/etc/passwd'/>",
        "<use href='other.svg#x'/>", "<style>@import 'a.css';</style>", "<style>rect { fill: url(https://other.invalid) }</style>",
        "<rect style='fill:url(&quot;//other.invalid&quot;)'/>", "<rect fill='url(http://other.invalid)'/>", "<set attributeName='href' to='x'/>",
        "<animate attributeName='href' values='javascript:ran(1)'/>", "<x:script xmlns:x='http://www.w3.org/2000/svg'>ran(1)</x:script>",
        "<p xmlns='http://www.w3.org/1999/xhtml'/>", "<style>\\75rl(//other.invalid)</style>", "<?xml-stylesheet href='a.css'?>",
        "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>", "<image href=' java&#10;script:ran(1)'/>", "<g>" * 200 + "</g>" * 200, "<g>",
    ],
)  # fmt: skip
def test_a_drawing_that_could_run_is_refused(inside: str):
    """SVG with a program, another file, another language or no end is refused with a reason."""
    assert refuse_svg(SVG.format(inside).encode())


def test_a_drawing_that_declares_entities_is_refused():
    """An SVG with entities, by which a small file becomes a large one or reads others, is refused."""
    assert (
        refuse_svg(b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + SVG.format("&a;").encode())
        == "it declares entities"
    )


@pytest.mark.parametrize(
    "inside",
    ["<path d='M0 0'/>", "<use href='#a'/>", "<rect fill='url(#a)' style=\"fill: url('#b')\"/>", "<style>rect { fill: red }</style>",
     "<image href='data:image/png;base64,AA=='/>", "<text>script url(x)</text>"],
)  # fmt: skip
def test_an_ordinary_drawing_is_shown(inside: str):
    """What drawing programs write, references within the file included, is left alone."""
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert refuse_svg(doctype + SVG.format(inside).encode()) == ""


def test_active_files_do_not_reach_the_site(build: Build):
    """Neither as a picture nor as a download does a page bring a file to the site that a browser would run."""
    bodies = [
        "![x](bad.svg)",
        "![x](bad.*)",
        "{download}`bad.svg`",
        "{download}`a.html`",
        "[x](a.html)",
        "![x](a.html)",
        "```{figure} bad.svg\n```",
    ]
    for n, body in enumerate(bodies):
        files = {f"docs/{NAME}.md": page(body=body), "docs/evidence/bad.svg": SVG.format("<script>ran(1)</script>")}
        built = build(files | {"docs/evidence/a.html": "<script>ran(1)</script>"}, folder=str(n))
        assert ["active-file" in warning for warning in built.warnings] == [True], body
        assert not [name for name, data in built.files().items() if b"<script>ran(1)" in data]


STOPPING = {
    "emphasis": "*" * 5000 + "a" + "*" * 5000,
    "directives": "".join("`" * (3 + n) + "{note}\n" for n in reversed(range(150))),
    "itself": "```{include} itself.md\n```",
    "filter": "```{bibliography}\n:filter: " + "not " * 2000 + "True\n```",
    "style": "```{bibliography}\n:style: nosuch\n```",
    "lines": "```{code-block} python\n:emphasize-lines: 1-9999999999999\nx\n```",
    "tabs": "```{literalinclude} a.txt\n:tab-width: 999999999\n```",
    "width": "```{image} a.png\n:width: " + "9" * 5000 + "px\n```",
    "parser": "```{include} a.txt\n:parser: this\n```",
    "c++": "```{cpp:function} " + "a<" * 300 + ">" * 300 + " f()\n```",
    "large": "word " * 2_000_000,
    "quotes": ">" * 50_000 + " x",
    "brackets": "[" * 50_000,
    "columns": "```{hlist}\n:columns: 30000000\n- a\n```",
    "headings": "=\n" * 60_000,
    "twice": "```{include} twice0.txt\n```",
}
# each file includes the next one twice: the last of them a million times
TWICE = {f"docs/twice{n}.txt": f"```{{include}} twice{n + 1}.txt\n```\n\n" * 2 for n in range(20)} | {"docs/twice20.txt": "x\n"}


def test_no_page_stops_the_others(tmp_path):
    """Pages made to exhaust stack, memory or time warn, each for itself, and the rest of the site is whole."""
    files = {
        f"docs/{name.replace('+', 'p')}.md": f"---\norphan: true\n---\n\n# A page\n\n{text}\n" for name, text in STOPPING.items()
    }
    started = time.process_time()
    around = {"atlas.toml": 'guard = ["**"]\n', f"docs/{NAME}.md": page(), "docs/a.txt": "a\tb\n"}
    built = build_in(tmp_path)(files | around | TWICE)
    assert time.process_time() - started < 30
    assert "PEM required" in built.html(NAME)
    quiet = {"quotes", "brackets"}
    assert {name for name in STOPPING if not any(f"docs/{name.replace('+', 'p')}" in said for said in built.warnings)} <= quiet


SLOW = {
    "parentheses": "{cpp:expr}`" + "(" * 40 + "1" + ")" * 40 + "`",
    "wildcards": "```{toctree}\n:glob:\n\n" + "*a" * 25 + "Z\n```",
    "terms": "```{glossary}\n" + "a\n" * 20_000 + "  x\n```",
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW)
def test_a_page_that_takes_too_long_is_empty(tmp_path, monkeypatch, body: str):
    """What keeps the processor busy for hours, in Python or in a regular expression, ends after the time for a page."""
    monkeypatch.setattr(limits, "MAX_SECONDS", 1)
    files = {
        "atlas.toml": 'guard = ["**"]\n',
        f"docs/{NAME}.md": page(),
        "docs/slow.md": f"---\norphan: true\n---\n\n# A page\n\n{body}\n",
    }
    built = build_in(tmp_path)(files | {f"docs/{'a' * 46}.md": "---\norphan: true\n---\n\n# Another\n"})
    assert [warning for warning in built.warnings if "more than 1 seconds of processor time" in warning], built.warnings
    assert built.warnings[0].startswith("docs/slow.md:1: WARNING:")
    assert "PEM required" in built.html(NAME)
    assert "A page" not in built.html("slow")


def test_time_is_bounded_only_while_a_page_is_read(monkeypatch):
    """The timer ends with the page, and leaves the handler of the signal that the program had."""
    before = signal.getsignal(signal.SIGVTALRM)
    with limits.bounded_time():
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_long_code_is_shown_in_one_colour(tmp_path):
    """Code for which colouring takes the square of its length is shown as it stands; short code keeps its colours."""
    bodies = {"long": "```{code-block} perl\n" + "s{" * 5_001 + "\n```", "short": "```{code-block} perl\nprint 1;\n```"}
    files = {f"docs/{name}.md": f"---\norphan: true\n---\n\n# A page\n\n{body}\n" for name, body in bodies.items()}
    built = build_in(tmp_path)(files | {"atlas.toml": 'guard = ["**"]\n', f"docs/{NAME}.md": page()})
    assert "s{" * 5_001 in built.html("long")
    assert "<span" in built.html("short").partition("highlight-perl")[2].partition("</pre>")[0]


def test_a_page_as_large_as_allowed_is_read():
    """A page at the bound is read, and one a character longer is not."""
    assert limits.too_large("x" * limits.MAX_CHARACTERS) == ""
    assert "500,001 characters" in limits.too_large("x" * (limits.MAX_CHARACTERS + 1))
