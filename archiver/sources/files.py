"""Files, folders and standard input to captures."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, FileRead
from archiver.sources import _magic, _media

__all__ = ["kind_of", "pages", "read", "read_stdin"]

_PAGES = {
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
    ".json": _media.JSON,
}
_ARCHIVES = {
    ".warc": _media.WARC,
    ".warc.gz": _media.WARC,
    ".warc.zst": _media.WARC,
    ".wacz": _media.WACZ,
    ".har": _media.HAR,
}
_NAMED_ALONE = {  # what names pages, or where they stand, and holds none: no folder is searched for it
    ".opml": _media.OPML,
    ".csv": _media.TABLE,
    ".tsv": _media.TABLE,
    ".tab": _media.TABLE,
    ".urls": _media.URLS,
    ".uris": _media.URLS,
}
_INDEXES = dict.fromkeys((".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz"), _media.CDX)
_AS_PAGES = {_media.URLS: _media.TEXT, _media.BOOKMARKS: _media.HTML}
_LARGEST = 100 * 1024 * 1024
_ENDS = 1 << 16


def pages(target: str) -> Iterator[str]:
    """The file itself, or every page in a folder and the folders below it, sorted; hidden ones are left out.

    Of a folder those files are pages that hold some: HTML, texts, Markdown, feeds, WARC, WACZ and HAR files; no lists,
    which would lead to the web. Raises TargetError where there is nothing by that name, or a folder holds no page.
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
        suffixes = ", ".join([*_PAGES, *_ARCHIVES])
        raise TargetError(target, "holds no page", f"files that end in {suffixes} are read")


def kind_of(path: str) -> str:
    """WARC, WACZ, HAR or CDX for a file that is one by its name, else by its first bytes; `_media.OTHER` for any other.

    Such archives are read by their own sources, whatever their size; all other files by `read`. Raises TargetError for
    a file that cannot be read.
    """
    if not os.path.isfile(path):
        return _media.OTHER  # `read` says what is wrong
    name = os.path.basename(path).lower()
    if told := next((kind for suffix, kind in (_ARCHIVES | _INDEXES).items() if name.endswith(suffix)), None):
        return told
    try:
        with open(path, "rb") as file:
            return _magic.archive(file) or _media.OTHER
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror}") from error


def read(path: str, is_named: bool = True) -> Capture:
    """The capture of a local file that is no archive, out of gzip where it is packed so.

    `is_named` is false for a file found in a folder: there a list of addresses is read as a page, for nobody asked to
    have them fetched. Raises TargetError or UnreadableError.
    """
    try:
        if not os.path.lexists(path):
            raise TargetError(path, "no such file", "check the spelling")
        if not os.path.isfile(path):
            raise TargetError(path, "is no file", "a device or a pipe cannot be archived; use - for standard input")
        if os.path.getsize(path) > _LARGEST:
            raise UnreadableError(path, f"is larger than {_LARGEST >> 20} MB", "split it, or give the page alone")
        body = Path(path).read_bytes()
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror}") from error
    body = _media.unpacked(path, body, _LARGEST)
    kind = _media.kind(path, body, (_PAGES | _NAMED_ALONE).get(_suffix(path)))
    if not is_named:
        kind = _AS_PAGES.get(kind, kind)
        if kind in _media.LISTS:
            raise UnreadableError(path, "is a list of pages", "name the file itself to have them fetched")
    return Capture(path, body, kind, "file", datetime.now(UTC), url=Path(path).resolve().as_uri())


def identity(path: str) -> FileRead:
    """By what a file is known to be the same: path, size, time of change, and its first and last bytes.

    A whole digest would cost as much as a third of reading it. Raises TargetError.
    """
    try:
        with open(path, "rb") as file:
            told = os.fstat(file.fileno())
            digest = hashlib.sha256(file.read(_ENDS))
            file.seek(max(0, told.st_size - _ENDS))
            digest.update(file.read(_ENDS))
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror or error}") from error
    return FileRead(os.path.abspath(path), told.st_size, told.st_mtime_ns, digest.hexdigest())


def read_stdin() -> Capture:
    """The capture of what standard input holds. Raises TargetError or UnreadableError."""
    if sys.stdin is None:
        raise TargetError("-", "standard input is closed")
    body = sys.stdin.buffer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise UnreadableError("-", f"is larger than {_LARGEST >> 20} MB")
    body = _media.unpacked("-", body, _LARGEST)
    return Capture("-", body, _media.kind("-", body), "stdin", datetime.now(UTC))


def _suffix(path: str) -> str:
    return Path(path.lower().removesuffix(".gz")).suffix


def _is_page(path: str) -> bool:
    """Whether a file of a folder is one to read: by its name, and of XML and JSON only feeds."""
    name = path.lower()
    suffix = Path(name).suffix
    if name.endswith(tuple(_ARCHIVES)):
        return True
    if _PAGES.get(suffix) not in (_media.FEED, _media.JSON) or not os.path.isfile(path):
        return suffix in _PAGES
    try:
        with open(path, "rb") as file:
            return _media.marked(file.read(_LARGEST)) in (_media.FEED, _media.JSON_FEED)
    except OSError:
        return True  # reading it says what is wrong


def _refuse(error: OSError) -> None:
    raise TargetError(str(error.filename), f"cannot be read: {error.strerror}") from error
