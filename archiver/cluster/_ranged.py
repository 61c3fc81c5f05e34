"""A file far away, read by ranges."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ClassVar

from archiver.errors import FetchError

__all__ = ["Ranged"]

_BLOCK = 4 << 20
_TRIES = 4


class Ranged(io.RawIOBase):
    """A stream of known size over a file of fsspec, which is opened anew where it breaks off.

    Two blocks of 4 MB are in memory: one is read while the next is fetched. A server that gives less than it was asked
    for has not given the file's end: that is an error too. Raises FetchError.
    """

    WAYS: ClassVar = {"cache_type": "none"}  # in which `begin` opens the file

    def __init__(
        self,
        begin: Callable[[], Any],
        size: int,
        name: str,
        troubles: tuple[type[Exception], ...],
        block: int = _BLOCK,
        pause: float = 1.0,
    ) -> None:
        self._begin, self._size, self._name, self._troubles = begin, size, name, troubles
        self._block, self._pause = block, pause
        self._thread = ThreadPoolExecutor(1)
        self._file: Any = None
        self._next: tuple[int, Future[bytes]] | None = None
        self._data, self._data_at, self._at = b"", 0, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size or not len(buffer):
            return 0
        if not self._data_at <= self._at < self._data_at + len(self._data):
            self._go()
        begin = self._at - self._data_at
        piece = self._data[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._next = None
            self._thread.submit(self._end)
            self._thread.shutdown()
        super().close()

    def _go(self) -> None:
        """Has the block that begins here, however often that has to be tried; the next one is then under way."""
        self._data, wrong = b"", ""
        for number in range(_TRIES):
            if number:
                time.sleep(self._pause * 2 ** (number - 1))
            if self._next is None or self._next[0] != self._at:
                self._next = self._at, self._thread.submit(self._fetched, self._at)
            (at, future), self._next = self._next, None
            try:
                self._data, self._data_at = future.result(), at
            except self._troubles as error:
                wrong = f"{type(error).__name__} {error}".strip()
                self._thread.submit(self._end)
                continue
            if (following := at + len(self._data)) < self._size:
                self._next = following, self._thread.submit(self._fetched, following)
            return
        raise FetchError(self._name, f"broke off at byte {self._at} of {self._size}: {wrong}", "archiver crawl --retry")

    def _fetched(self, at: int) -> bytes:
        count = min(self._block, self._size - at)
        if self._file is None:
            self._file = self._begin()
        self._file.seek(at)
        data = bytes(self._file.read(count))
        if len(data) != count:
            raise EOFError(f"{len(data)} bytes came of {count}")
        return data

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
