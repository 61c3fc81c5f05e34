"""A headless Chromium whose only way out is our proxy."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from archiver.errors import ArchiverError
from archiver.sources._settings import USER_AGENT, Settings
from archiver.sources.render._proxy import Proxy
from archiver.sources.web import public

if TYPE_CHECKING:  # an optional extra: what runs it is imported when a browser is asked for
    from playwright.async_api import Browser, BrowserContext, Playwright

__all__ = ["ENVIRONMENT", "Chromium", "installed", "playwright"]

ENVIRONMENT = "ARCHIVER_CHROMIUM"  # the variable that may name the browser's program
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WINDOW = {"width": 1280, "height": 2000}  # high, so that much of an article is in view at once
_PATIENCE = 5.0  # seconds for a browser to close something, before it is killed
_ARGUMENTS = (
    # Everything through the proxy, addresses of this machine and link-local ones too; no name is resolved elsewhere.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # What would go past it: UDP.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--js-flags=--max-old-space-size=512",  # MB that a page's scripts may hold
)


def playwright() -> Any:
    """The module playwright.async_api. Raises ArchiverError where it is missing."""
    try:
        return importlib.import_module("playwright.async_api")
    except ModuleNotFoundError as error:
        cure = "pip install 'social-post-archiver[render]'"
        raise ArchiverError("--render", "needs the package playwright", cure) from error


def installed() -> str | None:
    """The program of an installed Chromium: the one that the environment names, else one on PATH; None without any."""
    return os.environ.get(ENVIRONMENT) or next(filter(None, map(shutil.which, _NAMES)), None)


class Chromium:
    """A browser, started again when it has died. Use `open` in one event loop."""

    def __init__(self, driver: Playwright, proxy: Proxy, settings: Settings) -> None:
        self.proxy = proxy
        self._driver, self._settings = driver, settings
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Chromium]:
        """A browser that runs until the context is left. Raises ArchiverError when none is there or starts."""
        start = playwright().async_playwright()
        async with AsyncExitStack() as stack:
            address = _as_named if settings.allow_private else public.public_address
            proxy = await stack.enter_async_context(Proxy(address, settings.timeout / 3))
            self = cls(await stack.enter_async_context(start), proxy, settings)
            stack.push_async_callback(self._close)
            await self.browser()
            yield self

    async def browser(self) -> Browser:
        """The running browser, a new one where the last has died."""
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._start()
            return self._browser

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Browser]:
        """A browser of one's own."""
        browser = await self._start()
        try:
            yield browser
        finally:
            await _closed(browser)

    @asynccontextmanager
    async def context(self, browser: Browser) -> AsyncIterator[BrowserContext]:
        """A fresh profile in a browser: nothing is kept, downloaded or permitted."""
        context = await browser.new_context(
            user_agent=self._user_agent(browser),
            viewport=_WINDOW,  # type: ignore[arg-type]  # a TypedDict of the optional extra
            accept_downloads=False,
            service_workers="block",
            permissions=[],
        )
        try:
            yield context
        finally:
            await _closed(context)

    def _user_agent(self, browser: Browser) -> str:
        """As told; otherwise what scripts take for a browser, and our name behind it."""
        told = self._settings.user_agent
        if told != USER_AGENT:
            return told
        major = browser.version.partition(".")[0]
        return f"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36 {told}"

    async def _start(self) -> Browser:
        program = installed() or self._driver.chromium.executable_path
        if not os.path.exists(program):
            cure = f"apt-get install chromium, or playwright install chromium, or name one in {ENVIRONMENT}"
            raise ArchiverError("--render", "finds no Chromium", cure)
        try:
            return await self._driver.chromium.launch(
                executable_path=program,
                args=[f"--proxy-server={self.proxy.url}", *_ARGUMENTS],
                ignore_default_args=["--disable-popup-blocking"],
                chromium_sandbox=not _is_root(),
                handle_sigint=False,  # it is closed when `open` is left, also by Ctrl-C
                handle_sigterm=False,
                handle_sighup=False,
            )
        except playwright().Error as error:
            wrong = f"does not start: {str(error).partition('Call log')[0].strip()[-500:]}"
            cure = "as root it runs without its sandbox; as another user the system must permit user namespaces"
            raise ArchiverError(program, wrong, cure) from error

    async def _close(self) -> None:
        if self._browser is not None:
            await _closed(self._browser)


async def _closed(held: Browser | BrowserContext) -> None:
    """Closes it, if it is not dead, nor takes for ever: a browser that is left behind ends with its driver."""
    with suppress(playwright().Error, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            await held.close()


def _is_root() -> bool:
    """Whether we are root, for whom Chromium has no sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _as_named(host: str, port: int) -> str:  # noqa: ARG001
    return host
