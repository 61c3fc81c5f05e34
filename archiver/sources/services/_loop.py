"""Runs coroutines from synchronous code, several at a time."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

__all__ = ["Loop"]

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


class Loop:
    """An event loop in a thread of its own, so that what is under way goes on while the caller is busy.

    Leaving it cancels what is still under way, and then closes what `closing` was told of; so does the end of the
    program, for a generator that nobody closed is finished when threads no longer run.
    """

    def __init__(self) -> None:
        self._is_ready = Event()
        self._closing: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._thread = Thread(target=self._run, name="archiver-loop", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait()
        if not self._thread.is_alive():
            raise RuntimeError("no event loop could be started")
        atexit.register(self._leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        atexit.unregister(self._leave)
        self._leave()

    def closing(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Has this run when the loop is left."""
        self._closing.append(close)

    def run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """What the coroutine returns; raises what it raises."""
        future = self.begin(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def begin(self, coroutine: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """What the coroutine will return, or raise."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def each(
        self, jobs: Iterable[_Job], work: Callable[[_Job], Coroutine[Any, Any, _Result]], at_once: int
    ) -> Iterator[_Result]:
        """What becomes of each job, as they end; no more than `at_once` are under way, and only so many are taken.

        Raises what a job raises, after the results that are there by then.
        """
        waiting, pending = iter(jobs), set[Future[_Result]]()
        try:
            while True:
                for job in islice(waiting, at_once - len(pending)):
                    pending.add(self.begin(work(job)))
                if not pending:
                    return
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda ended: ended.exception() is not None):
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()

    def _run(self) -> None:
        try:
            asyncio.run(self._until_left())
        finally:
            self._is_ready.set()

    async def _until_left(self) -> None:
        self._loop, self._is_left = asyncio.get_running_loop(), asyncio.Event()
        self._is_ready.set()
        await self._is_left.wait()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for close in self._closing:
            await close()

    def _leave(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._is_left.set)
            self._thread.join()
