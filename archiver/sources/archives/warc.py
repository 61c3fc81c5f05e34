"""WARC files to captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed, Passed
from archiver.sources._settings import Settings
from archiver.sources.archives._reading import HEADS, Reading, Repeat
from archiver.sources.archives._records import Gap, Record, records

__all__ = ["Gaps", "captures", "read", "without_pages"]

_TOLD_AT_ONCE = 100  # pages that were passed over
_MOST_GAPS = 1000  # of a file are told one by one


def read(path: str, settings: Settings) -> Iterator[Capture | Failed | Passed]:
    """The pages of a WARC file, and what of it could not be read. Each is had as it is reached; one is in memory.

    Pages are records of status 200 that hold HTML, plain text, Markdown or a feed, and the platforms' answers; all else
    is passed over. Pages that `settings.may_embed` refuses are only counted. Raises TargetError, and UnreadableError
    for what is no WARC file or holds no page.
    """
    found = False
    try:
        with open(path, "rb") as file:
            for each in captures(file, path, settings):
                found = True
                yield each
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror or error}") from error
    if not found:
        raise without_pages(path)


def without_pages(path: str) -> UnreadableError:
    """What is wrong with a file in which there is nothing to read."""
    return UnreadableError(path, "holds no page", "pages are answers of status 200 with HTML, text or a feed")


def captures(
    file: BinaryIO, name: str, settings: Settings, count: Callable[[], None] | None = None
) -> Iterator[Capture | Failed | Passed]:
    """The same of a file that is open, and seekable, under a name of its own. Raises UnreadableError, or OSError.

    `count` is called for each record that may hold what was captured: answers, resources, and what repeats them.
    """
    reading = Reading(file, name, settings)
    wants = reading.wants if count is None else _counted(reading.wants, count)
    found = records(file, wants, settings.largest + HEADS)
    if found is None:
        is_empty = not file.seek(0, 2)
        raise UnreadableError(name, "is empty" if is_empty else "is no WARC file")
    gaps = Gaps(name)
    for each in found:
        if isinstance(each, Gap):
            yield from gaps.told(each)
        elif (outcome := reading.outcome(each)) and not isinstance(outcome, Repeat):
            yield outcome
        elif reading.passed >= _TOLD_AT_ONCE:
            yield reading.told()
    yield from gaps.rest()
    if reading.passed:
        yield reading.told()


class Gaps:
    """The places of one file that were passed over: the first thousand are told one by one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = self._skipped = 0

    def told(self, gap: Gap) -> Iterator[Failed]:
        """A failure, unless there were too many."""
        self._count += 1
        self._skipped += gap.length
        if self._count <= _MOST_GAPS:
            length = f"; {gap.length} bytes were passed over" if gap.length else ""
            yield _failed(f"{self._name}#{gap.offset}", gap.why + length)

    def rest(self) -> Iterator[Failed]:
        """All of them as one failure, where there were too many."""
        if self._count > _MOST_GAPS:
            yield _failed(
                self._name, f"is damaged at {self._count} places; {self._skipped} bytes were passed over in all"
            )


def _counted(wants: Callable[[Record], bool], count: Callable[[], None]) -> Callable[[Record], bool]:
    def counted(record: Record) -> bool:
        count()
        return wants(record)

    return counted


def _failed(target: str, wrong: str) -> Failed:
    return Failed(target, UnreadableError(target, wrong, "the rest of the file was read"), datetime.now(UTC))
