"""The page "what changed since the version you cited": its content, in the frame that the newest release brings."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING

from evidence_atlas.core.notices import KINDS
from evidence_atlas.snapshot.diff import Cause, Difference, FieldChange, PageChange
from evidence_atlas.snapshot.diff_formats import in_words, summary
from evidence_atlas.snapshot.version_links import CONTENT_BLANK, VERSION_BLANK

if TYPE_CHECKING:
    from jinja2 import Template

ROOT = "../../../"  # from changes/since/<version>/
_CAUSES: dict[Cause, str] = {
    "text": "the text",
    "data": "the data of the paper or of the page",
    "policy": "the rules of the badge",
}
_REASONS: dict[Cause, str] = {"text": "the text", "data": "the data changed", "policy": "the rules changed"}
_PARTS = {"record": "", "reference": "Paper: "}


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
    environment.globals |= {"in_words": in_words, "name_of": _name_of, "causes": _causes, "notice_label": _notice_label}
    environment.globals["reasons"] = lambda causes: " or ".join(_REASONS[cause] for cause in causes)
    return environment.get_template("changes.html")


def _name_of(field: FieldChange) -> str:
    part, _dot, name = field.name.partition(".")
    words = f"{_PARTS.get(part, '')}{(name or part).replace('-', ' ').replace('.', ', ')}"
    return words[:1].upper() + words[1:]


def _causes(change: PageChange) -> str:
    return ", ".join(_CAUSES[cause] for cause in change.causes)


def _notice_label(notice: dict[str, str]) -> str:
    return KINDS[notice["kind"]]
