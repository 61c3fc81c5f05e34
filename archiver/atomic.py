"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from archiver.errors import ArchiveError

__all__ = ["STDOUT", "file", "folder", "new", "text"]

STDOUT = Path("-")


@contextmanager
def file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its name, in place of an older one, once it is whole; `-` is standard output.

    Raises ArchiveError where it cannot be written.
    """
    if path == STDOUT:
        with _refusing(path):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    with new(path) as part, part.open("xb") as written:
        yield written


@contextmanager
def text(path: Path) -> Iterator[TextIO]:
    """The same in UTF-8; what is no Unicode (half of a surrogate pair) is written as `?`."""
    with file(path) as written:
        text = io.TextIOWrapper(written, encoding="utf-8", errors="replace", newline="\n")
        try:
            yield text
        finally:
            text.detach()  # which the file outlives


@contextmanager
def new(path: Path) -> Iterator[Path]:
    """A name beside a path for a file to be made, which then takes its place; companions of that name are removed."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _refusing(path):
        try:
            yield part
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            for left in path.parent.glob(f"{_literal(part.name)}*"):
                left.unlink(missing_ok=True)


@contextmanager
def folder(path: Path, names: Collection[str]) -> Iterator[Path]:
    """A folder to fill with files of these names, which takes the place of an older one of the same kind once whole.

    Of a link to a folder, that folder is replaced. Raises ArchiveError where it cannot be written, or something else
    lies there; then the older one stays.
    """
    given, path = path, path.resolve()
    if path == Path.cwd() or not path.name:
        raise ArchiveError(str(given), "is no folder that can be replaced", "name a new folder with --out")
    part, old = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    with _refusing(given):
        if path.exists() and (not path.is_dir() or {each.name for each in path.iterdir()} - set(names)):
            raise ArchiveError(str(given), "is there, and holds other things", "name a new folder with --out")
        try:
            part.mkdir()
            yield part
            if path.exists():
                path.rename(old)
            _rename(part, path, old)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _rename(part: Path, path: Path, old: Path) -> None:
    """Gives a part its name, or the name back to what had it."""
    try:
        part.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # who read it has enough
    except OSError as error:
        thing = "standard output" if path == STDOUT else str(path)
        raise ArchiveError(thing, f"cannot be written: {error.strerror or error}") from error


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
