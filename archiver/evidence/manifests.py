"""Manifests as files: canonical JSON, written and read piecemeal."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from archiver import atomic
from archiver.errors import ArchiveError, UnreadableError
from archiver.evidence import canonical, merkle
from archiver.evidence._scanner import Scanner

__all__ = ["Entry", "Part", "Writer", "entry", "is_manifest", "parts", "writing"]

FORMAT = "social-post-archiver manifest 1"
_PIECE = 1 << 20
_SECTIONS = ("records", "register", "statement", "timestamps")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record's line in the register: its kind, its name, and the SHA-256 (hex) of its canonical JSON."""

    kind: str
    name: str
    sha256: str

    @property
    def encoded(self) -> bytes:
        """Its canonical JSON, which is what a leaf of the Merkle tree is made of."""
        return canonical.encoded({"kind": self.kind, "name": self.name, "sha256": self.sha256})

    @property
    def leaf(self) -> bytes:
        """The hash of its leaf."""
        return merkle.leaf(self.encoded)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a manifest: of which section (`records`, `register` ...), its canonical JSON, and its value."""

    section: str
    text: str
    value: Any


class Writer:
    """A manifest that is being written: records in the order of kind and name, then what is stated of them."""

    def __init__(self, file: IO[bytes], register: IO[bytes], *, whole: bool) -> None:
        self._file, self._register, self._whole = file, register, whole
        self._root = merkle.Root()
        self._last: tuple[str, str] | None = None
        self._counts: dict[str, int] = {}
        file.write(_head() + b',"records":[')

    def add(self, kind: str, name: str, content: str) -> None:
        """Adds a record, of which `content` is JSON. Raises ArchiveError unless it belongs behind the one before."""
        if self._last is not None and (kind, name) <= self._last:
            raise ArchiveError(f"{kind} {name}", "stands before another record of the same name")
        record = record_of(kind, name, content)
        line = Entry(kind, name, canonical.sha256(record))
        comma = b"," if self._last else b""
        if self._whole:
            self._file.write(comma + record)
        self._register.write(comma + line.encoded)
        self._root.add(line.leaf)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._last = kind, name

    @property
    def size(self) -> int:
        """How many records there are so far."""
        return self._root.size

    @property
    def root(self) -> str:
        """The root of their tree, as hex."""
        return self._root.digest().hex()

    def state(self, told: Mapping[str, object]) -> bytes:
        """Ends the records; the canonical JSON of what is stated of them, to be stamped with the time."""
        own = {
            "counts": self._counts,
            "records": "whole" if self._whole else "digests",
            "root": self.root,
            "size": self.size,
        }
        statement = canonical.encoded(dict(told) | own)
        self._register.seek(0)
        self._file.write(b'],"register":[')
        shutil.copyfileobj(self._register, self._file, _PIECE)
        self._file.write(b'],"statement":' + statement)
        return statement

    def end(self, stamps: Iterable[object]) -> None:
        """Adds stamps of time, and ends the file."""
        self._file.write(b',"timestamps":' + canonical.encoded(list(stamps)) + b"}")


def record_of(kind: str, name: str, content: str) -> bytes:
    """The canonical JSON of a record, of which `content` is JSON."""
    return canonical.encoded({"content": json.loads(content), "kind": kind, "name": name})


@contextmanager
def writing(path: Path, *, whole: bool = True) -> Iterator[Writer]:
    """A manifest, written whole or not at all; unless `whole`, only digests of records. Raises ArchiveError."""
    with atomic.file(path) as file, tempfile.TemporaryFile() as register:
        yield Writer(file, register, whole=whole)


def is_manifest(path: Path) -> bool:
    """Whether a file begins as a manifest does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_head())) == _head()
    except OSError:
        return False


def parts(path: Path, since: str = "records") -> Iterator[Part]:
    """The pieces of a manifest from a section on, one at a time. Raises UnreadableError where it is not as written."""
    try:
        with path.open("rb") as file:
            if since == "records":
                file.seek(len(_head()) + 1)
            else:
                _find(file, f',"{since}":'.encode(), str(path))
            with io.TextIOWrapper(file, "utf-8", newline="") as text:
                yield from _parts(Scanner(text, str(path)), since)
    except OSError as error:
        raise UnreadableError(str(path), f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(str(path), "is not UTF-8") from error


def entry(value: object, thing: str) -> Entry:
    """The line of a register that a value is. Raises UnreadableError."""
    if isinstance(value, dict) and value.keys() == {"kind", "name", "sha256"}:
        kind, name, sha256 = value["kind"], value["name"], value["sha256"]
        if isinstance(kind, str) and isinstance(name, str) and isinstance(sha256, str):
            return Entry(kind, name, sha256)
    raise UnreadableError(thing, "has a line in its register that names no record")


def _parts(scanner: Scanner, since: str) -> Iterator[Part]:
    for section in _SECTIONS[_SECTIONS.index(since) :]:
        scanner.take(f'"{section}":' if section == since else f',"{section}":')
        if section == "statement":
            yield Part(section, *scanner.value())
            continue
        scanner.take("[")
        while not scanner.has("]"):
            yield Part(section, *scanner.value())
            if not scanner.has("]"):
                scanner.take(",")
        scanner.take("]")
    scanner.take("}")
    scanner.end()


def _find(file: IO[bytes], mark: bytes, thing: str) -> None:
    """Goes to a section's name: in a text its quotation marks would be escaped, so it stands nowhere else."""
    held, at = b"", 0
    while piece := file.read(_PIECE):
        held += piece
        if (found := held.find(mark)) >= 0:
            file.seek(at + found + 1)
            return
        at += max(0, len(held) - len(mark))
        held = held[max(0, len(held) - len(mark)) :]
    raise UnreadableError(thing, f"is no whole manifest: {mark.decode()!r} is missing")


def _head() -> bytes:
    return b'{"_format":' + canonical.encoded(FORMAT)
