"""What kind of document some bytes are."""

from __future__ import annotations

import re

from archiver.errors import UnreadableError

__all__ = ["HTML", "TEXT", "kind"]

HTML, TEXT = "text/html", "text/plain"

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|div|section|main|p|h1|blockquote|meta|link|script|figure|span|table|ul)\b",
    re.IGNORECASE | re.DOTALL,
)


def kind(target: str, body: bytes, told: str | None = None) -> str:
    """`text/html` or `text/plain`: as told, else as the first bytes look. Raises UnreadableError for neither."""
    if not body.strip():
        raise UnreadableError(target, "is empty", "nothing to archive")
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise UnreadableError(target, f"is {what}, not a page", "give HTML or plain text")
    if not body.startswith(_BOMS) and len(_CONTROL.findall(body[:4096])) > len(body[:4096]) // 100:
        raise UnreadableError(target, "is binary, not a page", "give HTML or plain text")
    if told in (HTML, TEXT):
        return told
    return HTML if _LOOKS_LIKE_HTML.match(body[:8192]) else TEXT
