"""The HTTP session behind the client: it keeps answers, keeps to the pace, tries again, and gives up in time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from platformdirs import user_cache_path
from requests import PreparedRequest, Response
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ContentDecodingError, InvalidSchema, RequestException, Timeout, TooManyRedirects
from requests_cache import CachedSession
from requests_ratelimiter import LimiterAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import NewConnectionError
from urllib3.util import Retry

from evidence_atlas.sources.services import KEPT_DAYS, MOST_BYTES, PATIENCE, Manners, NotFound, Service, SourceError, Unreachable

_ANONYMOUS = ("api_key", "email", "mailto", "tool")  # who asks makes no difference to what is kept, and is not kept
_BUSY = (429, 500, 502, 503, 504)
_ATTEMPTS = 3
_WHOLE = 120.0  # seconds that one answer may take in all, however it trickles
_NOT_FOUND = (404, 410)


class _TooLong(Exception):  # noqa: N818  (no error of the network, which its libraries would take it for)
    """The answer is larger, or takes longer, than any that is wanted."""


class _Patience(Retry):
    """Tries again after the pause that the service asks for, if that is a pause and not a closing time."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the pause in seconds."""
        seconds = super().get_retry_after(response)
        if seconds and seconds > PATIENCE:
            raise _TooLong(f"asks to come back in {round(seconds)} seconds")
        return seconds


class _Polite(LimiterAdapter):
    """Sends no faster than a service allows, and reads no more than is wanted."""

    def __init__(self, timeout: float, **options: Any) -> None:
        super().__init__(**options)
        self._timeout = timeout

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # by name, as sessions do
        """Send a request and read its answer whole."""
        options |= {"stream": True, "timeout": self._timeout}
        response: Response = super().send(request, **options)
        end = time.monotonic() + _WHOLE
        parts, size = [], 0
        for part in response.iter_content(64 * 1024):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                response.close()
                raise _TooLong(f"sent more than {MOST_BYTES // 1024**2} MB")
            if time.monotonic() > end:
                response.close()
                raise _TooLong(f"took more than {round(_WHOLE)} seconds to answer")
        response._content = b"".join(parts)
        return response


def make_session(services: Iterable[Service], manners: Manners, *, offline: bool) -> CachedSession:
    """Return a session that keeps to the pace of each service.

    Args:
        services: Whom it will ask.
        manners: How patiently.
        offline: Whether answers that are too old are good enough, since no others can be had.
    """
    folder = manners.folder or user_cache_path("evidence-atlas", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    session = CachedSession(
        str(folder / "answers.sqlite"),
        backend="sqlite",
        serializer="json",  # a kept answer is data, never code
        expire_after=timedelta(days=KEPT_DAYS),
        ignored_parameters=_ANONYMOUS,
        stale_if_error=offline,
    )
    session.max_redirects = 3
    session.adapters.clear()  # it speaks with these services and with nobody to whom they may send it
    retry = _Patience(
        total=_ATTEMPTS - 1,
        connect=0,  # without a network, waiting does not help
        read=False,
        status=_ATTEMPTS - 1,
        status_forcelist=_BUSY,
        backoff_factor=manners.pause,
        raise_on_status=False,
    )
    for service in services:
        session.mount(
            f"{service.base}/", _Polite(manners.timeout, per_second=manners.per_second or service.rate, max_retries=retry)
        )
    return session


def ask(session: CachedSession, service: Service, url: str, parameters: Mapping[str, str], *, offline: bool) -> Response:
    """Return a service's answer.

    Raises:
        NotFound: The service says that there is no such record.
        Unreachable: There is no answer.
        SourceError: There is one that is of no use.
    """
    try:
        response: Response = session.get(url, params=dict(parameters), only_if_cached=offline)
    except Timeout:
        raise Unreachable(f"{service.name} did not answer in time.") from None
    except _TooLong as error:
        raise SourceError(f"{service.name} {error}.") from None
    except ContentDecodingError:
        raise SourceError(f"{service.name} sent an answer that cannot be unpacked.") from None
    except NoConnection as error:
        if isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError):
            raise Unreachable(f"{service.name} cannot be reached: there is no connection to {service.base}.") from None
        raise Unreachable(f"{service.name} broke off the connection.") from None
    except TooManyRedirects:
        raise SourceError(f"{service.name} sends from one address to the next without end.") from None
    except InvalidSchema:
        raise SourceError(f"{service.name} sends to an address outside {service.base}, which is not followed.") from None
    except RequestException:
        raise Unreachable(f"{service.name} broke off its answer.") from None
    return _checked(response, service, offline=offline)


def forget(session: CachedSession, response: Response) -> None:
    """Keep an answer no longer: it was of no use, and the next may be better."""
    session.cache.delete(getattr(response, "cache_key", ""))


def _checked(response: Response, service: Service, *, offline: bool) -> Response:
    status = response.status_code
    if offline and status == 504:  # noqa: PLR2004  (what the cache says of what it does not have)
        raise Unreachable(f"{service.name} was not asked, because of --offline, and no answer of an earlier time is kept.")
    if status in _NOT_FOUND:
        raise NotFound(f"{service.name} has no such record.")
    if status == 429:  # noqa: PLR2004
        raise Unreachable(f"{service.name} asks for fewer requests (429), also after {_ATTEMPTS} attempts.")
    if status != 200:  # noqa: PLR2004
        raise Unreachable(f"{service.name} answered with the error {status}.")
    return response
