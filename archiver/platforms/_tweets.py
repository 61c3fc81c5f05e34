"""Tweets: permalinks, ids, signatures, what a text tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qs

from archiver import dates, entities, urls
from archiver.model import Link, Media, Post
from archiver.platforms import _snowflake
from archiver.platforms._base import Signature
from archiver.platforms._signature import signed

__all__ = [
    "HANDLE",
    "MEDIA",
    "complete",
    "identified",
    "parse_frame",
    "parse_permalink",
    "schemed",
    "signatures",
    "unglue",
]

_PERMALINK = re.compile(
    r"(?:(?:https?:)?//)?(?:(?:www|mobile|m)\.)?(?:twitter\.com|x\.com|(?:fx|vx)twitter\.com|fixupx\.com|fixvx\.com"
    r"|nitter\.net|xcancel\.com)(?::\d+)?/+(?:(?:#!|#%21)/)?"
    r"(?:(?:i/web|i|@?([A-Za-z0-9_\\]{1,40}))/)?status(?:es)?/(\d{1,19})(?!\d)",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:https?:)?//(?:platform\.(?:twitter|x)\.com/embed/(?:index|tweet)\.html|twitframe\.com/show)\?([^#]*)", re.I
)
HANDLE = re.compile(r"[(（]\s*@(\w{1,20})\s*[)）]", re.ASCII)
MEDIA = re.compile(r"(?:https?://)?pic\.(?:twitter|x)\.com/\w+", re.ASCII)
_GLUED = re.compile(r"(?<=[^\s(\[\"'“‘])(?=pic\.(?:twitter|x)\.com/\w)", re.ASCII)
_PLACEHOLDERS = frozenset(("i", "statuses", "status", "web"))


def parse_permalink(url: str) -> Post | None:
    """The tweet that a URL names, in any of the hosts and forms in use since 2006; None for any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    if match is None:
        return None
    handle = (match[1] or "").replace("\\", "")
    named = None if handle.lower() in _PLACEHOLDERS else handle or None
    return Post("twitter", handle=named, **_told_by(match[2], named))


def parse_frame(url: str) -> Post | None:
    """The tweet that a frame of Twitter's own, or of twitframe, shows."""
    match = _FRAME.match(urls.unwrap(url))
    if match is None:
        return None
    told = parse_qs(match[1].replace("&amp;", "&"))
    for value in told.get("id", []):
        if re.fullmatch(r"[0-9]{1,19}", value):
            return Post("twitter", **_told_by(value, None))
    return next((post for value in told.get("url", []) if (post := parse_permalink(value))), None)


def signatures(text: str) -> Iterator[Signature]:
    """Every `— Name (@handle) November 29, 2017` of a plain text, in any dash and any language's date."""
    for start, end, name, handle in signed(text, HANDLE):
        blanks = len(text[end : end + 20]) - len(text[end : end + 20].lstrip())
        date = dates.leading(text[end + blanks : end + blanks + 80])
        if date:
            post = Post("twitter", handle=handle, author_name=name, date_shown=date.shown)
            yield Signature(start, end + blanks + len(date.shown), post)


def complete(post: Post, lang: str | None = None) -> Post:
    """The post with what its id, date and text tell: time, hashtags, mentions, links, media."""
    text = unglue(post.text) if post.text else None
    post = identified(post, post.platform_id) if post.platform_id else post
    post = replace(post, text=text, author_url=f"https://twitter.com/{post.handle}" if post.handle else None)
    if post.posted_at is None and post.date_shown and (day := dates.day(post.date_shown, lang)):
        # The date that an official embed prints is the UTC day: 255 of 255 in real pages agree with their id.
        moment = datetime.combine(day, time(), UTC)
        post = replace(post, posted_at=moment, time_source="embed_text_utc_day", time_precision="day")
    if text is None:
        return post
    shown = entities.links(text)
    links = [Link(schemed(u) if "t.co/" in u else None, u, None) for u in shown if not MEDIA.match(u)]
    media = [Media(None, schemed(u)) for u in shown if MEDIA.match(u)]
    return replace(
        post,
        hashtags=post.hashtags or tuple(dict.fromkeys(entities.hashtags(text))),
        mentions=post.mentions or tuple(dict.fromkeys(entities.mentions(text))),
        links=post.links or tuple(links),
        media=post.media or tuple(media),
    )


def identified(post: Post, platform_id: str) -> Post:
    return replace(post, **_told_by(platform_id, post.handle))


def _told_by(platform_id: str, handle: str | None) -> dict[str, Any]:
    """The fields of a tweet that its id tells."""
    moment = _snowflake.twitter(platform_id)
    return {
        "platform_id": platform_id,
        "permalink": f"https://twitter.com/{handle or 'i'}/status/{platform_id}",
        "posted_at": moment,
        "time_source": "id_snowflake" if moment else None,
        "time_precision": "millisecond" if moment else None,
    }


def unglue(text: str) -> str:
    """The text with a blank before each picture's address that is glued to the word before it, as in old embeds."""
    return _GLUED.sub(" ", text).strip()


def schemed(shown: str) -> str:
    return shown if shown.startswith("http") else f"https://{shown}"
