"""What robots.txt lets us fetch (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from archiver.errors import ArchiverError, FetchError, RefusedError
from archiver.sources.web._answers import Answer

__all__ = ["Robots"]

_LONGEST = 512 * 1024  # characters that are read: the RFC asks for 500 KiB at least
_LONGEST_DELAY = 60.0  # seconds of a Crawl-delay that are obeyed
_REMEMBERED = 10_000
_CURE = "--ignore-robots fetches it all the same"


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host's robots.txt tells; `refusal` is what stands against all of its pages, `error` why it is unknown."""

    rules: Protego | None = None
    refusal: str | None = None
    error: ArchiverError | None = None


class Robots:
    """The robots.txt of each host, asked for once by `fetch`, which raises what FetchError or RefusedError it must."""

    def __init__(self, user_agent: str, fetch: Callable[[str], Awaitable[Answer]]) -> None:
        self._token = _token(user_agent)
        self._fetch = fetch
        self._rules: OrderedDict[str, asyncio.Task[_Rules]] = OrderedDict()

    async def check(self, name: str, url: httpx.URL) -> float:
        """The seconds to let pass between requests, 0 where the host does not say, for a page that may be fetched.

        Raises RefusedError for one that may not, or where the server fails to tell; FetchError or RefusedError where
        the host cannot be reached.
        """
        known = await self._of(f"{url.scheme}://{url.netloc.decode()}/robots.txt")
        if known.error is not None:
            raise type(known.error)(name, known.error.wrong, known.error.cure, known.error.status) from known.error
        if known.refusal is not None:
            raise RefusedError(name, known.refusal, f"try again later; {_CURE}")
        if known.rules is None:
            return 0.0
        if not known.rules.can_fetch(str(url), self._token):
            raise RefusedError(name, "is excluded by robots.txt", _CURE)
        return min(known.rules.crawl_delay(self._token) or 0.0, _LONGEST_DELAY)

    def _of(self, url: str) -> asyncio.Task[_Rules]:
        if url not in self._rules:
            self._rules[url] = asyncio.create_task(self._read(url))
            if len(self._rules) > _REMEMBERED and next(iter(self._rules.values())).done():
                self._rules.popitem(last=False)
        return self._rules[url]

    async def _read(self, url: str) -> _Rules:
        try:
            answer = await self._fetch(url)
        except FetchError as error:
            if error.status is not None and not httpx.codes.is_server_error(error.status):
                return _Rules()  # redirected for ever: RFC 9309, 2.3.1.2
            if error.status is None:  # nor will the page be had
                return _Rules(error=error)
            wrong = f"its robots.txt {error.wrong}, so that nothing may be fetched"
            return _Rules(error=FetchError(url, wrong, error.cure, error.status))
        except RefusedError as error:
            return _Rules(error=error)
        except ArchiverError as error:
            return _Rules(refusal=f"its robots.txt {error.wrong}, so that nothing may be fetched")
        if answer.status == httpx.codes.OK:
            return _Rules(Protego.parse(answer.body.decode("utf-8", "replace")[:_LONGEST].lstrip("\ufeff")))
        if httpx.codes.is_server_error(answer.status):
            return _Rules(refusal=f"its robots.txt answered {answer.status}, so that nothing may be fetched")
        return _Rules()


def _token(user_agent: str) -> str:
    """That by which robots.txt names us: the product; of a user agent that begins as browsers' do, all of it."""
    product = user_agent.partition("/")[0].strip()
    return user_agent if product.lower() == "mozilla" else product
