"""The service: a form, a second look at what was written, and the word that it was kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from evidence_atlas.inbox.guards import RateLimit, Tickets, is_ours
from evidence_atlas.inbox.message import BODY_LIMIT, HONEYPOT, TICKET, Message, check, read_form
from evidence_atlas.inbox.openapi import description
from evidence_atlas.inbox.pages import Pages
from evidence_atlas.inbox.shield import Shield
from evidence_atlas.inbox.store import Store, StoreError

LOG = logging.getLogger(__name__)
FORM_TYPE = "application/x-www-form-urlencoded"
_DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Options:
    """How the service runs.

    Attributes:
        path: Its address on the host, without a stroke at the end.
        origins: Origins of the sites whose forms may be sent here, in small letters.
        name: Name of the atlas.
        site: Address of the atlas.
        contact_days: Days after which contacts are forgotten.
        each: Messages an hour from one network, each of which takes two requests at most.
        together: Messages an hour from all networks.
        quickest: Seconds between a form and its sending that a person needs at least.
        slowest: Seconds that a request may take to arrive.
        language: Language of the pages, as in ``de`` or ``pt_BR``.
    """

    path: str
    origins: frozenset[str]
    name: str = "Evidence Atlas"
    site: str = ""
    contact_days: int = 180
    each: int = 15
    together: int = 600
    quickest: float = 2
    slowest: float = 10
    language: str = "en"


class Inbox:
    """Answers the requests.

    Args:
        options: How it runs.
        store: Where messages are kept.
    """

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store
        self.pages = Pages(options.path, options.name, options.site, options.contact_days, options.language)
        self.tickets = Tickets(store.key(), options.quickest)
        self.limit = RateLimit(2 * options.each, 2 * options.together)
        self.one_at_a_time = CapacityLimiter(1)

    async def ask(self, request: Request) -> Response:
        """Show the form, with what the address fills in."""
        given = {name: request.query_params[name] for name in ("kind", "page", "version") if name in request.query_params}
        _message, wrong = check({"kind": "error", "message": "-"} | given)
        values = {name: value for name, value in given.items() if name not in wrong}
        return self.pages.form(values)

    async def receive(self, request: Request) -> Response:
        """Take a form: show it once more, or keep it.

        Raises:
            HTTPException: It is refused.
        """
        self._admit(request)
        form = await self._read(request)
        message, wrong = check(form)
        if wrong or message is None:
            return self.pages.form(form, wrong=wrong, status=422)
        ticket = self.tickets.read(form.get(TICKET, ""))
        if ticket is None:
            form |= {TICKET: self.tickets.issue()}
        if form.get(HONEYPOT):
            return self.pages.review({**form, HONEYPOT: ""}, notice="trap", status=422)
        if ticket is None:
            return self.pages.review(form)
        reference, too_soon = ticket
        if too_soon:
            return self.pages.review(form, notice="soon", status=422)
        return await self._keep(form, message, reference)

    async def _keep(self, form: dict[str, str], message: Message, reference: str) -> Response:
        """Keep a message, and only then say so."""
        try:
            kept = await to_thread.run_sync(self.store.add, message, reference, limiter=self.one_at_a_time)
        except StoreError as error:
            _complain("not stored", error)
            return self.pages.review(form, notice="down", status=503)
        if not kept:  # another message went out with this form
            return self.pages.review(form | {TICKET: self.tickets.issue()})
        LOG.info("stored")
        return self.pages.thanks(reference, message)

    async def health(self, request: Request) -> Response:
        """Say whether messages can be kept now."""
        try:
            await to_thread.run_sync(self.store.check, limiter=self.one_at_a_time)
        except StoreError as error:
            _complain("cannot store", error)
            return PlainTextResponse("messages cannot be stored now\n", 503)
        return PlainTextResponse("ok\n")

    async def describe(self, request: Request) -> Response:
        """Give the interface as OpenAPI."""
        return JSONResponse(description(self.options.path))

    async def style(self, request: Request) -> Response:
        """Give the style of the pages."""
        return Response(self.pages.style, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Show why a request was refused."""
        if not isinstance(error, HTTPException):
            raise error
        return self.pages.refusal(error.status_code, error.headers)

    def _admit(self, request: Request) -> None:
        """Let a request in by who sends it, before its body is read."""
        if wait := self.limit.wait(request.client.host if request.client else ""):
            LOG.warning("refused: too many requests")
            raise HTTPException(429, headers={"Retry-After": str(wait)})
        if not is_ours(request.headers.getlist("origin"), self.options.origins):
            LOG.warning("refused: foreign origin")
            raise HTTPException(403)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
            raise HTTPException(415)

    async def _read(self, request: Request) -> dict[str, str]:
        body = bytearray()
        try:
            async with asyncio.timeout(self.options.slowest):
                async for part in request.stream():
                    body += part
                    if len(body) > BODY_LIMIT:
                        raise HTTPException(413)
        except TimeoutError:
            raise HTTPException(408) from None
        except ClientDisconnect:
            raise HTTPException(400) from None
        try:
            return read_form(bytes(body))
        except ValueError:
            raise HTTPException(400) from None

    @asynccontextmanager
    async def life(self, app: Starlette) -> AsyncIterator[None]:
        """Forget contacts in time for as long as the service runs; close the database at its end."""
        task = asyncio.create_task(self._forget())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.store.close()

    async def _forget(self) -> None:
        while True:
            try:
                days = self.options.contact_days
                count = await to_thread.run_sync(self.store.forget_contacts, days, limiter=self.one_at_a_time)
                LOG.info("contacts forgotten: %d", count)
            except StoreError as error:
                _complain("contacts not forgotten", error)
            await asyncio.sleep(_DAY)


def _complain(what: str, error: StoreError) -> None:
    """Log what the database said, without the calls that led there."""
    LOG.log(logging.ERROR, "%s: %s", what, error)


def create_app(options: Options, store: Store) -> Shield:
    """Return the service as an ASGI application.

    Raises:
        StoreError: The database cannot be used.
    """
    inbox, path = Inbox(options, store), options.path
    routes = [
        Route(path, inbox.ask, methods=["GET"]),
        Route(path, inbox.receive, methods=["POST"]),
        Route(f"{path}/health", inbox.health, methods=["GET"]),
        Route(f"{path}/openapi.json", inbox.describe, methods=["GET"]),
        Route(f"{path}/inbox.css", inbox.style, methods=["GET"]),
    ]
    return Shield(Starlette(routes=routes, exception_handlers={HTTPException: inbox.refuse}, lifespan=inbox.life))
