"""Threads: permalinks, official blockquotes."""

from __future__ import annotations

import re

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms import _snowflake
from archiver.platforms._base import Clock, Platform, Shape, hints
from archiver.soup import Tag

_PERMALINK = re.compile(
    r"(?:https?:)?//(?:www\.)?threads\.(?:net|com)(?::\d+)?/+(?:@([A-Za-z0-9._]{1,30})/+post|t)/+"
    r"([A-Za-z0-9_-]{5,64})(?![A-Za-z0-9_-])",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(r"/+embed/*(?:[?#]|$)", re.IGNORECASE)


def parse_permalink(url: str) -> Post | None:
    """The post that a URL names; None for profiles, searches and any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    return _identified(match[2], match[1]) if match else None


def parse_frame(url: str) -> Post | None:
    """The post that the address of an official iframe shows."""
    url = urls.unwrap(url)
    match = _PERMALINK.match(url)
    return _identified(match[2], match[1]) if match and _FRAME.match(url, match.end()) else None


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote: it names the post, and has no words but those of a link to it."""
    return parse_permalink(soup.attr(tag, "data-text-post-permalink"))


def _identified(code: str, handle: str | None) -> Post:
    moment = _snowflake.instagram(code)
    return Post(
        "threads",
        platform_id=code,
        permalink=f"https://www.threads.com/@{handle}/post/{code}" if handle else f"https://www.threads.com/t/{code}",
        handle=handle,
        author_url=f"https://www.threads.com/@{handle}" if handle else None,
        posted_at=moment,
        time_source="id_lower_bound" if moment else None,
        time_precision="millisecond" if moment else None,
    )


PLATFORM = Platform(
    name="threads",
    sites=("threads",),
    hints=hints(r"threads.>(?:net|com)\S{0,99}?/(?:post|t)/"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("blockquote", "blockquote.text-post-media[data-text-post-permalink]", _blockquote),),
    clock=Clock(_snowflake.instagram, is_lower_bound=True),
)
