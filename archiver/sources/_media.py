"""What kind of document some bytes are."""

from __future__ import annotations

import re

from archiver import soup
from archiver.errors import UnreadableError

__all__ = ["FEED", "HTML", "MARKDOWN", "TEXT", "is_feed", "kind"]

HTML, TEXT, MARKDOWN = "text/html", "text/plain", "text/markdown"
FEED = "application/xml"  # RSS or Atom: the source makes pages of it, so no page has this kind

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
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|article|div|section|main|p|h1|blockquote|meta|link|script|figure|span|table|ul)\b",
    re.IGNORECASE | re.DOTALL,
)
_WHOLE_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_PROLOG = {"<?": "?>", "<!--": "-->", "<!": ">"}  # what stands above the first element of XML, and its end
_FEED_ROOT = re.compile(r"(?:\w+:)?(?:rss|feed|RDF)[\s>]")


def is_feed(body: bytes) -> bool:
    """Whether the first bytes are those of RSS or Atom: what their first element is called says so."""
    text = soup.decode(body[:8192])[0].lstrip("\ufeff \t\r\n")
    while opening := next((o for o in _PROLOG if text.startswith(o)), None):
        text = text.partition(_PROLOG[opening])[2].lstrip("]> \t\r\n")
    return text.startswith("<") and bool(_FEED_ROOT.match(text, 1))


def kind(target: str, body: bytes, told: str | None = None) -> str:
    """The kind of document: as told, else as the first bytes look. `FEED` is told of XML, of which feeds are read.

    Raises UnreadableError for what is neither a page, a text nor a feed.
    """
    if not body.strip():
        raise UnreadableError(target, "is empty", "nothing to archive")
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise UnreadableError(target, f"is {what}, not a page", "give HTML or plain text")
    if not body.startswith(_BOMS) and len(_CONTROL.findall(body[:4096])) > len(body[:4096]) // 100:
        raise UnreadableError(target, "is binary, not a page", "give HTML or plain text")
    if told in (HTML, TEXT):
        return told
    if told == MARKDOWN:
        return HTML if _WHOLE_PAGE.match(body) else MARKDOWN
    if is_feed(body):
        return FEED
    if told == FEED and not _LOOKS_LIKE_HTML.match(body[:8192]):
        raise UnreadableError(target, "is no feed", "of XML, RSS and Atom are read")
    return HTML if _LOOKS_LIKE_HTML.match(body[:8192]) else TEXT
