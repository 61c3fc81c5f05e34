"""A WARC file unpacked member by member, past damage."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, Protocol, cast

import zstandard
from isal import isal_zlib

__all__ = ["HEAD", "Broken", "Cut", "Members", "Packed", "Plain", "opened"]

_READ = 1 << 18
_AT_ONCE = 1 << 15  # packed bytes: of what follows a member's end, the unpacker makes a copy
_FIRST = 1 << 14  # bytes read at first after a damaged place; then more and more
_BEGINNING = 1 << 12  # bytes of a member that tell whether it is a record
_PIECE = 1 << 20
_ZSTD_READ = 1 << 10  # this library has no limit on output: these make at most 32 MiB
_ZSTD_WINDOW = 128 << 20
_LARGEST_DICTIONARY = 16 << 20
_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.DOTALL)
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # iipc.github.io/warc-specifications, "Use of the Zstandard Compression Format"
_DAMAGE = (cast("type[Exception]", isal_zlib.error), zstandard.ZstdError)  # isal's stubs call the first an instance
_RECORD = re.compile(rb"WARC/[01]\.\d")
HEAD = re.compile(rb"WARC/[01]\.\d+\r?\n(?=[\w-]+:)")  # the beginning of a record amid other bytes


class Broken(ValueError):  # noqa: N818  reads as what is wrong with a place
    """A place of a file that cannot be read. The message says why."""


class Cut(Broken):
    """A file that ends where it should not."""


class Members(Protocol):
    """A file as members, each of which is had in pieces; `start` and `end` are the places of the present one.

    `end` is None until its last piece was had. An uncompressed file is a single member.
    """

    is_packed: bool
    start: int
    end: int | None

    def begin(self) -> bool:
        """Goes to the next member; False where there is none. Raises Broken where something else stands."""

    def piece(self) -> bytes:
        """The next piece of the present member, b"" after its last. Raises Broken, or Cut where the file ends."""

    def resume(self, until: int | None = None) -> int:
        """After Broken: goes to the next place where a record begins, and tells it; the file's end if there is none.

        Past `until`, no further place is looked at.
        """


def opened(file: BinaryIO, at: int = 0) -> Members | None:
    """The members of a seekable WARC file, from a place of it on; None for what is no WARC file."""
    file.seek(0)
    dictionary = _dictionary(file)
    kinds: tuple[Callable[[], Plain | Packed], ...] = (
        lambda: Plain(file),
        lambda: Packed(file, _GZIP, _gzip),
        lambda: Packed(file, _ZSTD, _zstd(dictionary)),
    )
    end = file.seek(0, 2)
    for is_it in (_begins, lambda members: members.resume() < end):  # the second for a damaged beginning
        for make in kinds:
            file.seek(0)
            if is_it(make()):
                file.seek(at)
                return make()
    return None


def _begins(members: Members) -> bool:
    """Whether a WARC file begins here."""
    try:
        return members.begin() and bool(_RECORD.match(members.piece().lstrip(b"\r\n\xef\xbb\xbf")))
    except Broken:
        return False


class Plain:
    """An uncompressed file: one member."""

    is_packed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.start = file.tell()
        self.end: int | None = None
        self._is_new = True
        self._size = _end(file)

    def begin(self) -> bool:
        is_new, self._is_new = self._is_new, False
        return is_new

    def piece(self) -> bytes:
        piece = self._file.read(_READ)
        if not piece:
            self.end = self._file.tell()
        return piece

    def go(self, place: int) -> int:
        """Goes to a place of the file, or to its end, where what is had next begins; that place."""
        return self._file.seek(min(place, self._size))

    def resume(self, until: int | None = None) -> int:
        self.start = _found(self._file, self.start + 1, HEAD, lambda _: True, until)
        self._file.seek(self.start)
        self._is_new = True
        return self.start


class Packed:
    """gzip members, or zstd frames."""

    is_packed = True

    def __init__(self, file: BinaryIO, magic: bytes, unpacker: Callable[[], _Unpack]) -> None:
        self._file, self._magic, self._unpacker = file, magic, unpacker
        self._rest, self._at, self._read_to, self._at_once = b"", 0, file.tell(), _READ
        self._unpack: _Unpack | None = None
        self.start = self._read_to
        self.end: int | None = None

    def begin(self) -> bool:
        while self._unpack is not None:  # the member before was not read to its end
            self.piece()
        self._fill(8)
        while self._magic == _ZSTD and _SKIPPABLE.match(self._rest, self._at):
            self._skip(8 + int.from_bytes(self._rest[self._at + 4 : self._at + 8], "little"))
            self._fill(8)
        self.start, self.end = self._place(), None
        if self._at == len(self._rest):
            return False
        if not self._rest.startswith(self._magic, self._at):
            if self._magic.startswith(self._rest[self._at : self._at + 8]):
                raise Cut(f"ends in the middle of the record at byte {self.start}")
            raise Broken("holds something that is no record")
        self._unpack = self._unpacker()
        return True

    def piece(self) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while size < _PIECE and self._unpack is not None:
            if self._at == len(self._rest) and not self._fill(1):
                if size:
                    break  # the next call says that the file ends here
                self._unpack = None
                raise Cut(f"ends in the middle of the record at byte {self.start}")
            try:
                packed = self._rest[self._at : self._at + _AT_ONCE]
                more, left, is_over = self._unpack(packed, _PIECE)
            except _DAMAGE as error:
                self._unpack = None
                raise Broken(f"is damaged ({error})") from error
            self._at += len(packed) - left
            pieces.append(more)
            size += len(more)
            if is_over:
                self._unpack, self.end = None, self._place()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def resume(self, until: int | None = None) -> int:
        self._unpack = None
        self.start = _found(self._file, self.start + 1, re.compile(re.escape(self._magic)), self._is_record, until)
        self._file.seek(self.start)
        self._rest, self._at, self._read_to = b"", 0, self.start
        self._at_once = _FIRST  # a file may be damaged everywhere
        return self.start

    def _is_record(self, start: bytes) -> bool:
        try:
            found = self._unpacker()(start, 64)[0].lstrip(b"\r\n")
            return not found or bool(_RECORD.match(found))  # of a zstd block, nothing is had before all of it is
        except _DAMAGE:
            return False

    def _fill(self, count: int) -> bool:
        if len(self._rest) - self._at < count:
            more = self._file.read(self._at_once)
            self._at_once = min(_READ, self._at_once * 2)
            self._rest, self._at = self._rest[self._at :] + more, 0
            self._read_to += len(more)
        return len(self._rest) - self._at >= count

    def _place(self) -> int:
        return self._read_to - len(self._rest) + self._at

    def _skip(self, count: int) -> None:
        place = self._place() + count
        if place > _end(self._file):
            raise Cut("ends in the middle of a frame")
        self._file.seek(place)
        self._rest, self._at, self._read_to = b"", 0, place


_Unpack = Callable[[bytes, int], tuple[bytes, int, bool]]  # packed to a piece, bytes left, whether all is had


def _gzip() -> _Unpack:
    unpack = isal_zlib.decompressobj(wbits=31)

    def more(packed: bytes, most: int) -> tuple[bytes, int, bool]:
        piece = unpack.decompress(packed, most)
        return piece, len(unpack.unused_data if unpack.eof else unpack.unconsumed_tail), unpack.eof

    return more


def _zstd(dictionary: zstandard.ZstdCompressionDict | None) -> Callable[[], _Unpack]:
    context = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_ZSTD_WINDOW)

    def begun() -> _Unpack:
        unpack = context.decompressobj()

        def more(packed: bytes, most: int) -> tuple[bytes, int, bool]:
            found: list[bytes] = []
            size, at = 0, 0
            while at < len(packed) and size < most and not unpack.eof:
                found.append(unpack.decompress(packed[at : at + _ZSTD_READ]))
                size += len(found[-1])
                at += _ZSTD_READ
            return b"".join(found), len(unpack.unused_data) + max(0, len(packed) - at), unpack.eof

        return more

    return begun


def _dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """The dictionary that stands at the beginning of a file; None for a file without one, or with a broken one."""
    first = file.read(8)
    size = int.from_bytes(first[4:], "little")
    data = file.read(size) if first.startswith(_DICTIONARY) and size <= _LARGEST_DICTIONARY else b""
    if not data:
        return None
    try:
        if data.startswith(_ZSTD):
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=_LARGEST_DICTIONARY)
        return zstandard.ZstdCompressionDict(data)
    except (zstandard.ZstdError, ValueError):
        return None


def _found(
    file: BinaryIO, place: int, pattern: re.Pattern[bytes], is_it: Callable[[bytes], bool], until: int | None
) -> int:
    """The first place from `place` on where the pattern stands and what begins there is it.

    Else the file's end, or some place past `until`.
    """
    count = _FIRST
    while True:
        file.seek(place)
        data = file.read(count)
        last = len(data) - (_BEGINNING if len(data) == count else 0)  # what begins after it is looked at next
        for match in pattern.finditer(data):
            if match.start() > last:
                break
            if is_it(data[match.start() : match.start() + _BEGINNING]):
                return place + match.start()
        place += last
        if len(data) < count or (until is not None and place >= until):
            return place
        count = min(2 * count, _PIECE)


def _end(file: BinaryIO) -> int:
    place = file.tell()
    end = file.seek(0, 2)
    file.seek(place)
    return end
