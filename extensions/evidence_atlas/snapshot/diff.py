"""What changed between two versions of an atlas: page by page, and whether the text, the data or the policy did it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal, get_args

from evidence_atlas.core.notices import WITHDRAWING
from evidence_atlas.snapshot.readings import Page, Version, Versions

Cause = Literal["text", "data", "policy"]
Kind = Literal["changed", "added", "removed"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?])[ \n]+|(?<=[。！？])")
# what of a criterion the badge rests on; the rest says where it was read
_DECIDES = ("id", "role", "pem")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that differs.

    Attributes:
        name: Where it stands in ``record.json``, such as ``record.level``.
        before: The value, or of two lists what only the old one has.
        after: The value, or of two lists what only the new one has.
        cause: What it belongs to.
    """

    name: str
    before: Any
    after: Any
    cause: Cause


@dataclass(frozen=True, slots=True)
class TextChange:
    """Sentences that stand in place of others.

    Attributes:
        before: Sentences of the old text; empty where the new ones were added.
        after: Sentences of the new text; empty where the old ones were removed.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadgeChange:
    """A badge that says something else.

    Attributes:
        before: The words of the badge, and its reason.
        after: The same in the new version.
        flips: Whether the state is another; else only words are.
        causes: Data, where what it rests on was changed; policy, where it may be the rules; both, where it can be either.
    """

    before: tuple[str, str]
    after: tuple[str, str]
    flips: bool
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that was added, removed or changed.

    Attributes:
        docname: The page in the new version; in the old one where it was removed.
        title: Its title there.
        kind: What happened to it.
        withdrawn: The notice by which the paper was retracted, withdrawn or removed since; ``None`` where there is none.
        badge: How the badge changed, if it did.
        fields: The values that differ, in the order of the file.
        text: The sentences that differ, in the order of the text.
        moved: Sentences that only stand elsewhere.
        causes: What made the page another: text, data, policy.
        former: The page in the old version, where its file was renamed.
    """

    docname: str
    title: str
    kind: Kind
    withdrawn: dict[str, Any] | None = None
    badge: BadgeChange | None = None
    fields: tuple[FieldChange, ...] = ()
    text: tuple[TextChange, ...] = ()
    moved: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    former: str = ""

    @property
    def slug(self) -> str:
        """The last part of the page's address; of a renamed page that of the old version, which its old pages name."""
        return (self.former or self.docname).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions compared.

    Attributes:
        old: Of what the old version was made.
        new: Of what the new one was made.
        changes: The pages that differ, by docname.
        unchanged: Docname and title of the others.
    """

    old: Versions
    new: Versions
    changes: tuple[PageChange, ...]
    unchanged: tuple[tuple[str, str], ...] = field(repr=False)

    def of(self, kind: Kind) -> list[PageChange]:
        """Return the pages to which one thing happened."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def withdrawn(self) -> list[PageChange]:
        """The pages whose papers were retracted, withdrawn or removed since."""
        return [change for change in self.changes if change.withdrawn]


def compare(old: Version, new: Version) -> Difference:
    """Compare two versions page by page.

    A page is the same page where its address is, or where the address is gone and another page is of its paper.
    """
    renamed = _renamed(old, new)
    changes: list[PageChange] = []
    unchanged: list[tuple[str, str]] = []
    for docname, page in new.pages.items():
        former = docname if docname in old.pages else renamed.get(docname, "")
        if not former:
            changes.append(PageChange(docname, page.title, "added"))
        elif former == docname and old.pages[former].content == page.content:
            unchanged.append((docname, page.title))
        else:
            changes.append(_changed(docname, former, old.pages[former], page))
    gone = old.pages.keys() - new.pages.keys() - set(renamed.values())
    changes += [PageChange(docname, old.pages[docname].title, "removed") for docname in gone]
    return Difference(old.made, new.made, tuple(sorted(changes, key=lambda change: change.docname)), tuple(unchanged))


def _renamed(old: Version, new: Version) -> dict[str, str]:
    """Return the pages whose address is new and whose paper is that of a page that is gone."""
    gone = {old.pages[docname].record.get("paper"): docname for docname in old.pages.keys() - new.pages.keys()}
    fresh = {docname: page.record.get("paper") for docname, page in new.pages.items() if docname not in old.pages}
    return {docname: gone[paper] for docname, paper in fresh.items() if paper in gone}


def _changed(docname: str, former: str, old: Page, new: Page) -> PageChange:
    text, moved = compare_text(old.text.removeprefix(old.title), new.text.removeprefix(new.title))
    fields = [FieldChange("title", old.title, new.title, "text")] if old.title != new.title else []
    if old.text != new.text and not fields and not text and not moved:
        fields.append(FieldChange("text", "", "", "text"))  # line breaks and spaces
    fields += _field_changes("record", old.record, new.record)
    fields += _field_changes("reference", old.reference, new.reference)
    fields += _value_changes("notices", old.notices, new.notices)
    badge = _badge_change(old, new)
    causes = {change.cause for change in fields} | set(badge.causes if badge else ())
    causes |= {"text"} if text or moved else set()
    return PageChange(
        docname,
        new.title,
        "changed",
        withdrawn=_withdrawing_notice(old, new),
        badge=badge,
        fields=tuple(fields),
        text=text,
        moved=moved,
        causes=tuple(cause for cause in ("text", "data", "policy") if cause in causes),
        former=former if former != docname else "",
    )


def _withdrawing_notice(old: Page, new: Page) -> dict[str, Any] | None:
    if old.withdrawn:
        return None
    return next((notice for notice in new.notices if notice.get("kind") in WITHDRAWING), None)


def _badge_change(old: Page, new: Page) -> BadgeChange | None:
    if old.pem == new.pem:
        return None
    same_data = _rests_on(old) == _rests_on(new)
    same_policy = old.versions.policy == new.versions.policy
    # the same data under the same number: the rules were edited without a new number
    causes: tuple[Cause, ...] = ("policy",) if same_data else ("data",) if same_policy else ("data", "policy")
    before, after = (old.badge_words, old.pem.reason), (new.badge_words, new.pem.reason)
    return BadgeChange(before, after, old.pem.state != new.pem.state, causes)


def _rests_on(page: Page) -> Any:
    """Return what of a record decides its badge."""
    criteria = [{key: row.get(key) for key in _DECIDES} for row in page.record.get("criteria", [])]
    return criteria, page.record.get("joined"), page.record.get("design")


# ---------------------------------------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------------------------------------


def _field_changes(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[FieldChange]:
    """Yield the keys of two mappings whose values differ, in the order of the old one and then the new one."""
    for key in {**old, **new}:
        before, after, path = old.get(key), new.get(key), f"{name}.{key}"
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _field_changes(path, before, after)
        else:
            yield from _value_changes(path, before, after)


def _value_changes(name: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list):
        only_before, only_after = ([row for row in a if row not in b] for a, b in ((before, after), (after, before)))
        if only_before or only_after:  # else they differ in order alone, and are shown whole
            before, after = only_before, only_after
    yield FieldChange(name, before, after, "data")


# ---------------------------------------------------------------------------------------------------------
# Text
# ---------------------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each on one line.

    A point within a sentence, as in "et al.", parts it too; for a comparison the parts do as well.
    """
    parts = (part for paragraph in _PARAGRAPH.split(text) for part in _SENTENCE.split(paragraph))
    return [" ".join(part.split()) for part in parts if part.strip()]


def compare_text(old: str, new: str) -> tuple[tuple[TextChange, ...], tuple[str, ...]]:
    """Compare two texts by their sentences.

    Returns:
        What was changed, and the sentences that only stand elsewhere.
    """
    if old == new:
        return (), ()
    before, after = sentences(old), sentences(new)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    pairs = [(before[a:b], after[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]
    moved = Counter(s for one, _other in pairs for s in one) & Counter(s for _one, other in pairs for s in other)
    gone, come = moved.copy(), moved.copy()
    changes = [TextChange(_without(one, gone), _without(other, come)) for one, other in pairs]
    return tuple(change for change in changes if change.before or change.after), tuple(moved.elements())


def _without(found: Sequence[str], moved: Counter[str]) -> tuple[str, ...]:
    """Return the sentences that did not only move; each that did is counted off."""
    kept = []
    for sentence in found:
        if moved[sentence] > 0:
            moved[sentence] -= 1
        else:
            kept.append(sentence)
    return tuple(kept)
