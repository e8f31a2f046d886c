"""The service: from the form on a page to the word that a message is kept."""

from __future__ import annotations

import json
import re
import time

import pytest

from evidence_atlas.inbox.app import LOG
from evidence_atlas.inbox.guards import RateLimit, Tickets, new_reference
from evidence_atlas.inbox.message import BODY_LIMIT, KINDS, LONGEST
from evidence_atlas.inbox.shield import HEADERS
from evidence_atlas.inbox.store import Store

from .helpers import FORM, Service


def test_two_steps_without_script(service: Service):
    """The form of a page leads to a page that shows the message and stores nothing; its button stores it."""
    first = service.post(message="One\r\ntwo", page="evidence/x", version="2026.11", contact="a@example.org", thanks="Ann")
    assert (first.status, service.store.messages()) == (200, [])
    assert "not sent yet" in first.text
    assert "One\r\ntwo" in first.text
    second = service.post(
        message="One\r\ntwo", page="evidence/x", version="2026.11", contact="a@example.org", thanks="Ann", ticket=first.ticket
    )
    (kept,) = service.store.messages()
    assert second.status == 201
    assert kept.reference in second.text
    assert (kept.kind, kept.message, kept.page, kept.version) == ("error", "One\ntwo", "evidence/x", "2026.11")
    assert (kept.contact, kept.thanks, kept.status) == ("a@example.org", "Ann", "open")


def test_sending_twice_is_one_message(service: Service):
    """A form that is sent twice is one message; a form that is changed and sent again is a second one."""
    ticket = service.post().ticket
    assert service.post(ticket=ticket).status == service.post(ticket=ticket).status == 201
    assert len(service.store.messages()) == 1
    changed = service.post(ticket=ticket, message="Another word")
    assert changed.status == 200
    assert service.post(ticket=changed.ticket, message="Another word").status == 201
    assert [kept.message for kept in service.store.messages()] == ["A word", "Another word"]


def test_tickets_outlive_a_restart(store: Store):
    """A form that was shown before a restart can be sent after it, and is still one message."""
    ticket = Service(store).post().ticket
    store.close()
    assert Service(store).post(ticket=ticket).status == Service(store).post(ticket=ticket).status == 201
    assert len(store.messages()) == 1


def test_forged_and_old_tickets(service: Service, monkeypatch: pytest.MonkeyPatch):
    """A ticket that the service did not sign, or signed long ago, only shows the message once more."""
    foreign = Tickets(b"another key", 0).issue()
    assert service.post(ticket=foreign).status == 200
    ticket = service.post().ticket
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 13 * 3600)
    assert service.post(ticket=ticket).status == 200
    assert service.store.messages() == []


def test_too_quick(store: Store):
    """A form that comes back at once is asked for again, with the same ticket, so that a quick person gets through."""
    service = Service(store, quickest=3600)
    ticket = service.post().ticket
    again = service.post(ticket=ticket)
    assert (again.status, again.ticket, store.messages()) == (422, ticket, [])
    service = Service(store, quickest=-1)
    assert service.post(ticket=ticket).status == 201


def test_honeypot_loses_no_message(service: Service):
    """Whoever fills in the hidden field is asked again; a person whose browser did it loses nothing."""
    first = service.post(website="https://spam.example")
    assert (first.status, "must stay empty" in first.text) == (422, True)
    assert service.post(ticket=first.ticket, website="x").status == 422
    assert service.store.messages() == []
    assert service.post(ticket=first.ticket).status == 201


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"message": "  \n "}, "message"),
        ({"message": "x" * (LONGEST + 1)}, "message"),
        ({"contact": "x" * 201}, "contact"),
        ({"contact": "a\x1b[2Jb"}, "contact"),
        ({"thanks": "x" * 101}, "thanks"),
    ],
)
def test_wrong_fields_are_named(service: Service, fields: dict[str, str], wrong: str):
    """A wrong field is named beside it, tied to it for screen readers, and what was written stays."""
    answer = service.post(**{"message": "My words", **fields})
    assert answer.status == 422
    assert f'id="atlas-word-{wrong}-wrong"' in answer.text
    assert re.search(rf'aria-describedby="[^"]*atlas-word-{wrong}-wrong', answer.text)
    assert wrong == "message" or "My words" in answer.text


def test_the_longest_message_fits(service: Service):
    """The longest message that the form takes is kept whole, in the costliest characters too."""
    text = "\N{GRINNING FACE}" * LONGEST
    reference = service.send(message=text)
    assert service.store.messages(reference=reference)[0].message == text
    lines = "\n".join("x" * (LONGEST // 2))
    assert service.send(message=lines.replace("\n", "\r\n"))


def test_the_body_is_bounded(service: Service):
    """A body beyond the limit is refused while it arrives, whatever its header says."""
    chunk = b"message=" + b"x" * 1000
    answer = service.ask("POST", "/contribute", [chunk] * (BODY_LIMIT // 1000 + 2), FORM)
    assert (answer.status, "Nothing was stored" in answer.text) == (413, True)


def test_a_body_that_never_ends_arriving(store: Store):
    """A body that stops arriving is given up on."""
    service = Service(store, slowest=0.05)
    original = service.app

    async def stalled(scope, receive, send):
        started = False

        async def slow():
            nonlocal started
            event = await receive()
            event["more_body"] = not started
            started = True
            return event

        await original(scope, slow, send)

    service.app = stalled
    assert service.ask("POST", "/contribute", b"kind=error", FORM).status == 408


@pytest.mark.parametrize(
    "body",
    [
        b"kind=error&kind=error&message=x",
        b"kind=error&message=x&evil=1",
        b"kind=error&message=%ff",
        b"\xff",
        b"no form",
        b"&" * 50,
    ],
)
def test_what_is_no_form(service: Service, body: bytes):
    """Repeated or unknown fields, other encodings and noise are refused."""
    assert service.ask("POST", "/contribute", body, FORM).status == 400


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "https://atlas.example.org.evil.example", "http://atlas.example.org"]
)
def test_foreign_origins(service: Service, origin: str | None):
    """Only pages of the site may send the form: any other origin, or none, is refused."""
    headers = {"Content-Type": FORM["Content-Type"]} | ({"Origin": origin} if origin else {})
    answer = service.ask("POST", "/contribute", b"kind=error&message=x", headers)
    assert answer.status == 403


def test_other_types(service: Service):
    """JSON and multipart bodies are refused."""
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", ""):
        assert service.ask("POST", "/contribute", b"kind=error&message=x", {**FORM, "Content-Type": kind}).status == 415


def test_rate_limit(store: Store):
    """A network gets so many requests an hour; others go on; a household's IPv6 addresses count together."""
    service = Service(store, each=1)
    assert [service.post(client="192.0.2.1").status for _ in range(3)] == [200, 200, 429]
    assert service.post(client="192.0.2.2").status == 200
    assert [service.post(client=f"2001:db8::{i}").status for i in range(3)] == [200, 200, 429]
    refused = service.post(client="192.0.2.1")
    assert 0 < int(refused.headers["retry-after"]) <= 3600


def test_rate_limit_together():
    """All networks together have a limit too, and a window's end begins anew, with another salt and no old counts."""
    now = [0.0]
    limit = RateLimit(each=2, together=3, period=60, clock=lambda: now[0])
    assert [limit.wait(f"192.0.2.{i}") for i in range(5)] == [0, 0, 0, 60, 60]
    salt, seen = limit._salt, set(limit._counts)
    now[0] = 60
    assert limit.wait("192.0.2.1") == 0
    assert limit._salt != salt
    assert not seen & set(limit._counts)


def test_headers_on_every_answer(service: Service):
    """Each answer, refusals and faults included, has the security headers and is kept by no cache."""
    paths = ["/contribute", "/contribute/health", "/contribute/openapi.json", "/nowhere", "/contribute/inbox.css"]
    answers = [service.ask("GET", path) for path in paths] + [service.ask("PUT", "/contribute"), service.post()]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 200, 405, 200]
    for path, answer in zip([*paths, "", ""], answers, strict=True):
        assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
        assert ("no-store" in answer.headers["cache-control"]) == (not path.endswith(".css"))
        assert "set-cookie" not in answer.headers
        assert not re.search(r"<script|style=|\son\w+=", answer.text)


def test_a_fault(service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    """A fault of the program is a 500 with headers; the log names its kind and place, and no word of the reader."""
    monkeypatch.setattr(Store, "add", lambda *_: 1 / 0)
    ticket = service.post(message="secret words").ticket
    answer = service.post(message="secret words", ticket=ticket)
    assert (answer.status, answer.headers["x-frame-options"]) == (500, "DENY")
    assert re.fullmatch(r"fault: ZeroDivisionError at \w+\.py:\d+", caplog.messages[-1])
    assert "secret" not in caplog.text


def test_the_form_by_its_address(service: Service):
    """The form can be opened by its address, with page, version and kind filled in; what does not fit is left out."""
    answer = service.ask("GET", "/contribute?page=evidence/x&version=1&kind=badge")
    assert 'name="page" value="evidence/x"' in answer.text
    assert '<option value="badge" selected>' in answer.text
    hostile = service.ask("GET", "/contribute?page=%22%3E%3Cscript%3E&kind=%3Cb%3E&version=" + "9" * 99)
    assert hostile.status == 200
    assert "<script" not in hostile.text
    assert "999" not in hostile.text


def test_the_interface_is_described(service: Service):
    """The description names every kind and the limit of a message."""
    described = json.loads(service.ask("GET", "/contribute/openapi.json").text)
    post = described["paths"]["/contribute"]["post"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert form["kind"]["enum"] == list(KINDS)
    assert form["message"]["maxLength"] == LONGEST


def test_references_are_random():
    """References are not counted up, and hold no letter that looks like a digit."""
    made = {new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){2}[A-HJ-NP-Z2-9]{4}", one) for one in made)


def test_the_log_says_what_happened(service: Service, caplog: pytest.LogCaptureFixture):
    """The log says that a message was stored, and nothing of it."""
    with caplog.at_level("INFO", logger=LOG.name):
        reference = service.send(message="secret words", contact="ann@example.org", page="evidence/x")
    assert caplog.messages == ["stored"]
    assert reference not in caplog.text


def test_another_language(store: Store):
    """The service's pages are in the language that it is told, and in English where there is no catalogue of it."""
    german = Service(store, language="de").post()
    assert '<html lang="de">' in german.text
    assert "Ihre Nachricht ist noch nicht gesendet." in german.text
    assert '<html lang="en">' in Service(store, language="xx").post().text
