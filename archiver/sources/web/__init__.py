"""URLs to captures, many at once, over httpx."""

from __future__ import annotations

import asyncio
import queue
import re
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archiver import lazily
from archiver import urls as addresses
from archiver.sources._settings import Request, Settings

if TYPE_CHECKING:
    from archiver.sources.web import _chain
    from archiver.sources.web._chain import Outcome
else:
    _chain = lazily.module("archiver.sources.web._chain")

__all__ = ["fetch", "is_url", "shown"]

_SCHEME = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)+//", re.IGNORECASE)
_AHEAD = 5000  # addresses that wait for their host's turn, so that one slow host does not hold up the others
_ENOUGH = 4  # times as many addresses as may be asked for at once: more are read only while there is nothing else to do
_MOMENT = 0.001  # seconds without a result


def is_url(target: str) -> bool:
    """Whether a target is meant as a URL, of whatever scheme."""
    return bool(_SCHEME.match(target))


def shown(target: str) -> str:
    """The target as it may be stored and printed: a URL without its credentials."""
    return addresses.without_credentials(target) if is_url(target) else target


def fetch(urls: Iterable[str], settings: Settings) -> Iterator[Outcome | None]:
    """What becomes of each URL, as it comes: a capture, that it is unchanged, or why it failed; bad URLs fail, too.

    Fetching goes on in a thread while the caller is busy, until `settings.at_once` outcomes wait for the caller. `urls`
    is read as far ahead as is useful, in the caller's thread, as is what `settings.request` looks up. With
    `settings.tick`, None comes whenever nothing has come for so long. Closing the iterator ends what is under way.
    """
    todo: Iterator[str] | None = iter(urls)
    waiting, enough = 0, settings.at_once * _ENOUGH
    with _Fetching(settings) as fetching:
        while todo is not None or waiting:
            is_hungry = todo is not None and waiting < _AHEAD
            if waiting >= (enough if is_hungry else 1) or fetching.has_result():
                outcome = fetching.result(_MOMENT if is_hungry else settings.tick)
                if outcome is not None:
                    waiting -= 1
                if outcome is not None or not is_hungry:
                    yield outcome
                    continue
            url = next(todo, None) if todo is not None else None
            if url is None:
                todo = None
            else:
                fetching.begin(settings.request(url))
                waiting += 1


class _Fetching:
    """A fetcher at work in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ended: queue.SimpleQueue[asyncio.Task[Outcome] | None] = queue.SimpleQueue()
        self._tasks: set[asyncio.Task[Outcome]] = set()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fetching", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._is_left.set)
            self._thread.join()

    def begin(self, request: Request) -> None:
        """Has a request made when it is its turn."""
        self._loop.call_soon_threadsafe(self._begin, request)

    def has_result(self) -> bool:
        """Whether an outcome waits to be taken."""
        return not self._ended.empty()

    def result(self, longest: float | None) -> Outcome | None:
        """The next outcome, waited for; None after so many seconds. Raises what is wrong with the fetcher itself."""
        try:
            task = self._ended.get(timeout=longest)
        except queue.Empty:
            return None
        if task is None:
            raise RuntimeError("fetching ended")
        self._loop.call_soon_threadsafe(self._fetcher.hosts.taken)
        return task.result()

    def _run(self) -> None:
        try:
            asyncio.run(self._until_left())
        finally:
            self._is_ready.set()
            self._ended.put(None)

    async def _until_left(self) -> None:
        self._loop, self._is_left = asyncio.get_running_loop(), asyncio.Event()
        self._fetcher = _chain.Fetcher(self._settings)
        self._is_ready.set()
        try:
            await self._is_left.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._fetcher.aclose()

    def _begin(self, request: Request) -> None:
        task = asyncio.create_task(self._fetcher.fetch(request))
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[Outcome]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._fetcher.hosts.finished()
            self._ended.put(task)
