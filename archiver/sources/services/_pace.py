"""Asks a service politely: paced, patient, and not for ever."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import TypeVar

import httpx

from archiver.errors import FetchError, UnreadableError
from archiver.model import Exchange
from archiver.sources._bodies import Damaged, TooLarge, UnknownCoding, decoded
from archiver.sources._http import retry_after
from archiver.sources._settings import Settings
from archiver.sources.services._loop import Loop
from archiver.sources.web import public
from archiver.sources.web._answers import NoAnswer, exchange
from archiver.sources.web._wire import RECORDING, Recording

__all__ = ["Answer", "Client", "Odd", "Pace", "Query", "asking", "first_words", "shared"]

_T = TypeVar("_T")
Clock = Callable[[], float]

_AGAIN = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})  # the last are a proxy's that finds no server
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TEXT = 256 * 1024 * 1024  # bytes of a list, at most
_NO_SECRETS = frozenset[str]()  # nothing that a service is sent is one
_PATIENCE = 10  # times the longest wait for an answer: as long may the whole answer take


class Odd(ValueError):  # noqa: N818  reads as what an answer is
    """An answer that is none, of a service that may answer better when it is asked again."""


class _Again(Exception):  # noqa: N818  it is caught here
    """A failure after which it is worth to ask again, after `pause` seconds in which nobody asks."""

    def __init__(self, error: FetchError, pause: float = 0) -> None:
        super().__init__(str(error))
        self.error, self.pause = error, pause


class Pace:
    """Spaces out the starts of requests, those of all threads and loops that share it: at most so many a second."""

    def __init__(self, per_second: float, clock: Clock = time.monotonic) -> None:
        self._gap, self._clock, self._lock = 1 / per_second, clock, Lock()
        self._next = self._held = float("-inf")

    def reserve(self) -> float:
        """The seconds to wait until the next start that is free, which is the caller's now."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next, self._held)
            self._next = start + self._gap
            return start - now

    def hold(self, seconds: float) -> None:
        """Lets nothing start for so long."""
        with self._lock:
            self._held = max(self._held, self._clock() + seconds)

    def is_held(self) -> bool:
        """Whether nothing may start now."""
        with self._lock:
            return self._clock() < self._held

    async def turn(self) -> None:
        """Waits for a start of one's own."""
        while True:
            await asyncio.sleep(self.reserve())
            if not self.is_held():
                return


def first_words(text: str) -> str:
    """The first words of an answer that is not what it should be, for a message."""
    return " ".join(text[:1000].split())[:100]


@lru_cache(maxsize=64)
def shared(service: str, per_second: float) -> Pace:  # noqa: ARG001  each service has one of its own
    """The one pace at which this process asks a service, for its limits are those of an address."""
    return Pace(per_second)


@dataclass(frozen=True, slots=True)
class Query:
    """A question to a service: `name` is what is asked for, as messages call it; `most` the most bytes of an answer.

    `wanted` looks at the head of an answer before its body is read, and raises where it should not be. `patience`
    is how many times longer than usual an answer may be awaited. `heard` is given each exchange, also those after which
    the question is put again. `begun` is called when it is about to be sent for the first time.
    """

    name: str
    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    most: int = 64 * 1024 * 1024
    patience: float = 1
    wanted: Callable[[httpx.Response], None] | None = None
    heard: Callable[[Exchange], None] | None = None
    begun: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, and how long that took; `body` is as it was served, undone of chunks only."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float

    def text(self) -> str:
        """The body as text. Raises Odd where it cannot be read."""
        try:
            return decoded(self.body, self.headers.get("content-encoding"), _TEXT).decode("utf-8", "replace")
        except (Damaged, TooLarge, UnknownCoding) as error:
            raise Odd(f"a list that {error}") from error

    @property
    def is_capture(self) -> bool:
        """Whether this is what a web archive holds, not what it says itself (RFC 7089)."""
        return "memento-datetime" in self.headers or "x-archive-src" in self.headers

    @property
    def is_redirect(self) -> bool:
        """Whether it leads elsewhere."""
        return self.status in _REDIRECTS and "location" in self.headers


class Client:
    """Asks one service, at one pace. `pause` is in seconds, for a server that wants to be left alone and says no time;
    `longest` is the longest such pause that is waited for; `backoff` is the first pause after other failures. `client`
    is one that several share, of which another closes the connections."""

    def __init__(
        self,
        settings: Settings,
        pace: Pace,
        *,
        pause: float = 60,
        longest: float = 600,
        backoff: float = 2,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._settings, self._pace = settings, pace
        self._pause, self._longest, self._backoff = pause, longest, backoff
        self._client = client or public.client(settings)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def ask(self, query: Query, read: Callable[[Answer], _T]) -> _T:
        """What `read` makes of the answer; where it raises Odd, as where a server fails, the question is put again.

        A server that asks for it (429, Retry-After) is left alone for as long as it says, by all that share the
        pace. Raises FetchError where nothing helps, UnreadableError for an answer that is too large.
        """
        for attempt in range(self._settings.retries + 1):
            await self._pace.turn()
            if attempt == 0 and query.begun is not None:
                query.begun()
            try:
                return await self._once(query, read)
            except _Again as again:
                if attempt == self._settings.retries or again.pause > self._longest:
                    raise again.error from again
                self._pace.hold(again.pause)
            await asyncio.sleep(self._backoff * 2**attempt * random.uniform(0.5, 1))  # noqa: S311  no secret
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, query: Query, read: Callable[[Answer], _T]) -> _T:
        """One attempt. Raises _Again where a further one may do better."""
        try:
            answer = await self._answer(query)
            if answer.status in _AGAIN and not answer.is_capture:
                raise self._refused(query, answer)
            return read(answer)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise FetchError(query.name, f"cannot be asked for: {error}") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            wrong = f"did not answer within {self._settings.timeout * query.patience:g} seconds"
            raise _Again(FetchError(query.name, wrong, "try again later")) from error
        except httpx.HTTPError as error:
            wrong = f"cannot be fetched: {str(error) or type(error).__name__}"
            raise _Again(FetchError(query.name, wrong, "try again later")) from error
        except Odd as error:
            raise _Again(FetchError(query.name, f"is answered with {error}", "try again later")) from error
        except NoAnswer as error:
            raise _Again(FetchError(query.name, error.wrong, "try again later")) from error

    def _refused(self, query: Query, answer: Answer) -> _Again:
        """What to do with a server that failed, or wants to be left alone."""
        asked = retry_after(answer.headers.get("retry-after", ""))
        pause = asked if asked is not None else self._pause if answer.status == httpx.codes.TOO_MANY_REQUESTS else 0
        wrong = f"answered {answer.status} {httpx.codes.get_reason_phrase(answer.status)}".strip()
        cure = f"it asks to be left alone for {asked:.0f} seconds" if asked else "try again later"
        return _Again(FetchError(query.name, wrong, cure, status=answer.status), pause)

    async def _answer(self, query: Query) -> Answer:
        wait, begun, at = self._settings.timeout * query.patience, time.monotonic(), datetime.now(UTC)
        recording = Recording(lambda: None)
        token = RECORDING.set(recording if query.heard is not None else None)
        try:
            async with (
                asyncio.timeout(wait * _PATIENCE),
                self._client.stream(
                    "GET", query.url, params=query.parameters or None, headers=dict(query.headers), timeout=wait
                ) as response,
            ):
                if query.wanted is not None and response.status_code not in _AGAIN:
                    query.wanted(response)
                body = bytearray()
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > query.most:
                        raise UnreadableError(query.name, f"is larger than {query.most} bytes")
        finally:
            RECORDING.reset(token)
        if query.heard is not None:
            query.heard(exchange(response.request, response, bytes(body), recording, at, _NO_SECRETS))
        seconds = time.monotonic() - begun
        return Answer(str(response.url), response.status_code, response.headers, bytes(body), seconds)


@contextmanager
def asking(settings: Settings, pace: Pace, *, pause: float, backoff: float) -> Iterator[tuple[Loop, Client]]:
    """A client, and the loop in which it runs."""
    with Loop() as loop:
        client = Client(settings, pace, pause=pause, backoff=backoff)
        loop.closing(client.close)
        yield loop, client
