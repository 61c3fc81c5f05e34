"""WACZ files to captures: the WARC files in them."""

from __future__ import annotations

import io
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed, Passed
from archiver.sources._settings import Settings
from archiver.sources.archives import warc

__all__ = ["read"]

_IS_WARC = re.compile(r"[^\x00-\x1f\x7f\\]{1,1000}\.warc(?:\.gz|\.zst)?", re.IGNORECASE)
_LEADS_OUT = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")
_LONGEST_LIST = 32 << 20  # bytes of a ZIP's list of members: each costs some 20 times as much memory
_MOST_RATIO = 100  # times a member may unpack to; text packed by deflate reaches 20
_MISPLACED = "is damaged: it does not stand where the list of members says"
_COPY = 1 << 20
_LOCAL_HEADER = 30


def read(path: str, settings: Settings) -> Iterator[Capture | Failed | Passed]:
    """The pages of the WARC files in a WACZ file, as `warc.read` gives them.

    `warc_file` is `PATH!/archive/data.warc.gz`, and offsets count in that file, as WACZ's own indexes do. Nothing is
    unpacked but WARC files that are compressed once more, which WACZ forbids: they pass through a temporary file.
    Raises TargetError, and UnreadableError for what is no WACZ file or holds no page.
    """
    found = False
    try:
        with open(path, "rb") as file, _opened(path, file) as archive:
            for member in _warcs(path, archive):
                name = f"{path}!/{member.filename}"
                try:
                    with _unpacked(name, file, archive, member) as part:
                        for each in warc.captures(part, name, settings):
                            found = True
                            yield each
                except UnreadableError as error:
                    found = True
                    yield Failed(name, error, datetime.now(UTC))
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror or error}") from error
    if not found:
        raise UnreadableError(path, "holds no page", "pages are answers of status 200 with HTML, text or a feed")


def _opened(path: str, file: BinaryIO) -> zipfile.ZipFile:
    """The ZIP file, whose list of members is not too large to be read. Raises UnreadableError."""
    if _size_of_list(file) > _LONGEST_LIST:
        raise UnreadableError(path, "has too many members", "a WACZ file holds few")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableError(path, f"is no WACZ file, or a damaged one: {error}") from error
    if sum(member.compress_size for member in archive.infolist()) > os.fstat(file.fileno()).st_size:
        raise UnreadableError(path, "has members that overlap", "no honest ZIP file has")
    return archive


def _size_of_list(file: BinaryIO) -> int:
    """The bytes of a ZIP's central directory, as its end record (APPNOTE.TXT, 4.3.14 and 4.3.16) tells; else 0."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 100))
    tail = file.read()
    if (at := tail.rfind(b"PK\x05\x06")) < 0:
        return 0
    told = int.from_bytes(tail[at + 12 : at + 16], "little")
    if told == 0xFFFFFFFF and (at := tail.rfind(b"PK\x06\x06", 0, at)) >= 0:
        told = int.from_bytes(tail[at + 40 : at + 48], "little")
    return told


def _warcs(path: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that are WARC files, each name once. Raises UnreadableError where there is none."""
    members = {member.filename: member for member in archive.infolist() if _IS_WARC.fullmatch(member.filename)}
    if not members:
        is_nested = any(name.lower().endswith(".wacz") for name in archive.namelist())
        cure = "it holds WACZ files: unpack it, and name these" if is_nested else "they lie in archive/"
        raise UnreadableError(path, "holds no WARC file", cure)
    return list(members.values())


@contextmanager
def _unpacked(name: str, file: BinaryIO, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[BinaryIO]:
    """A member as a file of its own. Raises UnreadableError."""
    if _LEADS_OUT.search(member.filename):
        raise UnreadableError(name, "has a name that leads out of the archive", "no honest WACZ file has such")
    if member.flag_bits & 1:
        raise UnreadableError(name, "is encrypted", "decrypt the file first")
    if member.header_offset < 0:
        raise UnreadableError(name, _MISPLACED)
    if member.compress_type == zipfile.ZIP_STORED:
        with io.BufferedReader(_part(name, file, member), _COPY) as part:
            yield cast("BinaryIO", part)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        with tempfile.TemporaryFile() as part:
            _inflate(name, archive, member, part)
            yield cast("BinaryIO", part)
    else:
        raise UnreadableError(name, "is packed in a way that is not known", "WACZ files hold WARC files as they are")


def _inflate(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, part: io.IOBase) -> None:
    """Unpacks a member, never to many times what it has in the file; a damaged one as far as it goes."""
    most = member.compress_size * _MOST_RATIO + _COPY
    try:
        with archive.open(member) as packed:
            while data := packed.read(_COPY):
                if part.tell() + len(data) > most:
                    raise UnreadableError(name, f"unpacks to more than {_MOST_RATIO} times its size", "it is a bomb")
                part.write(data)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError) as error:
        if not part.tell():
            raise UnreadableError(name, f"is damaged: {error}") from error


def _part(name: str, file: BinaryIO, member: zipfile.ZipInfo) -> _Part:
    """The bytes of a member that is stored as it is (APPNOTE.TXT, 4.3.7)."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise UnreadableError(name, _MISPLACED)
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return _Part(file, member.header_offset + _LOCAL_HEADER + lengths, member.compress_size)


class _Part(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
