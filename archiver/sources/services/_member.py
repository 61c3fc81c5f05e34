"""A single record of a WARC to a capture."""

from __future__ import annotations

import base64
import hashlib
import io
import re

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archiver import urls
from archiver.errors import UnreadableError
from archiver.model import Capture
from archiver.sources._bodies import dechunked
from archiver.sources.services._held import Held
from archiver.sources.services._pace import first_words
from archiver.sources.services.cdx import Record

__all__ = ["capture"]

_SHA1 = re.compile(r"[A-Z2-7]{32}", re.ASCII)


def capture(member: bytes, record: Record, target: str, base: str, largest: int) -> Capture:
    """The page in a record of a WARC, of at most `largest` bytes, after it is compared with what the index says of it.

    `base` is the address below which the WARC lies. Raises UnreadableError where the record is damaged, is another one
    than the index names (by its URL, or its digest), or holds no page.
    """
    try:
        warc = next(iter(ArchiveIterator(io.BytesIO(member), parse_http=True, auto_decode="none")), None)
        if warc is None:
            raise UnreadableError(target, "is no WARC record")
        size = warc.content_length
        body = warc.reader.read(largest + 1)
    except OSError as error:
        raise UnreadableError(target, f"is no WARC record, or a damaged one: {error}") from error
    if len(body) > largest:
        raise UnreadableError(target, f"is larger than {largest} bytes")
    if len(body) != size:
        raise UnreadableError(target, f"is cut off: it has {len(body)} of {size} bytes")
    held, url = _answer(target, warc, body), (warc.headers.get("WARC-Target-URI") or "").strip("<>")
    if urls.canonical(url) != urls.canonical(record.url):
        raise UnreadableError(target, f"holds another page than the index says: {first_words(url) or 'none'}")
    _compare(target, record, held)
    page, kind = held.page(target, largest)
    url = urls.without_credentials(url)
    return Capture(
        target,
        page,
        kind,
        "commoncrawl",
        warc.record_date or record.at,
        url=url,
        final_url=url,
        encoding=held.charset,
        status=held.status,
        warc_file=f"{base}/{record.filename}",
        warc_offset=record.offset,
        warc_length=record.length,
    )


def _answer(target: str, warc: WarcRecord, body: bytes) -> Held:
    if warc.record_type not in (WarcRecordType.response, WarcRecordType.resource):
        kind = first_words(warc.headers.get("WARC-Type") or "") or "unknown"
        raise UnreadableError(target, f"is a record of the kind {kind}, which holds no page")
    head = warc.http_headers
    if head is None:
        return Held(200, warc.headers.get("Content-Type") or "", None, body)
    told = {name.lower(): value for name, value in head.items()}
    status = head.status_code if isinstance(head.status_code, int) else None
    return Held(status, told.get("content-type", ""), told.get("content-encoding"), body, told.get("transfer-encoding"))


def _compare(target: str, record: Record, held: Held) -> None:
    """Raises UnreadableError where the body is not that of which the index has the digest, chunked or not."""
    if not record.digest or not _SHA1.fullmatch(record.digest):
        return
    found = [_digest(held.body), _digest(dechunked(held.body))]
    if record.digest not in found:
        wrong = f"is not what the index names: its digest is {found[0]}, not {record.digest}"
        raise UnreadableError(target, wrong, "the file or the index is damaged")


def _digest(body: bytes) -> str:
    """The SHA-1 in base 32, by which indexes know bodies."""
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")
