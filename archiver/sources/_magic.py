"""Web archives and binary files, by their first bytes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import BinaryIO

import zstandard

__all__ = ["ARCHIVES", "CDX", "GZIP", "HAR", "WACZ", "WARC", "archive", "binary"]

WARC, WACZ, HAR, CDX = "application/warc", "application/wacz", "application/har+json", "application/x-cdx"
ARCHIVES = {WARC: "a WARC file", WACZ: "a WACZ file", HAR: "a HAR file", CDX: "a CDX index"}
GZIP = b"\x1f\x8b"

_HEAD = 64 * 1024  # bytes that are looked at, and as many when unpacked
_ZIP = b"PK\x03\x04"
_ZSTD, _ZSTD_DICTIONARY = b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"  # the second: of a WARC only, and before its frames
_ZSTD_WINDOW = 128 << 20
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (_ZIP, "a ZIP file"),
    (GZIP, "a gzip file"),
    (_ZSTD, "a Zstandard file"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_IS_WARC = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_IS_HAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{\s*+"log"\s*+:\s*+\{')
_HAR_NAMES = re.compile(rb'"(?:entries|creator|pages)"\s*+:')
_IS_CDX = re.compile(
    rb"\s?CDX(?: [A-Za-z]){3,40}[ \t\r]*+$"  # https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/
    rb"|!(?:meta|OpenWayback-CDXJ) "
    rb"|[^\s)]{1,2000}+\)\S{0,4000}+ \d{4,14} (?:\{|\S{1,8000}+ \S{1,200}+ (?:\d{3}|-) )",
    re.MULTILINE,
)


def archive(file: BinaryIO) -> str | None:
    """WARC, WACZ, HAR or CDX where an open file is one, packed by gzip or zstd or not; else None."""
    head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return WACZ if _is_wacz(file) else None
    if head.startswith(_ZSTD_DICTIONARY):
        return WARC
    plain = _unpacked(head)
    if _IS_WARC.match(plain):
        return WARC
    if _IS_HAR.match(plain) and _HAR_NAMES.search(plain):
        return HAR
    return CDX if _IS_CDX.match(plain) else None


def binary(body: bytes) -> str | None:
    """What bytes are that are neither text, markup nor an archive, for an error: "is a PDF"; None for all others."""
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return f"is {what}"
    if not body.startswith(_UTF_16) and len(_CONTROL.findall(body[:4096])) > len(body[:4096]) // 100:
        return "is binary"
    return None


def _unpacked(head: bytes) -> bytes:
    """The first bytes of what a gzip or zstd file holds; other bytes, and damaged ones, as they are."""
    try:
        if head.startswith(GZIP):
            return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        if head.startswith(_ZSTD):
            unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
            return bytes(unpack.stream_reader(io.BytesIO(head)).read(_HEAD))
    except (zlib.error, zstandard.ZstdError):
        return head
    return head


def _is_wacz(file: BinaryIO) -> bool:
    """Whether a ZIP is a WACZ: it holds WARCs in the folder `archive`, or a data package."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError):
        return False
    return "datapackage.json" in names or any(name.startswith("archive/") and ".warc" in name for name in names)
