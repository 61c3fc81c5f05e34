"""JSON Feed to entries."""

from __future__ import annotations

import json
import re
from typing import Any

from archiver import moments, soup, urls
from archiver.errors import UnreadableError
from archiver.model import Capture
from archiver.sources.feeds._entry import Entry, Feed, as_html

__all__ = ["read"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read(received: Capture) -> Feed:
    """A JSON Feed, 1.0 or 1.1: https://www.jsonfeed.org/version/1.1/

    What has another shape than it should is not told. Raises UnreadableError for what is no JSON.
    """
    about = _mapping(_parsed(received))
    items = about.get("items")
    entries = (_entry(item, about) for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))
    link = _text(about.get("home_page_url")) or _text(about.get("feed_url"))
    return Feed(_text(about.get("title")), link, tuple(entries))


def _parsed(received: Capture) -> Any:
    text, _ = soup.decode(received.body, received.encoding)
    try:
        return json.loads(text.strip("\ufeff"))
    except (ValueError, RecursionError) as error:
        wrong = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise UnreadableError(received.target, f"is no JSON ({wrong})") from error


def _entry(item: dict[str, Any], about: dict[str, Any]) -> Entry:
    names = _names(item) or _names(about)
    tags = item.get("tags")
    name = _text(item.get("id"))
    return Entry(
        name=name,
        link=_text(item.get("url")) or (name if urls.is_web(name) else ""),
        title=soup.squeeze(_text(item.get("title"))),
        byline=", ".join(names),
        published=moments.read(_text(item.get("date_published"))),
        modified=moments.read(_text(item.get("date_modified"))),
        tags=tuple(filter(None, map(_text, tags))) if isinstance(tags, list) else (),
        lang=_text(item.get("language")) or _text(about.get("language")),
        content=_text(item.get("content_html"))
        or as_html(_text(item.get("content_text")) or _text(item.get("summary"))),
    )


def _names(of: dict[str, Any]) -> list[str]:
    """The authors of an item or a feed: `authors` of 1.1, or `author` of 1.0."""
    authors = of.get("authors")
    told = authors if isinstance(authors, list) and authors else [of.get("author")]
    return list(filter(None, (_text(_mapping(author).get("name")) for author in told)))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A string, or a number as one, without what no text holds: half of a character, control characters."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("", value).encode("utf-8", "replace").decode().strip()
