"""Messages that try to do something where they are shown: in a terminal, a log, a table, a mail, a page."""

from __future__ import annotations

import csv
import io
import json
import logging
import mailbox
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evidence_atlas.core.plain import indented, markdown, visible
from evidence_atlas.core.spreadsheet import plain_cell
from evidence_atlas.inbox.exports import as_csv, as_json, as_mailbox, as_text
from evidence_atlas.inbox.serve import OneLine
from evidence_atlas.inbox.store import Kept

from .helpers import Service

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'); drop table message; --",
    '" or 1=1; attach database "/tmp/x" as y; --',
    '=HYPERLINK("https://evil.example";"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m",
    "\u202egnp.exe \u2066x\u2069 \u200b",
    "x\r\nBcc: all@example.org\r\n\r\nFrom nobody Mon Jan  1 00:00:00 2026\nSubject: forged",
    "x\nINFO evidence_atlas.inbox.app: stored\nReference: AAAA",
    "[x](javascript:alert(1)) ![](https://evil.example/p.png)\n```{include} /etc/passwd\n```",
    "{{ 7*7 }} {% raw %} ${7*7} %s %(name)s {0.__class__}",
    "\0nul \N{GRINNING FACE}\N{ZERO WIDTH JOINER} سلام",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def kept(message: str, field: str = "") -> Kept:
    line = " ".join(field.split())
    return Kept("AAAA-BBBB-CCCC", "2026-01-02", "other", message, line, line, line, line, "open", "", "", "", line)


@pytest.mark.parametrize("text", HOSTILE)
def test_stored_as_it_was_written(service: Service, text: str):
    """A hostile text is kept as it is, a character of no meaning and line ends apart, and the inbox is whole after it."""
    reference = service.send(message=text)
    (found,) = service.store.messages(reference=reference)
    assert found.message == text.replace("\r\n", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    service.store.check(thorough=True)
    assert not service.store.messages(reference=text)
    assert not service.store.messages(contact=text)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_review_page_shows_it_as_text(service: Service, text: str):
    """The page that shows the message once more holds no markup of the sender's."""
    page = service.post(message=text, page="<b>x</b>", version='"><i>').text
    assert not re.search(r"<(script|img|b|i)\b", page)
    assert "49" not in re.sub(r'name="ticket" value="[^"]+"', "", page)


def steers(text: str, allowed: str = "\n\t") -> list[str]:
    return [c for c in text if c not in allowed and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")] + [
        c for c in text if c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff"
    ]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), TEXT))
def test_terminal(text: str):
    """What a terminal is given steers nothing, and every line of the sender's stands behind the margin."""
    shown = as_text(kept(text, text))
    assert not steers(shown)
    head, _blank, body = shown.partition("\n\n")
    assert all(re.match(r"[A-Z][a-z ]*: |AAAA-BBBB-CCCC$", line) for line in head.split("\n"))
    assert all(line.startswith("  │ ") for line in body.rstrip("\n").split("\n"))
    assert not steers(as_json([kept(text, text)]), "\n")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), TEXT))
def test_spreadsheet(text: str):
    """No cell of a table begins as a formula does, and the table has one row for each message."""
    rows = list(csv.reader(io.StringIO(as_csv([kept(text, text)]), newline="")))
    assert len(rows) == 2
    assert not any(value.lstrip()[:1] in tuple("=+-@|%") for value in rows[1] if value)
    assert not any(steers(value) for value in rows[1])


def test_formulas_hide_nowhere():
    """A formula behind blanks, or in full-width characters, is text too; what is none stays as it is."""
    assert [plain_cell(text)[0] for text in ("=1", " =1", "\t=1", "+1", "-1", "@a", "＝1", "|x")] == ["'"] * 8
    assert [plain_cell(text) for text in ("a=1", "", "1-2")] == ["a=1", "", "1-2"]


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), TEXT))
def test_mail(text: str):
    """A mailbox has one plain-text mail for each message, with our headers only and the text harmless inside."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        path.write_text(as_mailbox([kept(text, text), kept(text)]), encoding="ascii")
        box = mailbox.mbox(path)
        mails = list(box)
        box.close()
    assert len(mails) == 2
    for mail in mails:
        assert set(mail.keys()) <= {"From", "Subject", "Reply-To", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
        assert mail.get_content_type() == "text/plain"
        assert not steers(mail.get_payload(decode=True).decode())


def test_mail_answers_to_an_address_only():
    """A contact that is one mail address becomes the address of the answer; anything else stands in the text."""
    assert "Reply-To: ann@example.org\n" in as_mailbox([kept("x", "ann@example.org")])
    for other in ("ann@example.org, all@example.org", "Ann <ann@example.org>", "555 1234"):
        assert "Reply-To" not in as_mailbox([kept("x", other)])


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), TEXT))
def test_markdown(text: str):
    """A name for a thank-you is plain text on a page: no link, no picture, no markup, no directive."""
    (paragraph,) = [token for token in MarkdownIt().parse("Thanks to " + markdown(text)) if token.type == "inline"]
    assert {child.type for child in paragraph.children or []} <= {"text", "text_special"}
    assert MarkdownIt().render("Thanks to " + markdown(text)).count("<") == 2


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.sampled_from(HOSTILE), TEXT))
def test_log_lines(text: str):
    """A log record is one line, whatever is in it: neither its text nor an error's can begin another."""
    error = ValueError(text)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (text,), (type(error), error, None))
    line = OneLine("%(levelname)s %(message)s").format(record)
    assert len(line.splitlines()) == 1
    assert not steers(line, "")


def test_what_is_spelled_out_is_seen():
    """Characters that steer are spelled out by their number; those of ordinary writing stay."""
    assert visible("a\x1b[2J\u202e") == "a‹U+001B›[2J‹U+202E›"
    assert visible("Grüße, سلام می‌خواهم 👩‍🔬") == "Grüße, سلام می‌خواهم 👩‍🔬"
    assert indented("a\nb\u2028c") == "  │ a\n  │ b‹U+2028›c"


def test_json_is_exact():
    """JSON gives a program the text as it was written."""
    (found,) = json.loads(as_json([kept(HOSTILE[5])]))
    assert found["message"] == HOSTILE[5]
