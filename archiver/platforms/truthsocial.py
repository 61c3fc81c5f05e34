"""Truth Social: permalinks and frames, in Mastodon's grammar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from archiver import urls
from archiver.model import Post
from archiver.platforms import _snowflake, mastodon
from archiver.platforms._base import Clock, Platform, hints

_OPENED = datetime(2021, 10, 1, tzinfo=UTC)  # the first accounts; to the public in February 2022
_HOSTS = frozenset(("truthsocial.com", "www.truthsocial.com", "m.truthsocial.com"))


def parse_permalink(url: str) -> Post | None:
    """The Truth Social post that a URL names; None for any other URL."""
    if urls.host(urls.unwrap(url)) not in _HOSTS:
        return None
    post = mastodon.status("truthsocial", url)
    if post is None:
        return None
    post = replace(
        post,
        scope=None,
        permalink=f"https://truthsocial.com/@{post.handle}/{post.platform_id}",
        author_url=f"https://truthsocial.com/@{post.handle}",
    )
    if post.posted_at and post.posted_at < _OPENED:
        post = replace(post, posted_at=None, time_source=None, time_precision=None)
    return post


def parse_frame(url: str) -> Post | None:
    """The post that the official iframe at this address shows; None for any other address."""
    path = urls.unwrap(url).partition("?")[0].partition("#")[0]
    return parse_permalink(url) if path.rstrip("/").endswith("/embed") else None


PLATFORM = Platform(
    name="truthsocial",
    sites=("truthsocial",),
    hints=hints("truthsocial~/[0-9]{15}"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    clock=Clock(_snowflake.mastodon),
)
