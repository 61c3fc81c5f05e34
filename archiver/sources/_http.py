"""Heads of HTTP answers, as archives hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["Message", "content_type", "date", "parsed", "retry_after"]

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"\n(content-type|content-encoding|transfer-encoding|date)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE | re.ASCII)
_LONGEST = 1 << 17


@dataclass(frozen=True, slots=True)
class Message:
    """What the head of an answer tells; its body begins `start` bytes after it. `media_type` is "" where none is told.

    `status` is None for what was no answer over HTTP.
    """

    status: int | None
    start: int
    media_type: str
    charset: str | None
    coding: str | None = None
    transfer: str | None = None
    date: str | None = None


def parsed(data: bytes, start: int, stop: int) -> Message | None:
    """The head of the answer in `data[start:stop]`; None where that is none, or has no end."""
    status = _STATUS.match(data, start, stop)
    stop = min(stop, start + _LONGEST)
    found = _END.search(data, start, stop)
    if found is None or status is None:
        return None
    end, begin = found.span()
    fields = {match[1].lower(): match[2] for match in _FIELD.finditer(data, start, end)}
    media_type, charset = content_type(_text(fields.get(b"content-type")) or "")
    return Message(
        int(status[1]),
        begin - start,
        media_type,
        charset,
        _text(fields.get(b"content-encoding")),
        _text(fields.get(b"transfer-encoding")),
        _text(fields.get(b"date")),
    )


def content_type(value: str) -> tuple[str, str | None]:
    """The media type, in lower case, and the charset that a Content-Type tells."""
    media_type, _, parameters = value.partition(";")
    charset = _CHARSET.search(parameters)
    return media_type.strip().lower(), charset[1] if charset else None


def date(value: str | None) -> datetime | None:
    """The moment of a Date header; None where it is none."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, IndexError, OverflowError):
        return None


def retry_after(value: str) -> float | None:
    """The seconds that a Retry-After asks to wait, as a number or a date; None where it tells none."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = date(value)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment else None


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1").strip() if value is not None else None
