"""What kind of document some bytes are."""

from __future__ import annotations

import io
import re

from archiver import soup, urls
from archiver.errors import UnreadableError
from archiver.sources import _bodies, _magic, _xml
from archiver.sources._magic import CDX, HAR, WACZ, WARC

__all__ = [
    "BOOKMARKS",
    "CDX",
    "FEED",
    "HAR",
    "HTML",
    "JSON",
    "JSON_FEED",
    "LISTS",
    "MARKDOWN",
    "OPML",
    "OTHER",
    "SITEMAP",
    "TABLE",
    "TEXT",
    "TOLD",
    "URLS",
    "WACZ",
    "WARC",
    "address",
    "kind",
    "marked",
    "unpacked",
]

HTML, TEXT, MARKDOWN, JSON = "text/html", "text/plain", "text/markdown", "application/json"
FEED, JSON_FEED = "application/xml", "application/feed+json"  # the source makes pages of these: no page has this kind
SITEMAP, OPML = "application/sitemap+xml", "text/x-opml"
TABLE, BOOKMARKS, URLS = "text/csv", "text/x-netscape-bookmarks", "text/uri-list"
LISTS = frozenset({SITEMAP, OPML, TABLE, BOOKMARKS, URLS})
OTHER = "application/octet-stream"  # no archive: what else it is must be seen from the whole of it

TOLD = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "text/plain": TEXT,
    "text/markdown": MARKDOWN,
    "text/x-markdown": MARKDOWN,
    "application/rss+xml": FEED,
    "application/atom+xml": FEED,
    "application/rdf+xml": FEED,
    "application/xml": FEED,
    "text/xml": FEED,
    "application/json": JSON,
    "text/json": JSON,
    "application/ld+json": JSON,
    "application/activity+json": JSON,
    "application/feed+json": JSON_FEED,
    "text/x-opml": OPML,
    "text/x-opml+xml": OPML,
    "application/opml+xml": OPML,
    "text/csv": TABLE,
    "text/tab-separated-values": TABLE,
    "text/uri-list": URLS,
    "application/gzip": None,
    "application/x-gzip": None,
}
"""What is read, by its content type: the kind that this tells, None where only the bytes do."""

_ROOTS = {"rss": FEED, "feed": FEED, "rdf": FEED, "urlset": SITEMAP, "sitemapindex": SITEMAP, "opml": OPML}
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|article|div|section|main|p|h1|blockquote|meta|link|script|figure|span|table|ul)\b",
    re.IGNORECASE | re.DOTALL,
)
_WHOLE_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_IS_BOOKMARKS = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<!doctype\s+netscape-bookmark-file-1\b", re.IGNORECASE)
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\{")
_JSON_FEED = re.compile(rb'"version"\s*+:\s*+"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*+(?:\[\s*+)?\{\s*+"')
_JSON_END = (b"}", b"]")
_SAVE, _CURES = "save it, and name the file", {CDX: "it lists captures, and holds none"}
_LIST_BEGINS = re.compile(r"\s*+(?:#|<?https?://)", re.IGNORECASE)


def kind(target: str, body: bytes, told: str | None = None) -> str:
    """The kind of document. `told` is what its name or its server says.

    In this order: what marks itself beyond doubt (`marked`) is that, whatever is told, for feeds are served as
    text/html and lists as text/plain; then what is told counts, unless the bytes begin as an HTML page; what is told
    to be a plain text, or not told at all, is as it looks: a list only where every line is an address.

    Raises UnreadableError for what is neither a page, a text, a feed nor a list. An archive is read from a file of its
    own, never from memory, so it is refused here.
    """
    if not body.strip():
        raise UnreadableError(target, "is empty", "nothing to archive")
    if archive := _archive(body):
        raise UnreadableError(target, f"is {_magic.ARCHIVES[archive]}, not a page", _CURES.get(archive, _SAVE))
    if wrong := _magic.binary(body):
        raise UnreadableError(target, f"{wrong}, not a page", "give HTML or plain text")
    if sure := marked(body):
        return sure
    if told == HTML:
        return HTML
    if told == MARKDOWN:
        return HTML if _WHOLE_PAGE.match(body) else MARKDOWN
    if told == TEXT:
        return URLS if _is_list(body) else TEXT
    if _LOOKS_LIKE_HTML.match(body[:8192]):
        return HTML
    if told in (FEED, SITEMAP, OPML):
        raise UnreadableError(target, "is no feed", "of XML, RSS, Atom, sitemaps and OPML are read")
    return told or _as_it_looks(body)


def marked(body: bytes) -> str | None:
    """The kind of what says itself what it is: RSS, Atom, a sitemap, OPML, a JSON Feed, bookmarks; else None.

    The first 8 KB suffice for all but a JSON Feed, whose mark may stand anywhere.
    """
    if _IS_BOOKMARKS.match(body):
        return BOOKMARKS
    if _OBJECT.match(body):
        return JSON_FEED if _JSON_FEED.search(body) else None
    return _ROOTS.get(_xml.root(body[:8192]))


def unpacked(target: str, body: bytes, largest: int) -> bytes:
    """The document that a gzip file holds (sitemap.xml.gz), of at most `largest` bytes; other bytes as they are.

    An archive stays as it is. Raises UnreadableError for a gzip file that is damaged or too large.
    """
    if not body.startswith(_magic.GZIP) or _archive(body):
        return body
    try:
        return _bodies.decoded(body, "gzip", largest)
    except (_bodies.TooLarge, _bodies.Damaged) as error:
        raise UnreadableError(target, f"is a gzip file that {error}") from error


def address(line: str) -> str | None:
    """The address that a line of a list holds, without <> around it or a note behind it; None for a comment or none."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    return line.split(None, 1)[0].removeprefix("<").removesuffix(">")


def _as_it_looks(body: bytes) -> str:
    if _is_list(body):
        return URLS
    return JSON if _JSON.match(body) and body.rstrip().endswith(_JSON_END) else TEXT


def _is_list(body: bytes) -> bool:
    """Whether every line is one http(s) address and nothing else, empty ones and comments aside."""
    text = soup.decode(body)[0]
    if not _LIST_BEGINS.match(text):
        return False
    lines = [line.strip() for line in io.StringIO(text, newline=None)]
    told = [line for line in lines if line and not line.startswith("#")]
    return bool(told) and all(urls.is_web(line.removeprefix("<").removesuffix(">")) for line in told)


def _archive(body: bytes) -> str | None:
    return _magic.archive(io.BytesIO(body))
