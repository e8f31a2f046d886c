"""The service's interface as OpenAPI, for programs and for those who test it."""

from __future__ import annotations

from typing import Any

from evidence_atlas.inbox.message import HONEYPOT, KINDS, LONGEST, TICKET

_TEXT = {"type": "string"}
_REFUSALS = {
    400: "the body is no form, or has unknown or repeated fields",
    403: "the request names no origin, or a foreign one",
    408: "the body took too long to arrive",
    413: "the body is too long",
    415: "the body is of another type",
    422: "a field is wrong, or the form came too soon; it is shown again",
    429: "too many requests",
    500: "a fault of the service",
    503: "the message could not be stored; the form is shown again",
}


def description(path: str) -> dict[str, Any]:
    """Return the description.

    Args:
        path: The service's address on its host.
    """
    query = [{"name": name, "in": "query", "required": False, "schema": _TEXT} for name in ("kind", "page", "version")]
    answers = {200: "the form once more, with a ticket: nothing is stored yet", 201: "the message is on the disk"} | _REFUSALS
    send = {
        "operationId": "send",
        "summary": "Send a message; without a ticket, get one.",
        "parameters": [{"name": "Origin", "in": "header", "required": True, "schema": _TEXT}],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _form()}}},
        "responses": {str(status): _html(meaning) for status, meaning in answers.items()},
    }
    form = {"operationId": "form", "summary": "The form.", "parameters": query, "responses": {"200": _html("the form")}}
    health = {
        "operationId": "health",
        "summary": "Whether messages can be stored now.",
        "responses": {"200": _plain("they can"), "503": _plain("they cannot")},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "The private inbox of an evidence atlas", "version": "1"},
        "paths": {path: {"get": form, "post": send}, f"{path}/health": {"get": health}},
    }


def _form() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["kind", "message"],
        "additionalProperties": False,
        "properties": {
            "kind": {"enum": list(KINDS)},
            "message": {"type": "string", "minLength": 1, "maxLength": LONGEST},
            "contact": {"type": "string", "maxLength": 200},
            "thanks": {"type": "string", "maxLength": 100},
            "page": {"type": "string", "maxLength": 300},
            "version": {"type": "string", "maxLength": 60},
            HONEYPOT: {"type": "string", "maxLength": 0},
            TICKET: _TEXT,
        },
    }


def _html(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"text/html": {"schema": _TEXT}}}


def _plain(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"text/plain": {"schema": _TEXT}}}
