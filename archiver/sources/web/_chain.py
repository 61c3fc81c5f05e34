"""One address to its outcome, over redirects and retries."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from archiver import urls
from archiver.errors import ArchiverError, FetchError, UnreadableError
from archiver.model import Capture, Exchange, Failed, Unchanged
from archiver.sources import _http, _media
from archiver.sources._settings import Request, Settings
from archiver.sources.web._answers import Answer, NoAnswer, ask
from archiver.sources.web._headers import Headers
from archiver.sources.web._hosts import LONGEST_PAUSE, Hosts
from archiver.sources.web._robots import Robots

__all__ = ["Fetcher", "Outcome"]

Outcome = Capture | Unchanged | Failed

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({429, 500, 502, 503, 504})
_BUSY = frozenset({429, 503})  # by these, and Retry-After, a host says when it may be asked again
_PAUSE = 1.0  # seconds before the second try, twice as many before the third


@dataclass(slots=True)
class _Chain:
    """What was done so far for one target; `name` is what the user calls it, `start` where it begins."""

    name: str
    start: httpx.URL
    headers: Headers
    is_robots: bool = False
    exchanges: list[Exchange] = field(default_factory=list)
    seconds: float = 0.0


class Fetcher:
    """Fetches pages, each host in its turn. Use it in one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.hosts = Hosts(settings)
        self.robots = Robots(settings.user_agent, self._robots_txt)

    async def fetch(self, request: Request) -> Outcome:
        """What becomes of a request, failures too."""
        name = urls.without_credentials(request.url)
        chain = None
        try:
            if not urls.is_web(request.url):
                raise FetchError(name, "is no http or https URL", "only these can be fetched")
            start = _parsed(name, request.url)
            chain = _Chain(name, start, Headers(self._settings, start, request))
            return _outcome(chain, await self._followed(chain), self._settings.largest)
        except ArchiverError as error:
            return Failed(
                target=name,
                error=error,
                at=datetime.now(UTC),
                exchanges=tuple(chain.exchanges) if chain else (),
                seconds=chain.seconds if chain else None,
            )

    async def aclose(self) -> None:
        """Closes all connections."""
        await self.hosts.aclose()

    async def _robots_txt(self, url: str) -> Answer:
        start = httpx.URL(url)
        return await self._followed(_Chain(url, start, Headers(self._settings, start, Request(url)), is_robots=True))

    async def _followed(self, chain: _Chain) -> Answer:
        """The answer at the end of all redirects."""
        url, headers = chain.start, chain.headers.to(chain.start)
        seen = set[tuple[str, str | None]]()
        for _ in range(self._settings.redirects + 1):
            seen.add((str(url), headers.get("cookie")))
            answer = await self._answered(chain, url, headers)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            chain.headers.keep_cookies(answer)
            url = _next(chain.name, answer, location)
            headers = chain.headers.to(url)
            if (str(url), headers.get("cookie")) in seen:
                raise FetchError(chain.name, f"redirects in a loop, back to {url}", status=answer.status)
        wrong = f"redirects more than {self._settings.redirects} times"
        raise FetchError(chain.name, wrong, status=answer.status)

    async def _answered(self, chain: _Chain, url: httpx.URL, headers: dict[str, str]) -> Answer:
        """The answer of one address, tried again where that is worth it."""
        for tries in itertools.count():
            is_last = tries >= self._settings.retries
            pause = _PAUSE * 2**tries * random.uniform(0.5, 1.5)  # noqa: S311  no secret
            try:
                answer = await self._asked(chain, url, headers)
            except NoAnswer as error:
                if is_last or not error.again:
                    raise FetchError(chain.name, error.wrong, error.cure) from error
            else:
                if answer.status in _BUSY:
                    pause = self._paused(chain, answer, pause)
                if is_last or answer.status not in _AGAIN:
                    break
            await asyncio.sleep(pause)
        return answer

    def _paused(self, chain: _Chain, answer: Answer, pause: float) -> float:
        """Lets all wait who would ask that host, as long as it says, or for the pause; what is left to wait is nothing.

        Raises FetchError where the host wants more than we wait.
        """
        told = _http.retry_after(answer.headers.get("retry-after", ""))
        self.hosts.pause(answer.url.host, pause if told is None else told)
        if told is not None and told > LONGEST_PAUSE:
            wrong = f"answered {answer.status} and wants no requests for {told:.0f} seconds"
            raise FetchError(chain.name, wrong, "try again later", answer.status)
        return 0.0

    async def _asked(self, chain: _Chain, url: httpx.URL, headers: dict[str, str]) -> Answer:
        """The answer to one request, when it is this host's turn and its robots.txt allows it."""
        if not chain.is_robots and not self._settings.ignore_robots:
            delay = await self.robots.check(chain.name, url)
            self.hosts.slow(url.host, delay)
        async with self.hosts.turn(url.host, is_paced=not chain.is_robots) as turn:
            started = time.monotonic()
            try:
                request = httpx.Request("GET", url, headers=[(k.encode(), v.encode()) for k, v in headers.items()])
                wanted, secret = _wanted(chain), chain.headers.secret
                answer = await ask(chain.name, turn.transport, request, self._settings, wanted, secret, turn.started)
            finally:
                chain.seconds += time.monotonic() - started
        if answer.exchange is not None:
            chain.exchanges.append(answer.exchange)
        return answer


def _outcome(chain: _Chain, answer: Answer, largest: int) -> Capture | Unchanged:
    """What an answer that was had means for its target. Raises FetchError or UnreadableError."""
    final, at = urls.without_credentials(str(answer.url)), datetime.now(UTC)
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if answer.status == httpx.codes.NOT_MODIFIED and chain.headers.is_conditional:
        return Unchanged(
            target=chain.name,
            at=at,
            final_url=final,
            etag=etag or chain.headers.etag,
            last_modified=modified or chain.headers.last_modified,
            exchanges=tuple(chain.exchanges),
            seconds=chain.seconds,
        )
    if answer.status != httpx.codes.OK:
        wrong = f"answered {answer.status} {answer.reason}".strip()
        raise FetchError(chain.name, wrong, status=answer.status)
    body = _media.unpacked(chain.name, answer.body, largest)
    return Capture(
        target=chain.name,
        body=body,
        media_type=_media.kind(chain.name, body, _media.TOLD.get(_told(answer.headers))),
        source="web",
        captured_at=at,
        url=chain.name,
        final_url=final,
        encoding=answer.encoding,
        status=answer.status,
        etag=etag,
        last_modified=modified,
        exchanges=tuple(chain.exchanges),
        seconds=chain.seconds,
    )


def _parsed(name: str, url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        return parsed.copy_with(host=parsed.host)  # which raises where the name cannot be decoded
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(name, f"is no valid URL: {error}") from error


def _next(name: str, answer: Answer, location: str) -> httpx.URL:
    """Where a redirect leads, without what it says of credentials."""
    url = urls.without_credentials(urls.join(str(answer.url.copy_with(userinfo=b"")), location.strip()))
    if not urls.is_web(url):
        raise FetchError(name, f"redirects to {url[:200]}, which is no http or https URL", status=answer.status)
    return _parsed(name, url)


def _told(headers: httpx.Headers) -> str:
    """The content type that an answer tells, "" for none; of what is JSON or XML by its suffix, that."""
    told = str(headers.get("content-type", "")).partition(";")[0].strip().lower()
    if told not in _media.TOLD and told.endswith(("+json", "+xml")) and not told.startswith("image/"):
        return "application/" + told.rpartition("+")[2]
    return told


def _wanted(chain: _Chain) -> Callable[[httpx.Headers], None]:
    """What raises UnreadableError for an answer that is no page, as its headers say."""

    def wanted(headers: httpx.Headers) -> None:
        told = _told(headers)
        is_packed = chain.start.path.endswith(".gz")  # sent as whatever a server takes such a file for
        if told and told not in _media.TOLD and not chain.is_robots and not is_packed:
            raise UnreadableError(chain.name, f"is {told[:80]}, not a page", "give the URL of an article")

    return wanted
