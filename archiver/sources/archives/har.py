"""HAR files to captures."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver import urls
from archiver.errors import ArchiverError, TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.sources import _http
from archiver.sources._settings import Settings
from archiver.sources.archives import _documents

__all__ = ["read"]

_LARGEST = 100 * 1024 * 1024
_OK = 200


def read(path: str, settings: Settings) -> Iterator[Capture | Failed]:
    """The pages of a HAR 1.2 file, and the platforms' answers: entries of status 200; all others are passed over.

    A target is `PATH#N`, N being the entry's number from 1. A file of at most 100 MB is read, for all of it must be in
    memory. Raises TargetError, and UnreadableError for what is no HAR file or holds no page.
    """
    found = has_content = False
    entries = _entries(path)
    for number, entry in enumerate(entries, 1):
        entries[number - 1] = None  # so that its content does not stay in memory
        content = _content(entry)
        has_content = has_content or content is not None
        target = f"{path}#{number}"
        outcome: Capture | Failed | None
        try:
            outcome = _capture(target, entry, content, settings)
        except ArchiverError as error:
            outcome = Failed(target, error, datetime.now(UTC))
        if outcome is not None:
            found = True
            yield outcome
    if not has_content:
        raise UnreadableError(path, "holds no content", "save it again, as HAR with content")
    if not found:
        raise UnreadableError(path, "holds no page", "pages are answers of status 200 with HTML, text or a feed")


def _entries(path: str) -> list[Any]:
    """The entries of a HAR file, of whatever types they are. Raises TargetError or UnreadableError."""
    try:
        if os.path.getsize(path) > _LARGEST:
            raise UnreadableError(path, f"is larger than {_LARGEST >> 20} MB", "save fewer pages into one file")
        told = json.loads(Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise TargetError(path, f"cannot be read: {error.strerror or error}") from error
    except RecursionError as error:
        raise UnreadableError(path, "is nested too deeply", "a HAR file is not") from error
    except ValueError as error:
        raise UnreadableError(path, f"is no JSON: {error}") from error
    entries = _field(_field(told, "log"), "entries")
    if not isinstance(entries, list):
        raise UnreadableError(path, "is no HAR file", "it has no log.entries")
    return entries


def _content(entry: object) -> object:
    """The text of an entry's answer, None where it has none."""
    return _field(_field(_field(entry, "response"), "content"), "text")


def _capture(target: str, entry: object, text: object, settings: Settings) -> Capture | None:
    """The capture of an entry; None for one that is passed over. Raises UnreadableError."""
    response = _field(entry, "response")
    content, status = _field(response, "content"), _field(response, "status")
    url, mime = _field(_field(entry, "request"), "url"), _field(content, "mimeType")
    if status != _OK or not isinstance(url, str) or not isinstance(text, str):
        return None
    url = _documents.address(url)
    media_type, charset = _http.content_type(mime if isinstance(mime, str) else "")
    if not urls.is_web(url) or not _documents.is_wanted(media_type, url, settings):
        return None
    moment = _moment(_field(entry, "startedDateTime"))
    if moment is None:
        raise UnreadableError(target, "does not tell when it was captured", "it has no valid startedDateTime")
    is_packed = _field(content, "encoding") == "base64"
    body = _unpacked(target, text) if is_packed else text.encode("utf-8", "replace")
    if len(body) > settings.largest:
        raise UnreadableError(target, f"is larger than {settings.largest >> 20} MB")
    kind = _documents.kind(target, body, media_type, url, settings)
    if kind is None:
        return None
    encoding = charset if is_packed else "utf-8"
    return Capture(target, body, kind, "har", moment, url=url, encoding=encoding, status=_OK)


def _unpacked(target: str, text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(target, f"is no base64, though it says so: {error}") from error


def _moment(told: object) -> datetime | None:
    """An ISO 8601 date and time with its zone; None for what is none, for a time without zone tells no moment."""
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
