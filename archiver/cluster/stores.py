"""Files on disks, web servers and object stores."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import fsspec

from archiver import urls
from archiver.cluster import _systems
from archiver.cluster._ranged import Ranged
from archiver.cluster.whole import TEMPORARY
from archiver.errors import FetchError, TargetError

__all__ = ["Stamp", "below", "located", "matching", "names", "reading", "size", "stamp", "sweep"]

_WEB = frozenset(("http", "https"))


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
    system, path = _systems.system(name)
    with _systems.explained(name, system):
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
    system, path = _systems.system(folder)
    system.invalidate_cache()
    try:
        with _systems.explained(folder, system):
            return sorted(str(found).rpartition("/")[2] for found in system.ls(path, detail=False))
    except TargetError:
        return []


def matching(pattern: str) -> list[str]:
    """The names of the files that a name with * stands for, sorted. Raises FetchError, TargetError where none is."""
    system, path = _systems.system(pattern)
    with _systems.explained(pattern, system):
        found = sorted(map(str, system.glob(path)))
    if not found:
        raise TargetError(pattern, "names no file")
    return found if _systems.is_local(system) else [str(system.unstrip_protocol(each)) for each in found]


@contextmanager
def reading(name: str) -> Iterator[BinaryIO]:
    """A file to be read by ranges, a few of which are in memory. Raises FetchError or TargetError, later too."""
    system, path = _systems.system(name)
    if _systems.is_local(system):
        try:
            with open(path, "rb") as file:
                yield file
        except OSError as error:
            raise TargetError(name, f"cannot be read: {error.strerror or error}") from error
        return
    length, troubles = stamp(name).size, _systems.troubles(system)
    with Ranged(lambda: system.open(path, "rb", **Ranged.WAYS), length, name, troubles) as stream:
        yield io.BufferedReader(stream, 1 << 18)


def sweep(folder: str) -> None:
    """Removes what writers that were killed left in a folder. Raises TargetError or FetchError."""
    system, path = _systems.system(folder)
    for left in names(folder):
        if left.startswith(".") and left.endswith(TEMPORARY):
            with _systems.explained(folder, system):
                system.rm_file(below(path, left))
