"""WARC files that grow by whole records only."""

from __future__ import annotations

import errno
import os
import zlib
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from archiver.errors import ArchiveError, UnreadableError
from archiver.evidence import _locks

__all__ = ["Growing", "begin", "repair", "whole_size"]

_OPEN = ".open"  # a file that is being written has a companion of this ending, which its writer locks
_PIECE = 1 << 20
_NUMBERS = 100_000
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Growing:
    """A file that only this process writes; `size` is its length in bytes.

    Its companion, a file of the same name and `.open`, is locked while it is written, and holds how much of it is on
    the disk for certain. Whoever finds a companion without a lock knows that the writer was killed.
    """

    def __init__(self, path: Path, file: int, lock: int) -> None:
        self.path, self.size = path, 0
        self._file, self._lock, self._synced = file, lock, 0

    def append(self, data: bytes) -> int:
        """Where the data lies. Raises ArchiveError where the disk takes no more; then nothing of it stays."""
        rest, at = memoryview(data), self.size
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            os.ftruncate(self._file, at)
            os.lseek(self._file, at, os.SEEK_SET)
            _refuse(self.path, error)
        self.size += len(data)
        return at

    def sync(self) -> None:
        """Makes sure that all of it is on the disk. Raises ArchiveError."""
        if self._synced == self.size:
            return
        try:
            os.fsync(self._file)
            if not self._synced:
                _sync_folder(self.path.parent)
            os.lseek(self._lock, 0, os.SEEK_SET)
            os.write(self._lock, b"%020d" % self.size)
        except OSError as error:
            _refuse(self.path, error)
        self._synced = self.size

    def close(self) -> None:
        """Ends the file; an empty one is removed. Raises ArchiveError where the disk does not take all of it."""
        try:
            if self.size:
                self.sync()
            else:
                self.path.unlink(missing_ok=True)
        finally:
            os.close(self._file)
            os.close(self._lock)
            _companion(self.path).unlink(missing_ok=True)


def begin(db: Path, at: datetime) -> Growing:
    """A new file beside an archive, named after it, the time, and a number that is free. Raises ArchiveError."""
    for number in range(_NUMBERS):
        path = db.with_name(f"{db.stem}-{at:%Y%m%d%H%M%S}-{number:05}.warc.gz")
        if path.exists():
            continue
        try:
            lock = _locks.taken(_companion(path), new=True)
            if lock is not None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                return Growing(path, os.open(path, flags, 0o666), lock)
        except OSError as error:
            _refuse(path, error)
    raise ArchiveError(str(db), f"has {_NUMBERS} WARC files of one second", "wait a second")


def repair(db: Path) -> list[Path]:
    """Cuts the WARC files beside an archive, whose writers were killed, to their last whole record; those it cut.

    One that holds no whole record is removed. Files that are being written are left alone. Raises ArchiveError.
    """
    cut = []
    first, last = f"{db.stem}-", f".warc.gz{_OPEN}"
    try:
        names = sorted(n for n in os.listdir(db.parent) if n.startswith(first) and n.endswith(last))
        for companion in (db.with_name(name) for name in names):
            if (lock := _locks.taken(companion)) is None:
                continue
            try:
                path = companion.with_name(companion.name.removesuffix(_OPEN))
                if path.exists() and _cut(path, os.read(lock, 20)):
                    cut.append(path)
            finally:
                os.close(lock)
            companion.unlink(missing_ok=True)
    except OSError as error:
        _refuse(db.parent, error)
    return cut


def whole_size(path: Path) -> int:
    """How many bytes of a WARC file are whole, undamaged records: all of them, unless it is being written.

    Raises UnreadableError for a file that is damaged. One that is not compressed is taken as it is.
    """
    size = path.stat().st_size
    whole = _whole(path, 0) if path.suffix == ".gz" else size
    if whole < size and not _companion(path).exists():
        raise UnreadableError(
            str(path), f"is damaged at byte {whole}", "archiver verify tells which captures that harms"
        )
    return whole


def _cut(path: Path, synced: bytes) -> bool:
    """Cuts a file to its whole members, of which the first `synced` bytes are known to be; whether it had to."""
    size = path.stat().st_size
    whole = _whole(path, int(synced) if synced.isdigit() and int(synced) <= size else 0)
    if whole == 0:
        path.unlink()
    elif whole < size:
        os.truncate(path, whole)
    return whole < size


def _whole(path: Path, start: int) -> int:
    """Where the last whole gzip member ends, of those that follow the first `start` bytes."""
    end = start
    with path.open("rb") as file:
        file.seek(start)
        data, unpacker = file.read(_PIECE), zlib.decompressobj(31)
        while data:
            try:
                unpacker.decompress(data, _PIECE)
            except zlib.error:
                break
            if unpacker.eof:
                data = unpacker.unused_data
                end = file.tell() - len(data)
                unpacker = zlib.decompressobj(31)
            else:
                data = unpacker.unconsumed_tail
            data = data or file.read(_PIECE)
    return end


def _companion(path: Path) -> Path:
    return path.with_name(path.name + _OPEN)


def _sync_folder(folder: Path) -> None:
    """Makes sure that the name of a new file is on the disk; Windows does that by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse(path: Path, error: OSError) -> NoReturn:
    cure = "make room, or archive without keeping bytes" if error.errno in _FULL else None
    raise ArchiveError(str(path), f"cannot be written: {error.strerror or error}", cure) from error
