"""The bytes of a file, unpacked, line by line."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import zstandard
from isal import igzip, isal_zlib

__all__ = ["DAMAGED", "LONGEST", "Bad", "Line", "damaged", "head", "lines", "opened"]

LONGEST = 64 << 20  # bytes of a line, or of a value
DAMAGED: tuple[type[Exception], ...] = (
    EOFError,
    zlib.error,
    cast("type[Exception]", isal_zlib.error),
    zstandard.ZstdError,
    igzip.BadGzipFile,
)
"""What reading a packed file raises where it is damaged or cut off."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = 128 << 20
_BUFFER = 1 << 16  # bytes: what was unpacked together with damage is lost


class Line(NamedTuple):
    """A line that is not empty, by its number from 1."""

    number: int
    body: bytes


class Bad(NamedTuple):
    """What cannot be read of a record, by its line or row: words that go on from its name.

    `is_last` says that nothing behind it can be read either.
    """

    place: str
    wrong: str
    is_last: bool = False


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to read from its beginning, without the gzip or zstd around it."""
    with ExitStack() as stack:
        file: BinaryIO = stack.enter_context(path.open("rb"))
        start = file.read(4)
        file.seek(0)
        if start.startswith(_GZIP):
            unpacked = igzip.open(file, "rb")  # type: ignore[no-untyped-call]
            file = cast("BinaryIO", stack.enter_context(unpacked))
        elif start == _ZSTD:
            unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
            unpacked = stack.enter_context(unpack.stream_reader(file, read_across_frames=True))
            file = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", unpacked), _BUFFER))
        yield file


def head(path: Path, size: int) -> bytes:
    """The first bytes of a file, unpacked; as many as can be where it is damaged."""
    with opened(path) as file:
        found = b""
        try:
            while len(found) < size and (piece := file.read(min(size - len(found), 1 << 14))):
                found += piece
        except DAMAGED:
            return found
        return found


def lines(path: Path) -> Iterator[Line | Bad]:
    """The lines that are not empty. One that is too long, or where damage begins, is bad."""
    number = 0
    with opened(path) as file:
        try:
            while line := file.readline(LONGEST):
                number += 1
                if len(line) >= LONGEST and not line.endswith(b"\n"):
                    yield Bad(str(number), f"is longer than {LONGEST >> 20} MB")
                    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                        continue
                    continue
                line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if line.strip():
                    yield Line(number, line.rstrip(b"\r\n"))
        except DAMAGED as error:
            yield Bad(str(number + 1), damaged(error), is_last=True)


def damaged(error: BaseException) -> str:
    """What is wrong where a packed file cannot be read on."""
    return f"cannot be unpacked: {error}; what stands before it was read"
