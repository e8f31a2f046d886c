"""Whether a paper was retracted, as far as somebody asked: the sentence near the end of its page."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from evidence_atlas.core.notice_checks import SOURCES, Check
from evidence_atlas.language import _, day, several


def status(checks: Iterable[Check], *, shown: bool) -> str:
    """Return who was asked about notices and what is known of them; where nobody knows, it says so and nothing more.

    Args:
        checks: Who was asked, and what the answer was.
        shown: Whether there are notices about the paper, which stand on its page.
    """
    asked = list(checks)
    known = [check for check in asked if check.known]
    if not known:
        beyond = _("Retractions and corrections: not known beyond the notices on this page.")
        said = [beyond if shown else _("Retractions and corrections: not known.")]
    elif any(check.answer == "notices" for check in known):
        told = _("Retractions and corrections: checked in {sources}; there are notices, which stand on this page.")
        kept = _("Retractions and corrections: checked in {sources}; a source reports a notice that is not taken over here.")
        said = [(told if shown else kept).format(sources=_named(known))]
    else:
        fine = _("Retractions and corrections: checked in {sources}; no notice was found.")
        own = _(
            "Retractions and corrections: checked in {sources}, which hold no notice; those on this page come from elsewhere."
        )
        said = [(own if shown else fine).format(sources=_named(known))]
    if not asked:
        said.append(_("No source was asked yet."))
    if absent := [check for check in asked if check.answer == "absent"]:
        said.append(_("Not held by {sources}.").format(sources=_named(absent)))
    if failed := [check for check in asked if check.answer == "failed"]:
        said.append(_("No answer from {sources}.").format(sources=_named(failed)))
    return " ".join(said)


def _named(checks: Iterable[Check]) -> str:
    """Return sources with the day on which they answered, which stands once where it is the same."""
    parts = []
    for asked, group in groupby(checks, key=lambda check: check.asked):
        names = several([SOURCES[check.source] for check in group])
        parts.append(_("{sources} ({date})").format(sources=names, date=day(asked)))
    return several(parts)
