"""Captures to what they mean, in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from threading import Thread, current_thread, main_thread
from typing import Self

from archiver import answers
from archiver.errors import UnreadableError
from archiver.model import Archived, Capture, Dataset, Failed, FileKnown, FileRead, Page, Passed, Unchanged
from archiver.page import read_page
from archiver.told import Answered, Imported, Told

__all__ = ["Outcome", "Received", "outcome", "outcomes"]

_Told = Unchanged | Failed | Passed | FileRead | FileKnown  # passed on as received
Received = Capture | _Told
Outcome = Archived | Answered | Imported | Dataset | _Told

_Meaning = Page | tuple[Told, ...]

_BROWSERS = frozenset(("warc", "wacz", "har"))  # sources that may hold answers beside pages
_OK = 200
_FEW = 16  # are read in this process: others take longer to start
_AHEAD = 8  # captures for each process


def outcome(capture: Capture) -> Outcome:
    """What a capture means."""
    return _outcome(capture, _meaning(capture))


def outcomes(received: Iterable[Received | None], jobs: int = 1) -> Iterator[Outcome | None]:
    """What captures mean, in their order; failures, and None where nothing comes for a while, are passed on.

    With more jobs than one, as many processes read all but the first few. At most eight captures a process are under
    way, so that a slow caller slows what is received. A process that dies is replaced, and what it had is read once
    more; a capture that ends a process again is a failure.
    """
    waiting = iter(received)
    for each in waiting if jobs < 2 else islice(waiting, _FEW):
        yield outcome(each) if isinstance(each, Capture) else each
    for following in waiting:
        with _Processes(jobs) as processes:
            yield from processes.outcomes(chain([following], waiting))


def _meaning(capture: Capture) -> _Meaning:
    """A page; or what a platform answered, where a browser's capture holds that."""
    if capture.source == "recover":
        return answers.recovered(capture)
    if capture.source == "check":  # whatever came instead of an answer
        asked = answers.answer(capture)
        return asked.told if asked and capture.status == _OK else ()
    answer = answers.answer(capture) if capture.source in _BROWSERS else None
    return read_page(capture) if answer is None else answer.told


def _outcome(capture: Capture, meaning: _Meaning | None) -> Outcome:
    if meaning is None:
        error = UnreadableError(capture.target, "ended the process that read it, twice", "please report this page")
        return Failed(capture.target, error, capture.captured_at)
    if isinstance(meaning, Page):
        return Archived(capture.target, capture, meaning)
    return Answered(capture.target, capture, meaning)


class _Processes:
    """Processes that read, and what is under way in them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool = _started(jobs)
        self._begun: deque[_Told | tuple[Capture, Future[_Meaning]] | None] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def outcomes(self, received: Iterable[Received | None]) -> Iterator[Outcome | None]:
        """What captures mean, in their order."""
        for each in received:
            self._begun.append((each, self._submitted(each)) if isinstance(each, Capture) else each)
            while len(self._begun) >= self._jobs * _AHEAD or (self._begun and _is_ready(self._begun[0])):
                yield self._ended()
        while self._begun:
            yield self._ended()

    def _submitted(self, capture: Capture) -> Future[_Meaning]:
        try:
            with _unbroken():
                return self._pool.submit(_meaning, replace(capture, exchanges=()))
        except BrokenProcessPool as error:  # told when the outcome is asked for
            broken: Future[_Meaning] = Future()
            broken.set_exception(error)
            return broken

    def _ended(self) -> Outcome | None:
        """The first outcome; where a process died, what follows is begun again."""
        first = self._begun.popleft()
        if not isinstance(first, tuple):
            return first
        capture, future = first
        try:
            return _outcome(capture, future.result())
        except BrokenProcessPool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            last = _outcome(capture, _alone(capture))
            self._pool = _started(self._jobs)
            begun, self._begun = self._begun, deque()
            for each in begun:
                self._begun.append((each[0], self._submitted(each[0])) if isinstance(each, tuple) else each)
            return last


def _is_ready(begun: _Told | tuple[Capture, Future[_Meaning]] | None) -> bool:
    return not isinstance(begun, tuple) or begun[1].done()


def _alone(capture: Capture) -> _Meaning | None:
    with _started(1) as pool:
        try:
            with _unbroken():
                future = pool.submit(_meaning, capture)
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
