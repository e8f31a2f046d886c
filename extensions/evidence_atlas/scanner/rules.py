"""The rules of wording: data with a version, read from one TOML file or several."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, nearest
from evidence_atlas.core.tomlfile import NotToml, line_of, read_toml, syntax_error

BUILT_IN = Path(__file__).with_name("rules.toml")
ENTRY_POINTS = "evidence_atlas.wording_rules"

_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))
_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Severity = Literal["critical", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What a rule rests on."""

    __pydantic_config__ = _CONFIG

    text: Annotated[str, Field(min_length=1)]
    doi: Annotated[str, Field(pattern=r"^(10\.\d{4,9}/\S+)?$")] = ""


@dataclass(frozen=True, slots=True)
class Find:
    """What a rule looks for; one of these.

    Attributes:
        claims: Strengths of claims: 1 things that go together, 2 hedged effects, 3 effects.
        words: Phrases; a ``*`` at the end of a word stands for any ending.
        missing: By direction of a trial's outcome: phrases of which the page needs one.
        terms: Names of one thing; the page may use the one of the source, or another one beside it.
    """

    __pydantic_config__ = _CONFIG

    claims: list[Literal[1, 2, 3]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    terms: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unless:
    """What makes a sentence none that the rule means.

    Attributes:
        words: Phrases in the sentence.
        near: Phrases in the sentence before, or in the heading above.
        around: Phrases that hold the words themselves, such as "all-cause".
        hedged: Whether a hedge makes it none.
        denied: Whether a denial makes it none.
        asked: Whether it is none where it is asked, planned or wished for.
        told: Whether it is none where somebody else is said to say it.
        quoted: Whether it is none in quotation marks.
        population: Whether it is none where the sentence names whom the study was of.
        compared: Designs for which it is none where it compares the groups of a trial.
        about-study: Whether it is none where it speaks of the study itself.
    """

    __pydantic_config__ = _CONFIG

    words: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    hedged: bool = False
    denied: bool = True
    asked: bool = True
    told: bool = True
    quoted: bool = True
    population: bool = False
    compared: list[str] = field(default_factory=list)
    about_study: bool = False


@dataclass(frozen=True, slots=True)
class Applies:
    """Where a rule holds; an empty list stands for everywhere.

    Attributes:
        pages: Evidence pages alone, or every page of the atlas.
        subject: On a page that is no evidence page: whether only sentences count that have a word of the table ``subject``.
        designs: Kinds of study.
        not-designs: Kinds of study for which it does not hold.
        carried-by: Designs and levels that carry such a claim, as ``design:level``.
        contexts: Conditions of which the page has one.
        not-contexts: Conditions of which the page has none.
        sections: Parts of the page, as they begin: ``title``, ``summary``, ``limitations``, or a heading.
        not-sections: Parts of the page where it does not hold.
        badges: States of the badge.
        claims: Strengths of which the sentence has to have one.
        carries: With ``claims``: phrases that do as well as a claim, such as "implications for".
        before-year: Sources that are older than this year; 0 for all.
    """

    __pydantic_config__ = _CONFIG

    pages: Literal["evidence", "all"] = "evidence"
    subject: bool = True
    designs: list[str] = field(default_factory=list)
    not_designs: list[str] = field(default_factory=list)
    carried_by: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    not_contexts: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    not_sections: list[str] = field(default_factory=list)
    badges: list[str] = field(default_factory=list)
    claims: list[Literal[1, 2, 3]] = field(default_factory=list)
    carries: list[str] = field(default_factory=list)
    before_year: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule finds, or does not find: a test of the rule, and an example for writers.

    Attributes:
        text: The text, as it could stand on a page.
        about: The page: any of ``design``, ``level``, ``contexts``, ``badge``, ``direction``, ``source``, ``year``, ``section``.
    """

    __pydantic_config__ = _CONFIG

    text: Annotated[str, Field(min_length=1)]
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule."""

    __pydantic_config__ = _CONFIG

    title: Annotated[str, Field(min_length=1)]
    severity: Severity
    meaning: Annotated[str, Field(min_length=1)]
    message: Annotated[str, Field(min_length=1)]
    why: Annotated[list[Reason], Field(min_length=1)]
    instead: Annotated[dict[str, str], Field(min_length=1)]
    find: Find
    positive: Annotated[list[Example], Field(min_length=1)]
    negative: Annotated[list[Example], Field(min_length=1)]
    unless: Unless = field(default_factory=Unless)
    applies: Applies = field(default_factory=Applies)

    def rewording(self, design: str) -> str:
        """Return what to write instead on a page of a design."""
        return self.instead.get(design) or self.instead["default"]


@dataclass(frozen=True)
class Rules:
    """A set of rules.

    Attributes:
        version: The version that pages state.
        title: What the set is.
        rule: The rules by id.
        population: By condition: the words that name its people.
        subject: The words that make a sentence of any page one about the field.
    """

    __pydantic_config__ = _CONFIG

    version: Annotated[str, Field(min_length=1)]
    title: str
    rule: dict[_Id, Rule]
    population: dict[str, list[str]] = field(default_factory=dict)
    subject: list[str] = field(default_factory=list)

    @functools.cached_property
    def digest(self) -> str:
        """A digest of all of it."""
        values = [getattr(self, f.name) for f in fields(self)]
        return hashlib.blake2b(repr(values).encode(), digest_size=12).hexdigest()


_ADAPTER = TypeAdapter(Rules)


@functools.cache
def built_in() -> Rules:
    """Return the rules that come with the package."""
    return _ADAPTER.validate_python(tomllib.loads(BUILT_IN.read_text(encoding="utf-8")))


def load_rules(path: Path | None = None) -> tuple[Rules, list[Finding]]:
    """Return the rules in force, and what is wrong with their files.

    Args:
        path: An atlas's own rules, which stand in place of the built-in ones; packages that are installed add theirs.

    Returns:
        The rules. A file that cannot be used is left out; where it is the atlas's own, the built-in rules hold.
    """
    rules, findings = _read(path) if path else (built_in(), [])
    rules = rules or built_in()
    for name, place in _plugged_in():
        if isinstance(place, Finding):
            findings.append(place)
            continue
        added, wrong = _read(place)
        findings += wrong
        if added:
            rules = _joined(rules, name, added)
    return rules, findings


def _plugged_in() -> Iterable[tuple[str, Path | Finding]]:
    """Yield the files of packages that bring rules, or what is wrong: each entry point names a function that returns a path."""
    for point in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda p: p.name):
        try:
            yield point.name, Path(point.load()())
        except Exception as error:  # noqa: BLE001  (a package's own code; the build goes on without its rules)
            why = f"The package's rules of wording cannot be found: {type(error).__name__}: {error}."
            yield point.name, Finding(point.value, 1, Code.WORDING_RULES, why)


def _joined(rules: Rules, name: str, added: Rules) -> Rules:
    return Rules(
        f"{rules.version}+{name}-{added.version}",
        rules.title,
        {**rules.rule, **added.rule},
        {**rules.population, **added.population},
        [*rules.subject, *added.subject],
    )


def _read(path: Path) -> tuple[Rules | None, list[Finding]]:
    try:
        text = path.read_text(encoding="utf-8")
        rules = _ADAPTER.validate_python(read_toml(text))
    except NotToml as error:
        return None, [syntax_error(path, Code.WORDING_RULES, error)]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Finding(str(path), 1, Code.WORDING_RULES, f"The rules of wording cannot be read: {error}.")]
    except ValidationError as error:
        return None, [Finding(str(path), line_of(text, e["loc"]), Code.WORDING_RULES, _explain(e)) for e in error.errors()]
    wrong = [Finding(str(path), line_of(text, ("rule", key)), Code.WORDING_RULES, why) for key, why in _unusable(rules.rule)]
    return (None, wrong) if wrong else (rules, [])


def _unusable(rules: Mapping[str, Rule]) -> Iterable[tuple[str, str]]:
    for key, rule in rules.items():
        ways = sum(bool(getattr(rule.find, f.name)) for f in fields(rule.find))
        if ways != 1:
            yield key, f"The rule {key!r} looks for {ways} kinds of things; one of claims, words, missing and terms was expected."
        if rule.applies.carries and not rule.applies.claims:
            yield key, f"The rule {key!r} has 'carries' without the 'claims' that they stand for."
        if "default" not in rule.instead:
            yield key, f"The rule {key!r} has no 'default' among its rewordings."


def _explain(error: Any) -> str:
    where, name = ".".join(str(part) for part in error["loc"]), str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] in UNKNOWN_KEY:
        known = [f.name.replace("_", "-") for kind in (Rules, Rule, Find, Unless, Applies, Example, Reason) for f in fields(kind)]
        return f"{where!r} is not part of a rule{nearest(name, known)}."
    if error["type"] == "missing":
        return f"{where!r} is missing."
    return f"{where!r}: {error['msg']}."
