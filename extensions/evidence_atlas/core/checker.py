"""The one checker: what a page may not get wrong, without a build. The build and ``atlas check`` share it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, listed, nearest
from evidence_atlas.core.frontmatter import FrontMatter, blank, read_front_matter
from evidence_atlas.core.frontmatter import Path as KeyPath
from evidence_atlas.core.page import Page, read_page
from evidence_atlas.core.policy import Policy
from evidence_atlas.core.record import ADAPTER, KEYS, QUOTE_WORDS, SLUG, Record
from evidence_atlas.core.references import Bibliography

REQUIRED_DIRECTIVES = ("pem-badge", "cite-block")
TO_WRITE = "to-write"  # what a draft has where a word of the policy is to be chosen
_MARK = re.compile(r"""(?:^|[#%"'>*-])[ \t]*To write:[ \t]*([^"{\n]*)""", re.MULTILINE)  # a line of text, a value or a comment


@dataclass(frozen=True, slots=True)
class Checked:
    """A page after the check.

    Attributes:
        record: The record, where the front matter is usable.
        front: The front matter with its lines.
        findings: What is wrong, in the order of the page.
        body: The page with blank lines in place of its front matter.
        page: The parts of the page.
    """

    record: Record | None
    front: FrontMatter
    findings: list[Finding]
    body: str
    page: Page


Rule = Callable[[Record, Policy], Iterator[tuple[Code, KeyPath, str]]]


def check_page(file: str, text: str, policy: Policy, bibliography: Bibliography) -> Checked:
    """Check one evidence page: front matter, rules of the policy, reference, parts of the page.

    Args:
        file: Path of the page, as findings shall name it.
        text: The source of the page.
        policy: The policy in force.
        bibliography: References by key.
    """
    text = text.removeprefix("\ufeff")
    front = read_front_matter(text)
    body = blank(text, front)
    found = [Finding(file, p.line, p.code, p.message) for p in front.problems]
    if not SLUG.fullmatch(stem := Path(file).stem):
        message = f"The file name {stem!r} is not of the form surname-year-words in plain lower-case ASCII."
        found.append(Finding(file, 1, Code.FILE_NAME, message))
    record = _read_record(file, front, policy, found)
    if record:
        wrong = [row for rule in RULES for row in rule(record, policy)]
        wrong += _check_references(record, bibliography)
        found += [Finding(file, front.line(("evidence", *path)), code, message) for code, path, message in wrong]
    page = read_page(body)
    found += _check_parts(file, page)
    found += _unwritten(file, text)
    found = sorted(set(found), key=lambda f: (f.line, f.code.slug, f.message))
    return Checked(record, front, found, body, page)


def _read_record(file: str, front: FrontMatter, policy: Policy, found: list[Finding]) -> Record | None:
    if front.value is None:
        if not front.present:
            message = "The page has no front matter; an evidence page begins with a block that holds 'evidence:'."
            found.append(Finding(file, 1, Code.MISSING_KEY, message))
        return None
    for key in front.value:
        if key != "evidence":
            hint = nearest(key, ["evidence"])
            message = f"{key!r} is not a key of an evidence page, whose only one is 'evidence'{hint}."
            found.append(Finding(file, front.line((key,)), Code.UNKNOWN_KEY, message))
    if "evidence" not in front.value:
        found.append(Finding(file, 1, Code.MISSING_KEY, "The key 'evidence' is missing from the front matter."))
        return None
    try:
        return ADAPTER.validate_python(front.value["evidence"], context=policy)
    except ValidationError as error:
        for details in _without_union_noise(error.errors()):
            path = ("evidence", *_key_path(details["loc"], front.value["evidence"]))
            code, message = _explain(details, path[1:])
            found.append(Finding(file, front.line(path), code, message))
        return None


def _without_union_noise(errors: Iterable[Any]) -> Iterator[Any]:
    """Yield one error for each place, the deepest: a value that fits no branch of a union has an error a branch."""
    found: dict[tuple[Any, ...], Any] = {}
    for error in sorted(errors, key=lambda e: e["type"] in {"dataclass_type", "none_required", "literal_error"}):
        found.setdefault(tuple(part for part in error["loc"] if part not in _BRANCHES), error)
    for place, error in found.items():
        if not any(place == other[: len(place)] and place != other for other in found):
            yield error


def _key_path(loc: tuple[str | int, ...], value: Any) -> KeyPath:
    """Return the part of pydantic's location that names keys and items, without the branches of unions."""
    path: list[str | int] = []
    for part in loc:
        if (isinstance(value, dict) and part in value) or (isinstance(value, list) and isinstance(part, int)):
            value = value[part]  # type: ignore[index]
        elif not isinstance(value, dict) or part in _BRANCHES:
            continue
        path.append(part)
    return tuple(path)


# pydantic's names for the branches of the record's unions, which stand in its locations beside the keys
_BRANCHES = frozenset({"Review", "literal['none']"})
_WRONG_TYPE = {
    "list_type": "a list in square brackets",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "date_type": "a day such as 2026-11-22",
    "dataclass_type": "a block of keys and values, indented below it,",
}


def _explain(error: Any, path: KeyPath) -> tuple[Code, str]:
    kind, value, context = error["type"], error.get("input"), error.get("ctx", {})
    name = ".".join(str(part) if isinstance(part, str) else f"[{part + 1}]" for part in path).replace(".[", "[")
    if kind in UNKNOWN_KEY:
        known = KEYS if len(path) == 1 else _keys_beside(path)
        return Code.UNKNOWN_KEY, f"{path[-1]!r} is not a key of {_owner(path)}{nearest(path[-1], known)}."
    if kind == "missing":
        return Code.MISSING_KEY, f"The key {path[-1]!r} of {_owner(path)} is missing."
    if kind in ("vocabulary", "literal_error"):
        if value == TO_WRITE:
            return Code.TO_WRITE, f"{name!r} is still to be chosen, from {listed(context.get('known', ()), 25)}."
        known = context.get("known") or [part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(",")]
        return Code.UNKNOWN_VALUE, f"{name!r} cannot be {value!r}{nearest(value, known)}; expected one of {listed(known, 25)}."
    if kind in ("too_short", "string_too_short", "string_pattern_mismatch"):
        return Code.MISSING_KEY, f"{name!r} is empty; at least one value was expected."
    expected = _WRONG_TYPE.get(kind, f"something else ({error['msg']})")
    shown = "empty" if value is None else f"{value!r}"
    return Code.WRONG_TYPE, f"{name or 'evidence'!r} is {shown}; {expected} was expected."


def _owner(path: KeyPath) -> str:
    return "an evidence page" if len(path) == 1 else f"{path[0]!r}"


def _keys_beside(path: KeyPath) -> list[str]:
    """Return the keys that may stand beside the last part of a path, from the record's definition."""
    schema = ADAPTER.json_schema()
    names = {"criteria": "Criterion", "relations": "Relation", "waivers": "Waiver"}
    owner = str(path[0])
    properties = schema["$defs"].get(names.get(owner, owner.capitalize()), {}).get("properties", {})
    return list(properties)


# ---------------------------------------------------------------------------------------------------------
# Rules: each looks at a valid record and yields code, path of the key, message
# ---------------------------------------------------------------------------------------------------------


def _level(record: Record, policy: Policy) -> Iterator[tuple[Code, KeyPath, str]]:
    highest = policy.design[record.design].highest
    if record.read == "record" and record.level != "none":
        message = f"The level cannot be {record.level}: with 'read: record' no findings are stated, so it is none."
        yield Code.LEVEL, ("level",), message
    elif record.level != "none" and policy.strength(record.level) < policy.strength(highest):
        message = f"The level cannot be {record.level}: the highest for the design {record.design!r} is {highest}."
        yield Code.LEVEL, ("level",), message


def _outcome(record: Record, policy: Policy) -> Iterator[tuple[Code, KeyPath, str]]:
    if policy.design[record.design].outcome == "required" and record.outcome is None:
        message = (
            f"A page with the design {record.design!r} needs 'outcome' with 'primary' and 'direction'; "
            "where what was read does not give it, 'direction: not-stated'."
        )
        yield Code.OUTCOME, (), message


def _joined(record: Record, policy: Policy) -> Iterator[tuple[Code, KeyPath, str]]:
    counting = sum(c.role in policy.resolution.counting_roles for c in record.criteria)
    several = counting > 1
    if several and record.joined is None:
        message = f"{counting} criteria have the role inclusion; 'joined' must say how: {listed(policy.joined)}."
        yield Code.JOINED, ("criteria",), message
    if not several and record.joined is not None:
        message = f"'joined' must not stand where fewer than two criteria have the role inclusion (here: {counting})."
        yield Code.JOINED, ("joined",), message


def _modification(record: Record, _policy: Policy) -> Iterator[tuple[Code, KeyPath, str]]:
    for index, criterion in enumerate(record.criteria):
        path: KeyPath = ("criteria", index)
        missing = [key for key in ("quote", "locator") if not getattr(criterion, key)]
        if criterion.pem and missing:
            message = f"'pem: {criterion.pem}' changes the rule of {criterion.id!r} and needs {' and '.join(missing)}."
            yield Code.MODIFICATION, (*path, "pem"), message
        words = len((criterion.quote or "").split())
        if words > QUOTE_WORDS:
            yield Code.QUOTE, (*path, "quote"), f"The quotation has {words} words; at most {QUOTE_WORDS} may stand."


def _sources(record: Record, _policy: Policy) -> Iterator[tuple[Code, KeyPath, str]]:
    if record.read == "secondary" and not record.sources:
        yield Code.SOURCES, ("read",), "With 'read: secondary', 'sources' must name what was read in place of the paper."
    if record.read != "secondary" and record.sources:
        yield Code.SOURCES, ("sources",), f"'sources' belongs to 'read: secondary', and this page has 'read: {record.read}'."


RULES: tuple[Rule, ...] = (_level, _outcome, _joined, _modification, _sources)


def _check_references(record: Record, bibliography: Bibliography) -> list[tuple[Code, KeyPath, str]]:
    wrong: list[tuple[Code, KeyPath, str]] = []
    keys: list[tuple[KeyPath, str]] = [(("paper",), record.paper)]
    keys += [(("relations", i, "paper"), relation.paper) for i, relation in enumerate(record.relations)]
    for path, key in keys:
        if key not in bibliography:
            wrong.append((Code.UNKNOWN_REFERENCE, path, f"The bibliography has no entry {key!r}{nearest(key, bibliography)}."))
    if record.paper in bibliography:
        paper = bibliography[record.paper]
        if not paper.authors:
            wrong.append((Code.INCOMPLETE_REFERENCE, ("paper",), f"The entry {paper.key!r} has no author."))
        if not paper.doi and not paper.pmid:
            message = f"The entry {paper.key!r} has neither a DOI nor a PMID that can be read."
            wrong.append((Code.INCOMPLETE_REFERENCE, ("paper",), message))
    return wrong


def _check_parts(file: str, page: Page) -> Iterator[Finding]:
    if not page.title:
        yield Finding(file, page.title_line, Code.TITLE, "The page has no title; a line '# …' was expected.")
    present = [d for d in page.directives if d.name == "limitations"]
    if not present:
        message = "The page has no 'limitations'; a directive with what the paper does not prove was expected."
        yield Finding(file, page.title_line, Code.LIMITATIONS, message)
    for directive in present[:1]:
        if directive.empty:
            message = "'limitations' is empty; it must say what the paper does not prove."
            yield Finding(file, directive.line, Code.LIMITATIONS, message)
    for directive in present[1:]:
        message = f"'limitations' stands a second time; the first is on line {present[0].line}."
        yield Finding(file, directive.line, Code.LIMITATIONS, message)
    names = {d.name for d in page.directives}
    for name in REQUIRED_DIRECTIVES:
        if name not in names:
            close = difflib.get_close_matches(name, names - set(REQUIRED_DIRECTIVES), n=1)
            hint = f" ({close[0]!r} stands there; did you mean {name!r}?)" if close else ""
            message = f"The page has no '{name}'{hint}; every evidence page has one."
            yield Finding(file, page.title_line, Code.MISSING_DIRECTIVE, message)


def _unwritten(file: str, text: str) -> Iterator[Finding]:
    """Find the marks that a draft has where somebody is to write or to check something."""
    if "To write:" not in text:  # far sooner known than where it would stand
        return
    for match in _MARK.finditer(text):
        what = match[1].strip().rstrip(".") or "something"
        yield Finding(file, text.count("\n", 0, match.start()) + 1, Code.TO_WRITE, f"The mark of a draft still stands: {what}.")


def page_inputs(record: Record | None, policy: Policy, bibliography: Bibliography) -> str:
    """Return a digest of what a page is checked against: its rows of the policy and its own reference.

    A page without a usable record is checked against everything, since any row may be the one that it lacks.
    """
    if record is None:
        return f"{policy.whole_digest}:{sorted(bibliography)}"
    reference = bibliography.digest(record.paper)
    related = [relation.paper in bibliography for relation in record.relations]
    return f"{policy.slice_digest(record.uses())}:{reference}:{related}"


def check_duplicates(papers: Iterable[tuple[str, int, str]]) -> Iterator[Finding]:
    """Find pages of one paper.

    Args:
        papers: File, line of ``paper`` and key of every page.
    """
    first: dict[str, str] = {}
    for file, line, key in sorted(papers):
        if key in first:
            message = f"The paper {key!r} has a page already: {Path(first[key]).name}."
            yield Finding(file, line, Code.DUPLICATE_PAPER, message)
        first.setdefault(key, file)
