"""Files, folders and standard input to captures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture
from archiver.sources import _media

__all__ = ["pages", "read", "read_stdin"]

_SUFFIXES = {
    ".html": _media.HTML,
    ".htm": _media.HTML,
    ".xhtml": _media.HTML,
    ".shtml": _media.HTML,
    ".txt": None,  # saved pages are found under this name too: the first bytes decide
    ".text": None,
    ".md": _media.MARKDOWN,
    ".markdown": _media.MARKDOWN,
    ".rss": _media.FEED,
    ".atom": _media.FEED,
    ".xml": _media.FEED,
}
_LARGEST = 100 * 1024 * 1024


def pages(target: str) -> Iterator[str]:
    """The file itself, or every page in a folder and the folders below it, sorted; hidden ones are left out.

    Raises TargetError where there is nothing by that name, or a folder holds no page.
    """
    if not os.path.lexists(target):
        raise TargetError(target, "no such file or folder", "check the spelling; a URL begins with http:// or https://")
    if not os.path.isdir(target):
        yield target
        return
    found = False
    for folder, folders, names in os.walk(target, onerror=_refuse):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.startswith(".") and _is_page(path):
                found = True
                yield path
    if not found:
        raise TargetError(target, "holds no page", f"files that end in {', '.join(_SUFFIXES)} are read")


def read(path: str) -> Capture:
    """The capture of a local file. Raises TargetError or UnreadableError."""
    try:
        if not os.path.isfile(path):
            raise TargetError(path, "is no file", "a device or a pipe cannot be archived; use - for standard input")
        if os.path.getsize(path) > _LARGEST:
            raise UnreadableError(path, f"is larger than {_LARGEST >> 20} MB", "split it, or give the page alone")
        body = Path(path).read_bytes()
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror}") from error
    url = Path(path).resolve().as_uri()
    kind = _media.kind(path, body, _SUFFIXES.get(Path(path).suffix.lower()))
    return Capture(path, body, kind, "file", datetime.now(UTC), url=url)


def read_stdin() -> Capture:
    """The capture of what standard input holds. Raises UnreadableError."""
    body = sys.stdin.buffer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise UnreadableError("-", f"is larger than {_LARGEST >> 20} MB")
    return Capture("-", body, _media.kind("-", body), "stdin", datetime.now(UTC))


def _is_page(path: str) -> bool:
    """Whether a file of a folder is one to read: by its name, and of XML only feeds."""
    suffix = Path(path).suffix.lower()
    if _SUFFIXES.get(suffix) != _media.FEED or not os.path.isfile(path):
        return suffix in _SUFFIXES
    try:
        with open(path, "rb") as file:
            return _media.is_feed(file.read(8192))
    except OSError:
        return True  # reading it says what is wrong


def _refuse(error: OSError) -> None:
    raise TargetError(str(error.filename), f"cannot be read: {error.strerror}") from error
