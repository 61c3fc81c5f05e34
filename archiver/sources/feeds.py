"""Feeds to captures, one for each entry."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

import feedparser

from archiver import soup, urls
from archiver.errors import UnreadableError
from archiver.model import Capture, utc
from archiver.sources import _media

__all__ = ["entries"]

_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")


def entries(feed: Capture) -> Iterator[Capture]:
    """A page for each entry of an RSS or Atom feed: its content, as HTML, under the head that its fields make.

    The page's address is the entry's link, as the feed declares it; its target that of the feed, # and the entry's id.
    Raises UnreadableError for a feed without entries.
    """
    parsed = _parsed(feed)
    if not parsed["entries"]:
        raise UnreadableError(feed.target, "is a feed without entries", "nothing to archive")
    about = dict(parsed["feed"])
    at = feed.final_url or feed.url
    base = at if urls.is_web(at) else _text(about.get("link")) or None
    for number, entry in enumerate(parsed["entries"], 1):
        fields = dict(entry)  # a plain dict: feedparser's own answers for keys that are not there
        address = _address(_text(fields.get("link")), base)
        name = _text(fields.get("id")) or address or str(number)
        yield replace(
            feed,
            target=f"{feed.target}#{name}",
            body=_page(fields, about, address).encode("utf-8", "replace"),
            media_type=_media.HTML,
            source="feed",
            status=None,
            url=address,
            final_url=None,
            encoding="utf-8",
        )


def _address(link: str, base: str | None) -> str | None:
    """An entry's link as an address that may be stored; None where it is none."""
    link = urls.join(base, link) if link else ""
    return urls.without_credentials(link) if urls.is_web(link) else None


def _parsed(feed: Capture) -> Any:
    """What feedparser reads in the feed, the HTML in it left as it is.

    Nothing above the root element is handed on: no feed needs a document type, and its entities are how XML attacks.
    """
    declared = _DECLARED.match(feed.body)
    text, _ = soup.decode(feed.body, feed.encoding or (declared[1].decode("ascii") if declared else None))
    root = _ROOT.search(text)
    body = text[root.start() if root else 0 :].encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def _page(entry: dict[str, Any], about: dict[str, Any], address: str | None) -> str:
    tags = [_text(tag.get("term")) for tag in entry.get("tags") or ()]
    names = [_text(author.get("name")) for author in entry.get("authors") or ()]
    metas = [
        ("og:site_name", _text(about.get("title"))),
        ("author", ", ".join(filter(None, names)) or _text(entry.get("author"))),
        ("article:published_time", _moment(entry.get("published_parsed"))),
        ("article:modified_time", _moment(entry.get("updated_parsed"))),
        *(("article:tag", tag) for tag in tags),
    ]
    head = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in metas if value)
    link = f'<link rel="canonical" href="{escape(address)}">' if address else ""
    title = escape(_plain(entry.get("title_detail"), entry.get("title")))
    lang = escape(_text(about.get("language")))
    body = "\n".join(dict.fromkeys(filter(None, map(_html, entry.get("content") or [entry.get("summary_detail")]))))
    return f'<html lang="{lang}"><head><title>{title}</title>{link}{head}</head><body>{body}</body></html>'


def _html(content: Any) -> str:
    """A piece of content as HTML."""
    value = _text(content.get("value")) if content else ""
    return f"<p>{escape(value)}</p>" if content and content.get("type") == "text/plain" else value


def _plain(detail: Any, value: object) -> str:
    """The words of a title, which may be HTML."""
    if detail and detail.get("type") == "text/plain":
        return _text(value)
    node = soup.parse(_text(value)).body
    return soup.squeeze(node.text()) if node else ""


def _moment(parsed: Any) -> str:
    """A time of feedparser's, which is UTC, as ISO 8601; "" for none."""
    try:
        return utc(datetime.fromtimestamp(calendar.timegm(parsed), UTC)) if parsed else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
