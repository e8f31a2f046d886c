"""Messages in other forms: JSON for programs, CSV for spreadsheets, a mailbox for a mail program."""

from __future__ import annotations

import csv
import io
import json
import mailbox
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from evidence_atlas.core.plain import indented, visible
from evidence_atlas.core.spreadsheet import plain_cell
from evidence_atlas.inbox.store import Kept

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HEADER = 150  # characters of a page's name in a subject


def as_json(messages: Sequence[Kept]) -> str:
    """Return an array of objects, in ASCII: a terminal on which it is printed sees no control character."""
    return json.dumps([asdict(message) for message in messages], indent=1) + "\n"


def as_csv(messages: Sequence[Kept]) -> str:
    """Return a table; no cell is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([field.name for field in fields(Kept)])
    for message in messages:
        writer.writerow([plain_cell(visible(value, keep="\n")) for value in asdict(message).values()])
    return stream.getvalue()


def as_mailbox(messages: Sequence[Kept]) -> str:
    """Return a mailbox (mbox) of plain-text mails that answer to the sender's contact, where that is a mail address."""
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder) / "mbox")
        for message in messages:
            box.add(_mail(message))
        box.close()
        return (Path(folder) / "mbox").read_text(encoding="ascii")


def _mail(message: Kept) -> EmailMessage:
    mail = EmailMessage(policy=SMTP.clone(linesep="\n"))
    mail["From"] = "inbox <inbox@localhost>"
    mail["Subject"] = f"[{message.reference}] {message.kind}: {visible(message.page)[:_HEADER] or 'no page'}"
    if _MAIL.fullmatch(message.contact):
        mail["Reply-To"] = message.contact
    mail.set_content(as_text(message), charset="utf-8", cte="base64")
    return mail


def as_text(message: Kept) -> str:
    """Return a message for a terminal: our words at the margin, the sender's behind a line."""
    rows: Mapping[str, str] = {
        "Received": message.received,
        "About": message.kind,
        "Page": message.page,
        "Version": message.version,
        "Contact": message.contact or "none",
        "May be thanked as": message.thanks or "nobody: no consent",
        "Status": message.status + (f" on {message.resolved}" if message.resolved else ""),
        "Commit": message.link,
        "Repeats": message.original,
        "Note": message.note,
    }
    facts = "\n".join(f"{name}: {visible(value)}" for name, value in rows.items() if value)
    return f"{message.reference}\n{facts}\n\n{indented(message.message)}\n"


FORMATS: dict[str, Callable[[Sequence[Kept]], str]] = {"json": as_json, "csv": as_csv, "mbox": as_mailbox}
