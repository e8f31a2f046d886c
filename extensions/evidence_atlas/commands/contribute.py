"""``atlas contribute``: the private inbox, from its service to the last message that is dealt with."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from evidence_atlas.commands import CLEAN, USAGE

if TYPE_CHECKING:
    from evidence_atlas.core.settings import Settings
    from evidence_atlas.inbox.store import Kept

_STATUSES = ("open", "fixed", "declined", "duplicate")
_WIDTH = 60  # characters of a message in the list


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    contribute = commands.add_parser("contribute", help="keep readers' messages in a private inbox, and deal with them")
    contribute.add_argument(
        "--database",
        type=Path,
        default=Path(os.environ.get("ATLAS_INBOX", "inbox.db")),
        metavar="FILE",
        help="the inbox (what ATLAS_INBOX says, else inbox.db)",
    )
    contribute.set_defaults(run=run)
    actions = contribute.add_subparsers(dest="action", required=True, metavar="ACTION", help="what is done")
    for add_action in (_add_serve, _add_list, _add_show, _add_resolve, _add_export, _add_purge, _add_backup):
        add_action(actions)


_Actions = argparse._SubParsersAction  # typed by the stubs only


def _add_serve(actions: _Actions[argparse.ArgumentParser]) -> None:
    serve = actions.add_parser("serve", help="take messages; behind a reverse proxy")
    serve.add_argument("--site", metavar="URL", help="address of the atlas (the setting base-url)")
    serve.add_argument("--address", metavar="URL", help="address of the inbox, or its path on the site (the setting inbox)")
    serve.add_argument("--host", default="127.0.0.1", help="interface to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8010, help="port to listen on (8010)")
    serve.add_argument("--socket", default="", metavar="PATH", help="Unix socket to listen on, in place of host and port")
    serve.add_argument("--proxies", default="127.0.0.1,::1", metavar="LIST", help="proxies that are believed (127.0.0.1,::1)")
    serve.add_argument("--each", type=int, default=15, metavar="N", help="messages an hour from one network (15)")
    serve.add_argument("--together", type=int, default=600, metavar="N", help="messages an hour from all (600)")
    serve.add_argument("--days", type=int, help="days after which contacts are deleted (the setting inbox-contact-days)")
    serve.add_argument("--quickest", type=float, default=2, metavar="SECONDS", help="what a person needs at least to send (2)")
    serve.add_argument("--language", default="en", help="language of its pages (en)")
    serve.set_defaults(action_run=_serve)


def _add_list(actions: _Actions[argparse.ArgumentParser]) -> None:
    listing = actions.add_parser("list", help="list messages, a line each")
    listing.add_argument("--status", choices=(*_STATUSES, "all"), default="open", help="which (open)")
    listing.set_defaults(action_run=_list)


def _add_show(actions: _Actions[argparse.ArgumentParser]) -> None:
    show = actions.add_parser("show", help="show a message")
    show.add_argument("reference", help="its reference")
    show.set_defaults(action_run=_show)


def _add_resolve(actions: _Actions[argparse.ArgumentParser]) -> None:
    resolve = actions.add_parser("resolve", help="say what became of a message")
    resolve.add_argument("reference", help="its reference")
    resolve.add_argument("status", choices=_STATUSES[1:], help="what became of it")
    resolve.add_argument("--commit", default="", metavar="URL", help="address of the commit; needed for fixed")
    resolve.add_argument("--of", default="", metavar="REFERENCE", help="the message that it repeats; needed for duplicate")
    resolve.add_argument("--note", default="", help="a word on the reason")
    resolve.set_defaults(action_run=_resolve)


def _add_export(actions: _Actions[argparse.ArgumentParser]) -> None:
    export = actions.add_parser("export", help="write messages, all or one person's")
    export.add_argument("--format", choices=("json", "csv", "mbox"), default="json", help="how (json)")
    export.add_argument("--status", choices=(*_STATUSES, "all"), default="all", help="which (all)")
    export.add_argument("--contact", default="", help="only those of the person with this contact")
    export.add_argument("--reference", default="", help="only this one")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (standard output)")
    export.set_defaults(action_run=_export)


def _add_purge(actions: _Actions[argparse.ArgumentParser]) -> None:
    purge = actions.add_parser("purge", help="delete contacts that are due, or messages")
    what = purge.add_mutually_exclusive_group()
    what.add_argument("--contact", default="", help="delete every message of the person with this contact")
    what.add_argument("--reference", default="", help="delete this message")
    what.add_argument("--resolved", type=int, metavar="DAYS", help="delete messages resolved at least so many days ago")
    what.add_argument("--days", type=int, help="delete contacts at least so many days old (the setting inbox-contact-days)")
    purge.set_defaults(action_run=_purge)


def _add_backup(actions: _Actions[argparse.ArgumentParser]) -> None:
    backup = actions.add_parser("backup", help="write a back-up, also while the service runs; or put one back")
    backup.add_argument("place", type=Path, metavar="FOLDER", help="where back-ups lie; with --restore, the file")
    backup.add_argument("--keep", type=int, metavar="DAYS", help="delete back-ups that are older")
    backup.add_argument("--restore", action="store_true", help="put the file in the place of the inbox; stop the service first")
    backup.set_defaults(action_run=_backup)


def run(options: argparse.Namespace) -> int:
    """Carry out the action; what is made is for its owner's eyes alone."""
    from evidence_atlas.inbox.store import Store, StoreError

    before = os.umask(0o077)
    try:
        with closing(Store(options.database)) as options.store:
            action: Callable[[argparse.Namespace], None] = options.action_run
            action(options)
    except StoreError as error:
        print(f"atlas: the inbox {options.database} cannot be used: {error}", file=sys.stderr)
        return USAGE
    except KeyError as error:
        print(f"atlas: there is no message {error.args[0]!a}", file=sys.stderr)
        return USAGE
    finally:
        os.umask(before)
    return CLEAN


def _settings() -> Settings:
    """Return the settings of the atlas in whose folder the command runs; the defaults where there is none, as on a server."""
    from evidence_atlas.core.settings import DEFAULTS, find_project, find_sources

    try:
        return find_project(find_sources(Path.cwd()))[0].settings
    except ValueError:
        return DEFAULTS


def _serve(options: argparse.Namespace) -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise ValueError("the inbox needs more packages: pip install 'evidence-atlas[inbox]'") from None
    from evidence_atlas.inbox.app import Options, create_app
    from evidence_atlas.inbox.guards import origin_of
    from evidence_atlas.inbox.serve import Place, alone, serve
    from evidence_atlas.inbox.store import Store

    settings = _settings()
    site = (options.site or settings.base_url).rstrip("/")
    address = urljoin(f"{site}/", options.address or settings.inbox or "/contribute").rstrip("/")
    how = Options(
        path=urlsplit(address).path,
        origins=frozenset({origin_of(site), origin_of(address)}),
        name=settings.name,
        site=site,
        contact_days=settings.inbox_contact_days if options.days is None else options.days,
        each=options.each,
        together=options.together,
        quickest=options.quickest,
        language=options.language,
    )
    if not how.path:
        raise ValueError("the inbox needs an address with a path, such as /contribute")
    options.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(options.database):
        store = Store(options.database, create=True, patience=2)
        store.check(thorough=True)
        serve(create_app(how, store), Place(options.host, options.port, options.socket, options.proxies))


def _wanted(status: str) -> str:
    return "" if status == "all" else status


def _list(options: argparse.Namespace) -> None:
    from evidence_atlas.core.plain import visible

    messages = options.store.messages(status=_wanted(options.status))
    for kept in messages:
        start = " ".join(kept.message[: 2 * _WIDTH].split())[:_WIDTH]
        row = (kept.reference, kept.received, f"{kept.status:<9}", f"{kept.kind:<13}", kept.page or "-", start)
        print("  ".join(visible(part) for part in row))
    print(f"{len(messages)} message{'s' * (len(messages) != 1)}.", file=sys.stderr)


def _one(options: argparse.Namespace) -> Kept:
    found: list[Kept] = options.store.messages(reference=options.reference)
    if not found:
        raise KeyError(options.reference)
    return found[0]


def _show(options: argparse.Namespace) -> None:
    from evidence_atlas.inbox.exports import as_text

    sys.stdout.write(as_text(_one(options)))


def _resolve(options: argparse.Namespace) -> None:
    from evidence_atlas.core.plain import markdown

    if options.commit and urlsplit(options.commit).scheme not in ("http", "https"):
        raise ValueError("--commit takes a web address")
    if options.status == "fixed" and not options.commit:
        raise ValueError("what was fixed needs --commit, the address of the commit")
    if (options.status == "duplicate") != bool(options.of):
        raise ValueError("--of names the message that a duplicate repeats, and nothing else has one")
    store = options.store
    if options.of and (options.of.upper() == options.reference.upper() or not store.messages(reference=options.of)):
        raise KeyError(options.of)
    kept = store.resolve(options.reference, options.status, link=options.commit, original=options.of, note=options.note)
    if kept.thanks and kept.status == "fixed":
        print(f"The page may thank, as Markdown: {markdown(kept.thanks)}")
    else:
        print("Name nobody on the page." if not kept.thanks else "Thanks are for what was fixed.")


def _export(options: argparse.Namespace) -> None:
    from evidence_atlas.inbox.exports import FORMATS

    messages = options.store.messages(_wanted(options.status), options.reference, options.contact)
    text = FORMATS[options.format](messages)
    if options.output:
        handle = os.open(options.output, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    else:
        sys.stdout.write(text)
    print(f"{len(messages)} message{'s' * (len(messages) != 1)}.", file=sys.stderr)
    _say_mentions(options)


def _purge(options: argparse.Namespace) -> None:
    store = options.store
    if options.reference:
        references = [_one(options).reference]
    elif options.contact:
        references = [kept.reference for kept in store.messages(contact=options.contact)]
    elif options.resolved is not None:
        references = store.resolved_before(options.resolved)
    else:
        days = _settings().inbox_contact_days if options.days is None else options.days
        print(f"Contacts deleted: {store.forget_contacts(days)}.")
        return
    store.erase(references)
    print(f"Messages deleted: {len(references)}.")
    _say_mentions(options)


def _say_mentions(options: argparse.Namespace) -> None:
    """Say which other messages name a person: a human decides what becomes of them."""
    if options.contact and (found := options.store.mentions(options.contact)):
        print(f"Messages of others that name this contact: {', '.join(found)}.", file=sys.stderr)


def _backup(options: argparse.Namespace) -> None:
    from evidence_atlas.inbox.restore import back_up, restore

    if options.restore:
        aside, gone = restore(options.place, options.database)
        print(f"{options.database} is now {options.place}. Messages deleted again: {gone}.")
        if aside:
            print(f"The old inbox is {aside}; delete it once it is not needed.")
        return
    target, old = back_up(options.store, options.place, options.keep)
    print(target)
    for path in old:
        print(f"deleted {path}")
