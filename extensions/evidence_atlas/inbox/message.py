"""What a reader can send: its fields, their limits, and reading them from a form."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

KINDS = ("error", "missing-paper", "retraction", "wording", "badge", "other")
# Hidden from people; a program that fills in every field gives itself away.
HONEYPOT = "website"
TICKET = "ticket"
LONGEST = 5000  # characters of a message
# The longest message when every character takes twelve bytes of a form, and room for the other fields.
BODY_LIMIT = 12 * (LONGEST + 800)  # bytes


def _one_line(value: str) -> str:
    value = " ".join(value.split())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise ValueError("control characters have no place here")
    return value


def _many_lines(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}").strip()
    if not value:
        raise ValueError("a message was expected")
    if len(value) > LONGEST:
        raise ValueError("the message is too long")
    return value


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"one of {', '.join(KINDS)} was expected")
    return value


_Line = AfterValidator(_one_line)


@dataclass(frozen=True, slots=True)
class Message:
    """What a reader sent.

    Attributes:
        kind: What it is about, one of `KINDS`.
        message: The text, with plain line ends.
        contact: Where an answer may go, as the reader wrote it; mostly empty.
        thanks: The name under which the page may thank the reader. An empty one means no consent.
        page: The document the form stood on.
        version: The version of the atlas that the reader had before them.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Annotated[str, AfterValidator(_kind)]
    # twice the longest, since a browser sends two characters for each line end
    message: Annotated[str, Field(max_length=2 * LONGEST), AfterValidator(_many_lines)]
    contact: Annotated[str, Field(max_length=200), _Line] = ""
    thanks: Annotated[str, Field(max_length=100), _Line] = ""
    page: Annotated[str, Field(max_length=300), _Line] = ""
    version: Annotated[str, Field(max_length=60), _Line] = ""


_ADAPTER = TypeAdapter(Message)
NAMES = tuple(field.name for field in fields(Message))
_ALLOWED = {*NAMES, HONEYPOT, TICKET}


def read_form(body: bytes) -> dict[str, str]:
    """Read a form as a browser sends it (``application/x-www-form-urlencoded``).

    Args:
        body: The whole body of the request.

    Raises:
        ValueError: It is no such form, or has a field that the form does not have, or one twice.
    """
    pairs = parse_qsl(
        body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=len(_ALLOWED)
    )
    form = dict(pairs)
    if len(form) != len(pairs) or not form.keys() <= _ALLOWED:
        raise ValueError("a field that is unknown, or stands twice")
    return form


def check(form: Mapping[str, str]) -> tuple[Message | None, list[str]]:
    """Check the fields of a form.

    Returns:
        The message where all fields are right, and the names of those that are not.
    """
    try:
        values: dict[str, Any] = {name: form[name] for name in NAMES if name in form}
        return _ADAPTER.validate_python(values), []
    except ValidationError as error:
        return None, sorted({str(problem["loc"][0]) for problem in error.errors()})
