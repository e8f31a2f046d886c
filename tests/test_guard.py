"""Hostile pages: refused or neutralised with a located warning; nothing of them runs, reads the machine or hangs."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from conftest import Build, page

SECRET = "the-secret-of-this-machine"
NAME = "evidence/alpha-2020-rest"


def hostile(body: str, **more: str) -> dict[str, str]:
    """Return a project whose one evidence page holds the body; it begins on line 25."""
    return {f"docs/{NAME}.md": page(body=body), "secret.txt": SECRET, "docs/local.txt": "local text", **more}


BODY_LINE = page(body="@@").split("@@")[0].count("\n") + 1


def codes(warnings: list[str]) -> list[tuple[int, str]]:
    return [(int(w.split(":")[1]), re.findall(r"\[(atlas\.[\w-]+)\]$", w)[0]) for w in warnings]


MARKUP = [
    "<script>alert(1)</script>",
    "Text <img src=x onerror=alert(1)> text",
    '<div onmouseover="alert(1)">\n\nx\n\n</div>',
    "H<sub>2</sub>O",
    "```{raw} html\n<script>alert(1)</script>\n```",
    "```{eval-rst}\n.. raw:: html\n\n   <script>alert(1)</script>\n```",
    "```{eval-rst}\n.. role:: html(raw)\n   :format: html\n\n:html:`<script>alert(1)</script>`\n```",
    "````{note}\n```{raw} html\n<script>alert(1)</script>\n```\n````",
    "- list\n\n  <svg onload=alert(1)>",
    "> <iframe src=javascript:alert(1)>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "```{raw} latex\n\\input{/etc/passwd}\n```",
]


@pytest.mark.parametrize("body", MARKUP)
def test_raw_markup_is_text(build: Build, body: str):
    """Raw markup stays visible as text, with a warning at its place in the page."""
    built = build(hostile(body))
    assert {code for _line, code in codes(built.warnings)} == {"atlas.raw-html"}
    assert all(BODY_LINE <= line <= BODY_LINE + body.count("\n") for line, _code in codes(built.warnings))
    html = built.html(NAME)
    main = html[html.index("<h1>") : html.index("atlas-disclosure")]
    assert not re.search(r"<(script|img|iframe|svg|sub)\b|<[^>]*\son\w+=", main)
    wanted = re.search(r"alert\(1\)|&lt;sub&gt;|/etc/passwd", main)
    assert wanted, "what was refused can still be read"


@pytest.mark.parametrize(
    ("body", "scheme"),
    [
        ("[x](javascript:alert(1))", "javascript"),
        ("[x](JaVaScRiPt:alert(1))", "javascript"),
        ("[x](&#106;avascript:alert(1))", "javascript"),
        ("[x](file:///etc/passwd)", "file"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "data"),
        ("[x](vbscript:msgbox)", "vbscript"),
        ("<javascript:alert(1)>", "javascript"),
        ("[x][y]\n\n[y]: javascript:alert(1)", "javascript"),
        ("```{eval-rst}\n`x <javascript:alert(1)>`_\n```", "javascript"),
        ("```{button-link} javascript:alert(1)\n```", "javascript"),
        ("````{card}\n:link: javascript:alert(1)\nx\n````", "javascript"),
        ("```{image} local.png\n:target: javascript:alert(1)\n```", "javascript"),
    ],
)
def test_dangerous_links_keep_only_their_text(build: Build, body: str, scheme: str):
    """A link that can run code or reach the reader's machine is no link, and the page says where it stood."""
    built = build(hostile(body) | {"docs/evidence/local.png": ""})
    found = [w for w in built.warnings if "unsafe-link" in w]
    assert found, built.warnings
    assert f"'{scheme}:'" in found[0]
    assert BODY_LINE <= int(found[0].split(":")[1]) <= BODY_LINE + 2
    assert not re.search(rf"(href|src)\s*=\s*[\"']?\s*{scheme}", built.html(NAME), re.IGNORECASE)


@pytest.mark.parametrize(
    "body",
    [
        "```{include} ../../secret.txt\n```",
        "```{literalinclude} ../../secret.txt\n```",
        "```{literalinclude} ../local.txt\n:diff: ../../secret.txt\n```",
        "```{include} /../secret.txt\n```",
        "```{include} <../../../../../../../secret.txt>\n```",
        "```{csv-table}\n:file: ../../secret.txt\n```",
        "```{csv-table}\n:url: file:///etc/passwd\n```",
        "```{raw} html\n:file: ../../secret.txt\n```",
        "```{raw} html\n:url: file:///etc/passwd\n```",
        "{download}`x <../../secret.txt>`",
        "[x](../../secret.txt)",
        "![x](../../secret.png)",
        "```{image} ../../secret.png\n```",
        "```{figure} ../../secret.png\n```",
        "````{card}\n:img-top: ../../secret.png\nx\n````",
        "```{eval-rst}\n.. include:: ../../secret.txt\n```",
        "```{eval-rst}\n.. literalinclude:: ../../secret.txt\n```",
        "```{eval-rst}\n.. csv-table::\n   :file: ../../secret.txt\n```",
        "```{eval-rst}\n:download:`../../secret.txt`\n```",
        "```{include} linked.txt\n```",
        "{download}`linked.txt`",
    ],
)
def test_no_file_outside_the_sources_is_read(build: Build, tmp_path: Path, body: str):
    """Whatever names a file outside the sources, or a link to one, reads nothing and is warned of at its line."""
    files = hostile(body) | {"secret.png": SECRET, "docs/evidence/linked.txt": ""}
    build(files, folder="a")
    link = tmp_path / "a/docs/evidence/linked.txt"
    link.unlink()
    link.symlink_to(tmp_path / "a/secret.txt")
    (tmp_path / f"a/docs/{NAME}.md").write_text(page(body=body + "\n\nx"))
    built = build()
    assert [(line, code) for line, code in codes(built.warnings) if code == "atlas.file-access"], built.warnings
    assert all(BODY_LINE <= line <= BODY_LINE + 3 for line, _code in codes(built.warnings))
    assert [name for name, data in built.files().items() if SECRET.encode() in data or b"root:" in data] == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("```{include} ../local.txt\n```", "local text"),
        ("```{literalinclude} ../local.txt\n```", "local text"),
        ("```{literalinclude} /local.txt\n```", "local text"),
        ("```{csv-table}\n:file: ../local.txt\n```", "local text"),
        ("{download}`x <../local.txt>`", "_downloads/"),
        ("```{eval-rst}\n.. include:: ../local.txt\n```", "local text"),
    ],
)
def test_files_of_the_sources_are_read(build: Build, body: str, shown: str):
    """What lies among the sources can be included as anywhere in Sphinx."""
    built = build(hostile(body))
    assert built.warnings == []
    assert shown in re.sub(r"</?span[^>]*>", "", built.html(NAME))


def test_a_page_that_is_a_link_to_another_file_is_empty(build: Build, tmp_path: Path):
    """A page that is a symbolic link out of the sources is left empty, its target unread."""
    build(hostile("x"))
    (tmp_path / "a/docs/evidence/beta-2020-link.md").symlink_to(tmp_path / "a/secret.txt")
    built = build()
    assert built.warnings[0].startswith(
        "docs/evidence/beta-2020-link.md:1: WARNING: The page is a link to a file outside the sources"
    )
    assert [name for name, data in built.files().items() if SECRET.encode() in data] == []


def test_an_endless_file_does_not_hang_the_build(build: Build):
    """Including a device that never ends is refused before it is opened."""
    started = time.monotonic()
    built = build(hostile("```{include} ../../../../../../../../../../dev/zero\n```"))
    assert codes(built.warnings) == [(BODY_LINE, "atlas.file-access")]
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("front", "code"),
    [
        ("myst:\n  enable_extensions: [substitution, html_image]\n  substitutions: {x: '{{ 7*7 }}'}", "atlas.unknown-key"),
        ("substitutions:\n  x: '{{ env }}'", "atlas.unknown-key"),
        ("orphan: true", "atlas.unknown-key"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]", "atlas.front-matter"),
        ("x: !!python/object/apply:os.system [id]", "atlas.front-matter"),
        (f"x: {'y' * 30_000}", "atlas.front-matter"),
        ("x:\n  " + "- " * 3000 + "y", "atlas.front-matter"),
        ("pa\u202eper: x", "atlas.hidden-character"),
        ("x: a\x07b", "atlas.hidden-character"),
        ("'<script>alert(1)</script>': x", "atlas.unknown-key"),
    ],
)
def test_front_matter_switches_nothing_on(build: Build, front: str, code: str):
    """A page's front matter holds its record and no setting; what else stands there is warned of and does nothing."""
    source = page(body="{{ x }} and {{ 7*7 }} and <b>b</b>").replace("---\nevidence:", f"---\n{front}\nevidence:", 1)
    started = time.monotonic()
    built = build({f"docs/{NAME}.md": source})
    assert time.monotonic() - started < 10
    assert code in {c for _line, c in codes(built.warnings)}
    assert "{{ x }} and {{ 7*7 }}" in built.html(NAME)
    assert "<script>alert" not in built.html(NAME)


def test_page_settings_of_other_guarded_pages(build: Build):
    """On a guarded page that is of no paper, Sphinx's own page settings hold and MyST's are refused."""
    files = {
        "atlas.toml": 'guard = ["**"]\n',
        "docs/a.md": "---\norphan: true\n---\n\n# A\n",
        "docs/b.md": "---\norphan: true\nmyst:\n  enable_extensions: [substitution]\n  substitutions: {x: seven}\n---\n\n# B {{ x }}\n",
    }
    built = build(files)
    assert built.warnings[0].startswith("docs/b.md:3: WARNING: The front matter's 'myst' is not a page's to set")
    assert "B {{ x }}" in built.html("b")


def test_substitutions_of_the_project_run_no_template_of_a_guarded_page(build: Build):
    """Where the project has switched substitutions on, a guarded page's braces stay text."""
    built = build(hostile("a {{ 7*7 }} b"), myst_enable_extensions=["substitution"])
    assert codes(built.warnings) == [(BODY_LINE, "atlas.page-setting")]
    assert "49" not in built.html(NAME).split("<h1>")[1].split("Cite this")[0]


def test_unguarded_pages_are_left_alone(build: Build):
    """A project's own pages keep raw HTML and MyST's front matter: by default only evidence pages are guarded."""
    text = "---\nmyst:\n  enable_extensions: [dollarmath]\n---\n\n# Home\n\n<b id=mine>bold</b> $x$\n"
    built = build({"docs/index.md": text})
    assert built.warnings == []
    assert "<b id=mine>" in built.html("index")


@pytest.mark.parametrize(
    "formula", [r"\input{/etc/passwd}", r"\href{javascript:alert(1)}{x}", r"\catcode`\{=1", r"\write18{id}", r"\def\x{y}"]
)
def test_formulas_hold_no_commands(build: Build, formula: str):
    """TeX that reads, writes, links or redefines is shown as text."""
    built = build(hostile("{math}`" + formula + "`\n\n```{math}\n" + formula + "\n```"))
    assert {code for _line, code in codes(built.warnings)} == {"atlas.tex"}
    assert 'class="math' not in built.html(NAME)


def test_formulas_still_work(build: Build):
    """Ordinary TeX is left as it is."""
    built = build(hostile(r"{math}`\frac{1}{2} \alpha \text{rest}`"))
    assert built.warnings == []
    assert "<mfrac>" in built.html(NAME)


@pytest.mark.parametrize(
    "body", ["![x](https://evil.example/a.png)", "![x](//evil.example/a.png)", "```{image} http://evil.example/a.png\n```"]
)
def test_no_picture_of_another_host(build: Build, body: str):
    """A picture from another host would tell it who reads what: its text stands in its place."""
    built = build(hostile(body))
    assert codes(built.warnings) == [(BODY_LINE, "atlas.remote-image")]
    assert "<img" not in built.html(NAME)


def test_meta_refresh_is_refused(build: Build):
    """A page cannot send the reader elsewhere."""
    built = build(hostile("```{eval-rst}\n.. meta::\n   :http-equiv=refresh: 0;url=https://evil.example\n```"))
    assert {code for _line, code in codes(built.warnings)} == {"atlas.raw-html"}
    assert "http-equiv" not in built.html(NAME).replace('<meta http-equiv="X-UA', "")


def test_hidden_characters_in_the_text_are_named(build: Build):
    """A character that reorders what one sees is named with its line."""
    built = build(hostile("safe \u202etxet \u202e\u202e\n\nsafe \u202etxet"))
    said = "WARNING: The text holds a hidden character (RIGHT-TO-LEFT OVERRIDE); delete it. [atlas.hidden-character]"
    assert built.warnings == [f"docs/{NAME}.md:{line}: {said}" for line in (BODY_LINE, BODY_LINE + 2)]


def test_every_field_of_the_record_is_text(build: Build):
    """Markup in a record or a reference comes out as text, in every place that shows it."""
    evil = "<script>alert(1)</script>"
    bib = (
        f"@article{{evil2020, author = {{{evil}, A}}, title = {{{evil}}}, journal = {{{evil}}}, year = {{2020}}, "
        "doi = {10.5555/x}, url = {javascript:alert(1)}, note = {\\url{javascript:alert(2)}}}\n"
    )
    record = {"summary": f'"{evil}"', "harms": f'"{evil}"', "read": "secondary", "sources": f'["{evil}"]'}
    files = {
        "references.bib": bib,
        "atlas.toml": f'name = "{evil}"\n',
        "notices.toml": f'["10.5555/x"]\nnotices = [{{ kind = "erratum", reason = "{evil}", issuer = "{evil}" }}]\n',
        f"docs/{NAME}.md": page("evil2020", **record, body="{cite}`evil2020`").replace(
            "# Rest made", "# `<script>alert(1)</script>` made"
        ),
        "docs/index.md": "# Home\n\n```{evidence-table}\n:columns: title, author, journal\n```\n\n```{bibliography}\n```\n",
    }
    built = build(files)
    assert {code for _line, code in codes(built.warnings)} == {"atlas.unsafe-link"}
    for docname in ("index", NAME):
        assert "<script>alert" not in built.html(docname)
        assert "javascript:alert" not in built.html(docname)
