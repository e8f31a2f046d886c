"""The policy: vocabularies, case definitions, the rules of the badge and its sentences, read from one TOML file."""

from __future__ import annotations

import functools
import hashlib
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, nearest
from evidence_atlas.core.tomlfile import NotToml, line_of, read_toml, syntax_error

BUILT_IN = Path(__file__).with_name("policy.toml")

State = Literal["required", "not-required", "unclear", "not-applicable"]
Truth = Literal["required", "not-required", "unclear"]
Pem = Literal["yes", "equivalent", "partial", "no", "unclear"]
Join = Literal["all", "any", "unknown"]

_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))
_Flag = Annotated[bool, Field(strict=True)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")]


@dataclass(frozen=True, slots=True)
class Definition:
    """A case definition: whether the diagnosis by it needs PEM, and where that was read.

    Attributes:
        names: How texts name it, beside what the criteria finder knows; in the notation of its ``names.toml``.
    """

    __pydantic_config__ = _CONFIG

    label: str
    pem: Pem
    name: str = ""
    contested: _Flag = False
    note: str = ""
    reference: str = ""
    doi: str = ""
    verdict_checked: _Flag = False
    doi_checked: _Flag = False
    names: tuple[Annotated[str, Field(min_length=1)], ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of study, the strongest level it may have, and what holds where no definition is named."""

    __pydantic_config__ = _CONFIG

    label: str
    highest: str
    without_criteria: Literal["unclear", "not-applicable"]
    outcome: Literal["required", "optional"] = "optional"


@dataclass(frozen=True, slots=True)
class Level:
    """An evidence level; the order in the file is from strongest to weakest."""

    __pydantic_config__ = _CONFIG

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says and means, by state."""

    __pydantic_config__ = _CONFIG

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which roles count, what each verdict counts as, and how several definitions combine."""

    __pydantic_config__ = _CONFIG

    counting_roles: list[str]
    pem: dict[Pem, Truth]
    join: dict[Join, Literal["or", "and", "agree"]]


@dataclass(frozen=True)
class Policy:
    """A policy. Every vocabulary maps an id to its label or row, in the order of the file."""

    __pydantic_config__ = _CONFIG

    version: str
    title: str
    resolution: Resolution
    badge: dict[State, Badge]
    text: dict[str, str]
    phrase: dict[str, str]
    definition: dict[_Id, Definition]
    level: dict[_Id, Level]
    design: dict[_Id, Design]
    context: dict[_Id, str]
    read: dict[_Id, str]
    role: dict[_Id, str]
    joined: dict[Join, str]
    topic: dict[_Id, str]
    source: Annotated[str, Field(exclude=True)] = field(default="", compare=False)

    def vocabulary(self, name: str) -> Mapping[str, Any]:
        """Return a vocabulary by the name of its table in the file."""
        vocabulary: Mapping[str, Any] = getattr(self, name)
        return vocabulary

    def strength(self, level: str) -> int:
        """Return how weak a level is: 0 for the strongest. An unknown level is weaker than any."""
        levels = list(self.level)
        return levels.index(level) if level in self.level else len(levels)

    def slice_digest(self, uses: Mapping[str, tuple[str, ...]]) -> str:
        """Return a digest of the rows that one page rests on, and of the rules that hold for all.

        Args:
            uses: The ids that the page names, by vocabulary; an id that is no row counts as absent.
        """
        rows = [(name, key, self.vocabulary(name).get(key)) for name, keys in uses.items() for key in keys]
        return _digest(self._rules_digest, rows)

    @functools.cached_property
    def whole_digest(self) -> str:
        """A digest of every row and rule."""
        return _digest(*(getattr(self, f.name) for f in fields(self) if f.name != "source"))

    @functools.cached_property
    def _rules_digest(self) -> str:
        return _digest(self.version, self.resolution, self.badge, self.text, self.phrase, list(self.level))


_ADAPTER = TypeAdapter(Policy)
# the blanks of each sentence of the table [text]; the others have none
_BLANKS = {
    "version": {"version"},
    "met-one": {"one", "phrase"},
    "met-all": {"several"},
    "met-any": {"several"},
    "met-unknown": {"several"},
    "each": {"several", "phrase"},
    "some": {"several", "clauses"},
    "deciding": {"one", "phrase"},
    "undecided": {"several"},
    "nobody-selected": {"design"},
}


def load_policy(path: Path | None = None) -> tuple[Policy, list[Finding]]:
    """Read a policy file.

    Args:
        path: A TOML file; without it the built-in policy is read.

    Returns:
        The policy and what is wrong with the file. A file that cannot be used gives the built-in policy.
    """
    if path is None:
        return built_in(), []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return built_in(), [Finding(str(path), 1, Code.POLICY, f"The policy cannot be read: {error}.")]
    try:
        policy = _ADAPTER.validate_python({**read_toml(text), "source": str(path)})
    except NotToml as error:
        return built_in(), [syntax_error(path, Code.POLICY, error)]
    except ValidationError as error:
        return built_in(), [Finding(str(path), line_of(text, e["loc"]), Code.POLICY, _explain(e)) for e in error.errors()]
    findings = [Finding(str(path), line_of(text, loc), Code.POLICY, message) for loc, message in _inconsistent(policy)]
    return (policy, []) if not findings else (built_in(), findings)


@functools.cache
def built_in() -> Policy:
    """Return the policy that comes with the package."""
    data = read_toml(BUILT_IN.read_text(encoding="utf-8"))
    return _ADAPTER.validate_python({**data, "source": str(BUILT_IN)})


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _inconsistent(policy: Policy) -> list[tuple[tuple[str, ...], str]]:
    """Find what each row allows by itself but the rows together do not."""
    wrong: list[tuple[tuple[str, ...], str]] = []
    for key, design in policy.design.items():
        if design.highest not in policy.level:
            hint = nearest(design.highest, policy.level)
            wrong.append((("design", key, "highest"), f"The design {key!r} has the unknown level {design.highest!r}{hint}."))
    wrong += [
        (("resolution", "counting-roles"), f"The role {role!r} is not in the table [role]{nearest(role, policy.role)}.")
        for role in policy.resolution.counting_roles
        if role not in policy.role
    ]
    reference = built_in() if policy.source != str(BUILT_IN) else policy
    for table in ("text", "phrase", "badge"):
        missing = [key for key in reference.vocabulary(table) if key not in policy.vocabulary(table)]
        wrong += [((table,), f"The table [{table}] has no {key!r}.") for key in missing]
    wrong += [(("text", key), message) for key, sentence in policy.text.items() for message in _unfillable(key, sentence)]
    for name, table_ in (("pem", policy.resolution.pem), ("join", policy.resolution.join)):
        whole = getattr(reference.resolution, name)
        wrong += [(("resolution", name), f"The rule for {key!r} is missing.") for key in whole if key not in table_]
    return wrong


def _unfillable(key: str, sentence: str) -> Iterator[str]:
    """Yield what keeps a sentence from being filled in."""
    try:
        blanks = [(name, spec, how) for _text, name, spec, how in string.Formatter().parse(sentence) if name is not None]
    except ValueError as error:
        yield f"The sentence {key!r} has braces that do not match: {error}."
        return
    allowed = _BLANKS.get(key, set())
    for name, spec, how in blanks:
        if name not in allowed or spec or how:
            yield f"The sentence {key!r} has the unknown blank {{{name}}}."


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] in UNKNOWN_KEY:
        return f"{where!r} is not part of a policy."
    if error["type"] == "missing":
        return f"{where!r} is missing."
    return f"{where!r}: {error['msg']}."
