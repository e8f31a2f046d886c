"""What somebody may do to an atlas: each edit changes it by chance, and says what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from .atlas import BREAKS, OTHERS, SURNAMES, Atlas, Page, Work, built_in_rules

Edit = Callable[[Atlas, Random], str]
EDITS: list[Edit] = []
TAKEN = (
    "field/browse/topic", "field/browse/topic/pain/2002", "field/references/2002", "field/definitions/ccc-2003",
    "field/map/gaps/pain", "evidence/table-1/2", "atlas-terms",
)  # fmt: skip

BODIES = (
    "Short.",
    "PEM was common, and so was ME.",
    "See {{evidence}}`{key}`.",
    "As {{cite}}`{key}` says.",
    "{{cite:t}}`{key}` found more.",
    "A formula $x^2$ and | a | table.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "{{term}}`PEM`",
)
RECORDS: tuple[dict[str, str], ...] = (
    {},
    {"topics": "[sleep]"},
    {"topics": "[pain, sleep, cognition]"},
    {"criteria": "[{id: fukuda-1994, role: inclusion}]"},
    {"criteria": "[{id: iom-2015, role: inclusion}, {id: oxford-1991, role: inclusion}]", "joined": "any"},
    {"context": "[long-covid]"},
    {"design": "review", "level": "E3", "criteria": "[]"},
    {"design": "rct", "outcome": "{primary: Fatigue, direction: benefit}", "level": "E1"},
    {"review": "{by: editor, date: 2026-01-02}"},
    {"participants": "{cases: 12, controls: 9}"},
    {"read": "record", "level": "none"},
)


def edit(function: Edit) -> Edit:
    """Add an edit to those from which a sequence chooses."""
    EDITS.append(function)
    return function


def _key(atlas: Atlas, chance: Random) -> str:
    return chance.choice([*sorted(atlas.works)] or ["nobody1999"])


def _page(atlas: Atlas, chance: Random) -> tuple[str, Page] | None:
    return chance.choice(sorted(atlas.pages.items(), key=lambda row: row[0])) if atlas.pages else None


def _free(names: object, form: str) -> str:
    """Return the first name of a form, with a number in it, that is not among some names."""
    return next(name for number in range(1, 1000) if (name := form.format(number)) not in names)  # type: ignore[operator]


# -- pages --------------------------------------------------------------------------------------------------


@edit
def add_page(atlas: Atlas, chance: Random) -> str:
    """Add a page, of a paper that has none where there is such a one, else a second one of a paper."""
    without = sorted(atlas.works.keys() - {page.paper for page in atlas.pages.values()})
    key = chance.choice(without) if without else _key(atlas, chance)
    name = _free(atlas.pages, "added-2020-page-{}")
    atlas.pages[name] = Page(
        key, f"Added {name[-1]}", [chance.choice(BODIES).format(key=_key(atlas, chance))], dict(chance.choice(RECORDS))
    )
    return f"add {name} of {key}"


@edit
def edit_page(atlas: Atlas, chance: Random) -> str:
    """Change title, text, limitations or record of a page."""
    if (found := _page(atlas, chance)) is None:
        return "no page to edit"
    name, page = found
    kind = chance.choice(("title", "body", "limitations", "record", "relation", "waiver", "paper"))
    if kind == "title":
        page.title = f"Title {chance.randrange(100)}"
    elif kind == "body":
        page.body = [text.format(key=_key(atlas, chance)) for text in chance.sample(BODIES, chance.randint(1, 3))]
    elif kind == "limitations":
        page.limitations = f"It leaves {chance.randrange(100)} questions."
    elif kind == "record":
        page.record = dict(chance.choice(RECORDS))
    elif kind == "relation":
        page.record["relations"] = f"[{{type: {chance.choice(('replicates', 'corrects'))}, paper: {_key(atlas, chance)}}}]"
    elif kind == "waiver":
        page.record["waivers"] = "[{rule: strong-causal, reason: It is quoted.}]" if "waivers" not in page.record else ""
    else:
        page.paper = _key(atlas, chance)
    return f"change {kind} of {name}"


@edit
def rename_page(atlas: Atlas, chance: Random) -> str:
    """Rename a page."""
    if (found := _page(atlas, chance)) is None:
        return "no page to rename"
    new = _free(atlas.pages, "renamed-2020-page-{}")
    atlas.pages[new] = atlas.pages.pop(found[0])
    return f"rename {found[0]} to {new}"


@edit
def delete_page(atlas: Atlas, chance: Random) -> str:
    """Delete a page."""
    if (found := _page(atlas, chance)) is None:
        return "no page to delete"
    del atlas.pages[found[0]]
    return f"delete {found[0]}"


@edit
def break_page(atlas: Atlas, chance: Random) -> str:
    """Break a page."""
    if (found := _page(atlas, chance)) is None:
        return "no page to break"
    found[1].broken = chance.choice(sorted(BREAKS))
    return f"break {found[0]}: {found[1].broken}"


@edit
def mend_pages(atlas: Atlas, chance: Random) -> str:
    """Mend all pages."""
    for page in atlas.pages.values():
        page.broken = ""
    return "mend all pages"


# -- bibliography -------------------------------------------------------------------------------------------


@edit
def edit_work(atlas: Atlas, chance: Random) -> str:
    """Change a field of an entry."""
    if not atlas.works:
        return "no work to edit"
    key, name = _key(atlas, chance), chance.choice(("title", "year", "authors", "journal", "doi"))
    values = {
        "title": [f"On {chance.randrange(100)} things", "What {ME} is \\& does", ""],
        "year": ["1999", "2002", "2016", ""],
        "authors": ["Able, Ann and Zed, Zoë", "{The Group}", "Able, Ann and Other, Bob", ""],
        "journal": ["Rest Letters", "Sleep", ""],
        "doi": [f"10.5555/new{chance.randrange(5)}", "10.5555/able", ""],
    }
    value = chance.choice(values[name])
    atlas.works[key] = replace(atlas.works[key], **{name: value})
    return f"set {name} of {key} to {value!r}"


@edit
def add_work(atlas: Atlas, chance: Random) -> str:
    """Add an entry, often of authors and a year that another one has."""
    key = _free(atlas.works, "new{}")
    atlas.works[key] = Work(
        f"{chance.choice(SURNAMES)}, Ann and Other, Bob", f"Of {key}", chance.choice(("2002", "2016", "2021"))
    )
    return f"add work {key}"


@edit
def rename_work(atlas: Atlas, chance: Random) -> str:
    """Give an entry another key; its page follows, or does not."""
    if not atlas.works:
        return "no work to rename"
    old, new = _key(atlas, chance), _free(atlas.works, "key{}")
    atlas.works = {new if key == old else key: work for key, work in atlas.works.items()}
    follows = chance.random() < 0.6
    for page in atlas.pages.values() if follows else ():
        page.paper = new if page.paper == old else page.paper
    return f"rename work {old} to {new}{', its pages too' if follows else ''}"


@edit
def delete_work(atlas: Atlas, chance: Random) -> str:
    """Delete an entry."""
    if not atlas.works:
        return "no work to delete"
    key = _key(atlas, chance)
    del atlas.works[key]
    return f"delete work {key}"


@edit
def order_works(atlas: Atlas, chance: Random) -> str:
    """Put the entries into another order."""
    rows = sorted(atlas.works.items(), key=lambda row: row[0])
    chance.shuffle(rows)
    atlas.works = dict(rows)
    return "shuffle the bibliography"


# -- policy, notices, rules, settings -----------------------------------------------------------------------

ROWS = (
    ('label = "CCC 2003"', 'label = "Canadian"'),
    ('label = "Fukuda 1994 (CDC)"', 'label = "Fukuda"'),
    ('pain = "Pain"', 'pain = "Pains"'),
    ('sleep = "Sleep"', 'slumber = "Slumber"'),
    ('version = "0.1"', 'version = "0.2"'),
    ("[definition.fukuda-1994]", "[definition.fukuda-1995]"),
    ('[badge.required]\nlabel = "PEM required"', '[badge.required]\nlabel = "PEM needed"'),
    ('any = "and"', 'any = "or"'),
)


@edit
def edit_policy(atlas: Atlas, chance: Random) -> str:
    """Change a row of the policy, or change it back."""
    old, new = chance.choice(ROWS)
    if old not in atlas.policy:
        old, new = new, old
    assert old in atlas.policy
    atlas.policy = atlas.policy.replace(old, new, 1)
    return f"policy: {old!r} to {new!r}"


@edit
def edit_notices(atlas: Atlas, chance: Random) -> str:
    """Add, change or remove a notice."""
    dois = sorted({work.doi for work in atlas.works.values() if work.doi}) or ["10.5555/none"]
    doi, kind = chance.choice(dois), chance.choice(("retraction", "correction", "expression-of-concern", "", ""))
    if kind:
        atlas.notices[doi] = kind
    else:
        atlas.notices.pop(doi, None)
    return f"notice of {doi}: {kind or 'none'}"


@edit
def edit_checks(atlas: Atlas, chance: Random) -> str:
    """Say that somebody was asked about notices of a paper, or that nobody was."""
    rows = f'"10.5555/able": {{"crossref": {{"asked": "2026-01-0{chance.randint(1, 9)}", "answer": "none"}}}}'
    atlas.checks = "" if chance.random() < 0.3 else f'{{"schema": 1, "works": {{{rows}}}}}\n'
    return "checks of notices"


@edit
def edit_rules(atlas: Atlas, chance: Random) -> str:
    """Take wording rules of one's own, or the built-in ones again."""
    atlas.rules = "" if atlas.rules else built_in_rules().replace('version = "', 'version = "9.', 1)
    return f"wording rules: {'own' if atlas.rules else 'built-in'}"


@edit
def edit_settings(atlas: Atlas, chance: Random) -> str:
    """Change a setting."""
    key, value = chance.choice(
        [("name", "Random atlas"), ("name", "Other atlas"), ("pdf", "true"), ("pdf", "false"), ("base-url", "https://other.example.org"),
         ("base-url", ""), ("licence", "https://creativecommons.org/licenses/by/4.0/"), ("wording-page", "guide/how"), ("works-cited", ["field/*"]),
         ("works-cited", ["evidence/*"]), ("how-it-works", "guide/policy"), ("how-it-works", "guide/how"), ("contact", "ann@example.org"),
         ("inbox", "https://inbox.example.org/word"), ("repository", ""), ("evidence", "papers"), ("evidence", "evidence")]
    )  # fmt: skip
    atlas.settings[key] = value
    return f"setting {key} = {value}"


@edit
def damage_file(atlas: Atlas, chance: Random) -> str:
    """Damage a file of data so that it cannot be read, or mend all such."""
    if atlas.damage:
        atlas.damage.clear()
        return "mend the files of data"
    name = chance.choice(("policy.toml", "notices.toml", "references.bib", "query.toml", "notice-checks.json", "atlas.toml"))
    atlas.damage[name] = "\n@article{broken,\n" if name.endswith(".bib") else "\n[broken = \n"
    return f"damage {name}"


# -- other pages --------------------------------------------------------------------------------------------


@edit
def edit_other(atlas: Atlas, chance: Random) -> str:
    """Change another page: its title or its last line."""
    name = chance.choice(sorted(atlas.others))
    if chance.random() < 0.4:
        first, _, rest = atlas.others[name].partition("\n")
        atlas.others[name] = f"# Heading {chance.randrange(100)}\n{rest}" if first.startswith("# ") else atlas.others[name]
    else:
        atlas.others[name] += f"\n{chance.choice(BODIES).format(key=_key(atlas, chance))}\n"
    return f"edit {name}"


@edit
def add_or_remove_other(atlas: Atlas, chance: Random) -> str:
    """Remove another page, or bring it back, or add a table of one's own."""
    name = chance.choice(sorted(OTHERS.keys() - {"index"}))
    if name in atlas.others and chance.random() < 0.5:
        del atlas.others[name]
        return f"delete {name}"
    if name not in atlas.others:
        atlas.others[name] = OTHERS[name]
        return f"bring {name} back"
    new = _free(atlas.others, "field/table-{}")
    atlas.others[new] = (
        f"# Table\n\n```{{evidence-table}}\n:{chance.choice(('topic: sleep', 'pem: required', 'year: 2010-'))}\n```\n"
    )
    return f"add {new}"


@edit
def take_name(atlas: Atlas, chance: Random) -> str:
    """Write a document under the name of a page that is made without one, or take it away."""
    name = chance.choice(TAKEN)
    if name in atlas.others:
        del atlas.others[name]
        return f"delete {name}"
    atlas.others[name] = "---\norphan: true\n---\n\n# Taken\n"
    return f"add {name}"


@edit
def edit_glossary(atlas: Atlas, chance: Random) -> str:
    """Explain another abbreviation, or another way."""
    if "guide/glossary" not in atlas.others:
        return "no glossary"
    rows = {"PEM": "post-exertional malaise", "ME": chance.choice(("the illness", "an illness"))}
    shown = chance.sample(sorted(rows), chance.randint(1, 2))
    body = "".join(f"{name}\n{rows[name]}\n  Words.\n\n" for name in shown).rstrip()
    atlas.others["guide/glossary"] = f"# Words\n\n```{{glossary}}\n{body}\n```\n"
    return f"glossary of {shown}"
