"""WARC records to bytes, bytes to records."""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
import zlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from isal import isal_zlib

__all__ = ["NOT_MODIFIED", "Record", "address", "body_of", "head_of", "member", "new_id", "parsed", "status"]

_URI = "".join(map(chr, range(0x21, 0x7F)))  # what may stand in a header line of ours: no blanks, no line ends
_LENGTH = re.compile(r"\d{1,15}", re.ASCII)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?!\d)")
_HEAD_END = re.compile(rb"\n\r?\n")
_ALGORITHMS = {"md5", "sha1", "sha256", "sha384", "sha512"}

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a WARC file. `kind` is its WARC-Type, `at` its WARC-Date, `block` all below its own header.

    `status` and `headers` are those of the HTTP message in it, None and empty where it holds none; `body` is what
    follows that head, as it was on the wire: chunked and compressed where it was.
    """

    kind: str
    url: str | None
    at: datetime | None
    block: bytes
    body: bytes
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The first HTTP header of that name; None where there is none."""
        return _first(self.headers, name)

    def field(self, name: str) -> str | None:
        """The first field of the record's own header of that name; None where there is none."""
        return _first(self.fields, name)


def new_id() -> str:
    """A WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def address(url: str) -> str:
    """A URL as it stands in a record: ASCII without blanks, as URIs are."""
    return quote(url.encode("utf-8", "surrogatepass"), safe=_URI)


def member(kind: str, fields: Mapping[str, str | None], block: bytes, body: bytes | None = None) -> bytes:
    """A record as one gzip member. `body` is the payload, where the block has one that is worth a digest of its own."""
    told = {
        "WARC-Type": kind,
        **fields,
        "WARC-Payload-Digest": None if body is None else _digest(body),
        "WARC-Block-Digest": _digest(block),
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in told.items() if value is not None)
    packer = isal_zlib.compressobj(2, wbits=31)  # five times as fast as zlib at its level 3, and as small
    whole = (b"WARC/1.1\r\n", head.encode("utf-8", "replace"), b"\r\n", block, b"\r\n\r\n")
    return b"".join([*map(packer.compress, whole), packer.flush()])


def status(message: bytes) -> int | None:
    """The status of an HTTP answer; None where it tells none."""
    told = _STATUS.match(message)
    return int(told[1]) if told else None


def head_of(message: bytes) -> bytes:
    """The head of an HTTP message with the empty line after it; a server may end its lines with a bare line feed."""
    end = _HEAD_END.search(message)
    return message[: end.end()] if end else message


def body_of(message: bytes) -> bytes:
    """What follows the head of an HTTP message."""
    return message[len(head_of(message)) :]


def parsed(data: bytes, largest: int) -> Record:
    """The record that these bytes are, gzip or plain. Raises ValueError, whose message says what is wrong with it."""
    plain = _unpacked(data, largest) if data.startswith(b"\x1f\x8b") else data
    head, end, rest = plain.partition(b"\r\n\r\n")
    version, *lines = head.split(b"\r\n")
    if not end or not version.startswith(b"WARC/"):
        raise ValueError("is no record")
    fields = _headers(lines, "utf-8")
    length = _first(fields, "Content-Length") or ""
    if not _LENGTH.fullmatch(length) or len(rest) < int(length):
        raise ValueError("is cut short")
    block = rest[: int(length)]
    code, headers, body = _message(block, _first(fields, "Content-Type") or "")
    for name, told_of in (("WARC-Block-Digest", block), ("WARC-Payload-Digest", body)):
        told = _first(fields, name)
        is_own = name == "WARC-Block-Digest" or _first(fields, "WARC-Type") != "revisit"  # else of what it refers to
        if told and is_own and not _holds(told, told_of):
            raise ValueError(f"does not have the digest that it tells ({name})")
    kind, uri = _first(fields, "WARC-Type") or "", _first(fields, "WARC-Target-URI")
    return Record(
        kind, uri and uri.strip("<>"), _moment(_first(fields, "WARC-Date")), block, body, code, headers, fields
    )


def _unpacked(data: bytes, largest: int) -> bytes:
    unpacker = zlib.decompressobj(31)
    try:
        plain = unpacker.decompress(data, largest)
    except zlib.error as error:
        raise ValueError(f"is damaged: {error}") from error
    if not unpacker.eof:
        raise ValueError("is larger than we read" if unpacker.unconsumed_tail else "is cut short")
    return plain


def _message(block: bytes, content_type: str) -> tuple[int | None, tuple[tuple[str, str], ...], bytes]:
    """The status, headers and body of an HTTP message; of what is none, all is body."""
    if not content_type.lower().replace(" ", "").startswith("application/http"):
        return None, (), block
    head = head_of(block)
    return status(head), _headers(head.splitlines()[1:-1], "latin-1"), block[len(head) :]


def _headers(lines: list[bytes], encoding: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.decode(encoding, "replace").partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    return next((value for known, value in headers if known.lower() == name.lower()), None)


def _moment(date: str | None) -> datetime | None:
    try:
        told = datetime.fromisoformat(date) if date else None
    except ValueError:
        return None
    return told if told is None or told.tzinfo else told.replace(tzinfo=UTC)


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _holds(told: str, data: bytes) -> bool:
    """Whether data has a digest, in hex or base 32; one of an algorithm that we do not know is taken at its word."""
    algorithm, _, value = told.lower().partition(":")
    algorithm = algorithm.replace("-", "")
    if algorithm not in _ALGORITHMS:
        return True
    found = hashlib.new(algorithm, data, usedforsecurity=False)
    spellings = (found.hexdigest(), b32encode(found.digest()).decode().lower().rstrip("="))
    return any(hmac.compare_digest(value.rstrip("=").encode(), each.encode()) for each in spellings)
