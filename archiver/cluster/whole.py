"""Files that appear whole, or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from archiver.cluster import _systems
from archiver.errors import FetchError, TargetError

__all__ = ["TEMPORARY", "Sink", "writing"]

TEMPORARY = ".tmp"  # ends the name, which begins with a dot, of a file that is being written
_OBJECTS = frozenset("s3 s3a gs gcs abfs abfss az adl oci oss r2".split())  # where what is uploaded appears whole
_WEB = frozenset(("http", "https"))
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Sink(io.RawIOBase):
    """Takes bytes to a file; after a first error it takes them to nowhere, so that a writer can be closed.

    `size` is how many bytes came, `digest` their SHA-256. `check` raises TargetError where some were not written.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._sha256 = hashlib.sha256()
        self._error: OSError | None = None
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        piece = memoryview(data).cast("B")
        self._sha256.update(piece)
        self.size += len(piece)
        rest = piece
        while rest and self._error is None:
            try:
                rest = rest[os.write(self._file.fileno(), rest) :]
            except OSError as error:
                self._error = error
        return len(piece)

    def check(self) -> None:
        if self._error is not None:
            raise _refused(self._name, self._error) from self._error


@contextmanager
def writing(name: str) -> Iterator[Sink]:
    """A file that appears under its name once all of it was written, or not at all. Raises TargetError, FetchError.

    On a disk it is written under another name beside, and renamed. To a store it is uploaded when it is whole, where
    uploads appear whole, else under another name, and renamed.
    """
    system, path = _systems.system(name)
    if _WEB & set(_systems.protocols(system)):
        raise TargetError(name, "cannot be written: it is on the web", "give a path, or a store such as s3://...")
    is_local = _systems.is_local(system)
    mark = uuid.uuid4().hex
    try:
        folder = Path(path).parent if is_local else Path(tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{Path(path).name}.{mark}{TEMPORARY}"
        with _removed(temporary), temporary.open("xb") as file:
            sink = Sink(file, name)
            yield sink
            sink.check()
            os.fsync(file.fileno())
            if is_local:
                temporary.replace(path)
                _sync(folder)
            else:
                _upload(system, str(temporary), path, name, mark, sink.size)
    except OSError as error:
        raise _refused(name, error) from error


def _refused(name: str, error: OSError) -> TargetError:
    """The error of a file that cannot be written."""
    cure = "make room, and run the same command again" if error.errno in _FULL else None
    return TargetError(name, f"cannot be written: {error.strerror or error}", cure)


@contextmanager
def _removed(temporary: Path) -> Iterator[None]:
    """Removes a file in the end, where it is still there."""
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _upload(system: Any, temporary: str, path: str, name: str, mark: str, length: int) -> None:
    with _systems.explained(name, system, "written"):
        if _OBJECTS & set(_systems.protocols(system)):
            system.put_file(temporary, path)
        else:
            parent, _, last = path.rpartition("/")
            system.makedirs(parent, exist_ok=True)
            aside = f"{parent}/.{last}.{mark}{TEMPORARY}"
            system.put_file(temporary, aside)
            system.mv(aside, path)
        system.invalidate_cache()
        if (arrived := system.info(path)["size"]) != length:
            raise FetchError(name, f"has {arrived} of {length} bytes after it was uploaded", "run the command again")


def _sync(folder: Path) -> None:
    """Makes sure that a name is on the disk; Windows does that by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
