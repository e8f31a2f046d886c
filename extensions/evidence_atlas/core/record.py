"""The record of an evidence page: its definition, from which validation and the editors' JSON Schema are made."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from evidence_atlas.core.policy import Join, Policy

# built when the first record is validated: a build that reads no page needs none
_CONFIG = ConfigDict(extra="forbid", defer_build=True, alias_generator=lambda name: name.replace("_", "-"))

QUOTE_WORDS = 25


@dataclass(frozen=True)
class Vocabulary:
    """Marks a text whose values are the ids of a table of the policy."""

    name: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def known(value: str, info: core_schema.ValidationInfo) -> str:
            policy: Policy = info.context  # type: ignore[assignment]
            ids = policy.vocabulary(self.name)
            if value not in ids:
                raise PydanticCustomError("vocabulary", "unknown", {"known": list(ids), "vocabulary": self.name})
            return value

        return core_schema.with_info_after_validator_function(known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "vocabulary": self.name}


# Dataclasses without slots, since those are slow to unpickle, and every build reads every record.
_Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
LARGEST = 2**53 - 1  # the largest whole number that canonical JSON (RFC 8785) holds exactly
_Count = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


@dataclass(frozen=True)
class Criterion:
    """A case definition that a study used, and for what."""

    __pydantic_config__ = _CONFIG

    id: Annotated[str, Vocabulary("definition"), Field(description="A case definition of the policy.")]
    role: Annotated[str, Vocabulary("role"), Field(description="What the study used the definition for.")]
    pem: Annotated[
        Literal["required", "not-required"] | None,
        Field(description="How the study itself changed the definition's PEM rule; needs quote and locator."),
    ] = None
    quote: Annotated[_Text | None, Field(description="The source's own words, at most 25.")] = None
    locator: Annotated[_Text | None, Field(description="Where in the source the quotation stands.")] = None


@dataclass(frozen=True)
class Participants:
    """How many took part."""

    __pydantic_config__ = _CONFIG

    cases: _Count | None = None
    controls: _Count | None = None
    other: _Count | None = None


@dataclass(frozen=True)
class Outcome:
    """A trial's primary outcome and the direction of its result."""

    __pydantic_config__ = _CONFIG

    primary: _Text
    direction: Literal["benefit", "no-difference", "harm", "mixed", "not-stated"]


@dataclass(frozen=True)
class Relation:
    """How the paper stands to another one of the bibliography."""

    __pydantic_config__ = _CONFIG

    type: Literal["preprint-of", "comment-on", "corrects", "replicates", "contradicts", "same-cohort"]
    paper: _Text


@dataclass(frozen=True)
class Waiver:
    """A wording rule that does not hold for this page, and why."""

    __pydantic_config__ = _CONFIG

    rule: _Text
    reason: _Text


@dataclass(frozen=True)
class Review:
    """Who reviewed the page, by role, and when."""

    __pydantic_config__ = _CONFIG

    by: Literal["editor", "clinician"]
    date: Annotated[dt.date, Field(strict=True)]


@dataclass(frozen=True)
class Record:
    """What an evidence page states in its front matter under the key ``evidence``."""

    __pydantic_config__ = _CONFIG

    paper: Annotated[_Text, Field(description="The paper's key in the bibliography.")]
    summary: Annotated[_Text, Field(description="One sentence that says what was found, and in whom.")]
    read: Annotated[str, Vocabulary("read"), Field(description="What the page was written from.")]
    design: Annotated[str, Vocabulary("design"), Field(description="The kind of study.")]
    context: Annotated[
        list[Annotated[str, Vocabulary("context")]],
        Field(min_length=1, description="The conditions of the people, animals or cells studied."),
    ]
    level: Annotated[str, Vocabulary("level"), Field(description="The evidence level; E0 is the strongest.")]
    topics: Annotated[list[Annotated[str, Vocabulary("topic")]], Field(min_length=1, description="What the paper is about.")]
    criteria: Annotated[list[Criterion], Field(description="The case definitions that the study used; [] where none is named.")]
    drafted: Annotated[Literal["software", "person"], Field(description="Who wrote the first version of the page.")]
    review: Annotated[Literal["none"] | Review, Field(description="Whether and by whom the page was reviewed.")]
    drafted_with: Annotated[
        _Text | None, Field(description="Name and version of the program that drew up the first version.")
    ] = None
    joined: Annotated[
        Join | None,
        Field(description="How several inclusion criteria combine; only where there are two or more."),
    ] = None
    participants: Annotated[Participants | None, Field(description="How many took part.")] = None
    peer_review: Annotated[
        Literal["peer-reviewed", "preprint", "not-peer-reviewed", "unknown"] | None,
        Field(description="Whether the paper was peer reviewed."),
    ] = None
    outcome: Annotated[Outcome | None, Field(description="The primary outcome of a trial and its direction.")] = None
    harms: Annotated[_Text | None, Field(description="Harms that the source reports, or that it reports none.")] = None
    relations: Annotated[list[Relation], Field(description="How the paper stands to others.")] = field(default_factory=list)
    waivers: Annotated[list[Waiver], Field(description="Wording rules that do not hold here, with reasons.")] = field(
        default_factory=list
    )
    sources: Annotated[list[_Text], Field(description="What was read in place of the paper (read: secondary).")] = field(
        default_factory=list
    )

    def uses(self) -> dict[str, tuple[str, ...]]:
        """Return the ids that the record names, by vocabulary of the policy."""
        return {
            "definition": tuple(criterion.id for criterion in self.criteria),
            "design": (self.design,),
            "level": (self.level,),
            "context": tuple(self.context),
            "topic": tuple(self.topics),
            "read": (self.read,),
            "role": tuple(criterion.role for criterion in self.criteria),
            "joined": (self.joined,) if self.joined else (),
        }

    def as_data(self) -> dict[str, Any]:
        """Return the record as it stands in front matter: plain data without empty optional keys."""
        data: dict[str, Any] = _plain(self)
        return data


ADAPTER = TypeAdapter(Record)
KEYS = tuple(f.name.replace("_", "-") for f in fields(Record))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        named = ((f.name.replace("_", "-"), getattr(value, f.name), f) for f in fields(value))
        return {name: _plain(item) for name, item, f in named if not _empty_optional(item, f)}
    return value


def _empty_optional(value: Any, definition: Any) -> bool:
    return value is None or (value == [] and definition.name in {"relations", "waivers", "sources"})


SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-(?:[0-9]{4}|undated)(?:-[a-z0-9]+)+")
