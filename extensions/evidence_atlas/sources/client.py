"""A polite way to ask services on the web: slow enough, with a name, with patience, and never twice without need."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from xml.etree.ElementTree import Element, ParseError

import evidence_atlas
from evidence_atlas.core.settings import Settings
from evidence_atlas.sources.services import CROSSREF, PUBMED, SERVICES, Manners, Service, SourceError

if TYPE_CHECKING:
    from requests import Response


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said.

    Attributes:
        data: The decoded JSON, or the root of the XML.
        url: The address that was asked, without a key.
        retrieved: Day on which it answered, which may lie before today where the answer was kept.
    """

    data: Any
    url: str
    retrieved: str


class Client:
    """Asks services. Use it with ``with``, so that its connections are closed.

    Args:
        settings: Of the atlas; its contact is named to the services.
        offline: Whether to use only answers that were kept.
        manners: How patiently to ask.

    Raises:
        ValueError: The packages that this needs are not installed.
    """

    def __init__(self, settings: Settings, *, offline: bool = False, manners: Manners | None = None) -> None:
        try:
            from evidence_atlas.sources.session import make_session
        except ImportError:
            raise missing_packages() from None

        self.contact = settings.contact
        self.offline = offline
        self._session = make_session(SERVICES, manners or Manners(), offline=offline)
        reach = f"; mailto:{settings.contact}" if settings.contact else ""
        self._session.headers["User-Agent"] = f"evidence-atlas/{evidence_atlas.__version__} ({settings.base_url}{reach})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.close()  # type: ignore[no-untyped-call]

    def json(self, service: Service, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Ask for JSON.

        Args:
            service: Whom to ask.
            path: Below the service's address.
            parameters: Of the query, without contact and key, which are added.

        Raises:
            NotFound: The service has no such record.
            Unreachable: No answer could be had.
            SourceError: The answer cannot be used.
        """
        return self._answer(service, path, parameters or {}, json_of)

    def xml(self, service: Service, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Ask for XML; see :meth:`json`."""
        return self._answer(service, path, parameters or {}, xml_of)

    def _answer(self, service: Service, path: str, parameters: Mapping[str, str], decode: Any) -> Answer:
        from evidence_atlas.sources.session import ask, forget

        sent = {**parameters, **self._polite(service)}
        response = ask(self._session, service, f"{service.base}/{path.lstrip('/')}", sent, offline=self.offline)
        shown = _shown(response)
        try:
            return Answer(decode(response.content), shown, _day(response))
        except ValueError as error:
            forget(self._session, response)
            raise SourceError(f"{service.name} answered with something else than a record: {error}.") from None

    def _polite(self, service: Service) -> dict[str, str]:
        """Return what a service asks of programs that call it."""
        if service is PUBMED:
            key = {"api_key": service.key} if service.key else {}
            return {"tool": "evidence-atlas", **({"email": self.contact} if self.contact else {}), **key}
        return {"mailto": self.contact} if service is CROSSREF and self.contact else {}


def json_of(data: bytes) -> Any:
    """Decode JSON.

    Raises:
        ValueError: It is none; the message says what it is.
    """
    try:
        return json.loads(_text(data))
    except (ValueError, RecursionError) as error:
        raise ValueError(_what_instead(data, "JSON", error)) from None


def xml_of(data: bytes) -> Element:
    """Decode XML that may not define entities, which can grow without end or read other files.

    Raises:
        ValueError: It is none, or defines entities; the message says so.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise missing_packages() from None

    try:
        root: Element = fromstring(data)
    except DefusedXmlException:
        raise ValueError("it defines entities of its own, which are refused") from None
    except (ParseError, LookupError, ValueError, RecursionError) as error:
        raise ValueError(_what_instead(data, "XML", error)) from None
    return root


def missing_packages() -> ValueError:
    """Return the error for packages that are not installed."""
    return ValueError("the packages that ask services are not installed: pip install 'evidence-atlas[sources]'")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start + 1})") from None


def _what_instead(data: bytes, wanted: str, error: Exception) -> str:
    start = data.lstrip()[:200].lower()
    if not start:
        return "it is empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return f"it is an HTML page and no {wanted}"
    detail = str(error) if str(error).startswith("it is not") else f"it is no {wanted} ({error})"
    return " ".join(detail.split()).rstrip(".")


def _day(response: Response) -> str:
    made = getattr(response, "created_at", None)
    return (made or dt.datetime.now(dt.UTC)).date().isoformat()


def _shown(response: Response) -> str:
    """Return the address that answered, without who asked."""
    from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

    parts = urlsplit(str(response.url))
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"api_key", "email", "mailto", "tool"}]
    return urlunsplit(parts._replace(query=urlencode(query)))
