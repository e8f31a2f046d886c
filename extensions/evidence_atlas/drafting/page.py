"""The text of a drafted page.

No sentence of the source stands in it but the words that name a case definition, since the rest is not ours to publish.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence_atlas.core.checker import TO_WRITE
from evidence_atlas.core.policy import Policy
from evidence_atlas.core.record import QUOTE_WORDS
from evidence_atlas.core.references import UNDATED
from evidence_atlas.criteria_finder import Mention, find
from evidence_atlas.drafting import PROGRAM, suggestions
from evidence_atlas.sources.bibliography import family, significant_words
from evidence_atlas.sources.work import Work

_SLUG_WORDS = 3

_PAGE = """\
---
evidence:
{record}
---

% Drawn up by {program} on {day} from {source}.
% Write in your own words. Delete each mark "To write" once it is done: the check reports those that stand.

# To write: a title of our own, in plain words

```{{pem-badge}}
```

```{{limitations}}
{limitations}
```

{short} {{cite}}`{key}`

## What was done and found

{findings}

## Why it matters for {field}

{why}

```{{cite-block}}
```

```{{contribute}}
```
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a page is drafted from.

    Attributes:
        work: The record of the paper.
        key: The paper's key in the bibliography.
        relations: Type and key of each relation to another paper of the bibliography.
        day: The day on which it is drafted.
    """

    work: Work
    key: str
    relations: Sequence[tuple[str, str]]
    day: dt.date


def stem(work: Work) -> str:
    """Return the name of a paper's page: surname, year and words of the title."""
    words = list(significant_words(work.title))[:_SLUG_WORDS] or ["paper"]
    return "-".join([family(work).removeprefix("the-"), work.year or UNDATED, *words])


def draft_page(draft: Draft, policy: Policy) -> str:
    """Return a page that states what the record supports, and marks what somebody has to write.

    Args:
        draft: What it is drafted from.
        policy: Says which words a record may hold.
    """
    design, _words = suggestions.design(draft.work, policy)
    has_outcome = bool(design) and policy.design[design].outcome == "required"
    text = _from_abstract(has_outcome=has_outcome) if draft.work.abstract else _from_record()
    record = "\n".join(f"  {line}" for line in _record(draft, policy))
    field = next(iter(policy.context.values()), "readers")
    return _PAGE.format(
        record=record, program=PROGRAM, day=draft.day, source=_source(draft.work), key=draft.key, field=field, **text
    )


def _from_abstract(*, has_outcome: bool) -> dict[str, str]:
    # the wording rules ask this of every trial
    outcome = " It says which way the primary outcome went, or that what was read does not give it." if has_outcome else ""
    return {
        "limitations": "- To write: what the paper does not prove.\n- Only the abstract was read.",
        "short": f"To write: the short version, about 80 words that stand alone.{outcome}",
        "findings": "To write: what was done, in whom, and what was found.",
        "why": "To write: why it matters, or delete this part.",
    }


def _from_record() -> dict[str, str]:
    return {
        "limitations": "- Only the bibliographic record was read. What the paper shows and does not prove is not known here.",
        "short": "Of this paper, only the bibliographic record was read, so this page states no findings.",
        "findings": "This page states no findings, since the paper was not read.",
        "why": "To write: why readers may look for this paper, without any findings; or delete this part.",
    }


def _source(work: Work) -> str:
    place = f"the record of {work.source}" if work.source_url else work.source or "the bibliography"
    address = f" ({work.source_url})" if work.source_url else ""
    return f"{place}{address}" + (f", as it was on {work.retrieved}" if work.retrieved else "")


def _record(draft: Draft, policy: Policy) -> list[str]:
    """Return the lines of the front matter."""
    work = draft.work
    design, words = suggestions.design(work, policy)
    read = "abstract" if work.abstract else "record"
    lines = [
        f"paper: {draft.key}",
        f"summary: {_quoted(_summary(work, design, policy))}",
        f"read: {read}",
        f"design: {design}  # from {_quoted(words)} in the record" if design else f"design: {TO_WRITE}",
        f"context: {_candidates(suggestions.contexts(work, policy))}",
        "level: none" + ("  # To write: the level, once the findings stand here" if work.abstract else ""),
        f"topics: {_candidates(suggestions.topics(work, policy))}",
        *_criteria(work, policy),
    ]
    if design and policy.design[design].outcome == "required":
        lines.append('outcome: {primary: "To write: the primary outcome", direction: not-stated}')
    if suggestions.is_preprint(work):
        lines.append("peer-review: preprint")
    if draft.relations:
        rows = (f"{{type: {kind}, paper: {key}}}" for kind, key in draft.relations)
        lines.append(f"relations: [{', '.join(rows)}]")
    return [*lines, "drafted: software", f"drafted-with: {PROGRAM}", "review: none"]


def _summary(work: Work, design: str, policy: Policy) -> str:
    if work.abstract:
        return "To write: one sentence that says what was found, and in whom."
    kind = f" ({policy.design[design].label.lower()})" if design else ""
    return f"A paper{kind} of which only the bibliographic record was read; this page states no findings."


def _candidates(ids: Sequence[str]) -> str:
    return f"[{', '.join(ids)}]  # To write: check; from title and subject headings" if ids else f"[{TO_WRITE}]"


def _criteria(work: Work, policy: Policy) -> list[str]:
    """Return the criteria: none, with those that the abstract names as comments, for somebody to judge."""
    mentions = find(work.abstract, policy) if work.abstract else ()
    if not mentions:
        return ["criteria: []" + ("  # the abstract names none that is known" if work.abstract else "")]
    lines = ["criteria: []  # To write: what of the following holds; each needs a look at the source"]
    for mention in {(m.id, m.sentence_start): m for m in mentions}.values():
        entry = f"id: {mention.id}, role: {mention.role or TO_WRITE}" + (f", pem: {mention.pem}" if mention.pem else "")
        lines.append(f"  # - {{{entry}, quote: {_quoted(_quote(mention))}, locator: Abstract}}{_doubts(mention)}")
    return lines


def _doubts(mention: Mention) -> str:
    said = [
        "said not to be met or used" if mention.negated else "",
        "said to be changed" if mention.modified else "",
        f"joined with others: {mention.joined}" if mention.joined else "",
        f"or: {', '.join(mention.others)}" if mention.others else "",
    ]
    return f"  # {'; '.join(filter(None, said))}" if any(said) else ""


def _quote(mention: Mention) -> str:
    """Return the words around a name, as many as may be quoted, from its sentence and nowhere else."""
    words = list(re.finditer(r"\S+", mention.sentence))
    start, end = mention.start - mention.sentence_start, mention.end - mention.sentence_start
    first = next(n for n, word in enumerate(words) if word.end() > start)
    last = max(n for n, word in enumerate(words) if word.start() < end)
    room = max(QUOTE_WORDS - (last - first + 1), 0)
    right = min(len(words) - 1 - last, max(room // 2, room - first))
    left = min(first, room - right)
    return " ".join(word[0] for word in words[first - left : last + right + 1])


def _quoted(text: str) -> str:
    """Return text between the quotation marks of YAML, on one line."""
    return json.dumps(text, ensure_ascii=False)
