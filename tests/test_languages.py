"""The atlas's own words in the language of the site."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import re
import string
from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest

from conftest import BIB, Build, Built, build_in, page
from evidence_atlas.language import CATALOG, FOLDER, SCRIPT
from pdf_project import text as pdf_text

ROOT = Path(__file__).parents[1]
ALPHA = "evidence/alpha-2020-rest"
CONF = """
project = "Test atlas"
extensions = ["evidence_atlas"]
html_theme = "evidence_atlas"
"""
FILES = {
    "docs/conf.py": CONF,
    "references.bib": BIB.replace("Journal of ", "Zeitschrift ").replace("{Reviews}", "{Zeitschrift}"),
    "atlas.toml": 'name = "Zettel"\nbase-url = "https://atlas.example.org"\ncontact = "mail@example.org"\nhow-it-works = "how"\npdf = true\n',
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", date = 2022-05-03, doi = "10.5555/notice.1" }]\n',
    "docs/index.md": "# Z\n\n```{search-field}\n```\n\n{evidence}`alpha2020trial`\n\n```{toctree}\nevidence/index\nbrowse\nhow\nworks\n```\n",
    "docs/how.md": "# Z0\n\n```{evidence-policy}\n```\n\n```{evidence-coverage}\n```\n",
    "docs/browse.md": "# Z1\n\n```{evidence-browse}\n```\n",
    "docs/works.md": "# Z2\n\n```{evidence-references}\n```\n",
    "docs/definitions.md": "---\norphan: true\n---\n\n# Z4\n\n```{case-definitions}\n```\n",
    "docs/evidence/index.md": "# Z3\n\n```{evidence-table}\n:columns: author, title, pem, level, design, context, outcome, notice, participants\n```\n",
    f"docs/{ALPHA}.md": page(
        criteria="[{id: ccc-2003, role: inclusion}, {id: icc-2011, role: inclusion}]",
        joined="all",
        participants="{cases: 1200, controls: 1}",
        outcome="{primary: Z, direction: no-difference}",
        body="Z. {cite}`delta2019review`\n\n## Z\n\nZ.",
        summary="Z.",
        review="{by: editor, date: 2026-11-22}",
        parts="```{pem-badge}\n```\n\n```{limitations}\nZ.\n```",
    ).replace("# Rest made no difference", "# Z5"),
    "docs/evidence/gamma-2021-cohort.md": page(
        "gamma2021cohort",
        body="Z.",
        parts="```{pem-badge}\n```\n\n```{limitations}\n```",
        summary="Z.",
        criteria="[]",
        topics="[sleep, pain]",
    ).replace("# Rest made no difference", "# Z6"),
}
MAY_STAND = {"Journal", "Post-exertional malaise"}  # in sources of case definitions, and in their words as quoted


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The program that collects and compiles the words."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """One project in three languages; German last, since Sphinx keeps catalogues for all builds of a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        builds: dict[str, Build] = {name: build_in(tmp_path_factory.mktemp(name)) for name in ("de", "en", "ar")}
        return {name: build(FILES, language=name) for name, build in builds.items()}


def words_of(machine: bytes) -> dict[object, str]:
    """Return the words of a compiled catalogue, without its head, which names the version of Babel."""
    words: dict[object, str] = dict(GNUTranslations(io.BytesIO(machine))._catalog)
    del words[""]
    return words


def placeholders(words: str) -> list[str]:
    return sorted(name for _text, name, _spec, _how in string.Formatter().parse(words) if name is not None)


def test_the_template_holds_all_words(tool: ModuleType):
    """The template of translations holds every word for readers that stands in the sources now, and no other."""
    kept, now = (
        {(message.id, tuple(file for file, _line in message.locations)) for message in catalog if message.id}
        for catalog in (tool.read(tool.POT), tool.collected())
    )
    assert kept == now, "run nox -s messages"


def test_no_words_hide_from_the_template(tool: ModuleType):
    """Words inside an f-string are collected by Python 3.12 alone, so there are none: the template is the same everywhere."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in tool.SOURCES.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in tool.KEYWORDS
        and any(isinstance(word, ast.Constant) for word in call.args)
    ]
    assert hidden == []


def test_german_is_complete(tool: ModuleType):
    """German has every message, with the same blanks as in English, and what is compiled is what stands in its file."""
    path = FOLDER / "de" / "LC_MESSAGES" / f"{CATALOG}.po"
    german, template = tool.read(path, "de"), tool.collected()
    assert {message.id for message in template} == {message.id for message in german}
    assert tool.untranslated(german) == []
    for message in german:
        english = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        said = message.string if message.pluralizable else (message.string,)
        for form in said if message.id else ():
            assert set(placeholders(form)) <= set(placeholders(english[-1])), form
            assert message.pluralizable or placeholders(form) == placeholders(english[0]), form
    machine, script = tool.compiled(german)
    assert words_of(path.with_suffix(".mo").read_bytes()) == words_of(machine)
    assert path.with_name(SCRIPT).read_text(encoding="utf-8") == script


@pytest.fixture(scope="module")
def find_english(tool: ModuleType) -> Callable[[str], list[tuple[str, str]]]:
    """Find the English messages whose German is another in a text; return each with what is there of it."""
    wanted = []
    for message in tool.read(FOLDER / "de" / "LC_MESSAGES" / f"{CATALOG}.po", "de"):
        ids = message.id if message.pluralizable else (message.id,)
        said = message.string if message.pluralizable else (message.string,)
        for words in ids if message.id else ():
            plain = re.sub(r"\{\w*\}", "", words).strip(" .:,;()")
            if words in said or len(plain) < 6 or plain in MAY_STAND:
                continue
            line = " ".join(words.split())
            pattern = re.sub(r"\\\{\w*\\\}", ".{1,80}?", re.escape(line))
            piece = max(re.split(r"\{\w*\}", line), key=len)  # which a text can be asked for much sooner
            wanted.append((words, piece, re.compile(rf"(?<![\w-]){pattern}(?![\w-])")))
    return lambda text: [(words, hit[0]) for words, piece, row in wanted if piece in text and (hit := row.search(text))]


def shown_text(html: str) -> str:
    """Return what a reader sees or hears of a page: text and labels, without code, scripts and the citation of papers."""
    html = re.sub(r'<p class="atlas-citation".*?</p>|<head>.*?</head>|<(script|pre|code)\b.*?</\1>', " ", html, flags=re.DOTALL)
    labels = re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', html)
    return " ".join(re.sub(r"<[^>]*>", " ", f"{html} {' . '.join(labels)}").split())


def test_no_english_is_left_on_a_german_site(built: dict[str, Built], find_english: Callable[[str], list[tuple[str, str]]]):
    """On a German site, no page shows an English message of the atlas: papers, lists, search, 404."""
    site = built["de"]
    assert site.warnings == built["en"].warnings
    assert len(find_english(shown_text(built["en"].html(ALPHA)))) > 20
    left: dict[str, list[str]] = {}
    for path in sorted(site.out.rglob("*.html")):
        if path.parent.name == "atlas-terms":
            continue  # terms for programs
        if hits := find_english(shown_text(path.read_text(encoding="utf-8"))):
            left[path.relative_to(site.out).as_posix()] = hits
    assert left == {}


def test_german_words_dates_and_numbers(built: dict[str, Built]):
    """Badge, reason, numbers and days are German on a German page; its scripts get their words before they run."""
    html = built["de"].html(ALPHA)
    assert "PEM erforderlich" in html
    assert "Teilnehmen konnte nur, wer alle folgenden Definitionen erfüllte: CCC 2003 und ICC 2011." in html
    assert "1.200 Erkrankte, 1 Kontrollperson" in html
    assert "22. November 2026" in html
    assert "Was es nicht beweist" in html
    assert html.index(SCRIPT) < html.index("_static/atlas.js")
    words = (built["de"].out / "_static" / SCRIPT).read_text(encoding="utf-8")
    assert '"Copied": "Kopiert"' in words
    assert "translations.js" not in html
    assert not (built["en"].out / "_static" / SCRIPT).exists()
    assert SCRIPT not in built["en"].html(ALPHA)


def test_data_stays_in_english(built: dict[str, Built]):
    """Record, digest, exports and the citation of the paper are the same to the byte in every language."""
    english, german = built["en"].files(), built["de"].files()
    data = [name for name in english if name.endswith((".bib", ".ris", ".csl.json", "record.json", "coverage.json", "atlas.csv"))]
    assert f"{ALPHA}/record.json" in data
    assert json.loads(german[f"{ALPHA}/record.json"])["badge"] == "PEM required"
    assert [name for name in data if english[name] != german.get(name)] == []
    assert german.keys() - english.keys() >= {f"_static/{SCRIPT}"}


def test_a_language_without_a_catalogue_is_english(built: dict[str, Built]):
    """A site in a language that has no catalogue shows English words, in the direction of its own script."""
    html = built["ar"].html(ALPHA)
    assert '<html lang="ar" dir="rtl"' in html
    assert "What it does not prove" in html
    assert "PEM required" in html


def test_a_project_brings_its_own_words(build: Build, tool: ModuleType):
    """A catalogue in the project's ``locale_dirs`` comes before the package's, and words of its own policy are as they are."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(locale="de")
    catalog.add("At a glance", "Kurz und knapp")
    machine, _script = tool.compiled(catalog)
    made = build(FILES | {"docs/locale/keep": ""})
    folder = made.source / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{CATALOG}.mo").write_bytes(machine)
    html = build(language="de", locale_dirs=["locale"]).html(ALPHA)
    assert "Kurz und knapp" in html
    assert "Was es nicht beweist" in html


def test_german_pdf(tmp_path: Path, find_english: Callable[[str], list[tuple[str, str]]]):
    """The PDFs of a German atlas, page and volume, hold no English message of the atlas."""
    made = build_in(tmp_path)(FILES, builder="typst", language="de")
    for path in made.out.glob("*.pdf"):
        assert find_english(pdf_text(path)) == [], path.name
    assert "Wie dieser Band zu lesen ist" in " ".join(pdf_text(path) for path in made.out.glob("*.pdf"))
