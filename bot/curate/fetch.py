"""Asking sources over HTTP, politely: who asks, at most so often, again after a while, and never twice.

What the sources ask for is kept here. Crossref: a contact and, in its polite pool, at most ten requests for
single records a second, three at a time (Crossref, "Announcing changes to REST API rate limits", 2025).
NCBI: at most three requests a second, ten with a key, and for ``tool`` and ``email`` (NCBI,
"A General Introduction to the E-utilities", NBK25497). One request runs at a time.
"""

import datetime as dt
import email.utils
import random
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlencode

import httpx
import tenacity

from bot import __version__
from bot.curate.cache import Answer, Cache

_T = TypeVar("_T")

TOOL: Final = "evidence-bot"
MOST_BYTES: Final = 32 * 1024 * 1024  # of one answer, unpacked: a hundred PubMed records are under 3 MB
_LONGEST_WAIT: Final = 120.0  # seconds that a source may ask to wait before we give up for now
_LONGEST_ANSWER: Final = 120.0  # seconds from asking to the last byte
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_FOUND: Final = frozenset({404, 410})


class FetchError(Exception):
    """A source could not be asked, or what it answered cannot be used. The message is one sentence."""


class UnusableAnswerError(FetchError):
    """The answer is not what the source is documented to give; raised by those who read answers."""


class _TryAgainError(FetchError):
    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Fetcher:
    """Asks sources, one request at a time. Use it as a context manager.

    Args:
        contact: an e-mail address that the sources can write to.
        cache: where answers are kept; ``None`` keeps none.
        timeout: seconds to wait for a connection, and for each part of an answer.
        attempts: how often one thing is asked before it counts as failed.
        sleep: waits so many seconds.
        clock: tells seconds, from any start.
    """

    def __init__(
        self,
        contact: str,
        *,
        cache: Cache | None = None,
        timeout: float = 30.0,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.contact = contact
        self._cache = cache
        self._sleep = sleep
        self._clock = clock
        self._next: dict[str, float] = {}
        self._client = httpx.Client(
            headers={"User-Agent": f"{TOOL}/{__version__} (mailto:{contact})"},
            timeout=timeout,
            follow_redirects=True,
            max_redirects=5,
        )
        self._again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TryAgainError),
            stop=tenacity.stop_after_attempt(attempts),
            wait=_pause,
            sleep=sleep,
            reraise=True,
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._client.close()

    def get(
        self,
        url: str,
        read: Callable[[bytes], _T],
        *,
        per_second: float,
        courtesy: Mapping[str, str] | None = None,
    ) -> _T | None:
        """What ``read`` makes of the page at ``url``; ``None`` if there is no such page.

        ``read`` raises :class:`UnusableAnswerError` for an answer that is broken; it is asked for again, and
        never kept. ``courtesy`` parameters (who asks) are not part of what is asked.

        Raises:
            FetchError: when the source fails, each time it is asked.
        """
        # Not `params`, which would take the place of the address's own query.
        request = self._client.build_request("GET", httpx.URL(url).copy_merge_params(dict(courtesy or {})))
        return self._ask(url, request, read, per_second)

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        read: Callable[[bytes], _T],
        *,
        per_second: float,
        courtesy: Mapping[str, str] | None = None,
    ) -> _T | None:
        """As :meth:`get`, with a form, whose ``courtesy`` part (who asks, the key) is never kept or shown."""
        request = self._client.build_request("POST", url, data={**form, **(courtesy or {})})
        return self._ask(f"{url}?{urlencode(sorted(form.items()))}", request, read, per_second)

    def _ask(
        self, asked: str, request: httpx.Request, read: Callable[[bytes], _T], per_second: float
    ) -> _T | None:
        if self._cache and (kept := self._cache.get(asked)):
            return None if kept.status in _NOT_FOUND else read(kept.body)

        def once() -> tuple[Answer, _T | None]:
            answer = self._send(request, per_second)
            if answer.status in _NOT_FOUND:
                return answer, None
            try:
                return answer, read(answer.body)
            except UnusableAnswerError as error:
                raise _TryAgainError(str(error)) from error

        answer, made = self._again(once)
        if self._cache:
            self._cache.put(asked, answer)
        return made

    def _send(self, request: httpx.Request, per_second: float) -> Answer:
        host = request.url.host
        self._wait_for_turn(host, per_second)
        started = self._clock()
        body = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        message = f"{host} sent more than {MOST_BYTES // 2**20} MB"
                        raise FetchError(message)
                    if self._clock() - started > _LONGEST_ANSWER:
                        message = f"{host} took more than {_LONGEST_ANSWER:.0f} s to answer"
                        raise _TryAgainError(message)
            finally:
                response.close()
        except httpx.TimeoutException:
            message = f"{host} did not answer in time"
            raise _TryAgainError(message) from None
        except httpx.TooManyRedirects:
            message = f"{host} sends from address to address without end"
            raise FetchError(message) from None
        except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL) as error:
            message = f"{host} could not be asked ({_said(error)})"
            raise _TryAgainError(message) from None
        return self._checked(host, response, bytes(body))

    def _checked(self, host: str, response: httpx.Response, body: bytes) -> Answer:
        status = response.status_code
        if status in _NOT_FOUND or status == httpx.codes.OK:
            return Answer(status=status, body=body)
        if status not in _AGAIN:
            message = f"{host} refused with HTTP status {status}"
            raise FetchError(message)
        wait = _retry_after(response.headers.get("Retry-After"))
        if wait is not None and wait > _LONGEST_WAIT:
            message = f"{host} asks to wait {wait:.0f} s; try again later"
            raise FetchError(message)
        if wait is not None:
            self._next[host] = max(self._next.get(host, 0.0), self._clock() + wait)
        message = f"{host} answers with HTTP status {status}, each time it is asked"
        raise _TryAgainError(message, wait)

    def _wait_for_turn(self, host: str, per_second: float) -> None:
        now = self._clock()
        if (pause := self._next.get(host, now) - now) > 0:
            self._sleep(pause)
        self._next[host] = max(self._clock(), self._next.get(host, now)) + 1 / per_second


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt: what the source asks for, else 1, 2, 4 … with some chance in it."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _TryAgainError) and error.wait is not None:
        return error.wait
    return min(2.0 ** (state.attempt_number - 1), 30.0) * random.uniform(0.75, 1.25)  # noqa: S311


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, section 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(tz=dt.UTC)).total_seconds())


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
