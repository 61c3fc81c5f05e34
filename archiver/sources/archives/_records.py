"""The records of a WARC file, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from archiver.sources.archives import _members
from archiver.sources.archives._members import Broken, Cut, Members
from archiver.sources.archives._window import BLANK, LONGEST_HEAD, Window

__all__ = ["Gap", "Record", "field", "first_after", "records", "records_between"]

_PEEK = 1 << 16  # bytes of a block that are looked at to tell whether the rest is wanted
_KIND = re.compile(rb"^warc-type[ \t]*:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_SIZE = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_USUAL_KIND = re.compile(rb"\nWARC-Type: ([a-z]+)\r\n")  # a literal beginning is searched for faster
_USUAL_SIZE = re.compile(rb"\nContent-Length: (\d{1,18})\r\n")
_KINDS = frozenset({b"response", b"resource", b"revisit", b"conversion"})
_USUAL = {  # as most files write them: a literal is found faster
    name.lower(): b"\n" + name + b": " for name in (b"WARC-Target-URI", b"WARC-Date", b"WARC-Record-ID")
}
_NO_RECORD = "holds something that is no record"


@dataclass(slots=True)
class Record:
    """A record: its head, and in `data[start:stop]` its block.

    `offset` and `length` are its place in the file, in bytes as they lie there; `length` is None where its gzip member
    or zstd frame holds more than this record, and then `inner` is its place in what that unpacks to. `is_whole` is
    false where the file, the member or the limit ended the block early.
    """

    kind: bytes
    head: bytes
    offset: int
    inner: int
    size: int
    is_alone: bool
    length: int | None = None
    data: bytes = b""
    start: int = 0
    stop: int = 0
    is_whole: bool = True

    def field(self, name: bytes) -> str | None:
        """The value of a field of its head."""
        return field(self.head, name)


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that was passed over: `length` bytes at `offset` of the file, and why."""

    offset: int
    length: int
    why: str


def records(
    file: BinaryIO, wants: Callable[[Record], bool], largest: int, at: int = 0
) -> Iterator[Record | Gap] | None:
    """The wanted records of a seekable file from a place on, and what had to be passed over; None for no WARC file.

    `wants` is asked with the head and the beginning of the block. Of a block `largest` bytes are read. A damaged place
    is passed over up to the next member, frame or record. A record whose block is cut off is given as far as it goes.
    """
    members = _members.opened(file, at)
    return None if members is None else _records(members, wants, largest, None)


def records_between(
    file: BinaryIO, wants: Callable[[Record], bool], largest: int, start: int, stop: int
) -> Generator[Record | Gap, None, int | None]:
    """The same of what begins before `stop`. Returns where the next record begins, None where the file ends."""
    members = _members.opened(file, start)
    return (yield from _records(members, wants, largest, stop)) if members is not None else None


def first_after(file: BinaryIO, place: int, stop: int) -> int:
    """Where a record seems to begin, from a place on that is not the file's first; `stop` or more where none does."""
    members = _members.opened(file, place - 1)
    return stop if members is None else members.resume(stop)


def field(head: bytes, name: bytes) -> str | None:
    """The first value of a header field, by its lower-case name; None where there is none."""
    usual = _USUAL.get(name)
    at = head.find(usual) if usual else -1
    if usual and at >= 0:
        value = head[at + len(usual) : head.find(b"\n", at + 1)]  # a head ends with a line's end
    elif match := _field(name).search(head):
        value = match[1]
    else:
        return None
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


@lru_cache(maxsize=32)
def _field(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"^" + re.escape(name) + rb"[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def _records(
    members: Members, wants: Callable[[Record], bool], largest: int, stop: int | None
) -> Generator[Record | Gap, None, int | None]:
    window = Window(members)
    while True:
        try:
            if not members.begin():
                return None
            if stop is not None and members.start >= stop:
                return members.start
            piece = members.piece() if members.is_packed else b""
            record = _alone(members, piece)
            if record is None or record.size > largest:
                window.clear(piece)
                end = yield from _in_member(window, wants, largest, None if members.is_packed else stop)
                if end is not None:
                    return end
            elif record.kind in _KINDS and wants(record):
                yield record
        except Broken as error:
            if stop is not None and members.start >= stop:
                return members.start
            if not isinstance(error, Cut):
                start = members.start
                yield Gap(start, members.resume() - start, str(error))
                continue
            yield Gap(members.resume() if members.is_packed else window.place(), 0, str(error))


def _alone(members: Members, piece: bytes) -> Record | None:
    """The record in a member, where its first piece is all of it and holds nothing else, as most do; else None."""
    end = piece.find(BLANK, 0, LONGEST_HEAD)
    if members.end is None or end < 0 or not piece.startswith(b"WARC/"):
        return None
    kind, size = _USUAL_KIND.search(piece, 0, end + 2), _USUAL_SIZE.search(piece, 0, end + 2)
    start, stop = end + len(BLANK), len(piece) - len(BLANK)
    if kind is None or size is None or start + int(size[1]) != stop or not piece.endswith(BLANK):
        return None
    length = members.end - members.start
    return Record(kind[1], piece[: end + 2], members.start, 0, int(size[1]), True, length, piece, start, stop)


def _in_member(
    window: Window, wants: Callable[[Record], bool], largest: int, stop: int | None
) -> Generator[Record | Gap, None, int | None]:
    """The records of one member, which should be one, or of an uncompressed file. Raises Broken or Cut.

    Ends where one begins at `stop` or later, and returns that place.
    """
    since: int | None = None  # where that began which is no record
    latest, is_first = window.members.start, True
    while True:
        is_record = window.is_at_record()
        place = window.place()
        head = window.head() if is_record else None
        record = _record(window, head, place, is_first) if head else None
        if is_record:
            latest = window.in_file(place)
        if record is not None:
            is_first = False
            if since is not None:
                yield Gap(window.in_file(since), place - since, _NO_RECORD)
            since = None
            if stop is not None and place >= stop:
                return place
            yield from _block(window, record, wants, largest)
            continue
        since = place if since is None else since
        if (is_record and window.is_cut) or not window.scan():
            if window.is_cut:
                raise Cut(f"ends in the middle of the record at byte {latest}")
            if window.place() > since:
                yield Gap(window.in_file(since), window.place() - since, _NO_RECORD)
            return None


def _record(window: Window, head: bytes, place: int, is_first: bool) -> Record | None:
    """The record with this head, its block not yet read; None where it does not tell kind and size."""
    kind, size = _KIND.search(head), _SIZE.search(head)
    if kind is None or size is None:
        return None
    inner = place if window.members.is_packed and not is_first else 0
    return Record(kind[1].lower(), head, window.in_file(place), inner, int(size[1]), is_first)


def _block(window: Window, record: Record, wants: Callable[[Record], bool], largest: int) -> Iterator[Record | Gap]:
    """The record, if it is wanted, with its block; goes to where the next should begin."""
    room = window.room(record.size)
    is_wanted = record.kind in _KINDS and wants(_shown(window, record, min(_PEEK, room)))
    if is_wanted:
        _shown(window, record, min(largest, room))
    missing = room - window.skip(room)
    end = window.place_after_blank()
    is_last, wrong = not window.is_at_record(), None
    if room < record.size:
        wrong = Gap(window.place(), 0, f"says that its record at byte {record.offset} is longer than it is")
    elif missing and window.members.is_packed and not window.is_cut:
        wrong = Gap(record.offset, 0, f"holds {missing} bytes less than it says")
    elif missing:
        window.is_cut = True
    record.is_whole = record.stop - record.start == record.size
    if not window.members.is_packed:
        record.length = end - record.offset
    elif record.is_alone and is_last and window.is_empty() and window.members.end is not None:
        record.length = window.members.end - record.offset
    if is_wanted:
        yield record
    if wrong is not None:
        yield wrong


def _shown(window: Window, record: Record, count: int) -> Record:
    """The record with so many bytes of its block, or those that there are."""
    have = window.have(count)
    record.data, record.start, record.stop = window.data, window.at, window.at + have
    return record
