"""The platforms that can be recognised, in order."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import stringzilla

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
from archiver.platforms._base import Clock, Platform, Shape, Signature

__all__ = ["PLATFORMS", "Clock", "Platform", "Shape", "Signature", "framed", "hinted", "named"]

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

_HOST = re.compile(r"(?:https?:)?//([^/?#\s]{1,300})", re.IGNORECASE)
_HINTS = {p.name: tuple(tuple(hint.split(b"&")) for hint in p.hints) for p in PLATFORMS}
_SHORT = 2000  # bytes, below which Python's own search is the quicker one
_NEAR = 300  # bytes around a word in which the rest of its hint must stand
_MOST_PLACES = 2000
_EVERYWHERE = tuple(p for p in PLATFORMS if not p.sites)
_BY_SITE = {site: (p, *_EVERYWHERE) for p in PLATFORMS for site in p.sites}


def hinted(text: bytes | str, among: tuple[Platform, ...] = PLATFORMS) -> tuple[Platform, ...]:
    """The platforms of which a page of these bytes, or a text in a page, can hold a post."""
    searched = text.encode("utf-8", "replace") if isinstance(text, str) else text
    haystack = searched if len(searched) < _SHORT else stringzilla.Str(searched)
    around: dict[bytes, bytes] = {}

    def holds(hint: tuple[bytes, ...]) -> bool:
        word, *others = hint
        if not others:
            return haystack.find(word) >= 0
        if word not in around:
            around[word] = _around(searched, haystack, word)
        return all(other in around[word] for other in others)

    return tuple(p for p in among if any(map(holds, _HINTS[p.name])))


def _around(text: bytes, haystack: bytes | stringzilla.Str, word: bytes) -> bytes:
    """What stands near each place of a word; the whole text where it stands in too many."""
    near: list[bytes] = []
    at = haystack.find(word)
    while at >= 0:
        if len(near) == _MOST_PLACES:
            return text
        near.append(text[max(0, at - _NEAR) : at + _NEAR])
        at = haystack.find(word, at + len(word))
    return b"\n".join(near)


def named(url: str) -> Post | None:
    """The post that a URL is the address of; None for any other URL."""
    url = urls.unwrap(url)
    return next((post for p in _at(url) if (post := p.parse_permalink(url))), None)


def framed(url: str) -> Post | None:
    """The post that a frame of this address shows, also through Embedly, iframely and their like."""
    for inner in urls.carried(url):
        for platform in _at(inner):
            post = platform.parse_frame(inner) if platform.parse_frame else None
            post = post or platform.parse_permalink(inner)
            if post:
                return post
    return None


@lru_cache(maxsize=10_000)
def _on(host: str) -> tuple[Platform, ...]:
    """The platforms whose posts may stand on a host."""
    labels = host.lower().partition(":")[0].split(".")
    sites = (*labels, *map(".".join, pairwise(labels)))
    return next((_BY_SITE[site] for site in sites if site in _BY_SITE), _EVERYWHERE)


def _at(url: str) -> tuple[Platform, ...]:
    """The platforms whose posts may stand at an address."""
    match = _HOST.match(url)
    return _on(match[1] if match else url.partition("/")[0])
