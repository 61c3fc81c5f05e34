"""WARC files beside an archive: exchanges in, single records out."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from archiver import __version__, urls
from archiver.errors import TargetError, UnreadableError
from archiver.evidence import _files, _records
from archiver.evidence._records import Record, address
from archiver.model import Capture, Exchange, Failed, Unchanged, utc

__all__ = ["Record", "Writer", "Written", "address", "record_at", "repair"]

repair = _files.repair

_LARGEST_FILE = 1 << 30  # bytes
_LARGEST_RECORD = 256 << 20  # bytes, unpacked
_REMEMBERED = 1024  # exchanges whose place is known: the entries of one feed share them
_NOT_MODIFIED = 304
_MESSAGE = "application/http; msgtype="
_SECRET = re.compile(rb"^((?:proxy-)?authorization|cookie):[^\r\n]*", re.IGNORECASE | re.MULTILINE)

_Received = TypeVar("_Received", bound=Capture | Unchanged | Failed)
_Fields = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record lies: the file's name, in the archive's folder, and its place there in bytes."""

    file: str
    offset: int
    length: int


class Writer:
    """Appends exchanges to WARC/1.1 files beside an archive, one gzip member a record.

    The files of `metoo.db` are called `metoo-20260102030405-00000.warc.gz`: when it was begun, in UTC, and a number.
    Each writer has files of its own, so that several may run at once; the first is made with the first exchange. What
    killed writers have left is repaired first. `note` says in each file what made it; at `largest` bytes the next file
    is begun. With `keep_files` the bytes of local files are kept too.
    """

    def __init__(self, db: Path, note: str = "", largest: int = _LARGEST_FILE, *, keep_files: bool = False) -> None:
        self._db, self._note, self._largest, self._keep_files = db, note, largest, keep_files
        self._places: OrderedDict[tuple[str, datetime, int], Written] = OrderedDict()
        self._file: _files.Growing | None = None
        self._head = 0
        repair(db)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self, received: _Received, earlier_at: datetime | None = None) -> _Received:
        """What was received, after its exchanges are written, with the place of the record that holds its bytes.

        Of what did not come from the network, standard input is written, as a `resource`, and with `keep_files` local
        files too; what was read from a WARC is in one already. The DOM of a page run in a browser is a `resource`
        beside its exchanges. `earlier_at` is when the page was captured that a 304 refers to. Raises ArchiveError.
        """
        place = None
        for exchange in received.exchanges:
            place = self._places.get(_key(exchange)) or self.write(exchange, earlier_at)
        if isinstance(received, Capture) and (received.source == "render" or self._is_passing(received)):
            place = self._resource(received)
        if place is None:
            return received
        return replace(received, exchanges=(), warc_file=place.file, warc_offset=place.offset, warc_length=place.length)

    def write(self, exchange: Exchange, earlier_at: datetime | None = None) -> Written:
        """Writes a request and its answer; the place of the answer, or of the request where none came.

        Passwords and cookies in the request are left out. An answer of 304 is a `revisit` where it is known when the
        page was captured before. Raises ArchiveError where the disk takes no more; then nothing of it is written.
        """
        answer_id = _records.new_id()
        url = address(urls.without_credentials(exchange.url))
        told: _Fields = {
            "WARC-Date": utc(exchange.at),
            "WARC-Target-URI": url,
            "WARC-IP-Address": exchange.ip,
            "WARC-Protocol": exchange.protocol,
        }
        request = _SECRET.sub(rb"\1: (left out)", exchange.request)
        own: _Fields = {
            "WARC-Record-ID": _records.new_id(),
            "WARC-Concurrent-To": answer_id if exchange.response else None,
            "Content-Type": f"{_MESSAGE}request",
        }
        members = [_records.member("request", own | told, request, _records.body_of(request))]
        if exchange.response:
            members.insert(0, _answer(told | {"WARC-Record-ID": answer_id}, exchange.response, earlier_at))
        place = self._append(members)
        self._places[_key(exchange)] = place
        if len(self._places) > _REMEMBERED:
            self._places.popitem(last=False)
        return place

    def flush(self) -> None:
        """Makes sure that what is written is on the disk, before a database names it. Raises ArchiveError."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        """Ends the file; what is written later begins another. Raises ArchiveError."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _is_passing(self, capture: Capture) -> bool:
        """Whether a capture's bytes lie nowhere else where they will stay."""
        if capture.exchanges or capture.warc_file:
            return False
        return self._keep_files or capture.target.partition("#")[0] == "-"

    def _resource(self, capture: Capture) -> Written:
        url = capture.url if capture.url and capture.source == "file" else _name_of(capture.body)
        told: _Fields = {
            "WARC-Record-ID": _records.new_id(),
            "WARC-Date": utc(capture.captured_at),
            "WARC-Target-URI": address(url),
            "Content-Type": capture.media_type,
        }
        return self._append([_records.member("resource", told, capture.body, capture.body)])

    def _append(self, members: list[bytes]) -> Written:
        """Writes records side by side in one file, all or none; the place of the first."""
        data = b"".join(members)
        if self._file is not None and self._head < self._file.size > self._largest - len(data):
            self.close()
        if self._file is None:
            self._file = self._begun()
        return Written(self._file.path.name, self._file.append(data), len(members[0]))

    def _begun(self) -> _files.Growing:
        """The next file, in which a first record says who writes it."""
        now = datetime.now(UTC)
        file = _files.begin(self._db, now)
        told: _Fields = {
            "WARC-Record-ID": _records.new_id(),
            "WARC-Date": utc(now),
            "WARC-Filename": address(file.path.name),
            "Content-Type": "application/warc-fields",
        }
        lines = {
            "software": f"social-post-archiver/{__version__}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": " ".join(self._note.split()),
        }
        block = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        is_begun = False
        try:
            file.append(_records.member("warcinfo", told, block.encode("utf-8", "replace")))
            is_begun = True
        finally:
            if not is_begun:
                file.close()
        self._head = file.size
        return file


def record_at(path: Path, offset: int, length: int) -> Record:
    """The record in these bytes of a WARC file, gzip or plain; its digests hold, where it tells any.

    Raises TargetError where the file is missing, UnreadableError where no whole and undamaged record lies there.
    """
    name = f"{path} at byte {offset}"
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(length)
    except FileNotFoundError as error:
        raise TargetError(str(path), "no such file", "put it back beside the archive") from error
    except (OSError, ValueError, OverflowError) as error:
        raise UnreadableError(name, f"cannot be read: {error}") from error
    if len(data) < length:
        raise UnreadableError(name, "the file ends before the record does")
    try:
        return _records.parsed(data, _LARGEST_RECORD)
    except ValueError as error:
        raise UnreadableError(name, f"the record {error}") from error


def _key(exchange: Exchange) -> tuple[str, datetime, int]:
    """What tells an exchange from others of a run, without its bytes."""
    return exchange.url, exchange.at, hash(exchange.response)


def _answer(told: _Fields, response: bytes, earlier_at: datetime | None) -> bytes:
    """The record of an answer: a `response`, or a `revisit` of what was captured before."""
    told = {**told, "Content-Type": f"{_MESSAGE}response"}
    if earlier_at is None or _records.status(response) != _NOT_MODIFIED:
        return _records.member("response", told, response, _records.body_of(response))
    told["WARC-Profile"] = _records.NOT_MODIFIED
    told["WARC-Refers-To-Target-URI"] = told["WARC-Target-URI"]
    told["WARC-Refers-To-Date"] = utc(earlier_at)
    return _records.member("revisit", told, response)


def _name_of(body: bytes) -> str:
    """The name that bytes have by their digest (RFC 6920)."""
    return f"ni:///sha-256;{urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip('=')}"
