"""``atlas contribute``: what editors do with messages."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from evidence_atlas.cli import main
from evidence_atlas.inbox.serve import alone
from evidence_atlas.inbox.store import Store

from .helpers import Service

COMMIT = "https://git.example.org/a/commit/123abc"


@pytest.fixture
def inbox(store: Store, service: Service) -> dict[str, str]:
    """Fill an inbox; return references by message."""
    return {
        "first": service.send(message="first", contact="Ann@Example.org", thanks="Ann [x](y)", page="evidence/x"),
        "second": service.send(message="second names ann@example.org", kind="badge"),
        "third": service.send(message="third", contact="bob@example.org"),
    }


@pytest.fixture
def atlas(store: Store, capsys: pytest.CaptureFixture[str]):
    """Run the command; return exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["contribute", "--database", str(store.path), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_list_and_show(atlas, inbox: dict[str, str]):
    """``list`` gives a line for each open message, oldest first; ``show`` gives one, also by its reference in small letters."""
    code, out, err = atlas("list")
    assert (code, err) == (0, "3 messages.\n")
    assert [line.split("  ")[0] for line in out.splitlines()] == list(inbox.values())
    code, out, _err = atlas("show", inbox["first"].lower())
    assert code == 0
    assert out.splitlines()[0] == inbox["first"]
    assert "Contact: Ann@Example.org\n" in out
    assert "  │ first\n" in out
    assert atlas("show", "NONE") == (2, "", "atlas: there is no message 'NONE'\n")


def test_resolve(atlas, store: Store, inbox: dict[str, str]):
    """Messages are fixed with a commit, declined, or repeat another; thanks are offered with consent only, as plain text."""
    assert atlas("resolve", inbox["first"], "fixed")[0] == 2
    assert atlas("resolve", inbox["first"], "fixed", "--commit", "javascript:x")[0] == 2
    code, out, _err = atlas("resolve", inbox["first"], "fixed", "--commit", COMMIT)
    assert (code, out) == (0, "The page may thank, as Markdown: Ann \\[x\\]\\(y\\)\n")
    assert atlas("resolve", inbox["second"], "declined", "--note", "Not so")[1] == "Name nobody on the page.\n"
    assert atlas("resolve", inbox["third"], "duplicate")[0] == 2
    assert atlas("resolve", inbox["third"], "duplicate", "--of", inbox["third"])[0] == 2
    assert atlas("resolve", inbox["third"], "duplicate", "--of", inbox["first"])[0] == 0
    found = {kept.message[:5]: (kept.status, kept.link, kept.original, kept.note) for kept in store.messages()}
    assert found == {
        "first": ("fixed", COMMIT, "", ""),
        "secon": ("declined", "", "", "Not so"),
        "third": ("duplicate", "", inbox["first"], ""),
    }
    assert atlas("list")[1:] == ("", "0 messages.\n")
    assert len(atlas("list", "--status", "all")[1].splitlines()) == 3
    assert atlas("resolve", "NONE", "declined")[0] == 2


def test_a_persons_data(atlas, store: Store, inbox: dict[str, str]):
    """All that a person sent can be exported and deleted by their contact; other messages that name it are pointed out."""
    code, out, err = atlas("export", "--contact", " ann@example.ORG")
    assert [message["reference"] for message in json.loads(out)] == [inbox["first"]]
    assert (code, err) == (0, f"1 message.\nMessages of others that name this contact: {inbox['second']}.\n")
    assert atlas("purge", "--contact", "ann@example.org")[1] == "Messages deleted: 1.\n"
    assert [kept.message[:5] for kept in store.messages()] == ["secon", "third"]
    assert atlas("purge", "--reference", inbox["second"])[:2] == (0, "Messages deleted: 1.\n")
    assert atlas("purge", "--reference", inbox["second"])[0] == 2


def test_export_to_a_file(atlas, inbox: dict[str, str], tmp_path: Path):
    """Every format can be written to a file, which only its owner reads."""
    for form in ("json", "csv", "mbox"):
        target = tmp_path / f"out.{form}"
        assert atlas("export", "--format", form, "-o", str(target))[:2] == (0, "")
        assert target.stat().st_mode & 0o777 == 0o600
        assert target.stat().st_size > 300


def test_purge(atlas, store: Store, inbox: dict[str, str]):
    """Without an option, contacts that are due go; with one, resolved messages go."""
    assert atlas("purge")[1] == "Contacts deleted: 0.\n"
    assert atlas("purge", "--days", "0")[1] == "Contacts deleted: 2.\n"
    atlas("resolve", inbox["second"], "declined")
    assert atlas("purge", "--resolved", "1")[1] == "Messages deleted: 0.\n"
    assert atlas("purge", "--resolved", "0")[1] == "Messages deleted: 1.\n"
    assert [kept.message for kept in store.messages()] == ["first", "third"]


def test_backup_and_restore(atlas, store: Store, inbox: dict[str, str], tmp_path: Path):
    """``backup`` prints what it wrote; ``--restore`` puts it back, and not while the service runs."""
    code, out, _err = atlas("backup", str(tmp_path / "backups"), "--keep", "30")
    assert code == 0
    store.erase([inbox["third"]])
    with alone(store.path):
        assert atlas("backup", "--restore", out.strip())[0] == 2
        code, _out, err = atlas("serve", "--site", "https://atlas.example.org")
        assert (code, "is in use by a service" in err) == (2, True)
    code, out, _err = atlas("backup", "--restore", out.strip())
    assert (code, "Messages deleted again: 1." in out, "delete it" in out) == (0, True, True)
    assert len(store.messages()) == 2


def test_without_an_inbox(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Where there is no inbox, the commands say so in one line, and make none."""
    for action in (["list"], ["show", "x"], ["export"], ["purge"], ["backup", str(tmp_path / "b")]):
        assert main(["contribute", "--database", str(tmp_path / "none.db"), *action]) == 2
        assert capsys.readouterr().err.startswith(f"atlas: the inbox {tmp_path / 'none.db'} cannot be used: ")
    assert not (tmp_path / "none.db").exists()


def test_the_database_is_closed(atlas, inbox: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A command leaves no connection open, whether it succeeds or not."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def note(*arguments: object, **options: object) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", note)
    reference = inbox["first"]
    runs = [["list"], ["show", reference], ["show", "NONE"], ["resolve", reference, "declined"], ["export"]]
    codes = [atlas(*run)[0] for run in [*runs, ["purge", "--contact", "bob@example.org"], ["backup", str(tmp_path / "copies")]]]
    assert codes == [0, 0, 2, 0, 0, 0, 0]
    assert len(opened) >= len(codes)
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("select 1")
