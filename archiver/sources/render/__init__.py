"""URLs to captures of pages whose scripts have run."""

from __future__ import annotations

import asyncio
import time
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import httpx

from archiver import urls
from archiver.errors import FetchError, RefusedError, UnreadableError
from archiver.model import Capture, Failed
from archiver.sources import _media
from archiver.sources._settings import Settings
from archiver.sources.render._chromium import Chromium, playwright
from archiver.sources.render._visit import Seen, Visit
from archiver.sources.services._loop import Loop
from archiver.sources.web._chain import Fetcher
from archiver.sources.web._hosts import Hosts

if TYPE_CHECKING:  # an optional extra
    from playwright.async_api import Browser

__all__ = ["fetch"]

_AT_ONCE = 4  # pages, for each is a process of its own
_AHEAD = 16  # addresses that wait for their host's turn


def fetch(urls: Iterable[str], settings: Settings) -> Iterator[Capture | Failed]:
    """What each page shows when its scripts have run, as they end; at most four are open at a time.

    The platforms' own widgets are kept out, so that embeds stay as the page has them; pictures, films, fonts and what
    frames of others hold are not loaded. `settings.timeout` is for a whole page, `settings.largest` for all that it
    loads. robots.txt is asked about pages, not about what they load. The body is UTF-8, and holds open shadow roots as
    templates. Raises ArchiverError when there is no browser.
    """
    with Loop() as loop:
        running = AsyncExitStack()
        try:
            reader = loop.run(running.enter_async_context(_Reader.open(settings)))
            yield from loop.each(urls, reader.outcome, _AHEAD)
        finally:
            loop.run(running.aclose())


class _Reader:
    """Reads pages in one browser, and alone in another where the first has died under it."""

    def __init__(self, chromium: Chromium, fetcher: Fetcher, settings: Settings) -> None:
        self._chromium, self._fetcher, self._settings = chromium, fetcher, settings
        # Not the fetcher's own: a page that holds its turn here may wait for the robots.txt of where it is sent.
        self._hosts = Hosts(replace(settings, at_once=min(settings.at_once, _AT_ONCE)))

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Self]:
        """A reader with its browser. Raises ArchiverError when there is none."""
        fetcher = Fetcher(settings)
        try:
            async with Chromium.open(settings) as chromium:
                yield cls(chromium, fetcher, settings)
        finally:
            await fetcher.aclose()

    async def outcome(self, url: str) -> Capture | Failed:
        """The page, or why there is none. Raises ArchiverError where no browser starts any more."""
        name, started = urls.without_credentials(url), time.monotonic()
        try:
            if not urls.is_web(url):
                raise FetchError(name, "is no http or https URL", "only these can be fetched")
            await self._ask(name, url)
            async with self._hosts.turn(urls.host(url) or ""):
                started = time.monotonic()
                seen = await self._seen(name, url)
        except (FetchError, RefusedError, UnreadableError) as error:
            return Failed(target=name, error=error, at=datetime.now(UTC), seconds=time.monotonic() - started)
        return Capture(
            target=name,
            body=seen.html.encode("utf-8", "replace"),  # scripts may make lone surrogates
            media_type=_media.HTML,
            source="render",
            captured_at=datetime.now(UTC),
            url=name,
            final_url=urls.without_credentials(seen.final_url),
            encoding="utf-8",
            status=seen.status,
            seconds=time.monotonic() - started,
        )

    async def _ask(self, name: str, url: str) -> None:
        """Asks robots.txt whether a page may be fetched. Raises RefusedError or FetchError where not."""
        if self._settings.ignore_robots:
            return
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise FetchError(name, f"is no valid URL: {error}") from error
        self._hosts.slow(parsed.host, await self._fetcher.robots.check(name, parsed))

    async def _seen(self, name: str, url: str) -> Seen:
        """The page. When the browser dies, any page that it held may be why, so each is tried in one of its own."""
        browser = await self._chromium.browser()
        try:
            return await self._visit(name, url, browser)
        except playwright().Error:
            async with self._chromium.alone() as own:
                try:
                    return await self._visit(name, url, own)
                except playwright().Error as error:
                    wrong = str(error).partition("\n")[0]
                    raise FetchError(name, f"crashed the browser: {wrong}") from error

    async def _visit(self, name: str, url: str, browser: Browser) -> Seen:
        """One visit. Raises FetchError, RefusedError, UnreadableError, and playwright's Error when the browser dies."""
        async with self._chromium.context(browser) as context:
            page = await context.new_page()
            visit = Visit(name, page, await context.new_cdp_session(page), self._settings, self._ask)
            seeing = asyncio.create_task(visit.see(url))
            try:
                either: set[asyncio.Future[Any]] = {seeing, visit.stopped}
                await asyncio.wait(either, timeout=self._settings.timeout, return_when=FIRST_COMPLETED)
                if visit.stopped.done():
                    raise visit.stopped.result()
                if not seeing.done():
                    wrong = f"did not show itself within {self._settings.timeout:g} seconds"
                    raise FetchError(name, wrong, "try again later, or with a longer --timeout")
                return seeing.result()
            except FetchError as error:
                known = self._chromium.proxy.wrong(visit.url)
                if known is None:
                    raise
                raise type(known)(name, known.wrong, known.cure) from error
            finally:
                seeing.cancel()
                await asyncio.wait({seeing})
