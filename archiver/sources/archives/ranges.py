"""Long WARC files read in ranges, and put together again."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, TypeVar

from archiver.model import Capture, Failed, FileRead, Passed
from archiver.sources._settings import Settings
from archiver.sources.archives import _members, warc
from archiver.sources.archives._reading import HEADS, Place, Reading, Repeat
from archiver.sources.archives._records import Gap, Record, first_after, records_between

__all__ = ["Gap", "Joined", "Long", "Noted", "Range", "Repeat", "Section", "found"]

_LEAST = 16 << 20  # bytes: of less, one process is done before others have begun
_SIZE = 4 << 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Range:
    """The records of a WARC file that begin at `start` or later, and before `stop`.

    Whether one begins at `start` is known only where it `is_exact`; else it is searched for. `settings` are those that
    go from process to process.
    """

    path: str
    start: int
    stop: int
    settings: Settings
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Long:
    """A WARC file that is worth being read in ranges; `identity` is told when it was read to its end."""

    path: str
    size: int
    settings: Settings
    identity: FileRead | None = None

    def ranges(self) -> Iterator[Range]:
        """All of it, in order."""
        settings = Settings(
            largest=self.settings.largest, is_answer=self.settings.is_answer, may_embed=self.settings.may_embed
        )
        for start in range(0, self.size, _SIZE):
            yield Range(self.path, start, min(start + _SIZE, self.size), settings, is_exact=start == 0)


@dataclass(frozen=True, slots=True)
class Noted:
    """Where pages stand to which a later revisit may refer."""

    places: list[Place]


_Held = Capture | Failed | Passed | Gap | Repeat | Noted


def found(path: str, settings: Settings, identity: FileRead | None) -> Long | None:
    """The file, where ranges are asked for and it is long enough; None for others, and for what is no WARC file.

    None also where what it holds decides on what else is read.
    """
    if not settings.in_ranges or settings.follow or settings.max_pages is not None:
        return None
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            is_long = size >= _LEAST and _members.opened(file) is not None
    except OSError:
        return None  # whoever reads it says why
    return Long(path, size, settings, identity) if is_long else None


class Section:
    """The reading of a range. Afterwards, `start` and `end` are where its first record and the next one begin.

    `start` is a guess where the range is not exact: bytes within a record may look like the beginning of one. If the
    reading of what stands before ended at this place, the guess was right. `is_full` ends the reading early.
    """

    def __init__(self, what: Range) -> None:
        self._range = what
        self.start = self.end = what.start
        self.is_full = self.is_found = False

    def held(self) -> Iterator[_Held]:
        """What the range holds, and what only those can tell who read what stands before it. Raises OSError."""
        what = self._range
        with open(what.path, "rb") as file:
            if not what.is_exact:
                self.start = self.end = first_after(file, what.start, what.stop)
            if self.start >= what.stop:
                return
            reading = Reading(file, what.path, what.settings, is_part=True)
            yield from self._read(file, reading)
            yield Noted(reading.noted())
            if reading.passed:
                self.is_found = True
                yield reading.told()

    def _read(self, file: BinaryIO, reading: Reading) -> Iterator[_Held]:
        what, latest = self._range, -1
        records = records_between(file, reading.wants, what.settings.largest + HEADS, self.start, what.stop)
        for each in self._ending(records, max(what.stop, os.fstat(file.fileno()).st_size)):
            if self.is_full and isinstance(each, Record) and each.offset > latest:
                self.end = each.offset
                return
            latest = each.offset
            held = each if isinstance(each, Gap) else reading.outcome(each)
            if isinstance(held, Repeat):
                yield Noted(reading.noted())
            if held is not None:
                self.is_found = self.is_found or isinstance(held, Capture)
                yield held

    def _ending(self, records: Generator[_T, None, int | None], last: int) -> Iterator[_T]:
        end = yield from records
        self.end = last if end is None else end


class Joined:
    """What the ranges of a long file hold, put together in their order; `at` is how far it was read."""

    def __init__(self, file: BinaryIO, long: Long) -> None:
        self.at = 0
        self.is_found = False
        self._long = long
        self._reading = Reading(file, long.path, long.settings)
        self._gaps = warc.Gaps(long.path)

    def told(self, held: Iterable[_Held | _T]) -> Iterator[Capture | Failed | Passed | _T]:
        """What a range holds, revisits with what they repeat, damaged places as failures; all else as it is."""
        for each in held:
            if isinstance(each, Noted):
                for place in each.places:
                    self._reading.know(place)
            elif isinstance(each, Gap):
                self.is_found = True
                yield from self._gaps.told(each)
            elif isinstance(each, Repeat):
                repeated = self._reading.repeated(each)
                self.is_found = self.is_found or repeated is not None
                if repeated is not None:
                    yield repeated
            else:
                self.is_found = self.is_found or isinstance(each, Failed)
                yield each

    def rest(self) -> Iterator[Failed | Passed | FileRead]:
        """What is told at the file's end."""
        yield from self._gaps.rest()
        if self._reading.passed:
            self.is_found = True
            yield self._reading.told()
        if not self.is_found:
            yield Failed(self._long.path, warc.without_pages(self._long.path), datetime.now(UTC))
        elif self._long.identity is not None:
            yield self._long.identity
