"""What the records of one WARC file mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from archiver.errors import ArchiverError, UnreadableError
from archiver.model import Capture, Failed, Passed
from archiver.sources import _bodies, _http, _media
from archiver.sources._http import Message
from archiver.sources._settings import Settings
from archiver.sources.archives import _documents
from archiver.sources.archives._records import Record, records

__all__ = ["HEADS", "Place", "Reading", "Repeat"]

HEADS = 1 << 20  # bytes that a block may hold beside the body
_MOST_KNOWN = 100_000  # pages of a file to which a revisit may refer
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00:?00)?)?)?)?$", re.ASCII
)


class Place(NamedTuple):
    """Where the body of a page stands in its file, and the names by which a revisit may refer to it."""

    names: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A revisit, by its place, whose body may stand before the part of the file that is read."""

    offset: int
    inner: int


class _Before(Exception):  # noqa: N818  no error: another reading knows
    """What a record repeats may stand before the part that is read."""


class Reading:
    """The reading of one file, which knows where its pages stand, so that a later revisit finds its body.

    The reading of a part notes them for others as well. There, what a revisit repeats may stand before the part: from
    the first such one on, each revisit is a Repeat, for whoever knows all that stands before it.
    """

    def __init__(self, file: BinaryIO, name: str, settings: Settings, *, is_part: bool = False) -> None:
        self._is_part, self._places = is_part, list[Place]()
        self._has_repeats = False
        self._file, self._name, self._settings = file, name, settings
        self._known: dict[int, int] = {}
        self._latest: tuple[Record | None, Message | None, str] = None, None, ""
        self.passed = 0

    def wants(self, record: Record) -> bool:
        """Whether a record may hold a page, by its head and the beginning of its block."""
        message, url = _message(record), _url(record)
        self._latest = record, message, url
        if message is None:
            return False
        if record.kind == b"revisit":
            return message.status in (None, 200, 304) and (
                not message.media_type or self._is_read(record, message, url)
            )
        return message.status in (None, 200) and self._is_read(record, message, url)

    def outcome(self, record: Record) -> Capture | Failed | Repeat | None:
        """What a wanted record holds; None where that is no page after all, or one that was passed over."""
        target = f"{self._name}#{record.offset}" + (f"+{record.inner}" if record.inner else "")
        try:
            holder = record if record.kind != b"revisit" else self._referred(target, record)
            found = self._found(target, record, holder) if holder else None
        except ArchiverError as error:
            return Failed(target, error, datetime.now(UTC))
        except _Before:
            self._has_repeats = True
            return Repeat(record.offset, record.inner)
        if found is not None and holder is not None and not holder.inner:
            self.know(self._place(record, holder.offset))
        if isinstance(found, Passed):
            self.passed += 1
            return None
        return found

    def repeated(self, repeat: Repeat) -> Capture | Failed | None:
        """What a revisit holds that the reading of a part left; None as `outcome` says."""
        for each in records(self._file, self.wants, self._settings.largest + HEADS, repeat.offset) or ():
            if isinstance(each, Record) and (each.offset, each.inner) == (repeat.offset, repeat.inner):
                found = self.outcome(each)
                return None if isinstance(found, Repeat) else found
        return None

    def know(self, place: Place) -> None:
        """Notes where the body of a page stands. The oldest are forgotten where there are too many."""
        if self._is_part:
            self._places.append(place)
        for name in place.names:
            self._known[hash(name)] = place.offset
        while len(self._known) > 2 * _MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def noted(self) -> list[Place]:
        """Where those pages of a part stand that were read since this was last asked."""
        places, self._places = self._places, []
        return places

    def told(self) -> Passed:
        """The pages that were passed over since this was last asked."""
        passed, self.passed = self.passed, 0
        return Passed(passed)

    def _is_read(self, record: Record, message: Message, url: str) -> bool:
        if record.kind in (b"resource", b"conversion") and not url.startswith(("http:", "https:", "file:")):
            return False  # urn:text:..., dns:...: what a crawler notes
        return _documents.is_wanted(message.media_type, url, self._settings)

    def _found(self, target: str, record: Record, holder: Record) -> Capture | Passed | None:  # noqa: C901
        """The capture of a record, whose body another may hold, or a page passed over. Raises UnreadableError."""
        wanted, message, url = self._latest
        if holder is not wanted:
            message = _message(holder)
        if message is None:
            return None
        moment = _moment(record.field(b"warc-date")) or _http.date(message.date)
        if moment is None:
            raise UnreadableError(target, "does not tell when it was captured", "it has no valid WARC-Date")
        if self._is_passed(holder, message, url):
            return Passed()
        if not holder.is_whole and holder.stop - holder.start > self._settings.largest:
            raise UnreadableError(target, f"is larger than {self._settings.largest >> 20} MB")
        try:
            packed = holder.data[holder.start + message.start : holder.stop]
            body = _bodies.readable(packed, message.transfer, message.coding, self._settings.largest)
        except _bodies.TooLarge as error:
            raise UnreadableError(target, str(error)) from error
        try:
            kind = _documents.kind(target, body, message.media_type, url, self._settings)
        except UnreadableError:
            if message.coding:
                raise  # a page, most likely, that could not be unpacked
            return None  # a picture, whatever its header says
        if kind is None:
            return None
        if not self._settings.may_embed(body, kind, url):
            return Passed()
        return Capture(
            target=target,
            body=body,
            media_type=kind,
            source="warc",
            captured_at=moment,
            url=url or None,
            encoding=message.charset,
            status=message.status,
            warc_file=self._name,
            warc_offset=holder.offset,
            warc_length=holder.length,
        )

    def _is_passed(self, holder: Record, message: Message, url: str) -> bool:
        """Whether a page, HTML as it lies there, is passed over without being taken out of its record."""
        start = holder.start + message.start
        if message.coding or message.transfer or not _documents.is_page(message.media_type, holder.data, start):
            return False
        if not holder.is_whole or holder.stop - start > self._settings.largest:
            return False
        return not self._settings.may_embed(memoryview(holder.data)[start : holder.stop], _media.HTML, url)

    def _place(self, record: Record, offset: int) -> Place:
        """Where a page's body stands, under its record's name and under its address and date."""
        date = f"{self._latest[2]} {record.field(b'warc-date')}"
        name = record.field(b"warc-record-id")
        return Place((name, date) if name else (date,), offset)

    def _referred(self, target: str, record: Record) -> Record | None:
        """The record that holds the body of a revisit; None where that was none to read. Raises UnreadableError."""
        if self._has_repeats:
            raise _Before
        address, date = record.field(b"warc-refers-to-target-uri"), record.field(b"warc-refers-to-date")
        names = (record.field(b"warc-refers-to"), f"{_cleaned(address or _url(record))} {date}")
        offset = next((self._known[hash(name)] for name in names if name and hash(name) in self._known), None)
        if offset is None and self._is_part:
            raise _Before
        if offset is None:
            message = _message(record)
            if message is None or not message.media_type:
                return None  # of whatever kind it was
            raise UnreadableError(target, "repeats a record that does not stand before it in this file")
        place = self._file.tell()
        found = records(self._file, lambda _: True, self._settings.largest + HEADS, offset) or iter(())
        first = next(found, None)
        self._file.seek(place)
        return first if isinstance(first, Record) and first.offset == offset else None


def _message(record: Record) -> Message | None:
    """The HTTP message in a record, or what its own head says where that is no message; None for a head without end."""
    if record.data.startswith(b"HTTP/", record.start):
        return _http.parsed(record.data, record.start, record.stop)
    if record.kind == b"response":
        return None
    if record.kind == b"revisit":
        return Message(None, 0, "", None)
    media_type, charset = _http.content_type(record.field(b"content-type") or "")
    return Message(None, 0, media_type, charset)


def _url(record: Record) -> str:
    """The address of what was captured, without credentials."""
    return _cleaned(record.field(b"warc-target-uri") or "")


def _cleaned(address: str) -> str:
    return _documents.address(address.removeprefix("<").removesuffix(">"))  # WARC 1.0's grammar has the brackets


def _moment(date: str | None) -> datetime | None:
    """A WARC-Date, which may be less exact than a second in WARC 1.1; None where it is none."""
    match = _DATE.match(date or "")
    if match is None:
        return None
    parts = match.groups()[:6]
    year, month, day, hour, minute, second = (int(part or unsaid) for part, unsaid in zip(parts, "011000", strict=True))
    try:
        return datetime(year, month, day, hour, minute, second, int((match[7] or "").ljust(6, "0")[:6]), UTC)
    except ValueError:
        return None
