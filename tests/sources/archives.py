"""WARC records written by hand, so that each of their bytes is known."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable

import zstandard

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "warc": bytes,
    "warc.gz": lambda body: gzip.compress(body, mtime=0),
    "warc.zst": zstandard.compress,
}
DATE = "2024-03-01T12:00:00Z"
HTML = "text/html; charset=utf-8"


def page(number: int, words: int = 300) -> bytes:
    """A page that compresses badly enough to be of a size."""
    text = " ".join(f"{n * 2654435761 * (number + 1) % 99991:x}" for n in range(words))
    return f"<!doctype html><title>Page {number}</title><p>{text}".encode()


def http(body: bytes, content_type: str | None = HTML, status: str = "200 OK", extra: str = "") -> bytes:
    """An answer: status line, head and body."""
    told = f"Content-Type: {content_type}\r\n" if content_type is not None else ""
    return f"HTTP/1.1 {status}\r\n{told}{extra}\r\n".encode("latin-1") + body


def record(block: bytes, number: int = 0, kind: str = "response", extra: str = "", **told: object) -> bytes:
    """A record, its fields changed by `told` (url, date, id, size, content_type, version)."""
    default = "application/http; msgtype=response" if kind in ("response", "revisit") else "text/html"
    return (
        (
            f"{told.get('version', 'WARC/1.1')}\r\nWARC-Type: {kind}\r\n"
            f"WARC-Record-ID: {told.get('id', f'<urn:uuid:{number}>')}\r\n"
            f"WARC-Target-URI: {told.get('url', f'https://example.com/{number}')}\r\n"
            f"WARC-Date: {told.get('date', DATE)}\r\n"
            f"{extra}Content-Type: {told.get('content_type', default)}\r\n"
            f"Content-Length: {told.get('size', len(block))}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


def warc(records: Iterable[bytes], form: str = "warc.gz") -> bytes:
    """A file of records, each packed by itself."""
    return b"".join(PACKED[form](each) for each in records)


def pages(count: int = 20) -> list[bytes]:
    """A file's records: so many pages, and what stands beside them."""
    info = record(b"software: by hand\r\n", 1000, "warcinfo", content_type="application/warc-fields")
    return [info, *(record(http(page(number)), number) for number in range(count))]
