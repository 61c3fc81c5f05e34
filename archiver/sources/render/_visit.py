"""One page run in a browser until it has settled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archiver import urls
from archiver.errors import ArchiverError, FetchError, RefusedError, UnreadableError
from archiver.sources._settings import Settings
from archiver.sources.render import _scripts, _widgets
from archiver.sources.render._chromium import playwright

if TYPE_CHECKING:  # an optional extra
    from playwright.async_api import CDPSession, Page

__all__ = ["Seen", "Visit"]

_PAGES = ("text/html", "application/xhtml+xml")
_UNSEEN = frozenset({"Image", "Media", "Font", "Ping", "TextTrack", "Prefetch", "Manifest", "CSPViolationReport"})
_AWAITED = frozenset({"Document", "Script", "Stylesheet", "XHR", "Fetch"})  # requests after which a page may change
_QUIET = 1.2  # seconds without a change or a request, after which a page is taken to be done
_SETTLE = 12.0  # seconds at most, from when it can be seen
_STEPS = 60  # views scrolled at most


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it stood after its scripts had run; `status` is the HTTP status that it came with."""

    html: str
    final_url: str
    status: int


class Visit:
    """One visit to a page. `name` is what messages call it; `stopped` is set to what makes going on pointless.

    `ask(name, url)` raises RefusedError or FetchError where a page may not be fetched; asked before each redirect too.
    """

    def __init__(
        self,
        name: str,
        page: Page,
        devtools: CDPSession,
        settings: Settings,
        ask: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.stopped: asyncio.Future[ArchiverError] = asyncio.get_running_loop().create_future()
        self.url = ""  # of the document last asked for
        self._ask = ask
        self._name, self._page, self._devtools, self._settings = name, page, devtools, settings
        self._frame = self._home = ""
        self._answer: dict[str, Any] = {}
        self._answered = ""
        self._pending: set[str] = set()
        self._hops = self._received = 0

    async def see(self, url: str) -> Seen:
        """The page, when it has settled. Raises FetchError or UnreadableError; playwright's Error when it crashes."""
        self.url = self._home = url
        await self._prepare()
        await self._navigate(url)
        await self._settle()
        return await self._read()

    async def _prepare(self) -> None:
        self._page.on("crash", lambda _: self._stop(FetchError(self._name, "crashed the browser's page")))
        self._page.on("popup", _close)
        tree = await self._devtools.send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        for event, heard in (
            ("Fetch.requestPaused", self._on_request),
            ("Page.frameNavigated", self._on_navigated),
            ("Network.requestWillBeSent", self._on_sent),
            ("Network.responseReceived", self._on_answer),
            ("Network.dataReceived", self._on_data),
            ("Network.loadingFinished", self._on_end),
            ("Network.loadingFailed", self._on_end),
        ):
            self._devtools.on(event, heard)
        await self._devtools.send("Page.enable")
        await self._devtools.send("Network.enable")
        await self._devtools.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    async def _navigate(self, url: str) -> None:
        went = await self._devtools.send("Page.navigate", {"url": url})
        self._check()
        kind = self._answer.get("mimeType")
        if kind and kind not in _PAGES:
            raise UnreadableError(self._name, f"is {kind}, not a page with scripts", "archive it without --render")
        if wrong := went.get("errorText"):
            raise FetchError(self._name, f"cannot be fetched: {wrong.removeprefix('net::')}")

    async def _settle(self) -> None:
        """Scrolls through the page, and waits until nothing changes or is awaited; bounded in steps and time."""
        last, steps = float("inf"), 0
        while time.monotonic() < last:
            state = await self._run(_scripts.step(scrolls=steps < _STEPS))
            can_be_seen, is_loaded, is_at_end, quiet = state if _is_state(state) else (False, False, False, 0)
            if can_be_seen:
                last = min(last, time.monotonic() + min(_SETTLE, self._settings.timeout / 2))
                steps += 1
                # Many a site holds its scripts back until somebody moves.
                moved = {"type": "mouseMoved", "x": 300 + steps, "y": 400}
                await self._devtools.send("Input.dispatchMouseEvent", moved)
            is_done = is_loaded and (is_at_end or steps > _STEPS) and not self._pending
            if is_done and quiet >= min(_QUIET, self._settings.timeout / 4) * 1000:
                return
            await asyncio.sleep(0.05)

    async def _read(self) -> Seen:
        whole = await self._run(_scripts.whole(self._settings.largest))
        self._check()
        match whole:
            case [str(url), str(kind), None] if kind in _PAGES and urls.is_web(url):
                raise UnreadableError(self._name, f"is larger than {self._settings.largest >> 20} MB")
            case [str(url), str(kind), str(html)] if kind in _PAGES and urls.is_web(url):
                return Seen(html, url, self._answer.get("status", 200))
            case _:
                raise FetchError(self._name, "leaves for what is no page while its scripts run")

    def _check(self) -> None:
        status = self._answer.get("status", 200)
        if status != 200:
            wrong = f"answered {status} {self._answer.get('statusText', '')}".strip()
            raise FetchError(self._name, wrong, status=status)

    async def _run(self, script: str) -> Any:
        """What a script gives, run where the page's own scripts cannot reach; None while the page is being replaced."""
        world = {"frameId": self._frame, "worldName": "archiver"}
        try:
            context = (await self._devtools.send("Page.createIsolatedWorld", world))["executionContextId"]
            told = await self._devtools.send(
                "Runtime.evaluate",
                {"expression": script, "contextId": context, "returnByValue": True, "awaitPromise": True},
            )
        except playwright().Error:
            if self._page.is_closed():
                raise
            return None
        return told["result"].get("value")

    async def _on_request(self, event: dict[str, Any]) -> None:
        """Lets a request go on or not, each hop of a redirect anew."""
        url, is_page = event["request"]["url"], self._is_page(event)
        answer: dict[str, Any] = {"requestId": event["requestId"]}
        if is_page and self._settings.headers and self._is_at_home(url):
            own = {**event["request"]["headers"], **dict(self._settings.headers)}
            answer["headers"] = [{"name": name, "value": value} for name, value in own.items()]
        may = await self._may_go_on(url) if is_page else self._is_wanted(url, event["resourceType"])
        with suppress(playwright().Error):  # the page is gone by now
            if may:
                await self._devtools.send("Fetch.continueRequest", answer)
            else:
                await self._devtools.send("Fetch.failRequest", {**answer, "errorReason": "BlockedByClient"})

    async def _may_go_on(self, url: str) -> bool:
        """Whether the page may be asked for at this address; what is in the way stops the visit."""
        self._hops += 1
        try:
            if self._hops > self._settings.redirects + 1:
                raise FetchError(self._name, f"redirects more than {self._settings.redirects} times")
            await self._ask(self._name, url)
        except (FetchError, RefusedError) as error:
            self._stop(error)
            return False
        return True

    def _is_at_home(self, url: str) -> bool:
        """Whether the headers that the user gave for the first address may be sent to this one."""
        is_safe = url.startswith("https:") or not self._home.startswith("https:")
        return is_safe and urls.host(url) == urls.host(self._home)

    def _is_wanted(self, url: str, kind: str) -> bool:
        """Whether a page may have this to build itself from. What frames of others hold is not read."""
        if kind == "Document":
            return urls.outlet(url) == urls.outlet(self.url)
        return kind not in _UNSEEN and not (kind == "Script" and _widgets.is_widget(url, self.url))

    def _is_page(self, event: dict[str, Any]) -> bool:
        """Whether an event of the network is about the page itself, not about what is in it."""
        return event.get("resourceType", event.get("type")) == "Document" and event.get("frameId") == self._frame

    def _on_navigated(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        if self._answered and frame["id"] == self._frame and (missing := frame.get("unreachableUrl")):
            self._stop(FetchError(self._name, f"leaves for {missing[:200]}, which cannot be fetched"))

    def _on_sent(self, event: dict[str, Any]) -> None:
        if event.get("type") in _AWAITED:
            self._pending.add(event["requestId"])
        if self._is_page(event):
            self.url = event["request"]["url"]

    def _on_answer(self, event: dict[str, Any]) -> None:
        if self._is_page(event):
            self._answer, self._answered = event["response"], event["requestId"]

    def _on_data(self, event: dict[str, Any]) -> None:
        self._received += event["dataLength"]
        if self._received > self._settings.largest:
            self._stop(UnreadableError(self._name, f"is larger than {self._settings.largest >> 20} MB"))

    def _on_end(self, event: dict[str, Any]) -> None:
        self._pending.discard(event["requestId"])
        if event["requestId"] == self._answered and not event.get("canceled", True):
            wrong = f"broke off: {event['errorText'].removeprefix('net::')}"
            self._stop(FetchError(self._name, wrong, "try again later"))

    def _stop(self, error: ArchiverError) -> None:
        if not self.stopped.done():
            self.stopped.set_result(error)


async def _close(popup: Page) -> None:
    with suppress(playwright().Error):
        await popup.close()


def _is_state(told: object) -> bool:
    return isinstance(told, list) and len(told) == 4
