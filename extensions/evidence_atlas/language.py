"""What readers are told, in the language of the site: the catalogue of the atlas's own words, numbers, days and lists.

English is the source. What is data (records, digests, exports, the citation of a paper) stays in it, and so do the
messages for those who write pages. A project adds a language, or words of its own, in a folder of ``locale_dirs``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sphinx import locale

import evidence_atlas
from evidence_atlas.core.policy import Badge, Definition, Design, Level, Policy
from evidence_atlas.core.record import Record
from evidence_atlas.core.references import UNDATED
from evidence_atlas.core.verdict import Verdict, english_list, verdict

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

CATALOG = "evidence_atlas"
FOLDER = Path(__file__).with_name("locale")
SCRIPT = "atlas-words.js"
SOURCE = "en"
N_ = str  # marks words for the catalogue; they are translated where they are shown
_Row = TypeVar("_Row", Badge, Definition, Design, Level)


def _(message: str) -> str:
    """Return words in the language of the site; those that its catalogue does not have as they are."""
    return locale.get_translator(CATALOG).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of words that goes with a number.

    Args:
        one: The words for one thing, in English.
        many: The words for several, in English.
        number: The number.
    """
    return locale.get_translator(CATALOG).ngettext(one, many, number)


def language() -> str:
    """Return the language of the words, which is English where the site's language has no catalogue."""
    return locale.get_translator(CATALOG).info().get("language") or SOURCE


@contextmanager
def spoken(tag: str, folders: Sequence[Path] = ()) -> Iterator[None]:
    """Speak a language where no build runs.

    Args:
        tag: The language as HTML names it (``pt-BR``).
        folders: Where an atlas keeps words of its own (``locale_dirs``); they come first.
    """
    key = ("general", CATALOG)
    before = locale.translators.pop(key, None)
    try:
        for folder in [*folders, FOLDER]:
            locale.init([str(folder)], tag.replace("-", "_"), CATALOG)
        yield
    finally:
        locale.translators.pop(key, None)
        if before is not None:
            locale.translators[key] = before


def number(value: int) -> str:
    """Return a number with the marks between its digits that readers expect."""
    if language() == SOURCE:
        return f"{value:,}"
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language())


def day(date: dt.date | str) -> str:
    """Return a day as readers write it; in English as ISO 8601 has it.

    Args:
        date: A day, or as much of it as is known (``2011-12``).
    """
    known = [int(part) for part in str(date).split("-")]
    if language() == SOURCE or len(known) == 1:
        return str(date)
    from babel.dates import format_date, format_skeleton

    whole = dt.date(*[*known, 1][:3])
    if len(known) == 2:  # noqa: PLR2004  (a year and a month)
        return str(format_skeleton("yMMMM", whole, locale=language()))
    return format_date(whole, "long", locale=language())


def long_day(date: dt.date) -> str:
    """Return a day as print has it, with the name of the month."""
    from babel.dates import format_date

    return format_date(date, "d MMMM y" if language() == SOURCE else "long", locale=language())


def several(names: Sequence[str]) -> str:
    """Return names as a list within a sentence."""
    if language() == SOURCE:
        return english_list(names)
    from babel.lists import format_list

    return format_list(names, locale=language())


def capital(words: str) -> str:
    """Return words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def translated(policy: Policy, say: Callable[[str], str]) -> Policy:
    """Return a policy with other words for readers; its ids, rules and sources stay.

    Args:
        policy: The policy.
        say: Gives the words in place of others.
    """

    def row(each: _Row) -> _Row:
        prose = {name: getattr(each, name, "") for name in ("label", "meaning", "name", "note")}
        shown: dict[str, Any] = {name: say(words) for name, words in prose.items() if words}
        return replace(each, **shown)

    def words(table: dict[str, str]) -> dict[str, str]:
        return {key: say(value) if value else value for key, value in table.items()}

    return replace(
        policy,
        title=say(policy.title),
        badge={key: row(each) for key, each in policy.badge.items()},
        text=words(policy.text),
        phrase=words(policy.phrase),
        definition={key: row(each) for key, each in policy.definition.items()},
        level={key: row(each) for key, each in policy.level.items()},
        design={key: row(each) for key, each in policy.design.items()},
        context=words(policy.context),
        read=words(policy.read),
        role=words(policy.role),
        joined={key: say(value) for key, value in policy.joined.items()},
        topic=words(policy.topic),
    )


def in_words(policy: Policy) -> Policy:
    """Return a policy in the language of the site, as far as the catalogue has its words."""
    return policy if language() == SOURCE else translated(policy, _)


def shown_verdict(record: Record, policy: Policy) -> Verdict:
    """Return a verdict as readers see it.

    Args:
        record: A record that was validated against the policy.
        policy: The policy in the language of the site.
    """
    return verdict(record, policy, several)


def shown_year(year: str) -> str:
    """Return a year, or what stands for it, as readers see it."""
    return _("undated") if year == UNDATED else year


def load_words(app: Sphinx, config: Config) -> None:
    """Load the catalogue of the site's language; the project's own words come first.

    Sphinx keeps catalogues for all builds of a process, so those of a build before this one are dropped.
    """
    locale.translators.pop(("general", CATALOG), None)
    for folder in _folders(app, config):
        app.add_message_catalog(CATALOG, str(folder))


def _folders(app: Sphinx, config: Config) -> list[Path]:
    return [*(Path(app.confdir, name) for name in config.locale_dirs), FOLDER]


def add_script(app: Sphinx) -> None:
    """Let a site's pages load the words of its scripts, where its language has a catalogue."""
    files = [folder / language() / "LC_MESSAGES" / SCRIPT for folder in _folders(app, app.config)]
    words = next((file for file in files if file.is_file()), None)
    if app.builder.format == "html" and words:
        app.config.html_static_path.insert(0, str(words))
        app.add_js_file(SCRIPT, loading_method="defer", priority=400)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the catalogue."""
    app.connect("config-inited", load_words, priority=150)  # before others use words
    app.connect("builder-inited", add_script)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
