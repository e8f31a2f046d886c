"""The interface, asked at random as its own description says, and not as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from evidence_atlas.inbox.openapi import description
from evidence_atlas.inbox.store import Store

from .helpers import SITE, Service


def ask_at_random(folder: Path, examples: int, *, drawn_anew: bool) -> list[int]:
    """Ask every operation at random, with right and with wrong values; return the statuses of the answers.

    Few examples are the same in each run: drawn anew, now and then none of them would be a message that is taken.
    """
    store = Store(folder / "inbox.db", create=True)
    service = Service(store, each=10**9, together=10**9)
    schema = schemathesis.openapi.from_dict(description("/contribute"))
    answers = []
    for found in schema.get_all_operations():
        operation = found.ok()
        # what takes no parameter can be asked in no wrong way
        for mode in GenerationMode if "health" not in operation.path else [GenerationMode.POSITIVE]:
            answers += ask(service, operation, mode, examples, drawn_anew=drawn_anew)
    store.check(thorough=True)
    store.close()
    return answers


def ask(service: Service, operation, mode: GenerationMode, examples: int, *, drawn_anew: bool) -> list[int]:
    """Ask one operation at random."""
    answers: list[int] = []

    @settings(
        max_examples=examples,
        derandomize=not drawn_anew,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), honest=st.booleans())
    def once(case, honest):
        request = case.as_transport_kwargs(base_url="http://localhost")
        if honest and isinstance(request.get("data"), dict):
            request["data"]["ticket"] = service.post().ticket
        answer = ask_with(service, request, SITE if honest else None)
        assert answer.status < 500, (request, answer.text)
        assert str(answer.status) in {*operation.definition.raw["responses"], "400", "404", "405"}
        answers.append(answer.status)

    once()
    return answers


def ask_with(service: Service, request, origin: str | None):
    prepared = requests.Request(
        request["method"], request["url"], params=request.get("params"), data=request.get("data"), json=request.get("json")
    ).prepare()
    given_headers = {str(name): str(value) for name, value in (request.get("headers") or {}).items()}
    headers = {name: str(value) for name, value in prepared.headers.items()} | given_headers
    headers = {name: value.encode("utf-8").decode("latin-1") for name, value in headers.items()}
    if origin:
        headers = {name: value for name, value in headers.items() if name.lower() != "origin"} | {"Origin": origin}
    body = prepared.body or b""
    target = prepared.path_url
    return service.ask(str(prepared.method), target, body.encode() if isinstance(body, str) else body, headers)


def test_at_random(tmp_path: Path):
    """Whatever is asked, there is no fault, and each answer is one that the description names."""
    answers = ask_at_random(tmp_path, 15, drawn_anew=False)
    assert len(answers) > 60
    assert {200, 201, 403, 422} <= set(answers)


@pytest.mark.deep
def test_at_random_for_long(tmp_path: Path):
    """The same with a hundred times as much."""
    assert len(ask_at_random(tmp_path, 1500, drawn_anew=True)) > 5000
