"""The platforms that can be recognised, in order."""

from __future__ import annotations

import re

from archiver import urls
from archiver.model import Post
from archiver.platforms import (
    bluesky,
    facebook,
    instagram,
    linkedin,
    mastodon,
    pinterest,
    reddit,
    telegram,
    threads,
    tiktok,
    truthsocial,
    tumblr,
    twitter,
    vimeo,
    vine,
    vk,
    youtube,
)
from archiver.platforms._base import Platform, Shape, Signature

__all__ = ["PLATFORMS", "Platform", "Shape", "Signature", "framed", "hinted", "named"]

PLATFORMS: tuple[Platform, ...] = (
    twitter.PLATFORM,
    bluesky.PLATFORM,
    mastodon.PLATFORM,
    truthsocial.PLATFORM,
    reddit.PLATFORM,
    telegram.PLATFORM,
    youtube.PLATFORM,
    vimeo.PLATFORM,
    linkedin.PLATFORM,
    vk.PLATFORM,
    instagram.PLATFORM,
    facebook.PLATFORM,
    threads.PLATFORM,
    tiktok.PLATFORM,
    vine.PLATFORM,
    tumblr.PLATFORM,
    pinterest.PLATFORM,
)

_ANY = re.compile("|".join(re.escape(h.decode()) for p in PLATFORMS for h in p.hints), re.IGNORECASE)


def hinted(body: bytes) -> tuple[Platform, ...]:
    """The platforms of which a page of these bytes can hold a post."""
    folded = body.lower()
    return tuple(p for p in PLATFORMS if any(hint in folded for hint in p.hints))


def named(url: str) -> Post | None:
    """The post that a URL is the address of; None for any other URL."""
    if not _ANY.search(url):
        return None
    return next((post for p in PLATFORMS if (post := p.parse_permalink(url))), None)


def framed(url: str) -> Post | None:
    """The post that a frame of this address shows, also through Embedly, iframely and their like."""
    if not _ANY.search(url):
        return None
    for inner in urls.carried(url):
        for platform in PLATFORMS:
            post = platform.parse_frame(inner) if platform.parse_frame else None
            post = post or platform.parse_permalink(inner)
            if post:
                return post
    return None
