"""Files on disks, web servers and object stores."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
import fsspec

from archiver import urls
from archiver.cluster._ranged import Ranged
from archiver.errors import ArchiverError, FetchError, TargetError

__all__ = ["Sink", "Stamp", "below", "located", "matching", "names", "reading", "size", "stamp", "sweep", "writing"]

_OBJECTS = frozenset("s3 s3a gs gcs abfs abfss az adl oci oss r2".split())  # where what is uploaded appears whole
_WEB = frozenset(("http", "https"))
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when it was looked at: its length in bytes, and a mark that changes with it, where there is one.

    The mark is the ETag that a server or a store tells, or its Last-Modified; on a disk the time of the last change.
    """

    size: int
    mark: str | None


def located(name: str) -> str:
    """The name by which every machine finds a file: a URL as it is, a path as an absolute one. Raises TargetError."""
    name = name.removeprefix("file://")
    scheme, mark, _ = name.partition("://")
    if not mark:
        return os.path.abspath(name)
    if urls.without_credentials(name) != name:
        raise TargetError(urls.without_credentials(name), "holds a password", "the address itself is kept with posts")
    if scheme in _WEB or scheme in fsspec.available_protocols():
        return name
    raise TargetError(name, f"is of an unknown kind: {scheme}")


def below(folder: str, name: str) -> str:
    """The name of a file in a folder."""
    return f"{folder.rstrip('/')}/{name}"


def stamp(name: str) -> Stamp:
    """What a file is now. Raises FetchError where it cannot be reached, TargetError where it is not there."""
    system, path = _system(name)
    with _explained(name, system):
        told = system.info(path)
    if told.get("size") is None:
        raise FetchError(name, "its server does not tell its size", "only files of known size are read by ranges")
    mark = next(
        (told[key] for key in ("ETag", "etag", "Last-Modified", "mtime", "LastModified") if told.get(key)), None
    )
    return Stamp(int(told["size"]), None if mark is None else str(mark))


def size(name: str) -> int | None:
    """The length of a file in bytes, None where it is not there. Raises FetchError."""
    try:
        return stamp(name).size
    except TargetError:
        return None


def names(folder: str) -> list[str]:
    """The names of the files in a folder, sorted; none where it is not there. Raises FetchError."""
    system, path = _system(folder)
    system.invalidate_cache()
    try:
        with _explained(folder, system):
            return sorted(str(found).rpartition("/")[2] for found in system.ls(path, detail=False))
    except TargetError:
        return []


def matching(pattern: str) -> list[str]:
    """The names of the files that a name with * stands for, sorted. Raises FetchError, TargetError where none is."""
    system, path = _system(pattern)
    with _explained(pattern, system):
        found = sorted(map(str, system.glob(path)))
    if not found:
        raise TargetError(pattern, "names no file")
    return found if _is_local(system) else [str(system.unstrip_protocol(each)) for each in found]


@contextmanager
def reading(name: str) -> Iterator[BinaryIO]:
    """A file to be read by ranges, a few of which are in memory. Raises FetchError or TargetError, later too."""
    system, path = _system(name)
    if _is_local(system):
        with _explained(name, system), open(path, "rb") as file:
            yield file
        return
    with Ranged(lambda: system.open(path, "rb", **Ranged.WAYS), stamp(name).size, name, _troubles(system)) as stream:
        yield io.BufferedReader(stream, 1 << 18)


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
            raise refused(self._name, self._error) from self._error


@contextmanager
def writing(name: str) -> Iterator[Sink]:
    """A file that appears under its name once all of it was written, or not at all. Raises TargetError, FetchError.

    On a disk it is written under another name beside, and renamed. To a store it is uploaded when it is whole, where
    uploads appear whole, else under another name, and renamed.
    """
    system, path = _system(name)
    is_local = _is_local(system)
    mark = uuid.uuid4().hex
    try:
        folder = Path(path).parent if is_local else Path(tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{Path(path).name}.{mark}{_TEMPORARY}"
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
        raise refused(name, error) from error


def sweep(folder: str) -> None:
    """Removes what writers that were killed left in a folder. Raises TargetError or FetchError."""
    system, path = _system(folder)
    for left in names(folder):
        if left.startswith(".") and left.endswith(_TEMPORARY):
            with _explained(folder, system):
                system.rm_file(below(path, left))


def refused(name: str, error: OSError) -> TargetError:
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
    with _explained(name, system, "written"):
        if _OBJECTS & set(_protocols(system)):
            system.put_file(temporary, path)
        else:
            parent, _, last = path.rpartition("/")
            system.makedirs(parent, exist_ok=True)
            aside = f"{parent}/.{last}.{mark}{_TEMPORARY}"
            system.put_file(temporary, aside)
            system.mv(aside, path)
        system.invalidate_cache()
        if (arrived := system.info(path)["size"]) != length:
            raise FetchError(name, f"has {arrived} of {length} bytes after it was uploaded", "run the command again")


@contextmanager
def _explained(name: str, system: Any, done: str = "read") -> Iterator[None]:
    """Errors of stores as ours."""
    try:
        yield
    except ArchiverError:
        raise
    except FileNotFoundError as error:
        raise TargetError(name, "is not there") from error
    except NotImplementedError as error:
        raise TargetError(name, f"cannot be {done}: its store does not allow that") from error
    except OSError as error:
        if _is_local(system):
            raise TargetError(name, f"cannot be {done}: {error.strerror or error}") from error
        raise FetchError(name, f"cannot be {done}: {error}") from error
    except _troubles(system) as error:
        raise FetchError(name, f"cannot be {done}: {type(error).__name__} {error}") from error


def _troubles(system: Any) -> tuple[type[Exception], ...]:
    """What reading from a store may raise."""
    found: tuple[type[Exception], ...] = (OSError, ValueError, EOFError, aiohttp.ClientError)
    if {"s3", "s3a"} & set(_protocols(system)):
        told = import_module("botocore.exceptions")
        found += (told.BotoCoreError, told.ClientError)
    return found


def _system(name: str) -> tuple[Any, str]:
    """The file system of a name, and the path in it. Raises TargetError where it needs what is not installed."""
    try:
        system, path = fsspec.core.url_to_fs(name)
    except (ImportError, ValueError) as error:
        scheme = name.partition("://")[0]
        cure = f"pip install 'social-post-archiver[{'s3' if scheme.startswith('s3') else 'cluster'}]'"
        raise TargetError(name, f"cannot be reached: {error}", cure) from error
    return system, str(path)


def _is_local(system: Any) -> bool:
    return "file" in _protocols(system)


def _protocols(system: Any) -> tuple[str, ...]:
    told = system.protocol
    return (told,) if isinstance(told, str) else tuple(told)


def _sync(folder: Path) -> None:
    """Makes sure that a name is on the disk; Windows does that by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
