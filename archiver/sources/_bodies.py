"""HTTP bodies without their chunks or compression, within limits."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

import brotli
import zstandard

__all__ = ["Damaged", "Decoder", "TooLarge", "UnknownCoding", "dechunked", "decoded", "readable"]

_PIECE = 1 << 20  # bytes of output, about, that a coding gives at a time
_SLICE = 1 << 16  # bytes of input that are looked at together: what is left of them is copied at each piece
_ZSTD_SLICE = 128  # bytes of input, for this library has no limit on output: these make at most 4 MiB
_ZSTD_WINDOW = 8 << 20  # RFC 9659: no more may be needed for a body on the web
_MOST_CODINGS = 4
_GZIP = b"\x1f\x8b\x08"
_PLAIN = frozenset({"", "identity", "none", "chunked"})
_CHUNK_SIZE = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")


class TooLarge(ValueError):  # noqa: N818  reads as what is wrong with a body
    """A body that unpacks to more than is allowed."""


class Damaged(ValueError):  # noqa: N818
    """A body that is not what its coding says, or ends too early."""


class UnknownCoding(ValueError):  # noqa: N818
    """A coding that cannot be undone, or too many of them."""


class Decoder:
    """Undoes a content coding (`gzip`, `x-gzip`, `deflate`, `br`, `zstd`, `identity`, a list of these) piece by piece.

    All that it gives is never more than `largest` bytes; TooLarge is raised before. What follows a complete gzip or
    zstd body and is no further one is left out, as browsers do. Raises UnknownCoding.
    """

    def __init__(self, coding: str | None, largest: int) -> None:
        names = _names(coding)
        if len(names) > _MOST_CODINGS:
            raise UnknownCoding(f"is encoded {len(names)} times")
        self._stages = [_stage(name) for name in names]
        self._largest, self._given = largest, 0
        self._fed = False

    def feed(self, chunk: bytes) -> bytes:
        """What the chunk adds to the decoded body. Raises TooLarge or Damaged."""
        return b"".join(self.pieces(chunk))

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The same in pieces, so that what comes before an error is not lost."""
        self._fed = self._fed or bool(chunk)
        for piece in _through(self._stages, chunk):
            self._given += len(piece)
            if self._given > self._largest:
                raise TooLarge(f"is larger than {_size(self._largest)}")
            yield piece

    def finish(self) -> bytes:
        """What is left when no more comes; raises Damaged where the body is not complete. An empty one is."""
        if self._fed and not all(stage.is_complete for stage in self._stages):
            raise Damaged("ends before its end")
        return b""


def decoded(body: bytes, coding: str | None, largest: int) -> bytes:
    """A whole body without its content coding, of at most `largest` bytes. None and "" are no coding.

    Raises TooLarge, Damaged or UnknownCoding, whose messages say what is wrong with "the body".
    """
    decoder = Decoder(coding, largest)
    return decoder.feed(body) + decoder.finish()


def readable(body: bytes, transfer: str | None, coding: str | None, largest: int) -> bytes:
    """What can be read of a body as archives hold them: cut off, damaged, or not encoded as the headers say.

    `transfer` is its Transfer-Encoding. A body that is not what a header says is taken as it stands, a damaged one
    as far as it can be read. Raises TooLarge only.
    """
    if transfer and "chunked" in transfer.lower():
        body = dechunked(body)
    codings = _names(",".join(filter(None, (coding, transfer))))
    if not codings:
        if len(body) > largest:
            raise TooLarge(f"is larger than {_size(largest)}")
        return body
    found: list[bytes] = []
    with suppress(Damaged, UnknownCoding):
        for piece in Decoder(",".join(codings), largest).pieces(body):
            found.append(piece)  # noqa: PERF402  what came before an error is kept
    return b"".join(found) or readable(body, None, None, largest)


def dechunked(body: bytes) -> bytes:
    """A body without the framing of HTTP/1.1's chunks, as far as it can be followed; one without framing as it is."""
    found: list[memoryview] = []
    view, at = memoryview(body), 0
    while line := _CHUNK_SIZE.match(body, at):
        start, size = line.end(), int(line[1], 16)
        end = _LINE_END.match(body, start + size)
        if size and not end and start + size < len(body) and not found:
            return body  # a text that begins with letters a to f
        found.append(view[start : start + size])
        if not size or not end:
            break
        at = end.end()
    return b"".join(found) if found else body


class _Stage(Protocol):
    """One coding. `is_complete` tells whether a whole body was read."""

    is_complete: bool

    def pieces(self, chunk: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip, of one member or several, and deflate, with zlib's frame or without."""

    def __init__(self, is_gzip: bool) -> None:
        self.is_complete = False
        self._is_gzip = is_gzip
        self._unpack: zlib._Decompress | None = None
        self._members = 0
        self._is_over = False
        self._waiting = b""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        for at in range(0, len(chunk), _SLICE):
            rest, self._waiting = self._waiting + chunk[at : at + _SLICE], b""
            is_full = False
            while (rest or is_full) and not self._is_over:
                unpack = self._unpack or self._begun(rest)
                if unpack is None:
                    self._waiting, rest = rest, b""
                    break
                try:
                    piece = unpack.decompress(rest, _PIECE)
                except zlib.error as error:
                    if not self._members:
                        raise Damaged(f"is damaged, or not encoded as it says ({error})") from error
                    self.is_complete = self._is_over = True  # what follows a whole member need not be one
                    return
                rest, is_full = unpack.unconsumed_tail, len(piece) == _PIECE
                if unpack.eof:
                    rest, is_full, self._unpack, self.is_complete = unpack.unused_data, False, None, True
                    self._members += 1
                yield piece

    def _begun(self, start: bytes) -> zlib._Decompress | None:
        """What unpacks that which begins so; None where nothing does, or it cannot be told yet."""
        if self._members:
            self._is_over = not self._is_gzip or not start.startswith(_GZIP[: len(start)])
            if self._is_over or len(start) < len(_GZIP):
                return None
        elif not self._is_gzip and len(start) < 2:
            return None
        wbits = 31
        if not self._is_gzip:  # RFC 1950: the first two bytes of zlib's frame are a multiple of 31
            wbits = 15 if start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0 else -15
        self._unpack, self.is_complete = zlib.decompressobj(wbits=wbits), False
        return self._unpack


class _Brotli:
    def __init__(self) -> None:
        self.is_complete = False
        self._unpack = brotli.Decompressor()

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        for at in range(0, len(chunk), _SLICE):
            rest = chunk[at : at + _SLICE]
            while not self.is_complete:
                try:
                    piece = self._unpack.process(rest, output_buffer_limit=_PIECE)
                except brotli.error as error:
                    raise Damaged("is damaged, or no brotli") from error
                rest, self.is_complete = b"", self._unpack.is_finished()
                if piece:
                    yield piece
                elif self._unpack.can_accept_more_data():
                    break


class _Zstd:
    def __init__(self) -> None:
        self.is_complete = False
        self._unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._unpack.decompressobj()
        self._is_first = True

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        for at in range(0, len(chunk), _ZSTD_SLICE):
            rest = chunk[at : at + _ZSTD_SLICE]
            while rest:
                try:
                    piece = self._frame.decompress(rest)
                except zstandard.ZstdError as error:
                    if not self._is_first:
                        self.is_complete = True
                        return
                    raise Damaged("is damaged, or no zstd") from error
                self.is_complete, rest = self._frame.eof, b""
                if self._frame.eof:
                    rest, self._is_first = self._frame.unused_data, False
                    self._frame = self._unpack.decompressobj()
                if piece:
                    yield piece


def _names(coding: str | None) -> list[str]:
    names = [name.strip().lower() for name in (coding or "").split(",")]
    return [name for name in names if name not in _PLAIN]


def _stage(name: str) -> _Stage:
    if name in ("gzip", "x-gzip", "deflate"):
        return _Zlib(name != "deflate")
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise UnknownCoding(f"is encoded as {name[:40]}, which is not known")


def _through(stages: list[_Stage], chunk: bytes) -> Iterator[bytes]:
    """A chunk as it comes out of the last of the codings, which was put on first."""
    if not stages:
        yield chunk
        return
    for piece in stages[-1].pieces(chunk):
        yield from _through(stages[:-1], piece)


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >> 20 else f"{count} bytes"
