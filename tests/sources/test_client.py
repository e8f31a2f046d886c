"""How services are asked, and what becomes of answers that are of no use."""

from __future__ import annotations

import gzip
import re
import time

import pytest

from evidence_atlas.sources import session
from evidence_atlas.sources.client import json_of, xml_of
from evidence_atlas.sources.services import CROSSREF, PUBMED, NotFound, SourceError, Unreachable

from .conftest import Reply

PATH = "/crossref/works/1"


def test_who_asks_is_named_and_kept_answers_are_not_asked_for_again(services, connect):
    """Each request names program, atlas and contact; the same question a second time stays on the machine."""
    services.replies[PATH] = Reply({"a": 1})
    for _time in range(2):
        with connect() as client:
            answer = client.json(CROSSREF, "works/1", {"rows": "2"})
            assert answer.data == {"a": 1}
            assert answer.url.endswith("/works/1?rows=2")
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.retrieved)
    (asked,) = services.asked
    assert re.fullmatch(
        r"evidence-atlas/\S+ \(https://atlas.example.org; mailto:editors@example.org\)", asked.headers["User-Agent"]
    )
    assert asked.query == {"rows": "2", "mailto": "editors@example.org"}


def test_pubmed_gets_its_key_and_nobody_else_sees_it(services, connect, monkeypatch, tmp_path):
    """The key of the environment goes to PubMed with tool and mail; it is in no address that is shown, and in no kept answer."""
    monkeypatch.setenv("NCBI_API_KEY", "made-up-key")
    services.replies["/pubmed/esearch.fcgi"] = Reply({"a": 1})
    services.replies[PATH] = Reply({"a": 1})
    with connect() as client:
        shown = client.json(PUBMED, "esearch.fcgi", {"db": "pubmed"}).url
        client.json(CROSSREF, "works/1")
    assert services.asked[0].query == {
        "db": "pubmed",
        "tool": "evidence-atlas",
        "email": "editors@example.org",
        "api_key": "made-up-key",
    }
    assert "made-up-key" not in str(services.asked[1])
    assert "made-up-key" not in shown
    assert b"made-up-key" not in (tmp_path / "kept" / "answers.sqlite").read_bytes()
    assert (PUBMED.rate, CROSSREF.rate) == (10, 3)


def test_without_a_contact_none_is_named(services, connect):
    """An atlas without an address of its editors sends none."""
    services.replies[PATH] = Reply({})
    with connect(contact="") as client:
        client.json(CROSSREF, "works/1")
    assert services.asked[0].query == {}
    assert "mailto" not in services.asked[0].headers["User-Agent"]


FAULTS = {
    "html": (Reply("<!DOCTYPE html><html><body>Down for maintenance</body></html>"), "an HTML page and no JSON"),
    "not utf-8": (Reply(b'{"a": "\xff\xfe"}'), r"it is not UTF-8 \(byte 8\)"),
    "cut": (Reply('{"a": [1, 2'), "it is no JSON"),
    "cut on the way": (Reply('{"a": 1}', missing=100), "Crossref broke off its answer"),
    "empty": (Reply(""), "it is empty"),
    "deep": (Reply("[" * 200_000), "it is no JSON"),
    "slow": (Reply("{}", wait=1.2), "Crossref did not answer in time"),
    "busy": (Reply("{}", 429), r"asks for fewer requests \(429\), also after 3 attempts"),
    "busy for long": (Reply("{}", 429, {"Retry-After": "7200"}), "asks to come back in 7200 seconds"),
    "broken": (Reply("oops", 500), "answered with the error 500"),
    "refused": (Reply("no", 403), "answered with the error 403"),
    "unknown": (Reply("no", 404), "has no such record"),
    "gone": (Reply("no", 410), "has no such record"),
    "elsewhere": (Reply("", 302, {"Location": "http://192.0.2.1/"}), "sends to an address outside"),
    "round and round": (Reply("", 302, {"Location": "?again"}), "from one address to the next"),
    "not packed": (Reply("{}", 200, {"Content-Encoding": "gzip"}), "cannot be unpacked"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_service_is_one_clear_sentence(services, connect, fault):
    """Whatever a service does, the user reads one sentence that names it; no other exception comes through."""
    services.replies[PATH], message = FAULTS[fault]
    with connect() as client, pytest.raises(SourceError, match=message) as raised:
        client.json(CROSSREF, "works/1")
    assert str(raised.value).startswith("Crossref")
    assert "\n" not in str(raised.value)


def test_an_answer_of_no_use_is_not_kept(services, connect):
    """A page of maintenance is asked past at the next call, as soon as the service is well."""
    services.replies[PATH] = [Reply("<html></html>"), Reply({"a": 2})]
    with connect() as client:
        with pytest.raises(SourceError):
            client.json(CROSSREF, "works/1")
        assert client.json(CROSSREF, "works/1").data == {"a": 2}


def test_a_busy_service_is_asked_again_after_the_pause_it_names(services, connect):
    """A 429 with Retry-After is waited out, and the next answer counts."""
    services.replies[PATH] = [Reply("", 429, {"Retry-After": "1"}), Reply("", 503), Reply({"a": 3})]
    start = time.monotonic()
    with connect() as client:
        assert client.json(CROSSREF, "works/1").data == {"a": 3}
    assert time.monotonic() - start >= 1
    assert len(services.asked) == 3


def test_an_answer_without_end_is_cut(services, connect, monkeypatch):
    """An answer that unpacks to more than any record is not read to its end."""
    monkeypatch.setattr(session, "MOST_BYTES", 1024 * 1024)
    services.replies[PATH] = Reply(gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"})
    with connect() as client, pytest.raises(SourceError, match="Crossref sent more than 1 MB"):
        client.json(CROSSREF, "works/1")


def test_an_answer_that_trickles_is_left(services, connect, monkeypatch):
    """An answer may not take for ever, however often another bit of it comes."""
    monkeypatch.setattr(session, "_WHOLE", -1.0)
    services.replies[PATH] = Reply({"a": 1})
    with connect() as client, pytest.raises(SourceError, match="took more than"):
        client.json(CROSSREF, "works/1")


def test_offline_asks_nobody_and_uses_what_is_kept(services, connect):
    """Offline, a kept answer is used however old, and anything else is refused at once."""
    services.replies[PATH] = Reply({"a": 1})
    with connect() as client:
        client.json(CROSSREF, "works/1")
    with connect(offline=True) as client:
        assert client.json(CROSSREF, "works/1").data == {"a": 1}
        with pytest.raises(Unreachable, match="Crossref was not asked, because of --offline"):
            client.json(CROSSREF, "works/2")
    assert len(services.asked) == 1


def test_without_a_network_it_says_so_at_once(services, connect, monkeypatch):
    """Where nothing listens, there is one attempt and one sentence."""
    monkeypatch.setenv(CROSSREF.variable, "http://127.0.0.1:9")
    start = time.monotonic()
    with connect() as client, pytest.raises(Unreachable, match="Crossref cannot be reached: there is no connection to"):
        client.json(CROSSREF, "works/1")
    assert time.monotonic() - start < 1


def test_requests_keep_to_the_pace_of_a_service(services, connect, tmp_path):
    """No more requests leave in a second than the service allows."""
    from evidence_atlas.core.settings import Settings
    from evidence_atlas.sources.client import Client
    from evidence_atlas.sources.services import Manners

    services.replies |= {f"/crossref/works/{n}": Reply({}) for n in range(8)}
    start = time.monotonic()
    with Client(Settings(), manners=Manners(folder=tmp_path, per_second=4)) as client:
        for n in range(8):
            client.json(CROSSREF, f"works/{n}")
    assert 0.9 <= time.monotonic() - start < 5


BOMB = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;&x;&x;&x;&x;&x;'><!ENTITY z '&y;&y;&y;&y;&y;&y;&y;&y;'>]><a>&z;</a>"
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"


@pytest.mark.parametrize("bomb", [BOMB, OUTSIDE])
def test_xml_that_defines_entities_is_refused(services, connect, bomb):
    """Entities, which can grow without end or read a file, are refused; a mere mention of a DTD is not."""
    services.replies["/pubmed/efetch.fcgi"] = Reply(bomb)
    with connect() as client, pytest.raises(SourceError, match=r"PubMed .* it defines entities of its own"):
        client.xml(PUBMED, "efetch.fcgi")
    assert xml_of(b'<!DOCTYPE a PUBLIC "x" "https://dtd.example.org/a.dtd"><a>&lt;</a>').text == "<"


def test_what_is_no_xml_or_json_is_named():
    """The message says what stands in place of the record."""
    with pytest.raises(ValueError, match="it is no XML"):
        xml_of(b"<a><b></a>")
    with pytest.raises(ValueError, match="it is empty"):
        xml_of(b"  ")
    assert json_of(b"\xef\xbb\xbf[1]") == [1]
    assert issubclass(NotFound, SourceError)
