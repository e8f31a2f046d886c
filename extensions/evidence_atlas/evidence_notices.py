"""The directive ``evidence-notices``: every work of the bibliography about which there is a notice, and who was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.notice_checks import SOURCES
from evidence_atlas.core.notices import KINDS, Notice
from evidence_atlas.fields import NOTICES
from evidence_atlas.language import N_, _, day, ngettext, number
from evidence_atlas.nodeset import bullet_list, container, heading, link, paragraph, text
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

_GROUPS = {
    "withdrawn": N_("Taken back"),
    "concern": N_("Expressions of concern"),
    "correction": N_("Corrections and errata"),
}


class NoticesIndex(WriteTime):
    """Works under notice, the gravest first; before them, of how many works anything is known."""

    def shows_everything(self) -> bool:
        """It does: any work may be taken back."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return the counts and the lists."""
        atlas = writing.atlas
        said = [*checked(atlas)]
        keys = sorted(atlas.under_notice, key=lambda key: _place(key, atlas))
        groups: dict[str, list[str]] = {name: [] for name in _GROUPS}
        for key in keys:
            groups[atlas.notices_of(key)[0].grade].append(key)
        blocks: list[nodes.Node] = [paragraph(sentence) for sentence in said]
        for name, title in _GROUPS.items():
            if groups[name]:
                rows = [_work(key, writing) for key in groups[name]]
                blocks.append(container(heading(_(title)), _listed(rows), classes=["atlas-notices"]))
        if not keys:
            blocks.append(paragraph(_("No notice about a work of the bibliography is known here.")))
        return blocks


def checked(atlas: Atlas) -> Iterable[str]:
    """Yield sentences: of how many works it is known whether there are notices, from whom, and since when."""
    names = [ids.name for ids in atlas.bibliography.identifiers.values()]
    checks = [atlas.checks.get(name, ()) for name in names]
    known = sum(any(check.known for check in each) for each in checks)
    if known:
        said = ngettext(
            "Of {all} work in the bibliography, {known} was checked for notices. Of the others it is not known.",
            "Of {all} works in the bibliography, {known} were checked for notices. Of the others it is not known.",
            len(names),
        )
        yield said.format(all=number(len(names)), known=number(known))
    else:
        said = ngettext(
            "The bibliography has {all} work. No source has told yet whether there are notices about it.",
            "The bibliography has {all} works. No source has told yet about which of them there are notices.",
            len(names),
        )
        yield said.format(all=number(len(names)))
        if atlas.under_notice:
            yield _("What stands below was entered by hand.")
    for source, name in SOURCES.items():
        answers = [check for each in checks for check in each if check.source == source]
        if answers:
            yield _answers(name, Counter(check.answer for check in answers), sorted({check.asked for check in answers}))


def _answers(source: str, counts: Counter[str], days: Sequence[str]) -> str:
    said = (
        _("{source}, asked on {first}: {notices} with notices, {none} without, {absent} not held, {failed} without an answer.")
        if len(days) == 1
        else _(
            "{source}, asked between {first} and {last}: "
            "{notices} with notices, {none} without, {absent} not held, {failed} without an answer."
        )
    )
    numbers = {name: number(counts[name]) for name in ("notices", "none", "absent", "failed")}
    return said.format(source=source, first=day(days[0]), last=day(days[-1]), **numbers)


def _place(key: str, atlas: Atlas) -> tuple[int, str, str]:
    notice, work = atlas.notices_of(key)[0], atlas.bibliography[key]
    return list(KINDS).index(notice.kind), "".join(name.sorted_form for name in work.authors[:1]).casefold(), key


def _work(key: str, writing: Writing) -> list[nodes.Node]:
    """Return a work under notice: what it is, its page here, and each notice."""
    atlas, page = writing.atlas, writing.paper(key)
    work = atlas.bibliography[key]
    notices = atlas.notices_of(key)
    label = nodes.strong("", f"{_(notices[0].label)}.", classes=["atlas-mark-withdrawn"] * notices[0].withdraws)
    shown: nodes.Node = link(work.url, work.title) if work.url else text(work.title)
    about = ". ".join(part.rstrip(".") for part in (work.byline(), work.container, work.year or _("undated")) if part)
    end = "" if work.title.endswith(("?", "!")) else "."
    first: list[nodes.Node | str] = [label, " ", shown, f"{end} {about}."]
    if page:
        first += [" ", writing.document(page.docname, nodes.Text(_("Its page in this atlas"))), "."]
    return [paragraph(*first), bullet_list([_notice(notice) for notice in notices])]


def _notice(notice: Notice) -> list[nodes.Node | str]:
    facts = [_(NOTICES[notice.kind]), *([day(notice.date)] if notice.date else []), *([notice.issuer] if notice.issuer else [])]
    told: list[nodes.Node | str] = [", ".join(facts)]
    if notice.doi:
        told += [", ", link(f"https://doi.org/{notice.doi}", f"doi:{notice.doi}")]
    return [*told, f". {notice.reason}".rstrip() if notice.reason else "."]


def _listed(rows: Iterable[Sequence[nodes.Node]]) -> nodes.bullet_list:
    return nodes.bullet_list("", *(nodes.list_item("", *row) for row in rows), bullet="-")


class EvidenceNotices(SphinxDirective):
    """Shows the works about which there are retractions or other notices, and of how many works that is known."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = NoticesIndex(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("evidence-notices", EvidenceNotices)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
