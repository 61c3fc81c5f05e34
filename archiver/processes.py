"""Work in several processes, of which any may die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread, current_thread, main_thread
from typing import Any, Generic, Self, TypeVar

__all__ = ["Processes", "Task"]

_T = TypeVar("_T")


@dataclass(eq=False, slots=True)
class Task(Generic[_T]):
    """A function that another process calls, and with what."""

    function: Callable[[Any], _T]
    argument: object
    _future: Future[_T]

    def is_done(self) -> bool:
        """Whether its result need not be waited for."""
        return self._future.done()


class Processes:
    """So many processes. One that dies is replaced, and what it had is begun once more."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = _started(count)
        self._begun: dict[Task[Any], None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, function: Callable[[Any], _T], argument: object) -> Task[_T]:
        """Has a process call a function of a module."""
        task = Task(function, argument, self._submitted(function, argument))
        self._begun[task] = None
        return task

    def leave(self, task: Task[Any]) -> None:
        """Gives up a task; its result is not asked for."""
        del self._begun[task]
        task._future.cancel()

    def result(self, task: Task[_T]) -> _T | None:
        """What the function returned, when it has; None where it ended two processes. Raises what it raised."""
        del self._begun[task]
        try:
            return task._future.result()
        except BrokenProcessPool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            result = _alone(task)
            self._pool = _started(self._count)
            for each in self._begun:
                each._future = self._submitted(each.function, each.argument)
            return result

    def _submitted(self, function: Callable[[Any], _T], argument: object) -> Future[_T]:
        try:
            with _unbroken():
                return self._pool.submit(function, argument)
        except BrokenProcessPool as error:  # told when the result is asked for
            broken: Future[_T] = Future()
            broken.set_exception(error)
            return broken


def _alone(task: Task[_T]) -> _T | None:
    with _started(1) as pool:
        try:
            with _unbroken():
                future = pool.submit(task.function, task.argument)
            return future.result()
        except BrokenProcessPool:
            return None


def _started(jobs: int) -> ProcessPoolExecutor:
    # Not forked: this process may have threads.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_begin)


@contextmanager
def _unbroken() -> Iterator[None]:
    """Lets Ctrl-C wait: a process that is being begun would say how it was broken off, and reads the mask with it."""
    if current_thread() is not main_thread():
        yield
        return
    waiting: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if os.name == "posix" else set()
    try:
        yield
    finally:
        if os.name == "posix":
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
        if waiting:
            signal.raise_signal(signal.SIGINT)


def _begin() -> None:
    """Makes a process leave Ctrl-C to the one that began it, and end when that one does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
