"""The page "what changed since the version you cited": its content, in the frame that the newest release brings."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

from evidence_atlas.core.notices import KINDS
from evidence_atlas.language import N_, _, capital, day
from evidence_atlas.snapshot.diff import BadgeChange, Cause, Difference, FieldChange, PageChange
from evidence_atlas.snapshot.diff_formats import in_words, summary
from evidence_atlas.snapshot.readings import Versions
from evidence_atlas.snapshot.version_links import CONTENT_BLANK, VERSION_BLANK

if TYPE_CHECKING:
    from jinja2 import Template

ROOT = "../../../"  # from changes/since/<version>/
_CAUSES: dict[Cause, str] = {
    "text": N_("the text"),
    "data": N_("the data of the paper or of the page"),
    "policy": N_("the rules of the badge"),
}
_BADGES: dict[tuple[Cause, ...], str] = {
    ("data",): N_("Badge (the data changed)"),
    ("policy",): N_("Badge (the rules changed)"),
    ("data", "policy"): N_("Badge (the data changed or the rules changed)"),
}
_FIELDS = {
    "title": N_("Title"),
    "notices": N_("Notices"),
    "record.summary": N_("Summary"),
    "record.read": N_("Written from"),
    "record.design": N_("Kind of study"),
    "record.context": N_("Studied in"),
    "record.level": N_("Level"),
    "record.topics": N_("Topics"),
    "record.criteria": N_("Case definitions"),
    "record.participants": N_("Participants"),
    "record.review": N_("Reviewed by a person"),
    "record.drafted": N_("Drafted by"),
    "reference.title": N_("Paper: title"),
    "reference.authors": N_("Paper: authors"),
    "reference.journal": N_("Paper: journal"),
    "reference.year": N_("Paper: year"),
    "reference.doi": N_("Paper: DOI"),
}
_OF_PAPER = N_("Paper: {name}")


def changes_page(frame: str, difference: Difference) -> str:
    """Return the page as HTML.

    Args:
        frame: The page without its content, as the build of the newest release made it.
        difference: The version that was cited, and the newest one.
    """
    content = _template().render(
        root=ROOT,
        old=difference.old,
        new=difference.new,
        summary=summary(difference),
        withdrawn=difference.withdrawn,
        changed=difference.of("changed"),
        added=difference.of("added"),
        removed=difference.of("removed"),
        unchanged=difference.unchanged,
    )
    return frame.replace(VERSION_BLANK, escape(difference.old.atlas)).replace(CONTENT_BLANK, content)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined)
    environment.globals |= {"_": _, "capital": capital, "in_words": in_words, "name_of": _name_of, "causes": _causes}
    environment.globals |= {"badge_of": _badge_of, "notice_label": _notice_label, "version": _version}
    return environment.get_template("changes.html")


def _name_of(field: FieldChange) -> str:
    """Return what readers call a field; one that has no words is called by its key."""
    if field.name in _FIELDS:
        return _(_FIELDS[field.name])
    part, _dot, name = field.name.partition(".")
    key = (name or part).replace("-", " ").replace(".", ", ")
    return _(_OF_PAPER).format(name=key) if part == "reference" else capital(key)


def _causes(change: PageChange) -> str:
    return ", ".join(_(_CAUSES[cause]) for cause in change.causes)


def _badge_of(change: BadgeChange) -> str:
    return _(_BADGES[change.causes])


def _notice_label(notice: dict[str, str]) -> str:
    label = KINDS[notice["kind"]]
    return _(label)


def _version(made: Versions) -> str:
    words = _("version {version} of {date}") if made.date else _("version {version}")
    return words.format(version=made.atlas, date=day(made.date) if made.date else "")
