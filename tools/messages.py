"""The message catalogues: collects the English words, brings each language up to date, and compiles it.

``nox -s messages`` runs this. Babel does the work; added are the words that stand in data files and in the template of
the PDFs, and the file with which scripts in a browser get theirs.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from evidence_atlas.core.coverage import REASONS
from evidence_atlas.core.notices import KINDS
from evidence_atlas.core.policy import BUILT_IN, built_in
from evidence_atlas.language import CATALOG, FOLDER, SCRIPT, translated
from evidence_atlas.pdf import template_words

SOURCES = FOLDER.parent
POT = FOLDER / f"{CATALOG}.pot"
PAGES = ("**/theme/evidence_atlas/**.html", "**/inbox/templates/**.html", "**/snapshot/**.html")
METHODS = [("preview/**", "ignore"), ("**.py", "python"), *((pages, "jinja2.ext:babel_extract") for pages in PAGES)]
SCRIPTS = [("preview/**", "ignore"), ("**.js", "javascript")]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "atlas_text": None}
SCRIPT_KEYWORDS = {"_": None, "ngettext": (1, 2), "say": None}
_UNSAID = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team', '"Generated-By', '"Project-Id')
HEADER = "# Words of Evidence Atlas for readers.\n# The licence of this file is that of the package.\n#"


def _in_data() -> Iterator[tuple[str, str]]:
    """Yield words that stand in data, each with its file."""
    found: list[str] = []

    def keep(words: str) -> str:
        found.append(words)
        return words

    translated(built_in(), keep)
    yield from ((BUILT_IN.relative_to(SOURCES).as_posix(), words) for words in found)
    yield from (("core/notices.py", words) for words in KINDS.values())
    yield from (("core/coverage.py", words) for words in REASONS.values())
    yield from (("pdf/template.typ", words) for words in template_words())


def collected() -> Catalog:
    """Return the catalogue of all English words, without lines and dates, which change for no reason of theirs."""
    catalog = Catalog(project=CATALOG, charset="utf-8", header_comment=HEADER, fuzzy=False)
    for methods, keywords in ((METHODS, KEYWORDS), (SCRIPTS, SCRIPT_KEYWORDS)):
        for file, _line, message, _comments, _context in extract_from_dir(SOURCES, methods, keywords=keywords):
            catalog.add(message, locations=[(file, None)], flags=[])
    for file, words in _in_data():
        catalog.add(words, locations=[(file, None)])
    for message in catalog:
        message.flags.clear()
        message.locations = sorted(set(message.locations))
    return catalog


def as_text(catalog: Catalog) -> str:
    """Return a catalogue as the text of its file."""
    written = io.BytesIO()
    write_po(written, catalog, sort_output=True, ignore_obsolete=True, omit_header=False, width=120)
    lines = written.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_UNSAID))


def read(path: Path, locale: str | None = None) -> Catalog:
    """Return the catalogue of a file."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def compiled(catalog: Catalog) -> tuple[bytes, str]:
    """Return a catalogue for Python, and the words of the scripts for a browser.

    Where a number decides, a browser is given a form for each category of the Unicode CLDR, as ``Intl.PluralRules``
    names them; which form of the catalogue that is, the first number of the category tells.
    """
    machine = io.BytesIO()
    catalog.creation_date = catalog.revision_date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # the same file always gives the same
    write_mo(machine, catalog)
    words: dict[str, object] = {}
    categories = _categories(Locale.parse(str(catalog.locale)), catalog.plural_expr)
    for message in catalog:
        if not message.id or not any(file.endswith(".js") for file, _line in message.locations):
            continue
        if message.pluralizable:
            words[message.id[0]] = {name: message.string[form] for name, form in categories.items()}
        else:
            words[message.id] = message.string
    return machine.getvalue(), f"globalThis.atlasWords = {json.dumps(words, ensure_ascii=False, indent=1, sort_keys=True)};\n"


def _categories(locale: Locale, expression: str) -> dict[str, int]:
    from gettext import c2py  # type: ignore[attr-defined]

    form = c2py(expression)
    found: dict[str, int] = {}
    for number in range(200):
        found.setdefault(locale.plural_form(number), form(number))
    return found


def update() -> None:
    """Write the template; bring each language up to date with it, and compile it."""
    template = collected()
    POT.write_text(as_text(template), encoding="utf-8")
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{CATALOG}.po")):
        catalog = read(path, path.parents[1].name)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        path.write_text(as_text(catalog), encoding="utf-8")
        catalog = read(path, path.parents[1].name)
        machine, script = compiled(catalog)
        path.with_suffix(".mo").write_bytes(machine)
        path.with_name(SCRIPT).write_text(script, encoding="utf-8")
        print(f"{path.parents[1].name}: {len(catalog)} messages, {len(untranslated(catalog))} not translated")


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages of a catalogue that lack a form."""
    forms = ((message.id, message.string if message.pluralizable else (message.string,)) for message in catalog if message.id)
    return [str(words) for words, said in forms if not said or not all(said)]


def begin(language: str) -> None:
    """Make the file in which a language is translated, unless it is there."""
    path = FOLDER / language / "LC_MESSAGES" / f"{CATALOG}.po"
    if not path.exists():
        path.parent.mkdir(parents=True)
        catalog = Catalog(locale=language, project=CATALOG, charset="utf-8", fuzzy=False)
        path.write_text(as_text(catalog), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        begin(name)
    update()
