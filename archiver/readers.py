"""Captures to what they mean, in several processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from archiver import answers, sources
from archiver.errors import TargetError, UnreadableError
from archiver.model import Archived, Capture, Dataset, Failed, FileKnown, FileRead, Page, Passed, Unchanged
from archiver.page import read_page
from archiver.processes import Processes, Task
from archiver.sources import Long, Settings
from archiver.sources.archives.ranges import Gap, Joined, Noted, Range, Repeat, Section
from archiver.told import Answered, Imported, Told

__all__ = ["Outcome", "Received", "outcome", "outcomes"]

_Told = Unchanged | Failed | Passed | FileRead | FileKnown  # passed on as received
Received = Capture | Long | _Told
Outcome = Archived | Answered | Imported | Dataset | _Told

_Meaning = Page | tuple[Told, ...]
_Read = Archived | Answered | Failed | Unchanged | Passed | FileRead | FileKnown

_BROWSERS = frozenset(("warc", "wacz", "har"))  # sources that may hold answers beside pages
_OK = 200
_FEW = 16  # are read in this process: others take longer to start
_AHEAD = 8  # captures for each process
_RANGES_AHEAD = 3  # the same of ranges
_MOST = 2000  # outcomes of a range that come at once


def outcome(capture: Capture) -> Archived | Answered | Failed:
    """What a capture means."""
    return _outcome(capture, _meaning(capture))


def outcomes(received: Iterable[Received | None], jobs: int = 1) -> Iterator[Outcome | None]:
    """What captures mean, in their order; failures, and None where nothing comes for a while, are passed on.

    With more jobs than one, as many processes read all but the first few. At most eight captures a process are under
    way, so that a slow caller slows what is received. Of a long WARC, processes read ranges, of which three a process
    are under way, and its captures come without their bodies. A process that dies is replaced, and what it had is read
    once more; a capture that ends a process again is a failure. A range that does is read here, capture by capture.
    """
    waiting, few = iter(received), 0
    for each in waiting:
        if isinstance(each, Long) or (jobs > 1 and few >= _FEW):
            with Processes(jobs) as processes:
                yield from _Reading(processes, jobs).outcomes(chain([each], waiting))
        else:
            yield outcome(each) if isinstance(each, Capture) else each
            few += 1


def _meaning(capture: Capture) -> _Meaning:
    """A page; or what a platform answered, where a browser's capture holds that."""
    if capture.source == "recover":
        return answers.recovered(capture)
    if capture.source == "check":  # whatever came instead of an answer
        asked = answers.answer(capture)
        return asked.told if asked and capture.status == _OK else ()
    answer = answers.answer(capture) if capture.source in _BROWSERS else None
    return read_page(capture) if answer is None else answer.told


def _outcome(capture: Capture, meaning: _Meaning | None) -> Archived | Answered | Failed:
    if meaning is None:
        error = UnreadableError(capture.target, "ended the process that read it, twice", "please report this page")
        return Failed(capture.target, error, capture.captured_at)
    if isinstance(meaning, Page):
        return Archived(capture.target, capture, meaning)
    return Answered(capture.target, capture, meaning)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a process read of a range: where it began and ended, and what it found, in order."""

    start: int
    end: int
    is_found: bool = False
    held: tuple[_Read | Gap | Repeat | Noted, ...] = ()


def _part(what: Range) -> _Part:
    """What a range holds; less of it, or nothing, where that is much at once."""
    section, held = Section(what), list[_Read | Gap | Repeat | Noted]()
    for each in section.held():
        if isinstance(each, Capture):
            held += (
                _bodiless(outcome(page)) if isinstance(page, Capture) else page for page in _pages(each, what.settings)
            )
        else:
            held.append(each)
        section.is_full = len(held) >= _MOST
        if len(held) >= 2 * _MOST:  # all in one member
            return _Part(section.start, section.start)
    return _Part(section.start, section.end, section.is_found, tuple(held))


def _pages(capture: Capture, settings: Settings) -> Iterator[Capture | _Told]:
    """The pages of a capture."""
    return (each for each in sources.pages_of([capture], settings) if not isinstance(each, Long))


def _bodiless(read: Archived | Answered | Failed) -> Archived | Answered | Failed:
    return read if isinstance(read, Failed) else replace(read, capture=read.capture.bodiless())


class _Reading:
    """What is read in other processes, in its order."""

    def __init__(self, processes: Processes, jobs: int) -> None:
        self._processes, self._jobs = processes, jobs
        self._begun: deque[_Told | tuple[Capture, Task[_Meaning]] | None] = deque()

    def outcomes(self, received: Iterable[Received | None]) -> Iterator[Outcome | None]:
        """What captures mean."""
        for each in received:
            if isinstance(each, Long):
                while self._begun:
                    yield self._ended()
                yield from self._long(each)
                continue
            self._begun.append((each, self._task(each)) if isinstance(each, Capture) else each)
            while len(self._begun) >= self._jobs * _AHEAD or (self._begun and _is_ready(self._begun[0])):
                yield self._ended()
        while self._begun:
            yield self._ended()

    def _task(self, capture: Capture) -> Task[_Meaning]:
        return self._processes.begin(_meaning, replace(capture, exchanges=()))

    def _ended(self) -> Outcome | None:
        first = self._begun.popleft()
        return _outcome(first[0], self._processes.result(first[1])) if isinstance(first, tuple) else first

    def _long(self, long: Long) -> Iterator[Outcome]:
        """What a WARC holds, of which processes read ranges."""
        begun: deque[tuple[Range, Task[_Part]]] = deque()
        try:
            with open(long.path, "rb") as file:
                joined = Joined(file, long)
                for what in chain(long.ranges(), [None] * _RANGES_AHEAD * self._jobs):
                    if what is not None:
                        begun.append((what, self._processes.begin(_part, what)))
                    if begun and (what is None or len(begun) >= _RANGES_AHEAD * self._jobs):
                        yield from self._joined(*begun.popleft(), joined, long)
                yield from joined.rest()
        except OSError as error:
            wrong = TargetError(long.path, f"cannot be read: {error.strerror or error}")
            yield Failed(long.path, wrong, datetime.now(UTC))
        for _, task in begun:
            self._processes.leave(task)

    def _joined(self, what: Range, task: Task[_Part], joined: Joined, long: Long) -> Iterator[Outcome]:
        """What a range holds, read once more where its beginning was no record's, and here where no process can."""
        if joined.at >= what.stop:  # all of it lies within what the range before held
            self._processes.leave(task)
            return
        part = self._processes.result(task)
        while joined.at < what.stop:
            rest = replace(what, start=joined.at, is_exact=True)
            if part is not None and part.start != joined.at:
                part = self._processes.result(self._processes.begin(_part, rest))
            if part is not None and part.end > joined.at:
                yield from self._told(joined.told(part.held), long)
                joined.is_found = joined.is_found or part.is_found
                joined.at = part.end
            else:
                section = Section(rest)
                yield from self._told(joined.told(section.held()), long)
                joined.is_found = joined.is_found or section.is_found
                joined.at = section.end

    def _told(self, held: Iterable[_Read | Capture], long: Long) -> Iterator[Outcome]:
        for each in held:
            for page in _pages(each, long.settings) if isinstance(each, Capture) else (each,):
                if not isinstance(page, Archived | Answered | Capture) or not long.settings.is_done(page.target):
                    yield self._alone(page) if isinstance(page, Capture) else page

    def _alone(self, capture: Capture) -> Outcome:
        return _outcome(capture, self._processes.result(self._task(capture)))


def _is_ready(begun: _Told | tuple[Capture, Task[_Meaning]] | None) -> bool:
    return not isinstance(begun, tuple) or begun[1].is_done()
